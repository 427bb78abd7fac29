//! Comparisons of names with text, and conversions to and from the names of rustls.

use rustls_pki_types as pki_types;
use rustls_pki_types::ServerName;

use super::dns_name::DnsName;
use super::general_name::GeneralName;
use super::name_error::NameError;
use super::san_name::SanName;

/// Implements comparisons with text by the method `is_text`, from both sides.
macro_rules! impl_text_eq {
    ($($name:ident),*) => {$(
        /// Ignores case, like DNS.
        impl PartialEq<str> for $name {
            fn eq(&self, text: &str) -> bool {
                self.is_text(text)
            }
        }

        /// Ignores case, like DNS.
        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.is_text(text)
            }
        }

        /// Ignores case, like DNS.
        impl PartialEq<$name> for str {
            fn eq(&self, name: &$name) -> bool {
                name.is_text(self)
            }
        }

        /// Ignores case, like DNS.
        impl PartialEq<$name> for &str {
            fn eq(&self, name: &$name) -> bool {
                name.is_text(self)
            }
        }
    )*};
}
impl_text_eq!(DnsName, SanName, GeneralName);

impl DnsName {
    fn is_text(&self, text: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(text)
    }
}

impl SanName {
    fn is_text(&self, text: &str) -> bool {
        match self {
            Self::Exact(name) => name.is_text(text),
            Self::Wildcard(domain) => text
                .strip_prefix("*.")
                .is_some_and(|text| domain.is_text(text)),
        }
    }
}

impl GeneralName {
    fn is_text(&self, text: &str) -> bool {
        match self {
            Self::Dns(name) => name.is_text(text),
            Self::Ip(address) => text.parse() == Ok(*address),
            Self::Host(_) | Self::Email(_) => text.parse().as_ref() == Ok(self),
        }
    }
}

impl From<&DnsName> for pki_types::DnsName<'static> {
    fn from(name: &DnsName) -> Self {
        let name = Self::try_from(name.as_str().to_owned());
        name.expect("rustls accepts the preferred name syntax")
    }
}

impl From<DnsName> for pki_types::DnsName<'static> {
    fn from(name: DnsName) -> Self {
        Self::from(&name)
    }
}

impl From<&DnsName> for ServerName<'static> {
    fn from(name: &DnsName) -> Self {
        Self::DnsName(name.into())
    }
}

impl From<DnsName> for ServerName<'static> {
    fn from(name: DnsName) -> Self {
        Self::from(&name)
    }
}

/// Implements a conversion from a name of rustls, borrowed or owned.
macro_rules! impl_try_from {
    ($theirs:ty, $ours:ident, $text:ident, $refused:literal) => {
        #[doc = concat!("Refuses ", $refused, ".")]
        impl TryFrom<&$theirs> for $ours {
            type Error = NameError;

            fn try_from(name: &$theirs) -> Result<Self, NameError> {
                name.$text().parse()
            }
        }

        #[doc = concat!("Refuses ", $refused, ".")]
        impl TryFrom<$theirs> for $ours {
            type Error = NameError;

            fn try_from(name: $theirs) -> Result<Self, NameError> {
                Self::try_from(&name)
            }
        }
    };
}
impl_try_from!(
    pki_types::DnsName<'_>,
    DnsName,
    as_ref,
    "names with a single label or an underscore, which rustls accepts"
);
impl_try_from!(
    ServerName<'_>,
    DnsName,
    to_str,
    "IP addresses, and names with a single label or an underscore"
);
impl_try_from!(
    ServerName<'_>,
    GeneralName,
    to_str,
    "names that a [`GeneralName`] cannot be"
);

/// Refuses wildcards and e-mail addresses, to which no client can connect.
impl TryFrom<&GeneralName> for ServerName<'static> {
    type Error = NameError;

    fn try_from(name: &GeneralName) -> Result<Self, NameError> {
        let text = name.to_string();
        match Self::try_from(text.clone()) {
            Ok(name) => Ok(name),
            // The reason of rustls names no character.
            Err(_) => Ok(text.parse::<DnsName>()?.into()),
        }
    }
}

/// Refuses wildcards and e-mail addresses, to which no client can connect.
impl TryFrom<GeneralName> for ServerName<'static> {
    type Error = NameError;

    fn try_from(name: GeneralName) -> Result<Self, NameError> {
        Self::try_from(&name)
    }
}
