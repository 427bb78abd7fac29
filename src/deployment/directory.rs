//! A deployment that can be meant, with every reference in it followed once.

use std::sync::Arc;

use super::checks::{check_text, distinct, not_blank, not_empty};
use super::error::{DeploymentError, Place};
use super::exchange::MAX_NETBIOS_NAME;
use super::names::{Finder, Names};
use super::number::Number;
use super::servers::{Servers, Traits};
use super::{
    Deployment, DialPlan, ExchangeForest, ExchangeVersion, Failover, Role, ServerSet, UmServer,
};
use crate::index::Texts;
use crate::name::{DnsName, shown};

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
        check_lists(deployment)?;
        let forests = Forests::new(deployment);
        let mut sites = Texts::default();
        let count = count_servers(deployment)?;
        let mut servers = Servers::with_capacity(count, deployment.exchange.len());
        for set in &deployment.server_sets {
            let first = servers.len();
            not_blank(&set.name, &|| "the name of a server set".into())?;
            not_empty(&set.servers, &|| format!("server set `{}`", set.name))?;
            for some in set.servers.chunks(AT_ONCE) {
                add_names(&mut servers, some, set, deployment)?;
                for server in some {
                    list(server, set, &forests, &mut sites, &mut servers)?;
                }
            }
            follow_redirects(set, first, &mut servers)?;
        }
        check_lync(deployment, &servers.names)?;
        Ok(Self {
            deployment,
            dial_plans: dial_plans(deployment, &servers.names)?,
            servers: Arc::new(servers),
            sites: sites.into_list(),
        })
    }

    /// The forest that a server lives in.
    pub(crate) fn forest_of(&self, number: usize) -> Option<&'a ExchangeForest> {
        self.deployment.exchange.get(self.servers.forest(number))
    }
}

fn count_servers(deployment: &Deployment) -> Result<usize, DeploymentError> {
    let mut count = 0;
    for set in &deployment.server_sets {
        count += set.servers.len();
    }
    check_count(count)?;
    Ok(count)
}

fn check_count(servers: usize) -> Result<(), DeploymentError> {
    match servers <= Number::MAX_SERVERS {
        true => Ok(()),
        false => Err(DeploymentError::TooManyServers {
            count: servers,
            max: Number::MAX_SERVERS,
        }),
    }
}

fn check_lists(deployment: &Deployment) -> Result<(), DeploymentError> {
    let Deployment {
        exchange,
        server_sets,
        dial_plans,
        lync: _,
    } = deployment;
    // First, for other errors repeat these texts.
    for set in server_sets {
        check_text(&set.name, &|| {
            format!("the name of server set `{}`", shown(&set.name))
        })?;
    }
    for dial_plan in dial_plans {
        check_text(&dial_plan.name, &|| {
            format!("the name of dial plan `{}`", shown(&dial_plan.name))
        })?;
    }
    not_empty(exchange, &|| "`exchange`".into())?;
    not_empty(server_sets, &|| "`server-sets`".into())?;
    distinct("`exchange`", &|it| Some(exchange.get(it)?.forest.as_str()))?;
    distinct("`server-sets`", &|it| {
        Some(server_sets.get(it)?.name.as_str())
    })?;
    distinct("`dial-plans`", &|it| {
        Some(dial_plans.get(it)?.name.as_str())
    })
}

/// Every FQDN stands for one machine or pool.
fn add_names(
    servers: &mut Servers,
    some: &[UmServer],
    set: &ServerSet,
    deployment: &Deployment,
) -> Result<(), DeploymentError> {
    let added = servers.names.add(some);
    added.map_err(|(name, first)| {
        let place = Place::UmServer(set.name.clone());
        duplicate(&name, [deployment.place_of(first), place])
    })
}

/// No name of the Lync side stands twice, and none is that of a UM server.
fn check_lync(deployment: &Deployment, names: &Names) -> Result<(), DeploymentError> {
    let lync_names = lync_names(deployment);
    let mut seen = Texts::default();
    for (name, place) in &lync_names {
        if let Some(number) = names.number(name) {
            let places = [place.clone(), deployment.place_of(number)];
            return Err(duplicate(name, places));
        }
        if !seen.insert(name.as_str()) {
            let first = lync_names.iter().find(|(known, _)| known == name);
            return first.map_or(Ok(()), |(_, first)| {
                Err(duplicate(name, [first.clone(), place.clone()]))
            });
        }
    }
    Ok(())
}

