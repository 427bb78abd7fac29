//! The audit: a good deployment is trusted, and each fault brings its own rule for the right server.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod common;

use common::{
    EXAMPLE_1, EXAMPLE_2, Forge, Forged, Scene, TODAY, assert_finds, ca, certificate, ids, name,
    rcgen_key, sans, server_params, subject, um,
};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa};
use time::Duration;
use umcert::{
    Audit, Certificate, Chain, PathFault, SanPolicy, Side, TestCa, TestCaOptions, TrustStore,
    VerifyError,
};

fn nothing() -> Chain {
    std::iter::empty::<Certificate>().collect()
}

#[test]
fn what_is_issued_as_planned_is_trusted() {
    for text in [EXAMPLE_1, EXAMPLE_2] {
        for policy in SanPolicy::ALL {
            let scene = Scene::new(text, *policy);
            let report = scene.audit().run(TODAY);
            assert_finds(&report, &[]);
            assert!(report.is_trusted());
            assert_eq!(report.verdicts().len(), 8);
            for verdict in report.verdicts() {
                assert_eq!(verdict.trusted_through.as_ref(), scene.ca.roots().first());
            }
        }
    }
    assert_finds(&Forged::new().audit().run(TODAY), &[]);
}

#[test]
fn who_presents_nothing_is_named() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let audit = Audit::new(&scene.plan)
        .lync_roots(scene.ca.roots())
        .exchange_roots(scene.ca.roots());
    let chains = scene.bundle.chains().filter(|(server, _)| *server != um(2));
    let report = audit.presented_all(chains).run(TODAY);
    assert_finds(&report, &["error not-presented um2.contoso.com"]);
    assert!(!report.is_trusted());
    // An empty chain is nothing too.
    let empty = scene.audit().presented(um(2), nothing()).run(TODAY);
    assert_finds(&empty, &["error not-presented um2.contoso.com"]);
}

#[test]
fn a_chain_for_no_server_of_the_plan_is_noted() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let report = scene
        .audit()
        .presented(name("um11.contoso.com"), scene.chain(&um(1)))
        .run(TODAY);
    assert_finds(&report, &["note not-in-plan um11.contoso.com"]);
    assert!(report.is_trusted());
}

#[test]
fn an_unreadable_entry_is_named_by_its_place() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let whole = scene.chain(&um(1));
    let ders: Vec<Vec<u8>> = whole.certificates().map(|it| it.der().to_vec()).collect();
    for broken in [0, 1] {
        let mut ders = ders.clone();
        ders[broken].pop();
        let chain: Chain = ders
            .into_iter()
            .map(rustls_pki_types::CertificateDer::from)
            .collect();
        let report = scene.audit().presented(um(1), chain).run(TODAY);
        assert_finds(&report, &["error malformed-certificate um1.contoso.com"]);
        let place = format!("entry {} of its chain", broken + 1);
        assert!(
            report.findings()[0].detail().starts_with(&place),
            "{report}"
        );
    }
}

/// How an end entity differs from a good one, and what is found.
type Fault = (
    &'static str,
    fn(&mut CertificateParams),
    &'static [&'static str],
    &'static str,
);

