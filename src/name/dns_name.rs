//! The fully qualified domain name of a host.

use std::borrow::Borrow;
use std::convert::Infallible;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use smol_str::SmolStr;

use super::text::shown;

/// The longest name in characters, without the root's dot (RFC 1035 §2.3.4).
const MAX_NAME: usize = 253;
/// The longest label in characters (RFC 1035 §2.3.4).
const MAX_LABEL: usize = 63;

/// The fully qualified domain name (FQDN) of a host, as it stands in a certificate: at least two
/// labels of letters, digits and hyphens, in lower case and without the root's dot.
///
/// These are the "preferred name syntax" that RFC 5280 §4.2.1.6 asks of a `dNSName`, with A-labels
/// (`xn--…`) for other scripts. Case is folded when the name is made, so equality, order and hash
/// compare names as DNS does. Cloning is cheap: the clones of a long name share its text, and a short one is
/// kept in place.
///
/// *Not* checked: whether the name exists, whether its top-level domain does, and whether an `xn--`
/// label decodes.
///
/// ```
/// use umcert::DnsName;
///
/// let name: DnsName = "UM1.Contoso.com".parse()?;
/// assert_eq!(name.as_str(), "um1.contoso.com");
/// assert_eq!(name.parent(), Some("contoso.com".parse()?));
///
/// let error = "um1".parse::<DnsName>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`um1` is no fully qualified domain name: it has a single label; add the domain",
/// );
/// # Ok::<(), umcert::name::NameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DnsName(SmolStr);

impl DnsName {
    /// The name in lower case, without a trailing dot.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as bytes, which an index takes.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The first label: `um1` of `um1.contoso.com`.
    #[must_use]
    pub(crate) fn first_label(&self) -> &str {
        match self.0.split_once('.') {
            Some((first, _)) => first,
            None => &self.0,
        }
    }

    /// What follows the first label (`contoso.com` of `um1.contoso.com`), or `None` where that is a
    /// single label, which is no domain that a host lives in.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let parent = self.parent_str();
        parent.contains('.').then(|| Self(SmolStr::new(parent)))
    }

    /// What follows the first label, a single label too.
    pub(super) fn parent_str(&self) -> &str {
        match self.0.split_once('.') {
            Some((_, parent)) => parent,
            None => "",
        }
    }

    /// The name that `text` holds, of at most `max` characters.
    pub(super) fn parse(text: &str, max: usize) -> Result<Self, NameError> {
        match check(text, max) {
            Ok(()) => Ok(Self(SmolStr::new(text.to_ascii_lowercase()))),
            Err(fault) => Err(NameError {
                name: shown(text),
                fault,
            }),
        }
    }
}

impl fmt::Debug for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for DnsName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl AsRef<str> for DnsName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for DnsName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for DnsName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text, MAX_NAME)
    }
}

impl TryFrom<&str> for DnsName {
    type Error = NameError;

    fn try_from(text: &str) -> Result<Self, NameError> {
        text.parse()
    }
}

impl TryFrom<String> for DnsName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<&Self> for DnsName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl Serialize for DnsName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for DnsName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

fn check(text: &str, max: usize) -> Result<(), NameFault> {
    if text.is_empty() {
        return Err(NameFault::Empty);
    }
    if text.len() > max {
        return Err(NameFault::TooLong {
            length: text.len(),
            max,
        });
    }
    if text.parse::<IpAddr>().is_ok() {
        return Err(NameFault::IpAddress);
    }
    if text.starts_with("*.") {
        return Err(NameFault::Wildcard);
    }
    if text.ends_with('.') {
        return Err(NameFault::TrailingDot);
    }
    for label in text.split('.') {
        check_label(label)?;
    }
    match text.rsplit_once('.') {
        None => Err(NameFault::SingleLabel),
        Some((_, last)) if is_number(last) => Err(NameFault::NumericTopLabel),
        Some(_) => Ok(()),
    }
}

/// Whether a last label makes the name read as an IPv4 address (RFC 1123 §2.1): clients take `0x…` for a
/// number too, and so does rustls.
fn is_number(label: &str) -> bool {
    let (digits, is_digit): (&[u8], fn(&u8) -> bool) = match label.as_bytes() {
        [b'0', b'x' | b'X', digits @ ..] => (digits, u8::is_ascii_hexdigit),
        digits => (digits, u8::is_ascii_digit),
    };
    digits.iter().all(is_digit)
}

fn check_label(label: &str) -> Result<(), NameFault> {
    if label.is_empty() {
        return Err(NameFault::EmptyLabel);
    }
    for character in label.chars() {
        if !character.is_ascii_alphanumeric() && character != '-' {
            return Err(NameFault::Character { character });
        }
    }
    if label.len() > MAX_LABEL {
        return Err(NameFault::LabelTooLong {
            length: label.len(),
        });
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(NameFault::Hyphen);
    }
    Ok(())
}

/// A text that is no name: which text, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no fully qualified domain name: {fault}")]
pub struct NameError {
    name: String,
    fault: NameFault,
}

impl NameError {
    /// The refused text, with control characters escaped and cut after 80 characters.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> &NameFault {
        &self.fault
    }
}

/// Lets a function take a [`DnsName`] or a text, and return [`NameError`] for both.
impl From<Infallible> for NameError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// What makes a text no [`DnsName`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameFault {
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
    /// Longer than DNS carries (RFC 1035 §2.3.4).
    #[error("it has {length} characters, and DNS carries {max}")]
    #[non_exhaustive]
    TooLong {
        /// How many bytes it has.
        length: usize,
        /// How many it may have.
        max: usize,
    },
    /// A host name without its domain.
    #[error("it has a single label; add the domain")]
    SingleLabel,
    /// Two dots in a row, or one at the start.
    #[error("it has an empty label")]
    EmptyLabel,
    /// A label longer than DNS carries (RFC 1035 §2.3.4).
    #[error("it has a label of {length} characters, and DNS carries {MAX_LABEL}")]
    #[non_exhaustive]
    LabelTooLong {
        /// How many characters the label has.
        length: usize,
    },
    /// Something other than a letter, a digit, a hyphen or a dot.
    #[error("{character:?} is no letter, digit, hyphen or dot{}", hint(*.character))]
    #[non_exhaustive]
    Character {
        /// The first such character.
        character: char,
    },
    /// A label that starts or ends with a hyphen (RFC 1123 §2.1).
    #[error("a label starts or ends with a hyphen")]
    Hyphen,
    /// The root's dot, which certificates leave out.
    #[error("it ends with a dot; leave the dot out")]
    TrailingDot,
    /// A wildcard where the name of one host belongs.
    #[error("it is a wildcard, and the name of one host belongs here")]
    Wildcard,
    /// An address where a name belongs.
    #[error("it is an IP address")]
    IpAddress,
    /// A last label that is a number, decimal or with `0x` before it (RFC 1123 §2.1).
    #[error("its last label is a number")]
    NumericTopLabel,
}

fn hint(character: char) -> &'static str {
    if character.is_ascii() {
        ""
    } else {
        "; write other scripts as A-labels (xn--…)"
    }
}
