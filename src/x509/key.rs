//! Private keys in files: which form they have. What they are for is not read here.

use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::SectionKind;
use zeroize::Zeroizing;

use super::found::{self, Found, Wanted};
use super::pem;
use super::read::{Content, ReadError, content};

/// A private key as it stands in a file, in DER.
pub(crate) enum FoundKey {
    /// PKCS #8 (RFC 5958), which holds every kind of key.
    Pkcs8(Zeroizing<Vec<u8>>),
    /// PKCS #1 (RFC 8017 A.1.2): RSA.
    Pkcs1(Zeroizing<Vec<u8>>),
    /// SEC 1 (RFC 5915): an elliptic curve.
    Sec1(Zeroizing<Vec<u8>>),
    /// Encrypted PKCS #8 (RFC 5958 §3).
    #[cfg_attr(
        not(feature = "encrypted-keys"),
        expect(dead_code, reason = "only that feature decrypts it")
    )]
    Encrypted(Zeroizing<Vec<u8>>),
    /// Encrypted by the PEM headers of old OpenSSL (RFC 1421), under a key that MD5 makes.
    OldEncrypted,
}

/// The one private key in `bytes`; certificates and parameters beside it are passed over.
pub(crate) fn private_key(bytes: &[u8]) -> Result<FoundKey, ReadError> {
    let wanted = Wanted::PrivateKey;
    let Content::Text(text) = content(bytes)? else {
        return match form_of(bytes) {
            Some(form) => Ok(form(Zeroizing::new(bytes.to_vec()))),
            None => Err(found::other_der(bytes, wanted)),
        };
    };
    if pem::contains(&text, b"Proc-Type: 4,ENCRYPTED") {
        return Ok(FoundKey::OldEncrypted);
    }
    let sections = pem::sections(&text)?;
    let (kind, der) = wanted.only(&text, &sections)?;
    // What the DER is counts for more than what the label says: some tools put PKCS #1 under that of PKCS #8.
    let form = form_of(der).unwrap_or(match kind {
        SectionKind::RsaPrivateKey => FoundKey::Pkcs1,
        SectionKind::EcPrivateKey => FoundKey::Sec1,
        _ => FoundKey::Pkcs8,
    });
    Ok(form(der.clone()))
}

/// The form of a key: what makes it of its DER.
type Form = fn(Zeroizing<Vec<u8>>) -> FoundKey;

fn form_of(der: &[u8]) -> Option<Form> {
    match Found::of_der(der)? {
        Found::EncryptedKey => Some(FoundKey::Encrypted),
        Found::PrivateKey => match PrivateKeyDer::try_from(der).ok()? {
            PrivateKeyDer::Pkcs8(_) => Some(FoundKey::Pkcs8),
            PrivateKeyDer::Pkcs1(_) => Some(FoundKey::Pkcs1),
            PrivateKeyDer::Sec1(_) => Some(FoundKey::Sec1),
            _ => None,
        },
        _ => None,
    }
}
