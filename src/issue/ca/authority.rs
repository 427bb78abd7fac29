//! One CA of a test PKI: its certificate and key, and signing with them.

use std::sync::Arc;

use rcgen::{CertificateParams, CertificateRevocationListParams, Issuer, KeyIdMethod};

use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::params;
use crate::issue::tbs::{self, LayoutSigner, SubjectKey, TbsPatch};
use crate::x509::{Certificate, Crl};

/// A CA of a test PKI, with its key.
pub(in crate::issue) struct Authority {
    certificate: Certificate,
    key: Arc<KeyPair>,
    /// The parameters of the issuer for rcgen, which uses only the key identifier and key usages.
    params: CertificateParams,
}

impl Authority {
    /// Creates a CA that signs its own certificate. `subject` is a name in DER.
    pub(in crate::issue) fn self_signed(
        what: &str,
        params: CertificateParams,
        subject: &[u8],
        key: KeyPair,
    ) -> Result<Self, IssueError> {
        let patches = [TbsPatch::issuer(subject), TbsPatch::subject(subject)];
        let der = tbs::self_sign(what, &params, &patches, &key)?;
        Ok(Self {
            certificate: Certificate::from_der(der.into()).map_err(IssueError::crypto(what))?,
            key: Arc::new(key),
            params,
        })
    }

    /// Creates a CA below this one. `subject` is a name in DER.
    pub(in crate::issue) fn create_subordinate(
        &self,
        what: &str,
        mut params: CertificateParams,
        subject: &[u8],
        key: KeyPair,
    ) -> Result<Self, IssueError> {
        params.use_authority_key_identifier_extension = true;
        Ok(Self {
            certificate: self.certify(what, &params, subject, &key.public_key_der())?,
            key: Arc::new(key),
            params,
        })
    }

    /// Creates an authority from a CA that was created elsewhere, without checks.
    pub(super) fn from_certificate(certificate: Certificate, key: KeyPair) -> Self {
        Self {
            params: params::for_loaded_ca(&certificate),
            certificate,
            key: Arc::new(key),
        }
    }

    pub(in crate::issue) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    pub(in crate::issue) fn key(&self) -> &Arc<KeyPair> {
        &self.key
    }

    /// Issues the certificate that `params` describe. `subject` is a name and `spki` a SubjectPublicKeyInfo, both
    /// in DER.
    pub(in crate::issue) fn certify(
        &self,
        what: &str,
        params: &CertificateParams,
        subject: &[u8],
        spki: &[u8],
    ) -> Result<Certificate, IssueError> {
        let patches = [
            TbsPatch::issuer(self.certificate.raw_subject()),
            TbsPatch::subject(subject),
            TbsPatch::public_key(spki),
        ];
        let layout = params.signed_by(&SubjectKey(spki), &self.issuer());
        let layout = layout.map_err(IssueError::crypto(what))?;
        let der = tbs::sign_tbs(what, layout.der(), &patches, &self.key)?;
        Certificate::from_der(der.into()).map_err(IssueError::crypto(what))
    }

    /// Signs the CRL that `params` describe.
    pub(super) fn sign_crl(
        &self,
        params: &CertificateRevocationListParams,
    ) -> Result<Crl, IssueError> {
        let what = format!("the CRL of {}", self.certificate.subject());
        let layout = params.signed_by(&self.issuer());
        let layout = layout.map_err(IssueError::crypto(&what))?;
        let patches = [TbsPatch::crl_issuer(self.certificate.raw_subject())];
        let der = tbs::sign_tbs(&what, layout.der(), &patches, &self.key)?;
        Crl::from_bytes(&der).map_err(IssueError::crypto(&what))
    }

    /// Returns the key identifier in the CA's certificate, in the form that rcgen takes.
    pub(super) fn key_identifier(&self) -> KeyIdMethod {
        self.params.key_identifier_method.clone()
    }

    fn issuer(&self) -> Issuer<'_, LayoutSigner<'_>> {
        Issuer::from_params(&self.params, LayoutSigner(&self.key))
    }
}
