//! Outages of several sites or servers at once, grouped by what they change.
//!
//! There are as many combinations as there are subsets, and nearly all of them change nothing: a name
//! depends on the servers of its own chain of redirects alone, a dial plan on its own members. So the
//! chains are followed, and only the combinations that some chain or dial plan meets are walked. What
//! any other combination moves is what its parts move.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::walk::Walker;
use super::walked::{End, Walked};
use crate::deployment::{Members, Number, Servers};
use crate::plan::options::MAX_AT_ONCE;

/// What a combination moves that its parts do not: names, and positions of dial plans.
#[derive(Default)]
struct Group {
    names: Vec<Number>,
    dial_plans: Vec<usize>,
}

/// Walks the outages of two sites that move a name or a dial plan elsewhere than the outages of each.
pub(super) fn site_pairs(walker: &mut Walker<'_, '_>, walked: &mut Walked) {
    let servers = &*walker.directory.servers;
    // A name moves on once the site of its stand-in is out too.
    let exit_site = |number: usize| match walker.exits.get(number) {
        Some(End::Up(stand_in)) => servers.site(stand_in.get()),
        _ => None,
    };
    let mut groups: BTreeMap<(usize, usize), Group> = BTreeMap::new();
    for number in (0..servers.len()).filter(|number| walker.moves(*number)) {
        if let Some((site, other)) = servers.site(number).zip(exit_site(number)) {
            let group = groups.entry((site.min(other), site.max(other)));
            group.or_default().names.push(Number::new(number));
        }
    }
    for (position, dial_plan) in walker.directory.dial_plans.iter().enumerate() {
        if let Some(pair) = pair_of(dial_plan, servers, exit_site) {
            groups.entry(pair).or_default().dial_plans.push(position);
        }
    }
    walker.skip_sites();

    for ((first, second), group) in groups {
        let is_down =
            |number| matches!(servers.site(number), Some(it) if it == first || it == second);
        if add(&group, is_down, walker, walked) {
            walked.site_pairs.push((first, second));
        }
    }
}

/// Adds what a combination moves; `false` where that is nothing: a dial plan whose members fail over by
/// DNS alone keeps them whatever is out, and the names of its members may move on to other sites.
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

/// The two sites that a dial plan may lose its last enabled members with, or all its members: where these are,
/// and where the names of enabled ones go first.
fn pair_of(
    dial_plan: &Members,
    servers: &Servers,
    exit_site: impl Fn(usize) -> Option<usize>,
) -> Option<(usize, usize)> {
    let sites_of = |(number, enabled): (usize, bool)| {
        let exit = exit_site(number).filter(|_| enabled);
        servers.site(number).into_iter().chain(exit)
    };
    let mut groups = last_members(dial_plan)
        .map(|members| few(members.flat_map(sites_of), 2))
        .filter(|sites| sites.len() == 2);
    let pair = groups.next()?;
    Some((*pair.first()?, *pair.last()?))
}

/// The distinct ones of these places; at most one more than `max`, so that a long list is not copied.
fn few(places: impl Iterator<Item = usize>, max: usize) -> BTreeSet<usize> {
    let mut few = BTreeSet::new();
    for place in places {
        few.insert(place);
        if few.len() > max {
            break;
        }
    }
    few
}

/// The enabled members of a dial plan, and all its members, each with whether it is enabled.
fn last_members(dial_plan: &Members) -> impl Iterator<Item = impl Iterator<Item = (usize, bool)>> {
    let of = |all: bool| {
        let enabled = dial_plan.enabled.iter().map(|it| (it.get(), true));
        let disabled = dial_plan.disabled.iter().map(|it| (it.get(), false));
        enabled.chain(disabled.filter(move |_| all))
    };
    [of(false), of(true)].into_iter()
}

/// The servers that have to be out before none of these members takes a call: itself, and those that the name of
/// an enabled one moves on to. Another server does not make a stand-by worth enabling, so its name is not
/// followed. At most one more than `max` is listed.
fn out_with(
    members: impl Iterator<Item = (usize, bool)>,
    max: usize,
    walker: &Walker<'_, '_>,
) -> BTreeSet<usize> {
    let chains = members.flat_map(|(member, enabled)| {
        let follow = move |number: &usize| walker.redirect(*number).filter(|_| enabled);
        let chain = std::iter::successors(Some(member), follow);
        let mut passed = HashSet::new();
        chain.take_while(move |number| passed.insert(*number))
    });
    few(chains, max)
}

/// Walks the outages of two to `count` servers that move a name or a dial plan elsewhere than fewer do.
pub(super) fn servers(count: usize, walker: &mut Walker<'_, '_>, walked: &mut Walked) {
    // Sorted in the end: a map of so many combinations would take most of the time.
    let mut moved: Vec<(Combination, Moved)> = Vec::new();
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
            moved.push((combination(&down), Moved::Name(Number::new(number))));
        }
    }
    for (position, dial_plan) in walker.directory.dial_plans.iter().enumerate() {
        let groups_of = last_members(dial_plan)
            .map(|members| out_with(members, count, walker))
            .filter(|servers| (2..=count).contains(&servers.len()));
        // One entry where all members are enabled.
        for servers in groups_of.collect::<BTreeSet<_>>() {
            let servers: Vec<usize> = servers.into_iter().collect();
            moved.push((combination(&servers), Moved::DialPlan(position)));
        }
    }
    moved.sort();

    let mut group = Group::default();
    for together in moved.chunk_by(|one, next| one.0 == next.0) {
        let Some((down, _)) = together.first() else {
            continue;
        };
        group.names.clear();
        group.dial_plans.clear();
        for (_, moved) in together {
            match moved {
                Moved::Name(number) => group.names.push(*number),
                Moved::DialPlan(position) => group.dial_plans.push(*position),
            }
        }
        let is_down = |it| down.contains(&Some(Number::new(it)));
        if !add(&group, is_down, walker, walked) {
            continue;
        }
        for number in down.iter().flatten() {
            walked.server_groups.push(*number);
        }
        walked.server_groups.close();
    }
}

/// Servers that are out together, in their order; `None` behind the last.
type Combination = [Option<Number>; MAX_AT_ONCE];

/// What a combination moves: names first, and positions of dial plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Moved {
    Name(Number),
    DialPlan(usize),
}

fn combination(servers: &[usize]) -> Combination {
    let mut combination = [None; MAX_AT_ONCE];
    for (place, server) in combination.iter_mut().zip(servers) {
        *place = Some(Number::new(*server));
    }
    if let Some(servers) = combination.get_mut(..servers.len()) {
        servers.sort_unstable();
    }
    combination
}
