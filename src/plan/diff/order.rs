//! In which order redirects change, so that no chain of them is found half moved.
//!
//! While a chain (1 → 2 → 3) changes, an outage that takes 1 and 2 follows the new redirect of the one and the
//! old one of the other, and may end where neither plan leads. A name ends as in the old plan or as in the new
//! one at any time if each redirect changes before those that its old chain leads to, and after those that
//! its new chain leads to. Where these demands go in a circle, redirects have to change together.

use std::collections::BinaryHeap;
use std::mem;

use crate::name::DnsName;
use crate::plan::Plan;

/// The order of changes. Where any will do, that of their numbers.
pub(super) struct Order {
    /// Those that come first, one after the other.
    pub(super) first: Vec<usize>,
    /// Those that come then, at one stroke: circles, and what lies between two.
    pub(super) together: Vec<usize>,
    /// Those that come one after the other in the end, from the last of them.
    pub(super) last: Vec<usize>,
}

impl Order {
    /// The order of so many changes, of pairs of which the one has to come before the other.
    pub(super) fn new(changes: usize, mut pairs: Vec<(usize, usize)>) -> Self {
        let after = grouped(changes, &pairs);
        for (first, second) in &mut pairs {
            mem::swap(first, second);
        }
        let before = grouped(changes, &pairs);
        let mut left = vec![true; changes];
        // What is taken next is the greatest: to begin with the least, they are counted from the end.
        let from_end = |change: usize| changes.saturating_sub(change + 1);
        let first = peel(&before, &after, &mut left, &from_end);
        let last = peel(&after, &before, &mut left, &|change| change);
        let mut together = Vec::new();
        for (change, is_left) in left.iter().enumerate() {
            if *is_left {
                together.push(change);
            }
        }
        Self {
            first,
            together,
            last,
        }
    }
}

/// Returns the second of the pairs with each first.
fn grouped(count: usize, pairs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut grouped = vec![Vec::new(); count];
    for (first, second) in pairs {
        grouped[*first].push(*second);
    }
    grouped
}

/// Takes away one by one what nothing that is left has to come before: of several the one with the greatest
/// `rank`, whose own rank is the number again.
fn peel(
    before: &[Vec<usize>],
    after: &[Vec<usize>],
    left: &mut [bool],
    rank: &dyn Fn(usize) -> usize,
) -> Vec<usize> {
    let mut waits_for = Vec::with_capacity(left.len());
    let mut ready = BinaryHeap::new();
    for change in 0..left.len() {
        let mut count = 0_usize;
        for earlier in &before[change] {
            count += usize::from(left.get(*earlier) == Some(&true));
        }
        if count == 0 && left.get(change) == Some(&true) {
            ready.push(rank(change));
        }
        waits_for.push(count);
    }
    let mut taken = Vec::new();
    while let Some(rank_of_change) = ready.pop() {
        let change = rank(rank_of_change);
        if let Some(is_left) = left.get_mut(change) {
            *is_left = false;
        }
        taken.push(change);
        for freed in &after[change] {
            let freed = *freed;
            if let Some(count) = waits_for.get_mut(freed) {
                *count = count.saturating_sub(1);
                if *count == 0 && left.get(freed) == Some(&true) {
                    ready.push(rank(freed));
                }
            }
        }
    }
    taken
}

/// Tells of each change and of the one that its chain of redirects in this plan meets first, with all servers
/// before that out at once.
pub(super) fn meetings(plan: &Plan, changes: &[&DnsName], tell: &mut dyn FnMut(usize, usize)) {
    let topology = &plan.topology;
    let has_combined = plan.outages.len() > topology.sites.len() + topology.servers.len();
    let mut change_of = vec![None; topology.servers.len()];
    for (change, name) in changes.iter().enumerate() {
        if let Some(number) = topology.index_of(name)
            && let Some(of_name) = change_of.get_mut(number)
        {
            *of_name = Some(change);
        }
    }
    // What a chain meets that meets no change.
    let nothing = changes.len();
    let mut met_from = vec![None; topology.servers.len()];
    for start in 0..topology.servers.len() {
        let (mut at, mut passed) = (start, Vec::new());
        let met = loop {
            match met_from.get_mut(at) {
                None => break nothing,
                Some(Some(known)) => break *known,
                // Until it is known: a loop meets no change.
                Some(unknown) => *unknown = Some(nothing),
            }
            passed.push(at);
            let Some(next) = topology.servers[at].stand_in else {
                break nothing;
            };
            // Combined outages may take any two servers.
            if !has_combined && topology.servers[at].site != topology.servers[next].site {
                break nothing;
            }
            if let Some(Some(change)) = change_of.get(next) {
                break *change;
            }
            at = next;
        };
        for number in &passed {
            if let Some(met_from) = met_from.get_mut(*number) {
                *met_from = Some(met);
            }
            // A change that leads back to itself comes neither before nor after itself.
            if let Some(Some(change)) = change_of.get(*number)
                && *change != met
                && met != nothing
            {
                tell(*change, met);
            }
        }
    }
}
