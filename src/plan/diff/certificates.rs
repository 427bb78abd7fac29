//! Changes of certificates, before and after names move.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::migration_step::MigrationStep;
use super::reissue::Reissue;
use crate::name::DnsName;
use crate::plan::san_policy::SanList;
use crate::plan::{Plan, PlannedCertificate, RouteTarget};

/// The steps that change certificates.
#[derive(Default)]
pub(super) struct CertificateSteps {
    /// The steps before redirects and members change.
    pub(super) before: Vec<MigrationStep>,
    /// The steps after redirects and members have changed.
    pub(super) after: Vec<MigrationStep>,
    /// The first server of each certificate that does not change.
    pub(super) keep: Vec<DnsName>,
}

/// Returns the steps from the certificates of the old plan to those of the new one.
pub(super) fn diff(old: &Plan, new: &Plan) -> CertificateSteps {
    let (old_moves, new_moves) = (moved_names(old), moved_names(new));
    let mut steps = CertificateSteps::default();
    let mut lists = ListComparisons::default();
    for certificate in new.certificates() {
        let server = certificate.first_server();
        // Until names have moved, servers need the names of both plans.
        let kept = uncovered_names(certificate, &old_moves);
        let is_extended = !kept.is_empty();
        let old_certificate = certificate_named_for(old, server);
        let has_same_list = old_certificate.is_some_and(|old| lists.are_equal(old, certificate));
        let Some(step) = step_to(old_certificate, certificate, has_same_list, is_extended) else {
            steps.keep.push(server.clone());
            continue;
        };
        if !is_extended {
            steps.before.push(step);
            continue;
        }
        if !covers_new_names(old, certificate, &new_moves) {
            let certificate = certificate.clone();
            let interim = MigrationStep::Extend { certificate, kept };
            steps.before.push(interim);
        }
        steps.after.push(step);
    }
    let old_servers = old.certificates().iter();
    for server in old_servers.map(PlannedCertificate::first_server) {
        if certificate_named_for(new, server).is_none() {
            let subject = server.clone();
            steps.after.push(MigrationStep::Retire { subject });
        }
    }
    steps
}

/// The lists of SAN entries that were compared. The certificates of a set share their list, so that two sets are compared
/// once and not once for each server.
#[derive(Default)]
struct ListComparisons {
    /// The result for an old and a new list, each by its address.
    are_equal: HashMap<(*const SanList, *const SanList), bool>,
}

impl ListComparisons {
    fn are_equal(&mut self, old: &PlannedCertificate, new: &PlannedCertificate) -> bool {
        let (old, new) = (old.list(), new.list());
        let key = (Arc::as_ptr(old), Arc::as_ptr(new));
        let compared = self.are_equal.entry(key);
        *compared.or_insert_with(|| old.entries() == new.entries())
    }
}

/// Returns the certificate of `plan` whose first server is `server`.
fn certificate_named_for<'a>(plan: &'a Plan, server: &DnsName) -> Option<&'a PlannedCertificate> {
    let certificate = plan.certificate(server);
    certificate.filter(|certificate| certificate.first_server() == server)
}

/// The names that outages move to each server.
type MovedNames<'a> = HashMap<&'a DnsName, BTreeSet<&'a DnsName>>;

fn moved_names(plan: &Plan) -> MovedNames<'_> {
    let mut moved = MovedNames::new();
    for route in plan.outages.iter().flat_map(|outage| &outage.routes) {
        if let RouteTarget::Server { server, .. } = &route.answer {
            moved.entry(server).or_default().insert(&route.name);
        }
    }
    moved
}

/// Returns the names that move to the servers of `certificate` and that the certificate does not cover.
fn uncovered_names(certificate: &PlannedCertificate, moves: &MovedNames<'_>) -> Vec<DnsName> {
    let moves = certificate
        .servers()
        .iter()
        .filter_map(|server| moves.get(server));
    let mut names: BTreeSet<&DnsName> = moves.flatten().copied().collect();
    names.retain(|name| certificate.covering(name).is_none());
    names.into_iter().cloned().collect()
}

/// Returns `true` if the servers of `certificate` present certificates in the old plan that already cover their
/// own names and the names that move to them in the new plan.
fn covers_new_names(
    old: &Plan,
    certificate: &PlannedCertificate,
    new_moves: &MovedNames<'_>,
) -> bool {
    certificate.servers().iter().all(|server| {
        let moved = new_moves.get(server).into_iter().flatten().copied();
        let mut names = moved.chain([server]);
        let presented = old.certificate(server);
        presented.is_some_and(|presented| names.all(|name| presented.covering(name).is_some()))
    })
}

/// Returns the step that installs the certificate `new` on its servers, or `None` if they all present it
/// already. `old` is the certificate of the same first server in the old plan.
fn step_to(
    old: Option<&PlannedCertificate>,
    new: &PlannedCertificate,
    has_same_list: bool,
    is_extended: bool,
) -> Option<MigrationStep> {
    let Some(old) = old else {
        return Some(MigrationStep::Issue(new.clone()));
    };
    if let Some(reissue) = Reissue::new(old, new, has_same_list) {
        return Some(MigrationStep::Reissue(reissue));
    }
    let presented_by: HashSet<&DnsName> = old.servers().iter().collect();
    let servers = new.servers().iter();
    // After an interim certificate, every server needs the planned one again.
    let servers = servers.filter(|server| is_extended || !presented_by.contains(server));
    let servers: Vec<DnsName> = servers.cloned().collect();
    (!servers.is_empty()).then(|| MigrationStep::Install {
        subject: new.first_server().clone(),
        servers,
    })
}
