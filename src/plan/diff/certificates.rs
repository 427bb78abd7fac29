//! Which certificates change, and whether before or after names move.

use std::collections::{BTreeSet, HashMap};

use super::reissue::Reissue;
use super::{Extension, MigrationStep};
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate, RouteTarget};

/// The names that outages move to each server.
type MovedNames<'a> = HashMap<&'a DnsName, BTreeSet<&'a DnsName>>;

/// What happens to certificates before and after names move.
pub(super) struct Changes<'a> {
    old: &'a Plan,
    moved_in_old: MovedNames<'a>,
    moved_in_new: MovedNames<'a>,
    pub(super) before: Vec<MigrationStep>,
    pub(super) after: Vec<MigrationStep>,
    pub(super) keep: Vec<DnsName>,
}

impl<'a> Changes<'a> {
    pub(super) fn between(old: &'a Plan, new: &'a Plan) -> Self {
        Self {
            old,
            moved_in_old: moved_names(old),
            moved_in_new: moved_names(new),
            before: Vec::new(),
            after: Vec::new(),
            keep: Vec::new(),
        }
    }

    /// What brings about the certificate `new`, where `before` is that of the same subject.
    pub(super) fn compare(
        &mut self,
        before: Option<&PlannedCertificate>,
        new: &PlannedCertificate,
    ) {
        let lacking = self.lacking(new);
        let step = step(before, new, !lacking.is_empty());
        let Some(step) = step else {
            self.keep.push(new.subject().clone());
            return;
        };
        if lacking.is_empty() {
            self.before.push(step);
            return;
        }
        // Until names have moved its servers must hold both what they are to gain and what they are to lose.
        if !new.servers().iter().all(|server| self.is_held(server)) {
            self.before.push(MigrationStep::Extend(Extension {
                certificate: new.clone(),
                kept: lacking,
            }));
        }
        self.after.push(step);
    }

    /// The names that the old plan may bring to the servers of the new certificate and that it lacks, each once.
    fn lacking(&self, new: &PlannedCertificate) -> Vec<DnsName> {
        let servers = new.servers().iter();
        let moved: BTreeSet<&DnsName> = servers
            .filter_map(|server| self.moved_in_old.get(server))
            .flatten()
            .copied()
            .collect();
        moved
            .into_iter()
            .filter(|name| new.covering(name).is_none())
            .cloned()
            .collect()
    }

    /// Whether this server presents a certificate in the old plan that holds all that the new plan may bring to it.
    fn is_held(&self, server: &DnsName) -> bool {
        let Some(presented) = self.old.certificate(server) else {
            return false;
        };
        let moved = self.moved_in_new.get(server);
        let mut names = moved.into_iter().flatten().copied().chain([server]);
        names.all(|name| presented.covering(name).is_some())
    }
}

/// The one step to the certificate `new`; `None` where all of its servers present it by now, and have presented
/// nothing else in between.
fn step(
    before: Option<&PlannedCertificate>,
    new: &PlannedCertificate,
    is_extended: bool,
) -> Option<MigrationStep> {
    let Some(before) = before else {
        return Some(MigrationStep::Issue(new.clone()));
    };
    let reissue = Reissue::new(before, new);
    if !reissue.is_same() {
        return Some(MigrationStep::Reissue(reissue));
    }
    let had_it: BTreeSet<&DnsName> = before.servers().iter().collect();
    let servers = new
        .servers()
        .iter()
        .filter(|server| is_extended || !had_it.contains(server));
    let servers: Vec<DnsName> = servers.cloned().collect();
    let subject = new.subject().clone();
    (!servers.is_empty()).then_some(MigrationStep::Install { subject, servers })
}

fn moved_names(plan: &Plan) -> MovedNames<'_> {
    let mut moved = MovedNames::new();
    for route in plan.outages.iter().flat_map(|outage| &outage.routes) {
        if let RouteTarget::Server { server, .. } = &route.answer {
            moved.entry(server).or_default().insert(&route.name);
        }
    }
    moved
}
