//! Deployments with several forests.

use umcert::PlanOptions;
use umcert::deployment::{ExchangeForest, ExchangeVersion};

use super::runbook::{handoff, page_of};
use crate::support::deployments::{EXAMPLE_2, deployment};
use crate::support::snapshot::assert_states;

#[test]
fn two_forests_and_versions_are_told_apart() {
    let mut mixed = deployment(EXAMPLE_2);
    let other = ExchangeForest::new("fabrikam.com", ExchangeVersion::Exchange2010Sp1).unwrap();
    mixed.exchange.push(other);
    for (index, server) in mixed.server_sets[0].servers.iter_mut().enumerate() {
        let forest = if index < 2 {
            "contoso.com"
        } else {
            "fabrikam.com"
        };
        server.forest = Some(forest.parse().unwrap());
    }
    let page = page_of(&mixed);
    assert_states(
        &page,
        &[
            "| `request-exchange-2010.ps1` |",
            "| `request-exchange-2013.ps1` |",
            "(`contoso.com`, `fabrikam.com`)",
            "Exchange 2007 and 2010: servers are switched",
            "Exchange 2013 and 2016: the state",
        ],
    );
    assert!(!page_of(&deployment(EXAMPLE_2)).contains("servers are switched"));
}

#[test]
fn forests_with_one_version_have_scripts_of_their_own() {
    let mut forests = deployment(EXAMPLE_2);
    let version = ExchangeVersion::Exchange2013;
    let other = ExchangeForest::new("fabrikam.com", version).unwrap();
    forests.exchange.push(other);
    for (index, server) in forests.server_sets[0].servers.iter_mut().enumerate() {
        let forest = ["contoso.com", "fabrikam.com"][index / 2];
        server.forest = Some(forest.parse().unwrap());
    }
    let (handoff, page) = handoff(&forests, &PlanOptions::default());
    let text = |path: &str| {
        let file = handoff.files().iter().find(|file| file.path == path);
        String::from_utf8(file.expect(path).contents.clone()).unwrap()
    };
    for (forest, own, others) in [
        ("contoso.com", "UM1", "UM3"),
        ("fabrikam.com", "UM3", "UM1"),
    ] {
        for path in [
            format!("request-exchange-2013-{forest}.ps1"),
            format!("outage-01-dial-plan-failover-exchange-2013-{forest}.ps1"),
        ] {
            let script = text(&path);
            assert!(script.contains(&format!("'{own}'")), "{path}");
            assert!(!script.contains(&format!("'{others}'")), "{path}");
            assert!(page.contains(&path), "{path}");
        }
    }
    assert_states(&page, &["on any server of the forest `fabrikam.com`"]);
    // Servers are enabled before others are disabled.
    let enables = page.find("Run `outage-01-dial-plan-failover-exchange-2013-fabrikam.com.ps1`");
    let disables = page.find("Run `outage-01-dial-plan-failover-exchange-2013-contoso.com.ps1`");
    assert!(enables.is_some() && enables < disables, "{page}");
}
