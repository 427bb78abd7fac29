//! The error of a string that is not a DNS name.

use std::convert::Infallible;

use crate::text::{QuotedChar, escape_and_truncate};

/// The maximum length of a label in characters (RFC 1035 §2.3.4).
pub(super) const MAX_LABEL: usize = 63;

/// A string is not a fully qualified domain name or SAN entry.
///
/// The message quotes the string and gives the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a fully qualified domain name: {kind}")]
pub struct NameError {
    name: String,
    kind: NameErrorKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NameErrorKind {
    #[error("it is empty")]
    Empty,
    #[error("it has {length} characters, but at most {max} are allowed")]
    TooLong { length: usize, max: usize },
    #[error("it has a single label; add the domain")]
    SingleLabel,
    #[error("it has an empty label")]
    EmptyLabel,
    #[error("a label has {length} characters, but at most {MAX_LABEL} are allowed")]
    LabelTooLong { length: usize },
    #[error("{} is not a letter, digit, hyphen or dot{}", QuotedChar(*.character), hint(*.character))]
    Character { character: char },
    #[error("a label starts or ends with a hyphen")]
    Hyphen,
    #[error("it ends with a dot; remove the dot")]
    TrailingDot,
    #[error("it is a wildcard; expected the name of one host")]
    Wildcard,
    #[error("it is an IP address")]
    IpAddress,
    #[error("its last label is a number")]
    NumericTopLabel,
}

fn hint(character: char) -> &'static str {
    if character.is_ascii() {
        ""
    } else {
        "; encode other scripts as A-labels (xn--…)"
    }
}

impl NameError {
    pub(super) fn new(text: &str, kind: NameErrorKind) -> Self {
        Self {
            name: escape_and_truncate(text),
            kind,
        }
    }

    /// Returns the refused string, with invisible characters escaped, cut after 80 characters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the first character that a name cannot contain, if that is the reason.
    #[must_use]
    pub fn invalid_character(&self) -> Option<char> {
        match self.kind {
            NameErrorKind::Character { character } => Some(character),
            _ => None,
        }
    }

    /// Returns the number of characters of the name or label that is too long, if that is the reason.
    #[must_use]
    pub fn length(&self) -> Option<usize> {
        match self.kind {
            NameErrorKind::TooLong { length, .. } | NameErrorKind::LabelTooLong { length } => {
                Some(length)
            }
            _ => None,
        }
    }
}

/// Lets a function accept a [`DnsName`](crate::DnsName) or a string and return [`NameError`] for both.
impl From<Infallible> for NameError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
