//! The outages of a plan, in the numbers of its servers: a few bytes a server, however many there are.

use std::sync::{Arc, OnceLock};

use super::OutageCause;
use crate::deployment::{Directory, Number, Servers};
use crate::name::DnsName;
use crate::plan::lists::Lists;
use crate::plan::options::OutageScope;
use crate::sort::count_before;

/// Every outage that was walked: each site, each server, and then what was combined of either.
#[derive(Debug)]
pub(in crate::plan) struct Walked {
    servers: Arc<Servers>,
    sites: Vec<Arc<str>>,
    /// Where the name of each server ends when its site is out. Where it is out alone, its redirect tells
    /// that.
    pub(super) exits: Vec<Number>,
    /// The servers of each site. Made when it is first asked for: a plan without it is the same.
    by_site: OnceLock<Lists<Number>>,
    /// Whether combinations are of sites, and not of servers.
    are_sites: bool,
    /// The sites or servers of each outage of several.
    pub(super) combinations: Lists<Number>,
    /// For each of these the names that it moves, and where those end.
    pub(super) routes: Lists<(Number, Number)>,
    /// The dial plans that change, outage by outage.
    pub(super) shifts: Vec<Shift>,
}

/// Where the redirects of a name end. Many are kept [as numbers](Self::to_number).
#[derive(Debug, Clone, Copy)]
pub(in crate::plan) enum End {
    /// At this server, which is up.
    Up(Number),
    /// At this server, which is down and has no redirect.
    Dead(Number),
    /// Nowhere: they come back to a server that was passed.
    Loop,
}

impl End {
    /// The same in four bytes: the number of the server, and behind it in two bits what that is.
    pub(in crate::plan) fn to_number(self) -> Number {
        Number::new(match self {
            Self::Loop => 0,
            Self::Up(server) => server.get() << 2 | 1,
            Self::Dead(server) => server.get() << 2 | 2,
        })
    }

    pub(in crate::plan) fn of_number(number: Number) -> Self {
        let server = Number::new(number.get() >> 2);
        match number.get() & 3 {
            0 => Self::Loop,
            1 => Self::Up(server),
            _ => Self::Dead(server),
        }
    }
}

/// How the members of a dial plan change in the outage of this number.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::plan) struct Shift {
    pub(in crate::plan) outage: usize,
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
    pub(super) fn new(directory: &Directory<'_>, scope: OutageScope) -> Self {
        let mut sites = Vec::with_capacity(directory.sites.len());
        for name in &directory.sites {
            sites.push(Arc::from(*name));
        }
        Self {
            servers: Arc::clone(&directory.servers),
            sites,
            exits: Vec::new(),
            by_site: OnceLock::new(),
            are_sites: scope == OutageScope::SitePairs,
            combinations: Lists::new(),
            routes: Lists::new(),
            shifts: Vec::new(),
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
        let (mut sites, mut servers) = (Vec::new(), Vec::new());
        for place in self.combinations.get(number.saturating_sub(names.len())) {
            let place = place.get();
            match (self.sites.get(place), names.get(place)) {
                (Some(site), _) if self.are_sites => sites.push(site.to_string()),
                (_, Some(name)) => servers.push(name.clone()),
                _ => {}
            }
        }
        match self.are_sites {
            true => OutageCause::Sites(Arc::from(sites)),
            false => OutageCause::Servers(Arc::from(servers)),
        }
    }

    /// Tells of each name that moves in an outage, and where it ends.
    pub(in crate::plan) fn routes(&self, outage: usize, tell: &mut dyn FnMut(Number, End)) {
        let alone = outage.checked_sub(self.sites.len()).map(Number::new);
        let down = match &alone {
            None => self.servers_of(outage),
            Some(number) => std::slice::from_ref(number),
        };
        for number in down {
            if let Some((site, end)) = self.exit(number.get()) {
                let end = match site.get() == outage {
                    true => End::of_number(end),
                    false => self.end_alone(number.get()),
                };
                tell(*number, end);
            }
        }
        if let Some(combination) = outage.checked_sub(self.sites.len() + self.servers.len()) {
            for (number, end) in self.routes.get(combination) {
                tell(*number, End::of_number(*end));
            }
        }
    }

    /// The site of a server, and where its name ends when that is out; `None` where it does not move.
    fn exit(&self, number: usize) -> Option<(Number, Number)> {
        match self.servers.traits_of(number).moves() {
            true => Some((*self.servers.sites().get(number)?, *self.exits.get(number)?)),
            false => None,
        }
    }

    /// Where the name of a server ends that moves, when it is out alone.
    fn end_alone(&self, number: usize) -> End {
        match self.servers.redirect(number) {
            None => End::Dead(Number::new(number)),
            Some(next) if next == number => End::Loop,
            Some(next) => End::Up(Number::new(next)),
        }
    }

    /// Tells of each name that moves, with its outage and where it ends; name by name, in the order of outages.
    pub(in crate::plan) fn all_routes(&self, tell: &mut dyn FnMut(usize, Number, End)) {
        let first_combined = self.sites.len() + self.servers.len();
        let mut combined = Vec::new();
        for combination in 0..self.routes.len() {
            let outage = Number::new(first_combined + combination);
            for (number, end) in self.routes.get(combination) {
                combined.push((*number, (outage, *end)));
            }
        }
        let combined = match combined.is_empty() {
            true => Lists::new(),
            false => Lists::grouped(self.servers.len(), &combined),
        };
        for number in 0..self.servers.len() {
            let name = Number::new(number);
            if let Some((site, end)) = self.exit(number) {
                tell(site.get(), name, End::of_number(end));
                tell(self.sites.len() + number, name, self.end_alone(number));
            }
            for (outage, end) in combined.get(number) {
                tell(outage.get(), name, End::of_number(*end));
            }
        }
    }

    /// The dial plans that change in an outage.
    pub(in crate::plan) fn shifts(&self, outage: usize) -> &[Shift] {
        let before = |outage: usize| count_before(&self.shifts, |it| it.outage < outage);
        let range = before(outage)..before(outage + 1);
        self.shifts.get(range).unwrap_or_default()
    }

    /// The dial plans that change, outage by outage.
    pub(in crate::plan) fn all_shifts(&self) -> &[Shift] {
        &self.shifts
    }
}

impl PartialEq for Walked {
    fn eq(&self, other: &Self) -> bool {
        for number in 0..self.servers.len() {
            if self.exit(number) != other.exit(number) {
                return false;
            }
        }
        self.sites == other.sites
            && self.servers.redirects == other.servers.redirects
            && self.combinations == other.combinations
            && (self.are_sites == other.are_sites || self.combinations.len() == 0)
            && self.shifts == other.shifts
            && self.routes == other.routes
    }
}
