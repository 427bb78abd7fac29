//! Private keys from files. Whatever form a key has, it becomes PKCS #8: the one form that both
//! cryptography libraries read, and the one that is written.

use rustls_pki_types::PrivatePkcs8KeyDer;
use yasna::models::ObjectIdentifier;
use yasna::{ASN1Error, ASN1ErrorKind, ASN1Result, BERReaderSeq, Tag};
use zeroize::Zeroizing;

use super::der;
use super::key::{KeyPair, algorithm};
use super::key_error::KeyError;
use crate::backend;
use crate::plan::KeyKind;
use crate::x509::{self, FoundKey};

/// rsaEncryption (RFC 8017 appendix C).
const RSA: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];
/// id-RSASSA-PSS: RSA keys that sign in no other way.
const RSA_PSS: &[u64] = &[1, 2, 840, 113_549, 1, 1, 10];
/// id-ecPublicKey (RFC 5480 §2.1.1), with a curve.
const EC: &[u64] = &[1, 2, 840, 10_045, 2, 1];
const P256: &[u64] = &[1, 2, 840, 10_045, 3, 1, 7];
const P384: &[u64] = &[1, 3, 132, 0, 34];
const P521: &[u64] = &[1, 3, 132, 0, 35];
const ED25519: &[u64] = &[1, 3, 101, 112];

/// How deep the elements of a key are passed over: those of PKCS #8, and of its AlgorithmIdentifier.
const LEVELS: u8 = 2;

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
        match x509::private_key(bytes)? {
            FoundKey::Pkcs8(der) => Self::from_pkcs8(&der),
            FoundKey::Pkcs1(der) => Self::from_pkcs8(&pkcs8_of(&identifier(&[RSA], true), &der)),
            FoundKey::Sec1(der) => Self::from_pkcs8(&pkcs8_of_sec1(&der)?),
            FoundKey::Encrypted(_) => Err(KeyError::Encrypted),
            FoundKey::OldEncrypted => Err(old_encryption()),
        }
    }

    /// Reads a key in PKCS #8.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        let outline = outline(der).map_err(KeyError::malformed("its PKCS #8"))?;
        let kind = outline.kind()?;
        let key = PrivatePkcs8KeyDer::from(der);
        let inner = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&key, algorithm(kind));
        let refused = KeyError::malformed("the cryptography library refuses its numbers");
        Ok(Self::of_parts(kind, inner.map_err(refused)?))
    }
}

/// What is said of the encryption that PEM headers announce.
pub(super) fn old_encryption() -> KeyError {
    KeyError::UnsupportedEncryption {
        how: "in the way of old OpenSSL (`Proc-Type: 4,ENCRYPTED`)".to_owned(),
    }
}

/// What PKCS #8 says of the key in it.
struct Outline {
    algorithm: ObjectIdentifier,
    curve: Option<ObjectIdentifier>,
    key: Zeroizing<Vec<u8>>,
}

impl Outline {
    fn kind(&self) -> Result<KeyKind, KeyError> {
        let curve = self.curve.as_ref().map(|it| it.components().as_slice());
        match (self.algorithm.components().as_slice(), curve) {
            (RSA, _) => self.rsa_kind(),
            (EC, Some(P256)) => self.ec_kind(KeyKind::P256),
            (EC, Some(P384)) => self.ec_kind(KeyKind::P384),
            (EC, Some(P521)) => Err(unsupported("an ECDSA key on P-521")),
            (EC, Some(curve)) => Err(unsupported(format!("an ECDSA key on {}", dotted(curve)))),
            (EC, None) => Err(unsupported("an ECDSA key on no named curve")),
            (ED25519, _) => Ok(KeyKind::Ed25519),
            (RSA_PSS, _) => Err(unsupported("an RSASSA-PSS key")),
            (other, _) => Err(unsupported(format!("a key of algorithm {}", dotted(other)))),
        }
    }

    fn rsa_kind(&self) -> Result<KeyKind, KeyError> {
        let bits = rsa_bits(&self.key).map_err(KeyError::malformed("its PKCS #1"))?;
        let mut kinds = KeyKind::ALL.iter().copied();
        let kind = kinds.find(|kind| kind.rsa_bits().map(usize::from) == Some(bits));
        kind.ok_or_else(|| unsupported(format!("an RSA key of {bits} bits")))
    }

    fn ec_kind(&self, kind: KeyKind) -> Result<KeyKind, KeyError> {
        let sec1 = sec1(&self.key).map_err(KeyError::malformed("its SEC 1"))?;
        if !sec1.has_public_key && !backend::DERIVES_PUBLIC_KEYS {
            return Err(KeyError::UnsupportedForm {
                found: "an ECDSA key without its public half",
                feature: "aws-lc-rs",
            });
        }
        Ok(kind)
    }
}

fn unsupported(found: impl Into<String>) -> KeyError {
    let found = found.into();
    KeyError::UnsupportedKey { found }
}

