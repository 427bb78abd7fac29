//! What the parts of a plan share, in the numbers of its servers.

use std::sync::{Arc, OnceLock};

use super::lists::Lists;
use super::outage::{
    DialPlanChange, End, NameRoute, Outage, OutageCause, RouteTarget, Shift, Walked,
};
use super::policy_names::PolicyList;
use crate::deployment::{
    Directory, ExchangeVersion, FrontEndPool, Members, Names, Number, Servers,
};
use crate::name::{DnsName, SanName};

/// The servers of a plan, what happens to them in an outage, and how that is arranged. Kept once, and
/// shared by the plan and its certificates: a copy of the deployment would be the larger part of a plan.
#[derive(Debug)]
pub(super) struct Basis {
    pub(super) servers: Arc<Servers>,
    /// What a policy asks of every server of a set, for each set; none where it asks each server for
    /// other names.
    pub(super) lists: Vec<PolicyList>,
    pub(super) walked: Walked,
    /// Made when it is first asked for: most policies do without.
    stand_ins: OnceLock<Lists<(Number, Number)>>,
    pub(super) dial_plans: Arc<Vec<Members>>,
    forests: Vec<(DnsName, ExchangeVersion)>,
    /// The Front End pools that the servers talk to.
    pub(super) pools: Vec<FrontEndPool>,
}

impl Basis {
    pub(super) fn new(directory: &Directory<'_>, lists: Vec<PolicyList>, walked: Walked) -> Self {
        let mut forests = Vec::new();
        for it in &directory.deployment.exchange {
            forests.push((it.forest.clone(), it.version));
        }
        let mut pools = Vec::new();
        for pool in &directory.deployment.lync.pools {
            pools.push(pool.clone());
        }
        Self {
            servers: Arc::clone(&directory.servers),
            lists,
            stand_ins: OnceLock::new(),
            walked,
            dial_plans: Arc::clone(&directory.dial_plans),
            forests,
            pools,
        }
    }

    /// The servers' names.
    pub(super) fn names(&self) -> &Names {
        &self.servers.names
    }

    /// For each server the names that outages bring to it, each with its outage.
    pub(super) fn stand_ins(&self) -> &Lists<(Number, Number)> {
        self.stand_ins.get_or_init(|| {
            // In most deployments each name moves once.
            let mut brought = Vec::with_capacity(self.servers.len());
            self.walked.all_routes(&mut |outage, name, end| {
                if let End::Up(server) = end {
                    brought.push((server, (name, Number::new(outage))));
                }
            });
            // Each list is sorted: they come name by name, in the order of outages.
            Lists::grouped(self.servers.len(), &brought)
        })
    }

    /// The forest of a server.
    pub(super) fn forest_of(&self, number: usize) -> Option<&(DnsName, ExchangeVersion)> {
        self.names().get(number)?;
        self.forests.get(self.servers.forest(number))
    }

    /// The forests that some server lives in.
    pub(super) fn forests_in_use(&self) -> impl Iterator<Item = &DnsName> {
        let mut used = vec![false; self.forests.len()];
        for number in 0..self.servers.len() {
            if let Some(used) = used.get_mut(self.servers.forest(number)) {
                *used = true;
            }
        }
        let mut forests = Vec::new();
        for number in 0..self.forests.len() {
            if let (Some((forest, _)), Some(true)) = (self.forests.get(number), used.get(number)) {
                forests.push(forest);
            }
        }
        forests.into_iter()
    }

    /// Whether outages of several sites or servers were found to change something.
    pub(super) fn has_combined(&self) -> bool {
        self.walked.len() > self.walked.sites() + self.servers.len()
    }

    /// What is down in an outage.
    pub(super) fn cause(&self, outage: usize) -> OutageCause {
        self.walked.cause(outage, self.names().as_slice())
    }

    /// An outage in names, with every route covered by what `covering` finds in the certificate of the
    /// server of this number (first argument) for the name of that of the second.
    pub(super) fn outage(
        &self,
        outage: usize,
        covering: &dyn Fn(usize, usize) -> Option<SanName>,
    ) -> Outage {
        let mut routes = Vec::new();
        self.walked.routes(outage, &mut |number, end| {
            if let Some(route) = self.route(number.get(), end, covering) {
                routes.push(route);
            }
        });
        let mut dial_plans = Vec::new();
        for shift in self.walked.shifts(outage) {
            if let Some(shift) = self.shift(shift) {
                dial_plans.push(shift);
            }
        }
        Outage {
            cause: self.cause(outage),
            routes,
            dial_plans,
        }
    }

    fn route(
        &self,
        number: usize,
        end: End,
        covering: &dyn Fn(usize, usize) -> Option<SanName>,
    ) -> Option<NameRoute> {
        let answer = match end {
            End::Up(server) => RouteTarget::Server {
                server: self.names().get(server.get())?.clone(),
                covered_by: covering(server.get(), number),
            },
            End::Dead(server) => RouteTarget::DeadEnd(self.names().get(server.get())?.clone()),
            End::Loop => RouteTarget::Loop,
        };
        Some(NameRoute {
            name: self.names().get(number)?.clone(),
            answer,
        })
    }

    fn shift(&self, shift: &Shift) -> Option<DialPlanChange> {
        Some(DialPlanChange {
            dial_plan: self.dial_plans.get(shift.dial_plan)?.dial_plan.clone(),
            disable: self.named(&shift.disable),
            enable: self.named(&shift.enable),
            remaining: shift.remaining,
        })
    }

    fn named(&self, numbers: &[usize]) -> Vec<DnsName> {
        let mut named = Vec::new();
        for number in numbers {
            if let Some(name) = self.names().get(*number) {
                named.push(name.clone());
            }
        }
        named
    }
}

impl PartialEq for Basis {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            servers,
            lists,
            walked,
            // Made of the others.
            stand_ins: _,
            dial_plans,
            forests,
            pools,
        } = self;
        for number in 0..servers.len() {
            if servers.forest(number) != other.servers.forest(number) {
                return false;
            }
        }
        servers.names == other.servers.names
            && *lists == other.lists
            && *walked == other.walked
            && *dial_plans == other.dial_plans
            && *forests == other.forests
            && *pools == other.pools
    }
}
