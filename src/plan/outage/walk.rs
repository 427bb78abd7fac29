//! Walking the outages of a deployment, in the numbers of its directory.

use std::collections::BTreeMap;

use super::walked::{End, Shift, Walked};
use crate::deployment::{Directory, Failover, Listed};
use crate::plan::lists::Lists;

/// The sites with their servers.
pub(super) struct Sites<'d> {
    pub(super) names: &'d [&'d str],
    /// The servers of each site.
    pub(super) servers: Lists<usize>,
    /// The site of each server.
    pub(super) of: Vec<usize>,
}

impl<'d> Sites<'d> {
    pub(super) fn new(directory: &'d Directory<'_>) -> Self {
        let of: Vec<usize> = directory.servers.iter().map(|listed| listed.site).collect();
        let numbers = of.iter().enumerate();
        let numbers = numbers.map(|(number, site)| (*site, number));
        Self {
            names: &directory.sites,
            servers: Lists::grouped(directory.sites.len(), numbers),
            of,
        }
    }
}

/// Walks one outage after the other. It remembers where names end for as long as an outage lasts, so
/// that each server is passed once an outage, however long the chains of redirects are.
pub(super) struct Walker<'d, 'a> {
    pub(super) directory: &'d Directory<'a>,
    /// The positions of the dial plans of which each server is an enabled member; empty where no set fails
    /// over by dial plan.
    enabled_in: Vec<Vec<usize>>,
    /// How many enabled members each dial plan has, counted once for all outages.
    enabled: Vec<usize>,
    /// The number of the outage that is walked: what another one left in `ends` does not count.
    round: usize,
    ends: Vec<(usize, End)>,
}

impl<'d, 'a> Walker<'d, 'a> {
    pub(super) fn new(directory: &'d Directory<'a>) -> Self {
        let count = directory.servers.len();
        let mut sets = directory.deployment.server_sets.iter();
        let by_dial_plan = sets.any(|set| set.failover == Some(Failover::DialPlan));
        let mut enabled_in = vec![Vec::new(); if by_dial_plan { count } else { 0 }];
        let mut enabled = Vec::new();
        let dial_plans = directory
            .deployment
            .dial_plans
            .iter()
            .zip(&directory.members);
        for (position, (dial_plan, numbers)) in dial_plans.enumerate() {
            let members = dial_plan.members.iter().zip(numbers);
            let members = members.filter(|(member, _)| member.enabled);
            let mut total = 0;
            for (_, number) in members {
                total += 1;
                if let Some(positions) = enabled_in.get_mut(*number) {
                    positions.push(position);
                }
            }
            enabled.push(total);
        }
        Self {
            directory,
            enabled_in,
            enabled,
            round: 0,
            ends: vec![(0, End::Loop); count],
        }
    }

    /// Forgets where names end: another outage begins.
    pub(super) fn begin(&mut self) {
        self.round += 1;
    }

    fn listed(&self, number: usize) -> Option<&'d Listed<'a>> {
        self.directory.servers.get(number)
    }

    pub(super) fn moves(&self, number: usize) -> bool {
        self.listed(number).is_some_and(Listed::moves)
    }

    /// Walks the outage of the servers `down`, which are those that `is_down` says.
    pub(super) fn outage(
        &mut self,
        down: &[usize],
        is_down: impl Fn(usize) -> bool + Copy,
        walked: &mut Walked,
    ) {
        self.begin();
        for number in down.iter().copied() {
            if self.moves(number) {
                walked.routes.push((number, self.end(number, is_down)));
            }
        }
        let shifts = self.shifts(down, is_down);
        walked.close(shifts);
    }

    /// What the outage of everything that `is_down` does to these names and dial plans.
    pub(super) fn part(
        &mut self,
        is_down: impl Fn(usize) -> bool + Copy,
        names: &[usize],
        dial_plans: &[usize],
    ) -> (Vec<(usize, End)>, Vec<Shift>) {
        self.begin();
        let routes = names
            .iter()
            .map(|number| (*number, self.end(*number, is_down)))
            .collect();
        let shifts = dial_plans.iter();
        let shifts = shifts.filter_map(|it| self.shift_of(*it, is_down));
        (routes, shifts.collect())
    }

