//! The Exchange side of a deployment: forests and UM servers.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::role::ExchangeRole;
use super::version::ExchangeVersion;
use crate::name::{DnsName, NameError};
use crate::rule::impl_text_id;
use crate::text::truncate;

/// Longest NetBIOS name of a computer in characters (MS-NBTE §2.2.1: 16 bytes, the last one a suffix).
pub(crate) const MAX_NETBIOS_NAME: usize = 15;

/// An Active Directory forest with Exchange servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct ExchangeForest {
    /// The DNS name of the forest.
    pub forest: DnsName,
    /// The version of Exchange of the forest's UM servers. A server can have [another one](UmServer::version).
    pub version: ExchangeVersion,
    /// `true` if this forest trusts Lync's forest (D6). Defaults to `false`; ignored for Lync's own forest.
    #[serde(default)]
    pub trusts_lync: bool,
    /// `true` if Lync's forest trusts this forest (D6). Defaults to `false`; ignored for Lync's own forest.
    #[serde(default)]
    pub trusted_by_lync: bool,
    /// `true` if the users' UM settings are also set on the user objects in Lync's forest (D6). Defaults to `false`;
    /// ignored for Lync's own forest.
    #[serde(default)]
    pub um_settings_in_lync_forest: bool,
}

impl ExchangeForest {
    /// Creates a forest of this version without trusts.
    ///
    /// # Errors
    ///
    /// Returns [`NameError`] if `forest` is not an FQDN.
    pub fn new(
        forest: impl TryInto<DnsName, Error: Into<NameError>>,
        version: ExchangeVersion,
    ) -> Result<Self, NameError> {
        Ok(Self {
            forest: forest.try_into().map_err(Into::into)?,
            version,
            trusts_lync: false,
            trusted_by_lync: false,
            um_settings_in_lync_forest: false,
        })
    }
}

/// An Exchange server that runs UM services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct UmServer {
    /// The server's own FQDN.
    pub fqdn: DnsName,
    /// The site of the server, such as a building or a data centre. An outage of the site takes down all its
    /// servers.
    pub site: String,
    /// The forest of the server. Required if the deployment has several forests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forest: Option<DnsName>,
    /// The version of Exchange. Defaults to that of the forest. During an upgrade a forest has servers of two versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<ExchangeVersion>,
    /// The Exchange roles. Defaults to Mailbox and Client Access.
    #[serde(default = "default_roles")]
    pub roles: BTreeSet<ExchangeRole>,
    /// The major version of the Unified Communications Managed API (UCMA). Defaults to 4 for Exchange 2013 and later,
    /// which require it, and to an older version for earlier ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ucma: Option<u8>,
    /// The IP addresses. They are needed to find IPv6 addresses without UCMA 4 (D5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// The startup mode of the UM service. Defaults to accepting TLS and unencrypted connections.
    #[serde(default)]
    pub startup_mode: StartupMode,
    /// The NetBIOS name. Defaults to the first label of the FQDN in upper case, cut to 15 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub netbios_name: Option<String>,
}

fn default_roles() -> BTreeSet<ExchangeRole> {
    BTreeSet::from([ExchangeRole::Mailbox, ExchangeRole::ClientAccess])
}

impl UmServer {
    /// Creates a server in this site, with the defaults of all other fields.
    ///
    /// # Errors
    ///
    /// Returns [`NameError`] if `fqdn` is not an FQDN.
    pub fn new(
        fqdn: impl TryInto<DnsName, Error: Into<NameError>>,
        site: impl Into<String>,
    ) -> Result<Self, NameError> {
        Ok(Self {
            fqdn: fqdn.try_into().map_err(Into::into)?,
            site: site.into(),
            forest: None,
            version: None,
            roles: default_roles(),
            ucma: None,
            addresses: Vec::new(),
            startup_mode: StartupMode::default(),
            netbios_name: None,
        })
    }

    /// Returns the NetBIOS name: the given one, or the first label of the FQDN in upper case, cut to 15
    /// characters as Windows does. The default certificate of Exchange is issued for this name.
    ///
    /// ```
    /// use umcert::deployment::UmServer;
    ///
    /// let server = UmServer::new("um1.contoso.com", "Tukwila")?;
    /// assert_eq!(server.netbios_name(), "UM1");
    /// # Ok::<(), umcert::name::NameError>(())
    /// ```
    #[must_use]
    pub fn netbios_name(&self) -> String {
        match &self.netbios_name {
            Some(name) => name.clone(),
            None => truncate(self.fqdn.first_label(), MAX_NETBIOS_NAME).to_ascii_uppercase(),
        }
    }

    /// Returns `true` if UM is the only role of the server, as in Exchange 2007 and 2010. Such a server does
    /// not use SAN entries (D17).
    #[must_use]
    pub fn is_stand_alone(&self) -> bool {
        self.roles.iter().eq([&ExchangeRole::UnifiedMessaging])
    }
}

/// The startup mode of a UM service: the kinds of connections that it accepts.
///
/// Displays as, and parses from, its text in a deployment: `tcp`, `tls`, `dual`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StartupMode {
    /// `tcp`: unencrypted only. Calls of a secured dial plan fail (D25).
    Tcp,
    /// `tls`: TLS only.
    Tls,
    /// `dual`: unencrypted and TLS.
    #[default]
    Dual,
}

impl StartupMode {
    /// Every startup mode.
    pub const ALL: &'static [Self] = &[Self::Tcp, Self::Tls, Self::Dual];

    fn id(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Dual => "dual",
        }
    }
}

impl_text_id!(StartupMode, "startup mode");
