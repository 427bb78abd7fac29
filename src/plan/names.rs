//! Which names a policy puts into the certificates of a set.

use std::collections::HashMap;
use std::sync::Arc;

use super::certificate::{PlannedCertificate, StandIn};
use super::options::{CaProfile, CertificateSharing, PlanOptions, SanPolicy};
use super::outage::{Answer, Outage};
use crate::deployment::ServerSet;
use crate::name::{DnsName, NameSet, SanName};

/// For each server the names that some outage brings to it.
pub(super) type StandIns = HashMap<DnsName, Vec<StandIn>>;

pub(super) fn stand_ins(outages: &[Outage]) -> StandIns {
    let mut brought = StandIns::new();
    for outage in outages {
        for route in &outage.routes {
            let Answer::Server { server, .. } = &route.answer else {
                continue;
            };
            brought.entry(server.clone()).or_default().push(StandIn {
                name: route.name.clone(),
                cause: outage.cause.clone(),
            });
        }
    }
    brought
}

/// The certificates of `set`: one a server, or one for all.
pub(super) fn certificates(
    set: &ServerSet,
    options: &PlanOptions,
    stand_ins: &mut StandIns,
) -> Vec<PlannedCertificate> {
    let of_set = Arc::new(names_of_set(set, options));
    let mut plan = |servers: Arc<[DnsName]>| {
        let brought = servers
            .iter()
            .flat_map(|it| stand_ins.remove(it).unwrap_or_default());
        let brought: Vec<StandIn> = brought.collect();
        let others = match (options.san, options.sharing) {
            // What it answers to is known here alone, so nothing can be shared.
            (SanPolicy::Minimal, CertificateSharing::OnePerServer) => {
                Arc::new(brought.iter().map(|it| SanName::from(&it.name)).collect())
            }
            _ => Arc::clone(&of_set),
        };
        let subject = servers.first()?.clone();
        Some(PlannedCertificate {
            names_subject: !is_pruned(&subject, &others, options.ca),
            subject,
            servers,
            key: options.key,
            policy: options.san,
            others,
            stand_ins: brought,
        })
    };
    let servers = set.servers.iter().map(|server| server.fqdn.clone());
    match options.sharing {
        CertificateSharing::OnePerServer => {
            servers.filter_map(|it| plan(Arc::from([it]))).collect()
        }
        CertificateSharing::OnePerSet => plan(servers.collect()).into_iter().collect(),
    }
}

/// What the policy asks of every server of `set`: exact names first (D12).
fn names_of_set(set: &ServerSet, options: &PlanOptions) -> NameSet {
    let servers = set.servers.iter().map(|server| &server.fqdn);
    match options.san {
        // Servers that share a certificate all have to answer to their own names.
        SanPolicy::EveryServer | SanPolicy::Minimal => {
            servers.cloned().map(SanName::Exact).collect()
        }
        SanPolicy::Wildcard => {
            let names = NameSet::wildcards_over(servers);
            let (wildcards, exact): (Vec<_>, Vec<_>) =
                names.iter().cloned().partition(SanName::is_wildcard);
            exact.into_iter().chain(wildcards).collect()
        }
    }
}

/// Whether a CA of this kind refuses `name` beside `others`, for a wildcard of theirs covers it. The names
/// that a policy lists beside wildcards are those that no wildcard covers.
fn is_pruned(name: &DnsName, others: &NameSet, ca: CaProfile) -> bool {
    match ca {
        CaProfile::Private => false,
        CaProfile::AcmeLike => others
            .covering(name)
            .is_some_and(|entry| entry.is_wildcard()),
    }
}
