//! The chain of certificates that a server presents.

use std::slice;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;

use super::certificate::Certificate;
use super::error::{MalformedError, ReadError};
use super::order::{self, ChainDisorder};
use super::read;

/// The chain that a server presents: its own certificate first, followed by those of its issuers (RFC 8446 §4.4.2).
///
/// A chain keeps entries that cannot be read, so that an audit can report them. Nothing is verified. Clones share
/// the entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    entries: Arc<Vec<Result<Certificate, MalformedError>>>,
}

impl Chain {
    /// Reads the chain in a file: PEM sections with any text around them, one certificate in DER, or a PKCS #7 file
    /// (`.p7b`, D27) in PEM or DER.
    ///
    /// A byte order mark and UTF-16 (which PowerShell's `>` writes) are accepted. A PKCS #7 file is unordered, so its
    /// certificates are put into the order of [`sorted`](Self::sorted), unrelated ones last. At most 4 MiB and 4096
    /// certificates are read.
    ///
    /// ```
    /// use umcert::Chain;
    ///
    /// let error = Chain::from_bytes(b"<html>404</html>").unwrap_err();
    /// assert_eq!(error.to_string(), "expected a certificate, found an HTML or XML page");
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReadError`] if the file contains no certificate, with a description of the contents, or if its PEM is
    /// malformed. A malformed certificate is not an error here but an entry of the chain.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let file = read::certificates(bytes)?;
        let chain: Self = file.certificates.into_iter().collect();
        if file.is_unordered {
            return Ok(chain.sorted_completely());
        }
        Ok(chain)
    }

    /// Creates a chain from an end-entity certificate and those of its issuers.
    pub(crate) fn of(end_entity: Certificate, issuers: &[Certificate]) -> Self {
        let issuers = issuers.iter().cloned();
        [end_entity].into_iter().chain(issuers).collect()
    }

    fn from_entries(entries: impl Iterator<Item = Result<Certificate, MalformedError>>) -> Self {
        Self {
            entries: Arc::new(entries.collect()),
        }
    }

    /// Returns the entries in the order in which they were presented. An unreadable entry contains the reason.
    pub fn entries(&self) -> &[Result<Certificate, MalformedError>] {
        &self.entries
    }

    /// Returns the readable certificates in the order in which they were presented.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.entries.iter().flatten()
    }

    /// Returns the first entry, which is the server's own certificate. Returns `None` if the chain is empty.
    #[must_use]
    pub fn end_entity(&self) -> Option<&Result<Certificate, MalformedError>> {
        self.entries.first()
    }

    /// Returns the readable certificates after the first entry.
    pub fn intermediates(&self) -> impl Iterator<Item = &Certificate> {
        self.entries.iter().skip(1).flatten()
    }

    /// Returns the readable certificates as PEM sections.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.certificates().map(Certificate::to_pem).collect()
    }

    /// Returns the chain as a server should present it (RFC 8446 §4.4.2): the server's certificate first, followed by
    /// those of its issuers, each once. Unreadable entries and certificates that issued nothing in the chain are
    /// omitted.
    ///
    /// The server's certificate is the first that does not belong to a CA. Issuers are found by name; signatures are
    /// not verified. A chain whose first entry is unreadable is returned unchanged, because the server's certificate
    /// is not known.
    #[must_use]
    pub fn sorted(&self) -> Self {
        if !self.has_readable_end_entity() {
            return self.clone();
        }
        let sorted = order::sort(self.certificates());
        sorted.path.into_iter().cloned().collect()
    }

    /// Returns all entries: those that [`sorted`](Self::sorted) keeps, other certificates, and unreadable entries.
    fn sorted_completely(&self) -> Self {
        let sorted = order::sort(self.certificates());
        let certificates = sorted.path.into_iter().chain(sorted.unrelated).cloned();
        let unreadable = self.entries.iter().filter(|entry| entry.is_err()).cloned();
        Self::from_entries(certificates.map(Ok).chain(unreadable))
    }

    /// Returns the changes that [`sorted`](Self::sorted) would make, or `None` if the chain is sorted.
    pub(crate) fn disorder(&self) -> Option<ChainDisorder> {
        if !self.has_readable_end_entity() {
            return None;
        }
        order::find_disorder(self.certificates())
    }

    fn has_readable_end_entity(&self) -> bool {
        matches!(self.end_entity(), Some(Ok(_)))
    }
}

/// Creates a chain from DER. Malformed certificates also become entries.
impl<'a> FromIterator<CertificateDer<'a>> for Chain {
    fn from_iter<I: IntoIterator<Item = CertificateDer<'a>>>(ders: I) -> Self {
        let ders = ders.into_iter().map(CertificateDer::into_owned);
        Self::from_entries(ders.map(Certificate::from_der))
    }
}

impl FromIterator<Certificate> for Chain {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        Self::from_entries(certificates.into_iter().map(Ok))
    }
}

impl<'a> IntoIterator for &'a Chain {
    type Item = &'a Result<Certificate, MalformedError>;
    type IntoIter = slice::Iter<'a, Result<Certificate, MalformedError>>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}
