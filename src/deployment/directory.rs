//! A deployment that can be meant, with every reference in it followed once.

use std::sync::Arc;

use super::checks::{TextFault, check_distinct};
use super::error::{DeploymentError, Place};
use super::exchange::MAX_NETBIOS_NAME;
use super::names::{Finder, Names};
use super::number::Number;
use super::servers::{Servers, Traits};
use super::{
    Deployment, DialPlan, ExchangeForest, ExchangeRole, ExchangeVersion, Failover, ServerSet,
    UmServer,
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
            list_set(set, &forests, &mut sites, &mut servers)?;
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
        if let Some(fault) = TextFault::of(&set.name) {
            let name = shown(&set.name);
            return Err(fault.of_entry(format!("the name of server set `{name}`")));
        }
    }
    for dial_plan in dial_plans {
        if let Some(fault) = TextFault::of(&dial_plan.name) {
            let name = shown(&dial_plan.name);
            return Err(fault.of_entry(format!("the name of dial plan `{name}`")));
        }
    }
    if exchange.is_empty() {
        return Err(DeploymentError::empty("`exchange`"));
    }
    if server_sets.is_empty() {
        return Err(DeploymentError::empty("`server-sets`"));
    }
    let mut names = Vec::new();
    for forest in exchange {
        names.push(forest.forest.as_str());
    }
    check_distinct("`exchange`", &names)?;
    names.clear();
    for set in server_sets {
        names.push(&set.name);
    }
    check_distinct("`server-sets`", &names)?;
    names.clear();
    for dial_plan in dial_plans {
        names.push(&dial_plan.name);
    }
    check_distinct("`dial-plans`", &names)
}

/// Lists the servers of `set`.
fn list_set<'a>(
    set: &'a ServerSet,
    forests: &Forests<'_>,
    sites: &mut Texts<'a>,
    servers: &mut Servers,
) -> Result<(), DeploymentError> {
    if set.name.trim().is_empty() {
        return Err(DeploymentError::blank("the name of a server set"));
    }
    if set.servers.is_empty() {
        let list = format!("server set `{}`", set.name);
        return Err(DeploymentError::Empty { list });
    }
    let first = servers.len();
    for some in set.servers.chunks(AT_ONCE) {
        // Every FQDN stands for one machine or pool.
        if let Err((name, known)) = servers.names.add(some) {
            let place = Place::UmServer(set.name.clone());
            let places = [forests.deployment.place_of(known), place];
            return Err(duplicate(&name, places));
        }
        for server in some {
            list(server, set, forests, sites, servers)?;
        }
    }
    follow_redirects(set, first, servers)
}

/// No name of the Lync side stands twice, and none is that of a UM server.
fn check_lync(deployment: &Deployment, names: &Names) -> Result<(), DeploymentError> {
    let lync_names = lync_names(deployment);
    let mut seen = Texts::default();
    for (index, (name, pool)) in lync_names.iter().enumerate() {
        if let Some(number) = names.number(name) {
            let places = [lync_place(*pool), deployment.place_of(number)];
            return Err(duplicate(name, places));
        }
        let first = seen.number(name.as_str());
        if let Some((_, first_pool)) = lync_names.get(first)
            && first != index
        {
            let places = [lync_place(*first_pool), lync_place(*pool)];
            return Err(duplicate(name, places));
        }
    }
    Ok(())
}

/// The pools, and then their Front End Servers, each with its pool.
fn lync_names(deployment: &Deployment) -> Vec<(&DnsName, Option<&DnsName>)> {
    let mut names = Vec::new();
    for pool in &deployment.lync.pools {
        names.push((&pool.fqdn, None));
    }
    for pool in &deployment.lync.pools {
        for server in &pool.servers {
            names.push((server, Some(&pool.fqdn)));
        }
    }
    names
}

fn lync_place(pool: Option<&DnsName>) -> Place {
    match pool {
        Some(pool) => Place::FrontEnd(pool.clone()),
        None => Place::Pool,
    }
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

/// The forests of a deployment by name, each with its number.
struct Forests<'a> {
    deployment: &'a Deployment,
    names: Texts<'a>,
}

