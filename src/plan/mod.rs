//! The plan: what each server's certificate must hold, proven against every outage.
//!
//! Pure: no clock, no keys, no files. The same deployment and options give the same plan.

mod certificate;
mod diff;
mod guideline;
mod names;
mod options;
mod outage;

use std::collections::HashMap;
use std::sync::Arc;

use serde::Serialize;

pub use certificate::{PlannedCertificate, PlannedName, Reason};
pub use diff::{PlanDiff, Reissue, ReissueReason, Step};
pub use options::{
    CaProfile, CertificateSharing, KeyKind, OutageScope, PlanOptions, SanPolicy, UnknownOption,
};
pub(crate) use outage::out;
pub use outage::{Answer, DialPlanShift, Outage, OutageCause, Route};

use crate::deployment::{Deployment, DeploymentError, Directory, ExchangeVersion, Numbers, Pool};
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
    /// The number of each server: its place in the lists below.
    #[serde(skip)]
    numbers: Numbers,
    /// Where the certificate of each server stands.
    #[serde(skip)]
    positions: Vec<usize>,
    /// Where the forest of each server stands among the forests.
    #[serde(skip)]
    forest_of: Vec<usize>,
    #[serde(skip)]
    forests: Vec<(DnsName, ExchangeVersion)>,
    /// The Front End pools that the servers talk to.
    #[serde(skip)]
    pools: Arc<[Pool]>,
    #[serde(skip)]
    movements: Movements,
}

/// What moves names and calls, for [`Plan::diff`]: in the numbers of the servers, in the order in which
/// the certificates list them. A copy of the deployment would be the larger part of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Movements {
    /// Where each server's name is redirected to.
    redirects: Vec<Option<usize>>,
    /// The members of each dial plan, and whether each is enabled.
    dial_plans: Vec<(String, Vec<(usize, bool)>)>,
}

impl Movements {
    fn of(directory: &Directory<'_>) -> Self {
        let dial_plans = directory
            .deployment
            .dial_plans
            .iter()
            .zip(&directory.members);
        let dial_plans = dial_plans.map(|(dial_plan, numbers)| {
            let members = dial_plan.members.iter().zip(numbers);
            let members = members.map(|(member, number)| (*number, member.enabled));
            (dial_plan.name.clone(), members.collect())
        });
        Self {
            redirects: directory
                .servers
                .iter()
                .map(|listed| listed.redirect)
                .collect(),
            dial_plans: dial_plans.collect(),
        }
    }
}

impl Plan {
    /// Plans the certificates of `deployment`, walks every outage that `options` ask for, and holds the
    /// deployment against the guidelines.
    ///
    /// What breaks a guideline is a [finding](Self::findings), not an error. *Not* looked at: DNS, the
    /// directory, and what servers really present (that is [`Audit`](crate::Audit)).
    ///
    /// # Errors
    ///
    /// [`DeploymentError`] where the deployment cannot be meant ([`Deployment::validate`]).
    pub fn new(deployment: &Deployment, options: &PlanOptions) -> Result<Self, DeploymentError> {
        let directory = Directory::new(deployment)?;
        let walked = outage::walk(&directory, options.outages);
        let mut stand_ins = names::stand_ins(&walked, &directory).into_iter();
        let mut certificates = Vec::with_capacity(directory.servers.len());
        let mut positions = Vec::with_capacity(directory.servers.len());
        for set in &deployment.server_sets {
            let brought = stand_ins.by_ref().take(set.servers.len());
            for certificate in names::certificates(set, options, brought) {
                positions.extend(certificate.servers().iter().map(|_| certificates.len()));
                certificates.push(certificate);
            }
        }
        let lists_set = names::lists_set(options);
        let outages = outage::finish(walked, &directory, |server, number| {
            let (answering, moving) = (
                directory.servers.get(server)?,
                directory.servers.get(number)?,
            );
            let name = &moving.server.fqdn;
            // To be of the set is to be in the list: looking a name up in a large one takes longer.
            if lists_set && std::ptr::eq(answering.set, moving.set) {
                return Some(SanName::from(name));
            }
            certificates.get(*positions.get(server)?)?.covering(name)
        });
        let findings = guideline::check(&directory, &certificates, &outages, options);
        let forests = deployment.exchange.iter();
        Ok(Self {
            certificates,
            outages,
            findings,
            positions,
            forest_of: directory
                .servers
                .iter()
                .map(|listed| listed.forest_number)
                .collect(),
            forests: forests.map(|it| (it.forest.clone(), it.version)).collect(),
            pools: Arc::from(deployment.lync.pools.as_slice()),
            movements: Movements::of(&directory),
            numbers: directory.numbers,
        })
    }

    /// The certificates, set by set in the order of the deployment.
    #[must_use]
    pub fn certificates(&self) -> &[PlannedCertificate] {
        &self.certificates
    }

    /// The certificate that `server` presents, or `None` where that is no UM server of the deployment.
    #[must_use]
    pub fn certificate(&self, server: &DnsName) -> Option<&PlannedCertificate> {
        self.certificates
            .get(*self.positions.get(*self.numbers.get(server)?)?)
    }

    /// The outages that were considered: each site, each server, and the combinations that
    /// [`OutageScope`] asks for; with where names then end and which planned name covers them.
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
        let servers = self
            .certificates
            .iter()
            .flat_map(PlannedCertificate::servers);
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
        self.forest(server).map(|(forest, _)| forest)
    }

    /// The oldest version of Exchange in the forest of `server`.
    pub(crate) fn version_of(&self, server: &DnsName) -> Option<ExchangeVersion> {
        self.forest(server).map(|(_, version)| *version)
    }

    fn forest(&self, server: &DnsName) -> Option<&(DnsName, ExchangeVersion)> {
        let number = self.numbers.get(server)?;
        self.forests.get(*self.forest_of.get(*number)?)
    }

    /// The forests that UM servers of the plan live in, in the order of the deployment.
    pub fn forests(&self) -> impl Iterator<Item = &DnsName> {
        let forests = self.forests.iter().enumerate();
        let used = forests.filter(|(position, _)| self.forest_of.contains(position));
        used.map(|(_, (forest, _))| forest)
    }

    /// The Front End pools and Standard Edition servers of Lync, which talk to every forest of the plan.
    #[must_use]
    pub fn pools(&self) -> &[Pool] {
        &self.pools
    }
}
