//! Which names a policy puts into the certificates of a set.

use std::sync::Arc;

use super::certificate::{PlannedCertificate, StandIn};
use super::options::{CaProfile, CertificateSharing, PlanOptions, SanPolicy};
use super::outage::{End, Walked};
use crate::deployment::{Directory, ServerSet};
use crate::name::{DnsName, NameSet, SanName};

/// For each server by its number the names that some outage brings to it.
pub(super) type StandIns = Vec<Vec<StandIn>>;

pub(super) fn stand_ins(outages: &[Walked], directory: &Directory<'_>) -> StandIns {
    let ends = || {
        let routes = outages
            .iter()
            .flat_map(|outage| outage.routes.iter().map(move |it| (outage, it)));
        routes.filter_map(|(outage, (number, end))| match end {
            End::Up(server) => Some((outage, *number, *server)),
            _ => None,
        })
    };
    // Counted first: most servers stand in once or twice, and a list that grows takes room for four.
    let mut counts = vec![0; directory.servers.len()];
    for (_, _, server) in ends() {
        if let Some(count) = counts.get_mut(server) {
            *count += 1;
        }
    }
    let mut brought: StandIns = counts.into_iter().map(Vec::with_capacity).collect();
    for (outage, number, server) in ends() {
        if let (Some(name), Some(brought)) = (directory.name(number), brought.get_mut(server)) {
            brought.push(StandIn {
                name: name.clone(),
                cause: outage.cause.clone(),
            });
        }
    }
    brought
}

/// Whether a certificate lists the FQDN of every server of its set.
pub(super) fn lists_set(options: &PlanOptions) -> bool {
    match (options.san, options.sharing) {
        (SanPolicy::EveryServer, _) | (SanPolicy::Minimal, CertificateSharing::OnePerSet) => true,
        (SanPolicy::Minimal, CertificateSharing::OnePerServer) | (SanPolicy::Wildcard, _) => false,
    }
}

/// The certificates of `set`: one a server, or one for all. `stand_ins` gives those of its servers, in
/// their order.
pub(super) fn certificates(
    set: &ServerSet,
    options: &PlanOptions,
    stand_ins: impl Iterator<Item = Vec<StandIn>>,
) -> Vec<PlannedCertificate> {
    let of_set = Arc::new(names_of_set(set, options));
    let plan = |subject: &DnsName, sharing: Option<Arc<[DnsName]>>, brought: Vec<StandIn>| {
        let others = match lists_set(options) {
            false if options.san == SanPolicy::Minimal => {
                // What it answers to is known here alone, so nothing can be shared.
                Arc::new(brought.iter().map(|it| SanName::from(&it.name)).collect())
            }
            _ => Arc::clone(&of_set),
        };
        PlannedCertificate {
            names_subject: !is_pruned(subject, &others, options.ca),
            subject: subject.clone(),
            set: sharing,
            key: options.key,
            policy: options.san,
            others,
            stand_ins: brought,
        }
    };
    let servers = set.servers.iter().map(|server| &server.fqdn);
    match options.sharing {
        CertificateSharing::OnePerServer => servers
            .zip(stand_ins)
            .map(|(server, brought)| plan(server, None, brought))
            .collect(),
        CertificateSharing::OnePerSet => {
            let shared: Arc<[DnsName]> = servers.cloned().collect();
            let brought = stand_ins.flatten().collect();
            let subject = shared.first().cloned();
            subject
                .map(|subject| plan(&subject, Some(shared), brought))
                .into_iter()
                .collect()
        }
    }
}

/// What the policy asks of every server of `set`: exact names first (D12).
fn names_of_set(set: &ServerSet, options: &PlanOptions) -> NameSet {
    let servers = set.servers.iter().map(|server| &server.fqdn);
    match options.san {
        // Servers that share a certificate all have to answer to their own names.
        SanPolicy::EveryServer | SanPolicy::Minimal => {
            NameSet::of_distinct(servers.map(SanName::from).collect())
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
