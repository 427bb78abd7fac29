//! Encrypts and decrypts private keys: encrypted PKCS #8 (RFC 5958 §3) with PBES2 (RFC 8018 §6.2).

use std::path::Path;

use pkcs8::der::Encode;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::pkcs5::{self, EncryptionScheme, pbes2};
use pkcs8::{EncryptedPrivateKeyInfo, EncryptedPrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::key_pair::{KeyPair, PrivateKeyPem};
use super::parse::pem_encryption;
use crate::crypto;
use crate::issue::error::{IssueError, KeyError};
use crate::x509::{self, EncodedPrivateKey, ReadFileError};

/// PBKDF2 iterations for writing a key: OWASP's recommendation for HMAC with SHA-256.
const ITERATIONS: u32 = 600_000;
/// Largest number of PBKDF2 iterations for reading a key. They take some seconds.
const MAX_ITERATIONS: u32 = 10_000_000;
/// Largest amount of memory that scrypt may use, in bytes. OWASP's recommendation (N = 2^17, r = 8, p = 1)
/// takes 128 MiB and 1 KiB.
const MAX_SCRYPT_MEMORY: u64 = 129 << 20;
/// Largest parallelisation of scrypt.
const MAX_SCRYPT_LANES: u16 = 16;

impl KeyPair {
    /// Returns the private key as encrypted PKCS #8 in PEM (`ENCRYPTED PRIVATE KEY`, RFC 7468 §11).
    ///
    /// The encryption is PBES2 with PBKDF2 (HMAC with SHA-256, 600,000 iterations) and AES-256-CBC, which OpenSSL and
    /// Java read. The encryption takes a fraction of a second. An empty password is accepted.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::Crypto`] if the cryptography library fails.
    ///
    /// # Examples
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
    #[doc(alias("password", "pkcs8"))]
    pub fn to_encrypted_pem(&self, password: &str) -> Result<PrivateKeyPem, IssueError> {
        let what = "the encrypted private key";
        let salt: [u8; 16] = crypto::random().map_err(IssueError::crypto(what))?;
        let iv: [u8; 16] = crypto::random().map_err(IssueError::crypto(what))?;
        let encrypted = encrypt(&self.to_pkcs8(), password, &salt, iv);
        let der = encrypted.map_err(IssueError::crypto(what))?;
        Ok(PrivateKeyPem::from_der("ENCRYPTED PRIVATE KEY", &der))
    }

    /// Parses the only private key in a file as [`from_bytes`](Self::from_bytes) does, and decrypts it with
    /// `password` if it is encrypted PKCS #8.
    ///
    /// Supports PBES2 with PBKDF2 or scrypt, and with AES or triple DES (which OpenSSL before 3 wrote).
    ///
    /// # Errors
    ///
    /// - Returns [`KeyError::WrongPassword`] if the password does not decrypt the key.
    /// - Returns [`KeyError::UnsupportedEncryption`] if the key is encrypted in another way, or if decryption takes
    ///   more than ten million iterations of PBKDF2 or 129 MiB of memory for scrypt.
    /// - Returns the errors of [`from_bytes`](Self::from_bytes).
    pub fn from_encrypted(bytes: &[u8], password: &str) -> Result<Self, KeyError> {
        match x509::read_private_key(bytes)? {
            EncodedPrivateKey::Encrypted(der) => {
                let decrypted = decrypt(&der, password)?;
                // One wrong password in 256 yields valid padding by chance.
                Self::from_pkcs8(&decrypted).map_err(|error| match error {
                    KeyError::Malformed { .. } => KeyError::WrongPassword,
                    other => other,
                })
            }
            EncodedPrivateKey::OpenSslEncrypted => Err(pem_encryption()),
            _ => Self::from_bytes(bytes),
        }
    }

    /// Parses the only private key in the file at `path`, as [`from_encrypted`](Self::from_encrypted) does.
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path if the system cannot read the file, or with the error of
    /// [`from_encrypted`](Self::from_encrypted).
    pub fn from_encrypted_file(
        path: impl AsRef<Path>,
        password: &str,
    ) -> Result<Self, ReadFileError> {
        x509::read_file(path.as_ref(), |bytes| Self::from_encrypted(bytes, password))
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
    let info = EncryptedPrivateKeyInfoRef::try_from(der)
        .map_err(|_| unsupported("with a scheme other than PBES2"))?;
    check_cost(&info.encryption_algorithm)?;
    let data = info.encrypted_data.as_bytes();
    match info.encryption_algorithm.decrypt(password, data) {
        Ok(pkcs8) => Ok(Zeroizing::new(pkcs8)),
        Err(pkcs5::Error::UnsupportedAlgorithm { oid }) => Err(unsupported(format!("with {oid}"))),
        Err(pkcs5::Error::AlgorithmParametersInvalid { oid }) => {
            Err(unsupported(format!("with {oid} and invalid parameters")))
        }
        Err(_) => Err(KeyError::WrongPassword),
    }
}

/// Refuses unknown schemes, and parameters that take too much time or memory.
fn check_cost(scheme: &EncryptionScheme) -> Result<(), KeyError> {
    let parameters = match scheme {
        EncryptionScheme::Pbes2(parameters) => parameters,
        other => {
            let oid = other.oid();
            return Err(unsupported(format!("with {oid} of PKCS #5 version 1.5")));
        }
    };
    let is_affordable = match &parameters.kdf {
        pbes2::Kdf::Pbkdf2(pbkdf2) => pbkdf2.iteration_count <= MAX_ITERATIONS,
        pbes2::Kdf::Scrypt(scrypt) => {
            let cost = scrypt.cost_parameter;
            // RFC 7914 §2. pkcs5 0.8 computes the logarithm of a cost of 0.
            if cost < 2 || !cost.is_power_of_two() {
                return Err(unsupported(format!(
                    "with scrypt and a cost of {cost}, which is not a power of two"
                )));
            }
            // RFC 7914 §6: N blocks for mixing, and one for each lane.
            let block = u64::from(scrypt.block_size) * 128;
            let blocks = cost.saturating_add(scrypt.parallelization.into());
            blocks.saturating_mul(block) <= MAX_SCRYPT_MEMORY
                && scrypt.parallelization <= MAX_SCRYPT_LANES
        }
        _ => false,
    };
    if is_affordable {
        Ok(())
    } else {
        Err(unsupported(
            "with a key derivation that takes too much time or memory",
        ))
    }
}

fn unsupported(how: impl Into<String>) -> KeyError {
    KeyError::UnsupportedEncryption { how: how.into() }
}
