//! Whether a certificate says what the plan asks of it: CN, names, extended key usage.

use std::collections::BTreeMap;

use super::trust_store::EndEntity;
use crate::name::{DnsName, SanName};
use crate::plan::{OutageCause, Plan, PlannedCertificate, out};
use crate::rule::{Finding, Rule};
use crate::x509::Certificate;

/// What the certificate that `server` presents lacks of what was planned. `end_entity` is the same certificate as webpki reads it; without
/// it no name counts as covered.
pub(super) fn check(
    plan: &Plan,
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
    end_entity: Option<&EndEntity<'_>>,
) -> Vec<Finding> {
    let covers = |name: &DnsName| {
        // Both must agree, so that no slip of ours calls a name covered.
        presented.dns_names().covering(name).is_some()
            && end_entity.is_some_and(|end_entity| end_entity.is_valid_for(name))
    };
    let mut findings: Vec<Finding> = server_auth(server, presented).into_iter().collect();
    let subject = subject(plan, planned, server, presented);
    let is_as_planned = subject.is_none();
    findings.extend(subject);
    if !is_as_planned && !covers(server) {
        // Another server's certificate altogether: one finding says it all.
        return findings;
    }
    findings.extend(missing_names(planned, server, covers));
    findings.extend(extra_names(planned, server, presented));
    if is_as_planned {
        findings.extend(san_order(planned, server, presented));
    }
    findings
}

fn server_auth(server: &DnsName, presented: &Certificate) -> Option<Finding> {
    let detail = match presented.extended_key_usage() {
        Some(usage) if usage.server_auth => return None,
        Some(_) => "its extended key usage lists other purposes, and not server authentication",
        None => "it has no extended key usage, and Lync asks for server authentication by name",
    };
    Some(Finding::new(Rule::NoServerAuth, server, detail))
}

fn subject(
    plan: &Plan,
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
) -> Option<Finding> {
    let common_names = presented.common_names();
    if let Some(wildcard) = common_names.iter().find(|cn| cn.starts_with("*.")) {
        let detail = format!("the CN is {wildcard}");
        return Some(Finding::new(Rule::SubjectWildcard, server, detail));
    }
    let detail = match common_names {
        [] => format!("the subject has no CN ({})", shown(presented.subject())),
        [cn] => match cn.parse::<DnsName>() {
            // A certificate that a set was planned to share has the CN of one server.
            Ok(name) if name == *server || name == *planned.subject() => return None,
            Ok(name) if plan.certificate(&name).is_some() => {
                format!("the CN is {name}: it is the certificate of that server")
            }
            _ => format!("the CN is {cn}"),
        },
        several => format!("the subject has several CNs: {}", several.join(", ")),
    };
    Some(Finding::new(Rule::SubjectNotServer, server, detail))
}

fn shown(subject: &str) -> &str {
    if subject.is_empty() {
        "it is empty"
    } else {
        subject
    }
}

/// One finding a name: the own one always matters, the others in the outages that bring them here.
fn missing_names(
    planned: &PlannedCertificate,
    server: &DnsName,
    covers: impl Fn(&DnsName) -> bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !covers(server) {
        let detail = "its own name is not in the SAN: every call fails, on any day";
        findings.push(Finding::new(Rule::NameMissing, server, detail));
    }
    let mut brought: BTreeMap<&DnsName, Vec<&OutageCause>> = BTreeMap::new();
    for (name, cause) in planned.stand_ins() {
        brought.entry(name).or_default().push(cause);
    }
    // The own name was looked at above; a name that moves can come back to its own server.
    let brought = brought.into_iter().filter(|(name, _)| *name != server);
    for (name, causes) in brought.filter(|(name, _)| !covers(name)) {
        let detail = format!(
            "{name} is not in the SAN: calls to it fail here when {}",
            out(&causes),
        );
        findings.push(Finding::new(Rule::NameMissing, server, detail));
    }
    findings
}

fn extra_names(
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
) -> Option<Finding> {
    let is_extra = |entry: &&String| match entry.parse::<SanName>() {
        Ok(name) => !planned.holds(&name),
        Err(_) => true,
    };
    let extra: Vec<&str> = presented
        .san_entries()
        .iter()
        .filter(is_extra)
        .map(String::as_str)
        .collect();
    if extra.is_empty() {
        return None;
    }
    let detail = format!("the SAN also holds {}", extra.join(", "));
    Some(Finding::new(Rule::NameExtra, server, detail))
}

fn san_order(
    planned: &PlannedCertificate,
    server: &DnsName,
    presented: &Certificate,
) -> Option<Finding> {
    let names = presented.dns_names();
    let own = SanName::from(server);
    let subject = SanName::from(planned.subject());
    let first_wildcard = names.iter().position(SanName::is_wildcard);
    let last_exact = names.iter().rposition(|name| !name.is_wildcard());
    let detail = match (first_wildcard, last_exact) {
        (Some(wildcard), Some(exact)) if wildcard < exact => {
            "a wildcard stands before an exact name in the SAN".to_owned()
        }
        _ => match names.iter().next() {
            Some(first) if *first != own && *first != subject && names.contains(&own) => {
                format!("the first name in the SAN is {first}, not the server's own")
            }
            _ => return None,
        },
    };
    Some(Finding::new(Rule::SanOrder, server, detail))
}
