//! The scripts of outages: order, zones, addresses and servers in both states.

use umcert::PlanOptions;
use umcert::handoff::{DialPlanMethod, Handoff};

use super::powershell::{calls, paths, script};
use super::scenes::{TWO_FORESTS, options, plan};
use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, deployment};

fn hand_over(text: &str, method: DialPlanMethod) -> Handoff {
    let plan = plan(&deployment(text), PlanOptions::default());
    Handoff::new(&plan, &options().dial_plan_method(method)).unwrap()
}

/// Returns the function, the server and the last argument of each call.
fn steps(handoff: &Handoff, path: &str) -> Vec<String> {
    let script = script(handoff, path);
    let steps = calls(&script).into_iter().map(|call| {
        let words: Vec<&str> = call.split(' ').collect();
        let last = words.last().unwrap();
        format!("{} {} {last}", words[0], words[2])
    });
    steps.collect()
}

#[test]
fn servers_are_enabled_before_others_are_disabled() {
    let handoff = hand_over(EXAMPLE_2, DialPlanMethod::ComponentState);
    let failover = steps(&handoff, "outage-01-dial-plan-failover-exchange-2013.ps1");
    let expected = [
        "Enable-Member 'UM3' $false",
        "Enable-Member 'UM4' $false",
        "Disable-Member 'UM1' $true",
        "Disable-Member 'UM2' $true",
    ];
    assert_eq!(failover, expected);
    let failback = steps(&handoff, "outage-01-dial-plan-failback-exchange-2013.ps1");
    let expected = [
        "Enable-Member 'UM1' $false",
        "Enable-Member 'UM2' $false",
        "Disable-Member 'UM3' $false",
        "Disable-Member 'UM4' $false",
    ];
    assert_eq!(failback, expected);
}

#[test]
fn stand_bys_are_disabled_before_any_outage() {
    let handoff = hand_over(EXAMPLE_2, DialPlanMethod::ComponentState);
    let stand_bys = steps(&handoff, "dial-plan-stand-bys-exchange-2013.ps1");
    assert_eq!(
        stand_bys,
        ["Disable-Member 'UM3' $false", "Disable-Member 'UM4' $false"]
    );
    let handoff = hand_over(EXAMPLE_2, DialPlanMethod::Membership);
    let stand_bys = steps(&handoff, "dial-plan-stand-bys-exchange-2013.ps1");
    assert_eq!(
        stand_bys,
        ["Set-Membership 'UM3' $false", "Set-Membership 'UM4' $false"]
    );
}

#[test]
fn server_in_both_states_moves_by_membership() {
    // um2 is enabled for Dublin and disabled for Tukwila: a switch of the whole server would take it from Dublin.
    let handoff = hand_over(TWO_FORESTS, DialPlanMethod::ComponentState);
    let stand_bys = steps(&handoff, "dial-plan-stand-bys-exchange-2016.ps1");
    assert_eq!(stand_bys, ["Set-Membership 'UM2' $false"]);
    // um3 is a stand-by only.
    let stand_bys = steps(&handoff, "dial-plan-stand-bys-exchange-2010.ps1");
    assert_eq!(stand_bys, ["Disable-Member 'UM3' $false"]);
}

#[test]
fn records_are_named_in_the_longest_zone() {
    let handoff = hand_over(TWO_FORESTS, DialPlanMethod::ComponentState);
    let script = script(&handoff, "dns-prepare.ps1");
    let expected = [
        "Add-HostRecord -Fqdn 'um3.contoso.com' -Zone 'contoso.com' -Name 'um3'",
        "Add-HostRecord -Fqdn 'um4.eu.fabrikam.org' -Zone 'eu.fabrikam.org' -Name 'um4'",
    ];
    assert_eq!(calls(&script), expected);
}

#[test]
fn addresses_are_literals_if_the_deployment_has_them() {
    let handoff = hand_over(TWO_FORESTS, DialPlanMethod::ComponentState);
    let dns: Vec<&str> = paths(&handoff)
        .into_iter()
        .filter(|path| path.contains("dns-fail"))
        .collect();
    let (failover, failback) = (script(&handoff, dns[0]), script(&handoff, dns[1]));
    let expected =
        "-StandIn 'um4.eu.fabrikam.org' -IPv4Address @('198.51.100.14') -IPv6Address @()";
    assert!(calls(&failover)[0].ends_with(expected), "{failover}");
    let expected = "-IPv4Address @('192.0.2.13') -IPv6Address @('2001:db8::13')";
    assert!(calls(&failback)[0].ends_with(expected), "{failback}");
    // Without them the script reads what dns-prepare.ps1 recorded.
    let handoff = hand_over(EXAMPLE_1, DialPlanMethod::ComponentState);
    let dns = paths(&handoff)
        .into_iter()
        .find(|path| path.contains("dns-failover"))
        .unwrap();
    assert!(script(&handoff, dns).contains("$recorded"));
}
