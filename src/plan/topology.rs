//! The servers of a deployment, with every reference between entries resolved to an index.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use crate::deployment::{
    Deployment, DialPlan, DialPlanMember, ExchangeVersion, Failover, UmServer,
};
use crate::name::DnsName;

/// The parts of a deployment that a plan refers to, each by its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Topology {
    /// The UM servers, set by set in the order of the deployment.
    pub(crate) servers: Vec<Server>,
    /// The sites, in the order in which they first appear.
    pub(crate) sites: Vec<Arc<str>>,
    /// The Exchange forests.
    pub(crate) forests: Vec<DnsName>,
    /// The dial plans.
    pub(crate) dial_plans: Vec<DialPlanServers>,
    index_by_name: HashMap<DnsName, usize>,
}

/// One UM server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    pub(crate) fqdn: DnsName,
    /// The index of the server's site.
    pub(crate) site: usize,
    /// The index of the server's forest.
    pub(crate) forest: usize,
    pub(crate) version: ExchangeVersion,
    /// The failover method of the server's set.
    pub(crate) failover: FailoverMethod,
    /// The index of the server that this server's name is redirected to while this server is down.
    pub(crate) stand_in: Option<usize>,
    /// The dial plans of which the server is an enabled member.
    pub(crate) enabled_in: Vec<usize>,
}

/// The way in which the servers of a set stand in for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailoverMethod {
    None,
    /// DNS records are pointed at other servers (D3).
    Dns,
    /// Stand-by members of dial plans are enabled (D4).
    DialPlan,
}

/// The members of a dial plan, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DialPlanServers {
    pub(crate) name: String,
    pub(crate) enabled: Vec<usize>,
    pub(crate) disabled: Vec<usize>,
}

impl Topology {
    /// Resolves the references of a deployment.
    ///
    /// # Panics
    ///
    /// Panics if a reference cannot be resolved: `deployment` must have passed [`Deployment::validate`].
    pub(crate) fn new(deployment: &Deployment) -> Self {
        let index_by_name = indices(deployment.servers().map(|server| server.fqdn.clone()));
        let dial_plans: Vec<DialPlanServers> = deployment
            .dial_plans
            .iter()
            .map(|dial_plan| DialPlanServers::new(dial_plan, &index_by_name))
            .collect();
        let sites = distinct_sites(deployment);
        Self {
            servers: servers(deployment, &index_by_name, &sites, &dial_plans),
            sites,
            forests: deployment
                .exchange
                .iter()
                .map(|forest| forest.forest.clone())
                .collect(),
            dial_plans,
            index_by_name,
        }
    }

    /// Returns the index of the server with this FQDN.
    pub(crate) fn index_of(&self, fqdn: &DnsName) -> Option<usize> {
        self.index_by_name.get(fqdn).copied()
    }

    /// Returns the FQDN of the server at `index`.
    pub(crate) fn fqdn(&self, index: usize) -> &DnsName {
        &self.servers[index].fqdn
    }

    /// Returns the forest of the server at `index`.
    pub(crate) fn forest_of(&self, index: usize) -> &DnsName {
        &self.forests[self.servers[index].forest]
    }

    /// Returns the servers of each site, in the order of [`sites`](Self::sites).
    pub(crate) fn servers_by_site(&self) -> Vec<Vec<usize>> {
        let mut by_site = vec![Vec::new(); self.sites.len()];
        for (index, server) in self.servers.iter().enumerate() {
            by_site[server.site].push(index);
        }
        by_site
    }
}

impl Server {
    /// Returns `true` if the server's name is redirected while the server is down (D3).
    pub(crate) fn fails_over_by_dns(&self) -> bool {
        self.failover == FailoverMethod::Dns
    }
}

impl DialPlanServers {
    fn new(dial_plan: &DialPlan, index_by_name: &HashMap<DnsName, usize>) -> Self {
        let (enabled, disabled): (Vec<_>, Vec<_>) =
            dial_plan.members.iter().partition(|member| member.enabled);
        let index = |member: &DialPlanMember| index_by_name[&member.server];
        Self {
            name: dial_plan.name.clone(),
            enabled: enabled.into_iter().map(index).collect(),
            disabled: disabled.into_iter().map(index).collect(),
        }
    }

    /// Returns the enabled members, followed by the disabled ones.
    pub(crate) fn members(&self) -> impl Iterator<Item = usize> {
        self.enabled.iter().chain(&self.disabled).copied()
    }
}

fn distinct_sites(deployment: &Deployment) -> Vec<Arc<str>> {
    let mut seen = HashSet::new();
    deployment
        .servers()
        .map(|server| server.site.as_str())
        .filter(|site| seen.insert(*site))
        .map(Arc::from)
        .collect()
}

fn servers(
    deployment: &Deployment,
    index_by_name: &HashMap<DnsName, usize>,
    sites: &[Arc<str>],
    dial_plans: &[DialPlanServers],
) -> Vec<Server> {
    let site_indices = indices(sites.iter().map(|site| &**site));
    let forest_indices = indices(deployment.exchange.iter().map(|forest| &forest.forest));
    let mut servers = Vec::new();
    for set in &deployment.server_sets {
        let (failover, stand_ins) = resolve_failover(set.failover.as_ref(), index_by_name);
        servers.extend(set.servers.iter().map(|server| {
            let forest = forest_index(server, &forest_indices);
            Server {
                fqdn: server.fqdn.clone(),
                site: site_indices[server.site.as_str()],
                forest,
                version: server
                    .version
                    .unwrap_or(deployment.exchange[forest].version),
                failover,
                stand_in: stand_ins.get(&server.fqdn).copied(),
                enabled_in: Vec::new(),
            }
        }));
    }
    for (position, dial_plan) in dial_plans.iter().enumerate() {
        for member in &dial_plan.enabled {
            servers[*member].enabled_in.push(position);
        }
    }
    servers
}

/// Returns the position of each item.
fn indices<T: Hash + Eq>(items: impl Iterator<Item = T>) -> HashMap<T, usize> {
    items
        .enumerate()
        .map(|(index, item)| (item, index))
        .collect()
}

/// Returns the index of a server's forest. A server that names no forest is in the only one.
fn forest_index(server: &UmServer, forest_indices: &HashMap<&DnsName, usize>) -> usize {
    match &server.forest {
        Some(forest) => forest_indices[forest],
        None => 0,
    }
}

/// Returns the failover method of a set, and the stand-in of each of its names that is redirected.
fn resolve_failover<'a>(
    failover: Option<&'a Failover>,
    index_by_name: &HashMap<DnsName, usize>,
) -> (FailoverMethod, HashMap<&'a DnsName, usize>) {
    match failover {
        Some(Failover::Dns { redirects }) => {
            let stand_ins = redirects.iter().map(|(name, to)| (name, index_by_name[to]));
            (FailoverMethod::Dns, stand_ins.collect())
        }
        Some(Failover::DialPlan) => (FailoverMethod::DialPlan, HashMap::new()),
        None => (FailoverMethod::None, HashMap::new()),
    }
}
