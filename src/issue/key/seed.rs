//! Derives keys and serial numbers from a seed. They are the same in every run.

use std::fmt;

use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

use super::key_pair::KeyPair;
use crate::crypto;
use crate::issue::error::IssueError;
use crate::plan::KeyKind;

/// Domain separation: no other use of the same seed derives the same keys.
const DOMAIN: &[u8] = b"umcert test PKI, version 1";
/// The start of an Ed25519 key in PKCS #8 version 1 (RFC 8410 §7); the 32 bytes of the key follow.
const ED25519_PKCS8_HEAD: &[u8] =
    b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

/// A secret from which keys and serial numbers are derived. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::issue) struct Seed(Zeroizing<[u8; 32]>);

impl Seed {
    pub(in crate::issue) fn new(seed: &[u8]) -> Self {
        Self(Zeroizing::new(crypto::hmac_sha256(DOMAIN, seed)))
    }

    /// Derives 32 bytes from a list of `labels`. No other list derives the same bytes.
    fn derive(&self, labels: &[&[u8]]) -> Zeroizing<[u8; 32]> {
        let mut text = Vec::new();
        for label in labels {
            text.extend(format!("{}:", label.len()).bytes());
            text.extend_from_slice(label);
        }
        Zeroizing::new(crypto::hmac_sha256(self.0.as_slice(), &text))
    }

    /// Derives the key of this kind for `owner`.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::UnsupportedSeededKey`] for kinds other than Ed25519 and, with the feature
    /// `seeded-p256`, P-256.
    pub(in crate::issue) fn key(&self, kind: KeyKind, owner: &str) -> Result<KeyPair, IssueError> {
        let kind_name = kind.to_string();
        let labels = [b"key", kind_name.as_bytes(), owner.as_bytes()];
        let pkcs8 = match kind {
            KeyKind::Ed25519 => {
                Some([ED25519_PKCS8_HEAD, self.derive(&labels).as_slice()].concat())
            }
            #[cfg(feature = "seeded-p256")]
            KeyKind::P256 => self.p256(labels),
            _ => None,
        };
        let pkcs8 = pkcs8.ok_or(IssueError::UnsupportedSeededKey { kind })?;
        let der = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(pkcs8));
        let what = format!("the {kind} key from a seed");
        let key = rcgen::KeyPair::try_from(&der).map_err(IssueError::crypto(&what))?;
        Ok(KeyPair::from_seeded_rcgen(kind, key))
    }

    /// Derives a P-256 key. Nearly every number is a valid key; invalid numbers are skipped.
    #[cfg(feature = "seeded-p256")]
    fn p256(&self, labels: [&[u8]; 3]) -> Option<Vec<u8>> {
        let [purpose, kind, owner] = labels;
        (0..u8::MAX).find_map(|attempt| {
            let scalar = self.derive(&[purpose, kind, owner, &[attempt]]);
            super::seeded_p256::to_pkcs8(scalar.as_slice())
        })
    }

    /// Derives the serial number of a certificate with these contents.
    pub(in crate::issue) fn serial_number(&self, contents: &[u8]) -> [u8; 16] {
        let derived = self.derive(&[b"serial", contents]);
        let mut serial_number = [0; 16];
        serial_number.copy_from_slice(&derived[..16]);
        serial_number
    }

    /// Derives the number in the name of a CA that is named after its seed.
    pub(in crate::issue) fn name_number(&self) -> u32 {
        let [a, b, c, d, ..] = *self.derive(&[b"name"]);
        u32::from_be_bytes([a, b, c, d])
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Seed([elided])")
    }
}
