//! Invalid paths: the finding names the certificate at fault.

mod broken;
mod not_judged;

use crate::support::deployments::{TODAY, um};
use crate::support::forge::{Forge, chain_of, sans};
use crate::support::scene::{Forged, assert_finds, ids};
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa,
    KeyUsagePurpose,
};
use time::Duration;
use umcert::TrustStore;

/// Returns a critical certificate policies extension with anyPolicy.
fn policies() -> CustomExtension {
    let content = b"\x30\x08\x30\x06\x06\x04\x55\x1d\x20\x00";
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 32], content.to_vec());
    extension.set_criticality(true);
    extension
}

fn critical() -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0x05, 0x00]);
    extension.set_criticality(true);
    extension
}

/// A change to the root, and the facts that the finding states. Without facts there is no finding.
type Change = (fn(&mut CertificateParams), &'static [&'static str]);

/// webpki checks only the name and the key of a root.
#[test]
fn root_that_may_not_issue_is_reported() {
    let rows: [Change; 9] = [
        (|_| {}, &[]),
        (
            |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
            &["CN=Root"],
        ),
        (
            |it| it.custom_extensions.push(critical()),
            &["CN=Root", "1.2.3.4"],
        ),
        // The audit does not require certificate policies.
        (|it| it.custom_extensions.push(policies()), &[]),
        // A leaf certificate among the roots has neither the CA flag nor keyCertSign.
        (
            |it| {
                it.is_ca = IsCa::NoCa;
                it.key_usages.clear();
            },
            &["CN=Root", "CN=Intermediate"],
        ),
        (
            |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            &["CN=Root"],
        ),
        (
            |it| it.key_usages = vec![KeyUsagePurpose::CrlSign],
            &["CN=Root"],
        ),
        (
            |it| it.is_ca = IsCa::ExplicitNoCa,
            &["CN=Root", "CN=Intermediate"],
        ),
        (
            |it| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)),
            &["CN=Root", "1", "0"],
        ),
    ];
    let mut details = Vec::new();
    for (row, (change, facts)) in rows.into_iter().enumerate() {
        let forged = Forged::new();
        let root = Forge::root_with("Root", change);
        let intermediate = root.intermediate("Intermediate", |_| {});
        let server = intermediate.server(1, |_| {});
        let roots: TrustStore = [root.certificate, forged.root.certificate.clone()]
            .into_iter()
            .collect();
        let report = forged
            .audit()
            .lync_roots(&roots)
            .exchange_roots(&roots)
            .presented(um(1), chain_of(&[&server, &intermediate.certificate]))
            .run(TODAY);
        let errors = report.findings().iter();
        let errors: Vec<&umcert::Finding> = errors
            .filter(|it| it.rule() != umcert::Rule::Profile)
            .collect();
        if facts.is_empty() {
            assert_finds(&report, &[]);
            continue;
        }
        assert_eq!(errors.len(), 1, "row {row}\n{report}");
        assert_states(errors[0].detail(), facts);
        details.push((row, errors[0].detail().to_owned()));
    }
    assert_rows(
        details,
        &expect![[r#"
            1: the CA certificate `CN=Root` may not issue for server authentication: its extended key usage allows any purpose but does not list server authentication, which webpki and OpenSSL require (RFC 5280 §4.2.1.12) (thumbprint [SHA-1], SHA-256 [SHA-256])
            2: the CA certificate `CN=Root` has the unknown critical extension `1.2.3.4` (RFC 5280 §4.2) (thumbprint [SHA-1], SHA-256 [SHA-256])
            4: the certificate `CN=Root` is not a CA certificate, but issued `CN=Intermediate` (RFC 5280 §4.2.1.9) (thumbprint [SHA-1], SHA-256 [SHA-256])
            5: the CA certificate `CN=Root` may not issue for server authentication: its extended key usage lists only other purposes (RFC 5280 §4.2.1.12) (thumbprint [SHA-1], SHA-256 [SHA-256])
            6: the CA certificate `CN=Root` has a key usage that does not allow signing certificates (RFC 5280 §4.2.1.3) (thumbprint [SHA-1], SHA-256 [SHA-256])
            7: the certificate `CN=Root` is not a CA certificate, but issued `CN=Intermediate` (RFC 5280 §4.2.1.9) (thumbprint [SHA-1], SHA-256 [SHA-256])
            8: the CA certificate `CN=Root` has 1 CA below it on the path, but its path length allows 0 (RFC 5280 §4.2.1.9) (thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
}

#[test]
fn path_length_error_names_the_ca() {
    let forged = Forged::new();
    let few = |it: &mut CertificateParams| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let first = forged.root.intermediate("First", few);
    let second = first.intermediate("Second", |_| {});
    let server = second.server(1, |_| {});
    let chain = chain_of(&[&server, &second.certificate, &first.certificate]);
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(&report, &["error path-invalid um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert_states(detail, &["CN=First", "1", "0"]);
    assert_text(
        detail,
        &expect![[
            r#"the CA certificate `CN=First` has 1 CA below it on the path, but its path length allows 0 (RFC 5280 §4.2.1.9) (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
}

#[test]
fn several_faults_of_a_path_are_all_reported() {
    let forged = Forged::new();
    let intermediate = forged.root.intermediate("Intermediate", |it| {
        it.not_after = TODAY - Duration::DAY;
        it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        it.key_usages = vec![KeyUsagePurpose::CrlSign];
    });
    let server = intermediate.server(1, |it| {
        it.not_before = TODAY + Duration::DAY;
        it.custom_extensions.push(critical());
        it.subject_alt_names = sans(&["um1.contoso.com"]);
    });
    let chain = chain_of(&[&server, &intermediate.certificate]);
    let audit = forged.audit().presented(um(1), chain);
    let expected = [
        "error expired um1.contoso.com",
        "error name-missing um1.contoso.com",
        "error not-yet-valid um1.contoso.com",
        "error path-invalid um1.contoso.com",
        "error path-invalid um1.contoso.com",
        "error path-invalid um1.contoso.com",
    ];
    assert_eq!(ids(audit.run(TODAY).findings()), expected);
    // The untrusted root is reported too.
    let report = audit
        .lync_roots(TrustStore::default())
        .exchange_roots(TrustStore::default())
        .run(TODAY);
    let of_um1: Vec<String> = ids(report.findings())
        .into_iter()
        .filter(|id| id.ends_with("um1.contoso.com"))
        .collect();
    assert_eq!(of_um1[..6], expected);
    assert_eq!(
        of_um1[6..],
        ["error untrusted-root um1.contoso.com"],
        "{report}"
    );
}

#[test]
fn useless_cross_certificate_hides_no_good_path() {
    let forged = Forged::new();
    let foreign = Forge::root("Foreign");
    let server = forged.intermediate.server(1, |_| {});
    let cross = foreign.cross(&forged.intermediate, "Intermediate");
    for order in [
        [&server, &cross, &forged.intermediate.certificate],
        [&server, &forged.intermediate.certificate, &cross],
    ] {
        let report = forged.audit().presented(um(1), chain_of(&order)).run(TODAY);
        assert_finds(&report, &[]);
    }
    // If the good path has expired, the fault is the expiry and not the foreign root.
    let old = forged
        .root
        .cross_with(&forged.intermediate, "Intermediate", |it| {
            it.not_after = TODAY - Duration::DAY;
        });
    for order in [[&server, &cross, &old], [&server, &old, &cross]] {
        let report = forged.audit().presented(um(1), chain_of(&order)).run(TODAY);
        assert_finds(&report, &["error expired um1.contoso.com"]);
    }
}

#[test]
fn fault_on_one_path_names_the_relying_party() {
    let forged = Forged::new();
    let old_root = Forge::root_with("Old Root", |it| it.not_after = TODAY - Duration::DAY);
    let cross = old_root.cross(&forged.intermediate, "Intermediate");
    let server = forged.intermediate.server(1, |_| {});
    let chain = chain_of(&[&server, &forged.intermediate.certificate, &cross]);
    let old: TrustStore = [old_root.certificate.clone()].into_iter().collect();
    let audit = forged.audit().presented(um(1), chain);
    let report = audit.clone().lync_roots(&old).run(TODAY);
    let of_um1: Vec<_> = report
        .findings()
        .iter()
        .filter(|it| it.subject() == "um1.contoso.com")
        .collect();
    let facts = ["CN=Old Root", "2026-11-22T00:00:00Z", "1 day", "Lync"];
    assert_states(of_um1[0].detail(), &facts);
    assert_text(
        of_um1[0].detail(),
        &expect![[
            r#"the CA certificate `CN=Old Root` expired on 2026-11-22T00:00:00Z, 1 day before the audit, on the path for Lync (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
    assert!(report.verdicts()[1].verdict.is_trusted(), "{report}");
    // There is no note on different roots, because Lync does not trust the chain.
    assert_eq!(of_um1.len(), 1, "{report}");
    // A side that also holds the good root uses it, in any order of the roots.
    for certificates in [[&old_root, &forged.root], [&forged.root, &old_root]] {
        let both: TrustStore = certificates
            .map(|it| it.certificate.clone())
            .into_iter()
            .collect();
        let report = audit
            .clone()
            .lync_roots(&both)
            .exchange_roots(&both)
            .run(TODAY);
        assert_finds(&report, &[]);
    }
    // If the fault concerns both sides, the finding names neither.
    let report = audit.lync_roots(&old).exchange_roots(&old).run(TODAY);
    let detail = report.findings()[0].detail();
    assert_states(detail, &facts[..3]);
    assert!(!detail.contains("Lync"), "{detail}");
    assert_text(
        detail,
        &expect![[
            r#"the CA certificate `CN=Old Root` expired on 2026-11-22T00:00:00Z, 1 day before the audit (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
}

#[test]
fn presented_rebuilt_root_is_identified_by_fingerprint() {
    let forged = Forged::new();
    let rebuilt = Forge::root("Root");
    let chain = chain_of(&[&rebuilt.server(1, |_| {}), &rebuilt.certificate]);
    let report = forged.audit().presented(um(1), chain).run(TODAY);
    assert_finds(&report, &["error untrusted-root um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    for fingerprint in [
        rebuilt.certificate.sha256_fingerprint(),
        forged.root.certificate.sha256_fingerprint(),
    ] {
        assert!(detail.contains(&fingerprint), "{detail}");
    }
}
