//! Guidelines for single servers.

use std::collections::HashSet;

use super::context::PlanContext;
use crate::deployment::{ExchangeVersion, StartupMode, UmServer, VoipSecurity};
use crate::plan::topology::{Server, Topology};
use crate::rule::{Finding, Rule};

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let (deployment, topology) = (context.deployment, context.topology);
    let members = members_with(context, |_| true);
    let secured_members = members_with(context, |security| security != VoipSecurity::Unsecured);
    let mut findings = Vec::new();
    for (index, (um_server, server)) in deployment.servers().zip(&topology.servers).enumerate() {
        findings.extend(check_ipv6(um_server, server.version));
        findings.extend(check_startup_mode(
            um_server,
            secured_members.contains(&index),
        ));
        findings.extend(check_membership(um_server, members.contains(&index)));
        findings.extend(check_stand_in_site(server, topology));
    }
    findings
}

/// Returns the members of the dial plans whose security satisfies `has_security`.
fn members_with(
    context: &PlanContext<'_>,
    has_security: impl Fn(VoipSecurity) -> bool,
) -> HashSet<usize> {
    let dial_plans = context
        .deployment
        .dial_plans
        .iter()
        .zip(&context.topology.dial_plans);
    dial_plans
        .filter(|(dial_plan, _)| has_security(dial_plan.security))
        .flat_map(|(_, servers)| servers.members())
        .collect()
}

/// Checks that a server with an IPv6 address has UCMA 4 (D5).
fn check_ipv6(server: &UmServer, version: ExchangeVersion) -> Option<Finding> {
    let address = server.addresses.iter().find(|address| address.is_ipv6())?;
    let detail = match server.ucma {
        Some(ucma) if ucma < 4 => format!("it has the IPv6 address {address} and UCMA {ucma}"),
        None if version < ExchangeVersion::Exchange2013 => format!(
            "it has the IPv6 address {address}, and {} comes with a UCMA version before 4; set `ucma` if it was updated",
            version.product_name(),
        ),
        _ => return None,
    };
    Some(Finding::new(Rule::Ipv6WithoutUcma4, &server.fqdn, detail))
}

/// Checks that a member of a secured dial plan accepts TLS (D25).
fn check_startup_mode(server: &UmServer, is_secured_member: bool) -> Option<Finding> {
    let detail =
        "the UM service starts in TCP mode, and the server is a member of a secured dial plan";
    (is_secured_member && server.startup_mode == StartupMode::Tcp)
        .then(|| Finding::new(Rule::StartupModeTcp, &server.fqdn, detail))
}

/// Checks that the server is a member of a dial plan (D15).
fn check_membership(server: &UmServer, is_member: bool) -> Option<Finding> {
    let detail = "it is not a member of any dial plan";
    (!is_member).then(|| Finding::new(Rule::ServerNotInDialPlan, &server.fqdn, detail))
}

/// Checks that the server's name is redirected to another site (D3).
fn check_stand_in_site(server: &Server, topology: &Topology) -> Option<Finding> {
    let stand_in = &topology.servers[server.stand_in?];
    let (name, site) = (&stand_in.fqdn, &topology.sites[server.site]);
    let detail = format!("its name is redirected to {name}, in the same site {site}");
    (stand_in.site == server.site)
        .then(|| Finding::new(Rule::FailoverWithinSite, &server.fqdn, detail))
}
