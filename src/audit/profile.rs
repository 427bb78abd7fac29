//! What RFC 5280 demands of the certificates of a path beyond what a verdict rests on.

use std::fmt::{self, Write};

use super::diagnosis::{Whose, is_about_policies};
use super::server::{Audited, Judged};
use super::trust_store::TrustedPath;
use crate::rule::Rule;
use crate::x509::Certificate;

/// The longest serial number in bytes (RFC 5280 §4.1.2.2).
const MAX_SERIAL: usize = 20;
/// A name without attributes, in DER.
const EMPTY_NAME: &[u8] = &[0x30, 0x00];

const SUBJECT_ALT_NAME: &str = "2.5.29.17";
const BASIC_CONSTRAINTS: &str = "2.5.29.19";

/// The extensions that must be critical, or must not be: which, what it is, whether it must, and the section.
const CRITICALITIES: [(&str, &str, bool, &str); 8] = [
    ("2.5.29.35", "authority key identifier", false, "§4.2.1.1"),
    ("2.5.29.14", "subject key identifier", false, "§4.2.1.2"),
    (
        "2.5.29.9",
        "subject directory attributes",
        false,
        "§4.2.1.8",
    ),
    ("2.5.29.36", "policy constraints", true, "§4.2.1.11"),
    ("2.5.29.54", "inhibition of any policy", true, "§4.2.1.14"),
    ("2.5.29.46", "freshest CRL", false, "§4.2.1.15"),
    (
        "1.3.6.1.5.5.7.1.1",
        "authority information access",
        false,
        "§4.2.2.1",
    ),
    (
        "1.3.6.1.5.5.7.1.11",
        "subject information access",
        false,
        "§4.2.2.2",
    ),
];

/// A certificate of a trusted path against a MUST of RFC 5280 that the verdict does not rest on: stricter
/// verifiers than `rustls-webpki` may refuse it.
///
/// Displays as a clause behind "its certificate" or "the root": "has a serial number of 21 bytes, and 20
/// is the limit (RFC 5280 §4.1.2.2)".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileViolation<'a> {
    certificate: &'a Certificate,
    section: &'static str,
    what: String,
}

impl<'a> ProfileViolation<'a> {
    /// The certificate.
    #[must_use]
    pub fn certificate(&self) -> &'a Certificate {
        self.certificate
    }

    /// The section of RFC 5280 that says so, "§4.1.2.2".
    #[must_use]
    pub fn section(&self) -> &'static str {
        self.section
    }
}

impl fmt::Display for ProfileViolation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (RFC 5280 {})", self.what, self.section)
    }
}

impl TrustedPath {
    /// What the certificates of the path are against a MUST of RFC 5280 §4 that the verdict does not rest
    /// on: serial numbers, key identifiers, criticality, the basic constraints of CAs, the form of names
    /// and dates. From the server's certificate to the root, the root included.
    ///
    /// *Not* checked: what `rustls-webpki` refuses by itself, the policies, and what only a SHOULD or the
    /// CA/Browser Forum asks for.
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
    /// assert_eq!(path.profile_faults(), []);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn profile_faults(&self) -> Vec<ProfileViolation<'_>> {
        faults(&self.certificates())
    }
}

/// One finding for each certificate of the paths that stores found that the profile does not admit.
pub(super) fn check(judged: &[Judged<'_>], audited: &mut Audited<'_>) {
    let mut told: Vec<&Certificate> = Vec::new();
    for of_store in judged {
        let Some(path) = &of_store.path else {
            continue;
        };
        let faults = faults(&path.certificates);
        for certificate in &path.certificates {
            let mut what = String::new();
            for fault in &faults {
                if fault.certificate == *certificate {
                    let before = if what.is_empty() { "" } else { ", and" };
                    // A string takes whatever is written to it.
                    let _ = write!(what, "{before} {fault}");
                }
            }
            if !what.is_empty() && !told.contains(certificate) {
                told.push(certificate);
                let whose = Whose(path.end_entity, certificate);
                audited.add(Rule::Profile, &format!("{whose}{what}"));
            }
        }
    }
}

/// A certificate and its place on a path.
struct Place<'p, 'a> {
    certificate: &'a Certificate,
    /// The next of the path; the root's is itself, where it names itself.
    issuer: Option<&'a Certificate>,
    is_server: bool,
    is_root: bool,
    /// Those of the path so far.
    faults: &'p mut Vec<ProfileViolation<'a>>,
}

/// Everything against the profile in a path, certificate by certificate.
fn faults<'a>(path: &[&'a Certificate]) -> Vec<ProfileViolation<'a>> {
    let mut faults = Vec::new();
    for (position, certificate) in path.iter().enumerate() {
        let next = path.get(position + 1).copied();
        let mut place = Place {
            certificate,
            issuer: match next {
                None if certificate.is_self_issued() => Some(certificate),
                next => next,
            },
            is_server: position == 0,
            is_root: next.is_none(),
            faults: &mut faults,
        };
        place.serial();
        place.form();
        place.names();
        place.authority_key();
        place.subject_key();
        place.criticality();
        place.constraints();
    }
    faults
}

impl Place<'_, '_> {
    fn add(&mut self, section: &'static str, what: &str) {
        self.faults.push(ProfileViolation {
            certificate: self.certificate,
            section,
            what: what.to_owned(),
        });
    }

    fn is_ca(&self) -> bool {
        self.certificate.is_ca()
    }

