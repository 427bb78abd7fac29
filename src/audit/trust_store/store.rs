//! The trusted roots of one relying party.

use std::cell::Cell;
use std::path::Path as FilePath;
use std::sync::Arc;

use time::OffsetDateTime;

use super::entries::{Entries, UnusableRoot};
use super::path::Path;
use super::path_error::PathError;
use super::revocation::{PathRevocation, Revocation};
use super::webpki::{EndEntity, PathSearch};
use crate::x509::{Certificate, Chain, ReadError, ReadFileError, SkippedSection, read_file};

/// The trusted roots of one relying party. Cloning is cheap: clones share the roots, and the memory of signatures that
/// were verified on paths to them.
///
/// A store keeps every entry that it is created from. An entry that cannot be read or cannot be a root is listed by
/// [`unusable`](Self::unusable); nothing is trusted through it, and the others count. A certificate that occurs more
/// than once is one root.
///
/// Any usable certificate is a trust anchor for [`verify`](Self::verify) (RFC 5280 §6.1.1). An [`Audit`](crate::Audit)
/// also reports the faults of the store itself, and refuses chains that end in a certificate that is not self-signed
/// (D129).
///
/// ```
/// use time::OffsetDateTime;
/// use umcert::{DnsName, TestCa, TrustStore};
///
/// let ca = TestCa::new("Contoso Test CA")?;
/// let issued = ca.issue_names(["um1.contoso.com"])?;
/// let um1: DnsName = "um1.contoso.com".parse()?;
/// let um2: DnsName = "um2.contoso.com".parse()?;
/// let now = OffsetDateTime::now_utc();
///
/// let roots = TrustStore::from(ca.roots());
/// let path = roots.verify(issued.chain(), &um1, now)?;
/// assert_eq!(path.root().subject(), "CN=Contoso Test CA");
/// assert!(roots.verify(issued.chain(), &um2, now).is_err());
/// assert!(TrustStore::default().verify(issued.chain(), &um1, now).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("cacert", "RootCertStore", "sst"))]
#[derive(Debug, Clone, Default)]
pub struct TrustStore {
    entries: Arc<Entries>,
}

impl TrustStore {
    /// Creates a store, and refuses certificates that cannot be roots.
    ///
    /// ```
    /// use umcert::{TestCa, TrustStore};
    ///
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let store = TrustStore::try_new(ca.roots().to_vec())?;
    /// assert_eq!(store.roots(), ca.roots());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReadError::Malformed`] with the position of the first certificate, from 1, that cannot be a root.
    pub fn try_new(certificates: impl IntoIterator<Item = Certificate>) -> Result<Self, ReadError> {
        let store: Self = certificates.into_iter().collect();
        match store.unusable() {
            [] => Ok(store),
            [first, ..] => Err(first.to_error()),
        }
    }

