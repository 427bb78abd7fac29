//! A key and its chain as PKCS #12 (RFC 7292): the `.pfx` of Windows.

use p12_keystore::error::Error;
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey,
    PrivateKeyChain,
};

use super::bundle::IssuedCertificate;
use super::error::IssueError;

/// How a `.pfx` is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Pkcs12Encryption {
    /// Triple DES and a MAC with SHA-1 (PBES1, RFC 7292 appendix C): every Windows imports it. Those
    /// before Windows Server 2019, on which Lync and Unified Messaging run, import nothing else. It is
    /// weak: whoever has the file can try passwords fast.
    #[default]
    TripleDes,
    /// AES-256 and a MAC with SHA-256 (PBES2, RFC 8018 §6.2): Windows Server 2019 and newer import it.
    Aes256,
}

impl IssuedCertificate {
    /// The key and the chain as PKCS #12 in DER: what Windows imports as a `.pfx`, and OpenSSL 3 without
    /// its legacy provider. The friendly name is [`subject`](Self::subject). The root is left out, as it
    /// belongs into another store.
    ///
    /// The text is encrypted under `password`, hashed 10 000 times, and differs from call to call. *Not*
    /// checked: how good the password is. Copies of the key that the library makes on the way are not
    /// cleared from memory.
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
    ///
    /// # Errors
    ///
    /// [`IssueError::Crypto`] where the password has a character outside of Unicode's Basic Multilingual
    /// Plane, which PKCS #12 cannot hold, and where the library fails.
    pub fn to_pkcs12(
        &self,
        password: &str,
        encryption: Pkcs12Encryption,
    ) -> Result<Vec<u8>, IssueError> {
        let what = format!("the PKCS #12 file of {}", self.subject());
        let written = self.keystore().and_then(|keystore| {
            let (cipher, mac) = match encryption {
                Pkcs12Encryption::TripleDes => (
                    EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc,
                    MacAlgorithm::HmacSha1,
                ),
                Pkcs12Encryption::Aes256 => (
                    EncryptionAlgorithm::PbeWithHmacSha256AndAes256,
                    MacAlgorithm::HmacSha256,
                ),
            };
            let writer = keystore.writer(password).encryption_algorithm(cipher);
            writer.mac_algorithm(mac).write()
        });
        written.map_err(IssueError::crypto(&what))
    }

    fn keystore(&self) -> Result<KeyStore, Error> {
        let chain = self.chain().certificates();
        let chain = chain.map(|certificate| Certificate::from_der(certificate.der()));
        let key = PrivateKey::from_der(&self.key().pkcs8())?;
        // Any bytes do, as long as the key and its certificate share them.
        let entry =
            PrivateKeyChain::new(self.subject(), key, chain.collect::<Result<Vec<_>, _>>()?);
        let mut keystore = KeyStore::new();
        keystore.add_entry(self.subject(), KeyStoreEntry::PrivateKeyChain(entry));
        Ok(keystore)
    }
}
