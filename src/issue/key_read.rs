//! Private keys from files. Whatever form a key has, it becomes PKCS #8: the one form that both
//! cryptography libraries read, and the one that is written.

use rustls_pki_types::PrivatePkcs8KeyDer;
use zeroize::Zeroizing;

use super::der::{self, BIT_STRING, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use super::key::{KeyPair, algorithm};
use super::key_error::KeyError;
use crate::crypto;
use crate::plan::KeyKind;
use crate::text::join;
use crate::x509::{self, EncodedPrivateKey};

// Object identifiers, as the content of their DER.

/// rsaEncryption, 1.2.840.113549.1.1.1 (RFC 8017 appendix C).
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/// id-RSASSA-PSS, 1.2.840.113549.1.1.10: RSA keys that sign in no other way.
const RSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
/// id-ecPublicKey, 1.2.840.10045.2.1 (RFC 5480 §2.1.1), with a curve.
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
/// 1.2.840.10045.3.1.7.
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
/// 1.3.132.0.34.
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
/// 1.3.132.0.35.
const P521: &[u8] = b"\x2b\x81\x04\x00\x23";
/// 1.3.101.112 (RFC 8410 §3).
const ED25519: &[u8] = b"\x2b\x65\x70";

const NO_NAMED_CURVE: &str = "an ECDSA key on no named curve";

/// The fields of an ECPrivateKey that may be missing.
const CURVE: u8 = 0xa0;
const PUBLIC_KEY: u8 = 0xa1;

impl KeyPair {
    /// Reads the one private key that a file holds: PKCS #8, PKCS #1 (`RSA PRIVATE KEY`) or SEC 1
    /// (`EC PRIVATE KEY`), in PEM, with any text and certificates around it, or in DER. A byte order mark
    /// and UTF-16 are seen through. Keys on curves must be on a named one.
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair};
    ///
    /// let pem = KeyPair::generate(KeyKind::P384)?.to_pem();
    /// assert_eq!(KeyPair::from_bytes(pem.as_str().as_bytes())?.kind(), KeyKind::P384);
    ///
    /// let error = KeyPair::from_bytes(b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");
    /// assert_eq!(
    ///     error.unwrap_err().to_string(),
    ///     "found no private key but a certificate; its key is in another file, or in the store that \
    ///      made the request",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Copies of the key that are made here are cleared; those that the PEM reader makes are not.
    ///
    /// # Errors
    ///
    /// [`KeyError::Read`] where there is not exactly one key, saying what was found instead;
    /// [`KeyError::Encrypted`] where it is encrypted, and [`KeyError::UnsupportedEncryption`] where that is
    /// in the way of old OpenSSL (`Proc-Type: 4,ENCRYPTED`); [`KeyError::UnsupportedKey`] where it is of no
    /// [`KeyKind`]; [`KeyError::UnsupportedForm`] for an ECDSA key without its public half where the
    /// feature `ring` alone is on; and [`KeyError::Malformed`] where it is broken.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        match x509::read_private_key(bytes)? {
            EncodedPrivateKey::Pkcs8(der) => Self::from_pkcs8(&der),
            EncodedPrivateKey::Pkcs1(der) => Self::from_pkcs8(&pkcs8_of(RSA, &[NULL, 0], &der)),
            EncodedPrivateKey::Sec1(der) => Self::from_pkcs8(&pkcs8_of_sec1(&der)?),
            EncodedPrivateKey::Encrypted(_) => Err(KeyError::Encrypted),
            EncodedPrivateKey::OpenSslEncrypted => Err(old_encryption()),
        }
    }

    /// Reads a key in PKCS #8.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let Some(outline) = Outline::of_pkcs8(der) else {
            return Err(misshapen("its PKCS #8", "RFC 5958 §2"));
        };
        let kind = outline.kind()?;
        let key = PrivatePkcs8KeyDer::from(der);
        match rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&key, algorithm(kind)) {
            Ok(inner) => Ok(Self::of_parts(kind, inner)),
            Err(refused) => Err(KeyError::Malformed {
                what: "the cryptography library refuses its numbers",
                source: refused.into(),
            }),
        }
    }
}

/// What is said of the encryption that PEM headers announce.
pub(super) fn old_encryption() -> KeyError {
    KeyError::UnsupportedEncryption {
        how: "in the way of old OpenSSL (`Proc-Type: 4,ENCRYPTED`)".to_owned(),
    }
}

/// What was found, and the object identifier that says so.
fn unsupported(what: &str, oid: Option<&[u8]>) -> KeyError {
    let found = match oid {
        Some(oid) => format!("{what} {}", dotted(oid)),
        None => what.to_owned(),
    };
    KeyError::UnsupportedKey { found }
}

/// A part of a key that is not as the standard says.
fn misshapen(what: &'static str, standard: &str) -> KeyError {
    let source = format!("it is cut off, or holds another element than {standard} has there");
    KeyError::Malformed {
        what,
        source: source.into(),
    }
}

fn dotted(oid: &[u8]) -> String {
    match x509::oid_arcs(oid) {
        Some(arcs) => join(&arcs, "."),
        None => "(malformed)".to_owned(),
    }
}

/// The fields of a SEQUENCE that are still to be read.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// Those of the SEQUENCE that is all of `der`.
    fn of(der: &'a [u8]) -> Option<Self> {
        match x509::whole_element(der)? {
            (SEQUENCE, content, []) => Some(Self(content)),
            _ => None,
        }
    }

    /// The content of the next one, where it has this tag.
    fn next(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, content, behind) = x509::whole_element(self.0)?;
        if found != tag {
            return None;
        }
        self.0 = behind;
        Some(content)
    }

    /// Passes over what else is there; `None` where some of it is cut off.
    fn rest(mut self) -> Option<()> {
        while !self.0.is_empty() {
            (_, _, self.0) = x509::whole_element(self.0)?;
        }
        Some(())
    }
}

