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

use common::{EXAMPLE_1, Scene, TODAY, um};
use time::Duration;
use umcert::faulty::Fault;
use umcert::{Rule, SanPolicy, TestCa, TestCaOptions};

#[track_caller]
fn assert_brings_its_rule_alone(scene: &Scene, fault: Fault) {
    let planned = scene.plan.certificate(&um(1)).unwrap();
    let faulty = scene.ca.issue_faulty(planned, fault, TODAY).unwrap();
    let report = scene
        .audit()
        .presented(um(1), faulty.chain().clone())
        .crls(faulty.crls().iter().cloned())
        .run(TODAY);
    let rules: HashSet<Rule> = report.findings().iter().map(|it| it.rule()).collect();
    assert_eq!(rules, HashSet::from([fault.rule()]), "{fault:?}: {report}");
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
        for fault in Fault::ALL {
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
    for fault in Fault::ALL {
        assert_brings_its_rule_alone(&scene, *fault);
    }
}