const FAULTS: &[Fault] = &[
    ("nothing", |_| {}, &[], ""),
    (
        "expired",
        |it| it.not_after = TODAY - Duration::days(53),
        &["error expired um1.contoso.com"],
        "its certificate ended on 2026-10-01T00:00:00Z, 53 days before the audit",
    ),
    (
        "not yet valid",
        |it| it.not_before = TODAY + Duration::DAY,
        &["error not-yet-valid um1.contoso.com"],
        "its certificate begins on 2026-11-24T00:00:00Z, 1 day after the audit",
    ),
    (
        "ends soon",
        |it| it.not_after = TODAY + Duration::days(29),
        &["warning expires-soon um1.contoso.com"],
        "its certificate ends on 2026-12-22T00:00:00Z, in 29 days: from then on no call gets through, nor is failover safe: this server stands in when site Dublin or server um3.contoso.com is out",
    ),
    (
        "ends in thirty days",
        |it| it.not_after = TODAY + Duration::days(30),
        &[],
        "",
    ),
    (
        "another CN",
        |it| it.distinguished_name = subject("mail.contoso.com"),
        &["error subject-not-server um1.contoso.com"],
        "the CN is mail.contoso.com",
    ),
    (
        "the CN in upper case",
        |it| it.distinguished_name = subject("UM1.CONTOSO.COM"),
        &[],
        "",
    ),
    (
        "no CN",
        |it| it.distinguished_name = rcgen::DistinguishedName::new(),
        &["error subject-not-server um1.contoso.com"],
        "the subject has no CN (it is empty)",
    ),
    (
        "a wildcard in the CN",
        |it| it.distinguished_name = subject("*.contoso.com"),
        &["error subject-wildcard um1.contoso.com"],
        "the CN is *.contoso.com",
    ),
    (
        "a stand-in's name missing",
        |it| {
            it.subject_alt_names = sans(&["um1.contoso.com", "um2.contoso.com", "um4.contoso.com"])
        },
        &["error name-missing um1.contoso.com"],
        "um3.contoso.com is not in the SAN: calls to it fail here when site Dublin or server um3.contoso.com is out",
    ),
    (
        "the names missing that no outage brings here",
        |it| it.subject_alt_names = sans(&["um1.contoso.com", "um3.contoso.com"]),
        &[],
        "",
    ),
    (
        "the own name missing",
        |it| it.subject_alt_names = sans(&["um3.contoso.com"]),
        &["error name-missing um1.contoso.com"],
        "its own name is not in the SAN: every call fails, on any day",
    ),
    (
        "no SAN at all",
        |it| it.subject_alt_names = Vec::new(),
        &[
            "error name-missing um1.contoso.com",
            "error name-missing um1.contoso.com",
        ],
        "its own name is not in the SAN: every call fails, on any day",
    ),
    (
        "a name that nobody asked for",
        |it| {
            it.subject_alt_names
                .extend(sans(&["autodiscover.contoso.com"]))
        },
        &["note name-extra um1.contoso.com"],
        "the SAN also holds autodiscover.contoso.com",
    ),
    (
        "a wildcard first",
        |it| it.subject_alt_names = sans(&["*.contoso.com", "um1.contoso.com"]),
        &[
            "warning san-order um1.contoso.com",
            "note name-extra um1.contoso.com",
        ],
        "a wildcard stands before an exact name in the SAN",
    ),
    (
        "another name first",
        |it| it.subject_alt_names.rotate_left(1),
        &["warning san-order um1.contoso.com"],
        "the first name in the SAN is um2.contoso.com, not the server's own",
    ),
    (
        "an EKU of another purpose",
        |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        &["error no-server-auth um1.contoso.com"],
        "its extended key usage lists other purposes, and not server authentication",
    ),
    (
        "an EKU of several purposes",
        |it| {
            it.extended_key_usages
                .push(ExtendedKeyUsagePurpose::ClientAuth)
        },
        &[],
        "",
    ),
    (
        "no EKU",
        |it| it.extended_key_usages = Vec::new(),
        &["error no-server-auth um1.contoso.com"],
        "it has no extended key usage, and Lync asks for server authentication by name",
    ),
    (
        "a CA's certificate",
        |it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
        &["error ca-as-server um1.contoso.com"],
        "it presents the certificate of the CA CN=um1.contoso.com as its own",
    ),
    (
        "expired and a name missing: both",
        |it| {
            it.not_after = TODAY - Duration::DAY;
            it.subject_alt_names = sans(&["um1.contoso.com"]);
        },
        &[
            "error expired um1.contoso.com",
            "error name-missing um1.contoso.com",
        ],
        "",
    ),
];

#[test]
fn one_fault_brings_one_finding_for_the_right_server() {
    let forged = Forged::new();
    for (what, change, finds, detail) in FAULTS {
        let report = forged.with_um1(change);
        assert_eq!(ids(report.findings()), *finds, "{what}\n{report}");
        let details: Vec<&str> = report.findings().iter().map(|it| it.detail()).collect();
        assert!(
            detail.is_empty() || details.iter().any(|it| it.starts_with(detail)),
            "{what}: {details:#?}"
        );
        let is_error = finds.iter().any(|id| id.starts_with("error"));
        assert_eq!(report.is_trusted(), !is_error, "{what}");
    }
}

#[test]
fn the_certificate_of_another_server_is_called_that_and_nothing_else() {
    for (text, policy) in [
        (EXAMPLE_1, SanPolicy::EveryServer),
        (EXAMPLE_1, SanPolicy::Wildcard),
        (EXAMPLE_2, SanPolicy::Wildcard),
    ] {
        let scene = Scene::new(text, policy);
        let report = scene
            .audit()
            .presented(um(1), scene.chain(&um(2)))
            .run(TODAY);
        // Under wildcards the name of the other server is one that nobody asked for.
        let errors: Vec<String> = ids(report.findings())
            .into_iter()
            .filter(|id| !id.starts_with("note"))
            .collect();
        assert_eq!(
            errors,
            ["error subject-not-server um1.contoso.com"],
            "{policy} {report}"
        );
        let detail = "the CN is um2.contoso.com: it is the certificate of that server";
        assert_eq!(report.findings()[0].detail(), detail);
    }
}

#[test]
fn a_strangers_certificate_is_not_blamed_for_every_name() {
    let report = Forged::new().with_um1(|it| {
        it.distinguished_name = subject("www.fabrikam.com");
        it.subject_alt_names = sans(&["www.fabrikam.com"]);
    });
    assert_finds(&report, &["error subject-not-server um1.contoso.com"]);
}

