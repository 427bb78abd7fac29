//! Validation of a deployment: printable texts, unique names, and references that resolve.

use std::collections::{HashMap, HashSet};
use std::fmt;

use super::Deployment;
use super::dial_plan::DialPlan;
use super::error::DeploymentError;
use super::exchange::{ExchangeForest, MAX_NETBIOS_NAME, UmServer};
use super::role::ExchangeRole;
use super::server_set::{Failover, ServerSet};
use super::version::ExchangeVersion;
use crate::name::DnsName;
use crate::text::{escape_and_truncate, escape_name, is_invisible, quote};

/// Largest number of servers in a deployment, far above any real one.
const MAX_SERVERS: usize = 0x0fff_ffff;
/// Longest name of a site, server set or dial plan, in characters. A finding shows no more of its subject.
const MAX_TEXT: usize = 500;

/// The version of Exchange in each forest of a deployment.
type Versions<'a> = HashMap<&'a DnsName, ExchangeVersion>;

impl Deployment {
    /// Checks that every entry has a printable name, that names are unique and that every reference resolves.
    ///
    /// # Errors
    ///
    /// Returns [`DeploymentError`] for one invalid entry if there are any.
    pub fn validate(&self) -> Result<(), DeploymentError> {
        // These checks come first, because other errors show these texts.
        check_titles(self)?;
        check_lists(self)?;
        check_server_count(self.servers().count())?;
        check_unique_fqdns(self)?;
        let exchange = self.exchange.iter();
        let versions = exchange.map(|forest| (&forest.forest, forest.version));
        let versions: Versions<'_> = versions.collect();
        for set in &self.server_sets {
            check_server_set(set, &versions)?;
        }
        let servers: HashSet<&DnsName> = self.servers().map(|server| &server.fqdn).collect();
        let mut dial_plans = self.dial_plans.iter();
        dial_plans.try_for_each(|dial_plan| check_members(dial_plan, &servers))
    }
}

/// Checks the names of server sets and dial plans as texts for people.
fn check_titles(deployment: &Deployment) -> Result<(), DeploymentError> {
    for set in &deployment.server_sets {
        let entry = || {
            format!(
                "the name of server set `{}`",
                escape_and_truncate(&set.name)
            )
        };
        check_text(&set.name, entry)?;
    }
    for dial_plan in &deployment.dial_plans {
        let name = &dial_plan.name;
        let entry = || format!("the name of dial plan `{}`", escape_and_truncate(name));
        check_text(name, entry)?;
    }
    Ok(())
}

fn check_text(text: &str, entry: impl Fn() -> String) -> Result<(), DeploymentError> {
    if let Some(character) = text.chars().find(|character| is_invisible(*character)) {
        return Err(DeploymentError::Invisible {
            entry: entry(),
            character,
        });
    }
    let length = text.chars().count();
    if length > MAX_TEXT {
        return Err(DeploymentError::TooLong {
            entry: entry(),
            length,
            max: MAX_TEXT,
        });
    }
    Ok(())
}

fn check_lists(deployment: &Deployment) -> Result<(), DeploymentError> {
    let Deployment {
        exchange,
        server_sets,
        dial_plans,
        lync: _,
        dns_zones,
        plan: _,
    } = deployment;
    check_not_empty(exchange, || "`exchange`".to_owned())?;
    check_not_empty(server_sets, || "`server-sets`".to_owned())?;
    check_distinct_forests(exchange)?;
    let set_names = server_sets.iter().map(|set| set.name.as_str());
    check_distinct(set_names, || "`server-sets`".to_owned())?;
    let dial_plan_names = dial_plans.iter().map(|dial_plan| dial_plan.name.as_str());
    check_distinct(dial_plan_names, || "`dial-plans`".to_owned())?;
    check_distinct(dns_zones.iter().map(|zone| zone.as_str()), || {
        "`dns-zones`".to_owned()
    })
}

