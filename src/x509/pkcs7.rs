//! PKCS #7 files that hold certificates and nothing else (RFC 2315 §9.1, RFC 5652 §5.1), as the web pages
//! of AD CS give them (D27).

use rustls_pki_types::CertificateDer;
use x509_parser::asn1_rs::{Any, Class, FromDer, Tag};

use super::read::ReadError;

/// The certificates in it; there is no order among them. Signatures are not looked at: a file of
/// certificates alone has none.
pub(super) fn certificates(der: &[u8]) -> Result<Vec<CertificateDer<'static>>, ReadError> {
    let (rest, outer) = element(der)?;
    if !rest.is_empty() {
        return Err(ReadError::Pkcs7 {
            reason: "something stands behind it",
        });
    }
    let (content, _type) = element(outer.data)?;
    let (_, content) = element(content)?;
    let (_, signed_data) = element(content.data)?;
    let (rest, _version) = element(signed_data.data)?;
    let (rest, _digest_algorithms) = element(rest)?;
    let (rest, _signed_content) = element(rest)?;
    let certificates = match rest.is_empty() {
        true => Vec::new(),
        false => members(element(rest)?.1)?,
    };
    match certificates.is_empty() {
        false => Ok(certificates),
        true => Err(ReadError::NoCertificate {
            found: "a PKCS #7 file without one in it".to_owned(),
        }),
    }
}

/// The certificates of the set, if that is it. Attribute certificates and the like have tags of their
/// own, and are passed over.
fn members(set: Any<'_>) -> Result<Vec<CertificateDer<'static>>, ReadError> {
    let mut certificates = Vec::new();
    if set.class() != Class::ContextSpecific || set.tag() != Tag(0) {
        return Ok(certificates);
    }
    let mut rest = set.data;
    while !rest.is_empty() {
        let (behind, member) = element(rest)?;
        let length = rest.len().saturating_sub(behind.len());
        if let (Tag::Sequence, Some(der)) = (member.tag(), rest.get(..length)) {
            certificates.push(CertificateDer::from(der.to_vec()));
        }
        rest = behind;
    }
    Ok(certificates)
}

fn element(der: &[u8]) -> Result<(&[u8], Any<'_>), ReadError> {
    Any::from_der(der).map_err(|_| ReadError::Pkcs7 {
        reason: "it is cut off, or not in DER",
    })
}
