//! What a deployment that can be meant looks like.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::exchange::MAX_NETBIOS_NAME;
use super::{Deployment, DialPlan, ExchangeVersion, Failover, Role, ServerSet, UmServer};
use crate::name::{DnsName, InvalidName};

/// What makes a deployment one that cannot be meant: which entry, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeploymentError {
    /// A text where a name belongs is none.
    #[error(transparent)]
    InvalidName(#[from] InvalidName),
    /// A list that needs an entry has none.
    #[error("{list} is empty; list at least one")]
    #[non_exhaustive]
    Empty {
        /// Which list.
        list: String,
    },
    /// A text that people need is blank.
    #[error("{entry} is blank")]
    #[non_exhaustive]
    Blank {
        /// Which entry.
        entry: String,
    },
    /// One FQDN stands for two servers, or for a server and a pool.
    #[error("`{name}` stands twice: as {first} and as {second}")]
    #[non_exhaustive]
    DuplicateName {
        /// The FQDN.
        name: DnsName,
        /// Where it stands first.
        first: Place,
        /// Where it stands again.
        second: Place,
    },
    /// Two entries of a list have the same name.
    #[error("{list} holds `{name}` twice")]
    #[non_exhaustive]
    DuplicateEntry {
        /// Which list.
        list: String,
        /// The name.
        name: String,
    },
    /// A name is redirected to two servers.
    #[error("`{name}` is redirected twice; a name can point at one server only")]
    #[non_exhaustive]
    DuplicateRedirect {
        /// The name.
        name: DnsName,
    },
    /// A redirect names something that is no server of its set.
    #[error(
        "server set `{set}`: the redirect {from} → {to} names `{stranger}`, which is no server of the set"
    )]
    #[non_exhaustive]
    UnknownRedirect {
        /// The server set.
        set: String,
        /// The name that moves.
        from: DnsName,
        /// The server that it is pointed at.
        to: DnsName,
        /// Which of the two is no server of the set.
        stranger: DnsName,
    },
    /// A member of a dial plan is no UM server of the deployment.
    #[error("dial plan `{dial_plan}`: the member `{server}` is no server of any server set")]
    #[non_exhaustive]
    UnknownMember {
        /// The dial plan.
        dial_plan: String,
        /// The member.
        server: DnsName,
    },
    /// A server names a forest that Exchange does not live in.
    #[error("server `{server}`: the forest `{forest}` is not listed under `exchange`")]
    #[non_exhaustive]
    UnknownForest {
        /// The server.
        server: DnsName,
        /// The forest that it names.
        forest: DnsName,
    },
    /// A server names no forest, and there are several.
    #[error(
        "server `{server}`: `exchange` lists several forests; say with `forest` which one it lives in"
    )]
    #[non_exhaustive]
    MissingForest {
        /// The server.
        server: DnsName,
    },
    /// A server has a role that its Exchange version does not know.
    #[error(
        "server `{server}`: Unified Messaging is no role of its own in {version}; leave it out"
    )]
    #[non_exhaustive]
    UnknownRole {
        /// The server.
        server: DnsName,
        /// The version of its forest.
        version: ExchangeVersion,
    },
    /// A NetBIOS name that Windows would not take.
    #[error(
        "server `{server}`: `{netbios_name}` is no NetBIOS name; it has 1 to 15 letters, digits and hyphens"
    )]
    #[non_exhaustive]
    InvalidNetbiosName {
        /// The server.
        server: DnsName,
        /// The NetBIOS name.
        netbios_name: String,
    },
}

/// Where an FQDN stands in a deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A Lync pool.
    Pool,
    /// A Front End server of the pool of this name.
    FrontEnd(DnsName),
    /// A UM server of the server set of this name.
    UmServer(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pool => write!(f, "a Lync pool"),
            Self::FrontEnd(pool) => write!(f, "a server of the Lync pool `{pool}`"),
            Self::UmServer(set) => write!(f, "a server of the server set `{set}`"),
        }
    }
}

