//! Certificate requests (PKCS #10, RFC 2986).

use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use rustls_pki_types::CertificateSigningRequestDer;
use x509_parser::prelude::{FromDer, X509Error};
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo, X509Name};

use super::certificate::Certificate;
use super::error::{MalformedError, ReadError};
use super::extensions::{Extensions, KeyUsage};
use super::fields::{BIT_STRING, Field, Fields, INTEGER, SEQUENCE, field};
use super::file::{ReadFileError, read_file};
use super::name::{self, Name};
use super::pem::encode_pem;
use super::public_key::PublicKey;
use super::read;
use super::request_attributes::Attributes;
use super::section::SkippedSection;
use super::signature::{self, SignatureCheck};
use super::structure;
use super::template::CertificateTemplate;
use crate::name::SanName;

const REQUEST: Field = field("the request", SEQUENCE, "RFC 2986 §4.2");
const INFO: Field = field("the signed part", SEQUENCE, "RFC 2986 §4.2");
const ALGORITHM: Field = field("the signature algorithm", SEQUENCE, "RFC 2986 §4.2");
const SIGNATURE: Field = field("the signature", BIT_STRING, "RFC 2986 §4.2");
const VERSION: Field = field("the version", INTEGER, "RFC 2986 §4.1");
const SUBJECT: Field = field("the subject", SEQUENCE, "RFC 2986 §4.1");
const PUBLIC_KEY: Field = field("the public key", SEQUENCE, "RFC 2986 §4.1");
const ATTRIBUTES: Field = field("the field of attributes", 0xa0, "RFC 2986 §4.1");

/// Size of the smallest RSA key whose signature is accepted, in bits (D23).
const MIN_RSA_BITS: usize = 2048;

/// A certificate request (CSR; PKCS #10, RFC 2986).
///
/// Every request is signed with the key in it: the signature of a request that is read is verified, and this crate
/// signs those that it creates. The signature proves possession of the key (RFC 2986 §3). It proves nothing about the
/// names, which the CA must check. A [`Comparison`](crate::audit::Comparison) shows how the issued certificate differs from
/// the request.
///
/// ```
/// use umcert::{CertificateRequest, KeyKind, KeyPair, Plan, PlanOptions};
/// # let text = include_str!("../../examples/data/example-1.toml");
///
/// # let options = PlanOptions::default().key(KeyKind::P256);
/// # let plan = Plan::new(&toml::from_str(text)?, &options)?;
/// # let planned = &plan.certificates()[0];
/// let created = planned.request(&KeyPair::generate(planned.key())?)?;
/// let file = created.to_pem_new_request(); // the label of certreq
/// let read = CertificateRequest::from_bytes(file.as_bytes())?;
/// assert_eq!(read.common_names(), [planned.subject().as_str()]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("csr", "p10", "pkcs10", "certreq"))]
#[derive(Clone)]
pub struct CertificateRequest {
    fields: Arc<RequestFields>,
    skipped: Arc<[SkippedSection]>,
}

struct RequestFields {
    der: CertificateSigningRequestDer<'static>,
    subject: Name,
    common_names: Vec<String>,
    subject_attributes: Vec<(String, String)>,
    public_key: PublicKey,
    raw_public_key: Vec<u8>,
    signature_algorithm: String,
    extensions: Extensions,
    key_provider: Option<String>,
}

