//! The one place that knows which cryptography library is on. The libraries below pick theirs by the
//! same features: aws-lc-rs wins where both are on.

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs as provider;
#[cfg(all(feature = "ring", not(feature = "aws-lc-rs")))]
use ring as provider;

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!(
    "umcert needs a cryptography library: enable the feature `aws-lc-rs` (the default, every kind of \
     key) or `ring` (builds faster, no RSA key generation)"
);

/// Verifying signatures.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) use provider::signature;

/// Whether RSA keys can be generated.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) const GENERATES_RSA: bool = cfg!(feature = "aws-lc-rs");

/// The SHA-256 digest of `bytes`.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn sha256(bytes: &[u8]) -> Vec<u8> {
    use provider::digest::{SHA256, digest};

    digest(&SHA256, bytes).as_ref().to_vec()
}

/// The HMAC of `text` with SHA-256 (RFC 2104).
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    use provider::hmac::{HMAC_SHA256, Key, sign};

    let tag = sign(&Key::new(HMAC_SHA256, key), text);
    let mut bytes = [0; 32];
    for (to, from) in bytes.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    bytes
}

/// The SHA-1 digest of `bytes`: to name certificates as Windows does, and for nothing that rests on it.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn sha1(bytes: &[u8]) -> Vec<u8> {
    use provider::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

    digest(&SHA1_FOR_LEGACY_USE_ONLY, bytes).as_ref().to_vec()
}

/// Whether the public half of an ECDSA key is worked out where a file leaves it out.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) const DERIVES_PUBLIC_KEYS: bool = cfg!(feature = "aws-lc-rs");

/// Bytes from the random number generator of the system.
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
pub(crate) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    use provider::rand::{SecureRandom, SystemRandom};

    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// The cryptography of TLS. No default of the process is read or set: a library must not.
#[cfg(all(feature = "rustls", feature = "aws-lc-rs"))]
pub(crate) fn tls_provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

/// The cryptography of TLS. No default of the process is read or set: a library must not.
#[cfg(all(feature = "rustls", feature = "ring", not(feature = "aws-lc-rs")))]
pub(crate) fn tls_provider() -> rustls::crypto::CryptoProvider {
    rustls::crypto::ring::default_provider()
}

/// The system gave no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the random number generator of the system gave nothing")]
pub(crate) struct NoRandomness;
