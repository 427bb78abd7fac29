//! The source of keys and serial numbers.

use crate::crypto;
use crate::issue::error::IssueError;
use crate::issue::key::{KeyPair, Seed};
use crate::plan::KeyKind;

/// The source of all random values in a test PKI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::issue) enum RandomSource {
    /// The random number generator of the system.
    System,
    /// A seed, which yields the same values in every run.
    Seed(Seed),
}

impl RandomSource {
    /// Returns `true` if the values are derived from a seed.
    pub(super) fn is_seeded(&self) -> bool {
        matches!(self, Self::Seed(_))
    }

    /// Returns a key of this kind for the subject `owner`.
    pub(in crate::issue) fn key(&self, kind: KeyKind, owner: &str) -> Result<KeyPair, IssueError> {
        match self {
            Self::System => KeyPair::generate(kind),
            Self::Seed(seed) => seed.key(kind, owner),
        }
    }

    /// Returns the kind of keys that this source generates fast and without an optional feature.
    pub(in crate::issue) fn default_kind(&self) -> KeyKind {
        match self {
            Self::System => KeyKind::P256,
            Self::Seed(_) => KeyKind::Ed25519,
        }
    }

    /// Returns the serial number of a certificate with these `contents`: always 16 bytes, and positive (RFC 5280
    /// §4.1.2.2).
    pub(in crate::issue) fn serial_number(&self, contents: &[u8]) -> Result<[u8; 16], IssueError> {
        let mut bytes: [u8; 16] = match self {
            Self::System => crypto::random().map_err(IssueError::crypto("the serial number"))?,
            Self::Seed(seed) => seed.serial_number(contents),
        };
        bytes[0] = (bytes[0] & 0x7f) | 0x40;
        Ok(bytes)
    }
}
