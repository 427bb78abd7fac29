//! Guidelines of single servers.

use super::{Facts, Membership};
use crate::deployment::{ExchangeVersion, Listed, StartupMode};
use crate::rule::{Finding, Rule};

pub(super) fn check(
    facts: &Facts<'_>,
    listed: &Listed<'_>,
    membership: Membership,
    findings: &mut Vec<Finding>,
) {
    let server = listed.server;
    let mut find = |rule, detail: String| findings.push(Finding::new(rule, &server.fqdn, detail));
    if listed.is_special {
        if let Some(detail) = ipv6_without_ucma4(listed) {
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
    let stand_in = listed
        .redirect
        .and_then(|number| facts.directory.servers.get(number));
    if let Some(stand_in) = stand_in.filter(|stand_in| stand_in.site == listed.site) {
        let detail = format!(
            "its name is redirected to {}, in the same site {}",
            stand_in.server.fqdn, server.site
        );
        find(Rule::FailoverWithinSite, detail);
    }
}

fn ipv6_without_ucma4(listed: &Listed<'_>) -> Option<String> {
    let Listed { server, forest, .. } = listed;
    let address = server.addresses.iter().find(|address| address.is_ipv6())?;
    let version = forest.version;
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
