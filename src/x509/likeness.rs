//! What stays as it is where a certificate or a request is made once more, with another key.

use super::certificate::Certificate;
use super::der::{Elements, element};
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
        for (position, (tag, content)) in Elements(inside(self.der())).enumerate() {
            match (position, tag) {
                (1 | 4 | 6, _) => {}
                (_, 0xa3) => add_extensions(&mut likeness, content),
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
        for (position, (_, content)) in Elements(inside(self.der())).enumerate() {
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

fn add_extensions(likeness: &mut Vec<Vec<u8>>, content: &[u8]) {
    let Some((_, all, _)) = element(content) else {
        return;
    };
    for (_, extension) in Elements(all) {
        match element(extension) {
            Some((_, oid, _)) if KEY_IDENTIFIERS.contains(&oid) => {}
            _ => likeness.push(extension.to_vec()),
        }
    }
}
