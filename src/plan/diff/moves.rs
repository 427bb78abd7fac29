//! Which names and members move.

use std::collections::BTreeSet;

use super::MigrationStep;
use super::order::{Order, meetings};
use crate::name::DnsName;
use crate::plan::Plan;

/// A dial plan, a member of it, and whether that is enabled.
type Member<'a> = (&'a str, &'a DnsName, bool);

/// Adds what is to be moved, and then what is to be taken away.
pub(super) fn add_moves(old: &Plan, new: &Plan, steps: &mut Vec<MigrationStep>) {
    add_redirects(old, new, steps);
    // What points nowhere any more can wait until members have moved.
    let mut removed = Vec::new();
    while let Some(MigrationStep::RemoveRedirect { name }) = steps.last() {
        removed.push(name.clone());
        steps.pop();
    }
    add_members(old, new, steps);
    while let Some(name) = removed.pop() {
        steps.push(MigrationStep::RemoveRedirect { name });
    }
}

fn add_members(old: &Plan, new: &Plan, steps: &mut Vec<MigrationStep>) {
    let (old_members, new_members) = (members(old), members(new));
    for enables in &[true, false] {
        for member in &new_members {
            let (dial_plan, server, is_enabled) = *member;
            if is_enabled != *enables || is_enabled_in(&old_members, member) == Some(is_enabled) {
                continue;
            }
            let (dial_plan, server) = (dial_plan.to_owned(), server.clone());
            steps.push(match is_enabled {
                true => MigrationStep::Enable { dial_plan, server },
                false => MigrationStep::Disable { dial_plan, server },
            });
        }
    }
    for member in &old_members {
        if is_enabled_in(&new_members, member).is_none() {
            let (dial_plan, server) = (member.0.to_owned(), member.1.clone());
            steps.push(MigrationStep::RemoveMember { dial_plan, server });
        }
    }
}

fn add_redirects(old: &Plan, new: &Plan, steps: &mut Vec<MigrationStep>) {
    let changes = changes(old, new);
    let mut first_and_second = Vec::new();
    meetings(old, &changes, &mut |change, next| {
        first_and_second.push((change, next));
    });
    meetings(new, &changes, &mut |change, next| {
        first_and_second.push((next, change));
    });
    let mut order = Order::new(changes.len(), first_and_second);
    for change in &order.first {
        steps.push(step(&[*change], &changes, new));
    }
    if !order.together.is_empty() {
        steps.push(step(&order.together, &changes, new));
    }
    while let Some(change) = order.last.pop() {
        steps.push(step(&[change], &changes, new));
    }
}

/// The names whose redirects change, in their order; those that are pointed nowhere any more behind the others.
fn changes<'a>(old: &'a Plan, new: &'a Plan) -> Vec<&'a DnsName> {
    let servers = old.topology.servers.iter().chain(&new.topology.servers);
    let names: BTreeSet<&DnsName> = servers.map(|server| &server.fqdn).collect();
    let changed = names
        .into_iter()
        .filter(|name| stand_in(old, name) != stand_in(new, name));
    let changed: Vec<&DnsName> = changed.collect();
    let (mut changes, mut removals) = (Vec::new(), Vec::new());
    for name in &changed {
        match stand_in(new, name) {
            Some(_) => changes.push(*name),
            None => removals.push(*name),
        }
    }
    changes.append(&mut removals);
    changes
}

/// The server that a name is pointed at in an outage.
fn stand_in<'a>(plan: &'a Plan, name: &DnsName) -> Option<&'a DnsName> {
    plan.topology.stand_in(name)
}

/// One step for these of the changes, which are made at once.
fn step(numbers: &[usize], changes: &[&DnsName], new: &Plan) -> MigrationStep {
    let mut redirects = Vec::new();
    for number in numbers {
        if let Some(name) = changes.get(*number) {
            redirects.push(((*name).clone(), stand_in(new, name).cloned()));
        }
    }
    match redirects.as_slice() {
        [(name, Some(to))] => MigrationStep::Redirect {
            name: name.clone(),
            to: to.clone(),
        },
        [(name, None)] => MigrationStep::RemoveRedirect { name: name.clone() },
        _ => MigrationStep::RedirectTogether { redirects },
    }
}

/// Every member of a dial plan, by dial plan and server.
fn members(plan: &Plan) -> Vec<Member<'_>> {
    let mut all = Vec::new();
    for dial_plan in &plan.topology.dial_plans {
        for (members, is_enabled) in [(&dial_plan.enabled, true), (&dial_plan.disabled, false)] {
            let members = members.iter().map(|member| plan.topology.fqdn(*member));
            all.extend(members.map(|member| (dial_plan.name.as_str(), member, is_enabled)));
        }
    }
    all.sort();
    all
}

/// Whether this member is enabled among those of a plan; `None` where it is none of them.
fn is_enabled_in(members: &[Member<'_>], member: &Member<'_>) -> Option<bool> {
    let (dial_plan, server, _) = member;
    let place = members.partition_point(|it| it < &(*dial_plan, *server, false));
    match members.get(place) {
        Some((of, it, is_enabled)) if of == dial_plan && it == server => Some(*is_enabled),
        _ => None,
    }
}
