//! Walking the outages of a deployment, in the numbers of its directory.

use super::walked::{End, Shift, Walked};
use crate::deployment::{Directory, Number};
use crate::plan::lists::{Lists, by_first};

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
    ends: Vec<(Number, End)>,
    /// Where the name of each server ends when its site is out.
    pub(super) exits: Vec<End>,
    /// Whether sites are out as a whole: chains of redirects leave each with one step.
    skips_sites: bool,
}

impl<'d, 'a> Walker<'d, 'a> {
    pub(super) fn new(directory: &'d Directory<'a>) -> Self {
        let servers = &*directory.servers;
        let mut walker = Self {
            directory,
            enabled_in: Lists::with_capacity(0, 0),
            round: 0,
            ends: Vec::new(),
            exits: Vec::new(),
            skips_sites: false,
        };
        if servers.traits().iter().any(|it| it.changes_members()) {
            walker.enabled_in = enabled_in(directory);
        }
        walker.exits = walker.leave_sites();
        walker
    }

    /// Where the name of each server ends when its site is out. One round does for all sites: whatever is
    /// remembered on the way is of servers of the same site.
    fn leave_sites(&mut self) -> Vec<End> {
        self.begin();
        let servers = &*self.directory.servers;
        let mut exits = Vec::with_capacity(servers.len());
        for (number, site) in servers.sites().iter().enumerate() {
            let site = Some(site.get());
            exits.push(self.end(number, |it| servers.site(it) == site));
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
    pub(super) fn dial_plans(&mut self, walked: &mut Walked) {
        if self.enabled_in.len() == 0 {
            return;
        }
        let servers = &*self.directory.servers;
        for site in 0..walked.sites() {
            self.begin();
            let shifts = self.shifts(walked.servers_of(site), |it| servers.site(it) == Some(site));
            walked.shift_site(site, shifts);
        }
        for number in 0..servers.len() {
            self.begin();
            let shifts = self.shifts(&[Number::new(number)], |it| it == number);
            walked.shift_alone(number, shifts);
        }
    }

    /// Follows the redirects of a name to a server that is up, and remembers the end for every name on
    /// the way.
    pub(super) fn end(&mut self, number: usize, is_down: impl Fn(usize) -> bool) -> End {
        // Most names move once.
        match self.redirect(number) {
            _ if !is_down(number) => End::Up(Number::new(number)),
            Some(next) if !is_down(next) => End::Up(Number::new(next)),
            _ => self.follow(number, is_down),
        }
    }

    fn follow(&mut self, number: usize, is_down: impl Fn(usize) -> bool) -> End {
        if self.ends.is_empty() {
            self.ends = vec![(Number::default(), End::Loop); self.directory.servers.len()];
        }
        let round = Number::new(self.round);
        let mut at = number;
        let mut passed = 0;
        let end = loop {
            if !is_down(at) {
                break End::Up(Number::new(at));
            }
            let Some(known) = self.ends.get_mut(at) else {
                break End::Dead(Number::new(at));
            };
            if known.0 == round {
                break known.1;
            }
            // Until its end is known, meeting this name again is a loop.
            *known = (round, End::Loop);
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
                *known = (round, end);
            }
            on_the_way = self.step(at).ok();
        }
        end
    }

    /// Where the name of a server goes that is down.
    fn step(&self, at: usize) -> Result<usize, End> {
        let exit = self.exits.get(at).filter(|_| self.skips_sites);
        match exit {
            Some(End::Up(next)) => Ok(next.get()),
            Some(end) => Err(*end),
            None => self.redirect(at).ok_or_else(|| End::Dead(Number::new(at))),
        }
    }

    fn redirect(&self, number: usize) -> Option<usize> {
        self.directory.servers.redirect(number)
    }

    /// The dial plans that lose an enabled member to whom dial plan failover applies.
    fn shifts(&mut self, down: &[Number], is_down: impl Fn(usize) -> bool + Copy) -> Vec<Shift> {
        let mut lost = Vec::new();
        for number in down {
            let is_member = !self.enabled_in.get(number.get()).is_empty();
            if is_member && !self.is_answered(number.get(), is_down) {
                let positions = self.enabled_in.get(number.get()).iter();
                lost.extend(positions.map(|position| (*position, *number)));
            }
        }
        by_first(&mut lost)
            .filter_map(|(position, lost)| self.shift(position, lost, is_down))
            .collect()
    }

    /// Whether another server answers to the name of this one, which is down.
    fn is_answered(&mut self, number: usize, is_down: impl Fn(usize) -> bool) -> bool {
        self.moves(number) && matches!(self.end(number, is_down), End::Up(_))
    }

    /// How one dial plan changes; `None` where dial plan failover has no part in it.
    pub(super) fn shift_of(
        &mut self,
        position: usize,
        is_down: impl Fn(usize) -> bool + Copy,
    ) -> Option<Shift> {
        let directory = self.directory;
        let enabled = directory.dial_plans.get(position)?.enabled.iter();
        let lost = enabled
            .map(|number| number.get())
            .filter(|number| is_down(*number) && !self.is_answered(*number, is_down));
        let lost = lost.collect();
        self.shift(position, lost, is_down)
    }

    /// How a dial plan changes that loses these enabled members.
    fn shift(
        &self,
        position: usize,
        lost: Vec<usize>,
        is_down: impl Fn(usize) -> bool,
    ) -> Option<Shift> {
        let dial_plan = self.directory.dial_plans.get(position)?;
        if !lost.iter().any(|number| self.changes_members(*number)) {
            return None;
        }
        let remaining = dial_plan.enabled.len().saturating_sub(lost.len());
        let stand_bys = dial_plan.disabled.iter().map(|number| number.get());
        let enable = match remaining {
            0 => stand_bys.filter(|number| !is_down(*number)).collect(),
            _ => Vec::new(),
        };
        Some(Shift {
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
        let enabled = dial_plan.enabled.iter();
        members.extend(enabled.map(|number| (*number, Number::new(position))));
    }
    Lists::grouped(directory.servers.len(), &members)
}
