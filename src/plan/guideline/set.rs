//! Guidelines of sets of servers and of their certificates.

use std::{mem, slice};

use crate::deployment::ServerSet;
use crate::plan::{CaProfile, PlanOptions, PlannedCertificate, SanPolicy};
use crate::rule::{Finding, Rule};

/// What a certificate takes besides its names: keys, signature and extensions of RSA 2048, rounded up.
const CERTIFICATE_BASE: usize = 1536;

pub(super) fn check(
    set: &ServerSet,
    certificates: &[PlannedCertificate],
    options: &PlanOptions,
    findings: &mut Vec<Finding>,
) {
    if set.failover.is_none() && set.servers.len() > 1 {
        let detail = format!(
            "none of its {} servers stands in for another",
            set.servers.len()
        );
        findings.push(Finding::new(Rule::NoFailover, &set.name, detail));
    }
    let unlisted = options
        .key
        .rsa_bits()
        .filter(|bits| ![2048, 4096].contains(bits));
    if let Some(bits) = unlisted {
        let detail =
            format!("the plan is for RSA keys of {bits} bits, and Lync lists 2048 and 4096");
        findings.push(Finding::new(Rule::KeySizeUnlisted, &set.name, detail));
    }
    findings.extend(too_many_names(set, certificates, options));
    findings.extend(shared_subject(set, certificates));
    findings.extend(own_names_left_out(set, certificates, options));
    if let (SanPolicy::Wildcard, Some(first)) = (options.san, certificates.first()) {
        check_wildcards(set, first, findings);
    }
}

/// One finding a set, for the largest of its certificates that break a limit.
fn too_many_names(
    set: &ServerSet,
    certificates: &[PlannedCertificate],
    options: &PlanOptions,
) -> Option<Finding> {
    let first = certificates.first()?;
    let shared = first.others().map(|_| first.size_besides_subject());
    // Where each holds the names of all, the first speaks for all.
    let are_alike = shared.is_some() && options.san != SanPolicy::Wildcard;
    let distinct = match are_alike {
        true => slice::from_ref(first),
        false => certificates,
    };
    let mut largest = None;
    for certificate in distinct {
        let besides = shared.unwrap_or_else(|| certificate.size_besides_subject());
        let (count, length) = certificate.size(besides);
        let size = CERTIFICATE_BASE + length;
        // The one with the most names need not be the one of the greatest size.
        let is_too_large = count > options.max_names || size > options.max_size;
        if is_too_large && largest.is_none_or(|(_, known, _)| size > known) {
            largest = Some((count, size, certificate));
        }
    }
    let (count, size, certificate) = largest?;
    let detail = format!(
        "the certificate of {} holds {count} names and takes about {} KiB; the limits are {} names and {} KiB",
        certificate.subject(),
        size.div_ceil(1024),
        options.max_names,
        options.max_size / 1024,
    );
    Some(Finding::new(Rule::TooManyNames, &set.name, detail))
}

fn shared_subject(set: &ServerSet, certificates: &[PlannedCertificate]) -> Option<Finding> {
    // A set that shares one has no other.
    let certificate = certificates.first().filter(|it| it.servers().len() > 1)?;
    let detail = format!(
        "its certificate has the CN {}, which is not the FQDN of its {} other servers",
        certificate.subject(),
        certificate.servers().len() - 1,
    );
    Some(Finding::new(Rule::SharedSubject, &set.name, detail))
}

fn own_names_left_out(
    set: &ServerSet,
    certificates: &[PlannedCertificate],
    options: &PlanOptions,
) -> Option<Finding> {
    if options.ca != CaProfile::AcmeLike {
        return None;
    }
    let mut left_out = 0;
    for certificate in certificates {
        left_out += usize::from(!certificate.names_subject);
    }
    let detail =
        format!("{left_out} of its certificates have their CN in the SAN under a wildcard alone");
    (left_out > 0).then(|| Finding::new(Rule::OwnNameLeftOut, &set.name, detail))
}

fn check_wildcards(set: &ServerSet, certificate: &PlannedCertificate, findings: &mut Vec<Finding>) {
    let mut is_first = true;
    for name in certificate.names() {
        if !name.is_wildcard() {
            continue;
        }
        if mem::take(&mut is_first) {
            let detail =
                "Lync Phone Edition devices that connect to these servers refuse wildcards";
            findings.push(Finding::new(Rule::WildcardPhoneEdition, &set.name, detail));
        }
        let detail = format!("{name} covers every other host of its domain too");
        findings.push(Finding::new(Rule::WildcardReach, &set.name, detail));
    }
    let Some(listed) = certificate.others() else {
        return;
    };
    for name in listed.iter() {
        if !name.is_wildcard() {
            let detail =
                format!("{name} is listed: a wildcard over it would reach the hosts of strangers");
            findings.push(Finding::new(Rule::WildcardUnderSuffix, &set.name, detail));
        }
    }
}