fn dotted(oid: &[u64]) -> String {
    let arcs: Vec<String> = oid.iter().map(u64::to_string).collect();
    arcs.join(".")
}

/// Reads a SEQUENCE that is all of `der`.
fn sequence<T>(
    der: &[u8],
    read: impl FnOnce(&mut BERReaderSeq<'_, '_>) -> ASN1Result<T>,
) -> ASN1Result<T> {
    // yasna 0.6 passes over an element without a look at its length, which would overflow.
    if !is_whole(der, LEVELS) {
        return Err(ASN1Error::new(ASN1ErrorKind::Eof));
    }
    yasna::parse_der(der, |reader| reader.read_sequence(read))
}

/// Whether every element of `der` is there to its end, so many levels deep.
fn is_whole(der: &[u8], levels: u8) -> bool {
    const CONSTRUCTED: u8 = 0x20;
    let mut rest = der;
    while !rest.is_empty() {
        let Some((tag, content, behind)) = x509::whole_element(rest) else {
            return false;
        };
        if levels > 0 && tag & CONSTRUCTED != 0 && !is_whole(content, levels - 1) {
            return false;
        }
        rest = behind;
    }
    true
}

/// Reads PKCS #8 (RFC 5958 §2).
fn outline(der: &[u8]) -> ASN1Result<Outline> {
    sequence(der, |reader| {
        reader.next().read_u8()?;
        let (algorithm, curve) = reader.next().read_sequence(|reader| {
            let algorithm = reader.next().read_oid()?;
            let curve = reader.read_optional(|reader| reader.read_oid())?;
            rest(reader)?;
            Ok((algorithm, curve))
        })?;
        let key = Zeroizing::new(reader.next().read_bytes()?);
        // Attributes (Windows writes them) and a public key.
        rest(reader)?;
        Ok(Outline {
            algorithm,
            curve,
            key,
        })
    })
}

/// Passes over what else stands in a sequence.
fn rest(reader: &mut BERReaderSeq<'_, '_>) -> ASN1Result<()> {
    while reader.read_optional(|reader| reader.read_der())?.is_some() {}
    Ok(())
}

/// The size of the modulus in an RSAPrivateKey (RFC 8017 A.1.2).
fn rsa_bits(der: &[u8]) -> ASN1Result<usize> {
    sequence(der, |reader| {
        reader.next().read_u8()?;
        let (modulus, _) = reader.next().read_bigint_bytes()?;
        // Each of the others is secret, and so are the copies.
        while let Some(number) = reader.read_optional(|reader| reader.read_der())? {
            drop(Zeroizing::new(number));
        }
        let zeros = modulus.iter().take_while(|byte| **byte == 0).count();
        let first = modulus.get(zeros).map_or(0, |byte| byte.leading_zeros());
        let first = usize::try_from(first).unwrap_or_default();
        Ok((modulus.len() - zeros) * 8 - first)
    })
}

/// What an ECPrivateKey says besides the key itself (RFC 5915 §3).
struct Sec1 {
    curve: Option<ObjectIdentifier>,
    has_public_key: bool,
}

fn sec1(der: &[u8]) -> ASN1Result<Sec1> {
    sequence(der, |reader| {
        reader.next().read_u8()?;
        drop(Zeroizing::new(reader.next().read_bytes()?));
        let curve = reader.read_optional(|reader| {
            reader.read_tagged(Tag::context(0), |reader| reader.read_oid())
        })?;
        let public_key = reader.read_optional(|reader| {
            reader.read_tagged(Tag::context(1), |reader| reader.read_bitvec_bytes())
        })?;
        Ok(Sec1 {
            curve,
            has_public_key: public_key.is_some(),
        })
    })
}

fn pkcs8_of_sec1(der: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let sec1 = sec1(der).map_err(KeyError::malformed("its SEC 1"))?;
    let curve = sec1.curve.as_ref();
    let curve = curve.ok_or_else(|| unsupported("an ECDSA key on no named curve"))?;
    Ok(pkcs8_of(&identifier(&[EC, curve.components()], false), der))
}

/// An AlgorithmIdentifier of these object identifiers (RFC 5280 §4.1.1.2).
fn identifier(oids: &[&[u64]], with_null: bool) -> Vec<u8> {
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            for oid in oids {
                writer.next().write_oid(&ObjectIdentifier::from_slice(oid));
            }
            if with_null {
                writer.next().write_null();
            }
        });
    })
}

/// PKCS #8 around a key of this algorithm (RFC 5958 §2).
fn pkcs8_of(algorithm: &[u8], key: &[u8]) -> Zeroizing<Vec<u8>> {
    const VERSION_1: &[u8] = &[0x02, 0x01, 0x00];
    let octets = Zeroizing::new(der::element(0x04, &[key]));
    Zeroizing::new(der::element(0x30, &[VERSION_1, algorithm, &octets]))
}
