//! In which order redirects change, so that no chain of them is found half moved.
//!
//! While a chain (1 → 2 → 3) changes, an outage that takes 1 and 2 follows the new redirect of the one and the
//! old one of the other, and may end where neither plan leads. A name ends as in the old plan or as in the new
//! one at any time if each redirect changes before those that its old chain leads to, and after those that
//! its new chain leads to. Where these demands go in a circle, redirects have to change together.

use std::collections::BinaryHeap;
use std::mem;

use crate::plan::Plan;

/// What comes before what, between so many changes.
pub(super) struct Order {
    before: Vec<Vec<usize>>,
    after: Vec<Vec<usize>>,
}

impl Order {
    /// For so many changes, each free to come at any time.
    pub(super) fn of(changes: usize) -> Self {
        Self {
            before: vec![Vec::new(); changes],
            after: vec![Vec::new(); changes],
        }
    }

    /// Notes that one change has to come before another.
    pub(super) fn add(&mut self, first: usize, second: usize) {
        if first == second {
            return;
        }
        if let (Some(after), Some(before)) =
            (self.after.get_mut(first), self.before.get_mut(second))
        {
            after.push(second);
            before.push(first);
        }
    }

    /// The changes in groups that come one after the other. A group of several is a circle, or lies between
    /// two. Where any order will do, that of the numbers.
    pub(super) fn groups(self) -> Vec<Vec<usize>> {
        let mut left = vec![true; self.before.len()];
        let last = self.before.len().saturating_sub(1);
        // What is taken next is the greatest: to begin with the least, they are counted from the end.
        let from_end = |change: usize| last.saturating_sub(change);
        let front = peel(&self.before, &self.after, &mut left, &from_end);
        let back = peel(&self.after, &self.before, &mut left, &|change| change);
        let mut together = Vec::new();
        for (change, is_left) in left.iter().enumerate() {
            if *is_left {
                together.push(change);
            }
        }
        let mut groups = Vec::new();
        for change in &front {
            groups.push(vec![*change]);
        }
        if !together.is_empty() {
            groups.push(together);
        }
        for change in back.iter().rev() {
            groups.push(vec![*change]);
        }
        groups
    }
}

/// Takes away one by one what nothing that is left has to come before: of several the one with the greatest
/// `rank`, whose own rank is the number again.
fn peel(
    before: &[Vec<usize>],
    after: &[Vec<usize>],
    left: &mut [bool],
    rank: &dyn Fn(usize) -> usize,
) -> Vec<usize> {
    let is_left = |left: &[bool], change: usize| left.get(change) == Some(&true);
    let mut waits_for = Vec::with_capacity(before.len());
    let mut ready = BinaryHeap::new();
    for (change, before) in before.iter().enumerate() {
        let mut count = 0;
        for earlier in before {
            count += usize::from(is_left(left, *earlier));
        }
        if count == 0 && is_left(left, change) {
            ready.push(rank(change));
        }
        waits_for.push(count);
    }
    let mut taken = Vec::new();
    while let Some(change) = ready.pop().map(rank) {
        if let Some(is_left) = left.get_mut(change) {
            *is_left = false;
        }
        taken.push(change);
        for freed in after.get(change).into_iter().flatten() {
            let Some(waits_for) = waits_for.get_mut(*freed) else {
                continue;
            };
            *waits_for = waits_for.saturating_sub(1);
            if *waits_for == 0 && is_left(left, *freed) {
                ready.push(rank(*freed));
            }
        }
    }
    taken
}

/// The change that the chain of redirects of each server meets first, with all servers before it out at once;
/// `change_of` gives the number of the change of a server.
pub(super) fn next_changes(plan: &Plan, change_of: &[Option<usize>]) -> Vec<Option<usize>> {
    let servers = &plan.basis.servers;
    // Combined outages may take any two servers.
    let together =
        |a: usize, b: usize| plan.basis.has_combined() || servers.site(a) == servers.site(b);
    let mut next_changes = vec![None; servers.len()];
    let mut is_known = vec![false; servers.len()];
    for start in 0..servers.len() {
        let (mut at, mut passed) = (start, Vec::new());
        let met = loop {
            let Some(is_known) = is_known.get_mut(at) else {
                break None;
            };
            // What has been passed meets nothing until it is known: a loop meets no change.
            if mem::replace(is_known, true) {
                break next_changes.get(at).copied().flatten();
            }
            passed.push(at);
            let next = servers.redirect(at).filter(|next| together(at, *next));
            let Some(next) = next else { break None };
            if let Some(change) = change_of.get(next).copied().flatten() {
                break Some(change);
            }
            at = next;
        };
        for number in passed {
            if let Some(next_change) = next_changes.get_mut(number) {
                *next_change = met;
            }
        }
    }
    next_changes
}
