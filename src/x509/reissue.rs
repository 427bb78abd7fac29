//! Compares certificates and requests that were created again with another key.

use super::certificate::Certificate;
use super::der::{elements, peek_element};
use super::request::CertificateRequest;

/// The subject and authority key identifiers, 2.5.29.14 and 2.5.29.35, which change with the keys.
const KEY_IDENTIFIERS: [&[u8]; 2] = [b"\x55\x1d\x0e", b"\x55\x1d\x23"];

impl Certificate {
    /// Returns `true` if this certificate differs from `other` only in key, serial number, validity, key identifiers
    /// and signature. The kind of the key must be the same.
    pub(crate) fn is_reissue_of(&self, other: &Self) -> bool {
        // Version, serial number, algorithm, issuer, validity, subject, key, extensions (RFC 5280 §4.1).
        const CHANGING: [usize; 3] = [1, 4, 6];
        self.public_key() == other.public_key()
            && lasting_fields(self.der(), &CHANGING) == lasting_fields(other.der(), &CHANGING)
    }
}

impl CertificateRequest {
    /// Returns `true` if this request has the contents of `other`, for the same key or another key of the same kind.
    pub(crate) fn is_reissue_of(&self, other: &Self) -> bool {
        // Version, subject, key, attributes (RFC 2986 §4.1).
        const CHANGING: [usize; 1] = [2];
        self.public_key() == other.public_key()
            && lasting_fields(self.der(), &CHANGING) == lasting_fields(other.der(), &CHANGING)
    }
}

/// Returns the fields of a signed structure, without those at the `changing` positions and without key identifiers.
fn lasting_fields<'a>(der: &'a [u8], changing: &[usize]) -> Option<Vec<&'a [u8]>> {
    const EXTENSIONS: u8 = 0xa3;
    let (_, content, _) = peek_element(der)?;
    let (_, signed, _) = peek_element(content)?;
    let mut lasting = Vec::new();
    for (position, (tag, field)) in elements(signed).enumerate() {
        if changing.contains(&position) {
            continue;
        }
        if tag == EXTENSIONS {
            let (_, extensions, _) = peek_element(field)?;
            let extensions = elements(extensions).map(|(_, extension)| extension);
            lasting.extend(extensions.filter(|extension| !is_key_identifier(extension)));
        } else {
            lasting.push(field);
        }
    }
    Some(lasting)
}

fn is_key_identifier(extension: &[u8]) -> bool {
    let oid = peek_element(extension).map(|(_, oid, _)| oid);
    oid.is_some_and(|oid| KEY_IDENTIFIERS.contains(&oid))
}
