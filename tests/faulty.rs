//! The kit of faults: each brings its own rule, and nothing unrelated.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::HashSet;

use common::{EXAMPLE_1, Scene, TODAY, deployment, um};
use time::Duration;
use umcert::faulty::{Fault, Specimen};
use umcert::{
    Audit, ExchangeVersion, KeyKind, Plan, PlanOptions, Report, Rule, SanPolicy, TestCa,
    TestCaOptions,
};

/// The scenes plan P-256 keys, since every feature generates them; a fault that needs a plan of RSA keys has
/// a test of its own.
fn needs_no_rsa(fault: &&Fault) -> bool {
    **fault != Fault::KeyNotRsa
}

fn rules(report: &Report) -> HashSet<Rule> {
    report.findings().iter().map(|it| it.rule()).collect()
}

#[track_caller]
fn assert_brings_its_rule_alone(scene: &Scene, fault: Fault) {
    let planned = scene.plan.certificate(&um(1)).unwrap();
    let faulty = scene.ca.issue_faulty(planned, fault, TODAY).unwrap();
    let mut audit = scene
        .audit()
        .presented(um(1), faulty.chain().clone())
        .crls(faulty.crls().iter().cloned());
    if let Some(request) = faulty.request() {
        audit = audit.requested(um(1), request.clone());
    }
    let report = audit.run(TODAY);
    assert_eq!(
        rules(&report),
        HashSet::from([fault.rule()]),
        "{fault:?}: {report}"
    );
    if faulty.crls().is_empty() {
        let mut subjects = report.findings().iter().map(|it| it.subject());
        assert!(
            subjects.all(|it| it == um(1).as_str()),
            "{fault:?}: {report}"
        );
    }
}

#[test]
fn every_fault_brings_its_rule_alone_for_its_server_alone() {
    for san in [SanPolicy::EveryServer, SanPolicy::Wildcard] {
        let scene = Scene::new(EXAMPLE_1, san);
        let good = scene.audit().run(TODAY);
        assert_eq!(good.findings(), [], "{good}");
        for fault in Fault::ALL.iter().filter(needs_no_rsa) {
            assert_brings_its_rule_alone(&scene, *fault);
        }
    }
}

#[test]
fn a_root_that_issues_itself_makes_every_fault_too() {
    let mut scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let options = TestCaOptions::starting(TODAY - Duration::DAY).intermediates(0);
    scene.ca = TestCa::with_options("Contoso Root", &options).unwrap();
    scene.bundle = scene.ca.issue(&scene.plan).unwrap();
    for fault in Fault::ALL.iter().filter(needs_no_rsa) {
        assert_brings_its_rule_alone(&scene, *fault);
    }
}

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2013" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

#[test]
fn a_p256_key_in_place_of_the_planned_rsa_key_is_found_where_exchange_is_old() {
    for (version, expected) in [
        (
            ExchangeVersion::Exchange2013,
            HashSet::from([Rule::KeyNotRsa]),
        ),
        (ExchangeVersion::Exchange2016, HashSet::new()),
    ] {
        let mut deployment = deployment(ONE_SERVER);
        deployment.exchange[0].version = version;
        let plan = Plan::new(&deployment, &PlanOptions::default().key(KeyKind::Rsa2048)).unwrap();
        let ca = common::ca();
        let planned = plan.certificate(&um(1)).unwrap();
        let faulty = ca.issue_faulty(planned, Fault::KeyNotRsa, TODAY).unwrap();
        let report = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented(um(1), faulty.chain().clone())
            .run(TODAY);
        assert_eq!(rules(&report), expected, "{version:?}: {report}");
    }
}

#[test]
fn every_specimen_brings_its_rule_alone() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    for specimen in Specimen::ALL {
        let roots = [scene.ca.roots(), &specimen.roots()].concat();
        let report = scene
            .audit()
            .lync_roots(&roots[..])
            .exchange_roots(&roots[..])
            .presented(um(1), specimen.chain())
            .run(TODAY);
        let expected = HashSet::from([specimen.rule()]);
        assert_eq!(rules(&report), expected, "{specimen:?}: {report}");
        let held = specimen.rule() != Rule::DefaultSelfSigned;
        assert_eq!(specimen.roots().len(), usize::from(held), "{specimen:?}");
    }
}

/// The rules of the audit that nothing breaks that one server presents.
const NOT_OF_ONE_CHAIN: &[Rule] = &[Rule::NotPresented, Rule::NotInPlan, Rule::RootsDiffer];

#[test]
fn every_rule_of_the_audit_is_broken_by_a_fault_or_a_specimen() {
    let of_audit = Rule::ALL
        .iter()
        .copied()
        .skip_while(|it| *it != Rule::NotPresented);
    // Two rules of the plan are seen in what is presented too.
    let expected: HashSet<Rule> = of_audit
        .chain([Rule::KeyNotRsa, Rule::KeySizeUnlisted])
        .filter(|it| !NOT_OF_ONE_CHAIN.contains(it))
        .collect();
    let faults = Fault::ALL.iter().map(|it| it.rule());
    let specimens = Specimen::ALL.iter().map(|it| it.rule());
    let broken: HashSet<Rule> = faults.chain(specimens).collect();
    assert_eq!(broken, expected);
}
