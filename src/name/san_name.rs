//! A name as a certificate's subject alternative name holds it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::dns_name::{DnsName, NameError};

/// The longest domain that still leaves room for `*.` and for a label of a host.
const MAX_DOMAIN: usize = 251;

/// A DNS entry of a certificate's subject alternative name (SAN): the name of one host, or a wildcard.
///
/// A wildcard of a single label (`*.com`) cannot be written: no client accepts it.
///
/// ```
/// use umcert::SanName;
///
/// let wildcard: SanName = "*.contoso.com".parse()?;
/// assert!(wildcard.covers(&"um1.contoso.com".parse()?));
/// assert!(!wildcard.covers(&"contoso.com".parse()?));
/// assert!(!wildcard.covers(&"um1.eu.contoso.com".parse()?));
/// # Ok::<(), umcert::name::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a DNS entry is exact or a wildcard; RFC 6125 knows no third form"
)]
pub enum SanName {
    /// The name of one host.
    Exact(DnsName),
    /// Every host directly in this domain: `*.contoso.com` holds `contoso.com` here.
    Wildcard(DnsName),
}

impl SanName {
    /// The wildcard that covers `name`, or `None` where it would stand directly under a single label.
    ///
    /// ```
    /// use umcert::{DnsName, SanName};
    ///
    /// let name: DnsName = "um1.contoso.com".parse()?;
    /// assert_eq!(SanName::wildcard_over(&name), Some("*.contoso.com".parse()?));
    /// assert_eq!(SanName::wildcard_over(&"contoso.com".parse()?), None);
    /// # Ok::<(), umcert::name::NameError>(())
    /// ```
    #[must_use]
    pub fn wildcard_over(name: &DnsName) -> Option<Self> {
        name.parent().map(Self::Wildcard)
    }

    /// Whether a client that dials `name` accepts this entry: the name itself, or a wildcard in place
    /// of exactly its first label (D16, RFC 6125 §6.4.3, RFC 9525 §6.3).
    #[must_use]
    pub fn covers(&self, name: &DnsName) -> bool {
        match self {
            Self::Exact(exact) => exact == name,
            Self::Wildcard(domain) => domain.as_str() == name.parent_str(),
        }
    }

    /// The name of the host, or `None` for a wildcard.
    #[must_use]
    pub fn as_exact(&self) -> Option<&DnsName> {
        match self {
            Self::Exact(name) => Some(name),
            Self::Wildcard(_) => None,
        }
    }

    /// Whether this is a wildcard.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Self::Wildcard(_))
    }
}

impl fmt::Display for SanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => name.fmt(f),
            Self::Wildcard(domain) => f.pad(&format!("*.{domain}")),
        }
    }
}

impl From<&DnsName> for SanName {
    fn from(name: &DnsName) -> Self {
        Self::Exact(name.clone())
    }
}

impl From<DnsName> for SanName {
    fn from(name: DnsName) -> Self {
        Self::Exact(name)
    }
}

impl TryFrom<&str> for SanName {
    type Error = NameError;

    fn try_from(text: &str) -> Result<Self, NameError> {
        text.parse()
    }
}

impl FromStr for SanName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        match text.strip_prefix("*.") {
            Some(domain) => DnsName::parse(domain, MAX_DOMAIN).map(Self::Wildcard),
            None => text.parse().map(Self::Exact),
        }
    }
}

impl Serialize for SanName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SanName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}
