//! The facts of one certificate.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustls_pki_types::CertificateDer;
use time::OffsetDateTime;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Error};
use x509_parser::public_key::PublicKey as ParsedKey;
use x509_parser::x509::{AttributeTypeAndValue, SubjectPublicKeyInfo, X509Name};

use super::facts::{BasicConstraints, ExtendedKeyUsage, KeyUsage, PublicKey, SelfSignature};
use super::malformed::{MalformedCertificate, MalformedReason};
use crate::name::NameSet;

/// A certificate that could be read: its DER, and the facts that a plan is held against.
///
/// Reading checks the encoding alone (RFC 5280 §4.1): that the DER holds one certificate and nothing
/// behind it, that no extension stands twice, and that the ones known here can be read. *Not* checked:
/// signatures, dates, and everything that takes another certificate; see
/// [`TrustStore::verify`](crate::TrustStore::verify).
#[derive(Clone)]
pub struct Certificate {
    der: CertificateDer<'static>,
    subject: Name,
    issuer: Name,
    common_names: Vec<String>,
    not_before: OffsetDateTime,
    not_after: OffsetDateTime,
    san: SubjectAltName,
    basic_constraints: BasicConstraints,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<ExtendedKeyUsage>,
    public_key: PublicKey,
    signature_algorithm: String,
}

/// A distinguished name, as raw DER to compare (D29) and as text to show.
#[derive(Clone, PartialEq, Eq)]
struct Name {
    der: Vec<u8>,
    text: String,
}

/// The subject alternative name: every entry as text in order, and the DNS names among them.
#[derive(Clone, Default)]
struct SubjectAltName {
    entries: Vec<String>,
    dns_names: NameSet,
}

impl Certificate {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    ///
    /// [`MalformedCertificate`] where the bytes are not exactly one certificate.
    pub fn from_der(der: CertificateDer<'static>) -> Result<Self, MalformedCertificate> {
        let (rest, parsed) = X509Certificate::from_der(&der)
            .map_err(|error| MalformedReason::Der(reason_of(error)))?;
        if !rest.is_empty() {
            return Err(MalformedReason::TrailingData(rest.len()).into());
        }
        let mut facts = Self {
            subject: Name::of(parsed.subject()),
            issuer: Name::of(parsed.issuer()),
            common_names: parsed.subject().iter_common_name().map(text_of).collect(),
            not_before: parsed.validity().not_before.to_datetime(),
            not_after: parsed.validity().not_after.to_datetime(),
            san: SubjectAltName::default(),
            basic_constraints: BasicConstraints::Absent,
            key_usage: None,
            extended_key_usage: None,
            public_key: public_key(parsed.public_key())?,
            signature_algorithm: signature_algorithm(&parsed),
            der: CertificateDer::from(Vec::new()),
        };
        facts.read_extensions(&parsed)?;
        facts.der = der;
        Ok(facts)
    }

