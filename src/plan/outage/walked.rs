//! The outages of a plan, in the numbers of its servers: a few bytes a server, however many there are.

use std::sync::{Arc, OnceLock};

use super::OutageCause;
use crate::deployment::{Directory, Number, Servers};
use crate::name::DnsName;
use crate::plan::lists::Lists;

/// Every outage that was walked: each site, each server, and then what was combined of either.
#[derive(Debug)]
pub(in crate::plan) struct Walked {
    servers: Arc<Servers>,
    sites: Vec<Arc<str>>,
    /// Where the name of each server ends when its site is out. Where it is out alone, its redirect tells
    /// that.
    pub(super) exits: Vec<End>,
    /// The servers of each site. Made when it is first asked for: a plan without it is the same.
    by_site: OnceLock<Lists<Number>>,
    pub(super) site_pairs: Vec<(usize, usize)>,
    pub(super) server_groups: Lists<Number>,
    /// For each outage of several sites or servers the names that it moves, and where those end.
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
    /// Nothing walked yet.
    pub(super) fn new(directory: &Directory<'_>) -> Self {
        let mut sites = Vec::with_capacity(directory.sites.len());
        for name in &directory.sites {
            sites.push(Arc::from(*name));
        }
        Self {
            servers: Arc::clone(&directory.servers),
            sites,
            exits: Vec::new(),
            by_site: OnceLock::new(),
            site_pairs: Vec::new(),
            server_groups: Lists::with_capacity(0, 0),
            routes: Lists::with_capacity(0, 0),
            shifts: Vec::new(),
        }
    }

    /// Ends an outage of several sites or servers, whose routes were pushed and that changes these dial
    /// plans.
    pub(super) fn close(&mut self, shifts: Vec<Shift>) {
        let outage = self.len();
        self.routes.close();
        self.add_shifts(outage, shifts);
    }

    /// The outage of this site changes these dial plans.
    pub(super) fn shift_site(&mut self, site: usize, shifts: Vec<Shift>) {
        self.add_shifts(site, shifts);
    }

    /// The outage of this server alone changes these dial plans.
    pub(super) fn shift_alone(&mut self, server: usize, shifts: Vec<Shift>) {
        self.add_shifts(self.sites.len() + server, shifts);
    }

    fn add_shifts(&mut self, outage: usize, shifts: Vec<Shift>) {
        for shift in shifts {
            self.shifts.push((outage, shift));
        }
    }

    /// How many outages there are.
    pub(in crate::plan) fn len(&self) -> usize {
        self.sites.len() + self.servers.len() + self.routes.len()
    }

    /// The servers of a site, in their order.
    pub(super) fn servers_of(&self, site: usize) -> &[Number] {
        let by_site = self.by_site.get_or_init(|| {
            let mut numbers = Vec::with_capacity(self.servers.len());
            for (number, site) in self.servers.sites().iter().enumerate() {
                numbers.push((*site, Number::new(number)));
            }
            Lists::grouped(self.sites.len(), &numbers)
        });
        by_site.get(site)
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
            let mut sites = Vec::new();
            for site in &[*first, *second] {
                if let Some(site) = self.sites.get(*site) {
                    sites.push(site.to_string());
                }
            }
            return OutageCause::Sites(Arc::from(sites));
        }
        let group = combination.saturating_sub(self.site_pairs.len());
        let mut servers = Vec::new();
        for number in self.server_groups.get(group) {
            if let Some(name) = names.get(number.get()) {
                servers.push(name.clone());
            }
        }
        OutageCause::Servers(Arc::from(servers))
    }

    /// Tells of each name that moves in an outage, and where it ends.
    pub(in crate::plan) fn routes(&self, outage: usize, tell: &mut dyn FnMut(Number, End)) {
        let alone = outage.checked_sub(self.sites.len()).map(Number::new);
        let down = match &alone {
            None => self.servers_of(outage),
            Some(number) => std::slice::from_ref(number),
        };
        for number in down {
            for (of, end) in self.single_routes(number.get()).into_iter().flatten() {
                if of == outage {
                    tell(*number, end);
                }
            }
        }
        let combination = outage.checked_sub(self.sites.len() + self.servers.len());
        for (number, end) in combination.map_or(&[][..], |it| self.routes.get(it)) {
            tell(*number, *end);
        }
    }

    /// Where the name of a server ends when its site is out, and when it is out alone, each with the outage;
    /// `None` where it does not move.
    fn single_routes(&self, number: usize) -> [Option<(usize, End)>; 2] {
        if !self.servers.traits_of(number).moves() {
            return [None; 2];
        }
        let server = Number::new(number);
        let alone = match self.servers.redirect(number) {
            None => End::Dead(server),
            Some(next) if next == number => End::Loop,
            Some(next) => End::Up(Number::new(next)),
        };
        let exit = self.exits.get(number).copied();
        let of_site = self.servers.site(number).zip(exit);
        [of_site, Some((self.sites.len() + number, alone))]
    }

    /// Tells of each name that moves, with its outage and where it ends; of one name in the order of
    /// outages.
    pub(in crate::plan) fn all_routes(&self, tell: &mut dyn FnMut(usize, Number, End)) {
        for number in 0..self.servers.len() {
            for (outage, end) in self.single_routes(number).into_iter().flatten() {
                tell(outage, Number::new(number), end);
            }
        }
        let single = self.sites.len() + self.servers.len();
        for combination in 0..self.routes.len() {
            for (number, end) in self.routes.get(combination) {
                tell(single + combination, *number, *end);
            }
        }
    }

    /// The dial plans that change in an outage.
    pub(in crate::plan) fn shifts(&self, outage: usize) -> &[(usize, Shift)] {
        let before = |outage: usize| self.shifts.partition_point(|(of, _)| *of < outage);
        let range = before(outage)..before(outage + 1);
        self.shifts.get(range).unwrap_or_default()
    }

    /// The dial plans that change, each with its outage.
    pub(in crate::plan) fn all_shifts(&self) -> impl Iterator<Item = &(usize, Shift)> {
        self.shifts.iter()
    }
}

impl PartialEq for Walked {
    fn eq(&self, other: &Self) -> bool {
        self.sites == other.sites
            && self.servers.len() == other.servers.len()
            && self.site_pairs == other.site_pairs
            && self.server_groups == other.server_groups
            && self.shifts == other.shifts
            && self.routes == other.routes
            && (0..self.servers.len()).all(|it| self.single_routes(it) == other.single_routes(it))
    }
}
