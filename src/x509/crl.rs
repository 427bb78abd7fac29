//! Certificate revocation lists (RFC 5280 §5).

use std::fmt;

use rustls_pki_types::CertificateRevocationListDer;
use time::OffsetDateTime;
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::{CertificateRevocationList, RevokedCertificate as RevokedEntry};

use super::algorithm;
use super::certificate::Certificate;
use super::crl_scope::Scope;
use super::malformed::MalformedReason;
use super::name::Name;
use super::read::{self, ReadError};
use super::signature::{self, Signature};

/// A certificate revocation list (CRL, RFC 5280 §5): which certificates of an issuer no longer count.
///
/// Reading checks the encoding alone. *Not* checked: the signature (see
/// [`is_signed_by`](Self::is_signed_by)), the dates, and whether the list speaks for all of its issuer's
/// certificates.
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
#[derive(Clone)]
pub struct Crl {
    der: CertificateRevocationListDer<'static>,
    issuer: Name,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    revoked: Vec<RevokedCertificate>,
    signature_algorithm: String,
    scope: Scope,
}

/// An entry of a [`Crl`]: a certificate that no longer counts, or, in a delta CRL with the reason
/// [`RemoveFromCrl`](RevocationReason::RemoveFromCrl), one that counts again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevokedCertificate {
    /// Its serial number as the DER holds it: big-endian, in two's complement.
    pub serial: Vec<u8>,
    /// Since when, in UTC.
    pub at: OffsetDateTime,
    /// Why; `None` where the issuer does not say, or says something unknown.
    pub reason: Option<RevocationReason>,
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RevocationReason {
    /// Its private key is known to others.
    KeyCompromise,
    /// The private key of its CA is known to others.
    CaCompromise,
    /// The names in it are no longer right.
    AffiliationChanged,
    /// It was replaced by another.
    Superseded,
    /// Its server is gone.
    CessationOfOperation,
    /// It is on hold, and may come back.
    CertificateHold,
    /// It no longer has the right to its names.
    PrivilegeWithdrawn,
    /// It was on hold, and counts again: in delta CRLs alone.
    RemoveFromCrl,
}