impl CertificateRequest {
    /// Reads the only request in a file and verifies its signature. The file may have any form that
    /// [`Chain::from_bytes`](crate::Chain::from_bytes) reads: PEM with any label, DER, base64 and so on.
    /// [`skipped`](Self::skipped) lists the parts that are not the request.
    ///
    /// Requests of certreq, Exchange and OpenSSL are supported: the requested extensions may be in the attribute of
    /// PKCS #9, in Microsoft's own, or in both if their values are equal. Other attributes are ignored, whatever they
    /// contain, and the field of attributes may be absent.
    ///
    /// # Errors
    ///
    /// Returns [`ReadError::NoRequest`] if the file contains no request, with a description of the contents;
    /// [`ReadError::Several`] if the file contains more than one; and [`ReadError::MalformedRequest`] if the request is
    /// malformed. Returns [`ReadError::InvalidRequestSignature`] if the signature is not from the key in the request,
    /// [`ReadError::WeakRequestKey`] for RSA below 2048 bits, and [`ReadError::UnsupportedRequestSignature`] for
    /// signatures that this crate cannot verify: P-521, RSASSA-PSS with SHA-1.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReadError> {
        let file = read::request(bytes)?;
        Ok(Self {
            skipped: file.skipped.into(),
            ..Self::from_der(file.der.into())?
        })
    }

    /// Reads the only request in the file at `path`, as [`from_bytes`](Self::from_bytes) does.
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path if the system cannot read the file, or with the error of
    /// [`from_bytes`](Self::from_bytes).
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ReadFileError> {
        read_file(path.as_ref(), Self::from_bytes)
    }

    /// Reads a request in DER and verifies its signature.
    pub(super) fn from_der(der: CertificateSigningRequestDer<'static>) -> Result<Self, ReadError> {
        let request = Self::from_signed(der);
        let request = request.map_err(|source| ReadError::MalformedRequest { source })?;
        request.verify()?;
        Ok(request)
    }

    /// Reads a request in DER that this crate has just signed. The signature is not verified.
    pub(crate) fn from_signed(
        der: CertificateSigningRequestDer<'static>,
    ) -> Result<Self, MalformedError> {
        let request = Fields::outermost(&der, &REQUEST)?;
        let trailing = der.len() - request.raw.len();
        if trailing > 0 {
            return Err(MalformedError::TrailingData(trailing));
        }
        let mut fields = Fields::new(request.content);
        let info = fields.next(&INFO)?;
        let algorithm = fields.next(&ALGORITHM)?;
        structure::check_algorithm(&algorithm, &ALGORITHM)?;
        let algorithm = parse::<AlgorithmIdentifier<'_>>(algorithm.raw)?;
        fields.next(&SIGNATURE)?;
        fields.end(&REQUEST)?;
        let info = RequestInfo::read(info.content)?;
        let fields = RequestFields {
            subject: Name::new(&info.subject),
            common_names: name::common_names(&info.subject),
            subject_attributes: name::attributes(&info.subject),
            extensions: Extensions::parse(&info.attributes.extensions)?,
            key_provider: info.attributes.key_provider,
            public_key: PublicKey::new(&info.public_key)?,
            raw_public_key: info.public_key.raw.to_vec(),
            signature_algorithm: signature::algorithm_name(&algorithm),
            der: der.clone(),
        };
        Ok(Self {
            fields: Arc::new(fields),
            skipped: Arc::default(),
        })
    }

    fn verify(&self) -> Result<(), ReadError> {
        if let PublicKey::Rsa(bits) = *self.public_key()
            && bits < MIN_RSA_BITS
        {
            return Err(ReadError::WeakRequestKey { bits });
        }
        match signature::verify(self.der(), self.raw_public_key(), self.public_key()) {
            SignatureCheck::Valid => Ok(()),
            SignatureCheck::Invalid => Err(ReadError::InvalidRequestSignature),
            SignatureCheck::Unverifiable => Err(ReadError::UnsupportedRequestSignature {
                algorithm: self.fields.signature_algorithm.clone(),
                key: self.public_key().to_string(),
            }),
        }
    }

    /// Returns the parts of the file that are not the request and were not read, for example its private key.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedSection] {
        &self.skipped
    }

    /// Returns the DER.
    #[must_use]
    pub fn der(&self) -> &CertificateSigningRequestDer<'static> {
        &self.fields.der
    }

    /// Returns the request as one PEM section `CERTIFICATE REQUEST` (RFC 7468 §7), which AD CS and public CAs accept.
    #[must_use]
    pub fn to_pem(&self) -> String {
        encode_pem("CERTIFICATE REQUEST", &self.fields.der)
    }

    /// Returns the request as one PEM section `NEW CERTIFICATE REQUEST`. certreq and Exchange write this label, and
    /// some old tools accept no other.
    #[must_use]
    pub fn to_pem_new_request(&self) -> String {
        encode_pem("NEW CERTIFICATE REQUEST", &self.fields.der)
    }

    /// Returns the subject for people to read, with its attributes in the order of the request. Control characters
    /// are escaped.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.fields.subject.text
    }

    /// Returns the common names of the subject in order, with control characters escaped. A request should have one.
    #[must_use]
    pub fn common_names(&self) -> &[String] {
        &self.fields.common_names
    }

    /// Returns the type and the value of each attribute of the subject, in order, with control characters escaped. A type
    /// has its usual abbreviation (`CN`, `O`, `OU`), or its OID.
    pub(crate) fn subject_attributes(&self) -> &[(String, String)] {
        &self.fields.subject_attributes
    }

    /// Returns every requested entry of the subject alternative name as text, in order: DNS names as they are, others
    /// with their kind (`IP:192.0.2.1`). Empty if no entry is requested.
    #[must_use]
    pub fn san_entries(&self) -> &[String] {
        &self.fields.extensions.san.entries
    }

    /// Returns the requested DNS names that can match a host, in order.
    #[must_use]
    pub fn dns_names(&self) -> &[SanName] {
        &self.fields.extensions.san.dns_names
    }

    /// Returns the requested key usage.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.fields.extensions.key_usage
    }

    /// Returns `true` if an extended key usage is requested (RFC 5280 §4.2.1.12).
    #[must_use]
    pub fn has_extended_key_usage(&self) -> bool {
        self.fields.extensions.extended_key_usage.is_some()
    }

    /// Returns `true` if the requested extended key usage lists Server Authentication, 1.3.6.1.5.5.7.3.1 (D20).
    /// Returns `false` if none is requested.
    #[must_use]
    pub fn has_server_auth(&self) -> bool {
        let usage = self.fields.extensions.extended_key_usage.as_ref();
        usage.is_some_and(|usage| usage.server_auth)
    }

    /// Returns `true` if the requested extended key usage lists any purpose, 2.5.29.37.0. Returns `false` if none is
    /// requested.
    #[must_use]
    pub fn has_any_extended_key_usage(&self) -> bool {
        let usage = self.fields.extensions.extended_key_usage.as_ref();
        usage.is_some_and(|usage| usage.any)
    }

    /// Returns the requested template of AD CS (D27). Returns the object identifier if the request contains both an
    /// object identifier and a name.
    #[must_use]
    pub fn template(&self) -> Option<&CertificateTemplate> {
        self.fields.extensions.template.as_ref()
    }

    /// Returns the cryptographic provider of Windows that stores the key, as the requesting computer named it in the
    /// attribute 1.3.6.1.4.1.311.13.2.2 (D125). The text is as in the request and may contain any character.
    #[must_use]
    pub fn key_provider(&self) -> Option<&str> {
        self.fields.key_provider.as_deref()
    }

    /// Returns the kind of the public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.fields.public_key
    }

    /// Returns `true` if `certificate` has the key of this request.
    #[must_use]
    pub fn has_key_of(&self, certificate: &Certificate) -> bool {
        self.fields.raw_public_key == certificate.raw_public_key()
    }

    /// Returns the signature algorithm by its name in the standards (`sha256WithRSAEncryption`), or its OID if it is
    /// not a common one.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.fields.signature_algorithm
    }

    /// Returns the subject as raw DER.
    pub(crate) fn raw_subject(&self) -> &[u8] {
        &self.fields.subject.der
    }

    /// Returns the SubjectPublicKeyInfo as raw DER.
    pub(crate) fn raw_public_key(&self) -> &[u8] {
        &self.fields.raw_public_key
    }

    /// Returns the value of the requested subject alternative name as raw DER. Empty if no entry is requested.
    pub(crate) fn raw_san(&self) -> &[u8] {
        &self.fields.extensions.san.der
    }
}