fn check_not_empty<T>(entries: &[T], list: impl Fn() -> String) -> Result<(), DeploymentError> {
    if entries.is_empty() {
        return Err(DeploymentError::Empty { list: list() });
    }
    Ok(())
}

fn check_distinct<'a>(
    mut names: impl Iterator<Item = &'a str>,
    list: impl Fn() -> String,
) -> Result<(), DeploymentError> {
    let mut seen = HashSet::new();
    match names.find(|name| !seen.insert(*name)) {
        Some(name) => Err(DeploymentError::DuplicateEntry {
            list: list(),
            name: escape_name(name),
        }),
        None => Ok(()),
    }
}

fn check_distinct_forests(forests: &[ExchangeForest]) -> Result<(), DeploymentError> {
    let mut seen = HashSet::new();
    let mut names = forests.iter().map(|forest| &forest.forest);
    match names.find(|forest| !seen.insert(*forest)) {
        Some(forest) => Err(DeploymentError::DuplicateForest {
            forest: forest.clone(),
        }),
        None => Ok(()),
    }
}

fn check_server_count(count: usize) -> Result<(), DeploymentError> {
    if count > MAX_SERVERS {
        return Err(DeploymentError::TooManyServers {
            count,
            max: MAX_SERVERS,
        });
    }
    Ok(())
}

/// Checks that every FQDN belongs to one pool or machine.
fn check_unique_fqdns(deployment: &Deployment) -> Result<(), DeploymentError> {
    let mut owners = HashMap::new();
    for (name, owner) in fqdns(deployment) {
        if let Some(first) = owners.insert(name, owner) {
            return Err(DeploymentError::DuplicateName {
                name: name.clone(),
                first: first.to_string(),
                second: owner.to_string(),
            });
        }
    }
    Ok(())
}

/// Returns the FQDN of every pool, Front End server and UM server.
fn fqdns(deployment: &Deployment) -> impl Iterator<Item = (&DnsName, FqdnOwner<'_>)> {
    let pools = &deployment.lync.pools;
    let pool_names = pools.iter().map(|pool| (&pool.fqdn, FqdnOwner::Pool));
    let front_ends = pools.iter().flat_map(|pool| {
        let owner = FqdnOwner::FrontEnd { pool: &pool.fqdn };
        pool.servers.iter().map(move |server| (server, owner))
    });
    let um_servers = deployment.server_sets.iter().flat_map(|set| {
        let owner = FqdnOwner::UmServer { set: &set.name };
        set.servers.iter().map(move |server| (&server.fqdn, owner))
    });
    pool_names.chain(front_ends).chain(um_servers)
}

/// The owner of an FQDN.
#[derive(Clone, Copy)]
enum FqdnOwner<'a> {
    Pool,
    FrontEnd { pool: &'a DnsName },
    UmServer { set: &'a str },
}

impl fmt::Display for FqdnOwner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pool => write!(f, "a Lync pool"),
            Self::FrontEnd { pool } => write!(f, "a server of the Lync pool `{pool}`"),
            Self::UmServer { set } => write!(
                f,
                "a server of the server set `{}`",
                escape_and_truncate(set)
            ),
        }
    }
}

fn check_server_set(set: &ServerSet, versions: &Versions<'_>) -> Result<(), DeploymentError> {
    if set.name.trim().is_empty() {
        let entry = "the name of a server set".to_owned();
        return Err(DeploymentError::Blank { entry });
    }
    check_not_empty(&set.servers, || format!("server set {}", quote(&set.name)))?;
    for server in &set.servers {
        let of_forest = forest_version(server, versions)?;
        check_server(server, server.version.unwrap_or(of_forest))?;
    }
    match &set.failover {
        Some(Failover::Dns { redirects }) => check_redirects(set, redirects),
        Some(Failover::DialPlan) | None => Ok(()),
    }
}

