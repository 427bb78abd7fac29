//! Exports a key and its chain as PKCS #12 (RFC 7292): the `.pfx` of Windows.

use p12_keystore::error::Error;
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey,
    PrivateKeyChain,
};

use super::bundle::IssuedCertificate;
use super::error::IssueError;

/// The encryption of a `.pfx` file.
#[doc(alias("p12", "pfx"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Pkcs12Encryption {
    /// Triple DES and a MAC with SHA-1 (PBES1, RFC 7292 appendix C).
    ///
    /// Every version of Windows imports this. Versions before Windows Server 2019, on which Lync and Unified Messaging
    /// run, import nothing else. The encryption is weak: an attacker with the file can try passwords fast.
    #[default]
    TripleDes,
    /// AES-256 and a MAC with SHA-256 (PBES2, RFC 8018 §6.2). Windows Server 2019 and later import this.
    Aes256,
}

impl Pkcs12Encryption {
    fn algorithms(self) -> (EncryptionAlgorithm, MacAlgorithm) {
        match self {
            Self::TripleDes => (
                EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc,
                MacAlgorithm::HmacSha1,
            ),
            Self::Aes256 => (
                EncryptionAlgorithm::PbeWithHmacSha256AndAes256,
                MacAlgorithm::HmacSha256,
            ),
        }
    }
}

impl IssuedCertificate {
    /// Returns the key and the chain as PKCS #12 in DER.
    ///
    /// Windows imports it as a `.pfx` file, and OpenSSL 3 reads it without its legacy provider. The friendly name is
    /// [`subject`](Self::subject). The root is omitted, because it belongs in another store.
    ///
    /// The key is derived from `password` with 10,000 iterations, and the result differs from call to call. The
    /// strength of the password is *not* checked. Copies of the key that the library makes are not cleared from
    /// memory.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::Crypto`] if the password has a character outside the Basic Multilingual Plane of
    /// Unicode, which PKCS #12 cannot express, or if the library fails.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::issue::Pkcs12Encryption;
    /// use umcert::TestCa;
    ///
    /// let issued = TestCa::new("Contoso Test CA")?.issue_names(["um1.contoso.com"])?;
    /// let pfx = issued.to_pkcs12("correct horse", Pkcs12Encryption::TripleDes)?;
    /// # let _ = pfx;
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    #[doc(alias("p12", "pfx"))]
    pub fn to_pkcs12(
        &self,
        password: &str,
        encryption: Pkcs12Encryption,
    ) -> Result<Vec<u8>, IssueError> {
        let what = format!("the PKCS #12 file of {}", self.subject());
        let (cipher, mac) = encryption.algorithms();
        let keystore = self.to_keystore().map_err(IssueError::crypto(&what))?;
        let writer = keystore
            .writer(password)
            .encryption_algorithm(cipher)
            .mac_algorithm(mac);
        writer.write().map_err(IssueError::crypto(&what))
    }

    fn to_keystore(&self) -> Result<KeyStore, Error> {
        let certificates = self.chain().certificates();
        let chain = certificates
            .map(|certificate| Certificate::from_der(certificate.der()))
            .collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKey::from_der(&self.key().to_pkcs8())?;
        // The local key id may be any bytes that the key and its certificate share.
        let entry = PrivateKeyChain::new(self.subject(), key, chain);
        let mut keystore = KeyStore::new();
        keystore.add_entry(self.subject(), KeyStoreEntry::PrivateKeyChain(entry));
        Ok(keystore)
    }
}
