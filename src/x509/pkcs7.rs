//! Extracts the certificates from PKCS #7 files that contain nothing else (RFC 2315 §9.1, RFC 5652 §5.1), which the web
//! pages of AD CS offer (D27).

use super::der::{split_element, whole_element};
use super::error::ReadError;

/// Returns the DER of each certificate in a PKCS #7 file. The file is unordered. Signatures are not checked: a file
/// that contains only certificates has none.
pub(super) fn certificates(der: &[u8]) -> Result<Vec<&[u8]>, ReadError> {
    if let Some((_, _, [_, ..])) = whole_element(der) {
        return Err(ReadError::Pkcs7 {
            reason: "trailing data",
        });
    }
    let certificates = certificate_set(der).and_then(members);
    match certificates {
        Some(certificates) if certificates.is_empty() => Err(ReadError::NoCertificate {
            found: "a PKCS #7 file without certificates".to_owned(),
        }),
        Some(certificates) => Ok(certificates),
        None => Err(ReadError::Pkcs7 {
            reason: "truncated, or not in DER",
        }),
    }
}

/// Returns the fields of the SignedData from the certificates on.
fn certificate_set(der: &[u8]) -> Option<&[u8]> {
    let (_, content_info, _) = whole_element(der)?;
    let (_content_type, _, rest) = whole_element(content_info)?;
    let (_, content, _) = whole_element(rest)?;
    let (_, signed_data, _) = whole_element(content)?;
    let (_version, _, rest) = whole_element(signed_data)?;
    let (_digest_algorithms, _, rest) = whole_element(rest)?;
    let (_encapsulated_content, _, rest) = whole_element(rest)?;
    Some(rest)
}

/// Returns the certificates of the first of `fields`, if that is the set of certificates. Attribute certificates and
/// other choices have other tags and are skipped.
fn members(fields: &[u8]) -> Option<Vec<&[u8]>> {
    const CERTIFICATES: u8 = 0xa0;
    const SEQUENCE: u8 = 0x30;
    if fields.is_empty() {
        return Some(Vec::new());
    }
    let (CERTIFICATES, mut rest, _) = whole_element(fields)? else {
        return Some(Vec::new());
    };
    let mut certificates = Vec::new();
    while !rest.is_empty() {
        let (der, remaining) = split_element(rest)?;
        if der.first() == Some(&SEQUENCE) {
            certificates.push(der);
        }
        rest = remaining;
    }
    Some(certificates)
}
