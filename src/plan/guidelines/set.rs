//! Guidelines for server sets.

use super::certificates;
use super::context::PlanContext;
use crate::deployment::ServerSet;
use crate::deployment::options::{CaProfile, SanPolicy};
use crate::name::{DnsName, SanName};
use crate::plan::certificate::PlannedCertificate;
use crate::rule::{Finding, Rule};

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let options = context.options;
    let mut findings = Vec::new();
    let sets = context.deployment.server_sets.iter();
    for (set, set_certificates) in sets.zip(context.certificates) {
        findings.extend(check_failover(set));
        let names: Vec<&DnsName> = set.servers.iter().map(|server| &server.fqdn).collect();
        findings.extend(certificates::check(
            &set.name,
            &names,
            set_certificates,
            options,
        ));
        findings.extend(check_subject(set, set_certificates));
        if options.ca == CaProfile::AcmeLike {
            findings.extend(check_own_names(set, set_certificates));
        }
        if options.san == SanPolicy::Wildcard {
            // All certificates of a set contain the same wildcards.
            let entries = set_certificates[0].list().entries();
            findings.extend(check_phone_edition(set, entries));
            findings.extend(check_wildcard_reach(set, entries));
            findings.extend(check_suffixes(set, entries));
        }
    }
    findings
}

/// Checks that the servers stand in for each other (D2).
fn check_failover(set: &ServerSet) -> Option<Finding> {
    let count = set.servers.len();
    let detail = format!("none of its {count} servers stands in for another");
    (set.failover.is_none() && count > 1).then(|| Finding::new(Rule::NoFailover, &set.name, detail))
}

/// Checks that the CN is the FQDN of every server that presents the certificate (D10, D14).
fn check_subject(set: &ServerSet, certificates: &[PlannedCertificate]) -> Option<Finding> {
    let shared = certificates
        .iter()
        .find(|certificate| certificate.servers().len() > 1)?;
    let detail = format!(
        "its certificate has the CN {}, which is not the FQDN of its {} other servers",
        shared.subject(),
        shared.servers().len() - 1,
    );
    Some(Finding::new(Rule::SharedSubject, &set.name, detail))
}

/// Checks that the SAN contains the CN itself (D10).
fn check_own_names(set: &ServerSet, certificates: &[PlannedCertificate]) -> Option<Finding> {
    let left_out = certificates
        .iter()
        .filter(|certificate| !certificate.includes_subject())
        .count();
    let detail =
        format!("{left_out} of its certificates have their CN in the SAN only under a wildcard");
    (left_out > 0).then(|| Finding::new(Rule::OwnNameLeftOut, &set.name, detail))
}

/// Reports wildcards, which Lync Phone Edition does not support (D13).
fn check_phone_edition(set: &ServerSet, entries: &[SanName]) -> Option<Finding> {
    let detail = "Lync Phone Edition devices that connect to these servers refuse wildcards";
    entries
        .iter()
        .any(SanName::is_wildcard)
        .then(|| Finding::new(Rule::WildcardPhoneEdition, &set.name, detail))
}

/// Reports the other hosts that each wildcard covers (D16).
fn check_wildcard_reach(set: &ServerSet, entries: &[SanName]) -> impl Iterator<Item = Finding> {
    entries
        .iter()
        .filter(|entry| entry.is_wildcard())
        .map(|entry| {
            let detail = format!("{entry} covers every other host of its domain too");
            Finding::new(Rule::WildcardReach, &set.name, detail)
        })
}

/// Reports names that are listed because a wildcard would be directly under a public suffix or a single label.
fn check_suffixes(set: &ServerSet, entries: &[SanName]) -> impl Iterator<Item = Finding> {
    entries
        .iter()
        .filter(|entry| !entry.is_wildcard())
        .map(|entry| {
            let detail = format!(
                "{entry} is listed: a wildcard over it would cover hosts of other organisations"
            );
            Finding::new(Rule::WildcardUnderSuffix, &set.name, detail)
        })
}
