//! Plans: names, reasons, outages, and that they prove what they say.

use crate::support::deployments::{self, EXAMPLE_1, EXAMPLE_2, FAST, deployment, name, plan, um};
use crate::support::snapshot::{assert_page, assert_rows, assert_states, assert_text};
use expect_test::{expect, expect_file};
use umcert::deployment::{
    DialPlan, DialPlanMember, ExchangeForest, ExchangeVersion, Failover, Lync, ServerSet, UmServer,
};
use umcert::plan::{
    CaProfile, CertificateSharing, Outage, OutageCause, OutageScope, Reason, RouteTarget,
};
use umcert::{Deployment, Finding, Plan, PlanOptions, Rule, SanName, SanPolicy};

fn names(plan: &Plan, server: usize) -> Vec<String> {
    let certificate = plan.certificate(&um(server)).unwrap();
    certificate.names().map(|name| name.to_string()).collect()
}

#[test]
fn every_server_lists_its_own_name_and_then_the_set() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    assert_eq!(
        names(&plan, 3),
        [
            "um3.contoso.com",
            "um1.contoso.com",
            "um2.contoso.com",
            "um4.contoso.com"
        ]
    );
    assert_eq!(plan.certificates().len(), 4);
    assert!(plan.certificate(&name("um5.contoso.com")).is_none());
}

#[test]
fn minimal_lists_the_own_name_and_those_that_move_here() {
    let plan = plan(EXAMPLE_1, SanPolicy::Minimal);
    assert_eq!(names(&plan, 3), ["um3.contoso.com", "um1.contoso.com"]);
    let plan = deployments::plan(EXAMPLE_2, SanPolicy::Minimal);
    assert_eq!(names(&plan, 3), ["um3.contoso.com"]);
}

fn plan_with(text: &str, options: PlanOptions) -> Plan {
    Plan::new(&deployment(text), &options).unwrap()
}

#[test]
fn minimal_follows_the_outage_scope() {
    let mut deployment = deployment(EXAMPLE_1);
    // 1 → 3 → 2 → 4: once 1 and 3 are out, the name of 1 comes to 2.
    let redirects = [(1, 3), (3, 2), (2, 4)].map(|(from, to)| (um(from), um(to)));
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
    for (scope, expected) in [
        (OutageScope::Single, &[3][..]),
        (OutageScope::Servers(1), &[3]),
        (OutageScope::Servers(2), &[1, 3]),
        (OutageScope::SitePairs, &[3]),
    ] {
        let options = PlanOptions::default()
            .san(SanPolicy::Minimal)
            .outages(scope);
        let plan = Plan::new(&deployment, &options).unwrap();
        let expected: Vec<String> = [2]
            .iter()
            .chain(expected)
            .map(|number| um(*number).to_string())
            .collect();
        assert_eq!(names(&plan, 2), expected, "{scope:?}");
    }
}

#[test]
fn shared_certificate_has_the_first_server_as_its_cn() {
    let options = PlanOptions::default().sharing(CertificateSharing::OnePerSet);
    for (policy, expected) in [
        (
            SanPolicy::EveryServer,
            &[
                "um1.contoso.com",
                "um2.contoso.com",
                "um3.contoso.com",
                "um4.contoso.com",
            ][..],
        ),
        (SanPolicy::Wildcard, &["um1.contoso.com", "*.contoso.com"]),
        (
            SanPolicy::Minimal,
            &[
                "um1.contoso.com",
                "um2.contoso.com",
                "um3.contoso.com",
                "um4.contoso.com",
            ],
        ),
    ] {
        let plan = plan_with(EXAMPLE_1, options.clone().san(policy));
        assert_eq!(plan.certificates().len(), 1, "{policy}");
        let certificate = plan.certificate(&um(3)).unwrap();
        assert_eq!(*certificate.subject(), um(1));
        assert_eq!(certificate.servers(), [um(1), um(2), um(3), um(4)]);
        assert_eq!(names(&plan, 4), expected, "{policy}");
        assert_states(&plan, &["um2.contoso.com, um3.contoso.com"]);
    }
}

