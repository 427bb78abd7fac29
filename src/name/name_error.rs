//! The error of a string that is not a DNS name.

use std::convert::Infallible;

use crate::text::{QuotedChar, escape_and_truncate};

/// The maximum length of a label in characters (RFC 1035 §2.3.4).
pub(super) const MAX_LABEL: usize = 63;

/// A string is not a fully qualified domain name, a SAN entry, or another name of the expected form.
///
/// The message quotes the string and gives the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not {syntax}: {kind}")]
pub struct NameError {
    name: String,
    syntax: NameSyntax,
    kind: NameErrorKind,
}

/// The syntax that a string was expected to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NameSyntax {
    /// At least two labels of letters, digits and hyphens.
    #[error("a fully qualified domain name")]
    DomainName,
    /// Labels of letters, digits, hyphens and underscores, or one such label.
    #[error("a host name or IP address")]
    Host,
    #[error("an e-mail address")]
    Email,
}

impl NameSyntax {
    /// Returns the characters of a name, for "is not …".
    fn characters(self) -> &'static str {
        match self {
            Self::DomainName => "a letter, digit, hyphen or dot",
            Self::Host | Self::Email => "a letter, digit, hyphen, underscore or dot",
        }
    }
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
    #[error("{} is not {}{}", QuotedChar(*.character), .syntax.characters(), hint(*.character))]
    Character { character: char, syntax: NameSyntax },
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
    #[error("it is a wildcard directly under a single label, which no client accepts")]
    WildcardUnderSingleLabel,
    #[error(
        "the part before the `@` is not 1 to 64 ASCII letters, digits, dots and other characters that need no quotes"
    )]
    LocalPart,
}

fn hint(character: char) -> &'static str {
    if character.is_ascii() {
        ""
    } else {
        "; encode other scripts as A-labels (xn--…)"
    }
}

impl NameError {
    pub(super) fn new(text: &str, syntax: NameSyntax, kind: NameErrorKind) -> Self {
        Self {
            name: escape_and_truncate(text),
            syntax,
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
            NameErrorKind::Character { character, .. } => Some(character),
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