#[test]
fn a_self_signed_certificate_is_one_even_among_the_roots() {
    let forged = Forged::new();
    let own = certificate(server_params(1).self_signed(&rcgen_key()).unwrap());
    let chain: Chain = [own.clone()].into_iter().collect();
    let audit = forged.audit().presented(um(1), chain.clone());
    assert_finds(&audit.run(TODAY), &["error self-signed um1.contoso.com"]);
    let roots: TrustStore = [own, forged.root.certificate.clone()].into_iter().collect();
    let report = audit.lync_roots(&roots).exchange_roots(&roots).run(TODAY);
    assert_finds(&report, &["error self-signed um1.contoso.com"]);
}

#[test]
fn a_missing_intermediate_is_named() {
    let forged = Forged::new();
    let alone: Chain = [forged.intermediate.server(1, |_| {})]
        .into_iter()
        .collect();
    let report = forged.audit().presented(um(1), alone).run(TODAY);
    assert_finds(&report, &["error missing-intermediate um1.contoso.com"]);
    let intermediate = &forged.intermediate.certificate;
    assert_eq!(
        report.findings()[0].detail(),
        format!(
            "its certificate was issued by CN=Intermediate, which the server does not present and \
             neither Lync nor Exchange (contoso.com) holds as a root; another server presents it \
             (thumbprint {}, SHA-256 {})",
            intermediate.thumbprint(),
            intermediate.sha256_fingerprint(),
        )
    );
    // Where nobody has it, nothing more is to be said.
    let stranger = forged.root.intermediate("Stranger", |_| {});
    let alone: Chain = [stranger.server(1, |_| {})].into_iter().collect();
    let report = forged.audit().presented(um(1), alone).run(TODAY);
    assert_finds(&report, &["error missing-intermediate um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert!(detail.ends_with("holds as a root"), "{detail}");
}

#[test]
fn of_two_intermediates_the_missing_one_is_named() {
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
    assert!(
        detail.starts_with("the CA certificate CN=Second was issued by CN=Intermediate"),
        "{detail}"
    );
}

/// `error untrusted-root um1.contoso.com` and so on for all four servers.
fn of_each_server(rule: &str) -> [String; 4] {
    [1, 2, 3, 4].map(|number| format!("{rule} {}", um(number)))
}

#[test]
fn a_root_that_a_side_does_not_hold_is_named_with_the_side() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let options = TestCaOptions::starting(TODAY - Duration::DAY);
    let foreign = TestCa::with_options("Fabrikam CA", &options).unwrap();
    let audit = || scene.audit();
    for (audit, sides) in [
        (
            audit()
                .lync_roots(foreign.roots())
                .exchange_roots(foreign.roots()),
            "neither Lync nor Exchange (contoso.com) holds",
        ),
        (audit().lync_roots(foreign.roots()), "Lync does not hold"),
        (
            audit().exchange_roots(foreign.roots()),
            "Exchange (contoso.com) does not hold",
        ),
        (
            audit().lync_roots(TrustStore::default()),
            "Lync does not hold",
        ),
    ] {
        let report = audit.run(TODAY);
        assert_eq!(
            ids(report.findings()),
            of_each_server("error untrusted-root"),
            "{report}"
        );
        let detail = report.findings()[0].detail();
        let start = format!("its chain ends in the root CN=Contoso Test CA, which {sides}");
        // The root itself is at hand where some side holds it.
        let fingerprint = scene.ca.roots()[0].sha256_fingerprint();
        let is_at_hand = sides.starts_with("Exchange") || sides.starts_with("Lync");
        assert!(detail.starts_with(&start), "{detail}");
        assert_eq!(detail.contains(&fingerprint), is_at_hand, "{detail}");
    }
}

#[test]
fn a_foreign_root_of_the_same_name_is_a_bad_signature() {
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
fn a_presented_root_that_nobody_holds_is_untrusted() {
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
fn an_expired_intermediate_or_root_is_named() {
    let forged = Forged::new();
    let expired = |it: &mut CertificateParams| it.not_after = TODAY - Duration::DAY;
    let old = forged.root.intermediate("Old Intermediate", expired);
    let chain: Chain = [old.server(1, |_| {}), old.certificate.clone()]
        .into_iter()
        .collect();
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(&report, &["error expired um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert!(
        detail.starts_with("the CA certificate CN=Old Intermediate ended on 2026-11-22"),
        "{detail}"
    );

    // webpki does not look at the dates of a root; the verdict of a person would.
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
fn a_path_that_breaks_for_another_reason_is_never_called_trusted() {
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
fn a_rebuilt_ca_of_the_same_name_is_a_bad_signature() {
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
    // Somebody else has the right one.
    let rebuilt_chain: Chain = [rebuilt.server(2, |_| {}), rebuilt.certificate.clone()]
        .into_iter()
        .collect();
    let report = audit.presented(um(2), rebuilt_chain).run(TODAY);
    assert_finds(&report, &["error bad-signature um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    let signed = format!("it was signed with thumbprint {new}");
    assert!(detail.contains(&signed), "{detail}");
}

#[test]
fn two_roots_are_fine_and_noted() {
    let forged = Forged::new();
    // Exchange holds the intermediate as a root of its own.
    let exchange: TrustStore = [forged.intermediate.certificate.clone()]
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
fn each_forest_has_its_own_roots() {
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
    assert_eq!(verdict.side, Side::Exchange(name("contoso.com")));
    assert_eq!(verdict.trusted_through, None);
}

#[test]
fn the_window_of_the_warning_is_the_callers() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    assert_eq!(scene.audit().warn_days(400).run(TODAY).findings().len(), 4);
    assert_finds(&scene.audit().warn_days(0).run(TODAY), &[]);
}

#[test]
fn the_last_second_of_a_validity_is_valid() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let chain = scene.chain(&um(1));
    let end = chain.certificates().next().unwrap().not_after();
    let audit = scene.audit().warn_days(0);
    assert!(audit.run(end + Duration::milliseconds(999)).is_trusted());
    let report = audit.run(end + Duration::SECOND);
    assert!(
        ids(report.findings())
            .iter()
            .all(|id| id.starts_with("error expired")),
        "{report}"
    );
    assert_eq!(report.findings().len(), 4);
}

#[test]
fn a_report_reads_as_json() {
    let forged = Forged::new();
    let report = forged.with_um1(|it| it.not_after = TODAY - Duration::days(53));
    assert_eq!(
        serde_json::to_value(&report).unwrap(),
        serde_json::json!({
            "trusted": false,
            "at": "2026-11-23T00:00:00Z",
            "findings": [{
                "rule": "expired",
                "severity": "error",
                "subject": "um1.contoso.com",
                "detail": "its certificate ended on 2026-10-01T00:00:00Z, 53 days before the audit",
                "source": "RFC 5280 §4.1.2.5",
            }],
        })
    );
}

#[test]
fn a_report_reads_as_a_page() {
    let forged = Forged::new();
    let report = forged.with_um1(|it| it.not_after = TODAY - Duration::days(53));
    assert_eq!(
        report.to_string(),
        "Audit as of 2026-11-23T00:00:00Z: NOT TRUSTED, 1 error\n\
         \n  um1.contoso.com  chain not trusted by Lync and Exchange (contoso.com): expired\
         \n  um2.contoso.com  chain trusted by Lync and Exchange (contoso.com) through CN=Root\
         \n  um3.contoso.com  chain trusted by Lync and Exchange (contoso.com) through CN=Root\
         \n  um4.contoso.com  chain trusted by Lync and Exchange (contoso.com) through CN=Root\
         \n\n  Failover is not safe: in some outage the calls go to a server in trouble, or to nobody.\
         \n\n  error    um1.contoso.com: its certificate ended on 2026-10-01T00:00:00Z, 53 days before the audit\
         \n           → renew the certificate, and assign the new one to the UM services\
         \n             [expired, RFC 5280 §4.1.2.5]\n"
    );
}

#[test]
fn a_store_says_why_a_chain_is_not_good() {
    let scene = Scene::new(EXAMPLE_2, SanPolicy::Wildcard);
    let chain = scene.chain(&um(1));
    let store = TrustStore::from(scene.ca.roots());
    let verify = |store: &TrustStore, host: &str, at| store.verify(&chain, name(host), at);
    assert_eq!(
        verify(&store, "um9.contoso.com", TODAY)
            .unwrap()
            .root()
            .subject(),
        "CN=Contoso Test CA"
    );
    let error = verify(&store, "um1.fabrikam.com", TODAY).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the certificate does not cover `um1.fabrikam.com` but um1.contoso.com, *.contoso.com"
    );
    let later = TODAY + Duration::days(3000);
    assert_eq!(
        verify(&store, "um1.contoso.com", later),
        Err(VerifyError::Path(PathFault::Expired))
    );
    let early = time::OffsetDateTime::UNIX_EPOCH - Duration::DAY;
    assert_eq!(
        verify(&store, "um1.contoso.com", early),
        Err(VerifyError::Path(PathFault::NotYetValid))
    );
    assert_eq!(
        verify(&TrustStore::default(), "um1.contoso.com", TODAY),
        Err(VerifyError::Path(PathFault::UnknownIssuer))
    );
    let empty = nothing();
    assert_eq!(store.verify(&empty, um(1), TODAY), Err(VerifyError::Empty));
}
