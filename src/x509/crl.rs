//! Certificate revocation lists (RFC 5280 §5).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use rustls_pki_types::CertificateRevocationListDer;
use time::OffsetDateTime;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::CertificateRevocationList;

use super::certificate::Certificate;
use super::comparable_name::ComparableName;
use super::crl_entry::{RevocationReason, RevokedCertificate, SerialIndex};
use super::crl_scope::CrlScope;
use super::error::{MalformedError, ReadError};
use super::file::{ReadFileError, read_file};
use super::name::Name;
use super::pem::encode_pem;
use super::read;
use super::section::SkippedSection;
use super::signature::{self, SignatureCheck};

/// A certificate revocation list (CRL, RFC 5280 §5).
///
/// Reading checks the encoding. *Not* checked: the signature (see [`is_signed_by`](Self::is_signed_by)), the dates, and
/// the scope of the list.
///
/// ```
/// use time::OffsetDateTime;
/// use umcert::{Crl, TestCa};
///
/// let ca = TestCa::new("Contoso Test CA")?;
/// let file = ca.crls(OffsetDateTime::now_utc(), [])?[0].to_pem();
/// let crl = Crl::from_bytes(file.as_bytes())?;
/// assert!(crl.revoked().is_empty());
/// assert!(crl.is_signed_by(&ca.intermediates()[0]));
/// assert!(!crl.is_signed_by(&ca.roots()[0]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("revocation", "revoke"))]
#[derive(Clone)]
pub struct Crl {
    der: CertificateRevocationListDer<'static>,
    issuer: Name,
    comparable_issuer: ComparableName,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    revoked: Vec<RevokedCertificate>,
    serials: SerialIndex,
    signature_algorithm: String,
    scope: CrlScope,
    skipped: Arc<[SkippedSection]>,
}

