//! Guidelines of single servers.

use super::{Facts, NO_MEMBER, SECURED_MEMBER};
use crate::deployment::{ExchangeVersion, StartupMode, UmServer};
use crate::rule::{Finding, Rule};

pub(super) fn check(
    facts: &Facts<'_>,
    number: usize,
    server: &UmServer,
    findings: &mut Vec<Finding>,
) {
    let servers = &facts.directory.servers;
    let membership = facts.membership.get(number);
    let mut find = |rule, detail: String| findings.push(Finding::new(rule, &server.fqdn, detail));
    if servers.traits_of(number).is_special() {
        if let Some(detail) = ipv6_without_ucma4(facts, number, server) {
            find(Rule::Ipv6WithoutUcma4, detail);
        }
        if server.startup_mode == StartupMode::Tcp && membership == Some(&SECURED_MEMBER) {
            let detail = "the UM service starts in TCP mode, and the server is a member of a secured dial plan";
            find(Rule::StartupModeTcp, detail.to_owned());
        }
    }
    if membership == Some(&NO_MEMBER) {
        let detail = "it is a member of no dial plan";
        find(Rule::ServerNotInDialPlan, detail.to_owned());
    }
    if let Some(stand_in) = servers.redirect(number)
        && servers.site(stand_in) == servers.site(number)
        && let Some(stand_in) = servers.names.get(stand_in)
    {
        let detail = format!(
            "its name is redirected to {stand_in}, in the same site {}",
            server.site
        );
        find(Rule::FailoverWithinSite, detail);
    }
}

fn ipv6_without_ucma4(facts: &Facts<'_>, number: usize, server: &UmServer) -> Option<String> {
    let mut ipv6 = None;
    for address in &server.addresses {
        if ipv6.is_none() && address.is_ipv6() {
            ipv6 = Some(address);
        }
    }
    let (address, version) = (ipv6?, facts.directory.forest_of(number)?.version);
    match server.ucma {
        Some(ucma) if ucma < 4 => {
            Some(format!("it has the IPv6 address {address} and UCMA {ucma}"))
        }
        None if version < ExchangeVersion::Exchange2013 => Some(format!(
            "it has the IPv6 address {address}, and {} comes with an UCMA older than 4; say `ucma` if it was updated",
            version.product_name()
        )),
        _ => None,
    }
}
