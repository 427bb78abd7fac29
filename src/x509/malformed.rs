//! Why bytes are no certificate, request or revocation list.

use std::fmt;

use x509_parser::nom;
use x509_parser::prelude::X509Error;

/// Bytes that are not exactly one certificate, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not readable as an X.509 certificate: {reason}")]
pub struct MalformedError {
    reason: MalformedReason,
}

impl MalformedError {
    /// Why.
    #[must_use]
    pub fn reason(&self) -> &MalformedReason {
        &self.reason
    }
}

impl MalformedError {
    /// A certificate that can be read, and still cannot stand as a root.
    pub(crate) fn no_root(reason: impl fmt::Display) -> Self {
        Self {
            reason: MalformedReason::Root(reason.to_string()),
        }
    }
}

impl From<MalformedReason> for MalformedError {
    fn from(reason: MalformedReason) -> Self {
        Self { reason }
    }
}

/// Why bytes are not exactly one certificate, request or revocation list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MalformedReason {
    /// The structure of RFC 5280 §4.1 or §5.1, or of RFC 2986 §4, is not there; the parser's words.
    #[error("{0}")]
    Der(String),
    /// So many bytes stand behind it.
    #[error("{0} bytes stand behind it")]
    TrailingData(usize),
    /// An extension that is known here cannot be read; its OID.
    #[error("its extension {0} is malformed")]
    Extension(String),
    /// An extension stands twice (RFC 5280 §4.2); its OID.
    #[error("its extension {0} stands twice")]
    DuplicateExtension(String),
    /// It can be read, and still not be used as a root; why.
    #[error("it cannot be a root: {0}")]
    Root(String),
    /// The public key cannot be read.
    #[error("its public key is malformed")]
    PublicKey,
}

impl MalformedReason {
    /// What the parser says of the structure.
    pub(super) fn parser(error: nom::Err<X509Error>) -> Self {
        Self::Der(match error {
            nom::Err::Error(error) | nom::Err::Failure(error) => error.to_string(),
            nom::Err::Incomplete(_) => "it is cut off".to_owned(),
        })
    }
}
