//! Paths from a server certificate to a trusted root.

use super::path_error::PathError;
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
    dead_end: Option<PathError>,
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
        Self {
            certificates,
            dead_end: None,
        }
    }

    /// Returns every certificate, from the server certificate to the root.
    pub(in crate::audit) fn certificates(&self) -> &[&'a Certificate] {
        &self.certificates
    }

    pub(in crate::audit) fn root(&self) -> &'a Certificate {
        self.certificates[self.certificates.len() - 1]
    }

    /// Returns `true` if the last certificate is a root, and not one of a CA below a root. Some stores hold those too.
    pub(super) fn ends_in_root(&self) -> bool {
        self.root().may_be_self_signed()
    }

    /// Records why no path leads on from the last certificate, which is not self-signed, to a self-signed root.
    pub(super) fn with_dead_end(mut self, error: PathError) -> Self {
        self.dead_end = Some(error);
        self
    }

    /// Returns the reason why no path leads on to a self-signed root, if the last certificate is none (D129).
    pub(in crate::audit) fn dead_end(&self) -> Option<&PathError> {
        self.dead_end.as_ref()
    }

    /// Returns each certificate below the root with its issuer.
    pub(in crate::audit) fn issued(
        &self,
    ) -> impl Iterator<Item = (&'a Certificate, &'a Certificate)> {
        self.certificates.windows(2).map(|pair| (pair[0], pair[1]))
    }

    /// Returns a path that owns its certificates. The caller has checked the name.
    pub(in crate::audit) fn to_trusted(&self) -> TrustedPath {
        TrustedPath {
            certificates: self.certificates.iter().copied().cloned().collect(),
        }
    }
}
