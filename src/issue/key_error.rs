//! Why a private key could not be taken from a file.

use std::error::Error;

use crate::x509::ReadError;

/// Why a private key could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// There is none, or more than one, or its PEM is broken.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is encrypted.
    #[error(
        "the private key is encrypted: read it with `KeyPair::from_encrypted` (umcert's feature `encrypted-keys`) and its password"
    )]
    Encrypted,
    /// It is encrypted in a way that cannot be undone here.
    #[error(
        "the private key is encrypted {how}, which is not read here: convert it with `openssl pkcs8 -topk8 -v2 aes256`"
    )]
    #[non_exhaustive]
    UnsupportedEncryption {
        /// In which way.
        how: String,
    },
    /// The password does not open it, or the file was changed.
    #[error("the password does not open the private key")]
    WrongPassword,
    /// It is not of a kind that keys are generated in.
    #[error(
        "found {found}: keys are RSA of 2048, 3072 or 4096 bits, ECDSA on P-256 or P-384, or Ed25519"
    )]
    #[non_exhaustive]
    UnsupportedKey {
        /// What it is: "an RSA key of 1024 bits", "an ECDSA key on P-521" …
        found: String,
    },
    /// The cryptography library of this build cannot read it.
    #[error(
        "this build cannot read {found}: enable umcert's feature `{feature}`, or convert it with `openssl pkey`"
    )]
    #[non_exhaustive]
    UnsupportedForm {
        /// What it is.
        found: &'static str,
        /// The feature that can.
        feature: &'static str,
    },
    /// Its structure is broken, or its numbers do not belong together.
    #[error("the private key is malformed: {what}")]
    #[non_exhaustive]
    Malformed {
        /// What is broken: "its PKCS #8" …
        what: &'static str,
        /// What the library says.
        source: Box<dyn Error + Send + Sync>,
    },
}
