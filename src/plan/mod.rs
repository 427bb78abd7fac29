//! The plan: what each server's certificate must hold, proven against every outage.
//!
//! Pure: no clock, no keys, no files. The same deployment and options give the same plan.

mod basis;
mod certificate;
mod diff;
mod entries;
mod guideline;
mod lists;
mod names;
mod options;
mod outage;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "compared with the present core before it replaces it"
    )
)]
mod outages;
#[cfg(test)]
mod outages_test;
mod policy_names;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "compared with the present core before it replaces it"
    )
)]
mod topology;

use std::sync::Arc;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

pub use certificate::{PlannedCertificate, PlannedName, Reason};
pub(crate) use diff::Change;
pub use diff::{Extension, MigrationStep, PlanDiff, Reissue, ReissueReason};
pub use options::{CaProfile, CertificateSharing, KeyKind, OutageScope, PlanOptions, SanPolicy};
pub(crate) use outage::out;
pub use outage::{DialPlanChange, NameRoute, Outage, OutageCause, RouteTarget};

use self::basis::Basis;
use self::topology::Topology;
use crate::deployment::{
    Deployment, DeploymentError, Directory, ExchangeVersion, FrontEndPool, Number,
};
use crate::name::{DnsName, SanName};
use crate::rule::Finding;
use crate::sort::count_before;

/// One certificate for each server of a deployment, the outages that it was proven against, and what
/// was found on the way.
///
/// Displays as a page for people; serialises as JSON with `certificates`, `outages` and `findings`. The page
/// counts what repeats; JSON leaves nothing out, so under [`SanPolicy::EveryServer`] it grows with the square
/// of a set's size. A plan itself does not.
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
#[derive(Debug, Clone)]
pub struct Plan {
    certificates: Vec<PlannedCertificate>,
    findings: Vec<Finding>,
    topology: Arc<Topology>,
    basis: Arc<Basis>,
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
        let lists = names::lists(&directory, options);
        let basis = Arc::new(Basis::new(&directory, lists, walked));
        let mut certificates = Vec::with_capacity(directory.servers.len());
        let mut first = 0;
        for (position, set) in deployment.server_sets.iter().enumerate() {
            let servers = first..first + set.servers.len();
            first = servers.end;
            names::add_certificates(position, servers, options, &basis, &mut certificates);
        }
        Ok(Self {
            findings: guideline::check(&directory, &certificates, &basis, options),
            certificates,
            topology: Arc::new(Topology::new(deployment)),
            basis,
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
        self.certificate_of(self.basis.names().number(server)?)
    }

    /// The certificate of the server of this number: the certificates stand in the order of the servers.
    fn certificate_of(&self, number: usize) -> Option<&PlannedCertificate> {
        let number = Number::new(number);
        let behind = count_before(&self.certificates, |it| it.servers.start <= number);
        self.certificates.get(behind.checked_sub(1)?)
    }

    /// The outages that were considered: each site, each server, and the combinations that
    /// [`OutageScope`] asks for; with where names then end and which planned name covers them.
    ///
    /// Each is put into words when it is asked for: a plan keeps a few bytes of it.
    pub fn outages(&self) -> impl ExactSizeIterator<Item = Outage> + DoubleEndedIterator + '_ {
        let covering = |server, number| {
            let name = self.basis.names().get(number)?;
            self.certificate_of(server)?.covering(name)
        };
        self.outages_covered(covering)
    }

    /// The same outages under other certificates: `names_of` gives what the certificate of a server
    /// really holds, `None` where it has none. It is asked once for each server. The audit takes what servers
    /// [present](crate::Audit::presented).
    ///
    /// ```
    /// use umcert::plan::RouteTarget;
    /// use umcert::{Plan, PlanOptions, SanName};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default())?;
    /// // What if the CA had kept the own name of each server alone?
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
        let mut names = Vec::new();
        for server in self.basis.names().as_slice() {
            names.push(names_of(server));
        }
        self.outages_covered(move |server, number| {
            let name = self.basis.names().get(number)?;
            SanName::find_covering(names.get(server)?.as_ref()?.as_ref(), name).cloned()
        })
    }

    fn outages_covered(
        &self,
        covering: impl Fn(usize, usize) -> Option<SanName>,
    ) -> impl ExactSizeIterator<Item = Outage> + DoubleEndedIterator {
        let outages = 0..self.basis.walked.len();
        outages.map(move |outage| self.basis.outage(outage, &covering))
    }

    /// What the deployment and its plan break of the guidelines, errors first.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The forest that `server` lives in; `None` where that is no UM server of the deployment.
    #[must_use]
    pub fn forest_of(&self, server: &DnsName) -> Option<&DnsName> {
        let (forest, _) = self.forest(server)?;
        Some(forest)
    }

    /// The oldest version of Exchange in the forest of `server`.
    pub(crate) fn version_of(&self, server: &DnsName) -> Option<ExchangeVersion> {
        let (_, version) = self.forest(server)?;
        Some(*version)
    }

    fn forest(&self, server: &DnsName) -> Option<&(DnsName, ExchangeVersion)> {
        self.basis.forest_of(self.basis.names().number(server)?)
    }

    /// The forests that UM servers of the plan live in, in the order of the deployment.
    pub fn forests(&self) -> impl Iterator<Item = &DnsName> {
        self.basis.forests_in_use()
    }

    /// The Front End pools and Standard Edition servers of Lync, which talk to every forest of the plan.
    #[must_use]
    pub fn pools(&self) -> &[FrontEndPool] {
        &self.basis.pools
    }
}

/// Two plans are equal where they ask for the same certificates for the same reasons.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        for certificate in &self.certificates {
            match other.certificate_of(certificate.servers.start.get()) {
                Some(other) if other.is_planned_as(certificate) => {}
                _ => return false,
            }
        }
        self.certificates.len() == other.certificates.len()
            && self.basis == other.basis
            && self.findings == other.findings
    }
}

impl Eq for Plan {}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut json = serializer.serialize_struct("Plan", 3)?;
        json.serialize_field("certificates", &self.certificates)?;
        json.serialize_field("outages", &Outages(self))?;
        json.serialize_field("findings", &self.findings)?;
        json.end()
    }
}

/// The outages of a plan, put into words one by one.
struct Outages<'a>(&'a Plan);

impl Serialize for Outages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.outages())
    }
}
