//! Outages: who is down, where each name then ends, and who then serves each dial plan.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::deployment::{Deployment, DialPlan, Failover};
use crate::name::{DnsName, SanName};

/// An outage that a plan considers: what is down, and what changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Outage {
    /// What is down.
    pub cause: OutageCause,
    /// Where the names that move end. A name that is not listed is answered by its own server, as on any
    /// day, or belongs to a server that is out and whose name does not move.
    pub routes: Vec<Route>,
    /// The dial plans whose members change, or should.
    pub dial_plans: Vec<DialPlanShift>,
}

/// What is down in an outage. Displays as "site Tukwila" or "server um1.contoso.com".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum OutageCause {
    /// Every server of this site.
    Site(#[serde(serialize_with = "as_text")] Arc<str>),
    /// This server alone.
    Server(DnsName),
}

impl fmt::Display for OutageCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(site) => write!(f, "site {site}"),
            Self::Server(server) => write!(f, "server {server}"),
        }
    }
}

/// serde serialises an `Arc` only with a feature that would be on for all users of serde.
fn as_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// Where a name ends in an outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct Route {
    /// The name that is dialled; its own server is down.
    pub name: DnsName,
    /// Who answers.
    pub answer: Answer,
}

/// Who answers to a name in an outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
#[non_exhaustive]
pub enum Answer {
    /// This server answers.
    #[non_exhaustive]
    Server {
        /// The server that the name points at.
        server: DnsName,
        /// The entry of its certificate that covers the name; `None` where no entry does.
        covered_by: Option<SanName>,
    },
    /// Nobody answers: the redirects end at this server, which is down and whose name does not move. It
    /// is the name's own server where that has no redirect at all.
    DeadEnd(DnsName),
    /// Nobody answers: the redirects lead back to a server that is down and was passed before.
    Loop,
}

/// How the members of a dial plan change in an outage under dial plan failover (D4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct DialPlanShift {
    /// The name of the dial plan.
    pub dial_plan: String,
    /// Enabled members that are down: they are to be disabled.
    pub disable: Vec<DnsName>,
    /// Disabled members that are up and take over, since no enabled one is left: they are to be enabled.
    pub enable: Vec<DnsName>,
    /// How many enabled members are left.
    pub remaining: usize,
}

impl DialPlanShift {
    /// Whether anybody takes the calls of the dial plan.
    #[must_use]
    pub fn is_served(&self) -> bool {
        self.remaining > 0 || !self.enable.is_empty()
    }
}

/// Every outage of one site and of one server: sites first, both in the order of the deployment. No
/// route is covered yet.
pub(super) fn walk(deployment: &Deployment) -> Vec<Outage> {
    let topology = Topology::new(deployment);
    let sites = sites(deployment).into_iter().map(|(site, down)| {
        let cause = OutageCause::Site(Arc::from(site));
        topology.outage(cause, &down)
    });
    let servers = deployment.servers().map(|server| {
        let cause = OutageCause::Server(server.fqdn.clone());
        topology.outage(cause, &[&server.fqdn])
    });
    sites.chain(servers).collect()
}

/// `outages` with every route covered by what `covering` finds in the certificate of the server (first
/// argument) for the name (second).
pub(super) fn cover(
    outages: &mut [Outage],
    covering: impl Fn(&DnsName, &DnsName) -> Option<SanName>,
) {
    for route in outages.iter_mut().flat_map(|outage| &mut outage.routes) {
        if let Answer::Server { server, covered_by } = &mut route.answer {
            *covered_by = covering(server, &route.name);
        }
    }
}

/// Each site with its servers, in the order in which the sites first appear.
fn sites(deployment: &Deployment) -> Vec<(&str, Vec<&DnsName>)> {
    let mut positions: HashMap<&str, usize> = HashMap::new();
    let mut sites: Vec<(&str, Vec<&DnsName>)> = Vec::new();
    for server in deployment.servers() {
        let next = sites.len();
        let position = *positions.entry(&server.site).or_insert(next);
        match sites.get_mut(position) {
            Some((_, members)) => members.push(&server.fqdn),
            None => sites.push((&server.site, vec![&server.fqdn])),
        }
    }
    sites
}

/// What an outage needs to know of the deployment, by name.
struct Topology<'a> {
    servers: HashMap<&'a DnsName, Server<'a>>,
    /// Each dial plan with the number of its enabled members, counted once for all outages.
    dial_plans: Vec<(&'a DialPlan, usize)>,
}

#[derive(Default)]
struct Server<'a> {
    failover: Option<&'a Failover>,
    /// The positions of the dial plans of which it is an enabled member.
    enabled_in: Vec<usize>,
}

