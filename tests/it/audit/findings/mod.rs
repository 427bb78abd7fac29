//! The audit: a good deployment is trusted, and each fault is reported under its rule for the right server.

mod key_provider;
mod leaf;
mod warnings;

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, name, um};
use crate::support::scene::{Forged, Scene, assert_finds};
use crate::support::snapshot::{assert_rows, assert_states};
use expect_test::expect;
use time::Duration;
use umcert::{Audit, Certificate, Chain, SanPolicy};

fn nothing() -> Chain {
    std::iter::empty::<Certificate>().collect()
}

#[test]
fn issued_bundle_is_trusted() {
    for text in [EXAMPLE_1, EXAMPLE_2] {
        for policy in SanPolicy::ALL {
            let scene = Scene::new(text, *policy);
            let report = scene.audit().run(TODAY);
            assert_finds(&report, &[]);
            assert!(report.is_trusted());
            assert_eq!(report.verdicts().len(), 8);
            for verdict in report.verdicts() {
                assert_eq!(verdict.verdict.root(), scene.ca.roots().first());
            }
        }
    }
    assert_finds(&Forged::new().audit().run(TODAY), &[]);
}

#[test]
fn server_without_a_chain_is_named() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let audit = Audit::new(&scene.plan)
        .lync_roots(scene.ca.roots())
        .exchange_roots(scene.ca.roots());
    let chains = scene.bundle.chains().filter(|(server, _)| *server != um(2));
    let report = audit.presented_chains(chains).run(TODAY);
    assert_finds(&report, &["error not-presented um2.contoso.com"]);
    assert!(!report.is_trusted());
    // An empty chain counts as not presented.
    let empty = scene.audit().presented(um(2), nothing()).run(TODAY);
    assert_finds(&empty, &["error not-presented um2.contoso.com"]);
}

#[test]
fn chain_for_an_unplanned_server_is_noted() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let report = scene
        .audit()
        .presented(name("um11.contoso.com"), scene.chain(&um(1)))
        .run(TODAY);
    assert_finds(&report, &["note not-in-plan um11.contoso.com"]);
    assert!(report.is_trusted());
    // A request for a misspelt name would be compared with nothing.
    let request = scene.bundle.certificate(&um(1)).unwrap().request();
    let requested = |server| scene.audit().requested(server, request.clone()).run(TODAY);
    assert_finds(&requested(um(1)), &[]);
    assert_finds(&requested(name("fe1.contoso.com")), &[]);
    let mut details = Vec::new();
    for server in ["um11.contoso.com", "fe11.contoso.com"] {
        let report = requested(name(server));
        assert_finds(&report, &[&format!("note not-in-plan {server}")]);
        details.push((server, report.findings()[0].detail().to_owned()));
    }
    assert_rows(
        details,
        &expect![[r#"
            um11.contoso.com: a request is supplied for this name, which is neither a UM server of the plan nor a Front End of Lync
            fe11.contoso.com: a request is supplied for this name, which is neither a UM server of the plan nor a Front End of Lync
        "#]],
    );
}

#[test]
fn unreadable_entry_is_named_by_its_position() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let whole = scene.chain(&um(1));
    let ders: Vec<Vec<u8>> = whole.certificates().map(|it| it.der().to_vec()).collect();
    let mut details = Vec::new();
    for broken in [0, 1] {
        let mut ders = ders.clone();
        ders[broken].pop();
        let chain: Chain = ders
            .into_iter()
            .map(rustls_pki_types::CertificateDer::from)
            .collect();
        let report = scene.audit().presented(um(1), chain).run(TODAY);
        assert_finds(&report, &["error malformed-certificate um1.contoso.com"]);
        let detail = report.findings()[0].detail();
        assert_states(detail, &[&(broken + 1).to_string()]);
        details.push((broken, detail.to_owned()));
    }
    assert_rows(
        details,
        &expect![[r#"
            0: entry 1 of its chain is malformed: the certificate is truncated; its subject is `CN=um1.contoso.com`
            1: entry 2 of its chain is malformed: the certificate is truncated; its subject is `CN=Contoso Test CA - Intermediate 1`
        "#]],
    );
}

/// Other faults of the chain are reported. The path that the unreadable entry breaks is not.
#[test]
fn unreadable_entry_hides_no_other_fault() {
    let forged = Forged::new();
    let server = forged.intermediate.server(1, |it| {
        it.not_after = TODAY - Duration::DAY;
        it.key_usages = vec![rcgen::KeyUsagePurpose::DataEncipherment];
    });
    let crl = forged.intermediate.crl(&[&server], 10);
    let broken = rustls_pki_types::CertificateDer::from(vec![0x30, 0x00]);
    let intermediate = forged.intermediate.certificate.der().clone();
    let expired = "error expired um1.contoso.com";
    let malformed = "error malformed-certificate um1.contoso.com";
    let unusable = "error path-invalid um1.contoso.com";
    let revoked = "error revoked um1.contoso.com";
    for (after, expected) in [
        (vec![broken.clone()], vec![expired, malformed, unusable]),
        (
            vec![broken, intermediate],
            vec![expired, malformed, unusable, revoked],
        ),
    ] {
        let ders = std::iter::once(server.der().clone()).chain(after);
        let report = forged
            .audit()
            .presented(um(1), ders.collect())
            .crls([crl.clone(), forged.root.crl(&[], 10)])
            .run(TODAY);
        assert_finds(&report, &expected);
    }
}
