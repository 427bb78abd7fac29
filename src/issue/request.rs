//! Certificate requests for a CA (PKCS #10, RFC 2986).

use rcgen::CertificateParams;
use rustls_pki_types::CertificateSigningRequestDer;

use super::error::IssueError;
use super::key::KeyPair;
use super::params;
use crate::name::DnsName;
use crate::plan::PlannedCertificate;
use crate::x509;

/// A certificate request (PKCS #10, RFC 2986), signed by the key that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRequest {
    der: CertificateSigningRequestDer<'static>,
}

impl CertificateRequest {
    pub(super) fn sign(
        server: &DnsName,
        params: &CertificateParams,
        key: &KeyPair,
    ) -> Result<Self, IssueError> {
        let request = params.serialize_request(key.inner());
        let request = request.map_err(IssueError::crypto(format!("the request of {server}")))?;
        Ok(Self {
            der: request.der().clone(),
        })
    }

    /// The request in DER.
    #[must_use]
    pub fn der(&self) -> &CertificateSigningRequestDer<'static> {
        &self.der
    }

    /// The request as one PEM section `CERTIFICATE REQUEST` (RFC 7468 §7), which AD CS and public CAs
    /// take.
    #[must_use]
    pub fn to_pem(&self) -> String {
        x509::pem("CERTIFICATE REQUEST", &self.der)
    }
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
        CertificateRequest::sign(self.subject(), &params, key)
    }
}
