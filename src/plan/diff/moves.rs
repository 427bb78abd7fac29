//! Which names and members move.

use super::Step;
use super::order::{Order, next_changes};
use crate::name::DnsName;
use crate::plan::Plan;
use crate::sort::sort_by;

/// A redirect that changes: the name, and where it is pointed from now on.
type Change<'a> = (&'a DnsName, Option<&'a DnsName>);

/// What is to be moved, and what then is to be taken away.
pub(super) fn moves(old: &Plan, new: &Plan) -> (Vec<Step>, Vec<Step>) {
    let mut redirects = redirect_steps(old, new);
    // What points nowhere any more can wait until members have moved.
    let mut moved = redirects.len();
    while let Some(last) = moved.checked_sub(1)
        && matches!(redirects.get(last), Some(Step::RemoveRedirect { .. }))
    {
        moved = last;
    }
    let mut removed = redirects.split_off(moved);
    let (mut moves, mut removals) = (redirects, Vec::new());

    let (old_members, new_members) = (members(old), members(new));
    for member in &new_members {
        if old_members.binary_search(member).is_ok() {
            continue;
        }
        let (dial_plan, server) = (member.0.to_owned(), member.1.clone());
        match member.2 {
            true => moves.push(Step::Enable { dial_plan, server }),
            false => removals.push(Step::Disable { dial_plan, server }),
        }
    }
    for (dial_plan, server, _) in &old_members {
        let place = new_members.binary_search_by_key(&(*dial_plan, *server), |it| (it.0, it.1));
        if place.is_err() {
            removals.push(Step::RemoveMember {
                dial_plan: (*dial_plan).to_owned(),
                server: (*server).clone(),
            });
        }
    }
    removals.append(&mut removed);
    (moves, removals)
}

fn redirect_steps(old: &Plan, new: &Plan) -> Vec<Step> {
    let changes = changes(old, new);
    let mut order = Order::of(changes.len());
    for (first, second) in next_of(old, &changes) {
        order.add(first, second);
    }
    for (second, first) in next_of(new, &changes) {
        order.add(first, second);
    }
    let mut steps = Vec::new();
    for group in &order.groups() {
        let mut together = Vec::new();
        for change in group {
            if let Some(change) = changes.get(*change) {
                together.push(*change);
            }
        }
        steps.push(step(&together));
    }
    steps
}

/// The redirects that change, by name; those that are taken away behind the others.
fn changes<'a>(old: &'a Plan, new: &'a Plan) -> Vec<Change<'a>> {
    let mut changed = Vec::new();
    for name in old.basis.names().as_slice() {
        if stand_in(old, name) != stand_in(new, name) {
            changed.push(name);
        }
    }
    for name in new.basis.names().as_slice() {
        if old.basis.names().number(name).is_none() && stand_in(new, name).is_some() {
            changed.push(name);
        }
    }
    sort_by(&mut changed, Ord::cmp);
    let (mut changes, mut removals) = (Vec::new(), Vec::new());
    for name in changed {
        match stand_in(new, name) {
            None => removals.push((name, None)),
            to => changes.push((name, to)),
        }
    }
    changes.append(&mut removals);
    changes
}

/// The server that a name is pointed at in an outage.
fn stand_in<'a>(plan: &'a Plan, name: &DnsName) -> Option<&'a DnsName> {
    let number = plan.basis.names().number(name)?;
    plan.basis.names().get(plan.basis.servers.redirect(number)?)
}

/// Each change with the one that its chain of redirects in this plan meets next.
fn next_of(plan: &Plan, changes: &[Change<'_>]) -> Vec<(usize, usize)> {
    let mut change_of = vec![None; plan.basis.servers.len()];
    for (change, (name, _)) in changes.iter().enumerate() {
        let number = plan.basis.names().number(name);
        if let Some(of_name) = number.and_then(|it| change_of.get_mut(it)) {
            *of_name = Some(change);
        }
    }
    let mut pairs = Vec::new();
    for (number, next) in next_changes(plan, &change_of).iter().enumerate() {
        if let (Some(Some(change)), Some(next)) = (change_of.get(number), next) {
            pairs.push((*change, *next));
        }
    }
    pairs
}

/// One step for changes that are made at once.
fn step(changes: &[Change<'_>]) -> Step {
    match changes {
        [(name, Some(to))] => Step::Redirect {
            name: (*name).clone(),
            to: (*to).clone(),
        },
        [(name, None)] => Step::RemoveRedirect {
            name: (*name).clone(),
        },
        several => {
            let mut redirects = Vec::new();
            for (name, to) in several {
                redirects.push(((*name).clone(), to.cloned()));
            }
            Step::RedirectTogether { redirects }
        }
    }
}

/// Every member of a dial plan and whether it is enabled, in their order.
fn members(plan: &Plan) -> Vec<(&str, &DnsName, bool)> {
    let mut all = Vec::new();
    for members in plan.basis.dial_plans.iter() {
        for (numbers, is_enabled) in &[(&members.enabled, true), (&members.disabled, false)] {
            for number in *numbers {
                if let Some(name) = plan.basis.names().get(number.get()) {
                    all.push((members.dial_plan.as_str(), name, *is_enabled));
                }
            }
        }
    }
    sort_by(&mut all, Ord::cmp);
    all
}
