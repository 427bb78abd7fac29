//! What the parts of a plan share, in the numbers of its servers.

use super::lists::Lists;
use super::outage::{Answer, DialPlanShift, End, Outage, OutageCause, Route, Shift, Walked};
use crate::deployment::{Directory, ExchangeVersion, Names, Pool};
use crate::name::{DnsName, NameSet, SanName};

/// The servers of a plan, what happens to them in an outage, and how that is arranged. Kept once, and
/// shared by the plan and its certificates: a copy of the deployment would be the larger part of a plan.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Basis {
    pub(super) names: Names,
    /// What a policy asks of every server of a set, for each set; none where it asks each server for
    /// other names.
    pub(super) lists: Vec<NameSet>,
    pub(super) walked: Walked,
    /// For each server the names that outages bring to it, each with its outage.
    pub(super) stand_ins: Lists<(usize, usize)>,
    /// Where each server's name is redirected to.
    pub(super) redirects: Vec<Option<usize>>,
    /// The members of each dial plan, and whether each is enabled.
    pub(super) dial_plans: Vec<(String, Vec<(usize, bool)>)>,
    /// Where the forest of each server stands among the forests.
    forest_of: Vec<usize>,
    forests: Vec<(DnsName, ExchangeVersion)>,
    /// The Front End pools that the servers talk to.
    pub(super) pools: Vec<Pool>,
}

impl Basis {
    pub(super) fn new(
        directory: &Directory<'_>,
        names: Names,
        lists: Vec<NameSet>,
        walked: Walked,
    ) -> Self {
        let servers = &directory.servers;
        let ends = walked.all_routes();
        let ends = ends.filter_map(|(outage, name, end)| match end {
            End::Up(server) => Some((server, (name, outage))),
            _ => None,
        });
        let forests = directory.deployment.exchange.iter();
        Self {
            names,
            lists,
            stand_ins: Lists::grouped(servers.len(), ends),
            walked,
            redirects: servers.iter().map(|listed| listed.redirect).collect(),
            dial_plans: dial_plans(directory),
            forest_of: servers.iter().map(|listed| listed.forest_number).collect(),
            forests: forests.map(|it| (it.forest.clone(), it.version)).collect(),
            pools: directory.deployment.lync.pools.clone(),
        }
    }

    /// The forest of a server.
    pub(super) fn forest_of(&self, number: usize) -> Option<&(DnsName, ExchangeVersion)> {
        self.forests.get(*self.forest_of.get(number)?)
    }

    /// The forests that some server lives in.
    pub(super) fn forests_in_use(&self) -> impl Iterator<Item = &DnsName> {
        let forests = self.forests.iter().enumerate();
        let used = forests.filter(|(position, _)| self.forest_of.contains(position));
        used.map(|(_, (forest, _))| forest)
    }

    /// What is down in an outage.
    pub(super) fn cause(&self, outage: usize) -> OutageCause {
        self.walked.cause(outage, self.names.as_slice())
    }

    /// An outage in names, with every route covered by what `covering` finds in the certificate of the
    /// server of this number (first argument) for the name of that of the second.
    pub(super) fn outage(
        &self,
        outage: usize,
        covering: impl Fn(usize, usize) -> Option<SanName>,
    ) -> Outage {
        let routes = self.walked.routes(outage).iter();
        let shifts = self.walked.shifts(outage).iter();
        Outage {
            cause: self.cause(outage),
            routes: routes
                .filter_map(|(number, end)| self.route(*number, *end, &covering))
                .collect(),
            dial_plans: shifts.filter_map(|(_, shift)| self.shift(shift)).collect(),
        }
    }

    fn route(
        &self,
        number: usize,
        end: End,
        covering: impl Fn(usize, usize) -> Option<SanName>,
    ) -> Option<Route> {
        let answer = match end {
            End::Up(server) => Answer::Server {
                server: self.names.get(server)?.clone(),
                covered_by: covering(server, number),
            },
            End::Dead(server) => Answer::DeadEnd(self.names.get(server)?.clone()),
            End::Loop => Answer::Loop,
        };
        Some(Route {
            name: self.names.get(number)?.clone(),
            answer,
        })
    }

    fn shift(&self, shift: &Shift) -> Option<DialPlanShift> {
        let named = |numbers: &[usize]| -> Vec<DnsName> {
            let names = numbers.iter().filter_map(|number| self.names.get(*number));
            names.cloned().collect()
        };
        Some(DialPlanShift {
            dial_plan: self.dial_plans.get(shift.dial_plan)?.0.clone(),
            disable: named(&shift.disable),
            enable: named(&shift.enable),
            remaining: shift.remaining,
        })
    }
}

fn dial_plans(directory: &Directory<'_>) -> Vec<(String, Vec<(usize, bool)>)> {
    let dial_plans = directory.deployment.dial_plans.iter();
    let dial_plans = dial_plans.zip(&directory.members);
    let named = dial_plans.map(|(dial_plan, numbers)| {
        let members = dial_plan.members.iter().zip(numbers);
        let members = members.map(|(member, number)| (*number, member.enabled));
        (dial_plan.name.clone(), members.collect())
    });
    named.collect()
}
