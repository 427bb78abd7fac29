//! Which names and members move.

use std::collections::{BTreeMap, BTreeSet};

use super::Step;
use super::order::{Order, next_changes};
use crate::deployment::Number;
use crate::name::DnsName;
use crate::plan::Plan;

/// A redirect that changes: the name, and where it is pointed from now on.
type Change<'a> = (&'a DnsName, Option<&'a DnsName>);

/// What is to be moved, and what then is to be taken away.
pub(super) fn moves(old: &Plan, new: &Plan) -> (Vec<Step>, Vec<Step>) {
    let mut redirects = redirect_steps(old, new);
    // What points nowhere any more can wait until members have moved.
    let is_removal = |step: &Step| matches!(step, Step::RemoveRedirect { .. });
    let moved = redirects.iter().rposition(|step| !is_removal(step));
    let removed = redirects.split_off(moved.map_or(0, |last| last + 1));
    let (mut moves, mut removals) = (redirects, Vec::new());

    let (old_members, new_members) = (members(old), members(new));
    for ((dial_plan, server), enabled) in &new_members {
        if old_members.get(&(*dial_plan, *server)) == Some(enabled) {
            continue;
        }
        let (dial_plan, server) = ((*dial_plan).to_owned(), (*server).clone());
        match enabled {
            true => moves.push(Step::Enable { dial_plan, server }),
            false => removals.push(Step::Disable { dial_plan, server }),
        }
    }
    let gone: BTreeSet<_> = old_members
        .keys()
        .filter(|key| !new_members.contains_key(*key))
        .collect();
    removals.extend(
        gone.into_iter()
            .map(|(dial_plan, server)| Step::RemoveMember {
                dial_plan: (*dial_plan).to_owned(),
                server: (*server).clone(),
            }),
    );
    removals.extend(removed);
    (moves, removals)
}

fn redirect_steps(old: &Plan, new: &Plan) -> Vec<Step> {
    let changes = changes(&redirects(old), &redirects(new));
    let numbers = changes.iter().enumerate();
    let numbers: BTreeMap<&DnsName, usize> = numbers.map(|(number, it)| (it.0, number)).collect();
    let mut order = Order::of(changes.len());
    for (first, second) in next_of(old, &numbers) {
        order.add(first, second);
    }
    for (second, first) in next_of(new, &numbers) {
        order.add(first, second);
    }
    let is_removal = |number: usize| changes.get(number).is_some_and(|it| it.1.is_none());
    let groups = order.groups(is_removal).into_iter();
    groups
        .map(|group| {
            let changes = group.into_iter().filter_map(|it| changes.get(it).copied());
            step(changes.collect())
        })
        .collect()
}

fn changes<'a>(
    old: &BTreeMap<&'a DnsName, &'a DnsName>,
    new: &BTreeMap<&'a DnsName, &'a DnsName>,
) -> Vec<Change<'a>> {
    let names: BTreeSet<&DnsName> = old.keys().chain(new.keys()).copied().collect();
    let changes = names.into_iter().map(|name| (name, new.get(name).copied()));
    changes
        .filter(|(name, to)| old.get(name) != to.as_ref())
        .collect()
}

/// Each change with the one that its chain of redirects in this plan meets next.
fn next_of(plan: &Plan, numbers: &BTreeMap<&DnsName, usize>) -> Vec<(usize, usize)> {
    let names = plan.basis.names().as_slice().iter();
    let change_of: Vec<Option<usize>> = names.map(|name| numbers.get(name).copied()).collect();
    let next = next_changes(plan, &change_of).into_iter();
    let pairs = change_of.iter().zip(next);
    pairs
        .filter_map(|(change, next)| (*change).zip(next))
        .collect()
}

/// One step for changes that are made at once.
fn step(changes: Vec<Change<'_>>) -> Step {
    match changes.as_slice() {
        [(name, Some(to))] => Step::Redirect {
            name: (*name).clone(),
            to: (*to).clone(),
        },
        [(name, None)] => Step::RemoveRedirect {
            name: (*name).clone(),
        },
        several => {
            let redirects = several.iter();
            let redirects = redirects.map(|(name, to)| ((*name).clone(), to.cloned()));
            Step::RedirectTogether {
                redirects: redirects.collect(),
            }
        }
    }
}

fn redirects(plan: &Plan) -> BTreeMap<&DnsName, &DnsName> {
    let names = plan.basis.names().as_slice();
    let redirects = names.iter().zip(&plan.basis.servers.redirects);
    let redirects = redirects.filter_map(|(name, to)| Some((name, names.get((*to)?.get())?)));
    redirects.collect()
}

fn members(plan: &Plan) -> BTreeMap<(&str, &DnsName), bool> {
    let name = |number: Number| plan.basis.names().get(number.get());
    let dial_plans = plan.basis.dial_plans.iter();
    let members = dial_plans.flat_map(|members| {
        let enabled = members.enabled.iter().map(|number| (number, true));
        let disabled = members.disabled.iter().map(|number| (number, false));
        let all = enabled.chain(disabled);
        all.filter_map(|(number, enabled)| {
            Some(((members.dial_plan.as_str(), name(*number)?), enabled))
        })
    });
    members.collect()
}
