//! The name of a host in a test environment.

use std::fmt;

use super::dns_name::{MAX_NAME, check};
use super::name_error::{NameError, NameErrorKind, NameSyntax};

/// The name of a host that is no [`DnsName`](crate::DnsName), or a wildcard over such names: a single label
/// (`localhost`, `redis`) or a name with underscores (`um_1`, `*.my_team.test`), in lower case.
///
/// Containers and test environments have such names. RFC 5280 §4.2.1.6 allows no underscore in a `dNSName`, but TLS
/// clients match it; OpenSSL does not in a wildcard. Only certificates for tests contain these names: a deployment
/// refuses them.
///
/// A [`GeneralName`](super::GeneralName) parses to one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Box<str>);

impl HostName {
    /// Returns the name in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` if this is a wildcard.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.0.starts_with("*.")
    }

    /// Parses the name of one host, or a wildcard over at least two labels.
    pub(super) fn parse(text: &str) -> Result<Self, NameError> {
        let checked = match text.strip_prefix("*.") {
            Some(domain) if !domain.contains('.') => Err(NameErrorKind::WildcardUnderSingleLabel),
            Some(domain) => check(domain, MAX_NAME - "*.".len(), NameSyntax::Host),
            None => check(text, MAX_NAME, NameSyntax::Host),
        };
        checked.map_err(|kind| NameError::new(text, NameSyntax::Host, kind))?;
        Ok(Self(text.to_ascii_lowercase().into()))
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
