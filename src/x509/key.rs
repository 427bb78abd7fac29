//! Private keys in files: which form they have. What they are for is not read here.

use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::SectionKind;
use zeroize::Zeroizing;

use super::found::{self, Found, Wanted};
use super::pem::{self, Section};
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
    let none = |found| Err(ReadError::NoPrivateKey { found });
    let Content::Text(text) = content(bytes)? else {
        return match key_of_der(bytes) {
            Some(key) => Ok(key),
            None => none(found::describe_der(bytes, Wanted::PrivateKey)),
        };
    };
    if pem::contains(&text, b"Proc-Type: 4,ENCRYPTED") {
        return Ok(FoundKey::OldEncrypted);
    }
    let sections = pem::sections(&text)?;
    let (mut last, mut count) = (None, 0);
    for section in &sections {
        if let Some(key) = key_of_section(section) {
            last = Some(key);
            count += 1;
        }
    }
    match last {
        Some(key) if count == 1 => Ok(key),
        Some(_) => Err(ReadError::Several {
            count,
            what: "private keys",
        }),
        None => none(found::describe(&text, &sections, Wanted::PrivateKey)),
    }
}

/// The key in a section. What its DER is counts for more than what its label says: some tools put PKCS #1
/// under the label of PKCS #8.
fn key_of_section((kind, der): &Section) -> Option<FoundKey> {
    let labelled: fn(_) -> _ = match kind {
        SectionKind::PrivateKey => FoundKey::Pkcs8,
        SectionKind::RsaPrivateKey => FoundKey::Pkcs1,
        SectionKind::EcPrivateKey => FoundKey::Sec1,
        _ => return None,
    };
    key_of_der(der).or_else(|| Some(labelled(der.clone())))
}

fn key_of_der(bytes: &[u8]) -> Option<FoundKey> {
    let der = Zeroizing::new(bytes.to_vec());
    match Found::of_der(bytes)? {
        Found::EncryptedKey => Some(FoundKey::Encrypted(der)),
        Found::PrivateKey => match PrivateKeyDer::try_from(bytes).ok()? {
            PrivateKeyDer::Pkcs8(_) => Some(FoundKey::Pkcs8(der)),
            PrivateKeyDer::Pkcs1(_) => Some(FoundKey::Pkcs1(der)),
            PrivateKeyDer::Sec1(_) => Some(FoundKey::Sec1(der)),
            _ => None,
        },
        _ => None,
    }
}
