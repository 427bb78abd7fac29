//! Walking the outages of a deployment, in the numbers of its directory.

use super::walked::{End, Shift, Walked};
use crate::deployment::{Directory, Number};
use crate::plan::lists::{Lists, by_first};

/// What is out.
#[derive(Clone, Copy)]
pub(super) enum Down<'n> {
    Site(Number),
    Sites(&'n [Number]),
    Server(Number),
    Servers(&'n [Number]),
}

/// Walks one outage after the other. It remembers where names end for as long as an outage lasts, so
/// that each server is passed once an outage, however long the chains of redirects are.
pub(super) struct Walker<'d, 'a> {
    pub(super) directory: &'d Directory<'a>,
    /// The positions of the dial plans of which each server is an enabled member; empty where no set fails
    /// over by dial plan.
    enabled_in: Lists<Number>,
    /// The number of the outage that is walked: what another one left in `ends` does not count.
    round: usize,
    /// Made for the first name that moves on and on.
    ends: Vec<(Number, Number)>,
    /// Where the name of each server ends when its site is out.
    pub(super) exits: Vec<Number>,
    /// The dial plans that change, outage by outage.
    pub(super) shifts: Vec<Shift>,
    /// Whether sites are out as a whole: chains of redirects leave each with one step.
    skips_sites: bool,
}

impl<'d, 'a> Walker<'d, 'a> {
    pub(super) fn new(directory: &'d Directory<'a>) -> Self {
        let servers = &*directory.servers;
        let mut walker = Self {
            directory,
            enabled_in: Lists::new(),
            round: 0,
            ends: Vec::new(),
            exits: Vec::new(),
            shifts: Vec::new(),
            skips_sites: false,
        };
        for traits in servers.traits() {
            if traits.changes_members() {
                walker.enabled_in = enabled_in(directory);
                break;
            }
        }
        walker.exits = walker.leave_sites();
        walker
    }

    /// Where the name of each server ends when its site is out. One round does for all sites: whatever is
    /// remembered on the way is of servers of the same site.
    fn leave_sites(&mut self) -> Vec<Number> {
        self.begin();
        let servers = &*self.directory.servers;
        let mut exits = Vec::with_capacity(servers.len());
        for (number, site) in servers.sites().iter().enumerate() {
            exits.push(self.end(number, Down::Site(*site)).to_number());
        }
        exits
    }

    /// From now on whole sites are out. However many pairs a site is in, no chain within it is followed again.
    pub(super) fn skip_sites(&mut self) {
        self.skips_sites = true;
    }

    /// Forgets where names end: another outage begins.
    pub(super) fn begin(&mut self) {
        self.round += 1;
    }

    pub(super) fn moves(&self, number: usize) -> bool {
        self.directory.servers.traits_of(number).moves()
    }

    /// Walks what the outages of each site and of each server alone change in dial plans.
    pub(super) fn dial_plans(&mut self, walked: &Walked) {
        if self.enabled_in.len() == 0 {
            return;
        }
        let sites = walked.sites();
        for site in 0..sites {
            let down = Down::Site(Number::new(site));
            self.lose_servers(walked.servers_of(site), site, down);
        }
        for number in 0..self.directory.servers.len() {
            let server = Number::new(number);
            self.lose_servers(&[server], sites + number, Down::Server(server));
        }
    }

    /// Follows the redirects of a name to a server that is up, and remembers the end for every name on
    /// the way.
    pub(super) fn end(&mut self, number: usize, down: Down<'_>) -> End {
        // Most names move once.
        match self.redirect(number) {
            _ if !self.is_down(number, down) => End::Up(Number::new(number)),
            Some(next) if !self.is_down(next, down) => End::Up(Number::new(next)),
            _ => self.follow(number, down),
        }
    }

    fn follow(&mut self, number: usize, down: Down<'_>) -> End {
        if self.ends.is_empty() {
            self.ends = vec![<(Number, Number)>::default(); self.directory.servers.len()];
        }
        let round = Number::new(self.round);
        let mut at = number;
        let mut passed = 0;
        let end = loop {
            if !self.is_down(at, down) {
                break End::Up(Number::new(at));
            }
            let Some(known) = self.ends.get_mut(at) else {
                break End::Dead(Number::new(at));
            };
            if known.0 == round {
                break End::of_number(known.1);
            }
            // Until its end is known, meeting this name again is a loop.
            *known = (round, End::Loop.to_number());
            passed += 1;
            match self.step(at) {
                Ok(next) => at = next,
                Err(end) => break end,
            }
        };
        let mut on_the_way = Some(number);
        for _ in 0..passed {
            let Some(at) = on_the_way else { break };
            if let Some(known) = self.ends.get_mut(at) {
                *known = (round, end.to_number());
            }
            on_the_way = self.step(at).ok();
        }
        end
    }

    fn is_down(&self, number: usize, down: Down<'_>) -> bool {
        let sites = self.directory.servers.sites();
        match down {
            Down::Site(site) => sites.get(number) == Some(&site),
            Down::Sites(down) => match sites.get(number) {
                Some(site) => down.contains(site),
                None => false,
            },
            Down::Server(server) => server.get() == number,
            Down::Servers(servers) => servers.contains(&Number::new(number)),
        }
    }

    /// Where the name of a server goes that is down.
    fn step(&self, at: usize) -> Result<usize, End> {
        if self.skips_sites
            && let Some(exit) = self.exit(at)
        {
            return match exit {
                End::Up(next) => Ok(next.get()),
                end => Err(end),
            };
        }
        match self.redirect(at) {
            Some(next) => Ok(next),
            None => Err(End::Dead(Number::new(at))),
        }
    }

    /// Where the name of a server ends when its site is out.
    pub(super) fn exit(&self, number: usize) -> Option<End> {
        Some(End::of_number(*self.exits.get(number)?))
    }

    fn redirect(&self, number: usize) -> Option<usize> {
        self.directory.servers.redirect(number)
    }

    /// Notes how the dial plans change that lose an enabled member of these `servers`, which are `down`, to whom
    /// dial plan failover applies.
    fn lose_servers(&mut self, servers: &[Number], outage: usize, down: Down<'_>) {
        self.begin();
        let mut lost = Vec::new();
        for number in servers {
            let is_member = !self.enabled_in.get(number.get()).is_empty();
            if is_member && !self.is_answered(number.get(), down) {
                for position in self.enabled_in.get(number.get()) {
                    lost.push((*position, *number));
                }
            }
        }
        by_first(&mut lost, &mut |position, lost| {
            if let Some(shift) = self.shift(position, lost, outage, down) {
                self.shifts.push(shift);
            }
        });
    }

    /// Whether another server answers to the name of this one, which is down.
    fn is_answered(&mut self, number: usize, down: Down<'_>) -> bool {
        self.moves(number) && matches!(self.end(number, down), End::Up(_))
    }

    /// Notes how one dial plan changes that loses all enabled members. As long as somebody is left, outages of
    /// fewer tell it all.
    pub(super) fn lose_all(&mut self, position: usize, outage: usize, down: Down<'_>) {
        let directory = self.directory;
        let Some(dial_plan) = directory.dial_plans.get(position) else {
            return;
        };
        let mut lost = Vec::new();
        for number in &dial_plan.enabled {
            let number = number.get();
            if !self.is_down(number, down) || self.is_answered(number, down) {
                return;
            }
            lost.push(number);
        }
        if let Some(shift) = self.shift(position, lost, outage, down) {
            self.shifts.push(shift);
        }
    }

    /// How a dial plan changes that loses these enabled members; `None` where dial plan failover has no part
    /// in it.
    fn shift(
        &self,
        position: usize,
        lost: Vec<usize>,
        outage: usize,
        down: Down<'_>,
    ) -> Option<Shift> {
        let dial_plan = self.directory.dial_plans.get(position)?;
        let mut applies = false;
        for number in &lost {
            applies |= self.changes_members(*number);
        }
        if !applies {
            return None;
        }
        let remaining = dial_plan.enabled.len().saturating_sub(lost.len());
        let stand_bys = match remaining {
            0 => dial_plan.disabled.as_slice(),
            _ => &[],
        };
        let mut enable = Vec::new();
        for stand_by in stand_bys {
            if !self.is_down(stand_by.get(), down) {
                enable.push(stand_by.get());
            }
        }
        Some(Shift {
            outage,
            dial_plan: position,
            disable: lost,
            enable,
            remaining,
        })
    }

    fn changes_members(&self, number: usize) -> bool {
        self.directory.servers.traits_of(number).changes_members()
    }
}

/// The positions of the dial plans of which each server is an enabled member.
fn enabled_in(directory: &Directory<'_>) -> Lists<Number> {
    let mut members = Vec::new();
    for (position, dial_plan) in directory.dial_plans.iter().enumerate() {
        for number in &dial_plan.enabled {
            members.push((*number, Number::new(position)));
        }
    }
    Lists::grouped(directory.servers.len(), &members)
}
