//! Guidelines for carrying out a failover by DNS.

use crate::deployment::{Deployment, Failover, ServerSet};
use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::text::join_truncated;

/// The number of servers that a finding lists before it counts the rest.
const MAX_LISTED: usize = 10;

pub(super) fn check(deployment: &Deployment) -> Vec<Finding> {
    let sets = deployment.server_sets.iter();
    let by_dns = sets.filter(|set| matches!(set.failover, Some(Failover::Dns { .. })));
    by_dns
        .flat_map(|set| {
            check_addresses(set)
                .into_iter()
                .chain([report_registration(set)])
        })
        .collect()
}

/// Checks that the addresses of the servers are listed (D148).
fn check_addresses(set: &ServerSet) -> Option<Finding> {
    let servers = set.servers.iter();
    let without: Vec<&DnsName> = servers
        .filter(|server| server.addresses.is_empty())
        .map(|server| &server.fqdn)
        .collect();
    let detail = format!(
        "no addresses are listed for {}",
        join_truncated(&without, MAX_LISTED, ", "),
    );
    (!without.is_empty()).then(|| Finding::new(Rule::AddressesMissingForRunbook, &set.name, detail))
}

/// Reports that servers register their own names again (D75, D147).
fn report_registration(set: &ServerSet) -> Finding {
    let detail = "its servers register their own names again, which undoes a failover by DNS";
    Finding::new(Rule::DynamicRegistrationUndoesFailover, &set.name, detail)
}
