//! Plans of many servers, many sites and long names.

use super::{ring_of, routes, set_of};
use crate::support::deployments::FAST;
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use umcert::deployment::{DialPlan, DialPlanMember, Failover, UmServer};
use umcert::plan::{OutageCause, OutageScope, RouteTarget};
use umcert::{Finding, Plan, PlanOptions, Rule, SanPolicy};

#[test]
fn longest_names_in_3000_sites_are_planned() {
    let domain = format!("{0}.{0}.{0}.{1}.example", "x".repeat(60), "y".repeat(55));
    let hosts: Vec<String> = (0..3_000)
        .map(|number| format!("um{number:04}.{domain}"))
        .collect();
    assert_eq!(hosts[0].len(), 253);
    let servers = hosts
        .iter()
        .map(|host| UmServer::new(host.as_str(), host.as_str()).unwrap());
    let mut deployment = set_of(&["um0.contoso.com"], None);
    deployment.server_sets[0].servers = servers.collect();
    // A loop in which every server is its own site, so that every pair of neighbours has an effect.
    let redirects =
        (0..hosts.len()).map(|it| (hosts[it].as_str(), hosts[(it + 1) % hosts.len()].as_str()));
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
    for (scope, combinations) in [
        (OutageScope::SitePairs, 3_000),
        (OutageScope::Servers(2), 3_000),
        (
            OutageScope::Servers(u8::MAX),
            3_000 * usize::from(OutageScope::MAX_SERVERS - 1),
        ),
    ] {
        let options = PlanOptions::default()
            .san(SanPolicy::Wildcard)
            .outages(scope);
        let plan = Plan::new(&deployment, &options).unwrap();
        assert_eq!(plan.outages().len(), 6_000 + combinations, "{scope:?}");
    }
}

#[test]
fn plan_of_100_000_servers_covers_every_route() {
    let servers = (0..100_000).map(|number| {
        UmServer::new(
            format!("um{number}.contoso.com"),
            format!("Site {}", number % 10),
        )
        .unwrap()
    });
    let mut deployment = set_of(&["um0.contoso.com"], None);
    deployment.server_sets[0].servers = servers.collect();
    let host = |number: usize| format!("um{}.contoso.com", number % 100_000);
    // One loop of all servers. If a site is out, each of its names moves to the neighbour in the next site.
    let redirects = (0..100_000).map(|number| (host(number), host(number + 1)));
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
    let plan = Plan::new(&deployment, &PlanOptions::default().key(FAST)).unwrap();
    assert_eq!(plan.certificates().len(), 100_000);
    assert_eq!(plan.outages().len(), 100_010);
    let mut all = plan.outages().flat_map(|outage| outage.routes);
    assert!(all.all(|route| matches!(
        &route.answer,
        RouteTarget::Server {
            covered_by: Some(_),
            ..
        }
    )));
    assert!(matches!(
        plan.outages().next().unwrap().cause,
        OutageCause::Site(_)
    ));
}

#[test]
fn page_length_is_linear_in_the_servers() {
    for policy in SanPolicy::ALL {
        let length = |count: usize| {
            let options = PlanOptions::default().san(*policy);
            let plan = Plan::new(&ring_of(count), &options).unwrap();
            (plan.to_string().len(), plan.to_markdown().len())
        };
        let (few, many) = (length(50), length(500));
        assert!(many.0 < 12 * few.0, "{policy}: {few:?} {many:?}");
        assert!(many.1 < 12 * few.1, "{policy}: {few:?} {many:?}");
    }
}

#[test]
fn long_site_name_does_not_widen_every_line() {
    let mut deployment = ring_of(30);
    deployment.server_sets[0].servers[29].site = "x".repeat(400);
    let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
    let page = plan.to_string();
    let mut lines = page.lines().filter(|line| !line.contains("xxx"));
    assert!(lines.all(|line| line.len() < 300), "{page}");
}

#[test]
fn sites_that_lead_into_one_long_chain_are_planned() {
    const HALF: usize = 10_000;
    let host = |number: usize| format!("um{number}.contoso.com");
    // Each server of the first half is its own site. Its name moves to the head of a chain through the other half.
    let site = |number: usize| match number {
        0..HALF => format!("Site {number}"),
        _ => "Dublin".to_owned(),
    };
    let servers = (0..2 * HALF).map(|number| UmServer::new(host(number), site(number)).unwrap());
    let redirects = (0..2 * HALF - 1).map(|number| match number {
        0..HALF => (host(number), host(HALF)),
        _ => (host(number), host(number + 1)),
    });
    let mut deployment = set_of(&["um0.contoso.com"], Failover::dns(redirects).unwrap());
    deployment.server_sets[0].servers = servers.collect();
    let options = PlanOptions::default().outages(OutageScope::SitePairs);
    let plan = Plan::new(&deployment, &options).unwrap();
    assert_eq!(plan.outages().len(), HALF + 1 + 2 * HALF + HALF);
    let last = plan.outages().last().unwrap();
    assert_eq!(
        routes(&last),
        [format!(
            "um9999.contoso.com→(um{}.contoso.com)",
            2 * HALF - 1
        )]
    );
}

#[test]
fn large_dial_plan_without_enabled_members_is_found() {
    let servers = (0..20_000).map(|number| {
        UmServer::new(
            format!("um{number}.contoso.com"),
            format!("Site {}", number % 10),
        )
        .unwrap()
    });
    let mut deployment = set_of(&["um0.contoso.com"], Failover::DialPlan);
    deployment.server_sets[0].servers = servers.collect();
    let names = deployment.servers().map(|server| server.fqdn.clone());
    let disabled: Vec<DialPlanMember> = names
        .map(|name| DialPlanMember::disabled(name).unwrap())
        .collect();
    let mut enabled_first = disabled.clone();
    enabled_first[0].enabled = true;
    deployment.dial_plans = vec![
        DialPlan::new("Asleep", disabled),
        DialPlan::new("Awake", enabled_first),
    ];
    let mut details = Vec::new();
    for scope in [
        OutageScope::Single,
        OutageScope::SitePairs,
        OutageScope::Servers(3),
    ] {
        let options = PlanOptions::default()
            .san(SanPolicy::Minimal)
            .outages(scope);
        let plan = Plan::new(&deployment, &options).unwrap();
        let found = plan.findings().iter();
        let found = found.filter(|it| it.rule() == Rule::UnansweredName);
        let found: Vec<&Finding> = found.collect();
        let subjects: Vec<&str> = found.iter().map(|it| it.subject()).collect();
        assert_eq!(subjects, ["Asleep"], "{scope:?}");
        details.push((format!("{scope:?}"), found[0].detail().to_owned()));
        // If the only enabled member is out, all other members are enabled.
        let mut shifts = plan.outages().flat_map(|outage| outage.dial_plans);
        assert_eq!(shifts.next().unwrap().enable.len(), 18_000, "{scope:?}");
        assert_eq!(shifts.next().unwrap().enable.len(), 19_999, "{scope:?}");
        assert_eq!(shifts.next(), None, "{scope:?}");
    }
    assert_rows(
        details,
        &expect![[r#"
        Single: every member is disabled, so no server takes its calls
        SitePairs: every member is disabled, so no server takes its calls
        Servers(3): every member is disabled, so no server takes its calls
    "#]],
    );
}
