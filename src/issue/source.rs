//! Where keys and serial numbers come from: the one place, for a PKI that is to come out the same each
//! time must draw them from elsewhere.

use super::error::IssueError;
use super::key::KeyPair;
use super::seed::Seed;
use crate::crypto;
use crate::plan::KeyKind;

/// The source of what is random in a test PKI.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// The random number generator of the system.
    System,
    /// A seed: the same each time.
    Seed(Seed),
}

impl Source {
    /// A key of this kind; `owner` is the subject that it is for.
    pub(super) fn key(&self, kind: KeyKind, owner: &str) -> Result<KeyPair, IssueError> {
        match self {
            Self::System => KeyPair::generate(kind),
            Self::Seed(seed) => seed.key(kind, owner),
        }
    }

    /// The kind of a key that nobody asked for by kind.
    pub(super) fn quick_kind(&self) -> KeyKind {
        match self {
            Self::System => KeyKind::P256,
            Self::Seed(_) => KeyKind::Ed25519,
        }
    }

    /// Sixteen bytes for the serial number of a certificate with these `contents`, positive and never
    /// shorter (RFC 5280 §4.1.2.2). The contents are asked for where they matter.
    pub(super) fn serial(&self, contents: &dyn Fn() -> Vec<u8>) -> Result<[u8; 16], IssueError> {
        let mut bytes: [u8; 16] = match self {
            Self::System => crypto::random().map_err(IssueError::crypto("a serial number"))?,
            Self::Seed(seed) => seed.serial(&[&contents()]),
        };
        if let Some(first) = bytes.first_mut() {
            *first = (*first & 0x7f) | 0x40;
        }
        Ok(bytes)
    }
}
