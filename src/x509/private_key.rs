//! Finds the private key in a file and its encoding. The key itself is not parsed here.

use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::SectionKind;
use zeroize::Zeroizing;

use super::error::ReadError;
use super::pem;
use super::read;
use super::sniff::{DerKind, Expected};

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

/// The constructor of an encoding.
type Encoding = fn(Zeroizing<Vec<u8>>) -> EncodedPrivateKey;

/// Returns the only private key in `bytes`. Certificates and parameters in the same file are skipped.
pub(crate) fn read_private_key(bytes: &[u8]) -> Result<EncodedPrivateKey, ReadError> {
    let expected = Expected::PrivateKey;
    let Some(text) = read::text(bytes)? else {
        return match detect_encoding(bytes) {
            Some(encoding) => Ok(encoding(Zeroizing::new(bytes.to_vec()))),
            None => Err(expected.other_der(bytes)),
        };
    };
    if pem::contains(&text, b"Proc-Type: 4,ENCRYPTED") {
        return Ok(EncodedPrivateKey::OpenSslEncrypted);
    }
    let sections = pem::sections(&text)?;
    let section = expected.single(&text, &sections)?;
    // The DER takes precedence over the label: some tools label PKCS #1 as PKCS #8.
    let encoding = detect_encoding(&section.der).unwrap_or(match section.kind {
        SectionKind::RsaPrivateKey => EncodedPrivateKey::Pkcs1,
        SectionKind::EcPrivateKey => EncodedPrivateKey::Sec1,
        _ => EncodedPrivateKey::Pkcs8,
    });
    Ok(encoding(section.der.clone()))
}

fn detect_encoding(der: &[u8]) -> Option<Encoding> {
    match DerKind::detect(der)? {
        DerKind::EncryptedKey => Some(EncodedPrivateKey::Encrypted),
        DerKind::PrivateKey => match PrivateKeyDer::try_from(der).ok()? {
            PrivateKeyDer::Pkcs8(_) => Some(EncodedPrivateKey::Pkcs8),
            PrivateKeyDer::Pkcs1(_) => Some(EncodedPrivateKey::Pkcs1),
            PrivateKeyDer::Sec1(_) => Some(EncodedPrivateKey::Sec1),
            _ => None,
        },
        _ => None,
    }
}