/// Returns the version of Exchange in the forest of `server`.
fn forest_version(
    server: &UmServer,
    versions: &Versions<'_>,
) -> Result<ExchangeVersion, DeploymentError> {
    if let Some(forest) = &server.forest {
        let version = versions.get(forest).copied();
        return version.ok_or_else(|| DeploymentError::UnknownForest {
            server: server.fqdn.clone(),
            forest: forest.clone(),
        });
    }
    let mut all = versions.values();
    match (all.next(), all.next()) {
        (Some(only), None) => Ok(*only),
        _ => Err(DeploymentError::MissingForest {
            server: server.fqdn.clone(),
        }),
    }
}

fn check_server(server: &UmServer, version: ExchangeVersion) -> Result<(), DeploymentError> {
    check_site(server)?;
    if server.roles.is_empty() {
        let list = format!("`roles` of server `{}`", server.fqdn);
        return Err(DeploymentError::Empty { list });
    }
    if let Some(netbios_name) = &server.netbios_name {
        check_netbios_name(server, netbios_name)?;
    }
    if version >= ExchangeVersion::Exchange2013
        && server.roles.contains(&ExchangeRole::UnifiedMessaging)
    {
        return Err(DeploymentError::UnknownRole {
            server: server.fqdn.clone(),
            version,
        });
    }
    Ok(())
}

fn check_site(server: &UmServer) -> Result<(), DeploymentError> {
    let entry = || format!("the site of server `{}`", server.fqdn);
    if server.site.trim().is_empty() {
        return Err(DeploymentError::Blank { entry: entry() });
    }
    check_text(&server.site, entry)
}

fn check_netbios_name(server: &UmServer, netbios_name: &str) -> Result<(), DeploymentError> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let has_allowed_length = (1..=MAX_NETBIOS_NAME).contains(&netbios_name.len());
    if has_allowed_length && netbios_name.bytes().all(is_allowed) {
        return Ok(());
    }
    Err(DeploymentError::InvalidNetbiosName {
        server: server.fqdn.clone(),
        netbios_name: escape_and_truncate(netbios_name),
    })
}

/// Checks that redirects name servers of `set`, and that no name has two redirects.
fn check_redirects(
    set: &ServerSet,
    redirects: &[(DnsName, DnsName)],
) -> Result<(), DeploymentError> {
    let servers: HashSet<&DnsName> = set.servers.iter().map(|server| &server.fqdn).collect();
    let mut redirected = HashSet::new();
    for (from, to) in redirects {
        if let Some(unknown) = [from, to].into_iter().find(|name| !servers.contains(name)) {
            return Err(DeploymentError::UnknownRedirect {
                set: escape_name(&set.name),
                from: from.clone(),
                to: to.clone(),
                unknown: unknown.clone(),
            });
        }
        if !redirected.insert(from) {
            return Err(DeploymentError::DuplicateRedirect { name: from.clone() });
        }
    }
    Ok(())
}

/// Checks that the members of `dial_plan` are servers of the deployment, each of them once.
fn check_members(dial_plan: &DialPlan, servers: &HashSet<&DnsName>) -> Result<(), DeploymentError> {
    let mut members = dial_plan.members.iter().map(|member| &member.server);
    if let Some(unknown) = members.find(|member| !servers.contains(member)) {
        return Err(DeploymentError::UnknownMember {
            dial_plan: escape_name(&dial_plan.name),
            server: unknown.clone(),
        });
    }
    let names = dial_plan
        .members
        .iter()
        .map(|member| member.server.as_str());
    check_distinct(names, || {
        format!("`members` of dial plan {}", quote(&dial_plan.name))
    })
}

#[cfg(test)]
mod tests {
    use super::{MAX_SERVERS, check_server_count};

    #[test]
    fn too_many_servers_are_refused() {
        assert_eq!(check_server_count(MAX_SERVERS), Ok(()));
        let error = check_server_count(MAX_SERVERS + 1).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the deployment has 268435456 servers, more than the maximum of 268435455"
        );
    }
}
