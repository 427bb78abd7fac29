//! The model: what is deployed, who stands in for whom, and which dial plans use it.
//!
//! A deployment is plain data. It is read from text with any serde format, or built in code; both ways
//! it is checked before a plan is made of it. What cannot be meant is a [`DeploymentError`]; what can be
//! meant and breaks a guideline is a [`Finding`](crate::Finding) of the plan.

mod checks;
mod dial_plan;
mod directory;
mod error;
mod exchange;
mod lync;
mod names;
mod number;
mod role;
mod server_set;
mod servers;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use dial_plan::{DialPlan, DialPlanMember, UriType, VoipSecurity};
pub use exchange::{ExchangeForest, ExchangeVersion, StartupMode, UmServer};
pub use lync::{FrontEndPool, Lync};
pub use role::{ExchangeRole, Roles};
pub use server_set::{Failover, ServerSet};

pub(crate) use directory::{Directory, Members};
pub use error::{DeploymentError, Place};
pub(crate) use names::Names;
pub(crate) use number::Number;
pub(crate) use servers::Servers;

use crate::name::DnsName;

/// A Lync or Skype for Business deployment and the Exchange Unified Messaging (UM) servers that it
/// works with.
///
/// Reading one with serde checks it as [`validate`](Self::validate) does. Keys are in kebab-case, and
/// an unknown key is refused:
///
/// ```
/// use umcert::Deployment;
///
/// let deployment: Deployment = toml::from_str(r#"
///     [lync]
///     forest = "contoso.com"
///     pools = [{ fqdn = "lyncpool.contoso.com", servers = ["fe1.contoso.com"] }]
///
///     [[exchange]]
///     forest = "contoso.com"
///     version = "2013"
///
///     [[server-sets]]
///     name = "um"
///     failover = { method = "dial-plan" }
///     servers = [
///         { fqdn = "um1.contoso.com", site = "Tukwila" },
///         { fqdn = "um3.contoso.com", site = "Dublin" },
///     ]
///
///     [[dial-plans]]
///     name = "TukwilaUsers"
///     uri-type = "sip-uri"
///     security = "secured"
///     outlook-voice-access = ["+14255550100"]
///     auto-attendants = ["+14255550101"]
///     members = [{ server = "um1.contoso.com" }, { server = "um3.contoso.com", enabled = false }]
/// "#)?;
/// assert_eq!(deployment.servers().count(), 2);
/// # Ok::<(), toml::de::Error>(())
/// ```
///
/// The same in code:
///
/// ```
/// use umcert::deployment::{DialPlan, DialPlanMember, ExchangeForest, ExchangeVersion, Failover, FrontEndPool, Lync, ServerSet, UmServer};
/// use umcert::Deployment;
///
/// let mut lync = Lync::new("contoso.com")?;
/// lync.pools.push(FrontEndPool::new("lyncpool.contoso.com", ["fe1.contoso.com"])?);
/// let servers = [
///     UmServer::new("um1.contoso.com", "Tukwila")?,
///     UmServer::new("um3.contoso.com", "Dublin")?,
/// ];
/// let deployment = Deployment::new(
///     lync,
///     [ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2013)?],
///     [ServerSet::new("um", servers, Failover::DialPlan)],
///     [DialPlan::new(
///         "TukwilaUsers",
///         [DialPlanMember::enabled("um1.contoso.com")?, DialPlanMember::disabled("um3.contoso.com")?],
///     )],
/// );
/// deployment.validate()?;
/// # Ok::<(), umcert::deployment::DeploymentError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub struct Deployment {
    /// The Lync side.
    pub lync: Lync,
    /// The forests that Exchange lives in.
    pub exchange: Vec<ExchangeForest>,
    /// The sets of UM servers that stand in for each other.
    pub server_sets: Vec<ServerSet>,
    /// The UM dial plans that are used with Lync.
    #[serde(default)]
    pub dial_plans: Vec<DialPlan>,
}

impl Deployment {
    /// A deployment of these parts. It is not checked yet: [`validate`](Self::validate) and
    /// [`Plan::new`](crate::Plan::new) do.
    pub fn new(
        lync: Lync,
        exchange: impl IntoIterator<Item = ExchangeForest>,
        server_sets: impl IntoIterator<Item = ServerSet>,
        dial_plans: impl IntoIterator<Item = DialPlan>,
    ) -> Self {
        Self {
            lync,
            exchange: exchange.into_iter().collect(),
            server_sets: server_sets.into_iter().collect(),
            dial_plans: dial_plans.into_iter().collect(),
        }
    }

    /// Whether this can be meant: every entry has a name that people can be shown, no name stands twice,
    /// and every reference names something that is there.
    ///
    /// # Errors
    ///
    /// An entry that cannot be meant, and why; where there are several, one of the first.
    pub fn validate(&self) -> Result<(), DeploymentError> {
        Directory::new(self).map(drop)
    }

    /// Every UM server, set by set in the order of the text.
    pub fn servers(&self) -> impl Iterator<Item = &UmServer> {
        self.server_sets.iter().flat_map(|set| &set.servers)
    }

    /// The forest that `server` lives in: the one it names, or the only one. `None` where it names one
    /// that is not there, or names none and there are several.
    #[must_use]
    pub fn forest_of(&self, server: &UmServer) -> Option<&ExchangeForest> {
        match (&server.forest, self.exchange.as_slice()) {
            (Some(name), forests) => forests.iter().find(|forest| forest.forest == *name),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// Whether `forest` is another than Lync's.
    pub(crate) fn is_cross_forest(&self, forest: &DnsName) -> bool {
        self.lync.forest != *forest
    }
}

impl Serialize for Deployment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for Deployment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let deployment = Self::deserialize(deserializer)?;
        deployment.validate().map_err(de::Error::custom)?;
        Ok(deployment)
    }
}
