//! The fully qualified domain name of a host.

use std::borrow::Borrow;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use super::name_error::{MAX_LABEL, NameError, NameErrorKind, NameSyntax};

/// The maximum length of a name in characters, without the dot of the root (RFC 1035 §2.3.4).
pub(super) const MAX_NAME: usize = 253;

/// The fully qualified domain name (FQDN) of a host: at least two labels of letters, digits and hyphens, in
/// lower case and without the dot of the root.
///
/// This is the "preferred name syntax" that RFC 5280 §4.2.1.6 requires of a `dNSName`, with A-labels (`xn--…`) for
/// other scripts. Parsing folds the case, so equality, order and hash ignore case, like DNS. Clones share the text.
///
/// *Not* checked: that the name or its top-level domain exists, and that an `xn--` label decodes.
///
/// # Examples
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
///     "`um1` is not a fully qualified domain name: it has a single label; add the domain",
/// );
/// # Ok::<(), umcert::name::NameError>(())
/// ```
#[doc(alias("fqdn", "hostname"))]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct DnsName(Arc<str>);

impl DnsName {
    /// Returns the name in lower case, without a trailing dot.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the first label: `um1` of `um1.contoso.com`.
    pub(crate) fn first_label(&self) -> &str {
        self.split_first_label().0
    }

    /// Returns the name without its first label: `contoso.com` of `um1.contoso.com`. Returns `None` if a single label
    /// would remain.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let parent = self.parent_str();
        parent.contains('.').then(|| Self(parent.into()))
    }

    /// Returns the name without its first label, even if that is a single label.
    pub(super) fn parent_str(&self) -> &str {
        self.split_first_label().1
    }

    fn split_first_label(&self) -> (&str, &str) {
        self.0
            .split_once('.')
            .expect("a DnsName has at least two labels")
    }

    /// Parses a name of at most `max` characters.
    pub(super) fn parse(text: &str, max: usize) -> Result<Self, NameError> {
        let syntax = NameSyntax::DomainName;
        check(text, max, syntax).map_err(|kind| NameError::new(text, syntax, kind))?;
        Ok(Self(text.to_ascii_lowercase().into()))
    }
}

/// Checks the name of one host, of at most `max` characters.
pub(super) fn check(text: &str, max: usize, syntax: NameSyntax) -> Result<(), NameErrorKind> {
    if text.is_empty() {
        return Err(NameErrorKind::Empty);
    }
    if text.len() > max {
        let length = text.len();
        return Err(NameErrorKind::TooLong { length, max });
    }
    if text.parse::<IpAddr>().is_ok() {
        return Err(NameErrorKind::IpAddress);
    }
    if text.starts_with("*.") {
        return Err(NameErrorKind::Wildcard);
    }
    if text.ends_with('.') {
        return Err(NameErrorKind::TrailingDot);
    }
    text.split('.')
        .try_for_each(|label| check_label(label, syntax))?;
    match text.rsplit_once('.') {
        None if syntax == NameSyntax::DomainName => Err(NameErrorKind::SingleLabel),
        None if is_number(text) => Err(NameErrorKind::NumericTopLabel),
        Some((_, last)) if is_number(last) => Err(NameErrorKind::NumericTopLabel),
        _ => Ok(()),
    }
}

fn check_label(label: &str, syntax: NameSyntax) -> Result<(), NameErrorKind> {
    if label.is_empty() {
        return Err(NameErrorKind::EmptyLabel);
    }
    let is_allowed = |character: char| match character {
        '-' => true,
        '_' => syntax != NameSyntax::DomainName,
        _ => character.is_ascii_alphanumeric(),
    };
    if let Some(character) = label.chars().find(|character| !is_allowed(*character)) {
        return Err(NameErrorKind::Character { character, syntax });
    }
    if label.len() > MAX_LABEL {
        let length = label.len();
        return Err(NameErrorKind::LabelTooLong { length });
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Err(NameErrorKind::Hyphen);
    }
    Ok(())
}

/// Returns `true` if a name with this last label reads as an IPv4 address (RFC 1123 §2.1). Some clients, including
/// rustls, also interpret `0x…` as a number.
fn is_number(label: &str) -> bool {
    match label
        .strip_prefix("0x")
        .or_else(|| label.strip_prefix("0X"))
    {
        Some(digits) => digits.bytes().all(|digit| digit.is_ascii_hexdigit()),
        None => label.bytes().all(|digit| digit.is_ascii_digit()),
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

#[cfg(test)]
mod tests {
    use super::DnsName;

    #[test]
    fn name_splits_after_its_first_label() {
        let name: DnsName = "um1.eu.contoso.com".parse().unwrap();
        assert_eq!(name.first_label(), "um1");
        assert_eq!(name.parent_str(), "eu.contoso.com");
        let domain: DnsName = "contoso.com".parse().unwrap();
        assert_eq!((domain.parent_str(), domain.parent()), ("com", None));
    }
}
