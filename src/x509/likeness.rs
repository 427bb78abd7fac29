//! What stays as it is where a certificate or a request is made once more, with another key.

use super::certificate::Certificate;
use super::der::{Elements, element};
use super::facts::PublicKey;
use super::request::CertificateRequest;

/// The identifiers of the subject's and the issuer's key, 2.5.29.14 and 2.5.29.35, which follow the keys.
const KEY_IDENTIFIERS: [&[u8]; 2] = [b"\x55\x1d\x0e", b"\x55\x1d\x23"];

impl Certificate {
    /// All that this certificate says but for its key, its serial number and its dates: the kind of its
    /// key, its algorithm, names, and every extension but key identifiers. Two certificates that are made in
    /// the same way have the same likeness.
    pub(crate) fn likeness(&self) -> Vec<Vec<u8>> {
        // Version, serial number, algorithm, issuer, validity, subject, key, extensions (RFC 5280 §4.1).
        likeness(self.public_key(), self.der(), &[1, 4, 6])
    }
}

impl CertificateRequest {
    /// All that this request asks for but for its key: the kind of that, the subject and every attribute.
    pub(crate) fn likeness(&self) -> Vec<Vec<u8>> {
        // Version, subject, key, attributes (RFC 2986 §4.1).
        likeness(self.public_key(), self.der(), &[2])
    }
}

/// The kind of the key, and the elements of what is signed but for those at some positions.
fn likeness(key: &PublicKey, der: &[u8], without: &[usize]) -> Vec<Vec<u8>> {
    const EXTENSIONS: u8 = 0xa3;
    let mut likeness = vec![key.to_string().into_bytes()];
    // What is signed is the first element in the sequence.
    let Some((_, content, _)) = element(der) else {
        return likeness;
    };
    let Some((_, signed, _)) = element(content) else {
        return likeness;
    };
    for (position, (tag, content)) in Elements(signed).enumerate() {
        match tag {
            _ if without.contains(&position) => {}
            EXTENSIONS => add_extensions(&mut likeness, content),
            _ => likeness.push(content.to_vec()),
        }
    }
    likeness
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
