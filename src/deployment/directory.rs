//! A deployment that can be meant, with every reference in it followed once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use super::error::{DeploymentError, Place};
use super::exchange::MAX_NETBIOS_NAME;
use super::names::{Finder, Names};
use super::{
    Deployment, DialPlan, ExchangeForest, ExchangeVersion, Failover, Role, ServerSet, StartupMode,
    UmServer,
};
use crate::name::DnsName;

/// The servers of a deployment that was found to make sense, by number: set by set in the order of the
/// deployment. What follows a plan through many outages counts in these numbers and looks up no names.
pub(crate) struct Directory<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) servers: Vec<Listed<'a>>,
    /// The sites, in the order in which they first appear.
    pub(crate) sites: Vec<&'a str>,
    /// The members of each dial plan, in its order.
    pub(crate) members: Vec<Vec<usize>>,
}

/// A server and what its entries refer to.
pub(crate) struct Listed<'a> {
    pub(crate) server: &'a UmServer,
    pub(crate) set: &'a ServerSet,
    pub(crate) forest: &'a ExchangeForest,
    /// Where the forest stands in the deployment.
    pub(crate) forest_number: usize,
    /// Where the site stands among the sites.
    pub(crate) site: usize,
    /// The number of the server that its name is redirected to.
    pub(crate) redirect: Option<usize>,
    // What every check asks is noted while the server is at hand: in a large deployment, going back to it
    // waits for memory.
    pub(crate) has_mailbox: bool,
    pub(crate) is_stand_alone: bool,
    /// Whether it starts in TCP mode or has an IPv6 address: such servers alone get a closer look.
    pub(crate) is_special: bool,
}

impl Listed<'_> {
    /// Whether the server's name moves when it is out.
    pub(crate) fn moves(&self) -> bool {
        matches!(self.set.failover, Some(Failover::Dns { .. }))
    }
}

impl<'a> Directory<'a> {
    /// Follows every reference of `deployment`.
    ///
    /// # Errors
    ///
    /// The first entry that cannot be meant.
    pub(crate) fn new(deployment: &'a Deployment) -> Result<(Self, Names), DeploymentError> {
        check_lists(deployment)?;
        let count = deployment.servers().count();
        let forests = Forests::new(deployment);
        let mut names = Names::with_capacity(count);
        let mut sites = Sites::default();
        let mut servers = Vec::with_capacity(count);
        for set in &deployment.server_sets {
            let first = servers.len();
            not_blank(&set.name, || "the name of a server set".into())?;
            not_empty(&set.servers, || format!("server set `{}`", set.name))?;
            for server in &set.servers {
                add_name(&mut names, server, set, deployment)?;
                servers.push(list(server, set, &forests, &mut sites)?);
            }
            follow_redirects(set, first, &names, &mut servers)?;
        }
        check_lync(deployment, &names)?;
        let directory = Self {
            deployment,
            members: members(deployment, &names)?,
            servers,
            sites: sites.names,
        };
        Ok((directory, names))
    }
}

fn check_lists(deployment: &Deployment) -> Result<(), DeploymentError> {
    let Deployment {
        exchange,
        server_sets,
        dial_plans,
        lync: _,
    } = deployment;
    not_empty(exchange, || "`exchange`".into())?;
    not_empty(server_sets, || "`server-sets`".into())?;
    distinct("`exchange`", exchange.iter().map(|it| it.forest.as_str()))?;
    distinct(
        "`server-sets`",
        server_sets.iter().map(|it| it.name.as_str()),
    )?;
    distinct("`dial-plans`", dial_plans.iter().map(|it| it.name.as_str()))
}

/// Every FQDN stands for one machine or pool.
fn add_name(
    names: &mut Names,
    server: &UmServer,
    set: &ServerSet,
    deployment: &Deployment,
) -> Result<(), DeploymentError> {
    let place = || Place::UmServer(set.name.clone());
    let added = names.add(&server.fqdn);
    added.map_err(|first| duplicate(&server.fqdn, [deployment.place_of(first), place()]))
}

/// No name of the Lync side stands twice, and none is that of a UM server.
fn check_lync(deployment: &Deployment, names: &Names) -> Result<(), DeploymentError> {
    let mut lync: BTreeMap<&DnsName, Place> = BTreeMap::new();
    for (name, place) in lync_names(deployment) {
        if let Some(number) = names.number(name) {
            return Err(duplicate(name, [place, deployment.place_of(number)]));
        }
        if let Some(first) = lync.insert(name, place.clone()) {
            return Err(duplicate(name, [first, place]));
        }
    }
    Ok(())
}

/// The pools, and then their Front End Servers.
fn lync_names(deployment: &Deployment) -> impl Iterator<Item = (&DnsName, Place)> {
    let pools = deployment.lync.pools.iter();
    let front_ends = pools.clone().flat_map(|pool| {
        let servers = pool.servers.iter();
        servers.map(|server| (server, Place::FrontEnd(pool.fqdn.clone())))
    });
    pools
        .map(|pool| (&pool.fqdn, Place::Pool))
        .chain(front_ends)
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
        let sets = self.server_sets.iter();
        let mut sets = sets.flat_map(|set| set.servers.iter().map(move |_| set));
        let set = sets.nth(number);
        Place::UmServer(set.map_or_else(String::new, |set| set.name.clone()))
    }
}

/// The forests of a deployment.
enum Forests<'a> {
    Only(&'a ExchangeForest),
    Several(HashMap<&'a DnsName, (usize, &'a ExchangeForest)>),
}

