//! A deployment that can be meant, with every reference in it followed once.

use std::collections::{HashMap, HashSet};

use super::error::{DeploymentError, Place};
use super::exchange::MAX_NETBIOS_NAME;
use super::{
    Deployment, DialPlan, ExchangeForest, ExchangeVersion, Failover, Role, ServerSet, UmServer,
};
use crate::name::DnsName;

/// The servers of a deployment that was found to make sense, by number: set by set in the order of the
/// deployment. What follows a plan through many outages counts in these numbers and looks up no names.
pub(crate) struct Directory<'a> {
    pub(crate) deployment: &'a Deployment,
    pub(crate) numbers: Numbers,
    pub(crate) servers: Vec<Listed<'a>>,
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
    /// The number of the server that its name is redirected to.
    pub(crate) redirect: Option<usize>,
}

impl Listed<'_> {
    /// Whether the server's name moves when it is out.
    pub(crate) fn moves(&self) -> bool {
        matches!(self.set.failover, Some(Failover::Dns { .. }))
    }
}

/// The number of each server, by its FQDN.
pub(crate) type Numbers = HashMap<DnsName, usize>;

impl<'a> Directory<'a> {
    /// Follows every reference of `deployment`.
    ///
    /// # Errors
    ///
    /// The first entry that cannot be meant.
    pub(crate) fn new(deployment: &'a Deployment) -> Result<Self, DeploymentError> {
        check_lists(deployment)?;
        let numbers = number(deployment)?;
        let forests = Forests::new(deployment);
        let mut servers = Vec::with_capacity(numbers.len());
        for set in &deployment.server_sets {
            let first = servers.len();
            list_set(set, &numbers, first, &forests, &mut servers)?;
        }
        Ok(Self {
            deployment,
            members: members(deployment, &numbers, &servers)?,
            numbers,
            servers,
        })
    }

    /// The FQDN of a server.
    pub(crate) fn name(&self, number: usize) -> Option<&'a DnsName> {
        Some(&self.servers.get(number)?.server.fqdn)
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

/// The number of each UM server. Every FQDN stands for one machine or pool.
fn number(deployment: &Deployment) -> Result<Numbers, DeploymentError> {
    let mut lync: HashMap<&DnsName, Place> = HashMap::new();
    for pool in &deployment.lync.pools {
        insert(&mut lync, &pool.fqdn, Place::Pool)?;
    }
    for pool in &deployment.lync.pools {
        for server in &pool.servers {
            insert(&mut lync, server, Place::FrontEnd(pool.fqdn.clone()))?;
        }
    }
    let mut numbers = Numbers::with_capacity(deployment.servers().count());
    for set in &deployment.server_sets {
        for server in &set.servers {
            let place = || Place::UmServer(set.name.clone());
            if let Some(first) = lync.get(&server.fqdn) {
                return Err(duplicate(&server.fqdn, first.clone(), place()));
            }
            let next = numbers.len();
            if let Some(first) = numbers.insert(server.fqdn.clone(), next) {
                let first = deployment
                    .set_of(first)
                    .map_or_else(String::new, |it| it.name.clone());
                return Err(duplicate(&server.fqdn, Place::UmServer(first), place()));
            }
        }
    }
    Ok(numbers)
}

fn insert<'a>(
    places: &mut HashMap<&'a DnsName, Place>,
    name: &'a DnsName,
    place: Place,
) -> Result<(), DeploymentError> {
    match places.insert(name, place.clone()) {
        None => Ok(()),
        Some(first) => Err(duplicate(name, first, place)),
    }
}

fn duplicate(name: &DnsName, first: Place, second: Place) -> DeploymentError {
    DeploymentError::DuplicateName {
        name: name.clone(),
        first,
        second,
    }
}

impl Deployment {
    /// The set of the server of this number.
    fn set_of(&self, number: usize) -> Option<&ServerSet> {
        let sets = self.server_sets.iter();
        sets.flat_map(|set| set.servers.iter().map(move |_| set))
            .nth(number)
    }
}

/// The forests by name, and the only one if there is one.
struct Forests<'a> {
    by_name: HashMap<&'a DnsName, (usize, &'a ExchangeForest)>,
    only: Option<(usize, &'a ExchangeForest)>,
}

