//! Guidelines for server sets and their certificates.

use super::context::PlanContext;
use crate::deployment::ServerSet;
use crate::name::{DnsName, SanName};
use crate::plan::certificate::PlannedCertificate;
use crate::plan::options::{CaProfile, KeyKind, PlanOptions, SanPolicy};
use crate::rule::{Finding, Rule};
use crate::text::join_truncated;

/// The size of a certificate without its SAN in bytes: key, signature and extensions of RSA 2048, rounded up.
const CERTIFICATE_BASE: usize = 1536;
/// The longest CN in characters (D136).
const MAX_COMMON_NAME: usize = 64;
/// The longest extension that AD CS accepts, in bytes (D135).
const MAX_EXTENSION: usize = 4096;
/// The number of names that a finding lists before it counts the rest.
const MAX_LISTED: usize = 5;

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let options = context.options;
    let mut findings = Vec::new();
    let sets = context.deployment.server_sets.iter();
    for (set, certificates) in sets.zip(context.certificates) {
        findings.extend(check_failover(set));
        findings.extend(check_key_size(set, options.key));
        findings.extend(check_size(set, certificates, options));
        findings.extend(check_subject(set, certificates));
        findings.extend(certificates.iter().filter_map(check_common_name));
        if options.ca.is_public() {
            findings.extend(check_internal_names(set));
        } else {
            findings.extend(check_san_extension(set, certificates));
        }
        if options.ca == CaProfile::AcmeLike {
            findings.extend(check_own_names(set, certificates));
        }
        if options.san == SanPolicy::Wildcard {
            // All certificates of a set contain the same wildcards.
            let entries = certificates[0].list().entries();
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

/// Checks that Lync lists the size of an RSA key (D23).
fn check_key_size(set: &ServerSet, key: KeyKind) -> Option<Finding> {
    let bits = key.rsa_bits().filter(|bits| ![2048, 4096].contains(bits))?;
    let detail =
        format!("the plan uses RSA keys of {bits} bits, but Lync lists only 2048 and 4096");
    Some(Finding::new(Rule::KeySizeUnlisted, &set.name, detail))
}

/// Checks the number of names and the size of the certificates. Reports the largest certificate of the set.
fn check_size(
    set: &ServerSet,
    certificates: &[PlannedCertificate],
    options: &PlanOptions,
) -> Option<Finding> {
    let size = |certificate: &PlannedCertificate| CERTIFICATE_BASE + certificate.names_der_len();
    let is_too_large = |certificate: &&PlannedCertificate| {
        certificate.name_count() > options.max_names || size(certificate) > options.max_size
    };
    // The order is reversed because `max_by_key` returns the last of several maxima.
    let largest = certificates
        .iter()
        .rev()
        .filter(is_too_large)
        .max_by_key(|certificate| size(certificate))?;
    let detail = format!(
        "the certificate of {} contains {} names and takes about {} KiB; the limits are {} names and {} KiB",
        largest.subject(),
        largest.name_count(),
        size(largest).div_ceil(1024),
        options.max_names,
        options.max_size / 1024,
    );
    Some(Finding::new(Rule::TooManyNames, &set.name, detail))
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

/// Checks that a certificate can have the subject's FQDN as its CN (D136).
fn check_common_name(certificate: &PlannedCertificate) -> Option<Finding> {
    let subject = certificate.subject();
    let length = subject.as_str().len();
    let detail =
        format!("its FQDN has {length} characters, and a CN has at most {MAX_COMMON_NAME}");
    (length > MAX_COMMON_NAME).then(|| Finding::new(Rule::CommonNameTooLong, subject, detail))
}

/// Checks that AD CS accepts the SAN extensions (D135). Reports the largest one of the set. *Not* checked for public CAs,
/// which are not AD CS.
fn check_san_extension(set: &ServerSet, certificates: &[PlannedCertificate]) -> Option<Finding> {
    // The order is reversed because `max_by_key` returns the last of several maxima.
    let largest = certificates
        .iter()
        .rev()
        .max_by_key(|certificate| certificate.san_extension_der_len())?;
    let length = largest.san_extension_der_len();
    let detail = format!(
        "the SAN extension of the certificate of {} takes {length} bytes, and AD CS accepts {MAX_EXTENSION}",
        largest.subject(),
    );
    (length > MAX_EXTENSION).then(|| Finding::new(Rule::SanExtensionTooLarge, &set.name, detail))
}

/// Checks that a public CA can issue for the names of the servers (D137).
fn check_internal_names(set: &ServerSet) -> Option<Finding> {
    let names = set.servers.iter().map(|server| &server.fqdn);
    let internal: Vec<&DnsName> = names.filter(|name| name.is_internal()).collect();
    let detail = format!(
        "no public CA issues a certificate for {}",
        join_truncated(&internal, MAX_LISTED, ", "),
    );
    (!internal.is_empty()).then(|| Finding::new(Rule::InternalNamePublicCa, &set.name, detail))
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