    /// Reads the roots in a file: certificates in PEM, one in DER, or those of a PKCS #7 file (`.p7b`).
    ///
    /// Every entry of the file is kept. [`unusable`](Self::unusable) lists the entries that cannot be read or cannot be
    /// roots.
    ///
    /// # Errors
    ///
    /// Returns [`ReadError`] if the file contains no certificate, and [`ReadError::Malformed`] with the first entry if
    /// none can be a root.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let chain = Chain::from_bytes(bytes)?;
        let mut entries = Entries::new(chain.entries());
        entries.skipped = chain.skipped().to_vec();
        let store = Self {
            entries: Arc::new(entries),
        };
        match store.unusable() {
            [first, ..] if store.roots().is_empty() => Err(first.to_error()),
            _ => Ok(store),
        }
    }

    /// Reads the roots in the file at `path`, as [`from_bytes`](Self::from_bytes) does.
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path if the system cannot read the file, or with the error of
    /// [`from_bytes`](Self::from_bytes).
    pub fn from_file(path: impl AsRef<FilePath>) -> Result<Self, ReadFileError> {
        read_file(path.as_ref(), Self::from_bytes)
    }

    /// Returns the usable roots, each once, in the order in which they were added.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        self.entries.roots.certificates()
    }

    /// Returns the entries that cannot be read or cannot be roots, each with the reason, in the order in which they
    /// were added. Nothing is trusted through them.
    ///
    /// `rustls-webpki` decides whether a certificate can be a root: it needs a name, a public key, extensions and a
    /// serial number that webpki can read.
    ///
    /// ```
    /// use umcert::{TestCa, TrustStore};
    ///
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let damaged = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    /// let file = format!("{damaged}{}", ca.roots()[0].to_pem());
    /// let store = TrustStore::from_bytes(file.as_bytes())?;
    /// assert_eq!(store.roots(), ca.roots());
    /// assert_eq!(store.unusable()[0].entry, 1);
    /// assert!(TrustStore::from_bytes(damaged.as_bytes()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn unusable(&self) -> &[UnusableRoot] {
        &self.entries.unusable
    }

    /// Returns the parts of the file that are not certificates and were not read, as
    /// [`Chain::skipped`](crate::Chain::skipped) does.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedSection] {
        &self.entries.skipped
    }

    /// Returns the number of entries, with unusable ones and duplicates.
    pub(in crate::audit) fn entry_count(&self) -> usize {
        self.entries.count
    }

    /// Returns the certificates that occur more than once, each once.
    pub(in crate::audit) fn duplicates(&self) -> &[Certificate] {
        &self.entries.duplicates
    }

    /// Returns every readable certificate once, usable or not.
    pub(in crate::audit) fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        let unusable = self.unusable().iter();
        let unusable = unusable.filter_map(|entry| entry.certificate.as_ref());
        self.roots().iter().chain(unusable)
    }

    /// Returns a path to a root of this store on which `revocation` revokes no certificate, and none may be revoked by a
    /// CRL that cannot be verified. Among several it returns one that ends in a self-signed root and that `is_preferred`
    /// accepts, if there is one. Names are not checked.
    ///
    /// webpki stops at any certificate of the store. If that is not self-signed, the search goes on through it to the
    /// self-signed roots of the store.
    pub(in crate::audit) fn find_path<'p>(
        &'p self,
        end_entity: &EndEntity<'p>,
        intermediates: &[&'p Certificate],
        revocation: &Revocation<'_>,
        at: OffsetDateTime,
        is_preferred: &dyn Fn(&Path<'_>) -> bool,
    ) -> Result<Path<'p>, PathError> {
        let find = |roots, intermediates: &[&'p Certificate]| {
            let (has_revoked, has_not_judged) = (Cell::new(false), Cell::new(false));
            let search = PathSearch {
                end_entity,
                intermediates,
                roots,
                crls: revocation.parsed(),
                signatures: &self.entries.signatures,
                at,
                is_revoked: &|path| match revocation.of_path(path) {
                    PathRevocation::NotRevoked => false,
                    PathRevocation::Revoked => {
                        has_revoked.set(true);
                        true
                    }
                    PathRevocation::NotJudged => {
                        has_not_judged.set(true);
                        true
                    }
                },
            };
            let found = search.find(&|path| path.ends_in_root() && is_preferred(path));
            found.map_err(|error| match error {
                PathError::Revoked if has_not_judged.get() && !has_revoked.get() => {
                    PathError::RevocationNotJudged
                }
                error => error,
            })
        };
        let found = find(&self.entries.roots, intermediates)?;
        if found.ends_in_root() {
            return Ok(found);
        }
        let misplaced = self.roots().iter();
        let misplaced = misplaced.filter(|root| !root.may_be_self_signed());
        let intermediates: Vec<&Certificate> =
            intermediates.iter().copied().chain(misplaced).collect();
        match find(self.entries.self_signed(), &intermediates) {
            Ok(longer) => Ok(longer),
            Err(error) => Ok(found.with_dead_end(error)),
        }
    }

    /// Returns `true` if `other` has the same usable roots and the same unusable entries in the same order.
    pub(in crate::audit) fn has_same_roots(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.entries, &other.entries)
            || (self.roots() == other.roots() && self.unusable() == other.unusable())
    }

    /// Returns the roots whose subject is the issuer of `certificate`, by raw DER (D29).
    pub(in crate::audit) fn issuers_of<'s>(
        &'s self,
        certificate: &Certificate,
    ) -> impl Iterator<Item = &'s Certificate> {
        let roots = self.roots().iter();
        roots.filter(|root| certificate.issuer_matches(root))
    }
}

/// Keeps every certificate; [`TrustStore::unusable`] lists those that cannot be roots.
impl FromIterator<Certificate> for TrustStore {
    fn from_iter<I: IntoIterator<Item = Certificate>>(certificates: I) -> Self {
        let entries: Vec<_> = certificates.into_iter().map(Ok).collect();
        Self {
            entries: Arc::new(Entries::new(&entries)),
        }
    }
}

/// Keeps every certificate; [`TrustStore::unusable`] lists those that cannot be roots.
impl From<&[Certificate]> for TrustStore {
    fn from(certificates: &[Certificate]) -> Self {
        certificates.iter().cloned().collect()
    }
}

impl From<&Self> for TrustStore {
    fn from(store: &Self) -> Self {
        store.clone()
    }
}
