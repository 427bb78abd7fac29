//! The files of a change from one plan to another.

use super::dial_plan::{Membership, membership_script};
use super::error::HandoffError;
use super::file::HandoffFile;
use super::front_ends::front_end_scripts;
use super::inf::inf_file;
use super::options::HandoffOptions;
use super::requests::request_script;
use super::server::{HandoffServer, HandoffServers};
use crate::markdown::escape;
use crate::name::DnsName;
use crate::plan::{MigrationStep, Plan};

/// Returns the page `change.md`, and the files of each step in a folder of its own.
pub(super) fn change_files(
    old: &Plan,
    new: &Plan,
    options: &HandoffOptions,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let diff = old.diff(new);
    let servers = BothPlans {
        old: HandoffServers::new(old, options)?,
        new: HandoffServers::new(new, options)?,
    };
    let mut page = String::from(
        "# Change\n\nFinish each step on all its servers before the next one starts.\n\n",
    );
    let mut files = Vec::new();
    for (number, step) in (1..).zip(diff.steps()) {
        page.push_str(&format!("{number}. {}\n", escape(step)));
        let folder = format!("step-{number:02}");
        for file in step_files(step, &servers, options)? {
            let file = file.in_folder(&folder);
            page.push_str(&format!("   - `{}`\n", file.path));
            files.push(file);
        }
        page.push_str(&format!("   - {}\n", describe_work(step)));
    }
    if diff.is_empty() {
        page.push_str("There is nothing to do.\n");
    }
    files.insert(0, HandoffFile::page("change.md", page));
    Ok(files)
}

/// The servers of both plans.
struct BothPlans<'a> {
    old: HandoffServers<'a>,
    new: HandoffServers<'a>,
}

impl<'a> BothPlans<'a> {
    /// Returns the server as the new plan describes it, or as the old one did if it is removed.
    fn get(&self, fqdn: &DnsName) -> Option<&HandoffServer<'a>> {
        self.new.get(fqdn).or_else(|| self.old.get(fqdn))
    }
}

/// Returns what to do in a step, beside its files.
fn describe_work(step: &MigrationStep) -> &'static str {
    match step {
        MigrationStep::Issue(_) | MigrationStep::Extend { .. } | MigrationStep::Reissue(_) => {
            "Send the request to the CA and audit its answer. A hand-off of the new plan with the chain then contains \
             the installation script."
        }
        MigrationStep::Install { .. } => {
            "A hand-off of the new plan with the chain contains the script that copies and installs the certificate."
        }
        MigrationStep::Redirect { .. }
        | MigrationStep::RedirectTogether { .. }
        | MigrationStep::RemoveRedirect { .. } => {
            "No record changes now. From here on the DNS scripts of the new plan are the valid ones."
        }
        MigrationStep::Enable { .. }
        | MigrationStep::Disable { .. }
        | MigrationStep::RemoveMember { .. } => "Rehearse the script with `-WhatIf`, then run it.",
        MigrationStep::Retire { .. } => {
            "Remove the certificate from the store of each server. Revoke it if others may know its key."
        }
    }
}

/// Returns the files of one step. A redirect has none: it takes effect in the next outage, by the scripts of the new
/// plan.
fn step_files(
    step: &MigrationStep,
    servers: &BothPlans<'_>,
    options: &HandoffOptions,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let method = options.dial_plan_method;
    let of_member = |server: &DnsName, dial_plan: &str, membership| {
        let server = servers.get(server);
        let script = server.map(|server| membership_script(server, dial_plan, membership, method));
        Ok(script.transpose()?.into_iter().collect())
    };
    match step {
        MigrationStep::Issue(_) | MigrationStep::Extend { .. } | MigrationStep::Reissue(_) => {
            issuance_files(step, servers, options)
        }
        MigrationStep::Enable { dial_plan, server } => {
            of_member(server, dial_plan, Membership::Enabled)
        }
        MigrationStep::Disable { dial_plan, server } => {
            of_member(server, dial_plan, Membership::Disabled)
        }
        MigrationStep::RemoveMember { dial_plan, server } => {
            of_member(server, dial_plan, Membership::None)
        }
        _ => Ok(Vec::new()),
    }
}

/// Returns the INF file and the script of a step that issues a certificate, or the scripts of a Front End.
fn issuance_files(
    step: &MigrationStep,
    servers: &BothPlans<'_>,
    options: &HandoffOptions,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let certificate = match step {
        MigrationStep::Issue(certificate) | MigrationStep::Extend { certificate, .. } => {
            certificate
        }
        MigrationStep::Reissue(reissue) => reissue.certificate(),
        _ => return Ok(Vec::new()),
    };
    if certificate.pool().is_some() {
        return front_end_scripts(certificate.servers(), options);
    }
    let (Some(server), Some(names)) = (servers.get(certificate.subject()), step.issued_names())
    else {
        return Ok(Vec::new());
    };
    let mut files = vec![inf_file(server, &names, options)?];
    files.extend(request_script(server, &names)?);
    Ok(files)
}
