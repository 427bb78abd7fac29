//! The outages of a plan: which server answers to which name, and which dial plan is not served.

use super::{plan_with, routes, set_of};
use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, plan, um};
use umcert::deployment::{Failover, UmServer};
use umcert::plan::{Outage, OutageScope, RouteTarget};
use umcert::{Plan, PlanOptions, Rule, SanName, SanPolicy};

#[test]
fn combined_outages_without_new_effects_are_omitted() {
    let causes = |plan: &Plan| -> Vec<String> {
        plan.outages()
            .skip(6)
            .map(|outage| outage.cause.to_string())
            .collect()
    };
    let options = PlanOptions::default().outages(OutageScope::SitePairs);
    let plan = plan_with(EXAMPLE_1, options.clone());
    assert_eq!(causes(&plan), ["sites Tukwila and Dublin"]);
    assert_eq!(plan.outages().nth(6).unwrap().routes.len(), 4);
    let plan = plan_with(EXAMPLE_2, options);
    assert_eq!(causes(&plan), ["sites Tukwila and Dublin"]);
    let options = PlanOptions::default().outages(OutageScope::Servers(2));
    let plan = plan_with(EXAMPLE_1, options);
    assert_eq!(
        causes(&plan),
        [
            "servers um1.contoso.com and um3.contoso.com",
            "servers um2.contoso.com and um4.contoso.com"
        ]
    );
}

/// Two sets that serve one dial plan: the name of `x` moves to `z`, and `y` has no stand-in.
const BOTH_WAYS: &str = r#"
    exchange = [{ forest = "a.test", version = "2013" }]

    [lync]
    forest = "a.test"

    [[server-sets]]
    name = "dns"
    failover = { method = "dns", redirects = { "x.a.test" = "z.a.test" } }
    servers = [{ fqdn = "x.a.test", site = "1" }, { fqdn = "z.a.test", site = "2" }]

    [[server-sets]]
    name = "dial-plan"
    failover = { method = "dial-plan" }
    servers = [{ fqdn = "y.a.test", site = "1" }]

    [[dial-plans]]
    name = "P"
    uri-type = "sip-uri"
    security = "secured"
    members = [{ server = "x.a.test" }, { server = "y.a.test" }]
"#;

#[test]
fn dial_plan_is_unserved_if_its_stand_ins_are_down() {
    for (scope, expected) in [
        (OutageScope::Single, &[][..]),
        (OutageScope::Servers(2), &[]),
        (
            OutageScope::Servers(3),
            &["servers x.a.test and z.a.test and y.a.test"],
        ),
        (OutageScope::SitePairs, &["sites 1 and 2"]),
    ] {
        let plan = plan_with(BOTH_WAYS, PlanOptions::default().outages(scope));
        let unserved = |outage: &Outage| outage.dial_plans.iter().any(|it| !it.is_served());
        let unserved = plan.outages().filter(unserved);
        let unserved: Vec<String> = unserved.map(|outage| outage.cause.to_string()).collect();
        assert_eq!(unserved, expected, "{scope:?}");
    }
}

#[test]
fn disabled_member_is_lost_with_its_server() {
    // A member whose server is out is never enabled, even if `z` answers to its name.
    let members =
        r#"members = [{ server = "x.a.test", enabled = false }, { server = "y.a.test" }]"#;
    let (before, _) = BOTH_WAYS.split_once("members =").unwrap();
    let text = format!("{before}{members}");
    for (scope, expected) in [
        (OutageScope::Servers(2), "servers x.a.test and y.a.test"),
        (OutageScope::SitePairs, "site 1"),
    ] {
        let plan = plan_with(&text, PlanOptions::default().outages(scope));
        let mut findings = plan.findings().iter();
        let finding = findings.find(|it| it.rule() == Rule::UnansweredName && it.subject() == "P");
        let detail = finding.unwrap().detail();
        assert!(detail.contains(expected), "{scope:?}: {detail}");
    }
    // If one of the two sites is out, a member is left. If both are out, no member is left.
    let apart = text.replace(r#""y.a.test", site = "1""#, r#""y.a.test", site = "3""#);
    for (scope, found) in [(OutageScope::Single, false), (OutageScope::SitePairs, true)] {
        let plan = plan_with(&apart, PlanOptions::default().outages(scope));
        let mut findings = plan.findings().iter();
        let finding = findings.find(|it| it.rule() == Rule::UnansweredName && it.subject() == "P");
        assert_eq!(finding.is_some(), found, "{scope:?}: {:?}", plan.findings());
    }
}

fn outage(plan: &Plan, cause: &str) -> Outage {
    plan.outages()
        .find(|outage| outage.cause.to_string() == cause)
        .unwrap()
}

#[test]
fn outages_of_each_site_and_server_are_listed() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let causes: Vec<String> = plan.outages().map(|it| it.cause.to_string()).collect();
    assert_eq!(
        causes,
        [
            "site Tukwila",
            "site Dublin",
            "server um1.contoso.com",
            "server um2.contoso.com",
            "server um3.contoso.com",
            "server um4.contoso.com",
        ]
    );
    assert_eq!(
        routes(&outage(&plan, "site Tukwila")),
        [
            "um1.contoso.com→um3.contoso.com",
            "um2.contoso.com→um4.contoso.com"
        ]
    );
    assert_eq!(
        routes(&outage(&plan, "site Dublin")),
        [
            "um3.contoso.com→um1.contoso.com",
            "um4.contoso.com→um2.contoso.com"
        ]
    );
    assert_eq!(
        routes(&outage(&plan, "server um2.contoso.com")),
        ["um2.contoso.com→um4.contoso.com"]
    );
}

