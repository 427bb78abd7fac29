//! The outages of a plan, in the numbers of its servers: a few bytes a server, however many there are.

use std::sync::Arc;

use super::OutageCause;
use crate::deployment::Number;
use crate::name::DnsName;
use crate::plan::lists::Lists;

/// Every outage that was walked: each site, each server, and then what was combined of either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct Walked {
    pub(super) sites: Vec<Arc<str>>,
    pub(super) site_pairs: Vec<(usize, usize)>,
    pub(super) server_groups: Lists<Number>,
    /// For each outage the servers whose names move, and where those end.
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
    /// Nothing walked yet, of so many servers in these sites.
    pub(super) fn new(sites: &[&str], servers: usize) -> Self {
        let sites: Vec<Arc<str>> = sites.iter().map(|name| Arc::from(*name)).collect();
        Self {
            // Most names move twice: when their site is out, and when their server is.
            routes: Lists::with_capacity(sites.len() + servers, 2 * servers),
            sites,
            site_pairs: Vec::new(),
            server_groups: Lists::with_capacity(0, 0),
            shifts: Vec::new(),
        }
    }

    /// Ends an outage, whose routes were pushed and that changes these dial plans.
    pub(super) fn close(&mut self, shifts: Vec<Shift>) {
        let outage = self.routes.len();
        self.routes.close();
        self.shifts
            .extend(shifts.into_iter().map(|shift| (outage, shift)));
    }

    /// How many outages there are.
    pub(in crate::plan) fn len(&self) -> usize {
        self.routes.len()
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
    pub(in crate::plan) fn routes(&self, outage: usize) -> &[(Number, End)] {
        self.routes.get(outage)
    }

    /// Each name that moves, with its outage and where it ends.
    pub(in crate::plan) fn all_routes(
        &self,
    ) -> impl Iterator<Item = (usize, Number, End)> + Clone + '_ {
        let outages = 0..self.len();
        outages.flat_map(|outage| {
            let routes = self.routes(outage).iter();
            routes.map(move |(number, end)| (outage, *number, *end))
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
