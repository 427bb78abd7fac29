//! The kind and size of public keys.

use std::fmt;

use x509_parser::asn1_rs::Tag;
use x509_parser::public_key::PublicKey as ParsedKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::error::MalformedError;
use crate::text::escape_and_truncate;

/// The kind of a public key. Displays as "RSA 2048" or "ECDSA P-256".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// RSA. Contains the size of the modulus in bits.
    Rsa(usize),
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// An elliptic curve key with the parameters of its curve in place of the curve's name, which RFC 5480 §2.1.1
    /// forbids.
    ExplicitCurve,
    /// Another algorithm or curve. Contains the OID, cut after 80 characters.
    Other(String),
}

impl PublicKey {
    /// Reads the kind of a key.
    pub(super) fn new(key: &SubjectPublicKeyInfo<'_>) -> Result<Self, MalformedError> {
        let oid = key.algorithm.algorithm.to_id_string();
        if oid == "1.3.101.112" {
            return Ok(Self::Ed25519);
        }
        match key.parsed() {
            Ok(ParsedKey::RSA(rsa)) => Ok(Self::Rsa(rsa.key_size())),
            Ok(ParsedKey::EC(_)) if has_explicit_curve(&key.algorithm) => Ok(Self::ExplicitCurve),
            Ok(ParsedKey::EC(_)) => Ok(match curve(&key.algorithm).as_deref() {
                Some("1.2.840.10045.3.1.7") => Self::P256,
                Some("1.3.132.0.34") => Self::P384,
                Some("1.3.132.0.35") => Self::P521,
                Some(curve) => Self::Other(escape_and_truncate(curve)),
                None => Self::Other(escape_and_truncate(&oid)),
            }),
            Ok(_) => Ok(Self::Other(escape_and_truncate(&oid))),
            Err(_) => Err(MalformedError::PublicKey),
        }
    }

    /// Returns `true` if this is an RSA key of a size that the cryptography libraries do not verify with.
    pub(super) fn is_rsa_out_of_range(&self) -> bool {
        matches!(self, Self::Rsa(bits) if !(2048..=8192).contains(bits))
    }
}

/// Returns the OID of the curve of an elliptic curve key.
fn curve(algorithm: &AlgorithmIdentifier<'_>) -> Option<String> {
    let oid = algorithm.parameters.as_ref()?.as_oid().ok()?;
    Some(oid.to_id_string())
}

/// Returns `true` if the parameters of an elliptic curve key are a SEQUENCE (`specifiedCurve`, RFC 5480 §2.1.1).
fn has_explicit_curve(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    let parameters = algorithm.parameters.as_ref();
    parameters.is_some_and(|parameters| parameters.tag() == Tag::Sequence)
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::P256 => f.write_str("ECDSA P-256"),
            Self::P384 => f.write_str("ECDSA P-384"),
            Self::P521 => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::ExplicitCurve => f.write_str("EC key with explicit parameters"),
            Self::Other(oid) => write!(f, "key of algorithm `{oid}`"),
        }
    }
}
