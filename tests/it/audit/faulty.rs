//! Faulty chains: each fault causes its own rule and nothing unrelated.

use std::collections::HashSet;

use crate::support::deployments::{EXAMPLE_1, FAST, TODAY, deployment, um};
use crate::support::forge;
use crate::support::scene::{self, Scene};
use time::Duration;
use umcert::deployment::ExchangeVersion;
use umcert::faulty::{Fault, Specimen};
use umcert::issue::TestCaOptions;
use umcert::plan::{CaProfile, CertificateSharing};
use umcert::{Audit, KeyKind, KeyPair, Plan, PlanOptions, Report, Rule, SanPolicy, TestCa};

/// Returns `true` if the fault shows in a plan of P-256 keys, which every backend generates, for a private CA. A fault
/// that needs a plan of RSA keys or for a public CA has its own test.
fn shows_in_any_plan(fault: &&Fault) -> bool {
    !matches!(fault, Fault::KeyNotRsa | Fault::PublicValidity)
}

fn rules(report: &Report) -> HashSet<Rule> {
    report.findings().iter().map(|it| it.rule()).collect()
}

#[track_caller]
fn assert_brings_its_rule_alone(scene: &Scene, fault: Fault) {
    let planned = scene.plan.certificate(&um(1)).unwrap();
    let faulty = scene.ca.issue_faulty(planned, fault, TODAY).unwrap();
    let mut audit = scene.audit().crls(faulty.crls().iter().cloned());
    for server in planned.servers() {
        audit = audit.presented(server, faulty.chain().clone());
    }
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
            subjects.all(|it| planned.servers().iter().any(|server| it == server.as_str())),
            "{fault:?}: {report}"
        );
    }
}

#[test]
fn every_fault_causes_only_its_rule_for_its_server() {
    for san in [SanPolicy::EveryServer, SanPolicy::Wildcard] {
        let scene = Scene::new(EXAMPLE_1, san);
        let good = scene.audit().run(TODAY);
        assert_eq!(good.findings(), [], "{good}");
        for fault in Fault::ALL.iter().filter(shows_in_any_plan) {
            assert_brings_its_rule_alone(&scene, *fault);
        }
    }
}

#[test]
fn root_without_intermediates_issues_every_fault() {
    let mut scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let options = TestCaOptions::valid_from(TODAY - Duration::DAY).intermediates(0);
    scene.ca = TestCa::with_options("Contoso Root", &options).unwrap();
    scene.bundle = scene.ca.issue(&scene.plan).unwrap();
    for fault in Fault::ALL.iter().filter(shows_in_any_plan) {
        assert_brings_its_rule_alone(&scene, *fault);
    }
}

/// Creates a scene with this plan and this CA.
fn scene(options: &PlanOptions, ca: TestCa) -> Scene {
    let plan = Plan::new(&deployment(EXAMPLE_1), options).unwrap();
    let bundle = ca.issue(&plan).unwrap();
    Scene { plan, ca, bundle }
}

#[test]
fn shared_certificate_has_every_fault() {
    for san in SanPolicy::ALL {
        let options = PlanOptions::default()
            .key(FAST)
            .san(*san)
            .sharing(CertificateSharing::OnePerSet);
        let scene = scene(&options, scene::ca());
        for fault in Fault::ALL.iter().filter(shows_in_any_plan) {
            assert_brings_its_rule_alone(&scene, *fault);
        }
    }
}

/// The second name is that of the untrusted CA, which the seed would create again.
#[test]
fn seeded_ca_issues_every_fault_with_the_same_bytes() {
    let options = PlanOptions::default().key(KeyKind::Ed25519);
    for name in ["Contoso", "Foreign Test CA"] {
        let begin = TestCaOptions::valid_from(TODAY - Duration::DAY).seed("a");
        let ca = || TestCa::with_options(name, &begin).unwrap();
        let scene = scene(&options, ca());
        let planned = scene.plan.certificate(&um(1)).unwrap();
        for fault in Fault::ALL.iter().filter(shows_in_any_plan) {
            assert_brings_its_rule_alone(&scene, *fault);
            let issue = || ca().issue_faulty(planned, *fault, TODAY).unwrap();
            assert_eq!(issue().chain(), issue().chain(), "{fault:?}");
        }
    }
}

