//! Law 2: the names of each certificate of a plan, and their order.

use std::collections::HashSet;

use umcert::deployment::{FrontEndPool, ServerSet};
use umcert::plan::{CaProfile, CertificateSharing};
use umcert::{Deployment, DnsName, Plan, PlannedCertificate, SanName, SanPolicy};

use crate::naively_covers;
use crate::variant::Variant;

/// Checks that there is one certificate for each server or set, in order, each of the shape of law 2, and then one for
/// each Front End if the plan covers them.
pub(crate) fn assert_certificates(deployment: &Deployment, plan: &Plan, variant: Variant) {
    let expected = expected(deployment, variant.sharing);
    let certificates = plan.certificates().iter();
    let (of_um, of_front_ends): (Vec<_>, Vec<_>) = certificates.partition(|it| it.pool().is_none());
    assert!(
        plan.certificates()
            .iter()
            .eq(of_um.iter().chain(&of_front_ends).copied())
    );
    assert_front_ends(deployment, &of_front_ends, variant);
    assert_eq!(of_um.len(), expected.len());
    for (certificate, (set, servers)) in of_um.into_iter().zip(expected) {
        assert!(certificate.servers().iter().eq(servers));
        assert_shape(certificate, variant);
        for server in certificate.servers() {
            assert_eq!(plan.certificate(server), Some(certificate));
            assert_covers(certificate, server);
        }
        assert_policy(certificate, set, variant.san);
    }
}

/// Checks that each certificate has the name of the pool first and then its server's (D30).
fn assert_front_ends(deployment: &Deployment, found: &[&PlannedCertificate], variant: Variant) {
    let pools = deployment.lync.pools.iter().filter(|_| variant.front_ends);
    let of_pool = |pool: &FrontEndPool| {
        let servers = pool.front_ends().cloned().collect::<Vec<_>>();
        let pool = pool.fqdn.clone();
        servers
            .into_iter()
            .map(move |server| (pool.clone(), server))
    };
    let expected: Vec<(DnsName, DnsName)> = pools.flat_map(of_pool).collect();
    assert_eq!(found.len(), expected.len());
    for (certificate, (pool, server)) in found.iter().zip(&expected) {
        assert_eq!(
            (certificate.pool(), certificate.subject()),
            (Some(pool), pool)
        );
        assert_eq!(certificate.servers(), std::slice::from_ref(server));
        let mut names = vec![pool, server];
        names.dedup();
        assert!(certificate.names().eq(names.into_iter().map(SanName::from)));
    }
}

/// Returns the servers that present each certificate, with their set.
fn expected(
    deployment: &Deployment,
    sharing: CertificateSharing,
) -> Vec<(&ServerSet, Vec<&DnsName>)> {
    let mut expected = Vec::new();
    for set in &deployment.server_sets {
        let servers = set.servers.iter().map(|server| &server.fqdn);
        match sharing {
            CertificateSharing::OnePerSet => expected.push((set, servers.collect())),
            _ => expected.extend(servers.map(|server| (set, vec![server]))),
        }
    }
    expected
}

fn assert_shape(certificate: &PlannedCertificate, variant: Variant) {
    let names: Vec<SanName> = certificate.names().collect();
    let subject = SanName::from(certificate.subject());
    assert_eq!(Some(certificate.subject()), certificate.servers().first());
    assert!(
        names.is_sorted_by_key(SanName::is_wildcard),
        "exact names come before wildcards: {names:?}"
    );
    let distinct: HashSet<&SanName> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "no duplicates: {names:?}");
    match variant.ca {
        CaProfile::AcmeLike if !names.contains(&subject) => {}
        _ => assert_eq!(names.first(), Some(&subject), "the own name is first"),
    }
    if variant.ca == CaProfile::AcmeLike {
        assert_none_beside_its_wildcard(&names);
    }
    for planned in certificate.planned_names() {
        assert!(!planned.reasons.is_empty(), "{planned:?}");
    }
}

fn assert_none_beside_its_wildcard(names: &[SanName]) {
    let wildcards = names.iter().filter(|name| name.is_wildcard());
    for wildcard in wildcards {
        let mut exact = names.iter().filter_map(SanName::as_exact);
        assert!(!exact.any(|name| wildcard.covers(name)), "{names:?}");
    }
}

/// Checks that the certificate has the names that the policy requires, and no others.
fn assert_policy(certificate: &PlannedCertificate, set: &ServerSet, policy: SanPolicy) {
    let set = set.servers.iter().map(|server| &server.fqdn);
    if policy == SanPolicy::Minimal {
        let moved_here = certificate.stand_ins().map(|(name, _)| name);
        let needed: HashSet<&DnsName> = moved_here.chain(certificate.servers()).collect();
        let names: HashSet<SanName> = certificate.names().collect();
        assert_eq!(names, needed.into_iter().map(SanName::from).collect());
        return;
    }
    assert!(policy == SanPolicy::Wildcard || !certificate.names().any(|name| name.is_wildcard()));
    // Any server of the set may become a stand-in.
    for server in set.clone() {
        assert_covers(certificate, server);
    }
    for name in certificate.names() {
        assert!(set.clone().any(|server| name.covers(server)), "{name}");
    }
}

/// Checks that an entry of the certificate covers `name`.
#[track_caller]
pub(crate) fn assert_covers(certificate: &PlannedCertificate, name: &DnsName) {
    let entry = certificate.covering(name);
    let entry = entry.unwrap_or_else(|| panic!("{name} is not covered"));
    let mut names = certificate.names();
    assert!(
        names.any(|held| held == entry),
        "{entry} is not an entry of it"
    );
    assert!(naively_covers(&entry.to_string(), name.as_str()));
}
