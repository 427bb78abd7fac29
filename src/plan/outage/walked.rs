//! The outages of a plan, in the numbers of its servers: a few bytes a server, however many there are.

use std::sync::Arc;

use super::OutageCause;
use crate::deployment::{Number, Servers};
use crate::name::DnsName;
use crate::plan::lists::Lists;

/// Every outage that was walked: each site, each server, and then what was combined of either.
#[derive(Debug)]
pub(in crate::plan) struct Walked {
    servers: Arc<Servers>,
    pub(super) sites: Vec<Arc<str>>,
    pub(super) site_pairs: Vec<(usize, usize)>,
    pub(super) server_groups: Lists<Number>,
    /// For each outage the servers whose names move, and where those end. Where one server alone is out, its
    /// redirect tells that, and there is nothing here.
    pub(super) routes: Lists<(Number, End)>,
    /// The dial plans that change, each with the number of its outage, in their order.
    pub(super) shifts: Vec<(usize, Shift)>,
}

/// Where the redirects of a name end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum End {
    /// At this server, which is up.
    Up(Number),
    /// At this server, which is down and has no redirect.
    Dead(Number),
    /// Nowhere: they come back to a server that was passed.
    Loop,
}

/// How the members of a dial plan change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct Shift {
    pub(in crate::plan) dial_plan: usize,
    pub(in crate::plan) disable: Vec<usize>,
    pub(in crate::plan) enable: Vec<usize>,
    pub(in crate::plan) remaining: usize,
}

impl Shift {
    /// Whether anybody takes the calls of the dial plan.
    pub(in crate::plan) fn is_served(&self) -> bool {
        self.remaining > 0 || !self.enable.is_empty()
    }
}

impl Walked {
    /// Nothing walked yet, of these servers in these sites.
    pub(super) fn new(sites: &[&str], servers: &Arc<Servers>) -> Self {
        Self {
            // Most names move when their site is out.
            routes: Lists::with_capacity(sites.len(), servers.len()),
            servers: Arc::clone(servers),
            sites: sites.iter().map(|name| Arc::from(*name)).collect(),
            site_pairs: Vec::new(),
            server_groups: Lists::with_capacity(0, 0),
            shifts: Vec::new(),
        }
    }

    /// Ends an outage of a site or of several servers, whose routes were pushed and that changes these dial
    /// plans.
    pub(super) fn close(&mut self, shifts: Vec<Shift>) {
        self.routes.close();
        let of = |number| match number < self.sites.len() {
            true => number,
            false => number + self.servers.len(),
        };
        let outage = of(self.routes.len() - 1);
        self.shift(outage, shifts);
    }

    /// The outage of this server alone changes these dial plans.
    pub(super) fn shift_alone(&mut self, server: usize, shifts: Vec<Shift>) {
        self.shift(self.sites.len() + server, shifts);
    }

    fn shift(&mut self, outage: usize, shifts: Vec<Shift>) {
        let shifts = shifts.into_iter();
        self.shifts.extend(shifts.map(|shift| (outage, shift)));
    }

    /// How many outages there are.
    pub(in crate::plan) fn len(&self) -> usize {
        self.routes.len() + self.servers.len()
    }

    /// How many sites there are; their outages come first.
    pub(in crate::plan) fn sites(&self) -> usize {
        self.sites.len()
    }

    /// What is down in an outage, in words; `names` gives the server of a number.
    pub(in crate::plan) fn cause(&self, outage: usize, names: &[DnsName]) -> OutageCause {
        if let Some(site) = self.sites.get(outage) {
            return OutageCause::Site(Arc::clone(site));
        }
        let number = outage.saturating_sub(self.sites.len());
        if let Some(server) = names.get(number) {
            return OutageCause::Server(server.clone());
        }
        let combination = number.saturating_sub(names.len());
        if let Some((first, second)) = self.site_pairs.get(combination) {
            let sites = [first, second].map(|site| self.sites.get(*site));
            return OutageCause::Sites(
                sites
                    .into_iter()
                    .flatten()
                    .map(|it| it.to_string())
                    .collect(),
            );
        }
        let group = combination.saturating_sub(self.site_pairs.len());
        let servers = self.server_groups.get(group).iter();
        let servers = servers.filter_map(|number| names.get(number.get()));
        OutageCause::Servers(servers.cloned().collect())
    }

    /// The servers whose names move in an outage, and where those end.
    pub(in crate::plan) fn routes(
        &self,
        outage: usize,
    ) -> impl Iterator<Item = (Number, End)> + Clone + '_ {
        let number = outage.checked_sub(self.sites.len());
        let alone = number.filter(|number| *number < self.servers.len());
        let listed = match (number, alone) {
            (_, Some(_)) => &[],
            (Some(_), None) => self.routes.get(outage - self.servers.len()),
            (None, _) => self.routes.get(outage),
        };
        let alone = alone.and_then(|number| self.route_alone(number));
        listed.iter().copied().chain(alone)
    }

    /// Where the name of a server ends that is out alone; `None` where it does not move.
    fn route_alone(&self, number: usize) -> Option<(Number, End)> {
        let server = Number::new(number);
        let end = match self.servers.redirect(number) {
            _ if !self.servers.traits_of(number).moves => return None,
            None => End::Dead(server),
            Some(next) if next == number => End::Loop,
            Some(next) => End::Up(Number::new(next)),
        };
        Some((server, end))
    }

    /// Each name that moves, with its outage and where it ends.
    pub(in crate::plan) fn all_routes(
        &self,
    ) -> impl Iterator<Item = (usize, Number, End)> + Clone + '_ {
        let outages = 0..self.len();
        outages.flat_map(|outage| {
            let routes = self.routes(outage);
            routes.map(move |(number, end)| (outage, number, end))
        })
    }

    /// The dial plans that change in an outage.
    pub(in crate::plan) fn shifts(&self, outage: usize) -> &[(usize, Shift)] {
        let start = self.shifts.partition_point(|(of, _)| *of < outage);
        let end = self.shifts.partition_point(|(of, _)| *of <= outage);
        self.shifts.get(start..end).unwrap_or_default()
    }

    /// The dial plans that change, each with its outage.
    pub(in crate::plan) fn all_shifts(&self) -> impl Iterator<Item = &(usize, Shift)> {
        self.shifts.iter()
    }
}

/// The servers are compared by the plan, which has them too.
impl PartialEq for Walked {
    fn eq(&self, other: &Self) -> bool {
        let Self {
            servers: _,
            sites,
            site_pairs,
            server_groups,
            routes,
            shifts,
        } = self;
        *sites == other.sites
            && *site_pairs == other.site_pairs
            && *server_groups == other.server_groups
            && *routes == other.routes
            && *shifts == other.shifts
    }
}