impl<'a> Forests<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        if let [only] = deployment.exchange.as_slice() {
            return Self::Only(only);
        }
        let forests = deployment.exchange.iter().enumerate();
        let by_name = forests.map(|(number, it)| (&it.forest, (number, it)));
        Self::Several(by_name.collect())
    }

    /// The forest of a server, and where it stands in the deployment.
    fn of(&self, server: &UmServer) -> Result<(usize, &'a ExchangeForest), DeploymentError> {
        let server_name = || server.fqdn.clone();
        let Some(forest) = &server.forest else {
            return match self {
                Self::Only(only) => Ok((0, only)),
                Self::Several(_) => Err(DeploymentError::MissingForest {
                    server: server_name(),
                }),
            };
        };
        let found = match self {
            Self::Only(only) => (only.forest == *forest).then_some((0, *only)),
            Self::Several(forests) => forests.get(forest).copied(),
        };
        found.ok_or_else(|| DeploymentError::UnknownForest {
            server: server_name(),
            forest: forest.clone(),
        })
    }
}

/// The sites of the servers that were listed so far.
#[derive(Default)]
struct Sites<'a> {
    names: Vec<&'a str>,
    /// Few: comparing with some takes less time than hashing.
    positions: BTreeMap<&'a str, usize>,
}

impl<'a> Sites<'a> {
    fn of(&mut self, server: &'a UmServer) -> usize {
        let site = server.site.as_str();
        *self.positions.entry(site).or_insert_with(|| {
            self.names.push(site);
            self.names.len() - 1
        })
    }
}

/// A server of `set`, whose redirect is not followed yet.
fn list<'a>(
    server: &'a UmServer,
    set: &'a ServerSet,
    forests: &Forests<'a>,
    sites: &mut Sites<'a>,
) -> Result<Listed<'a>, DeploymentError> {
    let (forest_number, forest) = forests.of(server)?;
    check_server(server, forest.version)?;
    Ok(Listed {
        server,
        set,
        forest,
        forest_number,
        site: sites.of(server),
        redirect: None,
        has_mailbox: server.roles.contains(&Role::Mailbox),
        is_stand_alone: server.is_stand_alone(),
        is_special: server.startup_mode == StartupMode::Tcp
            || server.addresses.iter().any(IpAddr::is_ipv6),
    })
}

/// Follows the redirects of `set`, whose servers are numbered from `first` on.
fn follow_redirects(
    set: &ServerSet,
    first: usize,
    names: &Names,
    servers: &mut [Listed<'_>],
) -> Result<(), DeploymentError> {
    let Some(Failover::Dns { redirects }) = &set.failover else {
        return Ok(());
    };
    let of_set = first..first + set.servers.len();
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
        let redirect = servers.get_mut(number).map(|listed| &mut listed.redirect);
        if redirect
            .and_then(|redirect| redirect.replace(stand_in))
            .is_some()
        {
            return Err(DeploymentError::DuplicateRedirect { name: from.clone() });
        }
    }
    Ok(())
}

fn check_server(server: &UmServer, version: ExchangeVersion) -> Result<(), DeploymentError> {
    not_blank(&server.site, || {
        format!("the site of server `{}`", server.fqdn)
    })?;
    if server.roles.is_empty() {
        return Err(DeploymentError::Empty {
            list: format!("`roles` of server `{}`", server.fqdn),
        });
    }
    if let Some(netbios_name) = &server.netbios_name {
        check_netbios_name(server, netbios_name)?;
    }
    if version >= ExchangeVersion::Exchange2013 && server.roles.contains(&Role::UnifiedMessaging) {
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

fn members(deployment: &Deployment, names: &Names) -> Result<Vec<Vec<usize>>, DeploymentError> {
    // The last dial plan that each server was seen in.
    let mut seen_in = vec![None; names.as_slice().len()];
    let dial_plans = deployment.dial_plans.iter().enumerate();
    dial_plans
        .map(|(position, it)| members_of(it, position, names, &mut seen_in))
        .collect()
}

fn members_of(
    dial_plan: &DialPlan,
    position: usize,
    names: &Names,
    seen_in: &mut [Option<usize>],
) -> Result<Vec<usize>, DeploymentError> {
    let mut members = Vec::with_capacity(dial_plan.members.len());
    let mut finder = Finder::new(names, 0);
    for member in &dial_plan.members {
        let number = finder.find(&member.server);
        let number = number.ok_or_else(|| DeploymentError::UnknownMember {
            dial_plan: dial_plan.name.clone(),
            server: member.server.clone(),
        })?;
        let seen_in = seen_in.get_mut(number);
        if seen_in.and_then(|seen_in| seen_in.replace(position)) == Some(position) {
            return Err(DeploymentError::DuplicateEntry {
                list: format!("`members` of dial plan `{}`", dial_plan.name),
                name: member.server.to_string(),
            });
        }
        members.push(number);
    }
    Ok(members)
}

fn not_empty<T>(list: &[T], name: impl FnOnce() -> String) -> Result<(), DeploymentError> {
    if list.is_empty() {
        return Err(DeploymentError::Empty { list: name() });
    }
    Ok(())
}

fn not_blank(text: &str, entry: impl FnOnce() -> String) -> Result<(), DeploymentError> {
    if text.trim().is_empty() {
        return Err(DeploymentError::Blank { entry: entry() });
    }
    Ok(())
}

fn distinct<'a>(
    list: &str,
    names: impl ExactSizeIterator<Item = &'a str>,
) -> Result<(), DeploymentError> {
    // Most deployments have one forest, one set, one dial plan.
    if names.len() < 2 {
        return Ok(());
    }
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(DeploymentError::DuplicateEntry {
                list: list.to_owned(),
                name: name.to_owned(),
            });
        }
    }
    Ok(())
}