/// The CA of an organisation is valid for longer than the untrusted CA.
#[test]
fn loaded_root_issues_every_fault() {
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = forge::subject("contoso-DC01-CA");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.key_usages = vec![
        rcgen::KeyUsagePurpose::KeyCertSign,
        rcgen::KeyUsagePurpose::CrlSign,
    ];
    params.not_before = TODAY - Duration::DAY;
    params.not_after = TODAY + Duration::days(9000);
    let key = forge::rcgen_key();
    let root = forge::certificate(params.self_signed(&key).unwrap());
    let key = KeyPair::from_bytes(key.serialized_der()).unwrap();
    let options = TestCaOptions::valid_from(TODAY - Duration::DAY).leaf_days(8000);
    let ca = TestCa::load(&[root].into_iter().collect(), key, &options).unwrap();
    let scene = scene(&PlanOptions::default().key(FAST), ca);
    for fault in Fault::ALL.iter().filter(shows_in_any_plan) {
        assert_brings_its_rule_alone(&scene, *fault);
    }
}

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2013" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

#[test]
fn p256_key_for_planned_rsa_is_found_on_old_exchange() {
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
        let ca = scene::ca();
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
fn long_validity_is_found_if_the_ca_is_public() {
    for (profile, expected) in [
        (CaProfile::Private, HashSet::new()),
        (CaProfile::AcmeLike, HashSet::from([Rule::PublicValidity])),
        (CaProfile::Public, HashSet::from([Rule::PublicValidity])),
    ] {
        let options = TestCaOptions::valid_from(TODAY - Duration::DAY).leaf_days(200);
        let ca = TestCa::with_options("Contoso Test CA", &options).unwrap();
        let scene = scene(&PlanOptions::default().key(FAST).ca(profile), ca);
        let good = scene.audit().run(TODAY);
        assert_eq!(good.findings(), [], "{profile}: {good}");
        let planned = scene.plan.certificate(&um(1)).unwrap();
        let faulty = scene.ca.issue_faulty(planned, Fault::PublicValidity, TODAY);
        let chain = faulty.unwrap().chain().clone();
        let report = scene.audit().presented(um(1), chain).run(TODAY);
        assert_eq!(rules(&report), expected, "{profile}: {report}");
    }
}

#[test]
fn every_specimen_causes_only_its_rule() {
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

/// The rules of the audit that no presented chain can break.
const NOT_OF_ONE_CHAIN: &[Rule] = &[
    Rule::NotPresented,
    Rule::NotInPlan,
    Rule::IntermediateNotPresented,
    Rule::AcceptanceWithoutEffect,
    Rule::RootsDiffer,
    Rule::SectionSkipped,
    Rule::CrlNotYetValid,
    Rule::RootStoreMisplaced,
    Rule::RootStoreMisplacedExchange,
    Rule::RootStoreDuplicate,
    Rule::RootStoreOver100,
    Rule::RootStoreEntryUnreadable,
    Rule::IssuerListTooLong,
];

#[test]
fn every_audit_rule_has_a_fault_or_a_specimen() {
    let of_audit = Rule::ALL
        .iter()
        .copied()
        .skip_while(|it| *it != Rule::NotPresented);
    // Two rules of the plan also show in presented chains.
    let expected: HashSet<Rule> = of_audit
        .chain([Rule::KeyNotRsa, Rule::KeySizeUnlisted])
        .filter(|it| !NOT_OF_ONE_CHAIN.contains(it))
        .collect();
    let faults = Fault::ALL.iter().map(|it| it.rule());
    let specimens = Specimen::ALL.iter().map(|it| it.rule());
    let broken: HashSet<Rule> = faults.chain(specimens).collect();
    assert_eq!(broken, expected);
}
