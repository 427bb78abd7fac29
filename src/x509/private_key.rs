//! Finds the private key in a file and its encoding. The key itself is not parsed here.

use zeroize::Zeroizing;

use super::der::peek_element;
use super::error::ReadError;
use super::read;
use super::sniff::Kind;

// Tags of DER.

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;

/// A private key in DER, by its encoding.
pub(crate) enum EncodedPrivateKey {
    /// PKCS #8 (RFC 5958), for every kind of key.
    Pkcs8(Zeroizing<Vec<u8>>),
    /// PKCS #1 (RFC 8017 A.1.2), for RSA keys.
    Pkcs1(Zeroizing<Vec<u8>>),
    /// SEC 1 (RFC 5915), for elliptic curve keys.
    Sec1(Zeroizing<Vec<u8>>),
    /// Encrypted PKCS #8 (RFC 5958 §3).
    #[cfg_attr(
        not(feature = "encrypted-keys"),
        expect(dead_code, reason = "only that feature decrypts it")
    )]
    Encrypted(Zeroizing<Vec<u8>>),
    /// A key that old OpenSSL encrypted by PEM headers (RFC 1421), with a key derived by MD5.
    OpenSslEncrypted,
}

/// Returns the only private key in `bytes`. Certificates and parameters in the same file are skipped.
pub(crate) fn read_private_key(bytes: &[u8]) -> Result<EncodedPrivateKey, ReadError> {
    let section = read::private_key(bytes)?;
    let der = section.der;
    Ok(match section.kind {
        Some(Kind::OpenSslEncryptedKey) => EncodedPrivateKey::OpenSslEncrypted,
        Some(Kind::EncryptedKey) => EncodedPrivateKey::Encrypted(der),
        // The content decides: some tools label PKCS #1 as PKCS #8.
        _ => match tag_after_version(&der) {
            Some(INTEGER) => EncodedPrivateKey::Pkcs1(der),
            Some(OCTET_STRING) => EncodedPrivateKey::Sec1(der),
            _ => EncodedPrivateKey::Pkcs8(der),
        },
    })
}

/// Returns the tag after the version of a private key. The version does not tell the encodings apart: 1 is the version
/// of SEC 1, of RSA keys with more than two primes, and of PKCS #8 with a public key.
fn tag_after_version(der: &[u8]) -> Option<u8> {
    let (_, fields, _) = peek_element(der)?;
    let (_version, _, rest) = peek_element(fields)?;
    rest.first().copied()
}
