//! Paths from a server certificate to a trusted root.

use crate::x509::Certificate;

/// A path from a server certificate to a root of a store: the proof that the chain is trusted. Only
/// [`TrustStore::verify`](crate::TrustStore::verify) and [`verify_with_crls`](crate::TrustStore::verify_with_crls)
/// create it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedPath {
    /// At least two: the server certificate first, the root last.
    certificates: Vec<Certificate>,
}

impl TrustedPath {
    /// Returns the certificates between the server certificate and the root, in issuer order.
    #[must_use]
    pub fn intermediates(&self) -> &[Certificate] {
        &self.certificates[1..self.certificates.len() - 1]
    }

    /// Returns the root in which the path ends.
    #[must_use]
    pub fn root(&self) -> &Certificate {
        &self.certificates[self.certificates.len() - 1]
    }

    /// Returns every certificate, from the server certificate to the root.
    pub(in crate::audit) fn certificates(&self) -> Vec<&Certificate> {
        self.certificates.iter().collect()
    }
}

/// A path that webpki built, before the name is checked. It borrows the certificates of the chain and of the
/// store.
#[derive(Clone)]
pub(in crate::audit) struct Path<'a> {
    /// At least two: the server certificate first, the root last.
    certificates: Vec<&'a Certificate>,
}

impl<'a> Path<'a> {
    pub(super) fn new(
        server_certificate: &'a Certificate,
        intermediates: Vec<&'a Certificate>,
        root: &'a Certificate,
    ) -> Self {
        let mut certificates = vec![server_certificate];
        certificates.extend(intermediates);
        certificates.push(root);
        Self { certificates }
    }

    /// Returns every certificate, from the server certificate to the root.
    pub(in crate::audit) fn certificates(&self) -> &[&'a Certificate] {
        &self.certificates
    }

    pub(in crate::audit) fn root(&self) -> &'a Certificate {
        self.certificates[self.certificates.len() - 1]
    }

    /// Returns each certificate below the root with its issuer.
    pub(in crate::audit) fn issued(
        &self,
    ) -> impl Iterator<Item = (&'a Certificate, &'a Certificate)> {
        self.certificates.windows(2).map(|pair| (pair[0], pair[1]))
    }

    /// Returns a path that owns its certificates. The caller has checked the name.
    pub(super) fn to_trusted(&self) -> TrustedPath {
        TrustedPath {
            certificates: self.certificates.iter().copied().cloned().collect(),
        }
    }
}
