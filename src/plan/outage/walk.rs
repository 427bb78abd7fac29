//! Walking the outages of a deployment: one site, one server.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::combined;
use super::{Answer, DialPlanShift, Outage, OutageCause, Route};
use crate::deployment::{Deployment, DialPlan, Failover};
use crate::name::DnsName;
use crate::plan::options::OutageScope;

/// Every outage of one site and of one server, and the combinations of `scope` that change something.
/// Sites come first; all in the order of the deployment. No route is covered yet.
pub(in crate::plan) fn walk(deployment: &Deployment, scope: OutageScope) -> Vec<Outage> {
    let topology = Topology::new(deployment);
    let sites = sites(deployment).into_iter().map(|(site, down)| {
        let cause = OutageCause::Site(Arc::from(site));
        topology.outage(cause, &down)
    });
    let servers = deployment.servers().map(|server| {
        let cause = OutageCause::Server(server.fqdn.clone());
        topology.outage(cause, &[&server.fqdn])
    });
    let mut outages: Vec<Outage> = sites.chain(servers).collect();
    match scope {
        OutageScope::Single => {}
        OutageScope::SitePairs => outages.extend(combined::site_pairs(deployment, &topology)),
        OutageScope::Servers(count) => {
            let count = usize::from(count.min(OutageScope::MAX_SERVERS));
            outages.extend(combined::servers(deployment, &topology, count));
        }
    }
    outages
}

/// Each site with its servers, in the order in which the sites first appear.
pub(super) fn sites(deployment: &Deployment) -> Vec<(&str, Vec<&DnsName>)> {
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
pub(super) struct Topology<'a> {
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
pub(super) enum End<'a> {
    Up(&'a DnsName),
    Dead(&'a DnsName),
    Loop,
}

pub(super) type Ends<'a> = HashMap<&'a DnsName, End<'a>>;

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
                answer: self.end(name, |it| is_down.contains(it), &mut ends).into(),
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

    pub(super) fn moves(&self, name: &DnsName) -> bool {
        matches!(self.failover(name), Some(Failover::Dns { .. }))
    }

    /// Follows the redirects of `name` to a server that is up. What is found goes into `ends` for every
    /// name on the way, so that an outage passes each server once, however long the chains are.
    pub(super) fn end(
        &self,
        name: &'a DnsName,
        is_down: impl Fn(&DnsName) -> bool,
        ends: &mut Ends<'a>,
    ) -> End<'a> {
        let mut passed = Vec::new();
        let mut at = name;
        let end = loop {
            if !is_down(at) {
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
                let remaining = enabled.saturating_sub(lost.len());
                Some(shift(dial_plan, remaining, &lost, |it| {
                    is_down.contains(it)
                }))
            })
            .collect()
    }

    /// The outage of everything that `is_down`, as far as it moves these names and dial plans.
    pub(super) fn part(
        &self,
        cause: OutageCause,
        is_down: impl Fn(&DnsName) -> bool + Copy,
        names: &[&'a DnsName],
        dial_plans: &[usize],
    ) -> Outage {
        let mut ends = Ends::new();
        let routes = names
            .iter()
            .map(|name| Route {
                name: (*name).clone(),
                answer: self.end(name, is_down, &mut ends).into(),
            })
            .collect();
        let dial_plans = dial_plans.iter();
        let dial_plans = dial_plans
            .filter_map(|position| self.shift(*position, is_down, &mut ends))
            .collect();
        Outage {
            cause,
            routes,
            dial_plans,
        }
    }

    /// How one dial plan changes; `None` where dial plan failover has no part in it.
    fn shift(
        &self,
        position: usize,
        is_down: impl Fn(&DnsName) -> bool + Copy,
        ends: &mut Ends<'a>,
    ) -> Option<DialPlanShift> {
        let (dial_plan, enabled) = self.dial_plans.get(position)?;
        let members = dial_plan.members.iter().filter(|member| member.enabled);
        let lost: Vec<&DnsName> = members
            .map(|member| &member.server)
            .filter(|name| is_down(name))
            .filter(|name| {
                !(self.moves(name) && matches!(self.end(name, is_down, ends), End::Up(_)))
            })
            .collect();
        let applies = lost.iter().any(|name| self.changes_members(name));
        let remaining = enabled.saturating_sub(lost.len());
        applies.then(|| shift(dial_plan, remaining, &lost, is_down))
    }

    fn changes_members(&self, name: &DnsName) -> bool {
        matches!(self.failover(name), Some(Failover::DialPlan))
    }
}

fn shift(
    dial_plan: &DialPlan,
    remaining: usize,
    lost: &[&DnsName],
    is_down: impl Fn(&DnsName) -> bool,
) -> DialPlanShift {
    let members = dial_plan.members.iter();
    let stand_bys = members.filter(|member| !member.enabled && !is_down(&member.server));
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
