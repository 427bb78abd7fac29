//! The deployment model: servers, failover and dial plans, and its validation.
//!
//! A deployment is plain data, read from text with any serde format or built in code. An invalid deployment is
//! a [`DeploymentError`]. A valid one that breaks a guideline gets a [`Finding`](crate::Finding) from its plan.

mod dial_plan;
mod error;
mod exchange;
mod lync;
pub(crate) mod options;
mod role;
mod server_set;
mod validate;
mod version;

use serde::{Deserialize, Serialize};

pub use dial_plan::{DialPlan, DialPlanMember, UriType, VoipSecurity};
pub use error::DeploymentError;
pub(crate) use exchange::MAX_NETBIOS_NAME;
pub use exchange::{ExchangeForest, StartupMode, UmServer};
pub use lync::{FrontEndPool, Lync, MediaEncryption};
pub use role::ExchangeRole;
pub use server_set::{Failover, ServerSet};
pub use version::ExchangeVersion;

use self::options::PlanOptions;
use crate::name::DnsName;

/// A Lync or Skype for Business deployment and the Exchange Unified Messaging (UM) servers that it works with.
///
/// Deserialization validates like [`validate`](Self::validate). Keys are in kebab-case, and an unknown key is
/// refused. A forest is listed once: during an upgrade, `version` on a server gives the version that differs from the
/// forest's:
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
/// The same deployment in code:
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case", try_from = "UncheckedDeployment")]
#[cfg_attr(feature = "schema", schemars(!try_from, deny_unknown_fields))]
#[non_exhaustive]
pub struct Deployment {
    /// The Lync side.
    pub lync: Lync,
    /// The Active Directory forests with Exchange servers.
    pub exchange: Vec<ExchangeForest>,
    /// The sets of UM servers that stand in for each other.
    pub server_sets: Vec<ServerSet>,
    /// The UM dial plans that are used with Lync.
    #[cfg_attr(feature = "schema", schemars(default))]
    pub dial_plans: Vec<DialPlan>,
    /// The DNS zones of the servers, for the scripts of a failover by DNS. If it is empty, the names of the forests
    /// count as zones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub dns_zones: Vec<DnsName>,
    /// The options of the plan. [`Plan::new`](crate::Plan::new) takes them, or others, as an argument.
    #[serde(skip_serializing_if = "is_default")]
    #[cfg_attr(feature = "schema", schemars(default))]
    pub plan: PlanOptions,
}

fn is_default(options: &PlanOptions) -> bool {
    *options == PlanOptions::default()
}

impl Deployment {
    /// Creates a deployment of these parts. [`validate`](Self::validate) and
    /// [`Plan::new`](crate::Plan::new) check it.
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
            dns_zones: Vec::new(),
            plan: PlanOptions::default(),
        }
    }

    /// Returns every UM server, set by set in the order of the deployment.
    pub fn servers(&self) -> impl Iterator<Item = &UmServer> {
        self.server_sets.iter().flat_map(|set| &set.servers)
    }

    /// Returns the forest of `server`: the forest that the server names, or the only one. Returns `None` if the server
    /// names a forest that the deployment does not list, or if it names none and the deployment lists several.
    #[must_use]
    pub fn forest_of(&self, server: &UmServer) -> Option<&ExchangeForest> {
        match (&server.forest, self.exchange.as_slice()) {
            (Some(name), forests) => forests.iter().find(|forest| forest.forest == *name),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// Returns the version of Exchange of `server`: its own, or that of its [forest](Self::forest_of). Returns `None` if
    /// the server has neither.
    #[must_use]
    pub fn version_of(&self, server: &UmServer) -> Option<ExchangeVersion> {
        let of_forest = || Some(self.forest_of(server)?.version);
        server.version.or_else(of_forest)
    }

    /// Returns `true` if `forest` is not Lync's own forest.
    pub(crate) fn is_cross_forest(&self, forest: &DnsName) -> bool {
        self.lync.forest != *forest
    }
}

/// The fields of a [`Deployment`] that has not been validated yet.
#[derive(Deserialize)]
#[serde(rename = "Deployment", rename_all = "kebab-case", deny_unknown_fields)]
struct UncheckedDeployment {
    lync: Lync,
    exchange: Vec<ExchangeForest>,
    server_sets: Vec<ServerSet>,
    #[serde(default)]
    dial_plans: Vec<DialPlan>,
    #[serde(default)]
    dns_zones: Vec<DnsName>,
    #[serde(default)]
    plan: PlanOptions,
}

impl TryFrom<UncheckedDeployment> for Deployment {
    type Error = DeploymentError;

    fn try_from(unchecked: UncheckedDeployment) -> Result<Self, DeploymentError> {
        let UncheckedDeployment {
            lync,
            exchange,
            server_sets,
            dial_plans,
            dns_zones,
            plan,
        } = unchecked;
        let deployment = Self {
            lync,
            exchange,
            server_sets,
            dial_plans,
            dns_zones,
            plan,
        };
        deployment.validate()?;
        Ok(deployment)
    }
}
