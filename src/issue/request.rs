//! Certificate requests for a CA (PKCS #10, RFC 2986).

use rcgen::CertificateParams;

use super::error::IssueError;
use super::key::KeyPair;
use super::params;
use crate::name::DnsName;
use crate::plan::PlannedCertificate;
use crate::x509::CertificateRequest;

/// The request for what `params` ask for, signed by `key`.
pub(super) fn sign(
    server: &DnsName,
    params: &CertificateParams,
    key: &KeyPair,
) -> Result<CertificateRequest, IssueError> {
    let what = format!("the request of {server}");
    let request = params.serialize_request(key.inner());
    let request = request.map_err(IssueError::crypto(what.as_str()))?;
    CertificateRequest::of_our_own(request.der().clone()).map_err(IssueError::crypto(what))
}

impl PlannedCertificate {
    /// The request for this certificate, signed by `key`: the CN, the names in their order, key usage
    /// and extended key usage as planned.
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair, Plan, PlanOptions};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// let options = PlanOptions::default().key(KeyKind::P256);
    /// let plan = Plan::new(&toml::from_str(text)?, &options)?;
    /// for certificate in plan.certificates() {
    ///     let key = KeyPair::generate(certificate.key())?;
    ///     let request = certificate.request(&key)?;
    ///     assert!(request.to_pem().starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IssueError::OtherKey`] where the key is not of the planned kind, and [`IssueError::Crypto`]
    /// where the library fails.
    pub fn request(&self, key: &KeyPair) -> Result<CertificateRequest, IssueError> {
        let params = params::planned(self, key)?;
        sign(self.subject(), &params, key)
    }
}
