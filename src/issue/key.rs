//! Private keys.

use std::fmt;
use std::num::NonZeroUsize;

use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData,
    SignatureAlgorithm, SigningKey,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use zeroize::{Zeroize, Zeroizing};

use super::error::IssueError;
use crate::crypto;
use crate::parallel::try_on_threads;
use crate::plan::{KeyKind, Plan, PlannedCertificate};
use crate::x509::{self, Certificate};

/// A private key with its public key. `Debug` shows its kind alone, and its memory is cleared when it is
/// dropped.
pub struct KeyPair {
    kind: KeyKind,
    inner: rcgen::KeyPair,
    /// Whether it was derived from a seed, which others may know.
    is_seeded: bool,
}

impl KeyPair {
    /// Generates a key with the random number generator of the system.
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair};
    ///
    /// let key = KeyPair::generate(KeyKind::P256)?;
    /// assert!(key.to_pem().as_str().starts_with("-----BEGIN PRIVATE KEY-----"));
    /// # Ok::<(), umcert::issue::IssueError>(())
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
        let inner = generated.map_err(IssueError::crypto(&format!("a {kind} key")))?;
        Ok(Self::of_parts(kind, inner))
    }

    /// A key for each certificate of `plan`, in its order and of the planned kind: generated on all cores,
    /// or on so many `threads`. An RSA key takes a tenth of a second, and a set has many.
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair, Plan, PlanOptions};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let keys = KeyPair::generate_all(&plan, None)?;
    /// for (certificate, key) in plan.certificates().iter().zip(&keys) {
    ///     certificate.request(key)?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`generate`](Self::generate).
    pub fn generate_all(
        plan: &Plan,
        threads: Option<NonZeroUsize>,
    ) -> Result<Vec<Self>, IssueError> {
        let generate = |planned: &PlannedCertificate| Self::generate(planned.key());
        try_on_threads(threads, plan.certificates(), generate)
    }

    /// A key of this kind.
    pub(super) fn of_parts(kind: KeyKind, inner: rcgen::KeyPair) -> Self {
        Self {
            kind,
            inner,
            is_seeded: false,
        }
    }

    /// A key of this kind that was derived from a seed.
    pub(super) fn seeded(kind: KeyKind, inner: rcgen::KeyPair) -> Self {
        Self {
            kind,
            inner,
            is_seeded: true,
        }
    }

    /// Whether it was derived from a seed: then it is for tests alone.
    pub(super) fn is_seeded(&self) -> bool {
        self.is_seeded
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The private key as PKCS #8 in PEM (RFC 5958, RFC 7468 §10), unencrypted.
    #[must_use]
    pub fn to_pem(&self) -> PrivateKeyPem {
        PrivateKeyPem::of_der("PRIVATE KEY", &self.pkcs8())
    }

    /// The private key as PKCS #8 in DER (RFC 5958), unencrypted. The copy is not cleared for you.
    #[must_use]
    pub fn to_der(&self) -> PrivatePkcs8KeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.pkcs8().to_vec())
    }

    /// Whether `certificate` is for this key.
    ///
    /// ```
    /// use umcert::TestCa;
    ///
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let issued = ca.issue_names(["um1.contoso.com"])?;
    /// let certificate = issued.chain().certificates().next().ok_or("no certificate")?;
    /// assert!(issued.key().is_key_of(certificate));
    /// assert!(!issued.key().is_key_of(&ca.roots()[0]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn is_key_of(&self, certificate: &Certificate) -> bool {
        certificate.raw_public_key() == self.inner.subject_public_key_info()
    }

    pub(super) fn pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let der = self.inner.serialized_der();
        let der = ed25519_version_1(der).unwrap_or_else(|| der.to_vec());
        Zeroizing::new(der)
    }

    /// Signs `message` as the key's kind does; with a key from a seed, the same each time.
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        #[cfg(feature = "seeded-p256")]
        if self.is_seeded && self.kind == KeyKind::P256 {
            let signature = super::seed_p256::sign(self.inner.serialized_der(), message);
            return signature.ok_or(rcgen::Error::RemoteKeyError);
        }
        self.inner.sign(message)
    }

    /// The key for rcgen to read.
    pub(super) fn inner(&self) -> &rcgen::KeyPair {
        &self.inner
    }
}

fn generate_rsa(kind: KeyKind) -> Result<Result<rcgen::KeyPair, rcgen::Error>, IssueError> {
    if !crypto::GENERATES_RSA {
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

/// An Ed25519 key without its public half, or `None` for every other key. The libraries write version 2
/// of PKCS #8 (RFC 5958 §2) with that half in it, which OpenSSL 3.0 and Windows do not read.
fn ed25519_version_1(der: &[u8]) -> Option<Vec<u8>> {
    const VERSION_2: &[u8] = &[0x30, 0x51, 0x02, 0x01, 0x01];
    const VERSION_1: &[u8] = &[0x30, 0x2e, 0x02, 0x01, 0x00];
    const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";
    /// The algorithm, and two octet strings around 32 bytes of key.
    const REST: usize = 7 + 2 + 2 + 32;

    let rest = der.strip_prefix(VERSION_2)?.get(..REST)?;
    rest.starts_with(ED25519)
        .then(|| [VERSION_1, rest].concat())
}

/// What a key of this kind signs with.
pub(super) fn algorithm(kind: KeyKind) -> &'static SignatureAlgorithm {
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
        let Self {
            kind,
            inner: _,
            is_seeded,
        } = self;
        f.debug_struct("KeyPair")
            .field("kind", kind)
            .field("private_key", &"[elided]")
            .field("is_seeded", is_seeded)
            .finish()
    }
}

/// A private key in PEM. `Debug` does not show it, it has no `Display`, and its memory is cleared when it
/// is dropped.
pub struct PrivateKeyPem(Zeroizing<String>);

impl PrivateKeyPem {
    pub(super) fn of_der(label: &str, der: &[u8]) -> Self {
        Self(Zeroizing::new(x509::encode_pem(label, der)))
    }

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
