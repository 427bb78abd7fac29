//! Guidelines of sets of servers and of their certificates.

use std::mem;

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
    if let Some(bits) = options.key.rsa_bits()
        && bits != 2048
        && bits != 4096
    {
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
    let is_shared = first.others().is_some();
    let mut besides = first.size_besides_subject();
    let (mut largest, mut largest_count, mut largest_size) = (None, 0, 0);
    for certificate in certificates {
        if !is_shared {
            besides = certificate.size_besides_subject();
        }
        let (count, length) = certificate.size(besides);
        let size = CERTIFICATE_BASE + length;
        // The one with the most names need not be the one of the greatest size.
        if (count > options.max_names || size > options.max_size) && size > largest_size {
            (largest, largest_count, largest_size) = (Some(certificate), count, size);
        }
        // Where each holds the names of all, the first speaks for all.
        if is_shared && options.san != SanPolicy::Wildcard {
            break;
        }
    }
    let (certificate, count, size) = (largest?, largest_count, largest_size);
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
    let [subject, others @ ..] = certificates.first()?.servers() else {
        return None;
    };
    if others.is_empty() {
        return None;
    }
    let detail = format!(
        "its certificate has the CN {subject}, which is not the FQDN of its {} other servers",
        others.len(),
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
    if left_out == 0 {
        return None;
    }
    let detail =
        format!("{left_out} of its certificates have their CN in the SAN under a wildcard alone");
    Some(Finding::new(Rule::OwnNameLeftOut, &set.name, detail))
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