/// The pools, and then their Front End Servers.
fn lync_names(deployment: &Deployment) -> Vec<(&DnsName, Place)> {
    let mut names = Vec::new();
    for pool in &deployment.lync.pools {
        names.push((&pool.fqdn, Place::Pool));
    }
    for pool in &deployment.lync.pools {
        for server in &pool.servers {
            names.push((server, Place::FrontEnd(pool.fqdn.clone())));
        }
    }
    names
}

fn duplicate(name: &DnsName, [first, second]: [Place; 2]) -> DeploymentError {
    DeploymentError::DuplicateName {
        name: name.clone(),
        first,
        second,
    }
}

impl Deployment {
    /// The place of the UM server of this number.
    fn place_of(&self, number: usize) -> Place {
        let mut end = 0;
        for set in &self.server_sets {
            end += set.servers.len();
            if number < end {
                return Place::UmServer(set.name.clone());
            }
        }
        Place::UmServer(String::new())
    }
}

/// The forests of a deployment, each with its number.
struct Forests<'a> {
    all: &'a [ExchangeForest],
    names: Texts<'a>,
}

impl<'a> Forests<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        let mut names = Texts::default();
        for it in &deployment.exchange {
            names.insert(it.forest.as_str());
        }
        Self {
            all: &deployment.exchange,
            names,
        }
    }

    /// The number of the forest of a server, and its version.
    fn of(&self, server: &UmServer) -> Result<(usize, ExchangeVersion), DeploymentError> {
        let server_name = || server.fqdn.clone();
        match (&server.forest, self.all) {
            (None, [only]) => Ok((0, only.version)),
            (Some(forest), [only]) if only.forest == *forest => Ok((0, only.version)),
            (None, _) => Err(DeploymentError::MissingForest {
                server: server_name(),
            }),
            (Some(forest), all) => {
                let number = self.names.find(forest.as_str());
                match number.and_then(|number| Some((number, all.get(number)?.version))) {
                    Some(found) => Ok(found),
                    None => Err(DeploymentError::UnknownForest {
                        server: server_name(),
                        forest: forest.clone(),
                    }),
                }
            }
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
) -> Result<(), DeploymentError> {
    let (forest, version) = forests.of(server)?;
    check_server(server, version)?;
    let site = sites.number(&server.site);
    servers.sites.push(Number::new(site));
    if forests.all.len() > 1 {
        servers.forests.push(Number::new(forest));
    }
    servers.traits.push(Traits::new(server, set));
    Ok(())
}

/// Follows the redirects of `set`, whose servers are numbered from `first` on.
fn follow_redirects(
    set: &ServerSet,
    first: usize,
    servers: &mut Servers,
) -> Result<(), DeploymentError> {
    let Some(Failover::Dns { redirects }) = &set.failover else {
        return Ok(());
    };
    let of_set = first..first + set.servers.len();
    let names = &servers.names;
    let (mut of_names, mut of_stand_ins) = (Finder::new(names, first), Finder::new(names, first));
    for (from, to) in redirects {
        let unknown = |stranger: &DnsName| DeploymentError::UnknownRedirect {
            set: set.name.clone(),
            from: from.clone(),
            to: to.clone(),
            stranger: stranger.clone(),
        };
        let number = of_names.find(from).filter(|it| of_set.contains(it));
        let number = number.ok_or_else(|| unknown(from))?;
        let stand_in = of_stand_ins.find(to).filter(|it| of_set.contains(it));
        let stand_in = stand_in.ok_or_else(|| unknown(to))?;
        let redirect = servers.redirects.get_mut(number);
        if redirect
            .and_then(|redirect| redirect.replace(Number::new(stand_in)))
            .is_some()
        {
            return Err(DeploymentError::DuplicateRedirect { name: from.clone() });
        }
    }
    Ok(())
}

fn check_server(server: &UmServer, version: ExchangeVersion) -> Result<(), DeploymentError> {
    let site = || format!("the site of server `{}`", server.fqdn);
    not_blank(&server.site, &site)?;
    check_text(&server.site, &site)?;
    if server.roles.is_empty() {
        return Err(DeploymentError::Empty {
            list: format!("`roles` of server `{}`", server.fqdn),
        });
    }
    if let Some(netbios_name) = &server.netbios_name {
        check_netbios_name(server, netbios_name)?;
    }
    if version >= ExchangeVersion::Exchange2013 && server.roles.contains(Role::UnifiedMessaging) {
        return Err(DeploymentError::UnknownRole {
            server: server.fqdn.clone(),
            version,
        });
    }
    Ok(())
}

fn check_netbios_name(server: &UmServer, netbios_name: &str) -> Result<(), DeploymentError> {
    let fits = (1..=MAX_NETBIOS_NAME).contains(&netbios_name.len());
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if fits && netbios_name.bytes().all(plain) {
        return Ok(());
    }
    Err(DeploymentError::InvalidNetbiosName {
        server: server.fqdn.clone(),
        netbios_name: netbios_name.to_owned(),
    })
}

fn dial_plans(
    deployment: &Deployment,
    names: &Names,
) -> Result<Arc<Vec<Members>>, DeploymentError> {
    let mut dial_plans = Vec::with_capacity(deployment.dial_plans.len());
    let mut seen = Seen::default();
    for dial_plan in &deployment.dial_plans {
        dial_plans.push(members_of(dial_plan, names, &mut seen)?);
    }
    Ok(Arc::new(dial_plans))
}

fn members_of(
    dial_plan: &DialPlan,
    names: &Names,
    seen: &mut Seen,
) -> Result<Members, DeploymentError> {
    let mut members = Members {
        dial_plan: dial_plan.name.clone(),
        enabled: Vec::with_capacity(dial_plan.members.len()),
        disabled: Vec::new(),
    };
    let mut finder = Finder::new(names, 0);
    for member in &dial_plan.members {
        let number = finder.find(&member.server);
        let number = number.ok_or_else(|| DeploymentError::UnknownMember {
            dial_plan: dial_plan.name.clone(),
            server: member.server.clone(),
        })?;
        match member.enabled {
            true => members.enabled.push(Number::new(number)),
            false => members.disabled.push(Number::new(number)),
        }
    }
    match seen
        .twice(&members, names)
        .and_then(|number| names.get(number.get()))
    {
        None => Ok(members),
        Some(name) => Err(DeploymentError::DuplicateEntry {
            list: format!("`members` of dial plan `{}`", dial_plan.name),
            name: name.to_string(),
        }),
    }
}

/// Which servers were seen in which dial plan. One list for all of them, so that a dial plan of a few members
/// takes no longer in a large deployment.
#[derive(Default)]
struct Seen {
    dial_plans: usize,
    /// The number of the dial plan in which each server was seen last; the first is 1.
    last: Vec<Number>,
}

impl Seen {
    /// The least of the numbers that stand twice in the next dial plan.
    fn twice(&mut self, members: &Members, names: &Names) -> Option<Number> {
        // Members mostly stand in the order of the servers, and are enabled.
        if members.disabled.is_empty() && members.enabled.is_sorted_by(|a, b| a < b) {
            return None;
        }
        self.last.resize(names.as_slice().len(), Number::default());
        self.dial_plans += 1;
        let dial_plan = Number::new(self.dial_plans);
        let mut twice = None;
        for number in members.all() {
            let last = self.last.get_mut(number.get())?;
            if *last == dial_plan && twice.is_none_or(|it| number < it) {
                twice = Some(number);
            }
            *last = dial_plan;
        }
        twice
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, check_count};

    #[test]
    fn more_servers_than_there_are_numbers_are_refused() {
        assert_eq!(check_count(Number::MAX_SERVERS), Ok(()));
        let error = check_count(Number::MAX_SERVERS + 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the deployment has 268435456 servers, and 268435455 are the most that can be planned for"
        );
    }

    #[test]
    fn a_number_keeps_its_position_up_to_the_last() {
        for position in [0, 1, Number::MAX_SERVERS, 0xffff_fffe] {
            assert_eq!(Number::new(position).get(), position);
        }
        // Nothing has this one.
        assert_eq!(Number::new(usize::MAX).get(), 0xffff_fffe);
    }
}
