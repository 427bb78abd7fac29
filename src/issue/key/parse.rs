//! Parses private keys from files.
//!
//! Every form of a key is converted to PKCS #8, the only form that both cryptography libraries read, and the form that
//! this crate writes.

use std::path::Path;

use rustls_pki_types::PrivatePkcs8KeyDer;
use yasna::DERWriter;
use yasna::models::TaggedDerValue;
use yasna::tags::TAG_OID;
use zeroize::Zeroizing;

use super::key_pair::{KeyPair, signature_algorithm};
use crate::crypto;
use crate::issue::error::KeyError;
use crate::plan::KeyKind;
use crate::text;
use crate::x509::{self, EncodedPrivateKey, ReadFileError};

// Object identifiers, as the content of their DER.

/// rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017 appendix C).
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/// id-RSASSA-PSS, 1.2.840.113549.1.1.10: RSA keys that sign only with RSASSA-PSS.
const RSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
/// id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480 §2.1.1); its parameter is the curve.
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
/// id-dsa, 1.2.840.10040.4.1 (RFC 3279 §2.3.2).
const DSA: &[u8] = b"\x2a\x86\x48\xce\x38\x04\x01";
/// secp256r1, 1.2.840.10045.3.1.7.
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
/// secp384r1, 1.3.132.0.34.
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
/// secp521r1, 1.3.132.0.35.
const P521: &[u8] = b"\x2b\x81\x04\x00\x23";
/// id-Ed25519, 1.3.101.112 (RFC 8410 §3).
const ED25519: &[u8] = b"\x2b\x65\x70";

// Tags of DER.

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// The optional curve of an ECPrivateKey (RFC 5915 §3).
const EC_CURVE: u8 = 0xa0;
/// The optional public key of an ECPrivateKey.
const EC_PUBLIC_KEY: u8 = 0xa1;

const UNNAMED_CURVE: &str = "an ECDSA key without a curve";
const EXPLICIT_CURVE: &str = "an ECDSA key with explicit curve parameters (`openssl ec -param_enc named_curve` names the curve)";

impl KeyPair {
    /// Parses the only private key in a file: PKCS #8, PKCS #1 (`RSA PRIVATE KEY`) or SEC 1
    /// (`EC PRIVATE KEY`).
    ///
    /// The file may be DER or PEM, and PEM may have other text and certificates around the key. A byte order
    /// mark and UTF-16 are decoded. ECDSA keys must be on a named curve.
    ///
    /// Copies of the key that this function creates are cleared; those of the PEM reader are not.
    ///
    /// # Errors
    ///
    /// - Returns [`KeyError::Read`] if the file does not contain exactly one key. The error describes the contents.
    /// - Returns [`KeyError::Encrypted`] if the key is encrypted, and [`KeyError::UnsupportedEncryption`] if
    ///   OpenSSL's own PEM encryption was used (`Proc-Type: 4,ENCRYPTED`).
    /// - Returns [`KeyError::UnsupportedKey`] if the key is of none of the kinds in [`KeyKind`].
    /// - Returns [`KeyError::UnsupportedForm`] for an ECDSA key without its public key if only the feature
    ///   `ring` is enabled.
    /// - Returns [`KeyError::Malformed`] if the key is malformed.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair};
    ///
    /// let pem = KeyPair::generate(KeyKind::P384)?.to_pem();
    /// assert_eq!(KeyPair::from_bytes(pem.as_str().as_bytes())?.kind(), KeyKind::P384);
    ///
    /// let certificate = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    /// assert!(KeyPair::from_bytes(certificate).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        match x509::read_private_key(bytes)? {
            EncodedPrivateKey::Pkcs8(der) => Self::from_pkcs8(&der),
            EncodedPrivateKey::Pkcs1(der) => Self::from_pkcs8(&wrap_in_pkcs8(RSA, None, &der)),
            EncodedPrivateKey::Sec1(der) => Self::from_pkcs8(&convert_sec1(&der)?),
            EncodedPrivateKey::Encrypted(_) => Err(KeyError::Encrypted),
            EncodedPrivateKey::OpenSslEncrypted => Err(pem_encryption()),
        }
    }

    /// Parses the only private key in the file at `path`, as [`from_bytes`](Self::from_bytes) does.
    ///
    /// *Not* checked: who can read the file.
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path if the system cannot read the file, or with the error of
    /// [`from_bytes`](Self::from_bytes).
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ReadFileError> {
        x509::read_file(path.as_ref(), Self::from_bytes)
    }

    /// Parses a key in PKCS #8.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let parsed = Pkcs8::parse(der).ok_or_else(|| malformed("PKCS #8", "RFC 5958 §2"))?;
        let kind = parsed.kind()?;
        let key = PrivatePkcs8KeyDer::from(der);
        rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&key, signature_algorithm(kind))
            .map(|inner| Self::from_rcgen(kind, inner))
            .map_err(|error| KeyError::Malformed {
                what: "numbers",
                source: error.into(),
            })
    }
}

