//! Checks the certificates of a path against requirements of RFC 5280 on which the verdict does not depend.

use std::fmt;

use crate::audit::context::StoreVerdict;
use crate::audit::diagnosis::is_policy_extension;
use crate::audit::display::CertificateLabel;
use crate::audit::trust_store::TrustedPath;
use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::text::{join, quote};
use crate::x509::{Certificate, extension_label, extension_section};

/// Maximum length of a serial number in bytes (RFC 5280 §4.1.2.2).
const MAX_SERIAL: usize = 20;
/// A name without attributes, in DER.
const EMPTY_NAME: &[u8] = &[0x30, 0x00];

const SUBJECT_ALT_NAME: &str = "2.5.29.17";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";

const KEY_USAGE: &str = "2.5.29.15";
const SUBJECT_KEY_IDENTIFIER: &str = "2.5.29.14";
const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";

/// Whether an extension must be critical or must not be, by its OID.
const CRITICALITY: [(&str, bool); 8] = [
    (AUTHORITY_KEY_IDENTIFIER, false),
    (SUBJECT_KEY_IDENTIFIER, false),
    // Subject directory attributes.
    ("2.5.29.9", false),
    // Policy constraints.
    ("2.5.29.36", true),
    // Inhibition of any policy.
    ("2.5.29.54", true),
    // Freshest CRL.
    ("2.5.29.46", false),
    // Authority and subject information access.
    ("1.3.6.1.5.5.7.1.1", false),
    ("1.3.6.1.5.5.7.1.11", false),
];

/// A violation of a MUST of RFC 5280 by a certificate of a trusted path. The verdict does not depend on it, but
/// stricter verifiers than `rustls-webpki` may refuse the certificate.
///
/// Displays as a predicate, to follow "its certificate" or "the root": "has a serial number of 21 bytes; the
/// maximum is 20 (RFC 5280 §4.1.2.2)".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileViolation<'a> {
    certificate: &'a Certificate,
    section: &'static str,
    predicate: String,
}

impl<'a> ProfileViolation<'a> {
    /// Returns the certificate.
    #[must_use]
    pub fn certificate(&self) -> &'a Certificate {
        self.certificate
    }

    /// Returns the section of RFC 5280 that is violated, as in "§4.1.2.2".
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.section
    }
}

impl fmt::Display for ProfileViolation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (RFC 5280 {})", self.predicate, self.section)
    }
}

impl TrustedPath {
    /// Returns every violation of a MUST of RFC 5280 §4 by a certificate of the path, from the server's to the root.
    ///
    /// The checks cover serial numbers, key identifiers, criticality, key usage and basic constraints of CAs, malformed
    /// extensions that no verdict depends on, and the form of names and dates. *Not* checked: what `rustls-webpki` refuses itself, certificate policies, and requirements of a
    /// SHOULD or of the CA/Browser Forum.
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::name::GeneralName;
    /// use umcert::{TestCa, TrustStore};
    ///
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let issued = ca.issue_names(["um1.contoso.com"])?;
    /// let roots = TrustStore::from(ca.roots());
    /// let name: GeneralName = "um1.contoso.com".parse()?;
    /// let path = roots.verify(issued.chain(), name, OffsetDateTime::now_utc())?;
    /// assert_eq!(path.profile_violations(), []);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn profile_violations(&self) -> Vec<ProfileViolation<'_>> {
        violations(&self.certificates())
    }
}

/// Reports each certificate of the paths that violates the profile, once for all its violations.
pub(in crate::audit) fn check(server: &DnsName, verdicts: &[StoreVerdict<'_>]) -> Vec<Finding> {
    let mut reported: Vec<&Certificate> = Vec::new();
    let mut findings = Vec::new();
    for path in verdicts.iter().filter_map(|verdict| verdict.path.as_ref()) {
        let violations = violations(path.certificates());
        for certificate in path.certificates() {
            let predicates = violations
                .iter()
                .filter(|violation| violation.certificate == *certificate);
            let predicates = join(predicates, ", and ");
            if predicates.is_empty() || reported.contains(certificate) {
                continue;
            }
            reported.push(certificate);
            let label = CertificateLabel {
                certificate,
                server_certificate: path.certificates()[0],
            };
            findings.push(Finding::new(
                Rule::Profile,
                server,
                format!("{label} {predicates}"),
            ));
        }
    }
    findings
}

/// Returns every violation of the profile in `path`, certificate by certificate.
fn violations<'a>(path: &[&'a Certificate]) -> Vec<ProfileViolation<'a>> {
    let mut violations = Vec::new();
    for (index, certificate) in path.iter().enumerate() {
        let next = path.get(index + 1).copied();
        let check = ProfileCheck {
            certificate,
            issuer: next.or_else(|| certificate.is_self_issued().then_some(*certificate)),
            is_server: index == 0,
            is_root: next.is_none(),
        };
        violations.extend(check.serial_number());
        violations.extend(check.encoding());
        violations.extend(check.names());
        violations.extend(check.authority_key_identifier());
        violations.extend(check.subject_key_identifier());
        violations.extend(check.criticality());
        violations.extend(check.unknown_critical_extensions());
        violations.extend(check.malformed_extensions());
        violations.extend(check.key_usage());
        violations.extend(check.basic_constraints());
        violations.extend(check.name_constraints());
    }
    violations
}

