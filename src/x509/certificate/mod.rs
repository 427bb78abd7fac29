//! A certificate and its contents (RFC 5280 §4).

mod raw;

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use data_encoding::HEXUPPER;
use rustls_pki_types::CertificateDer;
use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Version;

use super::error::MalformedError;
use super::extension_names::extension_label;
use super::extensions::{Extensions, KeyUsage};
use super::name::{self, Name};
use super::pem::encode_pem;
use super::public_key::PublicKey;
use super::self_signature::SelfSignature;
use super::signature;
use super::structure;
use crate::crypto;
use crate::name::SanName;
use crate::text::escape_name;

/// The first year whose dates are GeneralizedTime (RFC 5280 §4.1.2.5).
const GENERALIZED_TIME_YEAR: i32 = 2050;

/// The largest path length that `rustls-webpki` processes.
const MAX_PATH_LEN: u32 = 255;
/// Extensions that no verdict depends on, although `rustls-webpki` reads them: CRL distribution points, and the
/// timestamps of certificate transparency (RFC 6962 §3.3).
const READ_BY_WEBPKI: [&str; 2] = ["2.5.29.31", "1.3.6.1.4.1.11129.2.4.2"];

/// A readable certificate.
///
/// Reading checks the encoding (RFC 5280 §4.1): the DER contains one certificate and no trailing data, no extension
/// occurs twice, and the extensions that verdicts depend on are well-formed. Signatures, dates and everything that
/// requires another certificate are *not* checked; see [`TrustStore::verify`](crate::TrustStore::verify).
///
/// Clones share the certificate.
#[doc(alias("cer", "crt", "pem", "x509"))]
#[derive(Clone)]
pub struct Certificate {
    fields: Arc<CertificateFields>,
}

struct CertificateFields {
    der: CertificateDer<'static>,
    serial: Vec<u8>,
    issuer: Name,
    subject: Name,
    common_names: Vec<String>,
    subject_attributes: Vec<(String, String)>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    public_key: PublicKey,
    raw_public_key: Vec<u8>,
    signature_algorithm: String,
    extensions: Extensions,
    is_v3: bool,
    has_irregular_dates: bool,
    has_unique_identifiers: bool,
    unprocessable: Option<String>,
    /// Whether the certificate's own key verifies its signature, once that was asked.
    self_signature: OnceLock<SelfSignature>,
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    ///
    /// Returns [`MalformedError`] if the bytes are not exactly one certificate.
    pub fn from_der(der: CertificateDer<'static>) -> Result<Self, MalformedError> {
        Self::read(&der).map_err(|error| match structure::subject_of_malformed(&der) {
            Some(subject) => MalformedError::Certificate {
                subject: escape_name(&subject),
                reason: Box::new(error),
            },
            None => error,
        })
    }

    fn read(der: &CertificateDer<'static>) -> Result<Self, MalformedError> {
        let mut oddities = structure::check_certificate(der)?.into_iter();
        let parsed = X509Certificate::from_der(der);
        let (rest, parsed) = parsed.map_err(MalformedError::from_parser)?;
        if !rest.is_empty() {
            return Err(MalformedError::TrailingData(rest.len()));
        }
        signature::check_same_algorithm(&parsed.signature, &parsed.signature_algorithm)?;
        let validity = parsed.validity();
        let extensions = Extensions::parse(parsed.extensions())?;
        let fields = CertificateFields {
            serial: parsed.raw_serial().to_vec(),
            issuer: Name::new(parsed.issuer()),
            subject: Name::new(parsed.subject()),
            common_names: name::common_names(parsed.subject()),
            subject_attributes: name::attributes(parsed.subject()),
            not_before: validity.not_before.to_datetime(),
            not_after: validity.not_after.to_datetime(),
            public_key: PublicKey::new(parsed.public_key())?,
            raw_public_key: parsed.public_key().raw.to_vec(),
            signature_algorithm: signature::algorithm_name(&parsed.signature_algorithm),
            is_v3: parsed.version() == X509Version::V3,
            has_irregular_dates: is_irregular(validity.not_before)
                || is_irregular(validity.not_after),
            has_unique_identifiers: parsed.issuer_uid.is_some() || parsed.subject_uid.is_some(),
            unprocessable: oddities
                .next()
                .or_else(|| unprocessable_extension(&extensions)),
            extensions,
            self_signature: OnceLock::new(),
            der: der.clone(),
        };
        Ok(Self {
            fields: Arc::new(fields),
        })
    }

