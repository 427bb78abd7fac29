//! Which names and members move.

use std::collections::{BTreeMap, BTreeSet};

use super::Step;
use crate::deployment::{Members, Number};
use crate::name::DnsName;
use crate::plan::Plan;

/// What is to be moved, and what then is to be taken away.
pub(super) fn moves(old: &Plan, new: &Plan) -> (Vec<Step>, Vec<Step>) {
    let (mut moves, mut removals) = (Vec::new(), Vec::new());
    let (old_redirects, new_redirects) = (redirects(old), redirects(new));
    for (name, to) in &new_redirects {
        if old_redirects.get(name) != Some(to) {
            moves.push(Step::Redirect {
                name: (*name).clone(),
                to: (*to).clone(),
            });
        }
    }
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
    let gone = old_redirects
        .keys()
        .filter(|name| !new_redirects.contains_key(*name));
    removals.extend(gone.map(|name| Step::RemoveRedirect {
        name: (*name).clone(),
    }));
    (moves, removals)
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
    let members = dial_plans.flat_map(|Members { dial_plan, members }| {
        let members = members.iter();
        members.filter_map(move |(number, enabled)| {
            Some(((dial_plan.as_str(), name(*number)?), *enabled))
        })
    });
    members.collect()
}
