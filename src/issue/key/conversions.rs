//! Conversions of private keys to and from the types of rustls.

use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::key_pair::{KeyPair, PrivateKeyPem};
use crate::issue::error::KeyError;

/// Returns the unencrypted key, as [`KeyPair::to_der`] does.
impl From<&KeyPair> for PrivatePkcs8KeyDer<'static> {
    fn from(key: &KeyPair) -> Self {
        key.to_der()
    }
}

/// Returns the unencrypted key as PKCS #8, as [`KeyPair::to_der`] does.
impl From<&KeyPair> for PrivateKeyDer<'static> {
    fn from(key: &KeyPair) -> Self {
        key.to_der().into()
    }
}

/// Parses a key, as [`KeyPair::from_bytes`] does.
impl TryFrom<&PrivatePkcs8KeyDer<'_>> for KeyPair {
    type Error = KeyError;

    fn try_from(key: &PrivatePkcs8KeyDer<'_>) -> Result<Self, KeyError> {
        Self::from_bytes(key.secret_pkcs8_der())
    }
}

/// Parses a key, as [`KeyPair::from_bytes`] does.
impl TryFrom<&PrivateKeyDer<'_>> for KeyPair {
    type Error = KeyError;

    fn try_from(key: &PrivateKeyDer<'_>) -> Result<Self, KeyError> {
        Self::from_bytes(key.secret_der())
    }
}

/// Returns the PEM text, which is a secret.
impl AsRef<str> for PrivateKeyPem {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// Returns the bytes of the PEM text, which is a secret.
impl AsRef<[u8]> for PrivateKeyPem {
    fn as_ref(&self) -> &[u8] {
        self.as_str().as_bytes()
    }
}