    /// Follows the redirects of a name to a server that is up, and remembers the end for every name on
    /// the way.
    pub(super) fn end(&mut self, number: usize, is_down: impl Fn(usize) -> bool) -> End {
        let mut at = number;
        let mut passed = 0;
        let end = loop {
            if !is_down(at) {
                break End::Up(at);
            }
            let Some(known) = self.ends.get_mut(at) else {
                break End::Dead(at);
            };
            if known.0 == self.round {
                break known.1;
            }
            // Until its end is known, meeting this name again is a loop.
            *known = (self.round, End::Loop);
            passed += 1;
            match self.redirect(at) {
                Some(next) => at = next,
                None => break End::Dead(at),
            }
        };
        let mut on_the_way = Some(number);
        for _ in 0..passed {
            let Some(at) = on_the_way else { break };
            if let Some(known) = self.ends.get_mut(at) {
                *known = (self.round, end);
            }
            on_the_way = self.redirect(at);
        }
        end
    }

    pub(super) fn redirect(&self, number: usize) -> Option<usize> {
        self.listed(number)?.redirect
    }

    /// The dial plans that lose an enabled member to whom dial plan failover applies.
    fn shifts(&mut self, down: &[usize], is_down: impl Fn(usize) -> bool + Copy) -> Vec<Shift> {
        let mut lost: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        if self.enabled_in.is_empty() {
            return Vec::new();
        }
        for number in down.iter().copied() {
            let Some(positions) = self.enabled_in.get(number).filter(|it| !it.is_empty()) else {
                continue;
            };
            let positions = positions.clone();
            if self.is_answered(number, is_down) {
                continue;
            }
            for position in positions {
                lost.entry(position).or_default().push(number);
            }
        }
        let lost = lost.into_iter();
        lost.filter_map(|(position, lost)| self.shift(position, &lost, is_down))
            .collect()
    }

    /// Whether another server answers to the name of this one, which is down.
    fn is_answered(&mut self, number: usize, is_down: impl Fn(usize) -> bool) -> bool {
        self.moves(number) && matches!(self.end(number, is_down), End::Up(_))
    }

    /// How one dial plan changes; `None` where dial plan failover has no part in it.
    fn shift_of(
        &mut self,
        position: usize,
        is_down: impl Fn(usize) -> bool + Copy,
    ) -> Option<Shift> {
        let dial_plan = self.directory.deployment.dial_plans.get(position)?;
        let members = dial_plan
            .members
            .iter()
            .zip(self.directory.members.get(position)?);
        let down = members.filter(|(member, number)| member.enabled && is_down(**number));
        let down: Vec<usize> = down.map(|(_, number)| *number).collect();
        let lost: Vec<usize> = down
            .into_iter()
            .filter(|number| !self.is_answered(*number, is_down))
            .collect();
        self.shift(position, &lost, is_down)
    }

    /// How a dial plan changes that loses these enabled members.
    fn shift(
        &self,
        position: usize,
        lost: &[usize],
        is_down: impl Fn(usize) -> bool,
    ) -> Option<Shift> {
        let dial_plan = self.directory.deployment.dial_plans.get(position)?;
        if !lost.iter().any(|number| self.changes_members(*number)) {
            return None;
        }
        let remaining = self.enabled.get(position)?.saturating_sub(lost.len());
        let members = dial_plan
            .members
            .iter()
            .zip(self.directory.members.get(position)?);
        let stand_bys = members.filter(|(member, number)| !member.enabled && !is_down(**number));
        let enable = match remaining {
            0 => stand_bys.map(|(_, number)| *number).collect(),
            _ => Vec::new(),
        };
        Some(Shift {
            dial_plan: position,
            disable: lost.to_vec(),
            enable,
            remaining,
        })
    }

    fn changes_members(&self, number: usize) -> bool {
        let failover = self
            .listed(number)
            .and_then(|listed| listed.set.failover.as_ref());
        matches!(failover, Some(Failover::DialPlan))
    }
}
