//! Outages of several sites or servers at once, grouped by what they change.
//!
//! There are as many combinations as there are subsets, and nearly all of them change nothing: a name
//! depends on the servers of its own chain of redirects alone, a dial plan on its own members. So the
//! chains are followed, and only the combinations that some chain or dial plan meets are walked. What
//! any other combination moves is what its parts move.

use super::walk::{Down, Walker};
use super::walked::{End, Walked};
use crate::deployment::Number;
use crate::plan::lists::Lists;

/// The combinations that move what their parts do not, as they were noted.
struct Noted {
    /// The sites or servers that are out together, in their order.
    combinations: Lists<Number>,
    /// How many are out at most.
    longest: usize,
    /// What each moves: the name of the server of this number, or the dial plan of this position.
    moved: Vec<Number>,
    /// How many move a name; they were noted before those that move a dial plan.
    names: usize,
}

/// Walks the outages of two sites that move a name or a dial plan elsewhere than the outages of each.
pub(super) fn site_pairs(walker: &mut Walker<'_, '_>, walked: &mut Walked) {
    let servers = &*walker.directory.servers;
    // A name moves on once the site of its stand-in is out too.
    let exit_site = |number: usize| match walker.exit(number) {
        Some(End::Up(stand_in)) => servers.site(stand_in.get()),
        _ => None,
    };
    let mut noted = Noted::new();
    for number in 0..servers.len() {
        if let (Some(site), Some(other)) = (servers.site(number), exit_site(number))
            && walker.moves(number)
        {
            let sites = [Number::new(site.min(other)), Number::new(site.max(other))];
            noted.move_name(&sites, number);
        }
    }
    // An enabled member is out with its own site and the one where its name goes first.
    let gather = |number: usize, is_enabled: bool, out: &mut Few| {
        out.add(servers.site(number));
        if is_enabled {
            out.add(exit_site(number));
        }
    };
    noted.move_dial_plans(walker, 2, &gather);
    walker.skip_sites();
    noted.walk(Down::Sites, walker, walked);
}

/// Walks the outages of two to `count` servers that move a name or a dial plan elsewhere than fewer do.
pub(super) fn servers(count: usize, walker: &mut Walker<'_, '_>, walked: &mut Walked) {
    let servers = &*walker.directory.servers;
    let mut noted = Noted::new();
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
            noted.move_name(&down, number);
        }
    }
    // An enabled member is out with itself and with those that its name moves on to. Another server does not
    // make a stand-by worth enabling, so the name of that is not followed. A chain of more than `count` is
    // too long; a loop of fewer has gone round by then.
    let gather = |number: usize, is_enabled: bool, out: &mut Few| {
        let mut at = Some(number);
        for _ in 0..=count {
            out.add(at);
            at = match at {
                Some(at) if is_enabled => servers.redirect(at),
                _ => None,
            };
        }
    };
    noted.move_dial_plans(walker, count, &gather);
    noted.walk(Down::Servers, walker, walked);
}

impl Noted {
    fn new() -> Self {
        Self {
            combinations: Lists::new(),
            longest: 0,
            moved: Vec::new(),
            names: 0,
        }
    }

    fn add(&mut self, places: &[Number], moved: usize) {
        for place in places {
            self.combinations.push(*place);
        }
        self.combinations.close();
        self.longest = self.longest.max(places.len());
        self.moved.push(Number::new(moved));
    }

    /// Notes that the name of this server is moved.
    fn move_name(&mut self, places: &[Number], number: usize) {
        self.add(places, number);
        self.names += 1;
    }

    /// Notes the combinations of two to `max` places that a dial plan may lose its last enabled members with,
    /// or all its members; `gather` gives those that are out before a member takes no call, which may be
    /// enabled.
    fn move_dial_plans(
        &mut self,
        walker: &Walker<'_, '_>,
        max: usize,
        gather: &dyn Fn(usize, bool, &mut Few),
    ) {
        for (position, dial_plan) in walker.directory.dial_plans.iter().enumerate() {
            let places = Vec::new();
            let mut out = Few { max, places };
            for (members, is_enabled) in &[(&dial_plan.enabled, true), (&dial_plan.disabled, false)]
            {
                let known = out.places.len();
                for member in *members {
                    if out.is_exceeded() {
                        break;
                    }
                    gather(member.get(), *is_enabled, &mut out);
                }
                let count = out.places.len();
                if count > known && count >= 2 && count <= max {
                    self.add(&out.places, position);
                }
            }
        }
    }

    /// The numbers of what was noted, in the order of the combinations; as noted where those are equal. There are
    /// no more places than servers.
    fn in_order(&self, servers: usize) -> Vec<Number> {
        let mut order = Vec::with_capacity(self.moved.len());
        for noted in 0..self.moved.len() {
            order.push(Number::new(noted));
        }
        let mut left = self.longest;
        // By the last of their places, and in the end by the first. Those that are shorter come first.
        while let Some(position) = left.checked_sub(1) {
            left = position;
            let mut by_place = Vec::with_capacity(order.len());
            for noted in &order {
                let place = self.combinations.get(noted.get()).get(position);
                let list = match place {
                    Some(place) => place.get() + 1,
                    None => 0,
                };
                by_place.push((Number::new(list), *noted));
            }
            order = Lists::grouped(servers + 1, &by_place).into_items();
        }
        order
    }

    /// Walks each combination once, in their order. A map of so many would take most of the time.
    fn walk<'n>(
        &'n self,
        down: fn(&'n [Number]) -> Down<'n>,
        walker: &mut Walker<'_, '_>,
        walked: &mut Walked,
    ) {
        let order = self.in_order(walker.directory.servers.len());
        let mut rest = order.as_slice();
        while let [first, ..] = rest {
            let places = self.combinations.get(first.get());
            let (outage, shifted) = (walked.len(), walker.shifts.len());
            let mut moves_name = false;
            walker.begin();
            // As they were noted: names before dial plans, both in their order.
            while let [noted, behind @ ..] = rest
                && (noted == first || self.combinations.get(noted.get()) == places)
            {
                rest = behind;
                let Some(moved) = self.moved.get(noted.get()) else {
                    continue;
                };
                if noted.get() < self.names {
                    let end = walker.end(moved.get(), down(places));
                    walked.routes.push((*moved, end.to_number()));
                    moves_name = true;
                } else {
                    walker.lose_all(moved.get(), outage, down(places));
                }
            }
            // Nothing may move: a dial plan whose members fail over by DNS alone keeps them whatever is out, and
            // the names of its members may move on to other sites.
            if moves_name || walker.shifts.len() > shifted {
                walked.routes.close();
                for place in places {
                    walked.combinations.push(*place);
                }
                walked.combinations.close();
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
        if let Some(place) = place
            && !self.is_exceeded()
        {
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
