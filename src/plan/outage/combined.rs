//! Outages of several sites or servers at once, grouped by what they change.
//!
//! There are as many combinations as there are subsets, and nearly all of them change nothing: a name
//! depends on the servers of its own chain of redirects alone, a dial plan on its own members. So the
//! chains are followed, and only the combinations that some chain or dial plan meets are walked. What
//! any other combination moves is what its parts move.

use super::walk::{Down, Walker};
use super::walked::{End, Walked};
use crate::deployment::{Directory, Number};
use crate::plan::options::MAX_AT_ONCE;

/// Sites or servers that are out together, in their order; `None` behind the last.
type Combination = [Option<Number>; MAX_AT_ONCE];

/// What a combination moves that its parts do not: a name, or the dial plan of this position.
#[derive(Clone, Copy)]
enum Moved {
    Name(Number),
    DialPlan(Number),
}

/// Walks the outages of two sites that move a name or a dial plan elsewhere than the outages of each.
pub(super) fn site_pairs(walker: &mut Walker<'_, '_>, walked: &mut Walked) {
    let servers = &*walker.directory.servers;
    // A name moves on once the site of its stand-in is out too.
    let exit_site = |number: usize| match walker.exits.get(number) {
        Some(End::Up(stand_in)) => servers.site(stand_in.get()),
        _ => None,
    };
    let mut moved = Vec::new();
    for number in 0..servers.len() {
        let exit = exit_site(number).filter(|_| walker.moves(number));
        if let Some((site, other)) = servers.site(number).zip(exit) {
            let sites = [Number::new(site.min(other)), Number::new(site.max(other))];
            moved.push((combination(&sites), Moved::Name(Number::new(number))));
        }
    }
    // An enabled member is out with its own site and the one where its name goes first.
    let gather = |number: usize, is_enabled: bool, out: &mut Few| {
        out.add(servers.site(number));
        out.add(exit_site(number).filter(|_| is_enabled));
    };
    move_dial_plans(walker.directory, 2, &gather, &mut moved);
    walker.skip_sites();

    for together in by_combination(&mut moved) {
        let Some(([Some(first), Some(second), ..], _)) = together.first() else {
            continue;
        };
        if add(together, Down::SitePair(*first, *second), walker, walked) {
            walked.site_pairs.push((first.get(), second.get()));
        }
    }
}

/// Walks the outages of two to `count` servers that move a name or a dial plan elsewhere than fewer do.
pub(super) fn servers(count: usize, walker: &mut Walker<'_, '_>, walked: &mut Walked) {
    let servers = &*walker.directory.servers;
    let mut moved = Vec::new();
    for number in 0..servers.len() {
        if !walker.moves(number) {
            continue;
        }
        let mut down = vec![Number::new(number)];
        while down.len() < count {
            walker.begin();
            // A name moves on only with the server that answers to it now.
            let End::Up(next) = walker.end(number, Down::Servers(&down)) else {
                break;
            };
            insert(&mut down, next);
            moved.push((combination(&down), Moved::Name(Number::new(number))));
        }
    }
    // An enabled member is out with itself and with those that its name moves on to. Another server does not
    // make a stand-by worth enabling, so the name of that is not followed. A chain of more than `count` is
    // too long; a loop of fewer has gone round by then.
    let gather = |number: usize, is_enabled: bool, out: &mut Few| {
        let mut at = Some(number);
        for _ in 0..=count {
            out.add(at);
            at = at.and_then(|it| servers.redirect(it));
            at = at.filter(|_| is_enabled);
        }
    };
    move_dial_plans(walker.directory, count, &gather, &mut moved);

    let mut down = Vec::with_capacity(count);
    for together in by_combination(&mut moved) {
        let Some((combination, _)) = together.first() else {
            continue;
        };
        down.clear();
        for number in combination {
            let Some(number) = number else { break };
            down.push(*number);
        }
        if !add(together, Down::Servers(&down), walker, walked) {
            continue;
        }
        for number in &down {
            walked.server_groups.push(*number);
        }
        walked.server_groups.close();
    }
}

/// Notes the combinations of two to `max` places that a dial plan may lose its last enabled members with, or
/// all its members; `gather` gives those that are out before a member takes no call, which may be enabled.
fn move_dial_plans(
    directory: &Directory<'_>,
    max: usize,
    gather: &dyn Fn(usize, bool, &mut Few),
    moved: &mut Vec<(Combination, Moved)>,
) {
    for (position, dial_plan) in directory.dial_plans.iter().enumerate() {
        let places = Vec::new();
        let mut out = Few { max, places };
        for (members, is_enabled) in &[(&dial_plan.enabled, true), (&dial_plan.disabled, false)] {
            let known = out.places.len();
            for member in *members {
                if out.is_exceeded() {
                    break;
                }
                gather(member.get(), *is_enabled, &mut out);
            }
            if out.places.len() > known && (2..=max).contains(&out.places.len()) {
                let position = Number::new(position);
                moved.push((combination(&out.places), Moved::DialPlan(position)));
            }
        }
    }
}

/// Places in their order, each once; at most one more than `max`, so that a long list is not copied.
struct Few {
    max: usize,
    places: Vec<Number>,
}

impl Few {
    fn add(&mut self, place: Option<usize>) {
        if let Some(place) = place.filter(|_| !self.is_exceeded()) {
            insert(&mut self.places, Number::new(place));
        }
    }

    fn is_exceeded(&self) -> bool {
        self.places.len() > self.max
    }
}

/// Adds a place to a few that stand in their order, where it is not there yet.
fn insert(places: &mut Vec<Number>, place: Number) {
    if let Err(position) = places.binary_search(&place) {
        places.insert(position, place);
    }
}

/// The combination of these places, which stand in their order.
fn combination(places: &[Number]) -> Combination {
    let mut combination = [None; MAX_AT_ONCE];
    for (slot, place) in combination.iter_mut().zip(places) {
        *slot = Some(*place);
    }
    combination
}

/// What each combination moves, as it was noted: names before dial plans, both in their order. A map of so many
/// combinations would take most of the time.
fn by_combination(
    moved: &mut [(Combination, Moved)],
) -> impl Iterator<Item = &[(Combination, Moved)]> {
    moved.sort_by_key(|(combination, _)| *combination);
    moved.chunk_by(|a, b| a.0 == b.0)
}

/// Adds what a combination moves; `false` where that is nothing: a dial plan whose members fail over by
/// DNS alone keeps them whatever is out, and the names of its members may move on to other sites.
fn add(
    together: &[(Combination, Moved)],
    down: Down<'_>,
    walker: &mut Walker<'_, '_>,
    walked: &mut Walked,
) -> bool {
    walker.begin();
    let mut shifts = Vec::new();
    let mut moves_name = false;
    for (_, moved) in together {
        match moved {
            Moved::Name(number) => {
                let end = walker.end(number.get(), down);
                walked.routes.push((*number, end));
                moves_name = true;
            }
            Moved::DialPlan(position) => {
                // As long as somebody is left, the parts tell it all.
                if let Some(shift) = walker.shift_of(position.get(), down)
                    && shift.remaining == 0
                {
                    shifts.push(shift);
                }
            }
        }
    }
    let moves = moves_name || !shifts.is_empty();
    if moves {
        walked.close(shifts);
    }
    moves
}