    fn read_extensions(&mut self, parsed: &X509Certificate<'_>) -> Result<(), MalformedReason> {
        let mut seen = Vec::new();
        for extension in parsed.extensions() {
            if seen.contains(&&extension.oid) {
                return Err(MalformedReason::DuplicateExtension(
                    extension.oid.to_id_string(),
                ));
            }
            seen.push(&extension.oid);
            match extension.parsed_extension() {
                ParsedExtension::ParseError { .. } => {
                    return Err(MalformedReason::Extension(extension.oid.to_id_string()));
                }
                ParsedExtension::SubjectAlternativeName(san) => {
                    self.san = SubjectAltName::of(&san.general_names);
                }
                ParsedExtension::BasicConstraints(constraints) => {
                    self.basic_constraints = match constraints.ca {
                        true => BasicConstraints::Ca,
                        false => BasicConstraints::EndEntity,
                    };
                }
                ParsedExtension::KeyUsage(usage) => {
                    self.key_usage = Some(KeyUsage {
                        digital_signature: usage.digital_signature(),
                        key_encipherment: usage.key_encipherment(),
                        data_encipherment: usage.data_encipherment(),
                        key_cert_sign: usage.key_cert_sign(),
                    });
                }
                ParsedExtension::ExtendedKeyUsage(usage) => {
                    self.extended_key_usage = Some(ExtendedKeyUsage {
                        server_auth: usage.server_auth,
                        any: usage.any,
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The DER.
    #[must_use]
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// The certificate as one PEM section with a final line feed.
    #[must_use]
    pub fn to_pem(&self) -> String {
        super::pem("CERTIFICATE", &self.der)
    }

    /// The subject for people to read, attributes in the order of the certificate. Control characters
    /// are escaped. To compare subjects, compare certificates: text loses what DER keeps (D29).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject.text
    }

    /// The issuer for people to read, as [`subject`](Self::subject).
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer.text
    }

    /// The common names of the subject in order, with control characters escaped; a proper certificate
    /// has one.
    #[must_use]
    pub fn common_names(&self) -> &[String] {
        &self.common_names
    }

    /// The first second of its validity, in UTC.
    #[must_use]
    pub fn not_before(&self) -> OffsetDateTime {
        self.not_before
    }

    /// The last second of its validity, in UTC.
    #[must_use]
    pub fn not_after(&self) -> OffsetDateTime {
        self.not_after
    }

    /// Every entry of the subject alternative name as text, in order: DNS names as they stand, others
    /// with their kind (`IP:192.0.2.1`). Empty where the extension is not there.
    #[must_use]
    pub fn san_entries(&self) -> &[String] {
        &self.san.entries
    }

    /// The DNS names of the subject alternative name that can match a host, in order.
    #[must_use]
    pub fn dns_names(&self) -> &NameSet {
        &self.san.dns_names
    }

    /// The basic constraints.
    #[must_use]
    pub fn basic_constraints(&self) -> BasicConstraints {
        self.basic_constraints
    }

    /// The key usage; `None` where the extension is not there.
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.key_usage
    }

    /// The extended key usage; `None` where the extension is not there.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<ExtendedKeyUsage> {
        self.extended_key_usage
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The algorithm that it is signed with, by its name in the standards (`sha256WithRSAEncryption`), or
    /// by its OID where that is not a common one.
    #[must_use]
    pub fn signature_algorithm(&self) -> &str {
        &self.signature_algorithm
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
        self.issuer.der == issuer.subject.der
    }

    /// The subject as raw DER, to look it up by.
    pub(crate) fn raw_subject(&self) -> &[u8] {
        &self.subject.der
    }

    /// The issuer as raw DER, to look it up by.
    pub(crate) fn raw_issuer(&self) -> &[u8] {
        &self.issuer.der
    }

    /// Whether it is truly self-signed: issuer equals subject, and its own key verifies its signature.
    /// Verifies a signature at each call.
    #[must_use]
    pub fn self_signature(&self) -> SelfSignature {
        if !self.is_self_issued() {
            return SelfSignature::Invalid;
        }
        match self.signature_under(self) {
            Ok(()) => SelfSignature::Valid,
            Err(X509Error::SignatureUnsupportedAlgorithm) => SelfSignature::Unsupported,
            Err(_) => SelfSignature::Invalid,
        }
    }

    /// Whether `issuer` has the name of this certificate's issuer and its key verifies the signature.
    /// False too where the algorithm cannot be verified here. Verifies a signature at each call.
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        self.names_as_issuer(issuer) && self.signature_under(issuer).is_ok()
    }

    fn signature_under(&self, issuer: &Self) -> Result<(), X509Error> {
        let parse = |der| X509Certificate::from_der(der).map_err(|_| X509Error::InvalidCertificate);
        let (_, signed) = parse(&self.der)?;
        let (_, issuer) = parse(&issuer.der)?;
        signed.verify_signature(Some(issuer.public_key()))
    }
}

/// Two certificates are equal where their DER is.
impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate")
            .field("subject", &self.subject.text)
            .field("issuer", &self.issuer.text)
            .finish_non_exhaustive()
    }
}

