//! Plans: the names of certificates with their reasons, the outages, and the rendered pages.

mod front_ends;
mod large;
mod names;
mod outages;

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, deployment, name, plan, um};
use crate::support::snapshot::{assert_page, assert_states, assert_text};
use expect_test::{expect, expect_file};
use umcert::deployment::{ExchangeForest, ExchangeVersion, Failover, Lync, ServerSet, UmServer};
use umcert::plan::{Outage, OutageScope, RouteTarget};
use umcert::{Deployment, Plan, PlanOptions, Rule, SanPolicy};

fn plan_with(text: &str, options: PlanOptions) -> Plan {
    Plan::new(&deployment(text), &options).unwrap()
}

fn set_of(hosts: &[&str], failover: impl Into<Option<Failover>>) -> Deployment {
    let servers: Vec<UmServer> = hosts
        .iter()
        .map(|host| UmServer::new(*host, "Tukwila").unwrap())
        .collect();
    Deployment::new(
        Lync::new("contoso.com").unwrap(),
        [ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2013).unwrap()],
        [ServerSet::new("um", servers, failover)],
        [],
    )
}

#[test]
fn example_2_moves_no_name() {
    for policy in SanPolicy::ALL {
        let plan = plan(EXAMPLE_2, *policy);
        assert!(
            plan.certificates()
                .iter()
                .all(|it| it.stand_ins().next().is_none())
        );
        assert!(plan.outages().all(|outage| outage.routes.is_empty()));
        let snapshot = format!("../../../snapshots/plan-of-example-2-{policy}.txt");
        assert_page(&plan, &expect_file![snapshot]);
        // The plan follows the policy in any case.
        let covers_other = plan.certificate(&um(1)).unwrap().covering(&um(2)).is_some();
        assert_eq!(covers_other, *policy != SanPolicy::Minimal, "{policy}");
    }
    let moving = plan(EXAMPLE_1, SanPolicy::EveryServer);
    assert_page(
        moving,
        &expect_file!["../../../snapshots/plan-of-example-1.txt"],
    );
}

/// Returns each route, such as `um1.contoso.com→um3.contoso.com`.
fn routes(outage: &Outage) -> Vec<String> {
    let route = |route: &umcert::plan::NameRoute| match &route.answer {
        RouteTarget::Server { server, .. } => format!("{}→{server}", route.name),
        RouteTarget::DeadEnd(last) => format!("{}→({last})", route.name),
        other => format!("{}→{other:?}", route.name),
    };
    outage.routes.iter().map(route).collect()
}

#[test]
fn planning_twice_gives_equal_plans() {
    for text in [EXAMPLE_1, EXAMPLE_2] {
        let json = |plan: &Plan| serde_json::to_string(plan).unwrap();
        let (first, second) = (
            plan(text, SanPolicy::Wildcard),
            plan(text, SanPolicy::Wildcard),
        );
        assert_eq!(json(&first), json(&second));
        assert_eq!(first, second);
    }
}

#[test]
fn invalid_deployment_is_not_planned() {
    let mut deployment = deployment(EXAMPLE_1);
    deployment.server_sets[0].servers.pop();
    let error = Plan::new(&deployment, &PlanOptions::default()).unwrap_err();
    assert!(error.to_string().contains("um4.contoso.com"), "{error}");
}

#[test]
fn plan_serializes_to_json() {
    let plan = plan(EXAMPLE_1, SanPolicy::Wildcard);
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(
        json["certificates"][0],
        serde_json::json!({
            "subject": "um1.contoso.com",
            "servers": ["um1.contoso.com"],
            "key": "p256",
            "extended-key-usage": ["server-auth"],
            "names": [
                { "name": "um1.contoso.com", "reasons": ["the own name of um1.contoso.com"] },
                { "name": "*.contoso.com", "reasons": [
                    "um3.contoso.com points here when site Dublin is out",
                    "um3.contoso.com points here when server um3.contoso.com is out",
                ] },
            ],
        })
    );
    assert_eq!(
        json["outages"][0],
        serde_json::json!({
            "cause": { "site": "Tukwila" },
            "routes": [
                { "name": "um1.contoso.com", "answer": { "server": {
                    "server": "um3.contoso.com", "covered-by": "*.contoso.com" } } },
                { "name": "um2.contoso.com", "answer": { "server": {
                    "server": "um4.contoso.com", "covered-by": "*.contoso.com" } } },
            ],
            "dial-plans": [],
        })
    );
    assert!(json["findings"].is_array());
}