#[test]
fn acme_like_ca_gets_the_wildcard_only() {
    let options = PlanOptions::default()
        .san(SanPolicy::Wildcard)
        .ca(CaProfile::AcmeLike);
    let plan = plan_with(EXAMPLE_1, options.clone());
    assert_eq!(names(&plan, 3), ["*.contoso.com"]);
    assert_eq!(plan.certificate(&um(3)).unwrap().subject(), &um(3));
    // A name that no wildcard covers stays, and comes first where it is the own one.
    let deployment = set_of(&["um1.contoso.com", "um.local"], None);
    let plan = Plan::new(&deployment, &options).unwrap();
    let certificate = plan.certificate(&name("um.local")).unwrap();
    let of_local: Vec<String> = certificate.names().map(|name| name.to_string()).collect();
    assert_eq!(of_local, ["um.local", "*.contoso.com"]);
}

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

/// Two sets behind one dial plan: the name of `x` moves to `z`, and `y` has no stand-in.
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
    // A member whose server is out is never enabled, though `z` answers to its name.
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
    // Apart, each site leaves the dial plan somebody; together they do not.
    let apart = text.replace(r#""y.a.test", site = "1""#, r#""y.a.test", site = "3""#);
    for (scope, found) in [(OutageScope::Single, false), (OutageScope::SitePairs, true)] {
        let plan = plan_with(&apart, PlanOptions::default().outages(scope));
        let mut findings = plan.findings().iter();
        let finding = findings.find(|it| it.rule() == Rule::UnansweredName && it.subject() == "P");
        assert_eq!(finding.is_some(), found, "{scope:?}: {:?}", plan.findings());
    }
}