impl<'a> Forests<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        let forests = deployment.exchange.iter().enumerate();
        Self {
            by_name: forests
                .map(|(number, it)| (&it.forest, (number, it)))
                .collect(),
            only: match deployment.exchange.as_slice() {
                [only] => Some((0, only)),
                _ => None,
            },
        }
    }

    fn of(&self, server: &UmServer) -> Result<(usize, &'a ExchangeForest), DeploymentError> {
        let server_name = || server.fqdn.clone();
        match &server.forest {
            None => self.only.ok_or_else(|| DeploymentError::MissingForest {
                server: server_name(),
            }),
            Some(forest) => {
                let found = self.by_name.get(forest).copied();
                found.ok_or_else(|| DeploymentError::UnknownForest {
                    server: server_name(),
                    forest: forest.clone(),
                })
            }
        }
    }
}

/// Finds the numbers of names that mostly stand in the order of the servers: whether a name is the next
/// one is told without a look-up, which in a large deployment waits for memory.
struct Finder<'n> {
    numbers: &'n Numbers,
    next: usize,
}

impl<'n> Finder<'n> {
    fn new(numbers: &'n Numbers, first: usize) -> Self {
        Self {
            numbers,
            next: first,
        }
    }

    fn find(&mut self, name: &DnsName, servers: &[Listed<'_>]) -> Option<usize> {
        let is_next = servers
            .get(self.next)
            .is_some_and(|next| next.server.fqdn == *name);
        let number = match is_next {
            true => self.next,
            false => *self.numbers.get(name)?,
        };
        self.next = number + 1;
        Some(number)
    }
}

/// Puts the servers of `set`, which are numbered from `first` on, into `servers`.
fn list_set<'a>(
    set: &'a ServerSet,
    numbers: &Numbers,
    first: usize,
    forests: &Forests<'a>,
    servers: &mut Vec<Listed<'a>>,
) -> Result<(), DeploymentError> {
    not_blank(&set.name, || "the name of a server set".into())?;
    not_empty(&set.servers, || format!("server set `{}`", set.name))?;
    for server in &set.servers {
        let (forest_number, forest) = forests.of(server)?;
        check_server(server, forest.version)?;
        servers.push(Listed {
            server,
            set,
            forest,
            forest_number,
            redirect: None,
        });
    }
    let Some(Failover::Dns { redirects }) = &set.failover else {
        return Ok(());
    };
    let of_set = first..first + set.servers.len();
    let (mut of_names, mut of_stand_ins) =
        (Finder::new(numbers, first), Finder::new(numbers, first));
    for (from, to) in redirects {
        let unknown = |stranger: &DnsName| DeploymentError::UnknownRedirect {
            set: set.name.clone(),
            from: from.clone(),
            to: to.clone(),
            stranger: stranger.clone(),
        };
        let number = of_names
            .find(from, servers)
            .filter(|it| of_set.contains(it));
        let number = number.ok_or_else(|| unknown(from))?;
        let stand_in = of_stand_ins
            .find(to, servers)
            .filter(|it| of_set.contains(it));
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

fn members(
    deployment: &Deployment,
    numbers: &Numbers,
    servers: &[Listed<'_>],
) -> Result<Vec<Vec<usize>>, DeploymentError> {
    // The last dial plan that each server was seen in.
    let mut seen_in = vec![None; numbers.len()];
    let dial_plans = deployment.dial_plans.iter().enumerate();
    dial_plans
        .map(|(position, it)| members_of(it, position, (numbers, servers), &mut seen_in))
        .collect()
}

fn members_of(
    dial_plan: &DialPlan,
    position: usize,
    (numbers, servers): (&Numbers, &[Listed<'_>]),
    seen_in: &mut [Option<usize>],
) -> Result<Vec<usize>, DeploymentError> {
    let mut members = Vec::with_capacity(dial_plan.members.len());
    let mut finder = Finder::new(numbers, 0);
    for member in &dial_plan.members {
        let number = finder.find(&member.server, servers);
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

fn distinct<'a>(list: &str, names: impl Iterator<Item = &'a str>) -> Result<(), DeploymentError> {
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