/// Returns a deployment of `count` servers in ten sites, each redirected to the next but one.
fn ring_of(count: usize) -> Deployment {
    let host = |number: usize| format!("um{}.contoso.com", number % count);
    let servers = (0..count)
        .map(|number| UmServer::new(host(number), format!("Site {}", number % 10)).unwrap());
    let redirects = (0..count).map(|number| (host(number), host(number + 2)));
    let mut deployment = set_of(&["um0.contoso.com"], Failover::dns(redirects).unwrap());
    deployment.server_sets[0].servers = servers.collect();
    deployment
}

#[test]
fn page_lists_names_with_reasons_and_counts_the_others() {
    let plan = Plan::new(&ring_of(30), &PlanOptions::default()).unwrap();
    let certificate = plan.certificate(&name("um20.contoso.com")).unwrap();
    let page = certificate.to_string();
    let first: Vec<&str> = page
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let expected = [20, 0, 1, 2, 3, 4, 5, 6, 7, 18].map(|number| format!("um{number}.contoso.com"));
    assert_eq!(first[..10], expected, "{page}");
    let last = page.lines().last().unwrap();
    assert_states(last, &[" 20 "]);
    assert_text(
        last,
        &expect![[r#"  and 20 more names required by the SAN policy"#]],
    );
    let page = plan.to_markdown();
    let left_out: Vec<&str> = page
        .lines()
        .filter(|line| line.contains(" 20 more names "))
        .collect();
    assert_eq!(left_out.len(), 30, "{page}");
    assert_text(
        left_out[0],
        &expect![[r#"And 20 more names required by the SAN policy."#]],
    );
}

#[test]
fn plans_with_other_combinations_differ() {
    let mut deployment = deployment(EXAMPLE_1);
    // Each server is its own site, so that pairs of sites and pairs of servers have the same members.
    for server in &mut deployment.server_sets[0].servers {
        server.site = format!("Site of {}", server.fqdn);
    }
    let plan = |deployment: &Deployment, scope| {
        Plan::new(deployment, &PlanOptions::default().outages(scope)).unwrap()
    };
    let site_pairs = plan(&deployment, OutageScope::SitePairs);
    let server_pairs = plan(&deployment, OutageScope::Servers(2));
    assert_eq!(site_pairs.outages().len(), server_pairs.outages().len());
    assert_ne!(site_pairs, server_pairs);
    assert_ne!(site_pairs, plan(&deployment, OutageScope::Single));

    // Without redirects no combination has a new effect.
    deployment.server_sets[0].failover = None;
    let single = plan(&deployment, OutageScope::Single);
    assert_eq!(plan(&deployment, OutageScope::SitePairs), single);
    assert_eq!(plan(&deployment, OutageScope::Servers(2)), single);
}

#[test]
fn extreme_options_are_followed() {
    let deployment = deployment(EXAMPLE_1);
    let plan = |options: PlanOptions| Plan::new(&deployment, &options).unwrap();
    let default = PlanOptions::default;
    // Single outages are always considered, so 0 and 1 change nothing. A number above the maximum is the maximum.
    for count in [0, 1] {
        assert_eq!(
            plan(default().outages(OutageScope::Servers(count))),
            plan(default())
        );
    }
    let all = plan(default().outages(OutageScope::Servers(OutageScope::MAX_SERVERS)));
    assert_eq!(plan(default().outages(OutageScope::Servers(u8::MAX))), all);
    let has_too_many = |plan: &Plan| {
        let mut findings = plan.findings().iter();
        findings.any(|it| it.rule() == Rule::TooManyNames)
    };
    assert!(has_too_many(&plan(default().max_names(0))));
    assert!(has_too_many(&plan(default().max_size(0))));
    assert!(!has_too_many(&plan(
        default().max_names(usize::MAX).max_size(usize::MAX)
    )));
}