impl<'a> Forests<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        let mut names = Texts::default();
        for it in &deployment.exchange {
            names.insert(it.forest.as_str());
        }
        Self { deployment, names }
    }

    /// The number of the forest of a server, and its version.
    fn of(&self, server: &UmServer) -> Result<(usize, ExchangeVersion), DeploymentError> {
        let all = self.deployment.exchange.as_slice();
        let forest = match (&server.forest, all) {
            (None, [only]) => return Ok((0, only.version)),
            (Some(forest), [only]) if only.forest == *forest => return Ok((0, only.version)),
            (Some(forest), _) => forest,
            (None, _) => {
                let server = server.fqdn.clone();
                return Err(DeploymentError::MissingForest { server });
            }
        };
        if let Some(number) = self.names.find(forest.as_str())
            && let Some(found) = all.get(number)
        {
            return Ok((number, found.version));
        }
        Err(DeploymentError::UnknownForest {
            server: server.fqdn.clone(),
            forest: forest.clone(),
        })
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
    let known = sites.len();
    let site = sites.number(&server.site);
    if site == known {
        check_site(server)?;
    }
    check_server(server, version)?;
    servers.sites.push(Number::new(site));
    if forests.names.len() > 1 {
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
        let number = of_names.find_among(from, &of_set);
        let stand_in = of_stand_ins.find_among(to, &of_set);
        let (Some(number), Some(stand_in)) = (number, stand_in) else {
            let stranger = if number.is_none() { from } else { to };
            return Err(DeploymentError::UnknownRedirect {
                set: set.name.clone(),
                from: from.clone(),
                to: to.clone(),
                stranger: stranger.clone(),
            });
        };
        if let Some(redirect) = servers.redirects.get_mut(number) {
            if redirect.is_some() {
                return Err(DeploymentError::DuplicateRedirect { name: from.clone() });
            }
            *redirect = Some(Number::new(stand_in));
        }
    }
    Ok(())
}

/// A site that was seen before has been found good.
fn check_site(server: &UmServer) -> Result<(), DeploymentError> {
    let entry = || format!("the site of server `{}`", server.fqdn);
    if server.site.trim().is_empty() {
        return Err(DeploymentError::blank(&entry()));
    }
    match TextFault::of(&server.site) {
        Some(fault) => Err(fault.of_entry(entry())),
        None => Ok(()),
    }
}

fn check_server(server: &UmServer, version: ExchangeVersion) -> Result<(), DeploymentError> {
    if server.roles.is_empty() {
        return Err(DeploymentError::Empty {
            list: format!("`roles` of server `{}`", server.fqdn),
        });
    }
    if let Some(netbios_name) = &server.netbios_name {
        check_netbios_name(server, netbios_name)?;
    }
    if version >= ExchangeVersion::Exchange2013
        && server.roles.contains(ExchangeRole::UnifiedMessaging)
    {
        return Err(DeploymentError::UnknownRole {
            server: server.fqdn.clone(),
            version,
        });
    }
    Ok(())
}

fn check_netbios_name(server: &UmServer, netbios_name: &str) -> Result<(), DeploymentError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if matches!(netbios_name.len(), 1..=MAX_NETBIOS_NAME) && netbios_name.bytes().all(is_plain) {
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
        let Some(number) = finder.find(&member.server) else {
            return Err(DeploymentError::UnknownMember {
                dial_plan: dial_plan.name.clone(),
                server: member.server.clone(),
            });
        };
        match member.enabled {
            true => members.enabled.push(Number::new(number)),
            false => members.disabled.push(Number::new(number)),
        }
    }
    if let Some(number) = seen.twice(&members, names)
        && let Some(name) = names.get(number.get())
    {
        return Err(DeploymentError::DuplicateEntry {
            list: format!("`members` of dial plan `{}`", dial_plan.name),
            name: name.as_str().to_owned(),
        });
    }
    Ok(members)
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
        if members.disabled.is_empty() && is_ascending(&members.enabled) {
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

fn is_ascending(numbers: &[Number]) -> bool {
    let mut least = 0;
    for number in numbers {
        if number.get() < least {
            return false;
        }
        least = number.get() + 1;
    }
    true
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
