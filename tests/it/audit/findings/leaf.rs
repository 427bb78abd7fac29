//! One fault of a leaf certificate causes one finding for its server.

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, um};
use crate::support::forge::{certificate, rcgen_key, sans, server_params, subject};
use crate::support::scene::{Forged, Scene, assert_finds, ids};
use crate::support::snapshot::{assert_rows, assert_states};
use expect_test::expect;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa};
use time::Duration;
use umcert::{Chain, SanPolicy, TrustStore};

/// A fault, the change to a good leaf certificate, the findings, and the facts that one of the details states.
type Fault = (
    &'static str,
    fn(&mut CertificateParams),
    &'static [&'static str],
    &'static [&'static str],
);

const FAULTS: &[Fault] = &[
    ("nothing", |_| {}, &[], &[]),
    (
        "expired",
        |it| it.not_after = TODAY - Duration::days(53),
        &["error expired um1.contoso.com"],
        &["2026-10-01T00:00:00Z", "53"],
    ),
    (
        "not yet valid",
        |it| it.not_before = TODAY + Duration::DAY,
        &["error not-yet-valid um1.contoso.com"],
        &["2026-11-24T00:00:00Z"],
    ),
    (
        "ends soon",
        |it| it.not_after = TODAY + Duration::days(29),
        &["warning expires-soon um1.contoso.com"],
        &[
            "2026-12-22T00:00:00Z",
            "29",
            "site Dublin",
            "um3.contoso.com",
        ],
    ),
    (
        "ends in thirty days",
        |it| it.not_after = TODAY + Duration::days(30),
        &[],
        &[],
    ),
    (
        "another CN",
        |it| it.distinguished_name = subject("mail.contoso.com"),
        &["error subject-not-server um1.contoso.com"],
        &["mail.contoso.com"],
    ),
    (
        "a blank after the CN",
        |it| it.distinguished_name = subject("um1.contoso.com "),
        &["error subject-not-server um1.contoso.com"],
        &["`um1.contoso.com `", "`um1.contoso.com`"],
    ),
    (
        "a dot after the CN",
        |it| it.distinguished_name = subject("um1.contoso.com."),
        &["error subject-not-server um1.contoso.com"],
        &["`um1.contoso.com.`", "`um1.contoso.com`"],
    ),
    (
        "a filler after the CN",
        |it| it.distinguished_name = subject("um1.contoso.com\u{3164}"),
        &["error subject-not-server um1.contoso.com"],
        &["`um1.contoso.com\\u{3164}`", "`um1.contoso.com`"],
    ),
    (
        "the CN in upper case",
        |it| it.distinguished_name = subject("UM1.CONTOSO.COM"),
        &[],
        &[],
    ),
    (
        "no CN",
        |it| it.distinguished_name = rcgen::DistinguishedName::new(),
        &["error subject-not-server um1.contoso.com"],
        &[],
    ),
    (
        "a wildcard in the CN",
        |it| it.distinguished_name = subject("*.contoso.com"),
        &["error subject-wildcard um1.contoso.com"],
        &["*.contoso.com"],
    ),
    (
        "a stand-in's name missing",
        |it| {
            it.subject_alt_names = sans(&["um1.contoso.com", "um2.contoso.com", "um4.contoso.com"])
        },
        &["error name-missing um1.contoso.com"],
        &["um3.contoso.com", "site Dublin"],
    ),
    (
        "the names missing that no outage brings here",
        |it| it.subject_alt_names = sans(&["um1.contoso.com", "um3.contoso.com"]),
        &[],
        &[],
    ),
    (
        "the own name missing",
        |it| it.subject_alt_names = sans(&["um3.contoso.com"]),
        &["error name-missing um1.contoso.com"],
        &[],
    ),
    (
        "no SAN at all",
        |it| it.subject_alt_names = Vec::new(),
        &[
            "error name-missing um1.contoso.com",
            "error name-missing um1.contoso.com",
        ],
        &[],
    ),
    (
        "a name that is not planned",
        |it| {
            it.subject_alt_names
                .extend(sans(&["autodiscover.contoso.com"]))
        },
        &["note name-extra um1.contoso.com"],
        &["autodiscover.contoso.com"],
    ),
    (
        "a wildcard first",
        |it| it.subject_alt_names = sans(&["*.contoso.com", "um1.contoso.com"]),
        &[
            "warning san-order um1.contoso.com",
            "note name-extra um1.contoso.com",
        ],
        &[],
    ),
    (
        "another name first",
        |it| it.subject_alt_names.rotate_left(1),
        &["warning san-order um1.contoso.com"],
        &["um2.contoso.com"],
    ),
    (
        "an EKU of another purpose",
        |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        &["error no-server-auth um1.contoso.com"],
        &[],
    ),
    (
        "an EKU of several purposes",
        |it| {
            it.extended_key_usages
                .push(ExtendedKeyUsagePurpose::ClientAuth)
        },
        &[],
        &[],
    ),
    (
        "an EKU of any purpose",
        |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
        &["error no-server-auth um1.contoso.com"],
        &["Lync"],
    ),
    (
        "no EKU",
        |it| it.extended_key_usages = Vec::new(),
        &["error no-server-auth um1.contoso.com"],
        &["Lync"],
    ),
    (
        "a CA's certificate",
        |it| it.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
        &["error ca-as-server um1.contoso.com"],
        &["CN=um1.contoso.com"],
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
        &[],
    ),
];

