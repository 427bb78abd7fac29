//! Accepted findings: they no longer count, and no verdict changes.

use crate::support::deployments::{EXAMPLE_1, TODAY, um};
use crate::support::forge::Forge;
use crate::support::scene::{Forged, Scene, assert_finds};
use crate::support::snapshot::assert_states;
use umcert::faulty::Fault;
use umcert::{Audit, Finding, Report, Rule, SanPolicy};

/// Returns an audit in which UM server 1 lacks the names of the others.
fn with_missing_names(scene: &Scene) -> Audit<'_> {
    let issued = scene.ca.issue_names(["um1.contoso.com"]).unwrap();
    scene.audit().presented(um(1), issued.chain().clone())
}

/// Returns `audit` with every finding of `report` accepted.
fn accept_all<'a>(audit: Audit<'a>, report: &Report) -> Audit<'a> {
    let findings = report.findings().iter();
    findings.fold(audit, |audit, finding| {
        audit.accept(finding.rule(), finding.subject(), "a test")
    })
}

fn only(report: &Report, rule: Rule) -> &Finding {
    let mut findings = report.findings().iter().filter(|it| it.rule() == rule);
    let finding = findings.next().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(findings.next(), None, "{report}");
    finding
}

#[test]
fn accepted_error_does_not_count_and_stays_in_the_report() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let audit = with_missing_names(&scene);
    let before = audit.run(TODAY);
    assert!(!before.is_trusted());
    let report = audit
        .accept(Rule::NameMissing, um(1), "retired in March")
        .run(TODAY);
    assert!(report.is_trusted(), "{report}");
    assert_eq!(report.verdicts(), before.verdicts());
    assert_eq!(report.failover_safe_until(), before.failover_safe_until());
    assert_eq!(report.findings().len(), before.findings().len());
    for (accepted, finding) in report.findings().iter().zip(before.findings()) {
        let expected = (finding.rule() == Rule::NameMissing).then_some("retired in March");
        assert_eq!(accepted.accepted(), expected, "{finding}");
        assert_eq!(finding.accepted(), None);
        assert_eq!(accepted.severity(), finding.severity());
        assert_eq!(accepted.detail(), finding.detail());
    }
    let page = report.to_string();
    assert_states(page.lines().next().unwrap(), &["trusted", "accepted"]);
    assert!(
        !page.contains("NOT TRUSTED") && !page.contains("error,"),
        "{page}"
    );
    assert_states(&page, &["           accepted: retired in March\n"]);
    assert_states(report.to_markdown(), &["<br>Accepted: retired in March |"]);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["trusted"], true);
    assert_eq!(json["findings"][0]["severity"], "error");
    assert_eq!(json["findings"][0]["accepted"], "retired in March");
    let json = serde_json::to_value(&before).unwrap();
    assert_eq!(json["findings"][0].get("accepted"), None);
}

#[test]
fn acceptance_is_for_one_rule_and_one_subject() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let rows = [
        (Rule::NameMissing, "um1.contoso.com", true),
        (Rule::NameMissing, "UM1.Contoso.com", true),
        (Rule::NameMissing, "um2.contoso.com", false),
        (Rule::NameMissing, "", false),
        (Rule::SubjectNotServer, "um1.contoso.com", false),
    ];
    for (rule, subject, is_accepted) in rows {
        let report = with_missing_names(&scene)
            .accept(rule, subject, "a test")
            .run(TODAY);
        assert_eq!(
            report.is_trusted(),
            is_accepted,
            "{rule} {subject}: {report}"
        );
        let unused = report.findings().iter();
        let unused = unused.filter(|it| it.rule() == Rule::AcceptanceWithoutEffect);
        assert_eq!(
            unused.count(),
            usize::from(!is_accepted),
            "{rule} {subject}: {report}"
        );
    }
}