#[test]
fn route_names_the_covering_entry() {
    for (policy, expected) in [
        (SanPolicy::EveryServer, "um1.contoso.com"),
        (SanPolicy::Wildcard, "*.contoso.com"),
    ] {
        let plan = plan(EXAMPLE_1, policy);
        let tukwila = outage(&plan, "site Tukwila");
        let answer = &tukwila.routes[0].answer;
        let RouteTarget::Server {
            server,
            covered_by: Some(entry),
            ..
        } = answer
        else {
            panic!("{policy}: {answer:?}");
        };
        assert_eq!(
            (server, entry.to_string().as_str()),
            (&um(3), expected),
            "{policy}"
        );
    }
}

#[test]
fn outages_with_presented_names_show_uncovered_routes() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let own = |server: &umcert::DnsName| [SanName::from(server)];
    for outage in plan.outages_under(|server| Some(own(server))) {
        for route in outage.routes {
            assert!(
                matches!(
                    route.answer,
                    RouteTarget::Server {
                        covered_by: None,
                        ..
                    }
                ),
                "{route:?}"
            );
        }
    }
    let planned = |server: &umcert::DnsName| {
        Some(plan.certificate(server)?.names().collect::<Vec<SanName>>())
    };
    assert!(plan.outages_under(planned).eq(plan.outages()));
}

#[test]
fn dial_plan_failover_enables_members_if_none_is_left() {
    let plan = plan(EXAMPLE_2, SanPolicy::EveryServer);
    let shift = outage(&plan, "site Tukwila").dial_plans.remove(0);
    assert_eq!(shift.disable, [um(1), um(2)]);
    assert_eq!(shift.enable, [um(3), um(4)]);
    assert_eq!((shift.remaining, shift.is_served()), (0, true));
    let shift = outage(&plan, "server um1.contoso.com").dial_plans.remove(0);
    assert_eq!(
        (shift.disable.as_slice(), shift.enable.as_slice()),
        (&[um(1)][..], &[][..])
    );
    assert_eq!((shift.remaining, shift.is_served()), (1, true));
    // A stand-by that is out has no effect on the dial plan.
    assert!(outage(&plan, "site Dublin").dial_plans.is_empty());
}

/// Plans four servers with these redirects: the first three in one site, the fourth in another.
fn chain_of(redirects: &[(usize, usize)]) -> Plan {
    let servers =
        (1..=4).map(|number| UmServer::new(um(number), format!("Site {number}")).unwrap());
    let redirects = redirects.iter().map(|(from, to)| (um(*from), um(*to)));
    let failover = Failover::dns(redirects).unwrap();
    let mut deployment = set_of(&["um1.contoso.com"], failover);
    deployment.server_sets[0].servers = servers.collect();
    // An outage of this site stops servers 1, 2 and 3.
    for server in &mut deployment.server_sets[0].servers[..3] {
        server.site = "Tukwila".into();
    }
    Plan::new(&deployment, &PlanOptions::default()).unwrap()
}

#[test]
fn redirects_are_followed_to_a_server_that_is_up() {
    let plan = chain_of(&[(1, 2), (2, 3), (3, 4)]);
    assert_eq!(
        routes(&outage(&plan, "site Tukwila")),
        [
            "um1.contoso.com→um4.contoso.com",
            "um2.contoso.com→um4.contoso.com",
            "um3.contoso.com→um4.contoso.com"
        ]
    );
    assert_eq!(
        routes(&outage(&plan, "server um1.contoso.com")),
        ["um1.contoso.com→um2.contoso.com"]
    );
}

#[test]
fn redirect_loops_and_dead_ends_have_no_answer() {
    let plan = chain_of(&[(1, 2), (2, 1), (4, 4)]);
    assert_eq!(
        routes(&outage(&plan, "site Tukwila")),
        [
            "um1.contoso.com→Loop",
            "um2.contoso.com→Loop",
            "um3.contoso.com→(um3.contoso.com)"
        ]
    );
    assert_eq!(
        routes(&outage(&plan, "server um4.contoso.com")),
        ["um4.contoso.com→Loop"]
    );
    let plan = chain_of(&[(1, 2), (2, 3)]);
    assert_eq!(
        routes(&outage(&plan, "site Tukwila")),
        [
            "um1.contoso.com→(um3.contoso.com)",
            "um2.contoso.com→(um3.contoso.com)",
            "um3.contoso.com→(um3.contoso.com)"
        ]
    );
}
