//! A faulty chain and what belongs to it.

use std::sync::Arc;

use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::issue::key::KeyPair;
use crate::x509::{CertificateRequest, Chain, Crl};

/// A chain with a deliberate fault, and the key, request and CRLs that belong to it.
#[derive(Debug, Clone)]
pub struct FaultyChain {
    chain: Chain,
    /// The chain in DER, with malformed certificates.
    chain_der: Vec<CertificateDer<'static>>,
    key: Option<Arc<KeyPair>>,
    request: Option<CertificateRequest>,
    crls: Vec<Crl>,
}

impl FaultyChain {
    /// Creates a chain of readable certificates, with the key of the first.
    pub(super) fn new(chain: Chain, key: Option<Arc<KeyPair>>) -> Self {
        Self {
            chain_der: chain.to_ders(),
            chain,
            key,
            request: None,
            crls: Vec::new(),
        }
    }

    /// Creates a chain of certificates in DER, which may be malformed, with the key of the first.
    pub(super) fn of_ders(ders: Vec<CertificateDer<'static>>, key: Option<Arc<KeyPair>>) -> Self {
        Self {
            chain_der: ders.clone(),
            ..Self::new(ders.into_iter().collect(), key)
        }
    }

    /// Returns this chain with what the audit needs to find its fault.
    pub(super) fn with_evidence(self, request: Option<CertificateRequest>, crls: Vec<Crl>) -> Self {
        Self {
            request,
            crls,
            ..self
        }
    }

    /// Returns the chain to present.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the chain to present in DER, with malformed certificates.
    #[must_use]
    pub fn chain_der(&self) -> Vec<CertificateDer<'static>> {
        self.chain_der.clone()
    }

    /// Returns the private key of the first certificate, or `None` for [`Fault::WeakKey`](super::Fault::WeakKey) and
    /// [`Fault::KeySizeUnlisted`](super::Fault::KeySizeUnlisted), whose private keys do not exist.
    ///
    /// That of [`Fault::CaAsServer`](super::Fault::CaAsServer) is the key of the issuing CA.
    #[must_use]
    pub fn key(&self) -> Option<&KeyPair> {
        self.key.as_deref()
    }

    /// Returns the unencrypted [`key`](Self::key) as PKCS #8 in DER. The memory of the copy is not cleared.
    #[must_use]
    pub fn key_der(&self) -> Option<PrivateKeyDer<'static>> {
        self.key().map(PrivateKeyDer::from)
    }

    /// Returns the request to give to the audit. Only [`Fault::KeyMismatch`](super::Fault::KeyMismatch) and
    /// [`Fault::KeyInCngProvider`](super::Fault::KeyInCngProvider) have one.
    #[must_use]
    pub fn request(&self) -> Option<&CertificateRequest> {
        self.request.as_ref()
    }

    /// Returns the CRLs to give to the audit. Only the faults of revocation have CRLs.
    #[must_use]
    pub fn crls(&self) -> &[Crl] {
        &self.crls
    }
}
