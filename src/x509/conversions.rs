//! Conversions between what was read and its DER in the types of rustls.

use rustls_pki_types::{
    CertificateDer, CertificateRevocationListDer, CertificateSigningRequestDer,
};

use super::certificate::Certificate;
use super::crl::Crl;
use super::error::{MalformedError, ReadError};
use super::request::CertificateRequest;

/// Returns the DER.
impl AsRef<[u8]> for Certificate {
    fn as_ref(&self) -> &[u8] {
        self.der()
    }
}

/// Returns the DER.
impl AsRef<[u8]> for CertificateRequest {
    fn as_ref(&self) -> &[u8] {
        self.der()
    }
}

/// Returns the DER.
impl AsRef<[u8]> for Crl {
    fn as_ref(&self) -> &[u8] {
        self.der()
    }
}

impl From<Certificate> for CertificateDer<'static> {
    fn from(certificate: Certificate) -> Self {
        certificate.der().clone()
    }
}

impl<'a> From<&'a Certificate> for CertificateDer<'a> {
    fn from(certificate: &'a Certificate) -> Self {
        Self::from(certificate.as_ref())
    }
}

/// Reads a certificate, as [`Certificate::from_der`] does.
impl TryFrom<CertificateDer<'_>> for Certificate {
    type Error = MalformedError;

    fn try_from(der: CertificateDer<'_>) -> Result<Self, MalformedError> {
        Self::from_der(der.into_owned())
    }
}

impl From<CertificateRequest> for CertificateSigningRequestDer<'static> {
    fn from(request: CertificateRequest) -> Self {
        request.der().clone()
    }
}

impl<'a> From<&'a CertificateRequest> for CertificateSigningRequestDer<'a> {
    fn from(request: &'a CertificateRequest) -> Self {
        Self::from(request.as_ref())
    }
}

/// Reads a request and verifies its signature, as [`CertificateRequest::from_bytes`] does.
impl TryFrom<CertificateSigningRequestDer<'_>> for CertificateRequest {
    type Error = ReadError;

    fn try_from(der: CertificateSigningRequestDer<'_>) -> Result<Self, ReadError> {
        Self::from_der(der.as_ref().to_vec().into())
    }
}

impl From<Crl> for CertificateRevocationListDer<'static> {
    fn from(crl: Crl) -> Self {
        crl.der().clone()
    }
}

impl<'a> From<&'a Crl> for CertificateRevocationListDer<'a> {
    fn from(crl: &'a Crl) -> Self {
        Self::from(crl.as_ref())
    }
}

/// Reads a CRL, as [`Crl::from_bytes`] does.
impl TryFrom<CertificateRevocationListDer<'_>> for Crl {
    type Error = MalformedError;

    fn try_from(der: CertificateRevocationListDer<'_>) -> Result<Self, MalformedError> {
        Self::from_der(der.as_ref().to_vec().into(), [].into())
    }
}
