//! The Lync side of a deployment.

use serde::{Deserialize, Serialize};

use crate::name::{DnsName, NameError};

/// The Lync Server or Skype for Business side: its forest, its pools and its dial plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct FrontEndPool {
    /// The FQDN of the pool, or of the Standard Edition server.
    pub fqdn: DnsName,
    /// The FQDN of each Front End server. Empty for a Standard Edition server.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<DnsName>,
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
