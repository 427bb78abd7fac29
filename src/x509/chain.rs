//! What a server presents: its own certificate, and the ones that lead to a root.

use std::slice;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;

use super::certificate::Certificate;
use super::malformed::MalformedError;
use super::read::{self, ReadError};

/// What a server presents: its own certificate first, then those of its issuers (RFC 8446 §4.4.2).
///
/// A chain keeps entries that cannot be read, so that an audit can say which they are. Nothing is
/// verified yet. Cloning is cheap: clones share the entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    entries: Arc<Vec<Entry>>,
}

/// An entry of a chain: a certificate, or why it is none.
pub type Entry = Result<Certificate, MalformedError>;

impl Chain {
    /// The chain that a file holds: certificates in PEM, with any text around them, one in DER, or those
    /// of a PKCS #7 file (`.p7b`, D27) in PEM or DER.
    ///
    /// A byte order mark and UTF-16 (what PowerShell's `>` writes) are seen through. A PKCS #7 file keeps
    /// no order, so its certificates are put into that of [`sorted`](Self::sorted), strangers last. At most
    /// 4 MiB and 4096 certificates are read.
    ///
    /// ```
    /// use umcert::Chain;
    ///
    /// let error = Chain::from_bytes(b"<html>404</html>").unwrap_err();
    /// assert_eq!(error.to_string(), "found no certificate but an HTML or XML page");
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError`] where there is no certificate in it, saying what was found instead, or where the
    /// PEM is broken. A certificate that cannot be read is no error here but an [`Entry`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let found = read::certificates(bytes)?;
        let chain = Self::from_entries(found.entries);
        Ok(match found.is_ordered {
            true => chain,
            false => chain.by_issuer(),
        })
    }

    /// This certificate, and those behind it.
    pub(crate) fn of(own: Certificate, behind: &[Certificate]) -> Self {
        let mut entries = Vec::with_capacity(1 + behind.len());
        entries.push(Ok(own));
        for certificate in behind {
            entries.push(Ok(certificate.clone()));
        }
        Self::from_entries(entries)
    }

    pub(super) fn from_entries(entries: Vec<Entry>) -> Self {
        Self {
            entries: Arc::new(entries),
        }
    }

    /// The entries in the order in which they were presented.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The readable certificates in the order in which they were presented.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        Readable(self.entries.iter())
    }

    /// The first entry: the server's own certificate. `None` where the chain is empty.
    #[must_use]
    pub fn end_entity(&self) -> Option<&Entry> {
        self.entries.first()
    }

    /// The readable certificates behind the first entry.
    pub fn intermediates(&self) -> impl Iterator<Item = &Certificate> {
        Readable(self.entries.get(1..).unwrap_or_default().iter())
    }

    /// The readable certificates as PEM sections, one after the other.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let mut pem = String::new();
        for certificate in self.certificates() {
            pem.push_str(&certificate.to_pem());
        }
        pem
    }
}

/// The readable certificates among entries. A type of its own, for a closure is compiled for each caller.
struct Readable<'a>(slice::Iter<'a, Entry>);

impl<'a> Iterator for Readable<'a> {
    type Item = &'a Certificate;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Ok(certificate) = self.0.next()? {
                return Some(certificate);
            }
        }
    }
}

/// Each DER becomes an entry, readable or not.
impl<'a> FromIterator<CertificateDer<'a>> for Chain {
    fn from_iter<I: IntoIterator<Item = CertificateDer<'a>>>(ders: I) -> Self {
        let mut entries = Vec::new();
        for der in ders {
            entries.push(Certificate::from_der(der.into_owned()));
        }
        Self::from_entries(entries)
    }
}

impl FromIterator<Certificate> for Chain {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let mut entries = Vec::new();
        for certificate in certificates {
            entries.push(Ok(certificate));
        }
        Self::from_entries(entries)
    }
}
