//! The time until which failover is safe, and why it is not.

use super::{another_ca, verdicts};
use crate::support::deployments::{self, EXAMPLE_1, EXAMPLE_2, FAST, TODAY, deployment, um};
use crate::support::scene::{Scene, assert_finds, ca};
use crate::support::snapshot::{assert_lines, assert_rows, assert_states};
use expect_test::expect;
use time::{Duration, OffsetDateTime};
use umcert::deployment::Failover;
use umcert::issue::TestCaOptions;
use umcert::{Audit, Plan, PlanOptions, Rule, SanPolicy, TestCa, TrustStore};

/// Returns the expiry of the certificates that the servers present.
fn end_of(scene: &Scene) -> OffsetDateTime {
    let chain = scene.chain(&um(1));
    chain.certificates().map(|it| it.not_after()).min().unwrap()
}

#[test]
fn failover_is_safe_until_the_first_stand_in_expires() {
    for text in [EXAMPLE_1, EXAMPLE_2] {
        let scene = Scene::new(text, SanPolicy::EveryServer);
        let end = end_of(&scene);
        let report = scene.audit().run(TODAY);
        assert_eq!(report.failover_safe_until(), Some(end + Duration::SECOND));

        // A stand-in that expires earlier ends it earlier.
        let options = TestCaOptions::valid_from(TODAY - Duration::DAY).leaf_days(100);
        let ca = TestCa::with_options("Another CA", &options).unwrap();
        let key = umcert::KeyPair::generate(FAST).unwrap();
        let short = ca
            .issue_planned(scene.plan.certificate(&um(3)).unwrap(), key)
            .unwrap();
        let roots: TrustStore = [scene.ca.roots(), ca.roots()]
            .concat()
            .into_iter()
            .collect();
        let audit = scene
            .audit()
            .lync_roots(&roots)
            .exchange_roots(&roots)
            .presented(um(3), short.chain().clone());
        let end = TODAY + Duration::days(99);
        assert_eq!(
            audit.run(TODAY).failover_safe_until(),
            Some(end + Duration::SECOND)
        );
        // Failover is safe in the last second of the validity, and not in the next.
        assert_eq!(
            audit.run(end).failover_safe_until(),
            Some(end + Duration::SECOND)
        );
        let late = end + Duration::days(3);
        assert_eq!(audit.run(late).failover_safe_until(), Some(late));
    }
}

#[test]
fn failover_with_an_untrusted_stand_in_is_not_safe() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let nothing = Audit::new(&scene.plan).run(TODAY);
    assert_eq!(nothing.failover_safe_until(), Some(TODAY));
    // One relying party does not trust the servers.
    let report = scene.audit().lync_roots(ca().roots()).run(TODAY);
    assert_eq!(report.failover_safe_until(), Some(TODAY));
    // A name that an outage moves here is missing.
    let own = scene.ca.issue_names(["um3.contoso.com"]).unwrap();
    let report = scene
        .audit()
        .presented(um(3), own.chain().clone())
        .run(TODAY);
    assert_finds(&report, &["error name-missing um3.contoso.com"]);
    assert_eq!(report.failover_safe_until(), Some(TODAY));
}

