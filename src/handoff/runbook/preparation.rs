//! The section on what is done before an outage.

use super::super::outages::moving_servers;
use super::super::server::HandoffServer;
use super::super::zone::Zones;
use super::context::{RunbookContext, list, list_escaped, paths};
use crate::markdown::{Page, code};

pub(super) fn page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    page.add_paragraph("## Before an outage");
    if context.files.preparation.is_empty() {
        page.add_paragraph(
            "There is nothing to prepare: no outage moves a name, and no dial plan has a stand-by.",
        );
        return page;
    }
    let moving = moving_servers(context.plan, context.servers);
    page.add_page(&dns_page(context, &moving));
    page.add_page(&stand_by_page(context));
    page.add_page(&check_page(context));
    page
}

/// Returns the steps that make a failover by DNS quick, and its failback possible (D75, D78, D79).
fn dns_page(context: &RunbookContext<'_>, moving: &[&HandoffServer<'_>]) -> Page {
    let mut page = Page::default();
    if moving.is_empty() {
        return page;
    }
    page.add_paragraph("### Prepare DNS");
    page.add_steps([
        "On a computer with the PowerShell module DnsServer (Windows Server 2012 and later), with an account that may change \
         the zones: `.\\dns-prepare.ps1 -DnsServer SERVER`.",
        "Keep `dns-records.csv`, which it writes, beside the scripts and in every site. It has the address and the lifetime \
         (TTL) of each record. The failback restores them from it.",
        "Check the lifetimes: they are now five minutes. A failover lasts as long as the lifetime and the caches.",
        "Compare the addresses with this table, and write down those that are missing. The scripts use the addresses of the \
         deployment; if it lists none, those in `dns-records.csv`.",
    ]);
    let zones = Zones::new(context.plan.deployment());
    page.add_header(&["server", "zone", "own addresses"]);
    for server in moving {
        let host = zones.host(server.fqdn());
        page.add_row(&[code(server.fqdn()), code(host.zone), addresses(server)]);
    }
    page.add_points([
        "AAAA records of a name move together with its A records.",
        "Windows registers its own records again: at start, when an address changes, at `ipconfig /registerdns`, and \
         regularly. Sources differ on how often: once a day, or every seven days. The lifetime is then 15 minutes again, so \
         repeat step 1 before a planned outage.",
    ]);
    page
}

/// Returns the addresses of a server as the deployment lists them.
pub(super) fn addresses(server: &HandoffServer<'_>) -> String {
    if server.server.addresses.is_empty() {
        return "not listed".to_owned();
    }
    list(&server.server.addresses)
}

fn stand_by_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    let scripts = paths(&context.files.preparation, ".ps1");
    let scripts: Vec<&str> = scripts
        .filter(|path| path.starts_with("dial-plan-"))
        .collect();
    if scripts.is_empty() {
        return page;
    }
    page.add_paragraph("### Disable the stand-bys");
    page.add_steps([
        format!(
            "In the Exchange Management Shell of the version in its name, run {}. The stand-bys then take no calls.",
            list(scripts)
        ),
        "Restart the Front End service on each Front End (step 7), and check that calls reach no stand-by.".to_owned(),
    ]);
    page
}

/// Returns the table of the servers that take over in an outage.
fn check_page(context: &RunbookContext<'_>) -> Page {
    let mut page = Page::default();
    let takeovers = context.takeovers();
    if takeovers.is_empty() {
        return page;
    }
    page.add_paragraph("### Check each stand-in now");
    page.add_paragraph(
        "Fetch what each of these servers presents (see [Servers](#servers)) and audit it. A failover to a server whose \
         certificate lacks a name fails for that name.",
    );
    page.add_header(&["server", "takes over"]);
    for (server, taken_over) in takeovers {
        page.add_row(&[code(server.fqdn()), list_escaped(&taken_over)]);
    }
    page
}
