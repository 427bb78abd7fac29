//! The laws of a plan: coverage and the list of outages.

use std::collections::{BTreeMap, BTreeSet};

use super::scope;
use crate::support::generated::{a_deployment, a_mixed_deployment, options};
use proptest::prelude::*;
use umcert::deployment::{Failover, UmServer};
use umcert::plan::{DialPlanChange, Outage, OutageCause, OutageScope, RouteTarget};
use umcert::{Deployment, DnsName, Plan, PlanOptions, Rule, SanName};

/// A set of servers: one bit for the index of each in the deployment.
type Set = u32;

fn has(set: Set, number: usize) -> bool {
    set & (1 << number) != 0
}

/// A deployment with indices for names: D3 and D4 stated once more.
struct World<'a> {
    servers: Vec<&'a UmServer>,
    /// For each server, the failover of its set and the server to which its name is redirected.
    failover: Vec<(Option<&'a Failover>, Option<usize>)>,
    /// The members of the dial plan, and whether each is enabled.
    members: Vec<(usize, bool)>,
}

impl<'a> World<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        let servers: Vec<&UmServer> = deployment.servers().collect();
        let number = |name: &DnsName| servers.iter().position(|it| it.fqdn == *name).unwrap();
        let mut failover = Vec::new();
        for set in &deployment.server_sets {
            failover.extend(set.servers.iter().map(|server| {
                let redirect = match &set.failover {
                    Some(Failover::Dns { redirects, .. }) => redirects
                        .iter()
                        .find(|(from, _)| *from == server.fqdn)
                        .map(|(_, to)| number(to)),
                    _ => None,
                };
                (set.failover.as_ref(), redirect)
            }));
        }
        let members = deployment.dial_plans[0].members.iter();
        Self {
            members: members.map(|it| (number(&it.server), it.enabled)).collect(),
            failover,
            servers,
        }
    }

    fn set(&self, is_in: impl Fn(&UmServer) -> bool) -> Set {
        let numbers = (0..self.servers.len()).filter(|it| is_in(self.servers[*it]));
        numbers.fold(0, |set, number| set | 1 << number)
    }

    fn sites(&self) -> BTreeMap<&str, Set> {
        let sites = self.servers.iter().map(|it| it.site.as_str());
        sites
            .map(|site| (site, self.set(|it| it.site == site)))
            .collect()
    }

    fn moves(&self, number: usize) -> bool {
        matches!(self.failover[number].0, Some(Failover::Dns { .. }))
    }

    /// Returns the server that answers to the name of this server. If none does, returns the server at which
    /// the redirects end, or `None` in a loop.
    fn end(&self, down: Set, number: usize) -> Result<usize, Option<usize>> {
        let mut at = number;
        for _ in 0..=self.servers.len() {
            if !has(down, at) {
                return Ok(at);
            }
            at = self.failover[at].1.ok_or(Some(at))?;
        }
        Err(None)
    }

    /// Returns the answer as a plan states it.
    fn answer(&self, down: Set, number: usize) -> Result<&DnsName, Option<&DnsName>> {
        let name = |number: usize| &self.servers[number].fqdn;
        self.end(down, number)
            .map(name)
            .map_err(|dead| dead.map(name))
    }

    fn is_lost(&self, down: Set, member: usize) -> bool {
        self.end(down, member).is_err()
    }

    /// Returns how the dial plan changes, or `None` if no member fails over by dial plan.
    fn shift(&self, down: Set) -> Option<(Set, Set, usize)> {
        let enabled = self.members.iter().filter(|(_, enabled)| *enabled);
        let (lost, left): (Vec<usize>, Vec<usize>) = enabled
            .map(|(number, _)| *number)
            .partition(|it| self.is_lost(down, *it));
        let by_dial_plan = |it: &usize| self.failover[*it].0 == Some(&Failover::DialPlan);
        if !lost.iter().any(by_dial_plan) {
            return None;
        }
        let stand_bys = self.members.iter().filter(|(_, enabled)| !enabled);
        let stand_bys = stand_bys.filter(|(number, _)| !has(down, *number) && left.is_empty());
        let of = |numbers: &[usize]| numbers.iter().fold(0, |set, it| set | 1 << it);
        let stand_bys: Vec<usize> = stand_bys.map(|(number, _)| *number).collect();
        Some((of(&lost), of(&stand_bys), left.len()))
    }

    fn found(&self, shift: &DialPlanChange) -> (Set, Set, usize) {
        let of = |names: &[DnsName]| self.set(|it| names.contains(&it.fqdn));
        (of(&shift.disable), of(&shift.enable), shift.remaining)
    }

    /// Returns the servers that are down, and whether they are whole sites.
    fn down(&self, cause: &OutageCause) -> (Set, bool) {
        match cause {
            OutageCause::Site(site) => (self.set(|it| it.site == **site), true),
            OutageCause::Sites(sites) => (self.set(|it| sites.contains(&it.site)), true),
            OutageCause::Server(server) => (self.set(|it| it.fqdn == *server), false),
            OutageCause::Servers(servers) => (self.set(|it| servers.contains(&it.fqdn)), false),
            other => panic!("{other:?}"),
        }
    }

    /// Returns the servers that are down in each outage of this scope, and whether they are whole sites.
    fn considered(&self, scope: OutageScope) -> Vec<(Set, bool)> {
        let sites: Vec<Set> = self.sites().into_values().collect();
        let most = match scope {
            OutageScope::Servers(most) => most.into(),
            _ => 1,
        };
        let mut considered: Vec<(Set, bool)> = sites.iter().map(|site| (*site, true)).collect();
        if scope == OutageScope::SitePairs {
            let pairs = sites.iter().flat_map(|a| sites.iter().map(move |b| a | b));
            considered.extend(pairs.map(|pair| (pair, true)));
        }
        let subsets = 1..1 << self.servers.len();
        let subsets = subsets.filter(|it: &Set| it.count_ones() <= most);
        considered.extend(subsets.map(|it| (it, false)));
        considered
    }
}