    fn serial(&mut self) {
        let serial = self.certificate.serial();
        let mut is_zero = true;
        for byte in serial {
            is_zero &= *byte == 0;
        }
        // Known roots have it, and nothing ever looks a root up by its serial number.
        let what = if is_zero && self.is_root {
            return;
        } else if is_zero {
            "has the serial number zero".to_owned()
        } else if let [0x80..=0xff, ..] = serial {
            "has a negative serial number".to_owned()
        } else if serial.len() > MAX_SERIAL {
            format!(
                "has a serial number of {} bytes, and {MAX_SERIAL} is the limit",
                serial.len()
            )
        } else {
            return;
        };
        self.add("§4.1.2.2", &what);
    }

    fn form(&mut self) {
        if self.certificate.has_irregular_dates() {
            let what = "writes a date before 2050 as GeneralizedTime, or a later one as UTCTime";
            self.add("§4.1.2.5", what);
        }
        if self.certificate.has_unique_identifiers() {
            let what = "has a unique identifier of its issuer or subject";
            self.add("§4.1.2.8", what);
        }
    }

    fn names(&mut self) {
        let is_empty = self.certificate.raw_subject() == EMPTY_NAME;
        if is_empty && !self.is_server {
            self.add("§4.1.2.6", "is a CA's, and its subject is empty");
        }
        if is_empty && self.certificate.criticality(SUBJECT_ALT_NAME) == Some(false) {
            let what = "has an empty subject, and its subject alternative name is not critical";
            self.add("§4.2.1.6", what);
        }
        let entries = self.certificate.san_entries();
        // What can match a host is the name of one.
        let are_names = self.certificate.dns_names().len() == entries.len();
        if are_names {
            return;
        }
        for entry in entries {
            if !is_well_formed(entry) {
                let what = format!("has {entry} in its SAN, which is no name of a host");
                self.add("§4.2.1.6", &what);
                return;
            }
        }
    }

    fn authority_key(&mut self) {
        let section = "§4.2.1.1";
        let Some(key) = self.certificate.authority_key_identifier() else {
            // It may be missing where a certificate is signed by its own key.
            if !self.is_root {
                self.add(section, "has no authority key identifier");
            }
            return;
        };
        if key.key_identifier.is_none() {
            let what = "has an authority key identifier without the identifier of a key";
            self.add(section, what);
        }
        if key.has_issuer != key.has_serial {
            let what = "has an authority key identifier with one of issuer and serial number alone";
            self.add(section, what);
        }
        let issuer = self.issuer.and_then(Certificate::subject_key_identifier);
        if let (Some(named), Some(issuer)) = (&key.key_identifier, issuer)
            && named != issuer
        {
            let what =
                "has another authority key identifier than its issuer's subject key identifier";
            self.add("§4.2.1.2", what);
        }
    }

    fn subject_key(&mut self) {
        if self.is_server || self.certificate.subject_key_identifier().is_some() {
            return;
        }
        let what = "is a CA's, and has no subject key identifier";
        self.add("§4.2.1.2", what);
    }

    fn criticality(&mut self) {
        for (oid, critical) in self.certificate.extensions() {
            for (known, what, must, section) in &CRITICALITIES {
                if oid != known || critical == must {
                    continue;
                }
                let what = match must {
                    true => format!("has the extension {what}, and it is not critical"),
                    false => format!("has a critical extension {what}, which must not be"),
                };
                self.add(section, &what);
            }
        }
        // Below the root webpki refuses them.
        if !self.is_root {
            return;
        }
        for oid in self.certificate.unknown_critical_extensions() {
            let mut is_told = is_about_policies(oid);
            for (known, ..) in &CRITICALITIES {
                is_told |= oid == known;
            }
            if !is_told {
                let what = format!("has the critical extension {oid}, which is not understood");
                self.add("§4.2", &what);
            }
        }
    }

    fn constraints(&mut self) {
        if !self.is_server && self.certificate.criticality(BASIC_CONSTRAINTS) != Some(true) {
            self.add(
                "§4.2.1.9",
                "is a CA's, and has no critical basic constraints",
            );
        }
        let (may_sign, may_not) = match self.certificate.key_usage() {
            Some(usage) => (usage.key_cert_sign, !usage.key_cert_sign),
            None => (false, false),
        };
        if may_sign && !self.is_ca() {
            self.add(
                "§4.2.1.3",
                "may sign certificates by its key usage, and is no CA's",
            );
        }
        if self.certificate.path_len().is_some() && (!self.is_ca() || may_not) {
            self.add(
                "§4.2.1.9",
                "has a path length, and may not sign certificates",
            );
        }
        if let Some(constraints) = self.certificate.name_constraints() {
            if !self.is_ca() {
                self.add("§4.2.1.10", "has name constraints, and is no CA's");
            }
            if constraints.is_empty() {
                self.add("§4.2.1.10", "has name constraints that constrain nothing");
            }
            if let Some(domain) = constraints.dotted_domain() {
                let what = format!("has a name constraint with a dot in front, {domain}");
                self.add("§4.2.1.10", &what);
            }
        }
    }
}

/// Whether an entry of a SAN is a name in the preferred name syntax (RFC 1034 §3.5), a wildcard of one,
/// or of another kind.
fn is_well_formed(entry: &str) -> bool {
    if entry.contains(':') || entry.starts_with('(') {
        return true;
    }
    let host = entry.strip_prefix("*.").unwrap_or(entry);
    for label in host.split('.') {
        if label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-') {
            return false;
        }
        for byte in label.bytes() {
            if !byte.is_ascii_alphanumeric() && byte != b'-' {
                return false;
            }
        }
    }
    true
}