/// A certificate at its position on a path.
struct ProfileCheck<'a> {
    certificate: &'a Certificate,
    /// The next certificate of the path. For a self-issued root, the root itself.
    issuer: Option<&'a Certificate>,
    is_server: bool,
    is_root: bool,
}

impl<'a> ProfileCheck<'a> {
    fn violation(
        &self,
        section: &'static str,
        predicate: impl Into<String>,
    ) -> ProfileViolation<'a> {
        ProfileViolation {
            certificate: self.certificate,
            section,
            predicate: predicate.into(),
        }
    }

    fn serial_number(&self) -> Option<ProfileViolation<'a>> {
        let serial = self.certificate.serial();
        let is_zero = serial.iter().all(|byte| *byte == 0);
        let predicate = if is_zero {
            // Well-known roots have it, and no verifier looks up a root by its serial number.
            if self.is_root {
                return None;
            }
            "has the serial number zero".to_owned()
        } else if serial[0] >= 0x80 {
            "has a negative serial number".to_owned()
        } else if serial.len() > MAX_SERIAL {
            let length = serial.len();
            format!("has a serial number of {length} bytes; the maximum is {MAX_SERIAL}")
        } else {
            return None;
        };
        Some(self.violation("§4.1.2.2", predicate))
    }

    fn encoding(&self) -> Vec<ProfileViolation<'a>> {
        let mut violations = Vec::new();
        if self.certificate.has_irregular_dates() {
            let predicate = "has a date before 2050 as GeneralizedTime, or a later one as UTCTime";
            violations.push(self.violation("§4.1.2.5", predicate));
        }
        if self.certificate.has_unique_identifiers() {
            let predicate = "has an issuer or subject unique identifier";
            violations.push(self.violation("§4.1.2.8", predicate));
        }
        violations
    }

    fn names(&self) -> Vec<ProfileViolation<'a>> {
        let mut violations = Vec::new();
        let has_empty_subject = self.certificate.raw_subject() == EMPTY_NAME;
        if has_empty_subject && !self.is_server {
            violations
                .push(self.violation("§4.1.2.6", "is a CA certificate with an empty subject"));
        }
        if has_empty_subject && self.certificate.criticality(SUBJECT_ALT_NAME) == Some(false) {
            let predicate =
                "has an empty subject, but its subject alternative name is not critical";
            violations.push(self.violation("§4.2.1.6", predicate));
        }
        let entries = self.certificate.san_entries();
        // An entry that can match a host is well-formed.
        if self.certificate.dns_names().len() != entries.len()
            && let Some(entry) = entries.iter().find(|entry| !is_well_formed(entry))
        {
            let predicate = format!(
                "has {} in its SAN, which is not a valid host name",
                quote(entry)
            );
            violations.push(self.violation("§4.2.1.6", predicate));
        }
        violations
    }

    fn authority_key_identifier(&self) -> Vec<ProfileViolation<'a>> {
        let Some(key) = self.certificate.authority_key_identifier() else {
            // A self-signed certificate need not have one, and a malformed one is reported as such.
            let is_present = self
                .certificate
                .criticality(AUTHORITY_KEY_IDENTIFIER)
                .is_some();
            let missing = self.violation("§4.2.1.1", "has no authority key identifier");
            return if self.is_root || is_present {
                vec![]
            } else {
                vec![missing]
            };
        };
        let mut violations = Vec::new();
        if key.key_identifier.is_none() {
            let predicate = "has an authority key identifier without a key identifier";
            violations.push(self.violation("§4.2.1.1", predicate));
        }
        if key.has_issuer != key.has_serial {
            let predicate =
                "has an authority key identifier with only one of issuer and serial number";
            violations.push(self.violation("§4.2.1.1", predicate));
        }
        let issuer_key = self.issuer.and_then(Certificate::subject_key_identifier);
        if let (Some(named), Some(issuer_key)) = (&key.key_identifier, issuer_key)
            && named != issuer_key
        {
            let predicate = "has an authority key identifier that does not match its issuer's subject key identifier";
            violations.push(self.violation("§4.2.1.2", predicate));
        }
        violations
    }

    fn subject_key_identifier(&self) -> Option<ProfileViolation<'a>> {
        let is_missing = !self.is_server
            && self
                .certificate
                .criticality(SUBJECT_KEY_IDENTIFIER)
                .is_none();
        let predicate = "is a CA certificate without a subject key identifier";
        is_missing.then(|| self.violation("§4.2.1.2", predicate))
    }

    /// Checks extensions that must be critical, or must not be.
    fn criticality(&self) -> Vec<ProfileViolation<'a>> {
        let mut violations = Vec::new();
        for (oid, is_critical) in self.certificate.extensions() {
            let rule = CRITICALITY.iter().find(|(known, _)| known == oid);
            let Some((_, must_be_critical)) = rule.filter(|(_, must)| must != is_critical) else {
                continue;
            };
            let extension = extension_label(oid);
            let predicate = if *must_be_critical {
                format!("has a non-critical extension {extension}, which must be critical")
            } else {
                format!("has a critical extension {extension}, which must not be critical")
            };
            violations.push(self.violation(extension_section(oid), predicate));
        }
        violations
    }

    /// Checks the root only: webpki refuses such extensions below it.
    fn unknown_critical_extensions(&self) -> Vec<ProfileViolation<'a>> {
        if !self.is_root {
            return Vec::new();
        }
        let oids = self.certificate.unknown_critical_extensions().iter();
        oids.filter(|oid| {
            // Extensions with a rule of their own are reported by that rule.
            !is_policy_extension(oid) && CRITICALITY.iter().all(|(known, _)| known != oid)
        })
        .map(|oid| {
            let predicate = format!("has the unknown critical extension {}", quote(oid));
            self.violation("§4.2", predicate)
        })
        .collect()
    }

    /// Checks extensions that no verdict depends on. Other malformed extensions make a certificate unreadable.
    fn malformed_extensions(&self) -> Vec<ProfileViolation<'a>> {
        let oids = self.certificate.malformed_extensions().iter();
        oids.map(|oid| {
            let predicate = format!("has a malformed extension {}", extension_label(oid));
            self.violation(extension_section(oid), predicate)
        })
        .collect()
    }

    fn key_usage(&self) -> Option<ProfileViolation<'a>> {
        let is_missing = !self.is_server && self.certificate.criticality(KEY_USAGE).is_none();
        let predicate = "is a CA certificate without a key usage";
        is_missing.then(|| self.violation("§4.2.1.3", predicate))
    }

    fn basic_constraints(&self) -> Vec<ProfileViolation<'a>> {
        let mut violations = Vec::new();
        if !self.is_server && self.certificate.criticality(BASIC_CONSTRAINTS) != Some(true) {
            let predicate = "is a CA certificate without critical basic constraints";
            violations.push(self.violation("§4.2.1.9", predicate));
        }
        let may_sign = self
            .certificate
            .key_usage()
            .map(|usage| usage.key_cert_sign);
        if may_sign == Some(true) && !self.certificate.is_ca() {
            let predicate =
                "has a key usage that allows signing certificates, but is not a CA certificate";
            violations.push(self.violation("§4.2.1.3", predicate));
        }
        if self.certificate.path_len().is_some()
            && (!self.certificate.is_ca() || may_sign == Some(false))
        {
            let predicate = "has a path length, but may not sign certificates";
            violations.push(self.violation("§4.2.1.9", predicate));
        }
        violations
    }

    fn name_constraints(&self) -> Vec<ProfileViolation<'a>> {
        let Some(constraints) = self.certificate.name_constraints() else {
            return Vec::new();
        };
        let mut predicates = Vec::new();
        if !self.certificate.is_ca() {
            predicates.push("has name constraints, but is not a CA certificate".to_owned());
        }
        if constraints.is_empty() {
            predicates.push("has empty name constraints".to_owned());
        }
        if let Some(domain) = constraints.dotted_domain() {
            predicates.push(format!(
                "has a name constraint that begins with a dot, {}",
                quote(domain)
            ));
        }
        let predicates = predicates.into_iter();
        predicates
            .map(|predicate| self.violation("§4.2.1.10", predicate))
            .collect()
    }
}

/// Returns `true` if a SAN entry is a host name in the preferred name syntax (RFC 1034 §3.5), a wildcard of one, or
/// another kind of name.
fn is_well_formed(entry: &str) -> bool {
    if entry.contains(':') || entry.starts_with('(') {
        return true;
    }
    let host = entry.strip_prefix("*.").unwrap_or(entry);
    host.split('.').all(|label| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}
