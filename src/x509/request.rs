//! Certificate requests (PKCS #10, RFC 2986): what one asks for.

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::CertificateSigningRequestDer;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::cri_attributes::{ExtensionRequest, ParsedCriAttribute};
use x509_parser::prelude::FromDer;

use super::certificate::Certificate;
use super::der::{Elements, element};
use super::extensions::Extensions;
use super::facts::{ExtendedKeyUsage, KeyUsage, PublicKey};
use super::later::{Facts, Issued, Later};
use super::malformed::MalformedReason;
use super::read::{self as file, ReadError, SignatureFault};
use super::signature::{self, Signature};
use super::template::CertificateTemplate;
use crate::name::SanName;

/// The attribute in which Microsoft's older tools put the extensions that they ask for,
/// 1.3.6.1.4.1.311.2.1.14; today's and everyone else's is 1.2.840.113549.1.9.14.
const MICROSOFT_EXTENSIONS: &[u8] = b"\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e";
/// The smallest RSA key whose signature is worth anything, in bits (D23).
const MIN_RSA_BITS: usize = 2048;

/// A certificate request (PKCS #10, RFC 2986): its DER, and what it asks for.
///
/// There is none whose signature was not made by the key in it: what is read is verified, and what is
/// made here is signed by that key. That proves who has the key (RFC 2986 §3), and nothing of the names:
/// those are the CA's to check.
///
/// ```
/// use umcert::x509::RequestLabel;
/// use umcert::{CertificateRequest, KeyKind, KeyPair, Plan, PlanOptions};
/// # let text = include_str!("../../examples/data/example-1.toml");
///
/// # let options = PlanOptions::default().key(KeyKind::P256);
/// # let plan = Plan::new(&toml::from_str(text)?, &options)?;
/// # let planned = &plan.certificates()[0];
/// let made = planned.request(&KeyPair::generate(planned.key())?)?;
/// let file = made.to_pem_as(RequestLabel::NewCertificateRequest); // as certreq writes it
/// let read = CertificateRequest::from_bytes(file.as_bytes())?;
/// assert_eq!(read.common_names(), [planned.subject().as_str()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct CertificateRequest {
    inner: Arc<Inner>,
}

struct Inner {
    der: CertificateSigningRequestDer<'static>,
    facts: Later,
}

/// What is read of the DER.
fn read(der: &[u8]) -> Result<Facts, MalformedReason> {
    let (rest, parsed) =
        X509CertificationRequest::from_der(der).map_err(MalformedReason::parser)?;
    if !rest.is_empty() {
        return Err(MalformedReason::TrailingData(rest.len()));
    }
    let info = &parsed.certification_request_info;
    Facts::of(
        &info.subject,
        &info.subject_pki,
        &parsed.signature_algorithm,
        requested(&parsed)?,
        Issued::nothing(),
    )
}

/// The label of a request in PEM.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the standard's label, and the one before it"
)]
pub enum RequestLabel {
    /// `CERTIFICATE REQUEST` (RFC 7468 §7).
    #[default]
    CertificateRequest,
    /// `NEW CERTIFICATE REQUEST`: certreq and Exchange write it, and some old tools read no other.
    NewCertificateRequest,
}

