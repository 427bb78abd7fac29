//! Plans the certificates of each server set, from its SAN policy and the outages, and those of Front Ends.

use std::sync::Arc;

use super::certificate::{MovedName, PlannedCertificate};
use super::outage::{Outage, RouteTarget};
use super::san_policy::{SanList, names_of_set};
use super::topology::Topology;
use crate::deployment::options::{CertificateSharing, PlanOptions};
use crate::deployment::{Deployment, ServerSet};
use crate::name::{DnsName, SanName};

/// Returns the certificates of each server set.
pub(super) fn plan_certificates(
    deployment: &Deployment,
    topology: &Topology,
    outages: &[Outage],
    options: &PlanOptions,
) -> Vec<Vec<PlannedCertificate>> {
    let mut moved_names = moved_names_by_server(topology, outages).into_iter();
    let sets = deployment.server_sets.iter();
    sets.map(|set| {
        let moved_names = moved_names.by_ref().take(set.servers.len()).collect();
        plan_set(set, moved_names, options)
    })
    .collect()
}

/// Returns the certificates of the Front Ends of each pool (D30), or none if `options` do not cover them.
pub(super) fn plan_front_ends(
    deployment: &Deployment,
    options: &PlanOptions,
) -> Vec<Vec<PlannedCertificate>> {
    let pools = deployment.lync.pools.iter();
    pools
        .filter(|_| options.front_ends)
        .map(|pool| {
            let front_ends = pool.front_ends();
            front_ends
                .map(|server| PlannedCertificate::front_end(server, &pool.fqdn, options))
                .collect()
        })
        .collect()
}

/// Returns the certificates of a set: one for each server, or one for all. `moved_names` contains the names that
/// outages move to each server.
fn plan_set(
    set: &ServerSet,
    moved_names: Vec<Vec<MovedName>>,
    options: &PlanOptions,
) -> Vec<PlannedCertificate> {
    let servers: Vec<DnsName> = set
        .servers
        .iter()
        .map(|server| server.fqdn.clone())
        .collect();
    let names_of_set = names_of_set(&servers, options).map(Arc::new);
    let plan = |servers, moved_names: Vec<MovedName>| {
        let list = names_of_set.clone();
        let list = list.unwrap_or_else(|| Arc::new(list_of(&moved_names)));
        PlannedCertificate::new(servers, list, moved_names, options)
    };
    match options.sharing {
        CertificateSharing::OnePerServer => {
            let servers = servers.into_iter().zip(moved_names);
            servers
                .map(|(server, moved_names)| plan(vec![server], moved_names))
                .collect()
        }
        CertificateSharing::OnePerSet => {
            vec![plan(servers, moved_names.into_iter().flatten().collect())]
        }
    }
}

fn list_of(moved_names: &[MovedName]) -> SanList {
    SanList::new(moved_names.iter().map(|moved| SanName::from(&moved.name)))
}

/// Returns the names that outages move to each server: name by name in the order of the deployment, and for each
/// name in the order of the outages.
fn moved_names_by_server(topology: &Topology, outages: &[Outage]) -> Vec<Vec<MovedName>> {
    let index_of = |fqdn: &DnsName| {
        topology
            .index_of(fqdn)
            .expect("outages concern servers of the topology")
    };
    let mut by_server = vec![Vec::new(); topology.servers.len()];
    for outage in outages {
        for route in &outage.routes {
            if let RouteTarget::Server { server, .. } = &route.answer {
                by_server[index_of(server)].push(MovedName {
                    name: route.name.clone(),
                    outage: outage.cause.clone(),
                });
            }
        }
    }
    for moved_names in &mut by_server {
        moved_names.sort_by_cached_key(|moved| index_of(&moved.name));
    }
    by_server
}