/// The outages of a plan: which servers are down, whether they are whole sites, and the effects.
struct Told {
    outages: Vec<(Set, bool, Outage)>,
}

impl Told {
    fn new(plan: &Plan, world: &World<'_>) -> Self {
        let outages = plan.outages().map(|outage| {
            let (down, sites) = world.down(&outage.cause);
            (down, sites, outage)
        });
        Self {
            outages: outages.collect(),
        }
    }

    /// Returns the outages of the parts of this one, the largest last.
    fn parts(&self, down: Set, sites: bool) -> Vec<&Outage> {
        let parts = self.outages.iter();
        let parts = parts.filter(|it| it.1 == sites && it.0 & !down == 0);
        let mut parts: Vec<_> = parts.collect();
        parts.sort_by_key(|it| it.0.count_ones());
        parts.into_iter().map(|it| &it.2).collect()
    }
}

/// The server that answers. If none does, the server at which the redirects end, or `None` in a loop.
fn answer(answer: &RouteTarget) -> Result<&DnsName, Option<&DnsName>> {
    match answer {
        RouteTarget::Server { server, .. } => Ok(server),
        RouteTarget::DeadEnd(server) => Err(Some(server)),
        RouteTarget::Loop => Err(None),
        other => panic!("{other:?}"),
    }
}