/// Returns the error for OpenSSL's own encryption of PEM files.
pub(super) fn pem_encryption() -> KeyError {
    KeyError::UnsupportedEncryption {
        how: "in PEM by OpenSSL (`Proc-Type: 4,ENCRYPTED`)".to_owned(),
    }
}

fn unsupported(found: impl Into<String>) -> KeyError {
    KeyError::UnsupportedKey {
        found: found.into(),
    }
}

fn malformed(what: &'static str, standard: &str) -> KeyError {
    let source = format!("it is truncated, or its elements differ from {standard}");
    KeyError::Malformed {
        what,
        source: source.into(),
    }
}

/// Returns an object identifier in dotted form, cut to a length that fits a message.
fn display_oid(content: &[u8]) -> String {
    match x509::oid_arcs(content) {
        Some(arcs) => text::escape_and_truncate(&text::join(arcs, ".")),
        None => "(malformed)".to_owned(),
    }
}

/// The elements of a SEQUENCE that have not been read yet.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// Opens `der`, which must be one SEQUENCE.
    fn of_sequence(der: &'a [u8]) -> Option<Self> {
        match x509::whole_element(der)? {
            (SEQUENCE, content, []) => Some(Self(content)),
            _ => None,
        }
    }

    /// Reads the content of the next element. Returns `None` and reads nothing if the element has another tag.
    fn read(&mut self, expected_tag: u8) -> Option<&'a [u8]> {
        let (tag, content, rest) = x509::whole_element(self.0)?;
        if tag != expected_tag {
            return None;
        }
        self.0 = rest;
        Some(content)
    }

    /// Skips the remaining elements. Returns `None` if one of them is truncated.
    fn skip_rest(mut self) -> Option<()> {
        while !self.0.is_empty() {
            (_, _, self.0) = x509::whole_element(self.0)?;
        }
        Some(())
    }
}

/// The parts of a PKCS #8 key (RFC 5958 §2) that determine its kind.
struct Pkcs8<'a> {
    algorithm: &'a [u8],
    curve: Curve<'a>,
    key: &'a [u8],
}

/// The parameters of an elliptic curve (RFC 5480 §2.1.1, RFC 3279 §2.3.5).
#[derive(Clone, Copy)]
enum Curve<'a> {
    /// The object identifier.
    Named(&'a [u8]),
    /// Field, coefficients and base point.
    Explicit,
    Absent,
}

impl<'a> Curve<'a> {
    /// Reads the parameters, if they are the next of `elements`.
    fn read(elements: &mut Elements<'a>) -> Self {
        if let Some(name) = elements.read(OBJECT_IDENTIFIER) {
            return Self::Named(name);
        }
        match elements.read(SEQUENCE) {
            Some(_) => Self::Explicit,
            None => Self::Absent,
        }
    }
}

impl<'a> Pkcs8<'a> {
    fn parse(der: &'a [u8]) -> Option<Self> {
        let mut elements = Elements::of_sequence(der)?;
        elements.read(INTEGER)?;
        let mut identifier = Elements(elements.read(SEQUENCE)?);
        let algorithm = identifier.read(OBJECT_IDENTIFIER)?;
        let curve = Curve::read(&mut identifier);
        identifier.skip_rest()?;
        let key = elements.read(OCTET_STRING)?;
        // The rest are attributes, which Windows writes, and a public key.
        elements.skip_rest()?;
        Some(Self {
            algorithm,
            curve,
            key,
        })
    }

    fn kind(&self) -> Result<KeyKind, KeyError> {
        match (self.algorithm, self.curve) {
            (RSA, _) => self.rsa_kind(),
            (EC, Curve::Named(P256)) => self.ec_kind(KeyKind::P256),
            (EC, Curve::Named(P384)) => self.ec_kind(KeyKind::P384),
            (ED25519, _) => Ok(KeyKind::Ed25519),
            (EC, Curve::Named(P521)) => Err(unsupported("an ECDSA key on P-521")),
            (EC, Curve::Named(curve)) => Err(unsupported(format!(
                "an ECDSA key on {}",
                display_oid(curve)
            ))),
            (EC, Curve::Explicit) => Err(unsupported(EXPLICIT_CURVE)),
            (EC, Curve::Absent) => Err(unsupported(UNNAMED_CURVE)),
            (DSA, _) => Err(unsupported("a DSA key")),
            (RSA_PSS, _) => Err(unsupported("an RSASSA-PSS key")),
            (other, _) => Err(unsupported(format!(
                "a key of algorithm {}",
                display_oid(other)
            ))),
        }
    }

