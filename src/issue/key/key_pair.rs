//! A private key with its public key.

use std::fmt;
use std::num::NonZeroUsize;

use rcgen::{
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, PublicKeyData,
    SignatureAlgorithm, SigningKey,
};
use rustls_pki_types::PrivatePkcs8KeyDer;
use zeroize::{Zeroize, Zeroizing};

use crate::crypto;
use crate::issue::error::IssueError;
use crate::parallel;
use crate::plan::{KeyKind, Plan, PlannedCertificate};
use crate::x509::{self, Certificate};

/// A private key with its public key. `Debug` shows only its kind, and its memory is cleared when it is
/// dropped.
#[doc(alias("genpkey", "genrsa", "pkcs8", "private key"))]
pub struct KeyPair {
    kind: KeyKind,
    inner: rcgen::KeyPair,
    /// `true` if the key was derived from a seed, which others may know.
    is_seeded: bool,
}

impl KeyPair {
    /// Generates a key with the random number generator of the system.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::UnsupportedKey`] for an RSA key if only the feature `ring` is enabled, and
    /// [`IssueError::Crypto`] if the cryptography library fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair};
    ///
    /// let key = KeyPair::generate(KeyKind::P256)?;
    /// assert!(key.to_pem().as_str().starts_with("-----BEGIN PRIVATE KEY-----"));
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    pub fn generate(kind: KeyKind) -> Result<Self, IssueError> {
        let generated = if kind.rsa_bits().is_some() {
            if !crypto::GENERATES_RSA {
                return Err(IssueError::UnsupportedKey {
                    kind,
                    feature: "aws-lc-rs",
                });
            }
            generate_rsa(kind)
        } else {
            rcgen::KeyPair::generate_for(signature_algorithm(kind))
        };
        let inner = generated.map_err(IssueError::crypto(&format!("the {kind} key")))?;
        Ok(Self::from_rcgen(kind, inner))
    }

    /// Generates a key of the planned kind for each certificate of `plan`, in the order of the plan.
    ///
    /// Uses the given number of threads, or one for each core. An RSA key takes a tenth of a second.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`generate`](Self::generate).
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair, Plan, PlanOptions};
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let keys = KeyPair::generate_all(&plan, None)?;
    /// for (certificate, key) in plan.certificates().iter().zip(&keys) {
    ///     certificate.request(key)?;
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn generate_all(
        plan: &Plan,
        threads: Option<NonZeroUsize>,
    ) -> Result<Vec<Self>, IssueError> {
        let generate = |planned: &PlannedCertificate| Self::generate(planned.key());
        let keys = parallel::map(threads, plan.certificates(), generate);
        keys.into_iter().collect()
    }

    /// Creates a key pair from a key of rcgen that is known to be of this kind.
    pub(super) fn from_rcgen(kind: KeyKind, inner: rcgen::KeyPair) -> Self {
        Self {
            kind,
            inner,
            is_seeded: false,
        }
    }

    /// Creates a key pair like [`from_rcgen`](Self::from_rcgen), from a key that was derived from a seed.
    pub(super) fn from_seeded_rcgen(kind: KeyKind, inner: rcgen::KeyPair) -> Self {
        Self {
            kind,
            inner,
            is_seeded: true,
        }
    }

    /// Returns a copy of the key. It is not `Clone`, so that each copy of a secret is visible in the code.
    #[must_use]
    pub fn clone_key(&self) -> Self {
        let der = PrivatePkcs8KeyDer::from(self.inner.serialized_der());
        let algorithm = signature_algorithm(self.kind);
        let inner = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&der, algorithm);
        Self {
            kind: self.kind,
            inner: inner.expect("rcgen reads the form in which it keeps a key"),
            is_seeded: self.is_seeded,
        }
    }

    /// Returns the key as one that was derived from a seed.
    pub(in crate::issue) fn into_seeded(mut self) -> Self {
        self.is_seeded = true;
        self
    }

    /// Returns `true` if the key was derived from a seed. Such a key is for tests only.
    pub(in crate::issue) fn is_seeded(&self) -> bool {
        self.is_seeded
    }

    /// Returns the kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Returns the unencrypted private key as PKCS #8 in PEM (RFC 5958, RFC 7468 §10).
    #[must_use]
    pub fn to_pem(&self) -> PrivateKeyPem {
        PrivateKeyPem::from_der("PRIVATE KEY", &self.to_pkcs8())
    }

    /// Returns the unencrypted private key as PKCS #8 in DER (RFC 5958). The memory of the copy is not
    /// cleared.
    #[must_use]
    pub fn to_der(&self) -> PrivatePkcs8KeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.to_pkcs8().to_vec())
    }

    /// Returns `true` if `certificate` is for this key.
    ///
    /// # Examples
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
        certificate.raw_public_key() == self.public_key_der()
    }

    /// Returns the public key as SubjectPublicKeyInfo in DER.
    pub(in crate::issue) fn public_key_der(&self) -> Vec<u8> {
        self.inner.subject_public_key_info()
    }

    /// Returns the unencrypted private key as PKCS #8 in DER.
    pub(in crate::issue) fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        let der = self.inner.serialized_der();
        Zeroizing::new(ed25519_version_1(der).unwrap_or_else(|| der.to_vec()))
    }

    /// Signs `message` with the algorithm of the key's kind. The signature of a seeded key is the same each
    /// time.
    pub(in crate::issue) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        #[cfg(feature = "seeded-p256")]
        if self.is_seeded && self.kind == KeyKind::P256 {
            let signature = super::seeded_p256::sign(self.inner.serialized_der(), message);
            return signature.ok_or(rcgen::Error::RemoteKeyError);
        }
        self.inner.sign(message)
    }

    /// Returns rcgen's form of the key.
    pub(in crate::issue) fn as_rcgen(&self) -> &rcgen::KeyPair {
        &self.inner
    }
}

