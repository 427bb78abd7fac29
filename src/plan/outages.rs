//! Finds the outages of a deployment: the servers that are down, those that then answer to each name, and the
//! changes to dial plans.
//!
//! Every single site and server is an outage. The number of combinations is that of the subsets, and nearly all of them
//! change nothing: a name depends only on the servers in its chain of redirects, and a dial plan only on its members.
//! So only the combinations along these chains are outages.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter;

use super::outage::{DialPlanChange, NameRoute, Outage, OutageCause, RouteTarget};
use super::topology::{DialPlanServers, FailoverMethod, Topology};
use crate::deployment::options::OutageScope;
use crate::name::DnsName;

/// Returns the outages of `scope`: each site, each server, and the combinations that change what no smaller outage
/// changes. All are in the order of the deployment. The routes do not have their covering entries yet.
pub(super) fn find_outages(topology: &Topology, scope: OutageScope) -> Vec<Outage> {
    let mut outages = single_outages(topology);
    match scope {
        OutageScope::Single => {}
        OutageScope::SitePairs => {
            let exits = site_exits(topology);
            for (sites, affected) in &site_pairs(topology, &exits) {
                let exits = &exits;
                outages.extend(combined_outage(
                    topology,
                    Down::Sites { sites, exits },
                    affected,
                ));
            }
        }
        OutageScope::Servers(count) => {
            let count = count.min(OutageScope::MAX_SERVERS).into();
            for (servers, affected) in &server_groups(topology, count) {
                outages.extend(combined_outage(topology, Down::Servers(servers), affected));
            }
        }
    }
    outages
}

/// Returns the outage of each site, and then of each server.
fn single_outages(topology: &Topology) -> Vec<Outage> {
    let by_site = topology.servers_by_site();
    let sites = by_site.iter().enumerate();
    let sites = sites.map(|(site, servers)| single_outage(topology, Down::Site(site), servers));
    let servers = (0..topology.servers.len())
        .map(|server| single_outage(topology, Down::Server(server), &[server]));
    sites.chain(servers).collect()
}

/// Returns the outage in which exactly `servers` are down.
fn single_outage(topology: &Topology, down: Down<'_>, servers: &[usize]) -> Outage {
    let mut scenario = Scenario::new(topology, down);
    let moving = servers
        .iter()
        .filter(|server| topology.servers[**server].fails_over_by_dns());
    let routes = moving.map(|name| scenario.route(*name)).collect();
    let mut lost_by_dial_plan: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for server in servers {
        if scenario.is_lost(*server) {
            for dial_plan in &topology.servers[*server].enabled_in {
                lost_by_dial_plan
                    .entry(*dial_plan)
                    .or_default()
                    .push(*server);
            }
        }
    }
    let changes = lost_by_dial_plan.iter();
    let changes = changes.filter_map(|(dial_plan, lost)| scenario.change(*dial_plan, lost));
    Outage {
        cause: scenario.cause(),
        routes,
        dial_plans: changes.collect(),
    }
}

/// The names and dial plans that a combination may affect differently from its parts.
#[derive(Default)]
struct Affected {
    names: Vec<usize>,
    dial_plans: Vec<usize>,
}

/// Sites or servers that are down at once, with the names and dial plans that they may affect.
type Combinations = BTreeMap<BTreeSet<usize>, Affected>;

/// Groups names and dial plans by the combination that affects them.
fn group(
    names: impl Iterator<Item = (BTreeSet<usize>, usize)>,
    dial_plans: impl Iterator<Item = (BTreeSet<usize>, usize)>,
) -> Combinations {
    let mut combinations = Combinations::new();
    for (combination, name) in names {
        combinations
            .entry(combination)
            .or_default()
            .names
            .push(name);
    }
    for (combination, dial_plan) in dial_plans {
        combinations
            .entry(combination)
            .or_default()
            .dial_plans
            .push(dial_plan);
    }
    combinations
}

/// Returns the outage of a combination, or `None` if it changes nothing. The outage lists only new changes: names that
/// move further, and dial plans that lose their last member.
fn combined_outage(topology: &Topology, down: Down<'_>, affected: &Affected) -> Option<Outage> {
    let mut scenario = Scenario::new(topology, down);
    let routes: Vec<NameRoute> = affected
        .names
        .iter()
        .map(|name| scenario.route(*name))
        .collect();
    let mut dial_plans = Vec::new();
    for dial_plan in &affected.dial_plans {
        let enabled = &topology.dial_plans[*dial_plan].enabled;
        if enabled.iter().all(|member| scenario.is_lost(*member)) {
            dial_plans.extend(scenario.change(*dial_plan, enabled));
        }
    }
    let changes_something = !routes.is_empty() || !dial_plans.is_empty();
    changes_something.then(|| Outage {
        cause: scenario.cause(),
        routes,
        dial_plans,
    })
}

