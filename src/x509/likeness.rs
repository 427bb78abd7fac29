//! What stays as it is where a certificate or a request is made once more, with another key.

use super::certificate::Certificate;
use super::der::{element, elements};
use super::request::CertificateRequest;

/// The identifiers of the subject's and the issuer's key, 2.5.29.14 and 2.5.29.35, which follow the keys.
const KEY_IDENTIFIERS: [&[u8]; 2] = [b"\x55\x1d\x0e", b"\x55\x1d\x23"];

impl Certificate {
    /// All that this certificate says but for its key, its serial number and its dates: the kind of its
    /// key, its algorithm, names, and every extension but key identifiers. Two certificates that are made in
    /// the same way have the same likeness.
    pub(crate) fn likeness(&self) -> Vec<Vec<u8>> {
        let mut likeness = vec![self.public_key().to_string().into_bytes()];
        // Version, serial number, algorithm, issuer, validity, subject, key, extensions (RFC 5280 §4.1).
        for (position, (tag, content)) in elements(inside(self.der())).enumerate() {
            match (position, tag) {
                (1 | 4 | 6, _) => {}
                (_, 0xa3) => likeness.extend(extensions(content)),
                _ => likeness.push(content.to_vec()),
            }
        }
        likeness
    }
}

impl CertificateRequest {
    /// All that this request asks for but for its key: the kind of that, the subject and every attribute.
    pub(crate) fn likeness(&self) -> Vec<Vec<u8>> {
        let mut likeness = vec![self.public_key().to_string().into_bytes()];
        // Version, subject, key, attributes (RFC 2986 §4.1).
        for (position, (_, content)) in elements(inside(self.der())).enumerate() {
            if position != 2 {
                likeness.push(content.to_vec());
            }
        }
        likeness
    }
}

/// The content of what is signed: of the first element in the sequence that `der` is.
fn inside(der: &[u8]) -> &[u8] {
    let signed = element(der).and_then(|(_, content, _)| element(content));
    signed.map_or(&[], |(_, content, _)| content)
}

fn extensions(content: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let all = element(content).map_or(&[][..], |(_, content, _)| content);
    let each = elements(all).map(|(_, extension)| extension);
    let kept = each.filter(|extension| {
        let oid = element(extension).map(|(_, oid, _)| oid);
        !oid.is_some_and(|oid| KEY_IDENTIFIERS.contains(&oid))
    });
    kept.map(<[u8]>::to_vec)
}
