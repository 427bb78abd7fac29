//! Compares the two ways of finding outages on many random deployments, until the older one is removed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

use super::topology::Topology;
use super::{OutageScope, Plan, PlanOptions, outages};
use crate::deployment::{
    Deployment, DialPlan, DialPlanMember, ExchangeForest, ExchangeVersion, Failover, FrontEndPool,
    Lync, ServerSet, UmServer,
};
use crate::name::SanName;

const DEPLOYMENTS: usize = 3_000;
const SCOPES: [OutageScope; 6] = [
    OutageScope::Single,
    OutageScope::SitePairs,
    OutageScope::Servers(1),
    OutageScope::Servers(2),
    OutageScope::Servers(3),
    OutageScope::Servers(8),
];

/// A xorshift generator: the same deployments in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// One to three sets that fail over by DNS (with loops and dead ends), by dial plan or not at all, in up to
    /// five sites, with up to three dial plans across the sets.
    fn deployment(&mut self) -> Deployment {
        let sites = 1 + self.below(5);
        let sets: Vec<ServerSet> = (0..1 + self.below(3))
            .map(|set| self.set(set, sites))
            .collect();
        let dial_plans: Vec<DialPlan> = (0..self.below(4))
            .map(|index| self.dial_plan(index, &sets))
            .collect();
        let mut lync = Lync::new("contoso.com").unwrap();
        lync.pools
            .push(FrontEndPool::new("pool.contoso.com", ["fe1.contoso.com"]).unwrap());
        let forest = ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2016).unwrap();
        Deployment::new(lync, [forest], sets, dial_plans)
    }

    fn set(&mut self, set: usize, sites: usize) -> ServerSet {
        let count = 1 + self.below(7);
        let host = |index: usize| format!("um{set}{index}.contoso.com");
        let servers: Vec<UmServer> = (0..count)
            .map(|index| UmServer::new(host(index), format!("Site {}", self.below(sites))).unwrap())
            .collect();
        let failover = match self.below(5) {
            0 => None,
            1 => Some(Failover::DialPlan),
            _ => {
                let is_redirected = (0..count).filter(|_| !self.one_in(4)).collect::<Vec<_>>();
                let redirects = is_redirected
                    .into_iter()
                    .map(|it| (host(it), host(self.below(count))));
                Some(Failover::dns(redirects).unwrap())
            }
        };
        ServerSet::new(format!("set {set}"), servers, failover)
    }

    fn dial_plan(&mut self, index: usize, sets: &[ServerSet]) -> DialPlan {
        let mut servers: Vec<&UmServer> = sets.iter().flat_map(|set| &set.servers).collect();
        if self.one_in(2) {
            servers.reverse();
        }
        let limit = 1 + self.below(servers.len());
        let mut members = Vec::new();
        for server in servers.into_iter().take(limit) {
            match self.below(5) {
                0 => {}
                1 | 2 => members.push(DialPlanMember::disabled(&server.fqdn).unwrap()),
                _ => members.push(DialPlanMember::enabled(&server.fqdn).unwrap()),
            }
        }
        DialPlan::new(format!("Dial plan {index}"), members)
    }
}

#[test]
fn old_and_new_outages_are_equal() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut outages_seen, mut combined, mut changes) = (0, 0, 0);
    for _ in 0..DEPLOYMENTS {
        let deployment = random.deployment();
        let topology = Topology::new(&deployment);
        for scope in SCOPES {
            let plan = Plan::new(&deployment, &PlanOptions::default().outages(scope)).unwrap();
            let old: Vec<_> = plan.outages_under(|_| None::<Vec<SanName>>).collect();
            let new = outages::find_outages(&topology, scope);
            assert_eq!(old, new, "{scope:?} of {deployment:?}");
            outages_seen += new.len();
            combined += new.len() - topology.sites.len() - topology.servers.len();
            changes += new
                .iter()
                .map(|outage| outage.dial_plans.len())
                .sum::<usize>();
        }
    }
    println!(
        "{outages_seen} outages are equal, {combined} of them combined, with {changes} changes of dial plans"
    );
    assert!(outages_seen >= 150_000);
}