/// Returns the pairs of sites that move a name or a dial plan elsewhere than the outage of either site does.
fn site_pairs(topology: &Topology, exits: &[Answer]) -> Combinations {
    let site = |server: usize| topology.servers[server].site;
    let exit_site = |server: usize| match exits[server] {
        Answer::Server(stand_in) => Some(site(stand_in)),
        Answer::DeadEnd(_) | Answer::Loop => None,
    };
    // A name moves further when the site of its stand-in is also down.
    let names = (0..topology.servers.len())
        .filter_map(|server| Some((BTreeSet::from([site(server), exit_site(server)?]), server)));
    let of_enabled = |server| iter::once(site(server)).chain(exit_site(server));
    group(names, dial_plan_combinations(topology, 2, of_enabled, site))
}

/// Returns the groups of two to `max` servers that move a name or a dial plan elsewhere than fewer servers do.
fn server_groups(topology: &Topology, max: usize) -> Combinations {
    let stand_in = |server: &usize| topology.servers[*server].stand_in;
    let names = (0..topology.servers.len()).flat_map(|server| {
        let chain = iter::successors(Some(server), stand_in);
        growing_sets(chain, max).map(move |group| (group, server))
    });
    let chain = |server| iter::successors(Some(server), stand_in).take(max + 1);
    group(
        names,
        dial_plan_combinations(topology, max, chain, |server| server),
    )
}

/// Returns the first two servers of `chain` as a set, the first three, and so on up to `max`. Stops when the
/// chain returns to a server.
fn growing_sets(
    mut chain: impl Iterator<Item = usize>,
    max: usize,
) -> impl Iterator<Item = BTreeSet<usize>> {
    let mut servers: BTreeSet<usize> = chain.next().into_iter().collect();
    let more = max.saturating_sub(1);
    chain
        .take(more)
        .map_while(move |next| servers.insert(next).then(|| servers.clone()))
}

/// Returns the combinations of two to `max` places that may take the last enabled member of a dial plan, or all
/// its members. A place is a site or a server. `places_of_enabled` returns those that must be down before an
/// enabled member loses its calls, and `place_of_disabled` that of a stand-by.
fn dial_plan_combinations<I: Iterator<Item = usize>>(
    topology: &Topology,
    max: usize,
    places_of_enabled: impl Fn(usize) -> I,
    place_of_disabled: impl Fn(usize) -> usize,
) -> impl Iterator<Item = (BTreeSet<usize>, usize)> {
    topology
        .dial_plans
        .iter()
        .enumerate()
        .flat_map(move |(index, dial_plan)| {
            let enabled = dial_plan.enabled.iter();
            let of_enabled: BTreeSet<usize> = enabled
                .flat_map(|member| places_of_enabled(*member))
                .collect();
            let disabled = dial_plan
                .disabled
                .iter()
                .map(|member| place_of_disabled(*member));
            let of_all = of_enabled.iter().copied().chain(disabled).collect();
            let combinations = BTreeSet::from([of_enabled, of_all]);
            combinations
                .into_iter()
                .filter(move |places| (2..=max).contains(&places.len()))
                .map(move |places| (places, index))
        })
}

/// Returns the answer to each server's name while its site is down.
fn site_exits(topology: &Topology) -> Vec<Answer> {
    let mut exits = vec![Answer::Loop; topology.servers.len()];
    for (site, servers) in topology.servers_by_site().iter().enumerate() {
        let mut scenario = Scenario::new(topology, Down::Site(site));
        for server in servers {
            exits[*server] = scenario.answer(*server);
        }
    }
    exits
}

/// The sites or servers that are down in an outage.
#[derive(Clone, Copy)]
enum Down<'a> {
    Site(usize),
    Server(usize),
    /// These sites; `exits` contains the answer to each server's name while its site is down. A chain of redirects then
    /// leaves a site in one step.
    Sites {
        sites: &'a BTreeSet<usize>,
        exits: &'a [Answer],
    },
    Servers(&'a BTreeSet<usize>),
}

