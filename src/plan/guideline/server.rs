//! Guidelines of single servers.

use super::{Facts, Membership};
use crate::deployment::{ExchangeVersion, StartupMode, UmServer};
use crate::rule::{Finding, Rule};

pub(super) fn check(
    facts: &Facts<'_>,
    number: usize,
    server: &UmServer,
    membership: Membership,
    findings: &mut Vec<Finding>,
) {
    let servers = &facts.directory.servers;
    let mut find = |rule, detail: String| findings.push(Finding::new(rule, &server.fqdn, detail));
    if servers.traits_of(number).is_special() {
        if let Some(detail) = ipv6_without_ucma4(facts, number, server) {
            find(Rule::Ipv6WithoutUcma4, detail);
        }
        if server.startup_mode == StartupMode::Tcp && membership.secured {
            let detail = "the UM service starts in TCP mode, and the server is a member of a secured dial plan";
            find(Rule::StartupModeTcp, detail.to_owned());
        }
    }
    if !membership.any {
        let detail = "it is a member of no dial plan";
        find(Rule::ServerNotInDialPlan, detail.to_owned());
    }
    let stand_in = servers.redirect(number);
    let stand_in = stand_in.filter(|it| servers.site(*it) == servers.site(number));
    if let Some(stand_in) = stand_in.and_then(|stand_in| servers.names.get(stand_in)) {
        let detail = format!(
            "its name is redirected to {stand_in}, in the same site {}",
            server.site
        );
        find(Rule::FailoverWithinSite, detail);
    }
}

fn ipv6_without_ucma4(facts: &Facts<'_>, number: usize, server: &UmServer) -> Option<String> {
    let address = server.addresses.iter().find(|address| address.is_ipv6())?;
    let version = facts.directory.forest_of(number)?.version;
    match server.ucma {
        Some(ucma) if ucma < 4 => {
            Some(format!("it has the IPv6 address {address} and UCMA {ucma}"))
        }
        None if version < ExchangeVersion::Exchange2013 => Some(format!(
            "it has the IPv6 address {address}, and {version} comes with an UCMA older than 4; say `ucma` if it was updated"
        )),
        _ => None,
    }
}