impl CertificateRequest {
    /// Reads the one request that a file holds, in PEM under either label, with any text around it, or in
    /// DER, and verifies its signature. A byte order mark and UTF-16 are seen through.
    ///
    /// What certreq, Exchange and OpenSSL write is read: the extensions that they ask for may stand in
    /// the attribute of PKCS #9 or in Microsoft's own, and attributes besides are passed over.
    ///
    /// # Errors
    ///
    /// [`ReadError::NoRequest`] where there is none, saying what was found instead;
    /// [`ReadError::Several`] where there is more than one; [`ReadError::MalformedRequest`] where it cannot
    /// be read; and [`ReadError::RequestSignature`] where its signature is not of its own key, or of a kind
    /// that cannot be verified here: RSA below 2048 bits, P-521, RSASSA-PSS with SHA-1.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let der = CertificateSigningRequestDer::from(file::request(bytes)?);
        let facts = match read(&der) {
            Ok(facts) => Later::Read(facts),
            Err(source) => return Err(ReadError::MalformedRequest { source }),
        };
        let inner = Arc::new(Inner { der, facts });
        let request = Self { inner };
        request.verify()?;
        Ok(request)
    }

    /// A request that was signed here a moment ago: its signature is not verified.
    pub(crate) fn of_our_own(der: CertificateSigningRequestDer<'static>) -> Self {
        let facts = Later::of_our_own(&der, read);
        let inner = Arc::new(Inner { der, facts });
        Self { inner }
    }

    fn facts(&self) -> &Facts {
        self.inner.facts.get(&self.inner.der)
    }

    fn verify(&self) -> Result<(), ReadError> {
        let facts = self.facts();
        let fault = match facts.public_key {
            PublicKey::Rsa(bits) if bits < MIN_RSA_BITS => SignatureFault::WeakKey { bits },
            _ => match signature::verify(self.der(), self.raw_public_key()) {
                Signature::Valid => return Ok(()),
                Signature::Invalid => SignatureFault::Invalid,
                Signature::Unverifiable => SignatureFault::Unsupported {
                    algorithm: facts.signature_algorithm.clone(),
                    key: facts.public_key.to_string(),
                },
            },
        };
        Err(ReadError::RequestSignature { fault })
    }

    /// The DER.
    #[must_use]
    pub fn der(&self) -> &CertificateSigningRequestDer<'static> {
        &self.inner.der
    }

    /// The request as one PEM section `CERTIFICATE REQUEST` (RFC 7468 §7), which AD CS and public CAs
    /// take.
    #[must_use]
    pub fn to_pem(&self) -> String {
        self.to_pem_as(RequestLabel::CertificateRequest)
    }

    /// The request as one PEM section under this label.
    #[must_use]
    pub fn to_pem_as(&self, label: RequestLabel) -> String {
        let label = match label {
            RequestLabel::CertificateRequest => "CERTIFICATE REQUEST",
            RequestLabel::NewCertificateRequest => "NEW CERTIFICATE REQUEST",
        };
        super::pem(label, &self.inner.der)
    }

    /// The subject for people to read, attributes in the order of the request. Control characters are
    /// escaped.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.facts().subject.text
    }

    /// The common names of the subject in order, with control characters escaped; a proper request has
    /// one.
    #[must_use]
    pub fn common_names(&self) -> &[String] {
        &self.facts().common_names
    }

    /// Every entry of the subject alternative name that is asked for, as text, in order: DNS names as they
    /// stand, others with their kind (`IP:192.0.2.1`). Empty where none is.
    #[must_use]
    pub fn san_entries(&self) -> &[String] {
        &self.facts().extensions.san.entries
    }

    /// The DNS names that are asked for and can match a host, in order.
    #[must_use]
    pub fn dns_names(&self) -> &[SanName] {
        &self.facts().extensions.san.dns_names
    }

    /// The key usage that is asked for; `None` where none is.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.facts().extensions.key_usage
    }

    /// The extended key usage that is asked for; `None` where none is.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<ExtendedKeyUsage> {
        self.facts().extensions.extended_key_usage
    }

    /// The template by which AD CS is to issue (D27); `None` where none is named. Where one is named by
    /// its name and by its object identifier, this is the latter.
    #[must_use]
    pub fn template(&self) -> Option<&CertificateTemplate> {
        self.facts().extensions.template.as_ref()
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.facts().public_key
    }

    /// Whether `certificate` is for the key of this request.
    #[must_use]
    pub fn has_key_of(&self, certificate: &Certificate) -> bool {
        self.facts().raw_public_key == certificate.raw_public_key()
    }

    /// The algorithm that it is signed with, by its name in the standards (`sha256WithRSAEncryption`), or
    /// by its OID where that is not a common one.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.facts().signature_algorithm
    }

    /// The subject as raw DER.
    pub(crate) fn raw_subject(&self) -> &[u8] {
        &self.facts().subject.der
    }

    /// The SubjectPublicKeyInfo as raw DER.
    pub(crate) fn raw_public_key(&self) -> &[u8] {
        &self.facts().raw_public_key
    }

    /// The subject alternative name as raw DER; empty where none is asked for.
    pub(crate) fn raw_san(&self) -> &[u8] {
        &self.facts().extensions.san.der
    }
}

/// Every extension that a request asks for, in both attributes that it may do so in.
fn requested(request: &X509CertificationRequest<'_>) -> Result<Extensions, MalformedReason> {
    let info = &request.certification_request_info;
    let mut extensions = Extensions::none();
    for attribute in info.iter_attributes() {
        if let ParsedCriAttribute::ExtensionRequest(request) = attribute.parsed_attribute() {
            extensions.add(&request.extensions)?;
        }
    }
    // The parser knows Microsoft's attribute not, and keeps no more than its first bytes.
    let Some((_, elements, _)) = element(info.raw) else {
        return Ok(extensions);
    };
    // Version, subject, key, attributes (RFC 2986 §4.1).
    for (tag, attributes) in Elements(elements) {
        if tag != 0xa0 {
            continue;
        }
        for (_, attribute) in Elements(attributes) {
            if let Some((_, MICROSOFT_EXTENSIONS, rest)) = element(attribute)
                && let Some((_, set, _)) = element(rest)
            {
                let read = ExtensionRequest::from_der(set);
                let (_, request) = read.map_err(MalformedReason::parser)?;
                extensions.add(&request.extensions)?;
            }
        }
    }
    Ok(extensions)
}

/// Two requests are equal where their DER is.
impl PartialEq for CertificateRequest {
    fn eq(&self, other: &Self) -> bool {
        self.inner.der == other.inner.der
    }
}

impl Eq for CertificateRequest {}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateRequest")
            .field("subject", &self.facts().subject.text)
            .field("names", &self.facts().extensions.san.entries)
            .field("public_key", &self.facts().public_key)
            .finish_non_exhaustive()
    }
}
