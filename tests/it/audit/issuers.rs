//! Issuers that are missing, untrusted or expired, and issuers whose key did not sign the certificate.

use crate::support::deployments::{EXAMPLE_1, TODAY, name, um};
use crate::support::forge::{Forge, chain_of};
use crate::support::scene::{Forged, Scene, assert_finds, ca, ids};
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use rcgen::{BasicConstraints, CertificateParams, IsCa};
use time::Duration;
use umcert::audit::RelyingParty;
use umcert::issue::TestCaOptions;
use umcert::{Chain, SanPolicy, TestCa, TrustStore};

#[test]
fn missing_intermediate_is_named() {
    let forged = Forged::new();
    let alone: Chain = [forged.intermediate.server(1, |_| {})]
        .into_iter()
        .collect();
    let report = forged.audit().presented(um(1), alone).run(TODAY);
    assert_finds(&report, &["error missing-intermediate um1.contoso.com"]);
    let intermediate = &forged.intermediate.certificate;
    let detail = report.findings()[0].detail();
    let (thumbprint, fingerprint) = (intermediate.thumbprint(), intermediate.sha256_fingerprint());
    assert_states(detail, &["CN=Intermediate", &thumbprint, &fingerprint]);
    assert_text(
        detail,
        &expect![[
            r#"its certificate was issued by `CN=Intermediate`, which the server does not present and neither Lync nor Exchange (contoso.com) trusts as a root; another server presents it (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
    // If no server presents it, the finding says nothing more.
    let unrelated = forged.root.intermediate("Unrelated", |_| {});
    let alone: Chain = [unrelated.server(1, |_| {})].into_iter().collect();
    let report = forged.audit().presented(um(1), alone).run(TODAY);
    assert_finds(&report, &["error missing-intermediate um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert_states(detail, &["CN=Unrelated"]);
    assert_text(
        detail,
        &expect![[
            r#"its certificate was issued by `CN=Unrelated`, which the server does not present and neither Lync nor Exchange (contoso.com) trusts as a root"#
        ]],
    );
}

#[test]
fn missing_one_of_two_intermediates_is_named() {
    let forged = Forged::new();
    let second = forged.intermediate.intermediate("Second", |_| {});
    let end_entity = second.server(1, |_| {});
    let whole: Chain = [
        &end_entity,
        &second.certificate,
        &forged.intermediate.certificate,
    ]
    .map(Clone::clone)
    .into_iter()
    .collect();
    assert_finds(&forged.audit().presented(um(1), whole).run(TODAY), &[]);
    let cut: Chain = [end_entity, second.certificate].into_iter().collect();
    let report = forged.audit().presented(um(1), cut).run(TODAY);
    // Other servers show that Intermediate is no root.
    assert_finds(&report, &["error missing-intermediate um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert_states(detail, &["CN=Second", "CN=Intermediate"]);
    assert_text(
        detail,
        &expect![[
            r#"the CA certificate `CN=Second` was issued by `CN=Intermediate`, which the server does not present and neither Lync nor Exchange (contoso.com) trusts as a root; another server presents it (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
}

/// Returns the rule with each of the four servers, such as `error untrusted-root um1.contoso.com`.
fn of_each_server(rule: &str) -> [String; 4] {
    [1, 2, 3, 4].map(|number| format!("{rule} {}", um(number)))
}

#[test]
fn untrusted_root_is_named_with_the_relying_party() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let options = TestCaOptions::valid_from(TODAY - Duration::DAY);
    let foreign = TestCa::with_options("Fabrikam CA", &options).unwrap();
    let audit = || scene.audit();
    let mut details = Vec::new();
    for (what, audit, sides) in [
        (
            "neither",
            audit()
                .lync_roots(foreign.roots())
                .exchange_roots(foreign.roots()),
            &["Lync", "Exchange (contoso.com)"][..],
        ),
        ("not Lync", audit().lync_roots(foreign.roots()), &["Lync"]),
        (
            "not Exchange",
            audit().exchange_roots(foreign.roots()),
            &["Exchange (contoso.com)"],
        ),
        (
            "an empty store of Lync",
            audit().lync_roots(TrustStore::default()),
            &["Lync"],
        ),
    ] {
        let report = audit.run(TODAY);
        assert_eq!(
            ids(report.findings()),
            of_each_server("error untrusted-root"),
            "{report}"
        );
        let detail = report.findings()[0].detail();
        assert_states(detail, &["CN=Contoso Test CA"]);
        for side in ["Lync", "Exchange (contoso.com)"] {
            assert_eq!(
                detail.contains(side),
                sides.contains(&side),
                "{what}: {detail}"
            );
        }
        // The audit has the root itself if a side holds it.
        let fingerprint = scene.ca.roots()[0].sha256_fingerprint();
        let is_available = sides.len() == 1;
        assert_eq!(
            detail.contains(&fingerprint),
            is_available,
            "{what}: {detail}"
        );
        details.push((what, detail.to_owned()));
    }
    assert_rows(
        details,
        &expect![[r#"
            neither: its chain ends in the root `CN=Contoso Test CA`, which neither Lync nor Exchange (contoso.com) trusts
            not Lync: its chain ends in the root `CN=Contoso Test CA`, which Lync does not trust (thumbprint [SHA-1], SHA-256 [SHA-256])
            not Exchange: its chain ends in the root `CN=Contoso Test CA`, which Exchange (contoso.com) does not trust (thumbprint [SHA-1], SHA-256 [SHA-256])
            an empty store of Lync: its chain ends in the root `CN=Contoso Test CA`, which Lync does not trust (thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
}

#[test]
fn foreign_root_of_the_same_name_is_a_bad_signature() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let rebuilt = ca();
    let report = scene
        .audit()
        .lync_roots(rebuilt.roots())
        .exchange_roots(rebuilt.roots())
        .run(TODAY);
    assert_eq!(
        ids(report.findings()),
        of_each_server("error bad-signature"),
        "{report}"
    );
}

#[test]
fn presented_root_outside_all_stores_is_untrusted() {
    let forged = Forged::new();
    let foreign = Forge::root("Foreign");
    let chain: Chain = [foreign.server(1, |_| {}), foreign.certificate.clone()]
        .into_iter()
        .collect();
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(&report, &["error untrusted-root um1.contoso.com"]);
    assert!(
        report.findings()[0].detail().contains("CN=Foreign"),
        "{report}"
    );
}

#[test]
fn expired_intermediate_or_root_is_named() {
    let forged = Forged::new();
    let expired = |it: &mut CertificateParams| it.not_after = TODAY - Duration::DAY;
    let old = forged.root.intermediate("Old Intermediate", expired);
    let chain: Chain = [old.server(1, |_| {}), old.certificate.clone()]
        .into_iter()
        .collect();
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(&report, &["error expired um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert_states(detail, &["CN=Old Intermediate", "2026-11-22"]);
    assert_text(
        detail,
        &expect![[
            r#"the CA certificate `CN=Old Intermediate` expired on 2026-11-22T00:00:00Z, 1 day before the audit (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );

    // webpki does not check the validity of a root. The audit does.
    let old = Forge::root_with("Old Root", expired);
    let chain: Chain = [old.server(1, |_| {})].into_iter().collect();
    let roots: TrustStore = [old.certificate.clone(), forged.root.certificate.clone()]
        .into_iter()
        .collect();
    let audit = forged
        .audit()
        .lync_roots(&roots)
        .exchange_roots(&roots)
        .presented(um(1), chain);
    let report = audit.run(TODAY);
    assert_finds(&report, &["error expired um1.contoso.com"]);
    assert!(
        report.findings()[0].detail().contains("CN=Old Root"),
        "{report}"
    );
}

#[test]
fn path_above_the_path_length_is_not_trusted() {
    let forged = Forged::new();
    let no_further =
        |it: &mut CertificateParams| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let first = forged.root.intermediate("First", no_further);
    let second = first.intermediate("Second", |_| {});
    let chain: Chain = [
        &second.server(1, |_| {}),
        &second.certificate,
        &first.certificate,
    ]
    .map(Clone::clone)
    .into_iter()
    .collect();
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(&report, &["error path-invalid um1.contoso.com"]);
    assert!(
        report.findings()[0].detail().contains("RFC 5280 §4.2.1.9"),
        "{report}"
    );
}

#[test]
fn rebuilt_ca_of_the_same_name_is_a_bad_signature() {
    let forged = Forged::new();
    let rebuilt = forged.root.intermediate("Intermediate", |_| {});
    let chain: Chain = [
        rebuilt.server(1, |_| {}),
        forged.intermediate.certificate.clone(),
    ]
    .into_iter()
    .collect();
    let audit = forged.audit().presented(um(1), chain);
    let report = audit.run(TODAY);
    assert_finds(&report, &["error bad-signature um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    let [old, new] = [&forged.intermediate, &rebuilt].map(|it| it.certificate.thumbprint());
    assert!(detail.contains(&old) && !detail.contains(&new), "{detail}");
    // Another server presents the right issuer.
    let rebuilt_chain: Chain = [rebuilt.server(2, |_| {}), rebuilt.certificate.clone()]
        .into_iter()
        .collect();
    let report = audit.presented(um(2), rebuilt_chain).run(TODAY);
    assert_finds(&report, &["error bad-signature um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert_states(detail, &[&new]);
    assert_text(
        detail,
        &expect![[
            r#"the signature of its certificate does not verify with the key of the issuer `CN=Intermediate` that is available to Lync and Exchange (contoso.com): thumbprint [SHA-1], SHA-256 [SHA-256]; another certificate of that name verifies it, thumbprint [SHA-1], SHA-256 [SHA-256] (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
}

/// AD CS renews a root with a new key under the old name, and signs the new key with the old one.
#[test]
fn renewed_root_is_trusted_by_cross_certificate() {
    let forged = Forged::new();
    let (old, new) = (Forge::root("Renewed"), Forge::root("Renewed"));
    let cross = old.cross(&new, "Renewed");
    let server = new.server(1, |_| {});
    let audit = |held: &Forge, presented: &[&umcert::Certificate]| {
        let store: TrustStore = [held, &forged.root]
            .map(|it| it.certificate.clone())
            .into_iter()
            .collect();
        let audit = forged.audit().lync_roots(&store).exchange_roots(&store);
        audit.presented(um(1), chain_of(presented)).run(TODAY)
    };
    let (of_old, of_new) = (&old.certificate, &new.certificate);
    for (held, presented) in [
        (&old, vec![&server, &cross]),
        (&old, vec![&server, &cross, of_old]),
        (&old, vec![&server, of_new, &cross]),
        (&new, vec![&server, &cross]),
        (&new, vec![&server]),
        (&new, vec![&server, of_new]),
    ] {
        let report = audit(held, &presented);
        assert_finds(&report, &[]);
        let through = report.verdicts()[0].verdict.root();
        assert_eq!(through, Some(&held.certificate), "{report}");
    }
    let report = audit(&old, &[&server]);
    assert_finds(&report, &["error bad-signature um1.contoso.com"]);
    // A third root of that name, whose key signed neither certificate.
    let report = audit(&Forge::root("Renewed"), &[&server, &cross]);
    assert_finds(&report, &["error bad-signature um1.contoso.com"]);
    // The old root is missing, and every signature is valid.
    let report = audit(&Forge::root("Unrelated"), &[&server, &cross]);
    assert_finds(&report, &["error untrusted-root um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert_states(detail, &["CN=Renewed", "Lync", "Exchange (contoso.com)"]);
    assert_text(
        detail,
        &expect![[
            r#"its chain ends in the root `CN=Renewed`, which neither Lync nor Exchange (contoso.com) trusts"#
        ]],
    );
}

#[test]
fn different_roots_are_trusted_and_noted() {
    let forged = Forged::new();
    // Exchange has the certificate that the intermediate CA signed for itself.
    let intermediate = &forged.intermediate;
    let exchange: TrustStore = [intermediate.cross(intermediate, "Intermediate")]
        .into_iter()
        .collect();
    let report = forged.audit().exchange_roots(&exchange).run(TODAY);
    assert_eq!(
        ids(report.findings()),
        of_each_server("note roots-differ"),
        "{report}"
    );
    assert!(report.is_trusted());
}

#[test]
fn exchange_forests_have_their_own_roots() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let report = scene
        .audit()
        .exchange_roots(TrustStore::default())
        .exchange_roots_of(name("contoso.com"), scene.ca.roots())
        .run(TODAY);
    assert_finds(&report, &[]);
    let report = scene
        .audit()
        .exchange_roots_of(name("contoso.com"), TrustStore::default())
        .run(TODAY);
    assert_eq!(report.findings().len(), 4, "{report}");
    let verdict = &report.verdicts()[1];
    assert_eq!(
        verdict.relying_party,
        RelyingParty::Exchange(name("contoso.com"))
    );
    assert_eq!(verdict.verdict.root(), None);
}