impl Name {
    fn of(name: &X509Name<'_>) -> Self {
        Self {
            der: name.as_raw().to_vec(),
            text: printable(&name.to_string()),
        }
    }
}

impl SubjectAltName {
    fn of(names: &[GeneralName<'_>]) -> Self {
        let dns = names.iter().filter_map(|name| match name {
            // An entry that is no name (a NetBIOS name, say) can match no host.
            GeneralName::DNSName(name) => name.parse().ok(),
            _ => None,
        });
        Self {
            dns_names: dns.collect(),
            entries: names.iter().map(entry_text).collect(),
        }
    }
}

fn entry_text(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) => printable(name),
        GeneralName::IPAddress(bytes) => match ip_address(bytes) {
            Some(address) => format!("IP:{address}"),
            None => "IP:(malformed)".to_owned(),
        },
        GeneralName::RFC822Name(name) => format!("email:{}", printable(name)),
        GeneralName::URI(uri) => format!("URI:{}", printable(uri)),
        GeneralName::DirectoryName(name) => format!("directory:{}", printable(&name.to_string())),
        GeneralName::Invalid(..) => "(malformed)".to_owned(),
        _ => "(other name)".to_owned(),
    }
}

fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into()),
        16 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).into()),
        _ => None,
    }
}

fn text_of(attribute: &AttributeTypeAndValue<'_>) -> String {
    match attribute.as_str() {
        Ok(text) => printable(text),
        Err(_) => "(not readable as text)".to_owned(),
    }
}

/// `text` with control characters escaped: what a stranger wrote into a certificate must not steer the
/// terminal that shows it.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}

fn public_key(key: &SubjectPublicKeyInfo<'_>) -> Result<PublicKey, MalformedReason> {
    let oid = key.algorithm.algorithm.to_id_string();
    if oid == "1.3.101.112" {
        return Ok(PublicKey::Ed25519);
    }
    let curve = || {
        Some(
            key.algorithm
                .parameters
                .as_ref()?
                .as_oid()
                .ok()?
                .to_id_string(),
        )
    };
    match key.parsed() {
        Ok(ParsedKey::RSA(rsa)) => Ok(PublicKey::Rsa(rsa.key_size())),
        Ok(ParsedKey::EC(_)) => Ok(match curve().as_deref() {
            Some("1.2.840.10045.3.1.7") => PublicKey::P256,
            Some("1.3.132.0.34") => PublicKey::P384,
            Some("1.3.132.0.35") => PublicKey::P521,
            Some(curve) => PublicKey::Other(curve.to_owned()),
            None => PublicKey::Other(oid),
        }),
        Ok(_) => Ok(PublicKey::Other(oid)),
        Err(_) => Err(MalformedReason::PublicKey),
    }
}

fn signature_algorithm(parsed: &X509Certificate<'_>) -> String {
    let oid = parsed.signature_algorithm.algorithm.to_id_string();
    let name = match oid.as_str() {
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "rsassaPss",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.113549.1.1.12" => "sha384WithRSAEncryption",
        "1.2.840.113549.1.1.13" => "sha512WithRSAEncryption",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.4.3.4" => "ecdsa-with-SHA512",
        "1.3.101.112" => "Ed25519",
        _ => return oid,
    };
    name.to_owned()
}

fn reason_of(error: x509_parser::nom::Err<X509Error>) -> String {
    match error {
        x509_parser::nom::Err::Error(error) | x509_parser::nom::Err::Failure(error) => {
            error.to_string()
        }
        x509_parser::nom::Err::Incomplete(_) => "it is cut off".to_owned(),
    }
}
