//! Changes of redirects, in an order in which no outage meets a partly changed chain of redirects.
//!
//! While the chain 1 → 2 → 3 changes, an outage of 1 and 2 may follow the new redirect of one and the old
//! redirect of the other, to a server that neither plan leads to. A name ends as in one of the plans if each
//! redirect changes before those that its old chain leads to, and after those that its new chain leads to.
//! Redirects for which these constraints form a cycle change together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::migration_step::MigrationStep;
use crate::name::DnsName;
use crate::plan::{OutageCause, Plan};

/// The steps that change redirects.
pub(super) struct RedirectSteps {
    /// The steps before dial plan members change.
    pub(super) before_members: Vec<MigrationStep>,
    /// The last removals, which can wait until members have changed.
    pub(super) after_members: Vec<MigrationStep>,
}

/// Returns the steps from the redirects of the old plan to those of the new one.
pub(super) fn diff(old: &Plan, new: &Plan) -> RedirectSteps {
    let (old_redirects, new_redirects) = (redirects(old), redirects(new));
    let names = changed_names(&old_redirects, &new_redirects);
    let order = ChangeOrder::new(names.len(), &constraints(old, new, &names));

    let change = |index: usize| (names[index], new_redirects.get(names[index]).copied());
    let mut steps: Vec<MigrationStep> = order.first.into_iter().map(change).map(step).collect();
    steps.extend(step_together(order.together.into_iter().map(change)));
    steps.extend(order.last.into_iter().map(change).map(step));

    let is_removal = |step: &MigrationStep| matches!(step, MigrationStep::RemoveRedirect { .. });
    let last_other = steps.iter().rposition(|step| !is_removal(step));
    let after_members = steps.split_off(last_other.map_or(0, |index| index + 1));
    RedirectSteps {
        before_members: steps,
        after_members,
    }
}

/// The server that each name is pointed at in an outage.
type Redirects<'a> = BTreeMap<&'a DnsName, &'a DnsName>;

fn redirects(plan: &Plan) -> Redirects<'_> {
    let topology = &plan.topology;
    let servers = topology.servers.iter();
    let redirects =
        servers.filter_map(|server| Some((&server.fqdn, topology.fqdn(server.stand_in?))));
    redirects.collect()
}

/// Returns the names whose redirects change, in alphabetical order. Names whose redirects are removed come last.
fn changed_names<'a>(old: &Redirects<'a>, new: &Redirects<'a>) -> Vec<&'a DnsName> {
    let mut names: BTreeSet<&DnsName> = old.keys().chain(new.keys()).copied().collect();
    names.retain(|name| old.get(name) != new.get(name));
    let mut names: Vec<&DnsName> = names.into_iter().collect();
    names.sort_by_key(|name| !new.contains_key(name));
    names
}

fn step((name, to): (&DnsName, Option<&DnsName>)) -> MigrationStep {
    let name = name.clone();
    match to.cloned() {
        Some(to) => MigrationStep::Redirect { name, to },
        None => MigrationStep::RemoveRedirect { name },
    }
}

fn step_together<'a>(
    changes: impl Iterator<Item = (&'a DnsName, Option<&'a DnsName>)>,
) -> Option<MigrationStep> {
    let redirects: Vec<_> = changes
        .map(|(name, to)| (name.clone(), to.cloned()))
        .collect();
    (!redirects.is_empty()).then_some(MigrationStep::RedirectTogether { redirects })
}

/// Returns pairs of changes of `names`, by index. The first of a pair has to come before the second.
fn constraints(old: &Plan, new: &Plan, names: &[&DnsName]) -> Vec<(usize, usize)> {
    let indices = names.iter().enumerate();
    let indices: HashMap<&DnsName, usize> = indices.map(|(index, name)| (*name, index)).collect();
    let mut constraints = next_changes(old, &indices);
    let new_changes = next_changes(new, &indices).into_iter();
    constraints.extend(new_changes.map(|(change, next)| (next, change)));
    constraints
}

/// Returns each change with the change that its chain of redirects in `plan` leads to first, if all servers
/// before that are down.
fn next_changes(plan: &Plan, changes: &HashMap<&DnsName, usize>) -> Vec<(usize, usize)> {
    let has_combined = has_combined_outages(plan);
    let pairs = changes.iter().filter_map(|(name, change)| {
        let next = next_change(plan, name, changes, has_combined)?;
        // A chain that leads back to its own change is not a constraint.
        (next != *change).then_some((*change, next))
    });
    pairs.collect()
}

