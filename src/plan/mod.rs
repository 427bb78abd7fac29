//! The plan: the certificate that each server needs, checked against every outage and the guidelines.
//!
//! The module is pure: it uses no clock, keys or files. The same deployment and options give the same plan.

mod certificate;
mod certificates;
mod diff;
mod guidelines;
mod outage;
mod outages;
mod san_policy;
mod topology;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;

pub use crate::deployment::options::{
    CaProfile, CertificateSharing, KeyKind, OutageScope, PlanOptions, SanPolicy,
};
pub use certificate::{PlannedCertificate, PlannedName, Reason};
pub use diff::{MigrationStep, PlanDiff, Reissue};
pub(crate) use outage::describe_outages;
pub use outage::{DialPlanChange, NameRoute, Outage, OutageCause, RouteTarget};

use self::certificates::{plan_certificates, plan_front_ends};
use self::guidelines::PlanContext;
use self::outages::find_outages;
use self::topology::Topology;
use crate::deployment::{Deployment, DeploymentError, ExchangeVersion, FrontEndPool};
use crate::name::{DnsName, SanName};
use crate::rule::Finding;

/// The planned certificates of a deployment, the outages that they cover, and breaches of the guidelines.
///
/// Displays as a page for people, and serializes as JSON with `certificates`, `outages`, `findings` and
/// `front-ends-omitted`. Fields are only added. The page counts repeated entries. JSON omits nothing, so under
/// [`SanPolicy::EveryServer`] the JSON grows with the square of a set's size; a plan itself does not.
///
/// # Examples
///
/// ```
/// use umcert::{Plan, PlanOptions, SanPolicy};
/// # let text = include_str!("../../examples/data/example-1.toml");
///
/// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().san(SanPolicy::Wildcard))?;
/// let um1 = plan.certificates().first().ok_or("no server")?;
/// let names: Vec<String> = um1.names().map(|name| name.to_string()).collect();
/// assert_eq!(names, ["um1.contoso.com", "*.contoso.com"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    certificates: Vec<PlannedCertificate>,
    outages: Vec<Outage>,
    findings: Vec<Finding>,
    #[serde(rename = "front-ends-omitted")]
    omits_front_ends: bool,
    /// The index of the certificate that each server presents.
    #[serde(skip)]
    certificate_of: HashMap<DnsName, usize>,
    #[serde(skip)]
    topology: Topology,
    #[serde(skip)]
    deployment: Arc<Deployment>,
    #[serde(skip)]
    ca: CaProfile,
}

impl Plan {
    /// Plans the certificates of `deployment`, checks them against the outages that `options` select, and checks
    /// the deployment against the guidelines.
    ///
    /// A breach of a guideline is a [finding](Self::findings), not an error. *Not* checked: DNS, Active Directory, and
    /// the chains that servers present (see [`Audit`](crate::Audit)).
    ///
    /// # Errors
    ///
    /// Returns [`DeploymentError`] if the deployment is invalid ([`Deployment::validate`]).
    pub fn new(deployment: &Deployment, options: &PlanOptions) -> Result<Self, DeploymentError> {
        deployment.validate()?;
        let topology = Topology::new(deployment);
        let outages = find_outages(&topology, options.outages);
        let certificates = plan_certificates(deployment, &topology, &outages, options);
        let front_ends = plan_front_ends(deployment, options);
        let findings = guidelines::check(&PlanContext {
            deployment,
            topology: &topology,
            outages: &outages,
            certificates: &certificates,
            front_ends: &front_ends,
            options,
        });
        let certificates = certificates.into_iter().chain(front_ends).flatten();
        let certificates: Vec<PlannedCertificate> = certificates.collect();
        let certificate_of = index_by_server(&certificates);
        let covering = |server: &_, name: &_| certificates[certificate_of[server]].covering(name);
        let outages = outages.into_iter().map(|outage| outage.covered(covering));
        Ok(Self {
            outages: outages.collect(),
            certificates,
            findings,
            omits_front_ends: !deployment.lync.pools.is_empty() && !options.front_ends,
            certificate_of,
            topology,
            deployment: Arc::new(deployment.clone()),
            ca: options.ca,
        })
    }

    /// Returns the deployment that was planned.
    #[must_use]
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// Returns the kind of CA that the certificates are planned for.
    #[must_use]
    pub fn ca(&self) -> CaProfile {
        self.ca
    }

