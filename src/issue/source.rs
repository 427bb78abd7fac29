//! Where keys and serial numbers come from: the one place, for a PKI that is to come out the same each
//! time must draw them from elsewhere.

use super::error::IssueError;
use super::key::KeyPair;
use crate::backend;
use crate::plan::KeyKind;

/// The source of what is random in a test PKI.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// The random number generator of the system.
    System,
}

impl Source {
    /// A key of this kind; `owner` is the subject that it is for.
    pub(super) fn key(&self, kind: KeyKind, _owner: &str) -> Result<KeyPair, IssueError> {
        match self {
            Self::System => KeyPair::generate(kind),
        }
    }

    /// Sixteen bytes for the serial number of a certificate for `_public_key`, positive and never shorter
    /// (RFC 5280 §4.1.2.2).
    pub(super) fn serial(&self, _public_key: &[u8]) -> Result<[u8; 16], IssueError> {
        let mut bytes: [u8; 16] = match self {
            Self::System => backend::random().map_err(IssueError::crypto("a serial number"))?,
        };
        if let Some(first) = bytes.first_mut() {
            *first = (*first & 0x7f) | 0x40;
        }
        Ok(bytes)
    }
}
