//! The Exchange side of a deployment: forests and UM servers.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::role::{ExchangeRole, Roles};
use crate::name::{DnsName, NameError};

/// The longest NetBIOS name of a computer in characters (MS-NBTE §2.2.1: 16 bytes, the last a suffix).
pub(super) const MAX_NETBIOS_NAME: usize = 15;

/// A forest that Exchange lives in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct ExchangeForest {
    /// The DNS name of the Active Directory forest.
    pub forest: DnsName,
    /// The oldest Exchange version with UM services in it.
    pub version: ExchangeVersion,
    /// Whether this forest trusts Lync's (D6). False if left out; not looked at in Lync's own forest.
    #[serde(default)]
    pub trusts_lync: bool,
    /// Whether Lync's forest trusts this one (D6). False if left out; not looked at in Lync's own forest.
    #[serde(default)]
    pub trusted_by_lync: bool,
    /// Whether the users' UM settings are set on the user objects in Lync's forest too (D6). False if
    /// left out; not looked at in Lync's own forest.
    #[serde(default)]
    pub um_settings_in_lync_forest: bool,
}

impl ExchangeForest {
    /// A forest of this version that neither trusts nor is trusted by another.
    ///
    /// # Errors
    ///
    /// [`NameError`] where `forest` is no FQDN.
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

/// A version of Exchange Server with Unified Messaging. Orders by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ExchangeVersion {
    /// Exchange Server 2007, any service pack.
    #[serde(rename = "2007")]
    Exchange2007,
    /// Exchange Server 2010 before Service Pack 1.
    #[serde(rename = "2010")]
    Exchange2010,
    /// Exchange Server 2010 with Service Pack 1 or later.
    #[serde(rename = "2010-sp1")]
    Exchange2010Sp1,
    /// Exchange Server 2013.
    #[serde(rename = "2013")]
    Exchange2013,
    /// Exchange Server 2016, the last with UM.
    #[serde(rename = "2016")]
    Exchange2016,
}

impl fmt::Display for ExchangeVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Exchange2007 => "Exchange 2007",
            Self::Exchange2010 => "Exchange 2010",
            Self::Exchange2010Sp1 => "Exchange 2010 SP1",
            Self::Exchange2013 => "Exchange 2013",
            Self::Exchange2016 => "Exchange 2016",
        })
    }
}

/// An Exchange server that runs UM services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct UmServer {
    /// The server's own FQDN.
    pub fqdn: DnsName,
    /// The site whose outage takes this server with it: a building, say, or a data centre.
    pub site: String,
    /// The forest it lives in. May be left out where there is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forest: Option<DnsName>,
    /// Its Exchange roles: Mailbox and Client Access if left out.
    #[serde(default = "default_roles")]
    pub roles: Roles,
    /// The major version of its Unified Communications Managed API (UCMA). If left out it is 4 from
    /// Exchange 2013 on, which asks for it, and an older one before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ucma: Option<u8>,
    /// Its IP addresses. They matter where one is IPv6 (D5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<IpAddr>,
    /// How its UM service listens: Dual if left out.
    #[serde(default)]
    pub startup_mode: StartupMode,
    /// Its NetBIOS name, if that is another than [`netbios_name`](Self::netbios_name) derives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub netbios_name: Option<String>,
}

impl UmServer {
    /// A server in this site, with all else as if left out of the text.
    ///
    /// # Errors
    ///
    /// [`NameError`] where `fqdn` is no FQDN.
    pub fn new(
        fqdn: impl TryInto<DnsName, Error: Into<NameError>>,
        site: impl Into<String>,
    ) -> Result<Self, NameError> {
        Ok(Self {
            fqdn: fqdn.try_into().map_err(Into::into)?,
            site: site.into(),
            forest: None,
            roles: default_roles(),
            ucma: None,
            addresses: Vec::new(),
            startup_mode: StartupMode::default(),
            netbios_name: None,
        })
    }

    /// The NetBIOS name: the one given, or the first label of the FQDN in upper case, cut to 15
    /// characters as Windows does. The default certificate of Exchange is made for it.
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
            Some(given) => given.clone(),
            None => {
                let label = self.fqdn.first_label();
                let cut = label.get(..MAX_NETBIOS_NAME).unwrap_or(label);
                cut.to_ascii_uppercase()
            }
        }
    }

    /// Whether the UM role stands alone on its machine, as in Exchange 2007 and 2010: such a server
    /// does not use SAN entries (D17).
    #[must_use]
    pub fn is_stand_alone(&self) -> bool {
        self.roles == Roles::from([ExchangeRole::UnifiedMessaging])
    }
}

fn default_roles() -> Roles {
    Roles::from([ExchangeRole::Mailbox, ExchangeRole::ClientAccess])
}

/// How the UM service of a server listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StartupMode {
    /// Unencrypted only: no call of a secured dial plan gets through (D25).
    Tcp,
    /// TLS only.
    Tls,
    /// Both.
    #[default]
    Dual,
}