#[test]
fn wildcard_lists_the_own_name_and_then_the_wildcard() {
    let plan = plan(EXAMPLE_1, SanPolicy::Wildcard);
    assert_eq!(names(&plan, 3), ["um3.contoso.com", "*.contoso.com"]);
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
fn wildcards_are_one_per_domain_and_never_under_one_label() {
    let deployment = set_of(&["um1.contoso.com", "um.local", "um2.eu.contoso.com"], None);
    let options = PlanOptions::default().san(SanPolicy::Wildcard);
    let plan = Plan::new(&deployment, &options).unwrap();
    let of = |server: &str| -> Vec<String> {
        plan.certificate(&name(server))
            .unwrap()
            .names()
            .map(|name| name.to_string())
            .collect()
    };
    assert_eq!(
        of("um1.contoso.com"),
        [
            "um1.contoso.com",
            "um.local",
            "*.contoso.com",
            "*.eu.contoso.com"
        ]
    );
    assert_eq!(
        of("um.local"),
        ["um.local", "*.contoso.com", "*.eu.contoso.com"]
    );
}

#[test]
fn planned_name_states_its_reasons() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let reasons: Vec<(String, Reason)> = plan
        .certificate(&um(3))
        .unwrap()
        .planned_names()
        .flat_map(|planned| {
            let reasons = planned.reasons.into_iter();
            reasons.map(move |reason| (planned.name.to_string(), reason))
        })
        .collect();
    let facts = [
        ("um3.contoso.com", "um3.contoso.com"),
        ("um1.contoso.com", "site Tukwila"),
        ("um1.contoso.com", "server um1.contoso.com"),
        ("um2.contoso.com", "every-server"),
        ("um4.contoso.com", "every-server"),
    ];
    assert_eq!(reasons.len(), facts.len());
    for ((name, reason), (expected, fact)) in reasons.iter().zip(facts) {
        assert_eq!(name, expected);
        assert_states(reason, &[fact]);
    }
    assert_rows(
        reasons,
        &expect![[r#"
        um3.contoso.com: the own name of um3.contoso.com
        um1.contoso.com: um1.contoso.com points here when site Tukwila is out
        um1.contoso.com: um1.contoso.com points here when server um1.contoso.com is out
        um2.contoso.com: asked for by the policy every-server
        um4.contoso.com: asked for by the policy every-server
    "#]],
    );
}

#[test]
fn wildcard_has_the_reasons_of_the_names_it_covers() {
    let plan = plan(EXAMPLE_1, SanPolicy::Wildcard);
    let planned = plan
        .certificate(&um(3))
        .unwrap()
        .planned_names()
        .last()
        .unwrap();
    assert_eq!(planned.name.to_string(), "*.contoso.com");
    assert!(matches!(&planned.reasons[..], [Reason::StandIn { name, .. }, _] if *name == um(1)));
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
        let snapshot = format!("../../snapshots/plan-of-example-2-{policy}.txt");
        assert_page(&plan, &expect_file![snapshot]);
        // The policy is followed all the same.
        let covers_other = plan.certificate(&um(1)).unwrap().covering(&um(2)).is_some();
        assert_eq!(covers_other, *policy != SanPolicy::Minimal, "{policy}");
    }
    let moving = plan(EXAMPLE_1, SanPolicy::EveryServer);
    assert_page(
        moving,
        &expect_file!["../../snapshots/plan-of-example-1.txt"],
    );
}

fn outage(plan: &Plan, cause: &str) -> Outage {
    plan.outages()
        .find(|outage| outage.cause.to_string() == cause)
        .unwrap()
}

/// `um1.contoso.com→um3.contoso.com`, one a route.
fn routes(outage: &Outage) -> Vec<String> {
    let route = |route: &umcert::plan::NameRoute| match &route.answer {
        RouteTarget::Server { server, .. } => format!("{}→{server}", route.name),
        RouteTarget::DeadEnd(last) => format!("{}→({last})", route.name),
        other => format!("{}→{other:?}", route.name),
    };
    outage.routes.iter().map(route).collect()
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
    // A stand-by that is out takes nothing away on that day.
    assert!(outage(&plan, "site Dublin").dial_plans.is_empty());
}

/// Four servers of four sites, with these redirects.
fn chain_of(redirects: &[(usize, usize)]) -> Plan {
    let servers =
        (1..=4).map(|number| UmServer::new(um(number), format!("Site {number}")).unwrap());
    let redirects = redirects.iter().map(|(from, to)| (um(*from), um(*to)));
    let failover = Failover::dns(redirects).unwrap();
    let mut deployment = set_of(&["um1.contoso.com"], failover);
    deployment.server_sets[0].servers = servers.collect();
    // One outage takes 1, 2 and 3.
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
    // A loop in which every site is a server, so that every pair of neighbours changes something.
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
    // One big loop: in the outage of a site each name ends at its neighbour in the next.
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
        &expect!["  and 20 more names required by the SAN policy"],
    );
    let page = plan.to_markdown();
    let left_out: Vec<&str> = page
        .lines()
        .filter(|line| line.contains(" 20 more "))
        .collect();
    assert_eq!(left_out.len(), 30, "{page}");
    assert_text(
        left_out[0],
        &expect!["And 20 more names required by the SAN policy."],
    );
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
    // Each of the first half is a site, and its name comes to the head of a chain through the other half.
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
    let asleep: Vec<DialPlanMember> = names
        .map(|name| DialPlanMember::disabled(name).unwrap())
        .collect();
    let mut awake = asleep.clone();
    awake[0].enabled = true;
    deployment.dial_plans = vec![
        DialPlan::new("Asleep", asleep),
        DialPlan::new("Awake", awake),
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
        // The one that is enabled gives way to all the others.
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

#[test]
fn plans_with_other_combinations_differ() {
    let mut deployment = deployment(EXAMPLE_1);
    // Each server is a site, so that pairs of sites and of servers have the same members.
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

    // Without redirects no combination changes anything.
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
    // None and one server at once is what is walked anyway; more than there are is all of them.
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