#[test]
fn acceptance_without_effect_is_a_note_with_its_cause() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let report = scene
        .audit()
        .accept(Rule::Expired, um(2), "a test")
        .run(TODAY);
    assert!(report.is_trusted());
    assert_finds(&report, &["note acceptance-without-effect um2.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert_eq!(detail, "the acceptance of expired matches no finding");

    let audit = with_missing_names(&scene);
    let report = audit
        .clone()
        .accept(Rule::NameMissing, um(1), " \t")
        .run(TODAY);
    assert!(!report.is_trusted());
    let detail = only(&report, Rule::AcceptanceWithoutEffect).detail();
    assert_eq!(detail, "the acceptance of name-missing has no reason");

    // The finding about an acceptance cannot be accepted, and the last reason counts.
    let report = audit
        .accept(Rule::AcceptanceWithoutEffect, um(1), "a test")
        .accept(Rule::NameMissing, um(1), " ")
        .accept(Rule::NameMissing, "UM1.contoso.com", "first")
        .accept(Rule::NameMissing, um(1), "last")
        .run(TODAY);
    assert!(report.is_trusted(), "{report}");
    assert_eq!(report.findings()[0].accepted(), Some("last"));
    assert_states(
        only(&report, Rule::AcceptanceWithoutEffect).detail(),
        &["matches no"],
    );
}

#[test]
fn finding_behind_a_verdict_cannot_be_accepted() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = scene.plan.certificate(&um(1)).unwrap();
    let (mut prevented, mut accepted) = (0, 0);
    for fault in Fault::ALL {
        let faulty = scene.ca.issue_faulty(planned, *fault, TODAY).unwrap();
        let mut audit = scene.audit().crls(faulty.crls().iter().cloned());
        audit = audit.presented(um(1), faulty.chain().clone());
        if let Some(request) = faulty.request() {
            audit = audit.requested(um(1), request.clone());
        }
        let before = audit.run(TODAY);
        let report = accept_all(audit, &before).run(TODAY);
        assert_eq!(report.verdicts(), before.verdicts(), "{fault:?}");
        let is_trusted = before.verdicts().iter().all(|it| it.verdict.is_trusted());
        assert_eq!(report.is_trusted(), is_trusted, "{fault:?}: {report}");
        if is_trusted {
            accepted += 1;
        } else {
            prevented += 1;
            let detail = only(&report, Rule::AcceptanceWithoutEffect).detail();
            assert_states(detail, &[fault.rule().id(), "Lync", "verdict"]);
        }
    }
    assert!(prevented > 5 && accepted > 5, "{prevented} {accepted}");
}

#[test]
fn unjudged_or_missing_chain_cannot_be_accepted() {
    let forged = Forged::new();
    let other = Forge::root("Other");
    let unpresented = Audit::new(&forged.scene.plan).lync_roots(&forged.roots()[..]);
    let untrusted = other.server(1, |_| {});
    let unjudged = forged.intermediate.server(1, |params| {
        let mut policies = rcgen::CustomExtension::from_oid_content(
            &[2, 5, 29, 32],
            vec![0x30, 0x04, 0x30, 0x02, 0x06, 0x00],
        );
        policies.set_criticality(true);
        params.custom_extensions = vec![policies];
    });
    let audits = [
        ("not presented", unpresented),
        (
            "untrusted",
            forged.audit().presented(um(1), forged.chain(untrusted)),
        ),
        (
            "unjudged",
            forged.audit().presented(um(1), forged.chain(unjudged)),
        ),
    ];
    for (row, audit) in audits {
        let before = audit.run(TODAY);
        assert!(
            !before.verdicts()[0].verdict.is_trusted(),
            "{row}: {before}"
        );
        let report = accept_all(audit, &before).run(TODAY);
        assert!(!report.is_trusted(), "{row}: {report}");
        assert_eq!(
            report.is_not_judged(),
            before.is_not_judged(),
            "{row}: {report}"
        );
        assert_eq!(report.verdicts(), before.verdicts(), "{row}");
    }
}

#[test]
fn reason_of_an_acceptance_creates_no_markup() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let reason = "a\nb\u{202e} | <b>[x](y)";
    let audit = with_missing_names(&scene).accept(Rule::NameMissing, um(1), reason);
    let report = audit.run(TODAY);
    assert_eq!(
        report.findings()[0].accepted(),
        Some(r"a\nb\u{202e} | <b>[x](y)")
    );
    assert_states(report.to_string(), &[r"accepted: a\nb\u{202e} | <b>[x](y)"]);
    let page = report.to_markdown();
    assert!(!page.contains("<b>") && !page.contains("[x](y)"), "{page}");
    let long = with_missing_names(&scene).accept(Rule::NameMissing, um(1), "x".repeat(9000));
    let reason = long.run(TODAY).findings()[0].accepted().unwrap().len();
    assert!(reason < 600, "{reason}");
}