/// Where the redirects of a name end.
#[derive(Clone, Copy)]
enum End<'a> {
    Up(&'a DnsName),
    Dead(&'a DnsName),
    Loop,
}

type Ends<'a> = HashMap<&'a DnsName, End<'a>>;

impl<'a> Topology<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        let mut servers: HashMap<&DnsName, Server<'a>> = HashMap::new();
        for set in &deployment.server_sets {
            for server in &set.servers {
                servers.entry(&server.fqdn).or_default().failover = set.failover.as_ref();
            }
        }
        for (position, dial_plan) in deployment.dial_plans.iter().enumerate() {
            for member in dial_plan.members.iter().filter(|member| member.enabled) {
                let server = servers.entry(&member.server).or_default();
                server.enabled_in.push(position);
            }
        }
        let count = |dial_plan: &DialPlan| dial_plan.members.iter().filter(|it| it.enabled).count();
        let dial_plans = deployment.dial_plans.iter();
        Self {
            servers,
            dial_plans: dial_plans
                .map(|dial_plan| (dial_plan, count(dial_plan)))
                .collect(),
        }
    }

    fn outage(&self, cause: OutageCause, down: &[&'a DnsName]) -> Outage {
        let is_down: HashSet<&DnsName> = down.iter().copied().collect();
        let mut ends = Ends::new();
        let moving = down.iter().filter(|name| self.moves(name));
        let routes = moving
            .map(|name| Route {
                name: (*name).clone(),
                answer: self.end(name, &is_down, &mut ends).into(),
            })
            .collect();
        Outage {
            cause,
            routes,
            dial_plans: self.shifts(down, &is_down, &ends),
        }
    }

    fn failover(&self, name: &DnsName) -> Option<&'a Failover> {
        self.servers.get(name)?.failover
    }

    fn moves(&self, name: &DnsName) -> bool {
        matches!(self.failover(name), Some(Failover::Dns { .. }))
    }

    /// Follows the redirects of `name` to a server that is up. What is found goes into `ends` for every
    /// name on the way, so that an outage passes each server once, however long the chains are.
    fn end(&self, name: &'a DnsName, down: &HashSet<&DnsName>, ends: &mut Ends<'a>) -> End<'a> {
        let mut passed = Vec::new();
        let mut at = name;
        let end = loop {
            if !down.contains(at) {
                break End::Up(at);
            }
            if let Some(known) = ends.get(at) {
                break *known;
            }
            // Until its end is known, meeting this name again is a loop.
            ends.insert(at, End::Loop);
            passed.push(at);
            match self.failover(at).and_then(|failover| failover.redirect(at)) {
                Some(next) => at = next,
                None => break End::Dead(at),
            }
        };
        ends.extend(passed.into_iter().map(|name| (name, end)));
        end
    }

    /// The dial plans that lose an enabled member to whom dial plan failover applies.
    fn shifts(
        &self,
        down: &[&'a DnsName],
        is_down: &HashSet<&DnsName>,
        ends: &Ends<'a>,
    ) -> Vec<DialPlanShift> {
        let answered = |name: &DnsName| matches!(ends.get(name), Some(End::Up(_)));
        let mut lost: BTreeMap<usize, Vec<&DnsName>> = BTreeMap::new();
        for name in down.iter().filter(|name| !answered(name)) {
            for position in self
                .servers
                .get(*name)
                .into_iter()
                .flat_map(|it| &it.enabled_in)
            {
                lost.entry(*position).or_default().push(name);
            }
        }
        lost.into_iter()
            .filter(|(_, lost)| lost.iter().any(|name| self.changes_members(name)))
            .filter_map(|(position, lost)| {
                let (dial_plan, enabled) = self.dial_plans.get(position)?;
                Some(shift(
                    dial_plan,
                    enabled.saturating_sub(lost.len()),
                    &lost,
                    is_down,
                ))
            })
            .collect()
    }

    fn changes_members(&self, name: &DnsName) -> bool {
        matches!(self.failover(name), Some(Failover::DialPlan))
    }
}

fn shift(
    dial_plan: &DialPlan,
    remaining: usize,
    lost: &[&DnsName],
    is_down: &HashSet<&DnsName>,
) -> DialPlanShift {
    let members = dial_plan.members.iter();
    let stand_bys = members.filter(|member| !member.enabled && !is_down.contains(&member.server));
    DialPlanShift {
        dial_plan: dial_plan.name.clone(),
        disable: lost.iter().map(|name| (*name).clone()).collect(),
        enable: match remaining {
            0 => stand_bys.map(|member| member.server.clone()).collect(),
            _ => Vec::new(),
        },
        remaining,
    }
}

impl From<End<'_>> for Answer {
    fn from(end: End<'_>) -> Self {
        match end {
            End::Up(server) => Self::Server {
                server: server.clone(),
                covered_by: None,
            },
            End::Dead(server) => Self::DeadEnd(server.clone()),
            End::Loop => Self::Loop,
        }
    }
}