/// What PKCS #8 says of the key in it.
struct Outline<'a> {
    algorithm: &'a [u8],
    curve: Option<&'a [u8]>,
    key: &'a [u8],
}

impl<'a> Outline<'a> {
    /// Reads PKCS #8 (RFC 5958 §2).
    fn of_pkcs8(der: &'a [u8]) -> Option<Self> {
        let mut fields = Fields::of(der)?;
        fields.next(INTEGER)?;
        let mut identifier = Fields(fields.next(SEQUENCE)?);
        let algorithm = identifier.next(OBJECT_IDENTIFIER)?;
        let curve = identifier.next(OBJECT_IDENTIFIER);
        identifier.rest()?;
        let key = fields.next(OCTET_STRING)?;
        // Attributes (Windows writes them) and a public key.
        fields.rest()?;
        Some(Self {
            algorithm,
            curve,
            key,
        })
    }

    fn kind(&self) -> Result<KeyKind, KeyError> {
        match (self.algorithm, self.curve) {
            (RSA, _) => self.rsa_kind(),
            (EC, Some(P256)) => self.ec_kind(KeyKind::P256),
            (EC, Some(P384)) => self.ec_kind(KeyKind::P384),
            (ED25519, _) => Ok(KeyKind::Ed25519),
            (EC, Some(P521)) => Err(unsupported("an ECDSA key on P-521", None)),
            (EC, Some(curve)) => Err(unsupported("an ECDSA key on", Some(curve))),
            (EC, None) => Err(unsupported(NO_NAMED_CURVE, None)),
            (RSA_PSS, _) => Err(unsupported("an RSASSA-PSS key", None)),
            (other, _) => Err(unsupported("a key of algorithm", Some(other))),
        }
    }

    fn rsa_kind(&self) -> Result<KeyKind, KeyError> {
        let Some(bits) = rsa_bits(self.key) else {
            return Err(misshapen("its PKCS #1", "RFC 8017 A.1.2"));
        };
        for kind in KeyKind::ALL {
            if kind.rsa_bits().map(usize::from) == Some(bits) {
                return Ok(*kind);
            }
        }
        Err(unsupported(&format!("an RSA key of {bits} bits"), None))
    }

    fn ec_kind(&self, kind: KeyKind) -> Result<KeyKind, KeyError> {
        if !sec1(self.key)?.has_public_key && !crypto::DERIVES_PUBLIC_KEYS {
            return Err(KeyError::UnsupportedForm {
                found: "an ECDSA key without its public half",
                feature: "aws-lc-rs",
            });
        }
        Ok(kind)
    }
}

/// The size of the modulus in an RSAPrivateKey (RFC 8017 A.1.2).
fn rsa_bits(der: &[u8]) -> Option<usize> {
    let mut fields = Fields::of(der)?;
    fields.next(INTEGER)?;
    let modulus = der::without_zeros(fields.next(INTEGER)?);
    fields.rest()?;
    let zeros = modulus.first().map_or(0, |byte| byte.leading_zeros());
    Some(modulus.len() * 8 - usize::try_from(zeros).unwrap_or_default())
}

/// What an ECPrivateKey says besides the key itself (RFC 5915 §3).
struct Sec1<'a> {
    curve: Option<&'a [u8]>,
    has_public_key: bool,
}

impl<'a> Sec1<'a> {
    fn of_der(der: &'a [u8]) -> Option<Self> {
        let mut fields = Fields::of(der)?;
        fields.next(INTEGER)?;
        fields.next(OCTET_STRING)?;
        let curve = match fields.next(CURVE) {
            Some(tagged) => Some(Fields(tagged).next(OBJECT_IDENTIFIER)?),
            None => None,
        };
        let public_key = match fields.next(PUBLIC_KEY) {
            Some(tagged) => Some(Fields(tagged).next(BIT_STRING)?),
            None => None,
        };
        fields.0.is_empty().then_some(Self {
            curve,
            has_public_key: public_key.is_some(),
        })
    }
}

fn sec1(der: &[u8]) -> Result<Sec1<'_>, KeyError> {
    match Sec1::of_der(der) {
        Some(sec1) => Ok(sec1),
        None => Err(misshapen("its SEC 1", "RFC 5915 §3")),
    }
}

fn pkcs8_of_sec1(der: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    match sec1(der)?.curve {
        Some(curve) => Ok(pkcs8_of(
            EC,
            &der::element(OBJECT_IDENTIFIER, &[curve]),
            der,
        )),
        None => Err(unsupported(NO_NAMED_CURVE, None)),
    }
}

/// PKCS #8 around a key of this algorithm with these parameters (RFC 5958 §2).
fn pkcs8_of(algorithm: &[u8], parameters: &[u8], key: &[u8]) -> Zeroizing<Vec<u8>> {
    const VERSION_1: &[u8] = &[INTEGER, 0x01, 0x00];
    let algorithm = der::element(OBJECT_IDENTIFIER, &[algorithm]);
    let identifier = der::element(SEQUENCE, &[&algorithm, parameters]);
    let octets = Zeroizing::new(der::element(OCTET_STRING, &[key]));
    Zeroizing::new(der::element(SEQUENCE, &[VERSION_1, &identifier, &octets]))
}
