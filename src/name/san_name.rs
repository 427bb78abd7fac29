//! The DNS entry of a subject alternative name.

use std::collections::HashSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::dns_name::DnsName;
use super::name_error::NameError;
use super::public_suffix::is_public_suffix;

/// The maximum length of a domain that leaves room for `*.` and for the label of a host.
const MAX_DOMAIN: usize = 251;

/// A DNS entry of a certificate's subject alternative name (SAN): the name of one host, or a wildcard.
///
/// A wildcard directly under a single label (`*.com`) is refused: no client accepts it.
///
/// # Examples
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
#[doc(alias("wildcard"))]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "RFC 6125 has no third form of a DNS entry"
)]
pub enum SanName {
    /// The name of one host.
    Exact(DnsName),
    /// Every host directly in this domain: `Wildcard(contoso.com)` is `*.contoso.com`.
    Wildcard(DnsName),
}

impl SanName {
    /// Returns the wildcard that covers `name`, or `None` if it would be directly under a single label.
    ///
    /// # Examples
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

    /// Returns the smallest set of entries that covers all of `names`, with a wildcard for each name that allows one,
    /// in the order of first use.
    ///
    /// A wildcard covers one label (D16), so there is one for each distinct domain. A name directly under a single
    /// label, or under a public suffix with the feature `public-suffix`, is listed as an exact entry.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::{DnsName, SanName};
    ///
    /// let hosts: Vec<DnsName> = ["um1.contoso.com", "um2.contoso.com", "um.eu.contoso.com", "um.test"]
    ///     .iter()
    ///     .map(|name| name.parse())
    ///     .collect::<Result<_, _>>()?;
    /// let entries: Vec<String> = SanName::wildcards_over(&hosts).iter().map(SanName::to_string).collect();
    /// assert_eq!(entries, ["*.contoso.com", "*.eu.contoso.com", "um.test"]);
    /// # Ok::<(), umcert::name::NameError>(())
    /// ```
    #[must_use]
    pub fn wildcards_over<'a>(names: impl IntoIterator<Item = &'a DnsName>) -> Vec<Self> {
        let mut seen = HashSet::new();
        names
            .into_iter()
            .map(|name| match name.parent() {
                Some(domain) if !is_public_suffix(&domain) => Self::Wildcard(domain),
                _ => Self::Exact(name.clone()),
            })
            .filter(|entry| seen.insert(entry.clone()))
            .collect()
    }

    /// Returns the first of `entries` that covers `name` (D16); an exact entry takes precedence over a
    /// wildcard.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::SanName;
    ///
    /// let entries: [SanName; 2] = ["*.contoso.com".parse()?, "um1.contoso.com".parse()?];
    /// assert_eq!(SanName::find_covering(&entries, &"um1.contoso.com".parse()?), Some(&entries[1]));
    /// assert_eq!(SanName::find_covering(&entries, &"um2.contoso.com".parse()?), Some(&entries[0]));
    /// assert_eq!(SanName::find_covering(&entries, &"um1.fabrikam.com".parse()?), None);
    /// # Ok::<(), umcert::name::NameError>(())
    /// ```
    #[must_use]
    pub fn find_covering<'a>(entries: &'a [Self], name: &DnsName) -> Option<&'a Self> {
        let exact = entries.iter().find(|entry| entry.as_exact() == Some(name));
        exact.or_else(|| entries.iter().find(|entry| entry.covers(name)))
    }

    /// Returns `true` if a client that connects to `name` accepts this entry: the entry is the name itself, or a
    /// wildcard in place of exactly its first label (D16, RFC 6125 §6.4.3, RFC 9525 §6.3).
    #[must_use]
    pub fn covers(&self, name: &DnsName) -> bool {
        match self {
            Self::Exact(exact) => exact == name,
            Self::Wildcard(domain) => domain.as_str() == name.parent_str(),
        }
    }

    /// Returns the name of the host, or `None` for a wildcard.
    #[must_use]
    pub fn as_exact(&self) -> Option<&DnsName> {
        match self {
            Self::Exact(name) => Some(name),
            Self::Wildcard(_) => None,
        }
    }

    /// Returns `true` if this is a wildcard.
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
