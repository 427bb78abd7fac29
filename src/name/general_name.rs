//! A name in a certificate.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::dns_name::DnsName;
use super::email_address::EmailAddress;
use super::host_name::HostName;
use super::name_error::NameError;
use super::san_name::SanName;

/// An entry of a subject alternative name (RFC 5280 §4.2.1.6): a host, a wildcard, an IP address, or an e-mail address.
///
/// [`TestCa::issue_names`](crate::TestCa::issue_names) and [`TrustStore::verify`](crate::TrustStore::verify) accept
/// these names. Plans contain only [`SanName`]s. Parsing decides the variant: a string with an `@` is an e-mail address.
///
/// # Examples
///
/// ```
/// use umcert::name::GeneralName;
///
/// let address: GeneralName = "2001:db8::1".parse()?;
/// assert_eq!(address, GeneralName::Ip("2001:db8::1".parse().unwrap()));
/// assert!(matches!("*.contoso.com".parse()?, GeneralName::Dns(_)));
/// assert!(matches!("localhost".parse()?, GeneralName::Host(_)));
/// assert!(matches!("alice@contoso.com".parse()?, GeneralName::Email(_)));
/// assert!("no name".parse::<GeneralName>().is_err());
/// # Ok::<(), umcert::name::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GeneralName {
    /// A DNS name or a wildcard.
    Dns(SanName),
    /// A host with a single label, as `localhost`, or with underscores. Only for tests.
    Host(HostName),
    /// An IP address.
    Ip(IpAddr),
    /// An e-mail address. TLS clients match no e-mail address.
    Email(EmailAddress),
}

impl GeneralName {
    /// Returns `true` if this is a wildcard.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        match self {
            Self::Dns(name) => name.is_wildcard(),
            Self::Host(name) => name.is_wildcard(),
            Self::Ip(_) | Self::Email(_) => false,
        }
    }
}

impl fmt::Display for GeneralName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => name.fmt(f),
            Self::Host(name) => name.fmt(f),
            Self::Ip(address) => address.fmt(f),
            Self::Email(address) => address.fmt(f),
        }
    }
}

impl FromStr for GeneralName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Ip(address));
        }
        if let Some((local_part, host)) = text.rsplit_once('@') {
            return EmailAddress::parse(text, local_part, host).map(Self::Email);
        }
        match text.parse() {
            Ok(name) => Ok(Self::Dns(name)),
            Err(_) => HostName::parse(text).map(Self::Host),
        }
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
