//! Guidelines for Active Directory forests.

use super::context::PlanContext;
use crate::deployment::options::KeyKind;
use crate::deployment::{Deployment, ExchangeForest, ExchangeRole, ExchangeVersion, UmServer};
use crate::rule::{Finding, Rule};

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let (deployment, topology) = (context.deployment, context.topology);
    let mut servers_by_forest = vec![Vec::new(); deployment.exchange.len()];
    for (um_server, server) in deployment.servers().zip(&topology.servers) {
        servers_by_forest[server.forest].push((um_server, server.version));
    }
    let mut findings: Vec<Finding> = check_lync_pool(deployment).into_iter().collect();
    for (forest, servers) in deployment.exchange.iter().zip(&servers_by_forest) {
        // Forests without UM servers are not checked.
        if servers.is_empty() {
            continue;
        }
        findings.extend(check_mailbox_role(forest, servers));
        findings.extend(check_key(forest, servers, context.options.key));
        if deployment.is_cross_forest(&forest.forest) {
            findings.extend(check_trusts(forest, deployment));
            findings.extend(check_um_settings(forest, deployment));
        }
    }
    findings
}

/// Checks that Lync has a Front End pool or a Standard Edition server (D7).
fn check_lync_pool(deployment: &Deployment) -> Option<Finding> {
    let lync = &deployment.lync;
    let detail = "the Lync side has neither a Front End pool nor a Standard Edition server";
    lync.pools
        .is_empty()
        .then(|| Finding::new(Rule::NoLyncPool, &lync.forest, detail))
}

/// Checks that the UM servers with Exchange 2013 or later include a Mailbox server (D7).
fn check_mailbox_role(
    forest: &ExchangeForest,
    servers: &[(&UmServer, ExchangeVersion)],
) -> Option<Finding> {
    let with_call_router = servers
        .iter()
        .filter(|(_, version)| *version >= ExchangeVersion::Exchange2013);
    let count = with_call_router.clone().count();
    let has_mailbox = with_call_router
        .clone()
        .any(|(server, _)| server.roles.contains(&ExchangeRole::Mailbox));
    let detail = format!(
        "none of the {count} UM servers with Exchange 2013 or later in this forest has the Mailbox role"
    );
    (count > 0 && !has_mailbox).then(|| Finding::new(Rule::NoMailboxRole, &forest.forest, detail))
}

/// Checks that Exchange 2013 and older get RSA keys (D23).
fn check_key(
    forest: &ExchangeForest,
    servers: &[(&UmServer, ExchangeVersion)],
    key: KeyKind,
) -> Option<Finding> {
    let oldest = servers.iter().map(|(_, version)| *version).min()?;
    if oldest > ExchangeVersion::Exchange2013 || key.rsa_bits().is_some() {
        return None;
    }
    let version = oldest.product_name();
    let detail = format!("the plan uses {key} keys, and {version} serves only RSA keys");
    Some(Finding::new(Rule::KeyNotRsa, &forest.forest, detail))
}

/// Checks that an Exchange forest and the Lync forest trust each other (D6).
fn check_trusts(forest: &ExchangeForest, deployment: &Deployment) -> Vec<Finding> {
    let lync = &deployment.lync.forest;
    let to_lync = format!("this forest does not trust the Lync forest {lync}");
    let from_lync = format!("the Lync forest {lync} does not trust this forest");
    [
        (forest.trusts_lync, to_lync),
        (forest.trusted_by_lync, from_lync),
    ]
    .into_iter()
    .filter(|(is_trusted, _)| !is_trusted)
    .map(|(_, detail)| Finding::new(Rule::ForestTrustMissing, &forest.forest, detail))
    .collect()
}

/// Checks that the users' UM settings are also set in the Lync forest (D6).
fn check_um_settings(forest: &ExchangeForest, deployment: &Deployment) -> Option<Finding> {
    let detail = format!(
        "the users' UM settings are not set on their user objects in the Lync forest {}",
        deployment.lync.forest,
    );
    (!forest.um_settings_in_lync_forest)
        .then(|| Finding::new(Rule::UmSettingsNotInLyncForest, &forest.forest, detail))
}
