//! What a certificate says of itself, in few words.

use std::fmt;

/// The basic constraints of a certificate (RFC 5280 §4.2.1.9).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BasicConstraints {
    /// The extension is not there.
    #[default]
    Absent,
    /// The extension says that this is no CA.
    EndEntity,
    /// The extension says that this is a CA.
    Ca,
}

/// The key usage of a certificate (RFC 5280 §4.2.1.3), as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyUsage {
    /// Signing, as TLS servers do.
    pub digital_signature: bool,
    /// Encrypting keys, as RSA servers of old TLS suites do.
    pub key_encipherment: bool,
    /// Encrypting data.
    pub data_encipherment: bool,
    /// Agreeing on keys, as ECDH keys do.
    pub key_agreement: bool,
    /// Signing certificates, as CAs do.
    pub key_cert_sign: bool,
    /// Signing CRLs, as CAs do.
    pub crl_sign: bool,
}

/// The extended key usage of a certificate (RFC 5280 §4.2.1.12), as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtendedKeyUsage {
    /// Server Authentication, 1.3.6.1.5.5.7.3.1 (D20).
    pub server_auth: bool,
    /// Any purpose, 2.5.29.37.0.
    pub any: bool,
}

/// The public key of a certificate. Displays as "RSA 2048" or "ECDSA P-256".
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// RSA with a modulus of so many bits.
    Rsa(usize),
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// Another algorithm, by its OID.
    Other(String),
}

impl PublicKey {
    /// Whether it is an RSA key of a size that the cryptography libraries do not verify with.
    pub(super) fn is_rsa_out_of_range(&self) -> bool {
        matches!(self, Self::Rsa(bits) if !(2048..=8192).contains(bits))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA {bits}"),
            Self::P256 => f.write_str("ECDSA P-256"),
            Self::P384 => f.write_str("ECDSA P-384"),
            Self::P521 => f.write_str("ECDSA P-521"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Other(oid) => write!(f, "key of algorithm {oid}"),
        }
    }
}

/// Whether a certificate is signed by its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelfSignature {
    /// Issuer and subject are equal, and its own key verifies its signature.
    Valid,
    /// Issuer and subject differ, or its own key does not verify its signature.
    Invalid,
    /// Issuer and subject are equal, and the signature is of an algorithm that cannot be verified here.
    Unsupported,
}
