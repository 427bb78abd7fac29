//! The facts of one certificate.

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::x509::X509Version;

use super::extensions::Extensions;
use super::facts::{BasicConstraints, ExtendedKeyUsage, KeyUsage, PublicKey, SelfSignature};
use super::later::{Facts, Issued, Later};
use super::malformed::{MalformedError, MalformedReason};
use super::name::Name;
use super::name_constraints::NameConstraints;
use super::profile::{AuthorityKey, Irregular};
use super::signature::{self, Signature};
use crate::crypto;
use crate::name::SanName;

/// A certificate that could be read: its DER, and the facts that a plan is held against.
///
/// Reading checks the encoding alone (RFC 5280 §4.1): that the DER holds one certificate and nothing
/// behind it, that no extension stands twice, and that the ones known here can be read. *Not* checked:
/// signatures, dates, and everything that takes another certificate; see
/// [`TrustStore::verify`](crate::TrustStore::verify).
///
/// Cloning is cheap: clones share the certificate.
#[derive(Clone)]
pub struct Certificate {
    inner: Arc<Inner>,
}

struct Inner {
    der: CertificateDer<'static>,
    facts: Later,
}

/// What is read of the DER.
fn read(der: &[u8]) -> Result<Facts, MalformedReason> {
    let (rest, parsed) = X509Certificate::from_der(der).map_err(MalformedReason::parser)?;
    if !rest.is_empty() {
        return Err(MalformedReason::TrailingData(rest.len()));
    }
    let mut extensions = Extensions::none();
    extensions.add(parsed.extensions())?;
    let issued = Issued {
        serial: parsed.raw_serial().to_vec(),
        issuer: Name::of(parsed.issuer()),
        not_before: parsed.validity().not_before.to_datetime(),
        not_after: parsed.validity().not_after.to_datetime(),
        is_v3: parsed.version() == X509Version::V3,
        irregular: Irregular::of(&parsed),
    };
    Facts::of(
        parsed.subject(),
        parsed.public_key(),
        &parsed.signature_algorithm,
        extensions,
        issued,
    )
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    ///
    /// [`MalformedError`] where the bytes are not exactly one certificate.
    pub fn from_der(der: CertificateDer<'static>) -> Result<Self, MalformedError> {
        let facts = Later::Read(read(&der)?);
        let inner = Arc::new(Inner { der, facts });
        Ok(Self { inner })
    }

    /// A certificate that was signed here a moment ago.
    pub(crate) fn of_our_own(der: CertificateDer<'static>) -> Self {
        let facts = Later::of_our_own(&der, read);
        let inner = Arc::new(Inner { der, facts });
        Self { inner }
    }

    fn facts(&self) -> &Facts {
        self.inner.facts.get(&self.inner.der)
    }

    /// The DER.
    #[must_use]
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.inner.der
    }

    /// The certificate as one PEM section with a final line feed.
    #[must_use]
    pub fn to_pem(&self) -> String {
        super::pem("CERTIFICATE", &self.inner.der)
    }

    /// The serial number as the DER holds it: big-endian, in two's complement (RFC 5280 §4.1.2.2). It is
    /// one of a kind among the certificates of an issuer.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.facts().issued.serial
    }

    /// The subject for people to read, attributes in the order of the certificate. Control characters and
    /// such that turn the direction of text are escaped. To compare subjects, compare certificates: text
    /// loses what DER keeps (D29).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.facts().subject.text
    }

    /// The issuer for people to read, as [`subject`](Self::subject).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.facts().issued.issuer.text
    }

    /// The common names of the subject in order, with control characters escaped; a proper certificate
    /// has one.
    #[must_use]
    pub fn common_names(&self) -> &[String] {
        &self.facts().common_names
    }

    /// The SHA-256 fingerprint of the DER, in upper-case hexadecimal digits.
    #[must_use]
    pub fn sha256_fingerprint(&self) -> String {
        hexadecimal(&crypto::sha256(&self.inner.der))
    }

    /// The SHA-1 fingerprint of the DER, in upper-case hexadecimal digits: the "thumbprint" by which
    /// Windows and `Get-ExchangeCertificate` show certificates.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        hexadecimal(&crypto::sha1(&self.inner.der))
    }

    /// The first second of its validity, in UTC.
    #[must_use]
    pub fn not_before(&self) -> OffsetDateTime {
        self.facts().issued.not_before
    }

    /// The last second of its validity, in UTC.
    #[must_use]
    pub fn not_after(&self) -> OffsetDateTime {
        self.facts().issued.not_after
    }

    /// Every entry of the subject alternative name as text, in order: DNS names as they stand, others
    /// with their kind (`IP:192.0.2.1`). Empty where the extension is not there.
    #[must_use]
    pub fn san_entries(&self) -> &[String] {
        &self.facts().extensions.san.entries
    }

    /// The DNS names of the subject alternative name that can match a host, in order.
    #[must_use]
    pub fn dns_names(&self) -> &[SanName] {
        &self.facts().extensions.san.dns_names
    }

    /// The basic constraints.
    #[must_use]
    pub fn basic_constraints(&self) -> BasicConstraints {
        self.facts().extensions.basic_constraints
    }

    /// How many CAs it admits below itself (RFC 5280 §4.2.1.9); `None` where it does not say.
    #[must_use]
    pub fn path_length(&self) -> Option<u32> {
        self.facts().extensions.path_length
    }

    /// Whether it says where its CRL is (RFC 5280 §4.2.1.13).
    #[must_use]
    pub fn has_crl_distribution_point(&self) -> bool {
        self.facts().extensions.has_crl_distribution_point
    }

    /// The key usage; `None` where the extension is not there.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.facts().extensions.key_usage
    }

    /// The extended key usage; `None` where the extension is not there.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<ExtendedKeyUsage> {
        self.facts().extensions.extended_key_usage
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.facts().public_key
    }

    /// The algorithm that it is signed with, by its name in the standards (`sha256WithRSAEncryption`), or
    /// by its OID where that is not a common one.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.facts().signature_algorithm
    }

    /// Whether issuer and subject are the same name, by raw DER (D29, RFC 5280 §6.1). That alone does
    /// not make it self-signed: see [`self_signature`](Self::self_signature).
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.names_as_issuer(self)
    }

    /// Whether the issuer of this certificate has the name of `issuer`, by raw DER (D29). Says nothing
    /// of keys.
    #[must_use]
    pub fn names_as_issuer(&self, issuer: &Self) -> bool {
        self.facts().issued.issuer.der == issuer.facts().subject.der
    }

    /// The subject as raw DER, to look it up by.
    pub(crate) fn raw_subject(&self) -> &[u8] {
        &self.facts().subject.der
    }

    /// The issuer as raw DER, to look it up by.
    pub(crate) fn raw_issuer(&self) -> &[u8] {
        &self.facts().issued.issuer.der
    }

    /// The subject key identifier; `None` where the extension is not there.
    pub(crate) fn raw_key_identifier(&self) -> Option<&[u8]> {
        self.facts().extensions.key_identifier.as_deref()
    }

    /// The SubjectPublicKeyInfo as raw DER, to compare keys by.
    pub(crate) fn raw_public_key(&self) -> &[u8] {
        &self.facts().raw_public_key
    }

    /// The name constraints, where it has any.
    pub(crate) fn name_constraints(&self) -> Option<&NameConstraints> {
        self.facts().extensions.name_constraints.as_ref()
    }

    /// The OIDs of its critical extensions that no verifier of paths is expected to understand.
    pub(crate) fn unknown_critical_extensions(&self) -> &[String] {
        &self.facts().extensions.unknown_critical
    }

    /// The authority key identifier; `None` where the extension is not there.
    pub(crate) fn authority_key(&self) -> Option<&AuthorityKey> {
        self.facts().extensions.authority_key.as_ref()
    }

    /// The OID of each extension in order, and whether it is critical.
    pub(crate) fn extensions(&self) -> &[(String, bool)] {
        &self.facts().extensions.criticality
    }

    /// Whether its extension of this OID is critical; `None` where it is not there.
    pub(crate) fn criticality(&self, oid: &str) -> Option<bool> {
        for (known, critical) in self.extensions() {
            if known == oid {
                return Some(*critical);
            }
        }
        None
    }

    /// What of its form hardly anybody looks at.
    pub(crate) fn irregular(&self) -> Irregular {
        self.facts().issued.irregular
    }

    /// Whether it is of version 3 (RFC 5280 §4.1.2.1).
    pub(crate) fn is_v3(&self) -> bool {
        self.facts().issued.is_v3
    }

    /// Whether it is truly self-signed: issuer equals subject, and its own key verifies its signature.
    /// Verifies a signature at each call.
    #[must_use]
    pub fn self_signature(&self) -> SelfSignature {
        if !self.is_self_issued() {
            return SelfSignature::Invalid;
        }
        match self.signature_under(self) {
            Signature::Valid => SelfSignature::Valid,
            Signature::Invalid => SelfSignature::Invalid,
            Signature::Unverifiable => SelfSignature::Unsupported,
        }
    }

    /// Whether `issuer` has the name of this certificate's issuer and its key verifies the signature.
    /// False too where the algorithm cannot be verified here. Verifies a signature at each call.
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        self.names_as_issuer(issuer) && self.signature_under(issuer) == Signature::Valid
    }

    /// Whether the key of `issuer` verifies the signature of this certificate. Names are not looked at.
    pub(crate) fn signature_under(&self, issuer: &Self) -> Signature {
        match signature::verify(self.der(), issuer.raw_public_key()) {
            // The cryptography libraries call a signature bad where the key is too small or too large.
            Signature::Invalid if issuer.public_key().is_rsa_out_of_range() => {
                Signature::Unverifiable
            }
            verified => verified,
        }
    }
}

/// Two certificates are equal where their DER is.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner.der == other.inner.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.facts().subject.text)
            .field("issuer", &self.facts().issued.issuer.text)
            .finish_non_exhaustive()
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    data_encoding::HEXUPPER.encode(bytes)
}
