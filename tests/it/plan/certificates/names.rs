//! The names of a planned certificate, in each SAN policy, with their reasons.

use super::{plan_with, set_of};
use crate::support::deployments::{self, EXAMPLE_1, EXAMPLE_2, deployment, name, plan, um};
use crate::support::snapshot::{assert_rows, assert_states};
use expect_test::expect;
use umcert::deployment::Failover;
use umcert::plan::{CaProfile, CertificateSharing, OutageScope, Reason};
use umcert::{Plan, PlanOptions, SanPolicy};

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

#[test]
fn minimal_follows_the_outage_scope() {
    let mut deployment = deployment(EXAMPLE_1);
    // 1 → 3 → 2 → 4: if 1 and 3 are out, the name of 1 moves to 2.
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
    // A name that no wildcard covers is kept. It comes first if it is the server's own name.
    let deployment = set_of(&["um1.contoso.com", "um.local"], None);
    let plan = Plan::new(&deployment, &options).unwrap();
    let certificate = plan.certificate(&name("um.local")).unwrap();
    let of_local: Vec<String> = certificate.names().map(|name| name.to_string()).collect();
    assert_eq!(of_local, ["um.local", "*.contoso.com"]);
}

#[test]
fn wildcard_lists_the_own_name_and_then_the_wildcard() {
    let plan = plan(EXAMPLE_1, SanPolicy::Wildcard);
    assert_eq!(names(&plan, 3), ["um3.contoso.com", "*.contoso.com"]);
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
