//! Guidelines for the certificates of a server set or of a Front End pool.

use crate::deployment::options::{KeyKind, PlanOptions};
use crate::name::DnsName;
use crate::plan::certificate::PlannedCertificate;
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

/// Checks the `certificates` of the server set or pool `owner`. `names` are the FQDNs of its servers, and of the pool.
pub(super) fn check(
    owner: &str,
    names: &[&DnsName],
    certificates: &[PlannedCertificate],
    options: &PlanOptions,
) -> Vec<Finding> {
    let of_ca = if options.ca.is_public() {
        check_internal_names(owner, names)
    } else {
        check_san_extension(owner, certificates)
    };
    let findings = [
        check_key_size(owner, options.key),
        check_size(owner, certificates, options),
        of_ca,
    ];
    let common_names = certificates.iter().filter_map(check_common_name);
    findings.into_iter().flatten().chain(common_names).collect()
}

/// Checks that Lync lists the size of an RSA key (D23).
fn check_key_size(owner: &str, key: KeyKind) -> Option<Finding> {
    let bits = key.rsa_bits().filter(|bits| ![2048, 4096].contains(bits))?;
    let detail =
        format!("the plan uses RSA keys of {bits} bits, but Lync lists only 2048 and 4096");
    Some(Finding::new(Rule::KeySizeUnlisted, owner, detail))
}

/// Checks the number of names and the size of the certificates. Reports the largest certificate.
fn check_size(
    owner: &str,
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
        largest.first_server(),
        largest.name_count(),
        size(largest).div_ceil(1024),
        options.max_names,
        options.max_size / 1024,
    );
    Some(Finding::new(Rule::TooManyNames, owner, detail))
}

/// Checks that a certificate can have the subject's FQDN as its CN (D136).
fn check_common_name(certificate: &PlannedCertificate) -> Option<Finding> {
    let subject = certificate.subject();
    let length = subject.as_str().len();
    let detail =
        format!("its FQDN has {length} characters, and a CN has at most {MAX_COMMON_NAME}");
    (length > MAX_COMMON_NAME).then(|| Finding::new(Rule::CommonNameTooLong, subject, detail))
}

/// Checks that AD CS accepts the SAN extensions (D135). Reports the largest one. *Not* checked for public CAs,
/// which are not AD CS.
fn check_san_extension(owner: &str, certificates: &[PlannedCertificate]) -> Option<Finding> {
    // The order is reversed because `max_by_key` returns the last of several maxima.
    let largest = certificates
        .iter()
        .rev()
        .max_by_key(|certificate| certificate.san_extension_der_len())?;
    let length = largest.san_extension_der_len();
    let detail = format!(
        "the SAN extension of the certificate of {} takes {length} bytes, and AD CS accepts {MAX_EXTENSION}",
        largest.first_server(),
    );
    (length > MAX_EXTENSION).then(|| Finding::new(Rule::SanExtensionTooLarge, owner, detail))
}

/// Checks that a public CA can issue for the names of the servers (D137).
fn check_internal_names(owner: &str, names: &[&DnsName]) -> Option<Finding> {
    let names = names.iter().copied();
    let internal: Vec<&DnsName> = names.filter(|name| name.is_internal()).collect();
    let detail = format!(
        "no public CA issues a certificate for {}",
        join_truncated(&internal, MAX_LISTED, ", "),
    );
    (!internal.is_empty()).then(|| Finding::new(Rule::InternalNamePublicCa, owner, detail))
}