    /// Returns the certificates, set by set in the order of the deployment. Those of the Front Ends follow, pool by pool,
    /// if the plan [covers](PlanOptions::front_ends) them.
    #[must_use]
    pub fn certificates(&self) -> &[PlannedCertificate] {
        &self.certificates
    }

    /// Returns the certificate that `server` presents, or `None` if it is neither a UM server of the deployment nor a
    /// Front End that the plan [covers](PlanOptions::front_ends). The name of a pool is not that of a Front End, except for a
    /// Standard Edition server.
    #[must_use]
    pub fn certificate(&self, server: &DnsName) -> Option<&PlannedCertificate> {
        let index = self.certificate_of.get(server)?;
        Some(&self.certificates[*index])
    }

    /// Returns the outages that were considered, with the server that answers to each name that moves, and the
    /// entry of its certificate that covers the name.
    ///
    /// These are each site, each server, and the combinations that [`OutageScope`] selects.
    pub fn outages(&self) -> impl ExactSizeIterator<Item = Outage> + DoubleEndedIterator + '_ {
        self.outages.iter().cloned()
    }

    /// Returns the outages with the covering entries of other certificates. `names_of` returns the names in the
    /// certificate of a server, or `None` if the server has no certificate. `names_of` is called once for each server.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::plan::RouteTarget;
    /// use umcert::{Plan, PlanOptions, SanName};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default())?;
    /// // A CA that keeps only the own name of each server leaves these routes uncovered.
    /// let outages = plan.outages_under(|server| Some([SanName::from(server)]));
    /// let uncovered = outages.flat_map(|outage| outage.routes).filter(|route| {
    ///     matches!(route.answer, RouteTarget::Server { covered_by: None, .. })
    /// });
    /// assert_eq!(uncovered.count(), 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn outages_under<N: AsRef<[SanName]>>(
        &self,
        names_of: impl Fn(&DnsName) -> Option<N>,
    ) -> impl ExactSizeIterator<Item = Outage> + DoubleEndedIterator {
        let servers = self.topology.servers.iter();
        let names: HashMap<&DnsName, N> = servers
            .filter_map(|server| Some((&server.fqdn, names_of(&server.fqdn)?)))
            .collect();
        self.outages().map(move |outage| {
            outage.covered(|server, name| {
                let names = names.get(server)?.as_ref();
                SanName::find_covering(names, name).cloned()
            })
        })
    }

    /// Returns `true` if the deployment has Front Ends of Lync that the plan does not
    /// [cover](PlanOptions::front_ends).
    #[must_use]
    pub fn omits_front_ends(&self) -> bool {
        self.omits_front_ends
    }

    /// Returns the breaches of guidelines, errors first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns the forest that `server` is in, or `None` if it is not a UM server of the deployment.
    #[must_use]
    pub fn forest_of(&self, server: &DnsName) -> Option<&DnsName> {
        Some(self.topology.forest_of(self.topology.index_of(server)?))
    }

    /// Returns the version of Exchange of `server`, or `None` if it is not a UM server of the deployment.
    pub(crate) fn version_of(&self, server: &DnsName) -> Option<ExchangeVersion> {
        let index = self.topology.index_of(server)?;
        Some(self.topology.servers[index].version)
    }

    /// Returns the forests with UM servers, in the order of the deployment.
    pub fn forests(&self) -> impl Iterator<Item = &DnsName> {
        let used: HashSet<usize> = self
            .topology
            .servers
            .iter()
            .map(|server| server.forest)
            .collect();
        let forests = self.topology.forests.iter().enumerate();
        forests
            .filter(move |(index, _)| used.contains(index))
            .map(|(_, forest)| forest)
    }

    /// Returns the Front End pools and Standard Edition servers of Lync, which dial the servers of every forest.
    #[must_use]
    pub fn pools(&self) -> &[FrontEndPool] {
        &self.deployment.lync.pools
    }
}

/// Returns the index of the certificate that each server presents.
fn index_by_server(certificates: &[PlannedCertificate]) -> HashMap<DnsName, usize> {
    let mut index_by_server = HashMap::new();
    for (index, certificate) in certificates.iter().enumerate() {
        let servers = certificate.servers().iter().cloned();
        index_by_server.extend(servers.map(|server| (server, index)));
    }
    index_by_server
}
