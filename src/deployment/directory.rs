//! A valid deployment, with every reference in it followed once.

use std::sync::Arc;

use super::error::DeploymentError;
use super::names::{Finder, Names};
use super::number::Number;
use super::servers::{Servers, Traits};
use super::{Deployment, DialPlan, ExchangeForest, Failover, ServerSet, UmServer};
use crate::index::Texts;

/// How many servers are listed at a time: no more than the nearest cache holds until each was looked at twice
/// (see [`Names::add`](super::Names)).
const AT_ONCE: usize = 16;

/// A deployment that was found to make sense. What follows a plan through many outages counts in the
/// numbers of its servers and looks up no names.
pub(crate) struct Directory<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) servers: Arc<Servers>,
    /// The sites, in the order in which they first appear.
    pub(crate) sites: Vec<&'a str>,
    pub(crate) dial_plans: Arc<Vec<Members>>,
}

/// A dial plan by its name, and the numbers of its members in its order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Members {
    pub(crate) dial_plan: String,
    pub(crate) enabled: Vec<Number>,
    pub(crate) disabled: Vec<Number>,
}

impl Members {
    /// The enabled ones, and then the others.
    pub(crate) fn all(&self) -> impl Iterator<Item = Number> + '_ {
        self.enabled.iter().chain(&self.disabled).copied()
    }
}

impl<'a> Directory<'a> {
    /// Follows every reference of `deployment`.
    ///
    /// # Errors
    ///
    /// An entry that cannot be meant.
    pub(crate) fn new(deployment: &'a Deployment) -> Result<Self, DeploymentError> {
        deployment.validate()?;
        let forests = Forests::new(deployment);
        let mut sites = Texts::default();
        let count = deployment.servers().count();
        let mut servers = Servers::with_capacity(count, deployment.exchange.len());
        for set in &deployment.server_sets {
            list_set(set, &forests, &mut sites, &mut servers);
        }
        Ok(Self {
            deployment,
            dial_plans: dial_plans(deployment, &servers.names),
            servers: Arc::new(servers),
            sites: sites.into_list(),
        })
    }

    /// The forest that a server lives in.
    pub(crate) fn forest_of(&self, number: usize) -> Option<&'a ExchangeForest> {
        self.deployment.exchange.get(self.servers.forest(number))
    }
}

/// Lists the servers of `set`.
fn list_set<'a>(
    set: &'a ServerSet,
    forests: &Forests<'_>,
    sites: &mut Texts<'a>,
    servers: &mut Servers,
) {
    let first = servers.len();
    for some in set.servers.chunks(AT_ONCE) {
        let added = servers.names.add(some);
        added.expect("the names of a valid deployment are unique");
        for server in some {
            list(server, set, forests, sites, servers);
        }
    }
    follow_redirects(set, first, servers);
}

/// The forests of a deployment by name, each with its number.
struct Forests<'a> {
    names: Texts<'a>,
}

impl<'a> Forests<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        let mut names = Texts::default();
        for it in &deployment.exchange {
            names.insert(it.forest.as_str());
        }
        Self { names }
    }

    /// The number of the forest of a server.
    fn of(&self, server: &UmServer) -> usize {
        match &server.forest {
            Some(forest) => self.names.find(forest.as_str()).unwrap_or(0),
            None => 0,
        }
    }
}

/// Lists a server of `set`, whose redirect is not followed yet.
fn list<'a>(
    server: &'a UmServer,
    set: &ServerSet,
    forests: &Forests<'_>,
    sites: &mut Texts<'a>,
    servers: &mut Servers,
) {
    let site = sites.number(&server.site);
    servers.sites.push(Number::new(site));
    if forests.names.len() > 1 {
        servers.forests.push(Number::new(forests.of(server)));
    }
    servers.traits.push(Traits::new(server, set));
}

/// Follows the redirects of `set`, whose servers are numbered from `first` on.
fn follow_redirects(set: &ServerSet, first: usize, servers: &mut Servers) {
    let Some(Failover::Dns { redirects }) = &set.failover else {
        return;
    };
    let of_set = first..first + set.servers.len();
    let names = &servers.names;
    let (mut of_names, mut of_stand_ins) = (Finder::new(names, first), Finder::new(names, first));
    for (from, to) in redirects {
        let number = of_names.find_among(from, &of_set);
        let stand_in = of_stand_ins.find_among(to, &of_set);
        if let (Some(number), Some(stand_in)) = (number, stand_in)
            && let Some(redirect) = servers.redirects.get_mut(number)
        {
            *redirect = Some(Number::new(stand_in));
        }
    }
}

fn dial_plans(deployment: &Deployment, names: &Names) -> Arc<Vec<Members>> {
    let dial_plans = deployment.dial_plans.iter();
    Arc::new(
        dial_plans
            .map(|dial_plan| members_of(dial_plan, names))
            .collect(),
    )
}

fn members_of(dial_plan: &DialPlan, names: &Names) -> Members {
    let mut members = Members {
        dial_plan: dial_plan.name.clone(),
        enabled: Vec::with_capacity(dial_plan.members.len()),
        disabled: Vec::new(),
    };
    let mut finder = Finder::new(names, 0);
    for member in &dial_plan.members {
        let number = finder.find(&member.server);
        let number = Number::new(number.expect("members of a valid deployment are servers"));
        if member.enabled {
            members.enabled.push(number);
        } else {
            members.disabled.push(number);
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn a_number_keeps_its_position_up_to_the_last() {
        for position in [0, 1, 0x0fff_ffff, 0xffff_fffe] {
            assert_eq!(Number::new(position).get(), position);
        }
        // Nothing has this one.
        assert_eq!(Number::new(usize::MAX).get(), 0xffff_fffe);
    }
}