pub(super) fn check(deployment: &Deployment) -> Result<(), DeploymentError> {
    check_lists(deployment)?;
    check_names(deployment)?;
    let forests = Forests::new(deployment);
    for set in &deployment.server_sets {
        check_set(set, &forests)?;
    }
    check_dial_plans(deployment)
}

/// The version of each forest, and of the only one if there is one.
struct Forests<'a> {
    versions: HashMap<&'a DnsName, ExchangeVersion>,
    only: Option<ExchangeVersion>,
}

impl<'a> Forests<'a> {
    fn new(deployment: &'a Deployment) -> Self {
        let forests = deployment.exchange.iter();
        Self {
            versions: forests.map(|it| (&it.forest, it.version)).collect(),
            only: match deployment.exchange.as_slice() {
                [only] => Some(only.version),
                _ => None,
            },
        }
    }

    fn version_of(&self, server: &UmServer) -> Result<ExchangeVersion, DeploymentError> {
        let version = match &server.forest {
            Some(forest) => self.versions.get(forest).copied(),
            None => self.only,
        };
        version.ok_or_else(|| match &server.forest {
            Some(forest) => DeploymentError::UnknownForest {
                server: server.fqdn.clone(),
                forest: forest.clone(),
            },
            None => DeploymentError::MissingForest {
                server: server.fqdn.clone(),
            },
        })
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
fn check_names(deployment: &Deployment) -> Result<(), DeploymentError> {
    let pools = deployment.lync.pools.iter();
    let front_ends = pools.clone().flat_map(|pool| {
        let front_ends = pool.servers.iter();
        front_ends.map(|server| (server, Place::FrontEnd(pool.fqdn.clone())))
    });
    let um_servers = deployment.server_sets.iter().flat_map(|set| {
        let servers = set.servers.iter();
        servers.map(|server| (&server.fqdn, Place::UmServer(set.name.clone())))
    });

    let mut seen = HashMap::new();
    let pools = pools.map(|pool| (&pool.fqdn, Place::Pool));
    for (name, place) in pools.chain(front_ends).chain(um_servers) {
        if let Some(first) = seen.insert(name, place.clone()) {
            return Err(DeploymentError::DuplicateName {
                name: name.clone(),
                first,
                second: place,
            });
        }
    }
    Ok(())
}

fn check_set(set: &ServerSet, forests: &Forests<'_>) -> Result<(), DeploymentError> {
    not_blank(&set.name, || "the name of a server set".into())?;
    not_empty(&set.servers, || format!("server set `{}`", set.name))?;
    for server in &set.servers {
        check_server(server, forests)?;
    }
    let Some(Failover::Dns { redirects }) = &set.failover else {
        return Ok(());
    };
    let servers: HashSet<&DnsName> = set.servers.iter().map(|server| &server.fqdn).collect();
    for (from, to) in redirects {
        if let Some(stranger) = [from, to].into_iter().find(|name| !servers.contains(*name)) {
            return Err(DeploymentError::UnknownRedirect {
                set: set.name.clone(),
                from: from.clone(),
                to: to.clone(),
                stranger: stranger.clone(),
            });
        }
    }
    Ok(())
}

fn check_server(server: &UmServer, forests: &Forests<'_>) -> Result<(), DeploymentError> {
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
    let version = forests.version_of(server)?;
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

fn check_dial_plans(deployment: &Deployment) -> Result<(), DeploymentError> {
    let servers: HashSet<&DnsName> = deployment.servers().map(|server| &server.fqdn).collect();
    deployment
        .dial_plans
        .iter()
        .try_for_each(|dial_plan| check_members(dial_plan, &servers))
}

fn check_members(dial_plan: &DialPlan, servers: &HashSet<&DnsName>) -> Result<(), DeploymentError> {
    let members = dial_plan.members.iter().map(|member| &member.server);
    if let Some(server) = members.clone().find(|server| !servers.contains(server)) {
        return Err(DeploymentError::UnknownMember {
            dial_plan: dial_plan.name.clone(),
            server: server.clone(),
        });
    }
    let list = format!("`members` of dial plan `{}`", dial_plan.name);
    distinct(&list, members.map(DnsName::as_str))
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