impl Crl {
    /// Reads the one CRL that a file holds, in PEM (`X509 CRL`, RFC 7468 §6), with any text around it, or
    /// in DER, as CAs publish it. A byte order mark and UTF-16 are seen through.
    ///
    /// # Errors
    ///
    /// [`ReadError::NoCrl`] where there is none, saying what was found instead; [`ReadError::Several`]
    /// where there is more than one; and [`ReadError::MalformedCrl`] where it cannot be read.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let der = CertificateRevocationListDer::from(read::crl(bytes)?);
        Self::parse(&der).map_err(|source| ReadError::MalformedCrl { source })
    }

    fn parse(der: &CertificateRevocationListDer<'static>) -> Result<Self, MalformedReason> {
        let (rest, parsed) =
            CertificateRevocationList::from_der(der).map_err(MalformedReason::parser)?;
        if !rest.is_empty() {
            return Err(MalformedReason::TrailingData(rest.len()));
        }
        Ok(Self {
            der: der.clone(),
            issuer: Name::of(parsed.issuer()),
            this_update: parsed.last_update().to_datetime(),
            next_update: parsed.next_update().map(|at| at.to_datetime()),
            revoked: entries(&parsed.tbs_cert_list.revoked_certificates),
            signature_algorithm: algorithm::signature(&parsed.signature_algorithm),
            scope: Scope::of(&parsed),
        })
    }

    /// The DER.
    #[must_use]
    pub fn der(&self) -> &CertificateRevocationListDer<'static> {
        &self.der
    }

    /// The CRL as one PEM section `X509 CRL` (RFC 7468 §6) with a final line feed.
    #[must_use]
    pub fn to_pem(&self) -> String {
        super::pem("X509 CRL", &self.der)
    }

    /// The issuer for people to read, attributes in the order of the list. Control characters are
    /// escaped.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer.text
    }

    /// When it was made, in UTC.
    #[must_use]
    pub fn this_update(&self) -> OffsetDateTime {
        self.this_update
    }

    /// By when its issuer makes another, in UTC. `None` where it does not say, against RFC 5280 §5.1.2.5.
    #[must_use]
    pub fn next_update(&self) -> Option<OffsetDateTime> {
        self.next_update
    }

    /// The certificates that no longer count, in the order of the list.
    #[must_use]
    pub fn revoked(&self) -> &[RevokedCertificate] {
        &self.revoked
    }

    /// The entry for `certificate`; `None` where its issuer has another name (by raw DER, D29) or its
    /// serial number is not in the list.
    #[must_use]
    pub fn entry(&self, certificate: &Certificate) -> Option<&RevokedCertificate> {
        if self.issuer.der != certificate.raw_issuer() {
            return None;
        }
        let mut revoked = self.revoked.iter();
        revoked.find(|entry| entry.serial == certificate.serial())
    }

    /// Whether it lists only what changed since another CRL (RFC 5280 §5.2.4), as AD CS publishes beside
    /// the whole one.
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.scope.is_delta
    }

    /// Why what it lists is not simply what its issuer revoked, as a clause behind "it"; `None` where it is.
    pub(crate) fn foreign(&self) -> Option<&'static str> {
        self.scope.foreign()
    }

    /// Why it says nothing of `certificate` where it does not list it, as a clause behind "it"; `None` where
    /// it then says that the certificate counts. Issuers are not compared.
    pub(crate) fn silent_on(&self, certificate: &Certificate) -> Option<&'static str> {
        self.scope.silent_on(certificate)
    }

    /// Whether `entry` says that its certificate counts again.
    pub(crate) fn lifts(&self, entry: &RevokedCertificate) -> bool {
        self.is_delta() && entry.reason == Some(RevocationReason::RemoveFromCrl)
    }

    /// Whether `other` has an issuer of the same name.
    pub(crate) fn is_of_one_with(&self, other: &Self) -> bool {
        self.issuer.der == other.issuer.der
    }

    /// Whether its issuer has the name of `issuer`, by raw DER (D29).
    pub(crate) fn is_of(&self, issuer: &Certificate) -> bool {
        self.issuer.der == issuer.raw_subject()
    }

    /// The algorithm that it is signed with, as [`Certificate::signature_algorithm`] tells it.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.signature_algorithm
    }

    /// Whether `issuer` has the name of this list's issuer and its key verifies the signature. False too
    /// where the algorithm cannot be verified here. Verifies a signature at each call.
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Certificate) -> bool {
        self.is_of(issuer)
            && signature::verify(&self.der, issuer.raw_public_key()) == Signature::Valid
    }
}

fn entries(listed: &[RevokedEntry<'_>]) -> Vec<RevokedCertificate> {
    let mut entries = Vec::with_capacity(listed.len());
    for revoked in listed {
        entries.push(entry(revoked));
    }
    entries
}

fn entry(revoked: &RevokedEntry<'_>) -> RevokedCertificate {
    RevokedCertificate {
        serial: revoked.raw_serial().to_vec(),
        at: revoked.revocation_date.to_datetime(),
        reason: revoked.reason_code().and_then(|(_, code)| match code.0 {
            1 => Some(RevocationReason::KeyCompromise),
            2 => Some(RevocationReason::CaCompromise),
            3 => Some(RevocationReason::AffiliationChanged),
            4 => Some(RevocationReason::Superseded),
            5 => Some(RevocationReason::CessationOfOperation),
            6 => Some(RevocationReason::CertificateHold),
            8 => Some(RevocationReason::RemoveFromCrl),
            9 => Some(RevocationReason::PrivilegeWithdrawn),
            _ => None,
        }),
    }
}

/// Two CRLs are equal where their DER is.
impl PartialEq for Crl {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Crl {}

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