/// Returns the first of `changes` that the redirects of `name` lead to.
fn next_change(
    plan: &Plan,
    name: &DnsName,
    changes: &HashMap<&DnsName, usize>,
    has_combined: bool,
) -> Option<usize> {
    let servers = &plan.topology.servers;
    let mut server = &servers[plan.topology.index_of(name)?];
    // A longer chain is a loop.
    for _ in 0..servers.len() {
        let next = &servers[server.stand_in?];
        // An outage of one site or server does not take down both.
        if !has_combined && server.site != next.site {
            return None;
        }
        if let Some(change) = changes.get(&next.fqdn) {
            return Some(*change);
        }
        server = next;
    }
    None
}

/// Returns `true` if an outage of several sites or servers changes something in `plan`.
fn has_combined_outages(plan: &Plan) -> bool {
    // These outages come last.
    let last = plan.outages.last().map(|outage| &outage.cause);
    matches!(last, Some(OutageCause::Sites(_) | OutageCause::Servers(_)))
}

/// The order of changes, each by its index. If constraints allow several orders, lower indices come first.
#[derive(Debug, PartialEq, Eq)]
struct ChangeOrder {
    /// The first changes, one after the other.
    first: Vec<usize>,
    /// The next changes, all at once: cycles of constraints, and changes between two cycles.
    together: Vec<usize>,
    /// The last changes, one after the other.
    last: Vec<usize>,
}

impl ChangeOrder {
    /// Orders `count` changes. The first change of each constraint has to come before the second.
    fn new(count: usize, constraints: &[(usize, usize)]) -> Self {
        let all: BTreeSet<usize> = (0..count).collect();
        let first = sort_until_cycle(&all, constraints);
        // Sorted from the end, the changes after the last cycle come first.
        let mirror = |change: &usize| count - 1 - change;
        let rest: BTreeSet<usize> = &all - &first.iter().copied().collect();
        let mirrored: Vec<_> = constraints
            .iter()
            .map(|(before, after)| (mirror(after), mirror(before)))
            .collect();
        let mirrored_last = sort_until_cycle(&rest.iter().map(mirror).collect(), &mirrored);
        let last: Vec<usize> = mirrored_last.iter().rev().map(mirror).collect();
        let together = &rest - &last.iter().copied().collect();
        Self {
            first,
            together: together.into_iter().collect(),
            last,
        }
    }
}

/// Sorts `changes` topologically, lower indices first. Omits cycles and the changes after them.
fn sort_until_cycle(changes: &BTreeSet<usize>, constraints: &[(usize, usize)]) -> Vec<usize> {
    let mut blockers: HashMap<usize, usize> = HashMap::new();
    let mut successors: HashMap<usize, Vec<usize>> = HashMap::new();
    for (before, after) in constraints {
        if changes.contains(before) && changes.contains(after) {
            *blockers.entry(*after).or_default() += 1;
            successors.entry(*before).or_default().push(*after);
        }
    }
    let mut ready: BTreeSet<usize> = changes.clone();
    ready.retain(|change| !blockers.contains_key(change));
    let mut sorted = Vec::new();
    while let Some(change) = ready.pop_first() {
        sorted.push(change);
        for successor in successors.remove(&change).unwrap_or_default() {
            let count = blockers
                .get_mut(&successor)
                .expect("a constraint was counted");
            *count -= 1;
            if *count == 0 {
                ready.insert(successor);
            }
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::ChangeOrder;

    #[test]
    fn changes_are_ordered_around_cycles() {
        // Number of changes, constraints, and the changes made first, together and last.
        type Row<'a> = (usize, &'a [(usize, usize)], [&'a [usize]; 3]);
        let rows: [Row<'_>; 7] = [
            (0, &[], [&[], &[], &[]]),
            (3, &[], [&[0, 1, 2], &[], &[]]),
            (3, &[(2, 1), (1, 0)], [&[2, 1, 0], &[], &[]]),
            (3, &[(1, 0), (1, 0)], [&[1, 0, 2], &[], &[]]),
            (2, &[(0, 1), (1, 0)], [&[], &[0, 1], &[]]),
            // 3 before the cycle of 1 and 2, and 4 and 0 after it.
            (
                5,
                &[(3, 1), (1, 2), (2, 1), (2, 4), (2, 0)],
                [&[3], &[1, 2], &[0, 4]],
            ),
            // 2 between two cycles.
            (
                5,
                &[(0, 1), (1, 0), (1, 2), (2, 3), (3, 4), (4, 3)],
                [&[], &[0, 1, 2, 3, 4], &[]],
            ),
        ];
        for (count, constraints, [first, together, last]) in rows {
            let expected = ChangeOrder {
                first: first.to_vec(),
                together: together.to_vec(),
                last: last.to_vec(),
            };
            assert_eq!(
                ChangeOrder::new(count, constraints),
                expected,
                "{constraints:?}"
            );
        }
    }
}