#[cfg(feature = "aws-lc-rs")]
fn generate_rsa(kind: KeyKind) -> Result<rcgen::KeyPair, rcgen::Error> {
    let size = match kind {
        KeyKind::Rsa3072 => rcgen::RsaKeySize::_3072,
        KeyKind::Rsa4096 => rcgen::RsaKeySize::_4096,
        _ => rcgen::RsaKeySize::_2048,
    };
    rcgen::KeyPair::generate_rsa_for(signature_algorithm(kind), size)
}

/// Returns the error of rcgen, because ring does not generate RSA keys.
#[cfg(not(feature = "aws-lc-rs"))]
fn generate_rsa(kind: KeyKind) -> Result<rcgen::KeyPair, rcgen::Error> {
    rcgen::KeyPair::generate_for(signature_algorithm(kind))
}

/// Returns an Ed25519 key without its public key, or `None` for every other key.
///
/// The libraries write version 2 of PKCS #8 (RFC 5958 §2), which includes the public key. OpenSSL 3.0 and
/// Windows read only version 1.
fn ed25519_version_1(der: &[u8]) -> Option<Vec<u8>> {
    const VERSION_2: &[u8] = &[0x30, 0x51, 0x02, 0x01, 0x01];
    const VERSION_1: &[u8] = &[0x30, 0x2e, 0x02, 0x01, 0x00];
    const ED25519: &[u8] = b"\x30\x05\x06\x03\x2b\x65\x70";
    /// The algorithm, and the headers of two octet strings around the 32 bytes of the key.
    const BODY_LEN: usize = 7 + 2 + 2 + 32;

    let body = der.strip_prefix(VERSION_2)?.get(..BODY_LEN)?;
    body.starts_with(ED25519)
        .then(|| [VERSION_1, body].concat())
}

/// Returns the algorithm with which keys of this kind sign.
pub(super) fn signature_algorithm(kind: KeyKind) -> &'static SignatureAlgorithm {
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

/// A private key in PEM. `Debug` does not show it, it has no `Display`, and its memory is cleared when it is
/// dropped.
pub struct PrivateKeyPem(Zeroizing<String>);

impl PrivateKeyPem {
    pub(super) fn from_der(label: &str, der: &[u8]) -> Self {
        Self(Zeroizing::new(x509::encode_pem(label, der)))
    }

    /// Returns the PEM text, which is a secret.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PrivateKeyPem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("PrivateKeyPem([elided])")
    }
}
