//! The facts of a certificate as data.

use data_encoding::HEXUPPER;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::certificate::Certificate;

/// The facts of a [`Certificate`] as data, for inventories and monitors. They prove nothing: the certificate does.
///
/// Fields are only added, and reading ignores unknown ones.
///
/// ```
/// use umcert::TestCa;
///
/// let issued = TestCa::new("Contoso Test CA")?.issue_names(["um1.contoso.com"])?;
/// let certificate = issued.chain().certificates().next().ok_or("no certificate")?;
/// let json = serde_json::to_value(certificate.facts())?;
/// assert_eq!(json["subject"], "CN=um1.contoso.com");
/// assert_eq!(json["san"][0], "um1.contoso.com");
/// assert_eq!(json["server-auth"], true);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct CertificateFacts {
    /// [`Certificate::subject`].
    pub subject: String,
    /// [`Certificate::issuer`].
    pub issuer: String,
    /// [`Certificate::common_names`].
    pub common_names: Vec<String>,
    /// [`Certificate::san_entries`].
    pub san: Vec<String>,
    /// [`Certificate::serial`] in upper-case hexadecimal digits.
    pub serial: String,
    /// [`Certificate::not_before`], in the form of RFC 3339.
    #[serde(with = "time::serde::rfc3339")]
    pub not_before: OffsetDateTime,
    /// [`Certificate::not_after`], in the form of RFC 3339.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
    /// [`Certificate::sha256_fingerprint`].
    pub sha256: String,
    /// [`Certificate::thumbprint`].
    pub thumbprint: String,
    /// [`Certificate::public_key`] as text: `RSA 2048`.
    pub key: String,
    /// [`Certificate::signature_algorithm`].
    pub signature_algorithm: String,
    /// [`Certificate::is_ca`].
    pub ca: bool,
    /// [`Certificate::has_server_auth`].
    pub server_auth: bool,
}

impl Certificate {
    /// Returns the facts of the certificate as data that serde reads and writes.
    #[must_use]
    pub fn facts(&self) -> CertificateFacts {
        CertificateFacts {
            subject: self.subject().to_owned(),
            issuer: self.issuer().to_owned(),
            common_names: self.common_names().to_vec(),
            san: self.san_entries().to_vec(),
            serial: HEXUPPER.encode(self.serial()),
            not_before: self.not_before(),
            not_after: self.not_after(),
            sha256: self.sha256_fingerprint(),
            thumbprint: self.thumbprint(),
            key: self.public_key().to_string(),
            signature_algorithm: self.signature_algorithm().to_owned(),
            ca: self.is_ca(),
            server_auth: self.has_server_auth(),
        }
    }
}