/// The signed part of a request. `x509-parser` refuses a request without attributes (RFC 2986 §4.1), and some
/// attributes.
struct RequestInfo<'a> {
    subject: X509Name<'a>,
    public_key: SubjectPublicKeyInfo<'a>,
    attributes: Attributes<'a>,
}

impl<'a> RequestInfo<'a> {
    fn read(content: &'a [u8]) -> Result<Self, MalformedError> {
        let mut fields = Fields::new(content);
        fields.next(&VERSION)?;
        let subject = fields.next(&SUBJECT)?;
        structure::check_name(&subject, &SUBJECT)?;
        let public_key = fields.next(&PUBLIC_KEY)?;
        structure::check_public_key(&public_key)?;
        let attributes = fields.next_optional(&ATTRIBUTES)?;
        fields.end(&INFO)?;
        Ok(Self {
            subject: parse(subject.raw)?,
            public_key: parse(public_key.raw)?,
            attributes: match attributes {
                Some(attributes) => Attributes::read(attributes.content)?,
                None => Attributes::default(),
            },
        })
    }
}

/// Parses one element, which `der` contains completely.
fn parse<'a, T: FromDer<'a, X509Error>>(der: &'a [u8]) -> Result<T, MalformedError> {
    let (_, value) = T::from_der(der).map_err(MalformedError::from_parser)?;
    Ok(value)
}

/// Requests are equal if their DER is equal.
impl PartialEq for CertificateRequest {
    fn eq(&self, other: &Self) -> bool {
        self.fields.der == other.fields.der
    }
}

impl Eq for CertificateRequest {}

impl Hash for CertificateRequest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_ref().hash(state);
    }
}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateRequest")
            .field("subject", &self.fields.subject.text)
            .field("names", &self.fields.extensions.san.entries)
            .field("public_key", &self.fields.public_key)
            .finish_non_exhaustive()
    }
}