/// Checks every outage of the scope, also those that the plan does not list.
fn assert_covered(
    deployment: &Deployment,
    options: &PlanOptions,
    scope: OutageScope,
) -> Result<(), TestCaseError> {
    let world = World::new(deployment);
    // All subsets of servers are checked only if there are few.
    let scope = match scope {
        OutageScope::Servers(_) if world.servers.len() > 8 => OutageScope::Servers(2),
        scope => scope,
    };
    let plan = Plan::new(deployment, &options.clone().outages(scope)).unwrap();
    let told = Told::new(&plan, &world);
    for (_, _, outage) in &told.outages {
        // A listed combination has an effect of its own: a name that leaves its first stand-in, or a member
        // enabled.
        if let OutageCause::Sites(_) | OutageCause::Servers(_) = &outage.cause {
            let (down, sites) = world.down(&outage.cause);
            for route in &outage.routes {
                let is_own = |it: &UmServer| it.fqdn == route.name;
                let number = world.servers.iter().position(|it| is_own(it)).unwrap();
                let site = &world.servers[number].site;
                let own = world.set(|it| is_own(it) || (sites && it.site == *site));
                let first = world.end(own, number);
                prop_assert!(first.is_ok_and(|it| has(down, it)), "{:?}", outage);
            }
            prop_assert!(
                outage.dial_plans.iter().all(|it| it.remaining == 0),
                "{:?}",
                outage
            );
        }
    }
    let mut unanswered: BTreeSet<&str> = BTreeSet::new();
    for (down, sites) in world.considered(scope) {
        let parts = told.parts(down, sites);
        for number in (0..world.servers.len()).filter(|it| has(down, *it)) {
            let name = &world.servers[number].fqdn;
            let mut routes = parts.iter().flat_map(|part| &part.routes);
            let route = routes.rfind(|route| route.name == *name);
            prop_assert_eq!(route.is_some(), world.moves(number), "{}", name);
            let Some(route) = route else { continue };
            let end = world.answer(down, number);
            prop_assert_eq!(answer(&route.answer), end, "{} of {:b}", name, down);
            match end {
                Err(_) => {
                    unanswered.insert(name.as_str());
                }
                Ok(server) => {
                    let certificate = plan.certificate(server).unwrap();
                    let entry = certificate.covering(name);
                    prop_assert!(entry.as_ref().is_some_and(|it| it.covers(name)), "{}", name);
                    prop_assert!(certificate.names().any(|it| Some(it) == entry));
                    let covered_by = matches!(&route.answer, RouteTarget::Server { covered_by, .. } if *covered_by == entry);
                    prop_assert!(covered_by, "{:?}", route);
                }
            }
        }

        let mut shifts = parts.iter().flat_map(|part| &part.dial_plans);
        let over = shifts.rfind(|shift| shift.remaining == 0);
        match (world.shift(down), over) {
            (None | Some((_, _, 1..)), over) => {
                prop_assert!(over.is_none(), "{:?} of {:b}", over, down);
            }
            (Some((_, _, 0)), None) => prop_assert!(false, "nothing tells of {:b}", down),
            (Some((_, stand_bys, 0)), Some(over)) => {
                let (_, enabled, _) = world.found(over);
                prop_assert_eq!(enabled & !down, stand_bys, "{:?} of {:b}", over, down);
                let mut shifts = parts.iter().flat_map(|part| &part.dial_plans);
                let is_lost = shifts.any(|shift| !shift.is_served());
                prop_assert_eq!(is_lost, stand_bys == 0, "{:b}", down);
                if is_lost {
                    unanswered.insert("Users");
                }
            }
        }
    }
    if !world.members.is_empty() && world.members.iter().all(|(_, enabled)| !enabled) {
        unanswered.insert("Users");
    }
    let found = plan.findings().iter();
    let found = found.filter(|it| it.rule() == Rule::UnansweredName);
    let found: BTreeSet<&str> = found.map(|it| it.subject()).collect();
    prop_assert_eq!(found, unanswered);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Law 1. Outages that the plan does not list have no effect of their own.
    #[test]
    fn coverage_in_any_outage_resolved_names_are_covered(
        deployment in a_deployment(),
        options in options(),
        scope in scope(),
    ) {
        assert_covered(&deployment, &options, scope)?;
    }

    #[test]
    fn coverage_with_mixed_failover_holds(
        deployments in prop::collection::vec(a_mixed_deployment(), 8),
        options in options(),
    ) {
        for deployment in deployments {
            for scope in [OutageScope::SitePairs, OutageScope::Servers(OutageScope::MAX_SERVERS)] {
                assert_covered(&deployment, &options, scope)?;
            }
        }
    }

    #[test]
    fn outages_are_listed_once_with_their_effects(
        deployment in a_deployment(),
        scope in scope(),
    ) {
        let world = World::new(&deployment);
        let plan = Plan::new(&deployment, &PlanOptions::default().outages(scope)).unwrap();
        let mut causes = BTreeSet::new();
        for outage in plan.outages() {
            let (down, sites) = world.down(&outage.cause);
            prop_assert!(causes.insert((down, sites)), "{}", outage.cause);
            let is_single = matches!(outage.cause, OutageCause::Site(_) | OutageCause::Server(_));
            for route in &outage.routes {
                let number = (0..world.servers.len()).find(|it| world.servers[*it].fqdn == route.name);
                let end = world.answer(down, number.unwrap());
                prop_assert_eq!(answer(&route.answer), end);
            }
            let moving = (0..world.servers.len()).filter(|it| has(down, *it) && world.moves(*it));
            prop_assert!(!is_single || moving.count() == outage.routes.len());
            let found: Vec<_> = outage.dial_plans.iter().map(|it| world.found(it)).collect();
            let expected: Vec<_> = world.shift(down).into_iter().collect();
            prop_assert!(found == expected || (found.is_empty() && !is_single), "{:?}", outage);
            prop_assert!(is_single || !outage.routes.is_empty() || !found.is_empty(), "{:?}", outage);
        }
        for (down, sites) in world.considered(OutageScope::Single) {
            prop_assert!(causes.contains(&(down, sites)));
        }
    }

    #[test]
    fn planning_is_deterministic_and_survives_json(deployment in a_deployment(), options in options()) {
        let json = serde_json::to_string(&deployment).unwrap();
        let read: Deployment = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &deployment);
        let plan = |deployment| Plan::new(deployment, &options).unwrap();
        prop_assert_eq!(plan(&read), plan(&deployment));
    }

    #[test]
    fn coverage_of_planned_and_presented_names_is_equal(
        deployment in a_deployment(),
        options in options(),
        scope in scope(),
    ) {
        let plan = Plan::new(&deployment, &options.outages(scope)).unwrap();
        let planned = |server: &DnsName| Some(plan.certificate(server)?.names().collect::<Vec<SanName>>());
        prop_assert!(plan.outages_under(planned).eq(plan.outages()));
        // The opposite: without certificates no name is covered, and everything else stays.
        for (bare, outage) in plan.outages_under(|_| None::<Vec<SanName>>).zip(plan.outages()) {
            prop_assert_eq!(bare.dial_plans, outage.dial_plans);
            for (bare, route) in bare.routes.iter().zip(&outage.routes) {
                prop_assert_eq!(answer(&bare.answer), answer(&route.answer));
                let covered = matches!(bare.answer, RouteTarget::Server { covered_by: Some(_), .. });
                prop_assert!(!covered, "{:?}", bare);
            }
        }
    }
}