    /// Returns the DER.
    #[must_use]
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.fields.der
    }

    /// Returns the certificate as one PEM section with a final line feed.
    #[must_use]
    pub fn to_pem(&self) -> String {
        encode_pem("CERTIFICATE", &self.fields.der)
    }

    /// Returns the serial number as encoded in the DER: big-endian, in two's complement (RFC 5280 §4.1.2.2). Serial
    /// numbers are unique among the certificates of an issuer.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.fields.serial
    }

    /// Returns the subject for people to read, with its attributes in the order of the certificate. Control
    /// characters and those that change the direction of text are escaped. To compare subjects, compare
    /// certificates: the text loses details of the DER (D29).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.fields.subject.text
    }

    /// Returns the issuer for people to read, like [`subject`](Self::subject).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.fields.issuer.text
    }

    /// Returns the common names of the subject in order, with control characters escaped. A server certificate
    /// should have one.
    #[must_use]
    pub fn common_names(&self) -> &[String] {
        &self.fields.common_names
    }

    /// Returns the type and the value of each attribute of the subject, in order, with control characters escaped. A type
    /// has its usual abbreviation (`CN`, `O`, `OU`), or its OID.
    pub(crate) fn subject_attributes(&self) -> &[(String, String)] {
        &self.fields.subject_attributes
    }

    /// Returns the SHA-256 fingerprint of the DER in upper-case hexadecimal digits.
    #[doc(alias("thumbprint"))]
    #[must_use]
    pub fn sha256_fingerprint(&self) -> String {
        HEXUPPER.encode(&crypto::sha256(&self.fields.der))
    }

    /// Returns the SHA-1 fingerprint of the DER in upper-case hexadecimal digits. Windows and
    /// `Get-ExchangeCertificate` call it the thumbprint.
    #[doc(alias("fingerprint", "sha1"))]
    #[must_use]
    pub fn thumbprint(&self) -> String {
        HEXUPPER.encode(&crypto::sha1(&self.fields.der))
    }

    /// Returns the first second of the validity period, in UTC.
    #[must_use]
    pub fn not_before(&self) -> OffsetDateTime {
        self.fields.not_before
    }

    /// Returns the last second of the validity period, in UTC.
    #[must_use]
    pub fn not_after(&self) -> OffsetDateTime {
        self.fields.not_after
    }

    /// Returns every entry of the subject alternative name as text, in order: DNS names as they are, others with their
    /// kind (`IP:192.0.2.1`). Characters that such a name must not contain are escaped. Empty if the extension is
    /// absent.
    #[doc(alias("subjectAltName"))]
    #[must_use]
    pub fn san_entries(&self) -> &[String] {
        &self.fields.extensions.san.entries
    }

    /// Returns the DNS names of the subject alternative name that can match a host, in order.
    #[must_use]
    pub fn dns_names(&self) -> &[SanName] {
        &self.fields.extensions.san.dns_names
    }

    /// Returns `true` if the certificate has basic constraints (RFC 5280 §4.2.1.9).
    #[must_use]
    pub fn has_basic_constraints(&self) -> bool {
        self.fields.extensions.is_ca.is_some()
    }

    /// Returns `true` if the basic constraints say that the subject is a CA (RFC 5280 §4.2.1.9).
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.fields.extensions.is_ca == Some(true)
    }

    /// Returns the path length constraint: the number of CAs that the CA allows below itself (RFC 5280 §4.2.1.9).
    /// Returns `None` if there is no such constraint.
    #[must_use]
    pub fn path_len(&self) -> Option<u32> {
        self.fields.extensions.path_len
    }

    /// Returns `true` if the certificate names a CRL distribution point (RFC 5280 §4.2.1.13).
    #[must_use]
    pub fn has_crl_distribution_point(&self) -> bool {
        self.fields.extensions.has_crl_distribution_point
    }

    /// Returns the key usage. Returns `None` if the extension is absent.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.fields.extensions.key_usage
    }

    /// Returns `true` if the certificate has an extended key usage (RFC 5280 §4.2.1.12).
    #[must_use]
    pub fn has_extended_key_usage(&self) -> bool {
        self.fields.extensions.extended_key_usage.is_some()
    }

    /// Returns `true` if the extended key usage lists Server Authentication, 1.3.6.1.5.5.7.3.1 (D20). Returns `false`
    /// if the extension is absent.
    #[must_use]
    pub fn has_server_auth(&self) -> bool {
        let usage = self.fields.extensions.extended_key_usage.as_ref();
        usage.is_some_and(|usage| usage.server_auth)
    }

    /// Returns `true` if the extended key usage lists any purpose, 2.5.29.37.0. Returns `false` if the extension is
    /// absent.
    #[must_use]
    pub fn has_any_extended_key_usage(&self) -> bool {
        let usage = self.fields.extensions.extended_key_usage.as_ref();
        usage.is_some_and(|usage| usage.any)
    }

    /// Returns the kind of the public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.fields.public_key
    }

    /// Returns the signature algorithm by its name in the standards (`sha256WithRSAEncryption`), or its OID if it is
    /// not a common one.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.fields.signature_algorithm
    }

    /// Returns `true` if issuer and subject are the same name, compared as raw DER (D29, RFC 5280 §6.1). The
    /// certificate need not be self-signed: see [`self_signature`](Self::self_signature).
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.issuer_matches(self)
    }

    /// Returns `true` if the issuer of this certificate is the subject of `issuer`, compared as raw DER (D29). Keys
    /// are not compared.
    #[must_use]
    pub fn issuer_matches(&self, issuer: &Self) -> bool {
        self.fields.issuer.der == issuer.fields.subject.der
    }
}

/// Returns what `rustls-webpki` cannot process in extensions that this crate reads.
fn unprocessable_extension(extensions: &Extensions) -> Option<String> {
    if let Some(path_len) = extensions.path_len
        && path_len > MAX_PATH_LEN
    {
        return Some(format!(
            "has a path length of {path_len} (RFC 5280 §4.2.1.9)"
        ));
    }
    let mut malformed = extensions.malformed.iter();
    let malformed = malformed.find(|oid| READ_BY_WEBPKI.contains(&oid.as_str()))?;
    Some(format!(
        "has a malformed extension {}",
        extension_label(malformed)
    ))
}

fn is_irregular(date: ASN1Time) -> bool {
    let must_be_generalized = date.to_datetime().year() >= GENERALIZED_TIME_YEAR;
    date.is_generalizedtime() != must_be_generalized
}

/// Certificates are equal if their DER is equal.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.fields, &other.fields) || self.fields.der == other.fields.der
    }
}

impl Eq for Certificate {}

impl Hash for Certificate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.der().hash(state);
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.fields.subject.text)
            .field("issuer", &self.fields.issuer.text)
            .finish_non_exhaustive()
    }
}
