//! The steps from one plan to another of the same deployment: none leaves a name uncovered.

use std::collections::{HashMap, HashSet};

use umcert::plan::{MigrationStep, RouteTarget};
use umcert::{DnsName, Plan, PlannedCertificate, SanName};

/// More servers than this only slow a run down.
const MAX_SERVERS: usize = 16;

/// The names in each server's certificate after some of the steps.
type Held = HashMap<DnsName, Vec<SanName>>;

pub(crate) fn assert_way(old: &Plan, new: &Plan) {
    assert!(new.diff(new).is_empty(), "a plan is no change of itself");
    let diff = old.diff(new);
    serde_json::to_string(&diff).expect("a change serialises");
    assert!(diff.to_string().starts_with("Change: "));
    let mut held = held(old);
    if held.len() > MAX_SERVERS {
        return;
    }
    // The new plan may consider fewer outages.
    let dialled: Vec<_> = brought(old).intersection(&brought(new)).cloned().collect();
    for step in diff.steps() {
        take(step, new, &mut held);
        assert_covered(&dialled, &held);
    }
    assert_eq!(held, self::held(new), "the steps lead to the new plan");
}

/// Returns each server with its own name and with each name that some outage moves to it.
fn brought(plan: &Plan) -> HashSet<(DnsName, DnsName)> {
    let routes = plan.outages().flat_map(|outage| outage.routes);
    let brought = routes.filter_map(|route| match route.answer {
        RouteTarget::Server { server, .. } => Some((server, route.name)),
        _ => None,
    });
    let certificates = plan.certificates().iter();
    let own = certificates
        .flat_map(PlannedCertificate::servers)
        .map(|it| (it.clone(), it.clone()));
    brought.chain(own).collect()
}

fn held(plan: &Plan) -> Held {
    let certificates = plan.certificates().iter();
    let held = certificates.flat_map(|it| it.servers().iter().map(move |server| (server, it)));
    held.map(|(server, it)| (server.clone(), it.names().collect()))
        .collect()
}

fn take(step: &MigrationStep, new: &Plan, held: &mut Held) {
    match step {
        MigrationStep::Issue(certificate) => install(certificate, certificate.servers(), held),
        MigrationStep::Reissue(reissue) => {
            let certificate = reissue.certificate();
            install(certificate, certificate.servers(), held);
        }
        MigrationStep::Extend { certificate, .. } => {
            let names = step.issued_names().unwrap_or_default();
            for server in certificate.servers() {
                held.insert(server.clone(), names.clone());
            }
        }
        MigrationStep::Install {
            subject, servers, ..
        } => {
            let certificate = new.certificate(subject).expect("it stays as it is");
            install(certificate, servers, held);
        }
        // The server of a retired certificate has another one, except for a Front End that is no longer covered.
        MigrationStep::Retire { subject, .. } => {
            if new.certificate(subject).is_none() {
                held.remove(subject);
            }
        }
        other => panic!("nothing but certificates changes: {other:?}"),
    }
}

fn install(certificate: &PlannedCertificate, servers: &[DnsName], held: &mut Held) {
    for server in servers {
        held.insert(server.clone(), certificate.names().collect());
    }
}

fn assert_covered(dialled: &[(DnsName, DnsName)], held: &Held) {
    for (server, name) in dialled {
        let names = held.get(server);
        let entry = names.and_then(|names| SanName::find_covering(names, name));
        assert!(entry.is_some(), "{server} does not cover {name} on the way");
    }
}
