//! Private keys under a password: encrypted PKCS #8 (RFC 5958 §3) by PBES2 (RFC 8018 §6.2).

use pkcs8::der::Encode;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::pkcs5::{self, EncryptionScheme, pbes2};
use pkcs8::{EncryptedPrivateKeyInfo, EncryptedPrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::error::IssueError;
use super::key::{KeyPair, PrivateKeyPem};
use super::key_error::KeyError;
use super::key_read::old_encryption;
use crate::crypto;
use crate::x509::{self, EncodedPrivateKey};

/// How often a password is hashed for a key that is written: OWASP's figure for PBKDF2 with SHA-256.
const ITERATIONS: u32 = 600_000;
/// How often a password is hashed at most for a key that is read: some seconds.
const MAX_ITERATIONS: u32 = 10_000_000;
/// How much memory scrypt may ask for, in bytes, and how many lanes: four times what OpenSSL allows it.
const MAX_SCRYPT_MEMORY: u64 = 128 * 1024 * 1024;
const MAX_SCRYPT_LANES: u16 = 16;

impl KeyPair {
    /// The private key as encrypted PKCS #8 in PEM (`ENCRYPTED PRIVATE KEY`, RFC 7468 §11): PBES2 with
    /// PBKDF2 (HMAC with SHA-256, 600 000 rounds) and AES-256-CBC, which OpenSSL and Java read. Takes a
    /// fraction of a second.
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair};
    ///
    /// let key = KeyPair::generate(KeyKind::P256)?;
    /// let pem = key.to_encrypted_pem("correct horse")?;
    /// assert!(KeyPair::from_encrypted(pem.as_str().as_bytes(), "correct horse").is_ok());
    /// assert!(KeyPair::from_encrypted(pem.as_str().as_bytes(), "battery staple").is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IssueError::Crypto`] where the cryptography library fails. An empty password is no error.
    pub fn to_encrypted_pem(&self, password: &str) -> Result<PrivateKeyPem, IssueError> {
        let what = "an encrypted private key";
        let salt: [u8; 16] = crypto::random().map_err(IssueError::crypto(what))?;
        let iv: [u8; 16] = crypto::random().map_err(IssueError::crypto(what))?;
        let der = encrypt(&self.pkcs8(), password, &salt, iv).map_err(IssueError::crypto(what))?;
        Ok(PrivateKeyPem::of_der("ENCRYPTED PRIVATE KEY", &der))
    }

    /// Reads the one private key that a file holds, as [`from_bytes`](Self::from_bytes) does, and decrypts
    /// it with `password` where it is encrypted PKCS #8: PBES2 with PBKDF2 or scrypt, and AES or, as
    /// OpenSSL before 3 wrote it, triple DES.
    ///
    /// # Errors
    ///
    /// [`KeyError::WrongPassword`] where the password does not open it;
    /// [`KeyError::UnsupportedEncryption`] where it is encrypted in another way, or so that opening it
    /// would take more than ten million rounds of PBKDF2 or 128 MiB of memory; and those of
    /// [`from_bytes`](Self::from_bytes).
    pub fn from_encrypted(bytes: &[u8], password: &str) -> Result<Self, KeyError> {
        match x509::read_private_key(bytes)? {
            EncodedPrivateKey::Encrypted(der) => {
                match Self::from_pkcs8(&decrypt(&der, password)?) {
                    // One wrong password in 256 leaves what looks like an end of the text.
                    Err(KeyError::Malformed { .. }) => Err(KeyError::WrongPassword),
                    read => read,
                }
            }
            EncodedPrivateKey::OpenSslEncrypted => Err(old_encryption()),
            _ => Self::from_bytes(bytes),
        }
    }
}

fn encrypt(pkcs8: &[u8], password: &str, salt: &[u8], iv: [u8; 16]) -> pkcs8::Result<Vec<u8>> {
    let scheme = pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(ITERATIONS, salt, iv)?;
    let encrypted = scheme.encrypt(password, pkcs8)?;
    let info = EncryptedPrivateKeyInfo {
        encryption_algorithm: EncryptionScheme::from(scheme),
        encrypted_data: OctetStringRef::new(&encrypted)?,
    };
    Ok(info.to_der()?)
}

fn decrypt(der: &[u8], password: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let info = EncryptedPrivateKeyInfoRef::try_from(der);
    let info = info.map_err(|_| unsupported("by another scheme than PBES2 with AES"))?;
    check(&info.encryption_algorithm)?;
    let data = info.encrypted_data.as_bytes();
    match info.encryption_algorithm.decrypt(password, data) {
        Ok(pkcs8) => Ok(Zeroizing::new(pkcs8)),
        Err(pkcs5::Error::UnsupportedAlgorithm { oid }) => Err(unsupported(format!("by {oid}"))),
        Err(pkcs5::Error::AlgorithmParametersInvalid { oid }) => Err(unsupported(format!(
            "by {oid} with parameters that it cannot have"
        ))),
        Err(_) => Err(KeyError::WrongPassword),
    }
}

/// Refuses what would keep this machine busy, or is not known.
fn check(scheme: &EncryptionScheme) -> Result<(), KeyError> {
    let kdf = match scheme {
        EncryptionScheme::Pbes2(parameters) => &parameters.kdf,
        other => {
            return Err(unsupported(format!(
                "by {}, of PKCS #5 version 1.5",
                other.oid()
            )));
        }
    };
    let is_bounded = match kdf {
        pbes2::Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= MAX_ITERATIONS,
        // RFC 7914 §2; pkcs5 0.8 computes the logarithm of a cost of 0.
        pbes2::Kdf::Scrypt(scrypt)
            if scrypt.cost_parameter < 2 || !scrypt.cost_parameter.is_power_of_two() =>
        {
            let cost = scrypt.cost_parameter;
            return Err(unsupported(format!(
                "by scrypt with a cost of {cost}, and that must be a power of two"
            )));
        }
        pbes2::Kdf::Scrypt(scrypt) => {
            let block = u64::from(scrypt.block_size) * 128;
            let memory = scrypt.cost_parameter.saturating_mul(block);
            memory <= MAX_SCRYPT_MEMORY && scrypt.parallelization <= MAX_SCRYPT_LANES
        }
        _ => false,
    };
    match is_bounded {
        true => Ok(()),
        false => Err(unsupported(
            "so that opening it takes more than is spent here",
        )),
    }
}

fn unsupported(how: impl Into<String>) -> KeyError {
    KeyError::UnsupportedEncryption { how: how.into() }
}