/// A stand-in whose CA only one relying party trusts is an error, as for an active server.
#[test]
fn stand_in_trusted_by_one_side_is_an_error() {
    let (of_both, of_one) = (another_ca("Contoso CA"), another_ca("Fabrikam CA"));
    let mut details = Vec::new();
    for text in [EXAMPLE_1, EXAMPLE_2] {
        let plan = deployments::plan(text, SanPolicy::EveryServer);
        let both: TrustStore = [of_both.roots(), of_one.roots()]
            .concat()
            .into_iter()
            .collect();
        let key = umcert::KeyPair::generate(FAST).unwrap();
        let stand_by = of_one.issue_planned(plan.certificate(&um(3)).unwrap(), key);
        let audit = Audit::new(&plan)
            .lync_roots(&both)
            .exchange_roots(of_both.roots())
            .presented_chains(of_both.issue(&plan).unwrap().chains());
        assert!(audit.run(TODAY).failover_safe_until() > Some(TODAY));
        let report = audit
            .presented(um(3), stand_by.unwrap().chain().clone())
            .run(TODAY);
        assert_finds(&report, &["error untrusted-root um3.contoso.com"]);
        let detail = report.findings()[0].detail();
        assert_states(detail, &["CN=Fabrikam CA", "Exchange (contoso.com)"]);
        assert!(!detail.contains("Lync"), "{detail}");
        details.push(detail.to_owned());
        assert_eq!(report.failover_safe_until(), Some(TODAY));
        let of_um3 = verdicts(&report)
            .into_iter()
            .filter(|it| it.starts_with("um3"));
        assert_eq!(
            of_um3.collect::<Vec<_>>(),
            [
                "um3.contoso.com by Lync through CN=Fabrikam CA",
                "um3.contoso.com not by Exchange (contoso.com) for [UntrustedRoot]",
            ]
        );
    }
    assert_lines(
        details,
        &expect![[r#"
            its chain ends in the root `CN=Fabrikam CA`, which Exchange (contoso.com) does not trust (thumbprint [SHA-1], SHA-256 [SHA-256])
            its chain ends in the root `CN=Fabrikam CA`, which Exchange (contoso.com) does not trust (thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
}

#[test]
fn failover_with_an_unanswered_name_is_not_safe() {
    let options = PlanOptions::default().key(FAST);
    let mut deployment = deployment(EXAMPLE_1);
    if let Some(Failover::Dns { redirects, .. }) = &mut deployment.server_sets[0].failover {
        redirects.retain(|(from, _)| *from != um(1));
    }
    let plan = Plan::new(&deployment, &options).unwrap();
    let ca = ca();
    let audit = |plan: &Plan| {
        let bundle = ca.issue(plan).unwrap();
        let audit = Audit::new(plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots());
        audit
            .presented_chains(bundle.chains())
            .run(TODAY)
            .failover_safe_until()
    };
    assert_eq!(audit(&plan), Some(TODAY));
    deployment.server_sets[0].failover = None;
    assert_eq!(audit(&Plan::new(&deployment, &options).unwrap()), None);
}

#[test]
fn failover_without_an_enabled_member_is_not_safe() {
    let options = PlanOptions::default().key(FAST);
    let ca = ca();
    for (members, is_safe) in [(4, true), (2, false)] {
        let mut deployment = deployment(EXAMPLE_2);
        deployment.dial_plans[0].members.truncate(members);
        let plan = Plan::new(&deployment, &options).unwrap();
        let bundle = ca.issue(&plan).unwrap();
        let report = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented_chains(bundle.chains())
            .run(TODAY);
        assert_finds(&report, &[]);
        let until = report.failover_safe_until().unwrap();
        assert_eq!(until > TODAY, is_safe, "{until}");
    }
}

#[test]
fn expiry_warning_names_the_affected_failover() {
    let mut details = Vec::new();
    for (what, text, facts) in [
        (
            "Example 1",
            EXAMPLE_1,
            &["site Dublin", "server um3.contoso.com"][..],
        ),
        ("Example 2", EXAMPLE_2, &[]),
    ] {
        let scene = Scene::new(text, SanPolicy::EveryServer);
        let report = scene.audit().run(end_of(&scene) - Duration::DAY);
        let of_um1: Vec<_> = report
            .findings()
            .iter()
            .filter(|it| it.subject() == "um1.contoso.com")
            .collect();
        assert_eq!(of_um1.len(), 1, "{report}");
        assert_eq!(of_um1[0].rule(), Rule::ExpiresSoon);
        assert_states(of_um1[0].detail(), facts);
        // The server of Dublin stands in for Tukwila in both examples.
        let of_um3 = report
            .findings()
            .iter()
            .find(|it| it.subject() == "um3.contoso.com")
            .unwrap();
        assert_states(of_um3.detail(), &["site Tukwila"]);
        for finding in [of_um1[0], of_um3] {
            details.push((
                format!("{what}, {}", finding.subject()),
                finding.detail().to_owned(),
            ));
        }
    }
    assert_rows(
        details,
        &expect![[r#"
            Example 1, um1.contoso.com: its certificate expires on 2027-11-22T00:00:00Z, in 1 day: calls then fail, and failover is no longer safe, because this server stands in when site Dublin or server um3.contoso.com is out
            Example 1, um3.contoso.com: its certificate expires on 2027-11-22T00:00:00Z, in 1 day: calls then fail, and failover is no longer safe, because this server stands in when site Tukwila or server um1.contoso.com is out
            Example 2, um1.contoso.com: its certificate expires on 2027-11-22T00:00:00Z, in 1 day: calls then fail
            Example 2, um3.contoso.com: its certificate expires on 2027-11-22T00:00:00Z, in 1 day: calls then fail, and failover is no longer safe, because this server stands in when site Tukwila is out
        "#]],
    );
}
