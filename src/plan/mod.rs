//! The plan: what each server's certificate must hold, proven against every outage.
//!
//! Pure: no clock, no keys, no files. The same deployment and options give the same plan.

mod certificate;
mod guideline;
mod options;
mod outage;

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

pub use certificate::{PlannedCertificate, PlannedName, Reason};
pub use options::{KeyKind, PlanOptions, SanPolicy, UnknownOption};
pub use outage::{Answer, DialPlanShift, Outage, OutageCause, Route};

use self::certificate::StandIn;
use crate::deployment::{Deployment, DeploymentError, ServerSet};
use crate::name::{DnsName, NameSet, SanName};
use crate::rule::Finding;

/// One certificate for each server of a deployment, the outages that it was proven against, and what
/// was found on the way.
///
/// Displays as a page for people; serialises as JSON with `certificates`, `outages` and `findings`.
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
    #[serde(skip)]
    deployment: Arc<Deployment>,
    /// Where each server's certificate stands in the list.
    #[serde(skip)]
    positions: HashMap<DnsName, usize>,
    /// The forest of each certificate's server.
    #[serde(skip)]
    forests: Vec<DnsName>,
}

impl Plan {
    /// Plans the certificates of `deployment`, walks every outage of one site and of one server, and
    /// holds the deployment against the guidelines.
    ///
    /// What breaks a guideline is a [finding](Self::findings), not an error. *Not* looked at: DNS, the
    /// directory, and what servers really present (that is [`Audit`](crate::Audit)).
    ///
    /// # Errors
    ///
    /// [`DeploymentError`] where the deployment cannot be meant ([`Deployment::validate`]).
    pub fn new(deployment: &Deployment, options: &PlanOptions) -> Result<Self, DeploymentError> {
        deployment.validate()?;
        let mut outages = outage::walk(deployment);
        let mut stand_ins = stand_ins(&outages);
        let mut certificates = Vec::new();
        for set in &deployment.server_sets {
            let shared = Arc::new(shared_names(set, options.san));
            certificates.extend(set.servers.iter().map(|server| PlannedCertificate {
                server: server.fqdn.clone(),
                key: options.key,
                policy: options.san,
                shared: Arc::clone(&shared),
                stand_ins: stand_ins.remove(&server.fqdn).unwrap_or_default(),
            }));
        }
        let servers = certificates.iter().map(|it| it.server.clone());
        let positions = servers.zip(0..).collect();
        let forests = deployment
            .servers()
            .filter_map(|server| deployment.forest_of(server));
        let mut plan = Self {
            certificates,
            outages: Vec::new(),
            findings: Vec::new(),
            deployment: Arc::new(deployment.clone()),
            positions,
            forests: forests.map(|forest| forest.forest.clone()).collect(),
        };
        outage::cover(&mut outages, |server, name| {
            plan.certificate(server)?.covering(name)
        });
        plan.outages = outages;
        plan.findings = guideline::check(&plan, options);
        Ok(plan)
    }

    /// The certificates, set by set in the order of the deployment.
    #[must_use]
    pub fn certificates(&self) -> &[PlannedCertificate] {
        &self.certificates
    }

    /// The certificate of `server`, or `None` where that is no UM server of the deployment.
    #[must_use]
    pub fn certificate(&self, server: &DnsName) -> Option<&PlannedCertificate> {
        self.certificates.get(*self.positions.get(server)?)
    }

    /// The outages that were considered, of each site and of each server, with where names then end and
    /// which planned name covers them.
    #[must_use]
    pub fn outages(&self) -> &[Outage] {
        &self.outages
    }

    /// The same outages under other certificates: `names_of` gives what the certificate of a server
    /// really holds, `None` where it has none.
    ///
    /// ```
    /// use umcert::{Answer, NameSet, Plan, PlanOptions, SanName};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default())?;
    /// // What if the CA had kept the own name of each server alone?
    /// let outages = plan.outages_under(|server| Some([SanName::from(server)].into_iter().collect()));
    /// let uncovered = outages.iter().flat_map(|outage| &outage.routes).filter(|route| {
    ///     matches!(route.answer, Answer::Server { covered_by: None, .. })
    /// });
    /// assert_eq!(uncovered.count(), 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn outages_under(&self, names_of: impl Fn(&DnsName) -> Option<NameSet>) -> Vec<Outage> {
        let servers = self.certificates.iter().map(|it| &it.server);
        let names: HashMap<&DnsName, NameSet> = servers
            .filter_map(|server| Some((server, names_of(server)?)))
            .collect();
        let mut outages = self.outages.clone();
        outage::cover(&mut outages, |server, name| {
            names.get(server)?.covering(name)
        });
        outages
    }

    /// What the deployment and its plan break of the guidelines, errors first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The forest that `server` lives in; `None` where that is no UM server of the deployment.
    #[must_use]
    pub fn forest_of(&self, server: &DnsName) -> Option<&DnsName> {
        let position = *self.positions.get(server)?;
        self.forests.get(position)
    }

    /// The deployment that was planned.
    #[must_use]
    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }
}

/// What the policy asks of every server of `set`, the server's own name aside: exact names first (D12).
fn shared_names(set: &ServerSet, policy: SanPolicy) -> NameSet {
    let servers = set.servers.iter().map(|server| &server.fqdn);
    match policy {
        SanPolicy::EveryServer => servers.cloned().map(SanName::Exact).collect(),
        SanPolicy::Wildcard => {
            let names = NameSet::wildcards_over(servers);
            let (wildcards, exact): (Vec<_>, Vec<_>) =
                names.iter().cloned().partition(SanName::is_wildcard);
            exact.into_iter().chain(wildcards).collect()
        }
    }
}

/// For each server the names that some outage brings to it.
fn stand_ins(outages: &[Outage]) -> HashMap<DnsName, Vec<StandIn>> {
    let mut brought: HashMap<DnsName, Vec<StandIn>> = HashMap::new();
    for outage in outages {
        for route in &outage.routes {
            let Answer::Server { server, .. } = &route.answer else {
                continue;
            };
            brought.entry(server.clone()).or_default().push(StandIn {
                name: route.name.clone(),
                cause: outage.cause.clone(),
            });
        }
    }
    brought
}
