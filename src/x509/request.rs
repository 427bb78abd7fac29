//! Certificate requests (PKCS #10, RFC 2986).

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::CertificateSigningRequestDer;
use x509_parser::certification_request::{X509CertificationRequest, X509CertificationRequestInfo};
use x509_parser::cri_attributes::{ExtensionRequest, ParsedCriAttribute};
use x509_parser::prelude::FromDer;

use super::certificate::Certificate;
use super::der::{elements, peek_element};
use super::error::{MalformedError, ReadError};
use super::extensions::{Extensions, KeyUsage};
use super::name::{self, Name};
use super::pem::encode_pem;
use super::public_key::PublicKey;
use super::read;
use super::section::SkippedSection;
use super::signature::{self, SignatureCheck};
use super::template::CertificateTemplate;
use crate::name::SanName;

/// Microsoft's attribute for requested extensions, 1.3.6.1.4.1.311.2.1.14. Its older tools write it instead of
/// 1.2.840.113549.1.9.14 of PKCS #9.
const MICROSOFT_EXTENSIONS: &[u8] = b"\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e";
/// Size of the smallest RSA key whose signature is accepted, in bits (D23).
const MIN_RSA_BITS: usize = 2048;

/// A certificate request (CSR; PKCS #10, RFC 2986).
///
/// Every request is signed with the key in it: the signature of a request that is read is verified, and this crate
/// signs those that it creates. The signature proves possession of the key (RFC 2986 §3). It proves nothing about the
/// names, which the CA must check.
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
#[derive(Clone)]
pub struct CertificateRequest {
    fields: Arc<RequestFields>,
    skipped: Arc<[SkippedSection]>,
}

struct RequestFields {
    der: CertificateSigningRequestDer<'static>,
    subject: Name,
    common_names: Vec<String>,
    public_key: PublicKey,
    raw_public_key: Vec<u8>,
    signature_algorithm: String,
    extensions: Extensions,
}

impl CertificateRequest {
    /// Reads the only request in a file and verifies its signature. The file may have any form that
    /// [`Chain::from_bytes`](crate::Chain::from_bytes) reads: PEM with any label, DER, base64 and so on.
    /// [`skipped`](Self::skipped) lists the parts that are not the request.
    ///
    /// Requests of certreq, Exchange and OpenSSL are supported: the requested extensions may be in the attribute of
    /// PKCS #9 or in Microsoft's own. Other attributes are ignored.
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
        let request = Self::from_signed(file.der.into());
        let request = request.map_err(|source| ReadError::MalformedRequest { source })?;
        request.verify()?;
        Ok(Self {
            skipped: file.skipped.into(),
            ..request
        })
    }

    /// Reads a request in DER that this crate has just signed. The signature is not verified.
    pub(crate) fn from_signed(
        der: CertificateSigningRequestDer<'static>,
    ) -> Result<Self, MalformedError> {
        let parsed = X509CertificationRequest::from_der(&der);
        let (rest, parsed) = parsed.map_err(MalformedError::from_parser)?;
        if !rest.is_empty() {
            return Err(MalformedError::TrailingData(rest.len()));
        }
        let info = &parsed.certification_request_info;
        let fields = RequestFields {
            subject: Name::new(&info.subject),
            common_names: name::common_names(&info.subject),
            extensions: requested_extensions(info)?,
            public_key: PublicKey::new(&info.subject_pki)?,
            raw_public_key: info.subject_pki.raw.to_vec(),
            signature_algorithm: signature::algorithm_name(&parsed.signature_algorithm),
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

/// Reads the requested extensions from the attribute of PKCS #9 and from Microsoft's own.
fn requested_extensions(
    info: &X509CertificationRequestInfo<'_>,
) -> Result<Extensions, MalformedError> {
    let standard =
        info.iter_attributes()
            .filter_map(|attribute| match attribute.parsed_attribute() {
                ParsedCriAttribute::ExtensionRequest(request) => Some(request),
                _ => None,
            });
    let microsoft = microsoft_extensions(info.raw)?;
    Extensions::parse(
        standard
            .chain(&microsoft)
            .flat_map(|request| &request.extensions),
    )
}

/// Reads Microsoft's attributes. `x509-parser` does not support them and keeps only their first bytes.
fn microsoft_extensions(info: &[u8]) -> Result<Vec<ExtensionRequest<'_>>, MalformedError> {
    const ATTRIBUTES: u8 = 0xa0;
    let fields = peek_element(info).map_or(&[][..], |(_, fields, _)| fields);
    // Version, subject, key, attributes (RFC 2986 §4.1).
    elements(fields)
        .filter(|(tag, _)| *tag == ATTRIBUTES)
        .flat_map(|(_, attributes)| elements(attributes))
        .filter_map(|(_, attribute)| match peek_element(attribute)? {
            (_, MICROSOFT_EXTENSIONS, rest) => peek_element(rest),
            _ => None,
        })
        .map(|(_, values, _)| match ExtensionRequest::from_der(values) {
            Ok((_, request)) => Ok(request),
            Err(error) => Err(MalformedError::from_parser(error)),
        })
        .collect()
}

/// Requests are equal if their DER is equal.
impl PartialEq for CertificateRequest {
    fn eq(&self, other: &Self) -> bool {
        self.fields.der == other.fields.der
    }
}

impl Eq for CertificateRequest {}

impl fmt::Debug for CertificateRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateRequest")
            .field("subject", &self.fields.subject.text)
            .field("names", &self.fields.extensions.san.entries)
            .field("public_key", &self.fields.public_key)
            .finish_non_exhaustive()
    }
}
