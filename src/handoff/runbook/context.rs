//! What every section of the runbook is written from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::super::answers::Answers;
use super::super::file::HandoffFile;
use super::super::options::HandoffOptions;
use super::super::server::{HandoffServer, HandoffServers};
use super::super::step_files::StepFiles;
use crate::markdown::code;
use crate::name::DnsName;
use crate::plan::{Plan, RouteTarget};
use crate::text::join;

/// Maximum number of names in a list. The rest is counted.
const MAX_LISTED: usize = 8;

pub(super) struct RunbookContext<'a> {
    pub(super) plan: &'a Plan,
    pub(super) servers: &'a HandoffServers<'a>,
    pub(super) answers: &'a Answers<'a>,
    pub(super) options: &'a HandoffOptions,
    pub(super) files: &'a StepFiles,
}

impl<'a> RunbookContext<'a> {
    /// Returns the first server that creates a request, as an example in a command.
    pub(super) fn example(&self) -> Option<&'a HandoffServer<'a>> {
        self.servers.iter().find(|server| server.requests())
    }

    /// Returns the servers that take over in some outage, each with the names and dial plans that it takes over, escaped.
    pub(super) fn takeovers(&self) -> Vec<(&'a HandoffServer<'a>, Vec<String>)> {
        let mut by_server: BTreeMap<DnsName, BTreeSet<String>> = BTreeMap::new();
        for outage in self.plan.outages() {
            for route in outage.routes {
                if let RouteTarget::Server { server, .. } = route.answer {
                    by_server
                        .entry(server)
                        .or_default()
                        .insert(code(route.name));
                }
            }
            for change in outage.dial_plans {
                let dial_plan = format!("dial plan {}", code(&change.dial_plan));
                for server in change.enable {
                    by_server
                        .entry(server)
                        .or_default()
                        .insert(dial_plan.clone());
                }
            }
        }
        let servers = self.servers.iter().filter_map(|server| {
            let taken_over = by_server.remove(server.fqdn())?;
            Some((server, taken_over.into_iter().collect()))
        });
        servers.collect()
    }

    /// Returns `true` if a server fulfils `condition`.
    pub(super) fn has_server(&self, condition: impl Fn(&HandoffServer<'_>) -> bool) -> bool {
        self.servers.iter().any(condition)
    }
}

/// Returns the names as code: the first eight, and the number of the others.
pub(super) fn list(names: impl IntoIterator<Item = impl Display>) -> String {
    let names: Vec<String> = names.into_iter().map(code).collect();
    list_escaped(&names)
}

/// Returns the first eight texts, which are escaped already, and the number of the others.
pub(super) fn list_escaped(texts: &[String]) -> String {
    let shown = texts.len().min(MAX_LISTED);
    let listed = join(&texts[..shown], ", ");
    match texts.len() - shown {
        0 => listed,
        omitted => format!("{listed} and {omitted} more"),
    }
}

/// Returns the paths of `files` that end in `ending`.
pub(super) fn paths<'f>(
    files: &'f [HandoffFile],
    ending: &'static str,
) -> impl Iterator<Item = &'f str> {
    let paths = files.iter().map(|file| file.path.as_str());
    paths.filter(move |path| path.ends_with(ending))
}
