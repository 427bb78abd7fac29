//! Wording that several findings share: certificates, fingerprints, days and lists.

use std::fmt::{self, Display};

use time::Duration;

use crate::text::{escape_and_truncate, join_truncated, quote};
use crate::x509::Certificate;

/// Number of entries of an untrusted list that a text shows.
pub(super) const MAX_LISTED: usize = 10;

/// Joins the first entries of an untrusted list and counts the rest.
pub(super) fn list(items: &[impl Display], separator: &str) -> String {
    join_truncated(items, MAX_LISTED, separator)
}

/// Joins the first entries of a list of outside values and counts the rest. Each value is quoted.
pub(super) fn quoted_list(values: &[impl AsRef<str>]) -> String {
    let quoted = values.iter().map(AsRef::as_ref).map(escape_and_truncate);
    let quoted: Vec<String> = quoted.map(|value| format!("`{value}`")).collect();
    list(&quoted, ", ")
}

/// Displays a certificate of a path: "its certificate" for the server's own, and otherwise its quoted subject.
pub(super) struct CertificateLabel<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) server_certificate: &'a Certificate,
}

impl Display for CertificateLabel<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.certificate == self.server_certificate {
            return f.write_str("its certificate");
        }
        let kind = if self.certificate.is_ca() {
            "CA certificate"
        } else {
            "certificate"
        };
        match self.certificate.subject() {
            "" => write!(f, "the {kind} with an empty subject"),
            subject => write!(f, "the {kind} {}", quote(subject)),
        }
    }
}

/// Displays both fingerprints of a certificate. They distinguish the certificate from others of the same subject.
/// Windows shows the thumbprint; only SHA-256 is collision-resistant.
pub(super) struct Fingerprints<'a>(pub(super) &'a Certificate);

impl Display for Fingerprints<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (thumbprint, sha256) = (self.0.thumbprint(), self.0.sha256_fingerprint());
        write!(f, "thumbprint {thumbprint}, SHA-256 {sha256}")
    }
}

/// Displays a duration in whole days.
pub(super) struct Days(pub(super) Duration);

impl Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.whole_days() {
            0 => f.write_str("less than a day"),
            1 => f.write_str("1 day"),
            days => write!(f, "{days} days"),
        }
    }
}
