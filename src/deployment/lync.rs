//! The Lync side of a deployment.

use serde::{Deserialize, Serialize};

use crate::name::{DnsName, NameError};
use crate::rule::impl_text_id;

/// The Lync Server or Skype for Business side: its forest, its pools and its dial plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Lync {
    /// The DNS name of the Active Directory forest.
    pub forest: DnsName,
    /// The names of the Enterprise Voice dial plans. They are needed if Exchange is older than 2010 SP1 (D9).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dial_plans: Vec<String>,
    /// The Front End pools and Standard Edition servers (D7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pools: Vec<FrontEndPool>,
}

impl Lync {
    /// Creates a Lync deployment in this forest, without pools and dial plans.
    ///
    /// # Errors
    ///
    /// Returns [`NameError`] if `forest` is not an FQDN.
    pub fn new(forest: impl TryInto<DnsName, Error: Into<NameError>>) -> Result<Self, NameError> {
        Ok(Self {
            forest: forest.try_into().map_err(Into::into)?,
            dial_plans: Vec::new(),
            pools: Vec::new(),
        })
    }
}

/// A Front End pool, or a Standard Edition server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct FrontEndPool {
    /// The FQDN of the pool, or of the Standard Edition server.
    pub fqdn: DnsName,
    /// The FQDN of each Front End server. Empty for a Standard Edition server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<DnsName>,
    /// The encryption of media that the pool's policy asks for (D54). If it is not set, nothing is checked against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption: Option<MediaEncryption>,
}

impl FrontEndPool {
    /// Creates the pool `fqdn` of these Front End servers. A Standard Edition server has no Front End servers.
    ///
    /// # Errors
    ///
    /// Returns [`NameError`] if a name is not an FQDN.
    pub fn new<N>(
        fqdn: impl TryInto<DnsName, Error: Into<NameError>>,
        servers: impl IntoIterator<Item = N>,
    ) -> Result<Self, NameError>
    where
        N: TryInto<DnsName, Error: Into<NameError>>,
    {
        Ok(Self {
            fqdn: fqdn.try_into().map_err(Into::into)?,
            servers: servers
                .into_iter()
                .map(|server| server.try_into().map_err(Into::into))
                .collect::<Result<_, _>>()?,
            encryption: None,
        })
    }

    /// Returns the servers that answer for the pool: its Front End servers, or the Standard Edition server
    /// itself.
    pub fn front_ends(&self) -> impl Iterator<Item = &DnsName> {
        let servers = match self.servers.as_slice() {
            [] => std::slice::from_ref(&self.fqdn),
            servers => servers,
        };
        servers.iter()
    }
}

/// The encryption of media in Lync: the `EncryptionLevel` of `Get-CsMediaConfiguration` (D54).
///
/// Displays as, and parses from, its text in a deployment: `require`, `support`, `none`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MediaEncryption {
    /// `require`: `RequireEncryption`, Lync's default. Media is encrypted, or there is no call.
    Require,
    /// `support`: `SupportEncryption`. Media is encrypted if the peer does so.
    Support,
    /// `none`: `DoNotSupportEncryption`. Media is not encrypted.
    None,
}

impl MediaEncryption {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::Require, Self::Support, Self::None];

    fn id(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::Support => "support",
            Self::None => "none",
        }
    }
}

impl_text_id!(MediaEncryption, "media encryption");
