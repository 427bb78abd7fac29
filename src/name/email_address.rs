//! The e-mail address of a user.

use std::fmt;

use super::dns_name::{MAX_NAME, check};
use super::name_error::{NameError, NameErrorKind, NameSyntax};

/// The maximum length of the part before the `@` in characters (RFC 5321 §4.5.3.1.1).
const MAX_LOCAL_PART: usize = 64;

/// An e-mail address in ASCII without quotes and comments: an `rfc822Name` (RFC 5280 §4.2.1.6).
///
/// The host after the `@` is in lower case; the part before it is unchanged (RFC 5280 §7.5).
///
/// A [`GeneralName`](super::GeneralName) parses to one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(Box<str>);

impl EmailAddress {
    /// Returns the address, with its host in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses `local_part` and `host`, the parts of `text` before and after its last `@`.
    pub(super) fn parse(text: &str, local_part: &str, host: &str) -> Result<Self, NameError> {
        let invalid = |kind| NameError::new(text, NameSyntax::Email, kind);
        if !is_local_part(local_part) {
            return Err(invalid(NameErrorKind::LocalPart));
        }
        check(host, MAX_NAME, NameSyntax::Email).map_err(invalid)?;
        let host = host.to_ascii_lowercase();
        Ok(Self(format!("{local_part}@{host}").into()))
    }
}

/// Returns `true` if `text` is a Dot-string (RFC 5321 §4.1.2).
fn is_local_part(text: &str) -> bool {
    let is_atom = |atom: &str| !atom.is_empty() && atom.bytes().all(is_atom_character);
    text.len() <= MAX_LOCAL_PART && text.split('.').all(is_atom)
}

/// Returns `true` if an atom can contain this character (RFC 5322 §3.2.3).
fn is_atom_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte)
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
