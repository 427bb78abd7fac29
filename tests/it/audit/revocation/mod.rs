//! Revocation status along the path, from the CRLs that the caller supplies.

mod current;
mod laws;
mod made;
mod matching;
mod scope;
mod unverifiable;

use crate::support::deployments::{TODAY, um};
use crate::support::forge::{self, Forge};
use crate::support::openssl::openssl;
use crate::support::scene::{Forged, assert_finds, ids};
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use umcert::audit::VerifyError;
use umcert::{Certificate, Chain, Crl, Rule, TrustStore};

/// A forged PKI, and the certificate of its first server.
struct Scene {
    forged: Forged,
    server: Certificate,
}

impl Scene {
    fn new() -> Self {
        let forged = Forged::new();
        let server = forged.intermediate.server(1, |_| {});
        Self { forged, server }
    }

    fn intermediate(&self) -> &Certificate {
        &self.forged.intermediate.certificate
    }

    fn chain(&self) -> Chain {
        self.forged.chain(self.server.clone())
    }

    fn run(&self, crls: impl IntoIterator<Item = Crl>) -> umcert::Report {
        let audit = self.forged.audit().presented(um(1), self.chain());
        audit.crls(crls).run(TODAY)
    }

    fn verify(&self, crls: &[Crl]) -> Result<umcert::audit::TrustedPath, VerifyError> {
        let store = TrustStore::from(&self.forged.roots()[..]);
        store.verify_with_crls(&self.chain(), um(1), TODAY, crls)
    }

    /// Returns the rules for which the store does not trust the chain.
    fn rules(&self, crls: &[Crl]) -> Vec<Rule> {
        let error = self.verify(crls).err();
        error.map(|error| error.rules()).unwrap_or_default()
    }
}

#[test]
fn crls_without_entries_change_nothing() {
    let scene = Scene::new();
    let other = scene.forged.intermediate.server(2, |_| {});
    let crls = [
        scene.forged.root.crl(&[], 10),
        scene.forged.intermediate.crl(&[&other], 10),
    ];
    assert_finds(&scene.run(crls.clone()), &[]);
    assert!(scene.verify(&crls).is_ok());
    assert_finds(&scene.run([]), &[]);
}

