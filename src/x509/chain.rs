//! The chain of certificates that a server presents.

use std::hash::{Hash, Hasher};
use std::path::Path;
use std::slice;
use std::sync::Arc;
use std::vec;

use rustls_pki_types::CertificateDer;

use super::certificate::Certificate;
use super::error::{MalformedError, ReadError};
use super::file::{ReadFileError, read_file};
use super::order::{self, ChainDisorder};
use super::read;
use super::section::SkippedSection;

/// The chain that a server presents: its own certificate first, followed by those of its issuers (RFC 8446 §4.4.2).
///
/// A chain keeps entries that cannot be read, so that an audit can report them. Nothing is verified. Clones share
/// the entries.
#[doc(alias("cms", "fullchain", "p7b", "pkcs7", "s_client"))]
#[derive(Debug, Clone, Default)]
pub struct Chain {
    entries: Arc<Vec<Result<Certificate, MalformedError>>>,
    skipped: Arc<[SkippedSection]>,
}

impl Chain {
    /// Reads the chain in a file. The content decides what the file is; labels and extensions are hints. These forms are
    /// read:
    ///
    /// - PEM with any label and any text around the sections, also if line breaks became blanks or the two characters
    ///   `\n`, or if mail quoted the lines (`> `);
    /// - certificates in DER, one after another, also if line breaks or zeros follow;
    /// - PKCS #7 (`.p7b`, D27) in DER or BER, and serialized certificate stores of Windows (`.sst`);
    /// - base64 of any of these without its first and last line, as Windows accepts it, or in a section labelled
    ///   `CERTIFICATE`, as `certutil -encode` writes it;
    /// - `TRUSTED CERTIFICATE` of OpenSSL, without its trust settings;
    /// - a hexadecimal dump of `certutil -encodehex`, `xxd` or `hexdump -C`, or plain digits.
    ///
    /// Text may have a byte order mark and may be UTF-16 (which PowerShell's `>` writes). PKCS #7 files and serialized
    /// stores are unordered, so their certificates are put into the order of [`sorted`](Self::sorted), unrelated ones
    /// last. At most 4 MiB and 4096 certificates are read. [`skipped`](Self::skipped) lists the parts that are not
    /// certificates.
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
        let read: Self = file.certificates.into_iter().collect();
        let chain = if file.is_unordered {
            read.sorted_completely()
        } else {
            read
        };
        Ok(Self {
            skipped: file.skipped.into(),
            ..chain
        })
    }

    /// Reads the chain in the file at `path`, as [`from_bytes`](Self::from_bytes) does.
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path if the system cannot read the file, or with the error of
    /// [`from_bytes`](Self::from_bytes).
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ReadFileError> {
        read_file(path.as_ref(), Self::from_bytes)
    }

    /// Creates a chain from an end-entity certificate and those of its issuers.
    pub(crate) fn of(end_entity: Certificate, issuers: &[Certificate]) -> Self {
        let issuers = issuers.iter().cloned();
        [end_entity].into_iter().chain(issuers).collect()
    }

    fn from_entries(entries: impl Iterator<Item = Result<Certificate, MalformedError>>) -> Self {
        Self {
            entries: Arc::new(entries.collect()),
            skipped: Arc::default(),
        }
    }

    /// Returns the entries in the order in which they were presented. An unreadable entry contains the reason.
    pub fn entries(&self) -> &[Result<Certificate, MalformedError>] {
        &self.entries
    }

    /// Returns the parts of the file that are not certificates and were not read: private keys, CRLs and so on, and the
    /// bytes that follow a certificate without changing it. Empty for a chain that was not read from a file.
    ///
    /// ```
    /// use umcert::{Chain, TestCa};
    ///
    /// let issued = TestCa::new("Contoso Test CA")?.issue_names(["um1.contoso.com"])?;
    /// let file = issued.key().to_pem().as_str().to_owned() + &issued.chain().to_pem();
    /// let chain = Chain::from_bytes(file.as_bytes())?;
    /// assert_eq!(chain.skipped()[0].to_string(), "section 1 is a private key");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn skipped(&self) -> &[SkippedSection] {
        &self.skipped
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

    /// Returns the readable certificates in DER, as rustls and other crates take them.
    ///
    /// ```
    /// # use umcert::TestCa;
    /// let chain = TestCa::new("my tests")?.issue_names(["localhost"])?.chain().clone();
    /// assert_eq!(chain.to_ders().len(), 2);
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    #[must_use]
    pub fn to_ders(&self) -> Vec<CertificateDer<'static>> {
        let certificates = self.certificates();
        certificates.map(|it| it.der().clone()).collect()
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
        Self {
            skipped: Arc::clone(&self.skipped),
            ..sorted.path.into_iter().cloned().collect()
        }
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

/// Chains are equal if their entries are equal. The rest of their files does not matter.
impl PartialEq for Chain {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for Chain {}

impl Hash for Chain {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.entries.hash(state);
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

/// Takes the entries, as [`Chain::entries`] returns them.
impl IntoIterator for Chain {
    type Item = Result<Certificate, MalformedError>;
    type IntoIter = vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        Arc::unwrap_or_clone(self.entries).into_iter()
    }
}

/// Keeps unreadable entries.
impl FromIterator<Result<Certificate, MalformedError>> for Chain {
    fn from_iter<I>(entries: I) -> Self
    where
        I: IntoIterator<Item = Result<Certificate, MalformedError>>,
    {
        Self::from_entries(entries.into_iter())
    }
}

/// Adds entries at the end.
impl<T> Extend<T> for Chain
where
    Self: FromIterator<T>,
{
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        let added: Self = items.into_iter().collect();
        Arc::make_mut(&mut self.entries).extend(added);
    }
}
