//! One CA of a test PKI: its certificate, its key, and what it signs.

use rcgen::{CertificateParams, Issuer};

use super::error::IssueError;
use super::key::KeyPair;
use super::sign::{self, Holder, Replaced};
use crate::x509::{Certificate, Crl};

/// A CA of a test PKI, with its key.
pub(super) struct Authority {
    certificate: Certificate,
    key: KeyPair,
    /// What rcgen must know of an issuer: its key identifier and its key usages.
    params: CertificateParams,
}

impl Authority {
    /// A CA that signs its own certificate, under this subject in DER.
    pub(super) fn root(
        what: &str,
        params: CertificateParams,
        subject: &[u8],
        key: KeyPair,
    ) -> Result<Self, IssueError> {
        let replaced = [(sign::ISSUER, subject), (sign::SUBJECT, subject)];
        let der = sign::self_sign(what, &params, &replaced, &key)?;
        Ok(Self {
            certificate: Certificate::from_der(der.into()).map_err(IssueError::crypto(what))?,
            key,
            params,
        })
    }

    /// A CA below this one.
    pub(super) fn below(
        &self,
        what: &str,
        mut params: CertificateParams,
        subject: &[u8],
        key: KeyPair,
    ) -> Result<Self, IssueError> {
        params.use_authority_key_identifier_extension = true;
        Ok(Self {
            certificate: self.certify(what, &params, subject, &Holder::Own(&key))?,
            key,
            params,
        })
    }

    /// A CA whose certificate was made elsewhere. Nothing of it is checked here.
    pub(super) fn of_certificate(certificate: Certificate, key: KeyPair) -> Self {
        let params = super::params::of_authority(&certificate);
        Self {
            certificate,
            key,
            params,
        }
    }

    pub(super) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The certificate that `params` ask for, under this subject in DER.
    pub(super) fn certify(
        &self,
        what: &str,
        params: &CertificateParams,
        subject: &[u8],
        holder: &Holder<'_>,
    ) -> Result<Certificate, IssueError> {
        let issuer = self.certificate.raw_subject();
        let names = [(sign::ISSUER, issuer), (sign::SUBJECT, subject)];
        let der = match holder {
            Holder::Own(_) => self.signed(what, params, holder, &names)?,
            Holder::Foreign(spki) => {
                let [issuer, subject] = names;
                let replaced = [issuer, subject, (sign::PUBLIC_KEY, *spki)];
                self.signed(what, params, holder, &replaced)?
            }
        };
        Certificate::from_der(der.into()).map_err(IssueError::crypto(what))
    }

    fn signed(
        &self,
        what: &str,
        params: &CertificateParams,
        holder: &Holder<'_>,
        replaced: &[Replaced<'_>],
    ) -> Result<Vec<u8>, IssueError> {
        let layout = params.signed_by(holder, &self.issuer());
        let layout = layout.map_err(IssueError::crypto(what))?;
        sign::finish(what, layout.der(), replaced, &self.key)
    }

    /// The CRL that `params` ask for.
    pub(super) fn crl(
        &self,
        params: &rcgen::CertificateRevocationListParams,
    ) -> Result<Crl, IssueError> {
        let what = format!("the CRL of {}", self.certificate.subject());
        let layout = params.signed_by(&self.issuer());
        let layout = layout.map_err(IssueError::crypto(&what))?;
        let replaced = [(sign::CRL_ISSUER, self.certificate.raw_subject())];
        let der = sign::finish(&what, layout.der(), &replaced, &self.key)?;
        Crl::from_bytes(&der).map_err(IssueError::crypto(&what))
    }

    /// The identifier of its key, as its certificate gives it.
    pub(super) fn key_identifier(&self) -> rcgen::KeyIdMethod {
        self.params.key_identifier_method.clone()
    }

    fn issuer(&self) -> Issuer<'_, Holder<'_>> {
        Issuer::from_params(&self.params, Holder::Own(&self.key))
    }
}