#[test]
fn revoked_server_is_reported_with_date_and_reason() {
    let scene = Scene::new();
    let crls = [
        scene.forged.root.crl(&[], 10),
        scene.forged.intermediate.crl(&[&scene.server], 10),
    ];
    let report = scene.run(crls.clone());
    assert_finds(&report, &["error revoked um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    let (thumbprint, fingerprint) = (scene.server.thumbprint(), scene.server.sha256_fingerprint());
    let facts = [
        thumbprint.as_str(),
        &fingerprint,
        "2026-11-22T00:00:00Z",
        "key compromise",
        "CN=Intermediate",
        "2026-11-13T00:00:00Z",
    ];
    assert_states(detail, &facts);
    assert_text(
        detail,
        &expect![[
            r#"its certificate (thumbprint [SHA-1], SHA-256 [SHA-256]) was revoked on 2026-11-22T00:00:00Z (key compromise), according to the CRL of `CN=Intermediate` issued on 2026-11-13T00:00:00Z"#
        ]],
    );
    assert_eq!(report.verdicts()[0].verdict.root(), None);
    let error = scene.verify(&crls).unwrap_err();
    assert_eq!(error.rules(), [Rule::Revoked]);
}

#[test]
fn revoked_intermediate_is_reported_for_each_server() {
    let scene = Scene::new();
    let crls = [
        scene.forged.root.crl(&[scene.intermediate()], 10),
        scene.forged.intermediate.crl(&[], 10),
    ];
    let report = scene.run(crls.clone());
    let each = [1, 2, 3, 4].map(|number| format!("error revoked {}", um(number)));
    assert_eq!(ids(report.findings()), each, "{report}");
    let detail = report.findings()[0].detail();
    assert_states(
        detail,
        &["CN=Intermediate", &scene.intermediate().thumbprint()],
    );
    assert_text(
        detail,
        &expect![[
            r#"the CA certificate `CN=Intermediate` (thumbprint [SHA-1], SHA-256 [SHA-256]) was revoked on 2026-11-22T00:00:00Z (key compromise), according to the CRL of `CN=Root` issued on 2026-11-13T00:00:00Z"#
        ]],
    );
    assert!(scene.verify(&crls).is_err());
}

/// A serial number is unique only among the certificates of one issuer (RFC 5280 §4.1.2.2).
#[test]
fn crl_lists_only_certificates_of_its_issuer() {
    let scene = Scene::new();
    let of_issuer = scene.forged.intermediate.crl(&[&scene.server], 10);
    let of_root = scene.forged.root.crl(&[&scene.server], 10);
    assert!(of_issuer.entry(&scene.server).is_some());
    assert!(of_root.entry(&scene.server).is_none());
    assert!(of_issuer.entry(scene.intermediate()).is_none());
    let report = scene.run([of_root, scene.forged.intermediate.crl(&[], 10)]);
    assert_finds(&report, &[]);
}

#[test]
fn certificate_without_a_crl_is_reported() {
    let scene = Scene::new();
    let report = scene.run([scene.forged.root.crl(&[], 10)]);
    let each = [1, 2, 3, 4].map(|number| format!("warning revocation-unknown {}", um(number)));
    assert_eq!(ids(report.findings()), each, "{report}");
    assert_states(report.findings()[0].detail(), &["CN=Intermediate"]);
    assert_text(
        report.findings()[0].detail(),
        &expect![[r#"no CRL of `CN=Intermediate`, which issued its certificate, is supplied"#]],
    );
    assert!(report.is_trusted());
}

#[test]
fn crl_of_a_namesake_is_ignored() {
    let scene = Scene::new();
    let namesake = scene.forged.root.intermediate("Intermediate", |_| {});
    let crls = [
        scene.forged.root.crl(&[], 10),
        namesake.crl(&[&scene.server], 10),
    ];
    assert!(scene.verify(&crls).is_ok());
    let report = scene.run(crls.clone());
    assert_eq!(report.findings().len(), 4, "{report}");
    assert!(report.is_trusted(), "{report}");
    // Beside a CRL of the issuer itself it is ignored.
    let [root, of_namesake] = crls;
    let own_crl = scene.forged.intermediate.crl(&[], 10);
    let report = scene.run([of_namesake, root, own_crl]);
    assert_finds(&report, &[]);
}

#[test]
fn crl_of_a_ca_without_crl_sign_is_ignored() {
    let forged = Forged::new();
    let ca = forged.root.intermediate("Other", |_| {});
    // A certificate of the same CA whose key usage lacks cRLSign.
    let without_crl_sign = forged.root.cross_with(&ca, "Other", |params| {
        params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    });
    let server = ca.server(1, |_| {});
    let crls = [
        forged.root.crl(&[], 10),
        forged.intermediate.crl(&[], 10),
        ca.crl(&[&server], 10),
    ];
    for (issuer, expected) in [
        (
            &without_crl_sign,
            "warning revocation-unknown um1.contoso.com",
        ),
        (&ca.certificate, "error revoked um1.contoso.com"),
    ] {
        let chain: Chain = [server.clone(), issuer.clone()].into_iter().collect();
        let audit = forged.audit().presented(um(1), chain);
        assert_finds(&audit.crls(crls.clone()).run(TODAY), &[expected]);
    }
}

#[test]
fn expired_crl_is_reported_once_and_still_revokes() {
    let scene = Scene::new();
    let root = scene.forged.root.crl(&[], 10);
    let old = scene.forged.intermediate.crl(&[&scene.server], -2);
    let report = scene.run([root.clone(), old]);
    assert_finds(
        &report,
        &[
            "error revoked um1.contoso.com",
            "warning crl-expired CN=Intermediate",
        ],
    );
    assert_states(
        report.findings()[1].detail(),
        &["2026-11-13T00:00:00Z", "2026-11-21T00:00:00Z"],
    );
    assert_text(
        report.findings()[1].detail(),
        &expect![[
            r#"the CRL issued on 2026-11-13T00:00:00Z expired on 2026-11-21T00:00:00Z, 2 days before the audit"#
        ]],
    );
    let fresh = scene.forged.intermediate.crl(&[], 0);
    assert_finds(&scene.run([root, fresh]), &[]);
}

#[test]
fn untrusted_root_does_not_hide_a_revocation() {
    let scene = Scene::new();
    let roots = TrustStore::from(&[Forge::root("Another").certificate][..]);
    let audit = scene.forged.audit().presented(um(1), scene.chain());
    let crls = [scene.forged.intermediate.crl(&[&scene.server], 10)];
    let report = audit
        .lync_roots(&roots)
        .exchange_roots(&roots)
        .crls(crls)
        .run(TODAY);
    let of_um1: Vec<String> = ids(report.findings())
        .into_iter()
        .filter(|id| id.ends_with("um1.contoso.com"))
        .collect();
    assert_eq!(
        of_um1,
        [
            "error revoked um1.contoso.com",
            "error untrusted-root um1.contoso.com"
        ],
        "{report}"
    );
}

/// If one of two paths has no revoked certificate, that path decides, in any order. If its root is not trusted,
/// the revocation is reported.
#[test]
fn revoked_cross_certificate_hides_no_good_path() {
    let forged = Forged::new();
    let other = Forge::root("Other Root");
    let cross = other.cross(&forged.intermediate, "Intermediate");
    let server = forged.intermediate.server(1, |_| {});
    let intermediate = &forged.intermediate.certificate;
    let crls = [
        forged.root.crl(&[], 10),
        other.crl(&[&cross], 10),
        forged.intermediate.crl(&[], 10),
    ];
    let (good, revoked) = (forged.root.certificate.clone(), other.certificate.clone());
    let held = [
        (vec![good.clone(), revoked.clone()], true),
        (vec![revoked.clone(), good.clone()], true),
        (vec![good], true),
        (vec![revoked], false),
    ];
    for (held, is_good) in held {
        let store: TrustStore = held.into_iter().collect();
        for order in [
            [&server, &cross, intermediate],
            [&server, intermediate, &cross],
        ] {
            let chain = forge::chain_of(&order);
            let audit = forged.audit().lync_roots(&store).exchange_roots(&store);
            let report = audit
                .presented(um(1), chain.clone())
                .crls(crls.clone())
                .run(TODAY);
            let of_um1 = report
                .findings()
                .iter()
                .filter(|it| it.subject() == "um1.contoso.com");
            let rules: Vec<Rule> = of_um1.map(|it| it.rule()).collect();
            let expected: &[Rule] = if is_good { &[] } else { &[Rule::Revoked] };
            assert_eq!(rules, expected, "{report}");
            let verdict = store.verify_with_crls(&chain, um(1), TODAY, &crls);
            assert_eq!(verdict.is_ok(), is_good);
        }
    }
}

#[test]
fn crl_with_the_wrong_key_is_reported() {
    let scene = Scene::new();
    let namesake = scene.forged.root.intermediate("Intermediate", |_| {});
    let report = scene.run([scene.forged.root.crl(&[], 10), namesake.crl(&[], 10)]);
    let detail = report.findings()[0].detail();
    assert_states(detail, &["CN=Intermediate"]);
    assert_text(
        detail,
        &expect![[
            r#"no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z does not verify with the key of that CA"#
        ]],
    );
}

#[test]
fn revoked_certificate_is_refused_by_openssl() {
    let scene = Scene::new();
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: String| std::fs::write(folder.path().join(file), text).unwrap();
    write("root.pem", scene.forged.root.certificate.to_pem());
    write("chain.pem", scene.chain().to_pem());
    for (revoked, is_good) in [(vec![], true), (vec![&scene.server], false)] {
        let crls = [
            scene.forged.root.crl(&[], 10),
            scene.forged.intermediate.crl(&revoked, 10),
        ];
        write("crls.pem", crls.iter().map(Crl::to_pem).collect());
        let at = TODAY.unix_timestamp().to_string();
        let arguments = [
            "verify",
            "-attime",
            &at,
            "-crl_check_all",
            "-CRLfile",
            "crls.pem",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "chain.pem",
            "chain.pem",
        ];
        let Some(output) = openssl(&arguments, folder.path()) else {
            return;
        };
        assert_eq!(output.status.success(), is_good, "{output:?}");
        assert_eq!(scene.verify(&crls).is_ok(), is_good);
    }
}
