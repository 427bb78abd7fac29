//! PKCS #7 files that hold certificates and nothing else (RFC 2315 §9.1, RFC 5652 §5.1), as the web pages
//! of AD CS give them (D27).

use super::der::{split_element, whole_element};
use super::read::ReadError;

/// The certificates in it, each as DER; there is no order among them. Signatures are not looked at: a file of
/// certificates alone has none.
pub(super) fn certificates(der: &[u8]) -> Result<Vec<&[u8]>, ReadError> {
    if let Some((_, _, [_, ..])) = whole_element(der) {
        return Err(ReadError::Pkcs7 {
            reason: "something stands behind it",
        });
    }
    match signed_data(der).and_then(members) {
        Some(certificates) if certificates.is_empty() => Err(ReadError::NoCertificate {
            found: "a PKCS #7 file without one in it".to_owned(),
        }),
        Some(certificates) => Ok(certificates),
        None => Err(ReadError::Pkcs7 {
            reason: "it is cut off, or not in DER",
        }),
    }
}

/// The SignedData from its certificates on.
fn signed_data(der: &[u8]) -> Option<&[u8]> {
    let (_, info, _) = whole_element(der)?;
    let (_type, _, rest) = whole_element(info)?;
    let (_, content, _) = whole_element(rest)?;
    let (_, signed_data, _) = whole_element(content)?;
    let (_version, _, rest) = whole_element(signed_data)?;
    let (_digest_algorithms, _, rest) = whole_element(rest)?;
    let (_signed_content, _, rest) = whole_element(rest)?;
    Some(rest)
}

/// The certificates of the set that comes first, if it is theirs. Attribute certificates and the like have
/// tags of their own, and are passed over.
fn members(sets: &[u8]) -> Option<Vec<&[u8]>> {
    let mut certificates = Vec::new();
    if sets.is_empty() {
        return Some(certificates);
    }
    let (0xa0, mut rest, _) = whole_element(sets)? else {
        return Some(certificates);
    };
    while !rest.is_empty() {
        let (der, behind) = split_element(rest)?;
        if der.first() == Some(&0x30) {
            certificates.push(der);
        }
        rest = behind;
    }
    Some(certificates)
}
