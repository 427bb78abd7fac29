//! The cryptography backend: aws-lc-rs or ring.
//!
//! No other module names a backend. With both features enabled, aws-lc-rs is used, here and in the dependencies.

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs as provider;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
use ring as provider;

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!(
    "umcert needs a cryptography library: enable the feature `aws-lc-rs` (the default, every kind of \
     key) or `ring` (builds faster, no RSA key generation)"
);

/// Verification of signatures with algorithms that webpki does not have.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) use provider::signature;
pub(crate) use rustls_pki_types::SignatureVerificationAlgorithm;
/// The algorithms that webpki accepts for paths. ring lacks ECDSA on P-521, and ECDSA with SHA-512.
pub(crate) use webpki::ALL_VERIFICATION_ALGS as VERIFICATION_ALGORITHMS;

/// `true` if the backend can generate RSA keys.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) const GENERATES_RSA: bool = cfg!(feature = "aws-lc-rs");

/// `true` if the backend can derive the public part of an ECDSA key that a file omits.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) const DERIVES_PUBLIC_KEYS: bool = cfg!(feature = "aws-lc-rs");

/// Returns the SHA-256 digest of `bytes`.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    use provider::digest::{SHA256, digest};

    digest(&SHA256, bytes).as_ref().to_vec()
}

/// Returns the HMAC of `text` with SHA-256 (RFC 2104).
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    use provider::hmac::{HMAC_SHA256, Key, sign};

    let tag = sign(&Key::new(HMAC_SHA256, key), text);
    let bytes = tag.as_ref().try_into();
    bytes.expect("a tag of HMAC-SHA-256 has 32 bytes")
}

/// Returns the SHA-1 digest of `bytes`. Windows identifies certificates by it; this crate does not rely on its
/// security.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn sha1(bytes: &[u8]) -> Vec<u8> {
    use provider::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

    digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

/// Returns bytes from the random number generator of the system.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    use provider::rand::{SecureRandom, SystemRandom};

    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// Returns the backend for TLS. The process-wide default is neither read nor set: that is up to the application.
#[cfg(all(feature = "rustls", feature = "aws-lc-rs"))]
pub(crate) fn tls_provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

/// Returns the backend for TLS. The process-wide default is neither read nor set: that is up to the application.
#[cfg(all(feature = "rustls", feature = "ring", not(feature = "aws-lc-rs")))]
pub(crate) fn tls_provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

/// The random number generator of the system failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the random number generator of the system failed")]
pub(crate) struct NoRandomness;
