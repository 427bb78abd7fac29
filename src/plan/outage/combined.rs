//! Outages of several sites or servers at once, grouped by what they change.
//!
//! There are as many combinations as there are subsets, and nearly all of them change nothing: a name
//! depends on the servers of its own chain of redirects alone, a dial plan on its own members. So the
//! chains are followed, and only the combinations that some chain or dial plan meets are walked. What
//! any other combination moves is what its parts move.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::walk::{Sites, Walker};
use super::walked::{End, Walked};
use crate::deployment::{Members, Number};

/// What a combination moves that its parts do not: names, and positions of dial plans.
#[derive(Default)]
struct Group {
    names: Vec<Number>,
    dial_plans: Vec<usize>,
}

/// Walks the outages of two sites that move a name or a dial plan elsewhere than the outages of each.
pub(super) fn site_pairs(sites: &Sites<'_>, walker: &mut Walker<'_, '_>, walked: &mut Walked) {
    let in_site = |number: usize, site: usize| sites.of(number) == Some(site);
    let mut groups: BTreeMap<(usize, usize), Group> = BTreeMap::new();
    for site in 0..sites.names.len() {
        walker.begin();
        for number in sites.servers.get(site).iter().copied() {
            if !walker.moves(number.get()) {
                continue;
            }
            // The name moves on once the site of its stand-in is out too.
            let End::Up(stand_in) = walker.end(number.get(), |it| in_site(it, site)) else {
                continue;
            };
            if let Some(other) = sites.of(stand_in.get()) {
                let pair = (site.min(other), site.max(other));
                groups.entry(pair).or_default().names.push(number);
            }
        }
    }
    for (position, dial_plan) in walker.directory.dial_plans.iter().enumerate() {
        if let Some(pair) = pair_of(dial_plan, sites, walker) {
            groups.entry(pair).or_default().dial_plans.push(position);
        }
    }

    for ((first, second), group) in groups {
        let is_down = |it| in_site(it, first) || in_site(it, second);
        if add(&group, is_down, walker, walked) {
            walked.site_pairs.push((first, second));
        }
    }
}

/// Adds what a combination moves; `false` where that is nothing: a dial plan whose members fail over by
/// DNS alone keeps them whatever is out.
fn add(
    group: &Group,
    is_down: impl Fn(usize) -> bool + Copy,
    walker: &mut Walker<'_, '_>,
    walked: &mut Walked,
) -> bool {
    let (routes, shifts) = walker.part(is_down, &group.names, &group.dial_plans);
    if routes.is_empty() && shifts.is_empty() {
        return false;
    }
    for route in routes {
        walked.routes.push(route);
    }
    walked.close(shifts);
    true
}

/// The two sites that a dial plan loses its last enabled members with, or all its members.
fn pair_of(
    dial_plan: &Members,
    sites: &Sites<'_>,
    walker: &Walker<'_, '_>,
) -> Option<(usize, usize)> {
    let site_of = |number: usize| sites.of(number).unwrap_or_default();
    let mut groups = last_members(dial_plan)
        .map(|members| out_with(members, 2, site_of, walker))
        .filter(|sites| sites.len() == 2);
    let pair = groups.next()?;
    Some((*pair.first()?, *pair.last()?))
}

/// The enabled members of a dial plan, and all its members, each with whether it is enabled.
fn last_members(dial_plan: &Members) -> impl Iterator<Item = impl Iterator<Item = (usize, bool)>> {
    let of = |all: bool| {
        let members = dial_plan.members.iter();
        let members = members.filter(move |(_, enabled)| *enabled || all);
        members.map(|(number, enabled)| (number.get(), *enabled))
    };
    [of(false), of(true)].into_iter()
}

/// What has to be out before none of these members takes a call: where each is, and where the servers are
/// that the name of an enabled one moves on to. Another server does not make a stand-by worth enabling, so its
/// name is not followed. At most one place more than `max` is listed, so that a long list is neither followed
/// nor copied.
fn out_with(
    members: impl Iterator<Item = (usize, bool)>,
    max: usize,
    place_of: impl Fn(usize) -> usize,
    walker: &Walker<'_, '_>,
) -> BTreeSet<usize> {
    let mut passed = HashSet::new();
    let mut places = BTreeSet::new();
    for (member, enabled) in members {
        let mut next = Some(member);
        while let Some(number) = next.filter(|it| !enabled || passed.insert(*it)) {
            places.insert(place_of(number));
            if places.len() > max {
                return places;
            }
            next = walker.redirect(number).filter(|_| enabled);
        }
    }
    places
}

/// Walks the outages of two to `count` servers that move a name or a dial plan elsewhere than fewer do.
pub(super) fn servers(count: usize, walker: &mut Walker<'_, '_>, walked: &mut Walked) {
    let mut groups: BTreeMap<Vec<usize>, Group> = BTreeMap::new();
    for number in 0..walker.directory.servers.len() {
        if !walker.moves(number) {
            continue;
        }
        let mut down = vec![number];
        while down.len() < count {
            walker.begin();
            // A name moves on only with the server that answers to it now.
            let End::Up(next) = walker.end(number, |it| down.contains(&it)) else {
                break;
            };
            down.push(next.get());
            let group = groups.entry(sorted(&down)).or_default();
            group.names.push(Number::new(number));
        }
    }
    for (position, dial_plan) in walker.directory.dial_plans.iter().enumerate() {
        let groups_of = last_members(dial_plan)
            .map(|members| out_with(members, count, |number| number, walker))
            .filter(|servers| (2..=count).contains(&servers.len()));
        // One entry where all members are enabled.
        for servers in groups_of.collect::<BTreeSet<_>>() {
            let group = groups.entry(servers.into_iter().collect()).or_default();
            group.dial_plans.push(position);
        }
    }

    for (down, group) in groups {
        if !add(&group, |it| down.contains(&it), walker, walked) {
            continue;
        }
        for number in down {
            walked.server_groups.push(Number::new(number));
        }
        walked.server_groups.close();
    }
}

fn sorted(numbers: &[usize]) -> Vec<usize> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted
}
