//! Outages of several sites or servers at once, grouped by what they change.
//!
//! There are as many combinations as there are subsets, and nearly all of them change nothing: a name
//! depends on the servers of its own chain of redirects alone, a dial plan on its own members. So the
//! chains are followed, and only the combinations that some chain or dial plan meets are walked. What
//! any other combination moves is what its parts move.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::walk::{End, Ends, Topology, sites};
use super::{Outage, OutageCause};
use crate::deployment::{Deployment, DialPlan};
use crate::name::DnsName;

/// What a combination moves that its parts do not: names, and positions of dial plans.
#[derive(Default)]
struct Group<'a> {
    names: Vec<&'a DnsName>,
    dial_plans: Vec<usize>,
}

/// The outages of two sites that move a name or a dial plan elsewhere than the outages of each.
pub(super) fn site_pairs<'a>(deployment: &'a Deployment, topology: &Topology<'a>) -> Vec<Outage> {
    let sites = sites(deployment);
    let mut site_of: HashMap<&DnsName, usize> = HashMap::new();
    for (position, (_, servers)) in sites.iter().enumerate() {
        site_of.extend(servers.iter().map(|server| (*server, position)));
    }
    let in_site = |name: &DnsName, site: usize| site_of.get(name) == Some(&site);

    let mut groups: BTreeMap<(usize, usize), Group<'a>> = BTreeMap::new();
    for (site, (_, servers)) in sites.iter().enumerate() {
        let mut ends = Ends::new();
        for name in servers.iter().copied().filter(|name| topology.moves(name)) {
            let end = topology.end(name, |it| in_site(it, site), &mut ends);
            // The name moves on once the site of its stand-in is out too.
            let End::Up(stand_in) = end else { continue };
            if let Some(other) = site_of.get(stand_in) {
                let pair = (site.min(*other), site.max(*other));
                groups.entry(pair).or_default().names.push(name);
            }
        }
    }
    for (position, dial_plan) in deployment.dial_plans.iter().enumerate() {
        if let Some(pair) = pair_of(dial_plan, &site_of) {
            groups.entry(pair).or_default().dial_plans.push(position);
        }
    }

    let name_of = |site: usize| {
        sites
            .get(site)
            .map_or_else(|| Arc::from(""), |(name, _)| Arc::from(*name))
    };
    let outage = |((first, second), group): ((usize, usize), Group<'a>)| {
        let cause = OutageCause::Sites(name_of(first), name_of(second));
        let is_down = |it: &DnsName| in_site(it, first) || in_site(it, second);
        topology.part(cause, is_down, &group.names, &group.dial_plans)
    };
    groups
        .into_iter()
        .map(outage)
        .filter(moves_something)
        .collect()
}

/// A dial plan whose members fail over by DNS alone keeps them whatever is out.
fn moves_something(outage: &Outage) -> bool {
    !outage.routes.is_empty() || !outage.dial_plans.is_empty()
}

/// The two sites that a dial plan loses its last enabled members with, or all its members.
fn pair_of(dial_plan: &DialPlan, site_of: &HashMap<&DnsName, usize>) -> Option<(usize, usize)> {
    let sites = |enabled_only: bool| -> BTreeSet<usize> {
        let members = dial_plan
            .members
            .iter()
            .filter(|it| it.enabled || !enabled_only);
        members
            .filter_map(|member| site_of.get(&member.server).copied())
            .collect()
    };
    let enabled = sites(true);
    let pair = if enabled.len() == 1 {
        sites(false)
    } else {
        enabled
    };
    match (pair.len(), pair.first(), pair.last()) {
        (2, Some(first), Some(last)) => Some((*first, *last)),
        _ => None,
    }
}

/// The outages of two to `count` servers that move a name or a dial plan elsewhere than fewer do.
pub(super) fn servers<'a>(
    deployment: &'a Deployment,
    topology: &Topology<'a>,
    count: usize,
) -> Vec<Outage> {
    let mut groups: BTreeMap<Vec<&'a DnsName>, Group<'a>> = BTreeMap::new();
    let names = deployment.servers().map(|server| &server.fqdn);
    for name in names.filter(|name| topology.moves(name)) {
        let mut down = vec![name];
        while down.len() < count {
            // A name moves on only with the server that answers to it now.
            let End::Up(next) = topology.end(name, |it| down.contains(&it), &mut Ends::new())
            else {
                break;
            };
            down.push(next);
            groups.entry(sorted(&down)).or_default().names.push(name);
        }
    }
    for (position, dial_plan) in deployment.dial_plans.iter().enumerate() {
        for members in last_members(dial_plan, count) {
            groups
                .entry(sorted(&members))
                .or_default()
                .dial_plans
                .push(position);
        }
    }

    let outage = |(down, group): (Vec<&'a DnsName>, Group<'a>)| {
        let cause = OutageCause::Servers(down.iter().map(|name| (*name).clone()).collect());
        topology.part(
            cause,
            |it| down.contains(&it),
            &group.names,
            &group.dial_plans,
        )
    };
    groups
        .into_iter()
        .map(outage)
        .filter(moves_something)
        .collect()
}

/// The last enabled members of a dial plan, and all its members: as far as there are two to `count`.
fn last_members(dial_plan: &DialPlan, count: usize) -> impl Iterator<Item = Vec<&DnsName>> {
    let members = |enabled_only: bool| {
        let members = dial_plan
            .members
            .iter()
            .filter(move |it| it.enabled || !enabled_only);
        // One more than counts, so that a long list is not copied.
        members
            .map(|member| &member.server)
            .take(count + 1)
            .collect::<Vec<_>>()
    };
    let (enabled, all) = (members(true), members(false));
    let differ = enabled.len() != all.len();
    let fits = move |members: &Vec<&DnsName>| (2..=count).contains(&members.len());
    std::iter::once(enabled)
        .chain(differ.then_some(all))
        .filter(fits)
}

fn sorted<'a>(names: &[&'a DnsName]) -> Vec<&'a DnsName> {
    let mut sorted = names.to_vec();
    sorted.sort();
    sorted
}