/// The server that answers to a name, if any.
#[derive(Clone, Copy)]
enum Answer {
    /// This server, which is up.
    Server(usize),
    /// No server: this one is down and its name is not redirected.
    DeadEnd(usize),
    /// No server: the redirects run in a loop of servers that are down.
    Loop,
}

/// An outage during the search: the servers that are down, and the answers found so far.
struct Scenario<'a> {
    topology: &'a Topology,
    down: Down<'a>,
    answers: HashMap<usize, Answer>,
}

impl<'a> Scenario<'a> {
    fn new(topology: &'a Topology, down: Down<'a>) -> Self {
        Self {
            topology,
            down,
            answers: HashMap::new(),
        }
    }

    fn is_down(&self, server: usize) -> bool {
        let site = self.topology.servers[server].site;
        match self.down {
            Down::Site(down) => site == down,
            Down::Server(down) => server == down,
            Down::Sites { sites, .. } => sites.contains(&site),
            Down::Servers(servers) => servers.contains(&server),
        }
    }

    /// Follows the redirects of a server's name to a server that is up. Keeps the answer for every server on the
    /// way, so that a long chain is followed once.
    fn answer(&mut self, name: usize) -> Answer {
        let mut passed = Vec::new();
        let mut at = name;
        let answer = loop {
            if !self.is_down(at) {
                break Answer::Server(at);
            }
            if let Some(known) = self.answers.get(&at) {
                break *known;
            }
            // A second visit before the answer is known means a loop.
            self.answers.insert(at, Answer::Loop);
            passed.push(at);
            match self.step(at) {
                Answer::Server(next) => at = next,
                end => break end,
            }
        };
        self.answers
            .extend(passed.into_iter().map(|server| (server, answer)));
        answer
    }

    /// Returns the target of a server's name while the server is down.
    fn step(&self, server: usize) -> Answer {
        match (self.down, self.topology.servers[server].stand_in) {
            (Down::Sites { exits, .. }, _) => exits[server],
            (_, Some(stand_in)) => Answer::Server(stand_in),
            (_, None) => Answer::DeadEnd(server),
        }
    }

    fn route(&mut self, name: usize) -> NameRoute {
        let fqdn = |server: usize| self.topology.fqdn(server).clone();
        let answer = match self.answer(name) {
            Answer::Server(server) => RouteTarget::Server {
                server: fqdn(server),
                covered_by: None,
            },
            Answer::DeadEnd(server) => RouteTarget::DeadEnd(fqdn(server)),
            Answer::Loop => RouteTarget::Loop,
        };
        NameRoute {
            name: fqdn(name),
            answer,
        }
    }

    /// Returns `true` if a member of a dial plan is down and no other server answers to its name.
    fn is_lost(&mut self, member: usize) -> bool {
        let is_answered = self.topology.servers[member].fails_over_by_dns()
            && matches!(self.answer(member), Answer::Server(_));
        self.is_down(member) && !is_answered
    }

    /// Returns the changes to the members of a dial plan when it loses the enabled members `lost`. Returns `None` if
    /// none of them fails over by dial plan.
    fn change(&self, dial_plan: usize, lost: &[usize]) -> Option<DialPlanChange> {
        let DialPlanServers {
            name,
            enabled,
            disabled,
        } = &self.topology.dial_plans[dial_plan];
        let servers = &self.topology.servers;
        let applies = lost
            .iter()
            .any(|server| servers[*server].failover == FailoverMethod::DialPlan);
        let remaining = enabled.len() - lost.len();
        let stand_bys = disabled
            .iter()
            .filter(|stand_by| remaining == 0 && !self.is_down(**stand_by));
        applies.then(|| DialPlanChange {
            dial_plan: name.clone(),
            disable: self.fqdns(lost.iter()),
            enable: self.fqdns(stand_bys),
            remaining,
        })
    }

    fn fqdns<'s>(&self, servers: impl Iterator<Item = &'s usize>) -> Vec<DnsName> {
        servers
            .map(|server| self.topology.fqdn(*server).clone())
            .collect()
    }

    fn cause(&self) -> OutageCause {
        let sites = &self.topology.sites;
        match self.down {
            Down::Site(site) => OutageCause::Site(sites[site].clone()),
            Down::Server(server) => OutageCause::Server(self.topology.fqdn(server).clone()),
            Down::Sites { sites: down, .. } => {
                OutageCause::Sites(down.iter().map(|site| sites[*site].to_string()).collect())
            }
            Down::Servers(servers) => OutageCause::Servers(self.fqdns(servers.iter()).into()),
        }
    }
}
