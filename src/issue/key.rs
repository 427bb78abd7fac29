//! Private keys.

use std::fmt;

use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256,
    SignatureAlgorithm,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use zeroize::{Zeroize, Zeroizing};

use super::error::IssueError;
use crate::backend;
use crate::plan::KeyKind;
use crate::x509;

/// A private key with its public key. `Debug` shows its kind alone, and its memory is cleared when it is
/// dropped.
pub struct KeyPair {
    kind: KeyKind,
    inner: rcgen::KeyPair,
}

impl KeyPair {
    /// Generates a key with the random number generator of the system.
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair};
    ///
    /// let key = KeyPair::generate(KeyKind::P256)?;
    /// assert!(key.to_pem().as_str().starts_with("-----BEGIN PRIVATE KEY-----"));
    /// # Ok::<(), umcert::IssueError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IssueError::UnsupportedKey`] for RSA where the feature `ring` alone is on, and
    /// [`IssueError::Crypto`] where the library fails.
    pub fn generate(kind: KeyKind) -> Result<Self, IssueError> {
        let generated = match kind {
            KeyKind::Rsa2048 | KeyKind::Rsa3072 | KeyKind::Rsa4096 => generate_rsa(kind)?,
            KeyKind::P256 | KeyKind::P384 | KeyKind::Ed25519 => {
                rcgen::KeyPair::generate_for(algorithm(kind))
            }
        };
        let inner = generated.map_err(IssueError::crypto(format!("a {kind} key")))?;
        Ok(Self { kind, inner })
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The private key as PKCS #8 in PEM (RFC 5958, RFC 7468 §10), unencrypted.
    #[must_use]
    pub fn to_pem(&self) -> PrivateKeyPem {
        PrivateKeyPem(Zeroizing::new(x509::pem(
            "PRIVATE KEY",
            self.inner.serialized_der(),
        )))
    }

    /// The private key as PKCS #8 in DER (RFC 5958), unencrypted. The copy is not cleared for you.
    #[must_use]
    pub fn to_der(&self) -> PrivatePkcs8KeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.inner.serialized_der().to_vec())
    }

    /// The key for rcgen to sign with.
    pub(super) fn inner(&self) -> &rcgen::KeyPair {
        &self.inner
    }
}

fn generate_rsa(kind: KeyKind) -> Result<Result<rcgen::KeyPair, rcgen::Error>, IssueError> {
    if !backend::GENERATES_RSA {
        return Err(IssueError::UnsupportedKey {
            kind,
            feature: "aws-lc-rs",
        });
    }
    #[cfg(feature = "aws-lc-rs")]
    let size = match kind {
        KeyKind::Rsa3072 => rcgen::RsaKeySize::_3072,
        KeyKind::Rsa4096 => rcgen::RsaKeySize::_4096,
        _ => rcgen::RsaKeySize::_2048,
    };
    #[cfg(feature = "aws-lc-rs")]
    let generated = rcgen::KeyPair::generate_rsa_for(algorithm(kind), size);
    #[cfg(not(feature = "aws-lc-rs"))]
    let generated = rcgen::KeyPair::generate_for(algorithm(kind));
    Ok(generated)
}

/// What a key of this kind signs with.
fn algorithm(kind: KeyKind) -> &'static SignatureAlgorithm {
    match kind {
        KeyKind::Rsa2048 | KeyKind::Rsa3072 | KeyKind::Rsa4096 => &PKCS_RSA_SHA256,
        KeyKind::P256 => &PKCS_ECDSA_P256_SHA256,
        KeyKind::P384 => &PKCS_ECDSA_P384_SHA384,
        KeyKind::Ed25519 => &PKCS_ED25519,
    }
}

impl Drop for KeyPair {
    fn drop(&mut self) {
        self.inner.zeroize();
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, inner: _ } = self;
        f.debug_struct("KeyPair")
            .field("kind", kind)
            .field("private_key", &"[elided]")
            .finish()
    }
}

/// A private key in PEM. `Debug` does not show it, it has no `Display`, and its memory is cleared when it
/// is dropped.
pub struct PrivateKeyPem(Zeroizing<String>);

impl PrivateKeyPem {
    /// The text: a secret.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PrivateKeyPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKeyPem([elided])")
    }
}