impl Crl {
    /// Reads the only CRL in a file: PEM (`X509 CRL`, RFC 7468 §6) with any text around it, or DER, which CAs publish.
    /// A byte order mark and UTF-16 are accepted. [`skipped`](Self::skipped) lists the parts that are not the CRL.
    ///
    /// # Errors
    ///
    /// Returns [`ReadError::NoCrl`] if the file contains no CRL, with a description of the contents;
    /// [`ReadError::Several`] if the file contains more than one; and [`ReadError::MalformedCrl`] if the CRL is
    /// malformed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let crls = Self::all_from_bytes(bytes)?;
        match <[Self; 1]>::try_from(crls) {
            Ok([crl]) => Ok(crl),
            Err(crls) => Err(ReadError::Several {
                count: crls.len(),
                what: "CRL",
            }),
        }
    }

    /// Reads every CRL in a file, at least one, in the order of the file. CRLs of several CAs are often joined in PEM;
    /// a PKCS #7 file (`.p7b`) may contain some too.
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::{Crl, TestCa};
    ///
    /// let crls = TestCa::new("Contoso Test CA")?.crls(OffsetDateTime::now_utc(), [])?;
    /// let file: String = crls.iter().map(Crl::to_pem).collect();
    /// assert_eq!(Crl::all_from_bytes(file.as_bytes())?, crls);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReadError::NoCrl`] if the file contains no CRL, with a description of the contents, and
    /// [`ReadError::MalformedCrl`] if one of the CRLs is malformed.
    pub fn all_from_bytes(bytes: &[u8]) -> Result<Vec<Self>, ReadError> {
        let file = read::crls(bytes)?;
        let skipped: Arc<[SkippedSection]> = file.skipped.into();
        let ders = file.ders.into_iter().enumerate();
        ders.map(|(index, der)| {
            let crl = Self::from_der(der.into(), Arc::clone(&skipped));
            crl.map_err(|source| ReadError::MalformedCrl {
                entry: index + 1,
                source,
            })
        })
        .collect()
    }

    /// Reads the only CRL in the file at `path`, as [`from_bytes`](Self::from_bytes) does.
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path if the system cannot read the file, or with the error of
    /// [`from_bytes`](Self::from_bytes).
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ReadFileError> {
        read_file(path.as_ref(), Self::from_bytes)
    }

    /// Reads every CRL in the file at `path`, as [`all_from_bytes`](Self::all_from_bytes) does.
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path if the system cannot read the file, or with the error of
    /// [`all_from_bytes`](Self::all_from_bytes).
    pub fn all_from_file(path: impl AsRef<Path>) -> Result<Vec<Self>, ReadFileError> {
        read_file(path.as_ref(), Self::all_from_bytes)
    }

    pub(super) fn from_der(
        der: CertificateRevocationListDer<'static>,
        skipped: Arc<[SkippedSection]>,
    ) -> Result<Self, MalformedError> {
        let parsed = CertificateRevocationList::from_der(&der);
        let (rest, parsed) = parsed.map_err(MalformedError::from_parser)?;
        if !rest.is_empty() {
            return Err(MalformedError::TrailingData(rest.len()));
        }
        signature::check_same_algorithm(
            &parsed.tbs_cert_list.signature,
            &parsed.signature_algorithm,
        )?;
        let revoked: Vec<RevokedCertificate> = parsed
            .iter_revoked_certificates()
            .map(RevokedCertificate::new)
            .collect();
        Ok(Self {
            issuer: Name::new(parsed.issuer()),
            comparable_issuer: ComparableName::new(parsed.issuer()),
            this_update: parsed.last_update().to_datetime(),
            next_update: parsed.next_update().map(|at| at.to_datetime()),
            serials: SerialIndex::new(&revoked),
            revoked,
            signature_algorithm: signature::algorithm_name(&parsed.signature_algorithm),
            scope: CrlScope::new(&parsed)?,
            skipped,
            der: der.clone(),
        })
    }

    /// Returns the parts of the file that are not CRLs and were not read. The CRLs of one file share them.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedSection] {
        &self.skipped
    }

    /// Returns the DER.
    #[must_use]
    pub fn der(&self) -> &CertificateRevocationListDer<'static> {
        &self.der
    }

    /// Returns the CRL as one PEM section `X509 CRL` (RFC 7468 §6) with a final line feed.
    #[must_use]
    pub fn to_pem(&self) -> String {
        encode_pem("X509 CRL", &self.der)
    }

    /// Returns the issuer for people to read, with its attributes in the order of the CRL. Control characters are
    /// escaped.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer.text
    }

    /// Returns the time at which the CRL was issued, in UTC.
    #[must_use]
    pub fn this_update(&self) -> OffsetDateTime {
        self.this_update
    }

    /// Returns the time by which the issuer will publish the next CRL, in UTC. Returns `None` if the CRL has no such
    /// time, although RFC 5280 §5.1.2.5 requires one.
    #[must_use]
    pub fn next_update(&self) -> Option<OffsetDateTime> {
        self.next_update
    }

    /// Returns the entries in the order of the CRL.
    #[must_use]
    pub fn revoked(&self) -> &[RevokedCertificate] {
        &self.revoked
    }

    /// Returns the entry for `certificate`. Returns `None` if its issuer has another name (RFC 5280 §7.1), or its serial
    /// number is not in the list. Serial numbers are compared as numbers.
    #[must_use]
    pub fn entry(&self, certificate: &Certificate) -> Option<&RevokedCertificate> {
        let is_of_issuer = self.issuer.der == certificate.raw_issuer()
            || certificate.comparable_issuer().as_ref() == Some(&self.comparable_issuer);
        let entry = self.entries(certificate).first().copied();
        entry.filter(|_| is_of_issuer)
    }

    /// Returns every entry with the serial number of `certificate`. Issuers are not compared.
    pub(crate) fn entries(&self, certificate: &Certificate) -> Vec<&RevokedCertificate> {
        self.serials.find(&self.revoked, certificate.serial())
    }

    /// Returns `true` for a delta CRL, which lists only the changes since another CRL (RFC 5280 §5.2.4). AD CS
    /// publishes delta CRLs in addition to complete ones.
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.scope.is_delta
    }

    /// Returns the reason why this CRL cannot be used: it is indirect, has an unknown critical extension, or contradicts
    /// itself. The text is a predicate, as in "is an indirect CRL".
    pub(crate) fn unusable_reason(&self) -> Option<&'static str> {
        self.scope.unusable_reason()
    }

    /// Returns the reason why `certificate` is outside the scope of this CRL, as a predicate. Returns `None` if the
    /// absence of the certificate means that it is not revoked. Issuers are not compared.
    pub(crate) fn out_of_scope_reason(&self, certificate: &Certificate) -> Option<&'static str> {
        self.scope.out_of_scope_reason(certificate)
    }

    /// Returns `true` if `entry` says that its certificate is no longer on hold.
    pub(crate) fn removes_hold(&self, entry: &RevokedCertificate) -> bool {
        self.is_delta() && entry.reason == Some(RevocationReason::RemoveFromCrl)
    }

    /// Returns `true` if the CRL is already valid at the time `at`.
    pub(crate) fn is_valid_yet(&self, at: OffsetDateTime) -> bool {
        self.this_update.unix_timestamp() <= at.unix_timestamp()
    }

    /// Returns `true` if the next update is before the time `at`.
    pub(crate) fn is_expired(&self, at: OffsetDateTime) -> bool {
        let next_update = self.next_update.map(OffsetDateTime::unix_timestamp);
        next_update.is_some_and(|next_update| next_update < at.unix_timestamp())
    }

    /// Returns `true` if this CRL was issued after `other` for the same scope. Issuers are not compared.
    pub(crate) fn supersedes(&self, other: &Self) -> bool {
        self.scope.is_same(&other.scope)
            && self.this_update > other.this_update
            && self.scope.has_higher_number(&other.scope)
    }

    /// Returns `true` if this is a delta CRL that can be combined with the `complete` one (RFC 5280 §5.2.4). Issuers are
    /// not compared.
    pub(crate) fn is_based_on(&self, complete: &Self) -> bool {
        self.scope.is_based_on(&complete.scope)
    }

    /// Returns the issuer in a form that can be compared.
    pub(crate) fn comparable_issuer(&self) -> &ComparableName {
        &self.comparable_issuer
    }

    /// Returns `true` if the issuer is the subject of `issuer` (RFC 5280 §7.1). String types make no difference, because
    /// some CAs write their name in two ways.
    fn issuer_matches(&self, issuer: &Certificate) -> bool {
        self.issuer.der == issuer.raw_subject()
            || issuer.comparable_subject().as_ref() == Some(&self.comparable_issuer)
    }

    /// Returns the signature algorithm, like [`Certificate::signature_algorithm`].
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.signature_algorithm
    }

    /// Returns `true` if the issuer of this CRL is the subject of `issuer`, and the key of `issuer` verifies the
    /// signature. Returns `false` if this crate cannot verify the algorithm. Each call verifies a signature.
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Certificate) -> bool {
        self.issuer_matches(issuer) && self.check_signature(issuer) == SignatureCheck::Valid
    }

    /// Checks the signature of this CRL under the key of `issuer`. Names are not compared.
    pub(crate) fn check_signature(&self, issuer: &Certificate) -> SignatureCheck {
        signature::verify(&self.der, issuer.raw_public_key(), issuer.public_key())
    }
}

/// CRLs are equal if their DER is equal.
impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Crl {}

impl Hash for Crl {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl fmt::Debug for Crl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crl")
            .field("issuer", &self.issuer.text)
            .field("this_update", &self.this_update)
            .field("next_update", &self.next_update)
            .field("revoked", &self.revoked)
            .finish_non_exhaustive()
    }
}