#[test]
fn leaf_fault_causes_its_finding_for_the_server() {
    let forged = Forged::new();
    let mut listed = Vec::new();
    for (what, change, finds, facts) in FAULTS {
        let report = forged.with_um1(change);
        assert_eq!(ids(report.findings()), *finds, "{what}\n{report}");
        let details: Vec<&str> = report.findings().iter().map(|it| it.detail()).collect();
        let states_all = |detail: &&str| facts.iter().all(|fact| detail.contains(fact));
        assert!(
            details.is_empty() || details.iter().any(states_all),
            "{what}: {details:#?}"
        );
        listed.extend(details.iter().map(|detail| (*what, (*detail).to_owned())));
        let is_error = finds.iter().any(|id| id.starts_with("error"));
        assert_eq!(report.is_trusted(), !is_error, "{what}");
    }
    assert_rows(
        listed,
        &expect![[r#"
            expired: its certificate expired on 2026-10-01T00:00:00Z, 53 days before the audit (thumbprint [SHA-1], SHA-256 [SHA-256])
            not yet valid: its certificate is not valid before 2026-11-24T00:00:00Z, 1 day after the audit (thumbprint [SHA-1], SHA-256 [SHA-256])
            ends soon: its certificate expires on 2026-12-22T00:00:00Z, in 29 days: calls then fail, and failover is no longer safe, because this server stands in when site Dublin or server um3.contoso.com is out
            another CN: the CN is `mail.contoso.com` instead of `um1.contoso.com`
            a blank after the CN: the CN is `um1.contoso.com ` instead of `um1.contoso.com`
            a dot after the CN: the CN is `um1.contoso.com.` instead of `um1.contoso.com`
            a filler after the CN: the CN is `um1.contoso.com\u{3164}` instead of `um1.contoso.com`
            no CN: the subject is empty, so it has no CN; expected `um1.contoso.com`
            a wildcard in the CN: the CN is `*.contoso.com` instead of `um1.contoso.com`
            a stand-in's name missing: um3.contoso.com is not covered by the SAN: calls to that name fail when site Dublin or server um3.contoso.com is out
            the own name missing: its own name is not covered by the SAN: every call fails
            no SAN at all: its own name is not covered by the SAN: every call fails
            no SAN at all: um3.contoso.com is not covered by the SAN: calls to that name fail when site Dublin or server um3.contoso.com is out
            a name that is not planned: the SAN has names that are not planned: `autodiscover.contoso.com`
            a wildcard first: the SAN has a wildcard before an exact name
            a wildcard first: the SAN has names that are not planned: `*.contoso.com`
            another name first: the first name in the SAN is `um2.contoso.com` instead of the server's own, `um1.contoso.com`
            an EKU of another purpose: its extended key usage lists other purposes, but not server authentication
            an EKU of any purpose: its extended key usage allows any purpose but does not list server authentication, which Lync requires
            no EKU: it has no extended key usage, but Lync requires server authentication
            a CA's certificate: it presents the CA certificate `CN=um1.contoso.com` as its own (thumbprint [SHA-1], SHA-256 [SHA-256])
            expired and a name missing: both: its certificate expired on 2026-11-22T00:00:00Z, 1 day before the audit (thumbprint [SHA-1], SHA-256 [SHA-256])
            expired and a name missing: both: um3.contoso.com is not covered by the SAN: calls to that name fail when site Dublin or server um3.contoso.com is out
        "#]],
    );
}

#[test]
fn rsa_keys_are_judged_by_their_size() {
    let forged = Forged::new();
    for (bits, expected) in [
        (1024, Some("error weak-key")),
        (1536, Some("error weak-key")),
        (2047, Some("error weak-key")),
        (2048, None),
        (2056, Some("warning key-size-unlisted")),
        (3072, Some("warning key-size-unlisted")),
        (4096, None),
        (8192, Some("warning key-size-unlisted")),
    ] {
        let chain = forged.chain(forged.intermediate.server_with_rsa(1, bits));
        let report = forged.audit().presented(um(1), chain).run(TODAY);
        let expected = expected.map(|rule| format!("{rule} um1.contoso.com"));
        assert_eq!(
            ids(report.findings()),
            expected.as_slice(),
            "{bits}\n{report}"
        );
    }
}

#[test]
fn certificate_of_another_server_has_one_error() {
    let mut details = Vec::new();
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
        // With wildcards the plan does not list the name of the other server, so a note is added.
        let errors: Vec<String> = ids(report.findings())
            .into_iter()
            .filter(|id| !id.starts_with("note"))
            .collect();
        assert_eq!(
            errors,
            ["error subject-not-server um1.contoso.com"],
            "{policy} {report}"
        );
        let detail = report.findings()[0].detail();
        assert_states(detail, &["um2.contoso.com"]);
        details.push((policy, detail.to_owned()));
    }
    assert_rows(
        details,
        &expect![[r#"
            every-server: the CN is `um2.contoso.com`, which is another server of the plan, instead of `um1.contoso.com`
            wildcard: the CN is `um2.contoso.com`, which is another server of the plan, instead of `um1.contoso.com`
            wildcard: the CN is `um2.contoso.com`, which is another server of the plan, instead of `um1.contoso.com`
        "#]],
    );
}

#[test]
fn unrelated_certificate_has_one_finding() {
    let report = Forged::new().with_um1(|it| {
        it.distinguished_name = subject("www.fabrikam.com");
        it.subject_alt_names = sans(&["www.fabrikam.com"]);
    });
    assert_finds(&report, &["error subject-not-server um1.contoso.com"]);
}

#[test]
fn self_signed_leaf_among_the_roots_is_an_error() {
    let forged = Forged::new();
    let own = certificate(server_params(1).self_signed(&rcgen_key()).unwrap());
    let chain: Chain = [own.clone()].into_iter().collect();
    let audit = forged.audit().presented(um(1), chain.clone());
    assert_finds(&audit.run(TODAY), &["error self-signed um1.contoso.com"]);
    let roots: TrustStore = [own, forged.root.certificate.clone()].into_iter().collect();
    let report = audit.lync_roots(&roots).exchange_roots(&roots).run(TODAY);
    assert_finds(&report, &["error self-signed um1.contoso.com"]);
}