    fn rsa_kind(&self) -> Result<KeyKind, KeyError> {
        let key = RsaKey::parse(self.key).ok_or_else(|| malformed("PKCS #1", "RFC 8017 A.1.2"))?;
        if key.is_dsa() {
            return Err(unsupported("a DSA key"));
        }
        if key.has_more_primes() {
            return Err(unsupported("an RSA key of more than two primes"));
        }
        let bits = key.modulus_bits;
        let kind = KeyKind::ALL
            .iter()
            .find(|kind| kind.rsa_bits().map(usize::from) == Some(bits));
        kind.copied()
            .ok_or_else(|| unsupported(format!("an RSA key of {bits} bits")))
    }

    fn ec_kind(&self, kind: KeyKind) -> Result<KeyKind, KeyError> {
        if !Sec1::parse(self.key)?.has_public_key && !crypto::DERIVES_PUBLIC_KEYS {
            return Err(KeyError::UnsupportedForm {
                found: "an ECDSA key without its public key",
                feature: "aws-lc-rs",
            });
        }
        Ok(kind)
    }
}

/// The parts of an RSAPrivateKey (RFC 8017 A.1.2) that determine its kind.
struct RsaKey {
    version: u8,
    modulus_bits: usize,
    /// Number of elements after the version.
    numbers: usize,
}

impl RsaKey {
    fn parse(der: &[u8]) -> Option<Self> {
        let mut elements = Elements::of_sequence(der)?;
        let version = *elements.read(INTEGER)?.last()?;
        let modulus = elements.read(INTEGER)?;
        let mut numbers = 1;
        while !elements.0.is_empty() {
            (_, _, elements.0) = x509::whole_element(elements.0)?;
            numbers += 1;
        }
        Some(Self {
            version,
            modulus_bits: bits(modulus)?,
            numbers,
        })
    }

    /// Returns `true` for a DSA key in the form of OpenSSL, which has five numbers: p, q, g, and both keys.
    fn is_dsa(&self) -> bool {
        self.version == 0 && self.numbers == 5
    }

    fn has_more_primes(&self) -> bool {
        self.version == 1
    }
}

/// Returns the size of a number in bits.
fn bits(number: &[u8]) -> Option<usize> {
    let Some(first) = number.iter().position(|byte| *byte != 0) else {
        return Some(0);
    };
    let highest_byte_bits = u8::BITS - number[first].leading_zeros();
    let lower_bytes = number.len() - first - 1;
    Some(lower_bytes * 8 + usize::try_from(highest_byte_bits).ok()?)
}

/// The optional parts of an ECPrivateKey (RFC 5915 §3).
struct Sec1<'a> {
    curve: Curve<'a>,
    has_public_key: bool,
}

impl<'a> Sec1<'a> {
    fn parse(der: &'a [u8]) -> Result<Self, KeyError> {
        Self::parse_elements(der).ok_or_else(|| malformed("SEC 1", "RFC 5915 §3"))
    }

    fn parse_elements(der: &'a [u8]) -> Option<Self> {
        let mut elements = Elements::of_sequence(der)?;
        elements.read(INTEGER)?;
        elements.read(OCTET_STRING)?;
        let curve = match elements.read(EC_CURVE) {
            Some(tagged) => match Curve::read(&mut Elements(tagged)) {
                Curve::Absent => return None,
                curve => curve,
            },
            None => Curve::Absent,
        };
        let public_key = match elements.read(EC_PUBLIC_KEY) {
            Some(tagged) => Some(Elements(tagged).read(BIT_STRING)?),
            None => None,
        };
        elements.0.is_empty().then_some(Self {
            curve,
            has_public_key: public_key.is_some(),
        })
    }
}

/// Converts an ECPrivateKey to PKCS #8.
fn convert_sec1(der: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    match Sec1::parse(der)?.curve {
        Curve::Named(curve) => Ok(wrap_in_pkcs8(EC, Some(curve), der)),
        Curve::Explicit => Err(unsupported(EXPLICIT_CURVE)),
        Curve::Absent => Err(unsupported(UNNAMED_CURVE)),
    }
}

/// Wraps a private key of this algorithm, on this curve, in PKCS #8 (RFC 5958 §2).
fn wrap_in_pkcs8(algorithm: &[u8], curve: Option<&[u8]>, key: &[u8]) -> Zeroizing<Vec<u8>> {
    // yasna does not clear a buffer when it reallocates. So yasna writes zeros, and the key replaces them.
    let placeholder = vec![0; key.len()];
    let mut pkcs8 = Zeroizing::new(yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_u8(0);
            writer.next().write_sequence(|writer| {
                write_oid(writer.next(), algorithm);
                match curve {
                    Some(curve) => write_oid(writer.next(), curve),
                    None => writer.next().write_null(),
                }
            });
            writer.next().write_bytes(&placeholder);
        });
    }));
    let key_start = pkcs8.len() - key.len();
    pkcs8[key_start..].copy_from_slice(key);
    pkcs8
}

/// Writes an object identifier whose content is given in DER.
fn write_oid(writer: DERWriter<'_>, content: &[u8]) {
    writer.write_tagged_der(&TaggedDerValue::from_tag_and_bytes(
        TAG_OID,
        content.to_vec(),
    ));
}
