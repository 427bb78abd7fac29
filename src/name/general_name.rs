//! A name that a TLS client can match.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::dns_name::DnsName;
use super::name_error::NameError;
use super::san_name::SanName;

/// An entry of a subject alternative name (RFC 5280 §4.2.1.6) that a TLS client can match: a DNS name, a
/// wildcard, or an IP address.
///
/// [`TestCa::issue_names`](crate::TestCa::issue_names) and [`TrustStore::verify`](crate::TrustStore::verify) accept
/// these names. Plans contain only [`SanName`]s.
///
/// A string that is an IP address becomes one. `localhost` is accepted although it has no domain (RFC 6761
/// §6.3).
///
/// # Examples
///
/// ```
/// use umcert::name::GeneralName;
///
/// let address: GeneralName = "2001:db8::1".parse()?;
/// assert_eq!(address, GeneralName::Ip("2001:db8::1".parse().unwrap()));
/// assert_eq!("*.contoso.com".parse::<GeneralName>()?.to_string(), "*.contoso.com");
/// assert!("no name".parse::<GeneralName>().is_err());
/// # Ok::<(), umcert::name::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GeneralName {
    /// A DNS name or a wildcard.
    Dns(SanName),
    /// The local machine, `localhost`.
    Localhost,
    /// An IP address.
    Ip(IpAddr),
}

impl GeneralName {
    /// Returns `true` if this is a wildcard.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Self::Dns(name) if name.is_wildcard())
    }
}

impl fmt::Display for GeneralName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => name.fmt(f),
            Self::Localhost => f.pad("localhost"),
            Self::Ip(address) => address.fmt(f),
        }
    }
}

impl FromStr for GeneralName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Ip(address));
        }
        if text.eq_ignore_ascii_case("localhost") {
            return Ok(Self::Localhost);
        }
        text.parse().map(Self::Dns)
    }
}

impl TryFrom<&str> for GeneralName {
    type Error = NameError;

    fn try_from(text: &str) -> Result<Self, NameError> {
        text.parse()
    }
}

impl TryFrom<String> for GeneralName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<SanName> for GeneralName {
    fn from(name: SanName) -> Self {
        Self::Dns(name)
    }
}

impl From<&SanName> for GeneralName {
    fn from(name: &SanName) -> Self {
        Self::Dns(name.clone())
    }
}

impl From<&Self> for GeneralName {
    fn from(name: &Self) -> Self {
        name.clone()
    }
}

impl From<DnsName> for GeneralName {
    fn from(name: DnsName) -> Self {
        Self::Dns(name.into())
    }
}

impl From<&DnsName> for GeneralName {
    fn from(name: &DnsName) -> Self {
        Self::Dns(name.into())
    }
}

impl From<IpAddr> for GeneralName {
    fn from(address: IpAddr) -> Self {
        Self::Ip(address)
    }
}
