//! The profile of RFC 5280: what no verdict rests on, and stricter verifiers refuse.

use crate::support::deployments::{TODAY, um};
use crate::support::forge::{Forge, server_params};
use crate::support::scene::{Forged, assert_finds};
use crate::support::snapshot::{assert_lines, assert_states};
use expect_test::expect;
use rcgen::{CertificateParams, CustomExtension, KeyUsagePurpose, SerialNumber};
use umcert::{Chain, Rule, TrustStore};

/// What to change in a good certificate, the section that forbids it, and what the finding states besides.
type Row = (
    fn(&mut CertificateParams),
    &'static str,
    &'static [&'static str],
);

const SERVER: &[Row] = &[
    (
        |params| params.serial_number = Some(SerialNumber::from_slice(&[1; 21])),
        "§4.1.2.2",
        &["21", "20", "RFC 5280 §4.1.2.2"],
    ),
    (
        |params| params.serial_number = Some(SerialNumber::from_slice(&[0])),
        "§4.1.2.2",
        &["RFC 5280 §4.1.2.2"],
    ),
    (
        |params| params.use_authority_key_identifier_extension = false,
        "§4.2.1.1",
        &["RFC 5280 §4.2.1.1"],
    ),
    (
        |params| {
            params.key_usages = vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyCertSign,
            ]
        },
        "§4.2.1.3",
        &["RFC 5280 §4.2.1.3"],
    ),
    (
        |params| {
            params
                .custom_extensions
                .push(constraints(b"\x30\x0a\xa0\x08\x30\x06\x82\x04.com"))
        },
        "§4.2.1.10",
        &["RFC 5280 §4.2.1.10", ".com"],
    ),
    (
        |params| params.custom_extensions.push(malformed(&[2, 5, 29, 32])),
        "§4.2.1.4",
        &["certificate policies (2.5.29.32)", "RFC 5280 §4.2.1.4"],
    ),
    (
        |params| {
            params
                .custom_extensions
                .push(malformed(&[1, 3, 6, 1, 5, 5, 7, 1, 1]))
        },
        "§4.2.2.1",
        &["authority information access", "RFC 5280 §4.2.2.1"],
    ),
    (
        |params| {
            params.use_authority_key_identifier_extension = false;
            params.custom_extensions.push(malformed(&[2, 5, 29, 35]));
        },
        "§4.2.1.1",
        &["malformed", "RFC 5280 §4.2.1.1"],
    ),
    (
        |params| {
            params.crl_distribution_points.clear();
            let points = CustomExtension::from_oid_content(
                &[2, 5, 29, 31],
                b"\x30\x03\x02\x01\x01".to_vec(),
            );
            params.custom_extensions.push(points);
        },
        "§4.2.1.13",
        &["malformed", "RFC 5280 §4.2.1.13"],
    ),
];

const INTERMEDIATE: &[Row] = &[
    (
        |params| params.use_authority_key_identifier_extension = false,
        "§4.2.1.1",
        &["CN=Below", "RFC 5280 §4.2.1.1"],
    ),
    (
        |params| params.custom_extensions.push(constraints(b"\x30\x00")),
        "§4.2.1.10",
        &["CN=Below", "RFC 5280 §4.2.1.10"],
    ),
    (
        |params| params.key_usages.clear(),
        "§4.2.1.3",
        &["CN=Below", "key usage", "RFC 5280 §4.2.1.3"],
    ),
];

fn constraints(content: &[u8]) -> CustomExtension {
    CustomExtension::from_oid_content(&[2, 5, 29, 30], content.to_vec())
}

/// Returns an extension that is not critical and contains half an element.
fn malformed(oid: &[u64]) -> CustomExtension {
    CustomExtension::from_oid_content(oid, b"\x30\x05garb".to_vec())
}

#[track_caller]
fn assert_reported(forged: &Forged, chain: Chain, (_, section, facts): Row) -> String {
    let report = forged.audit().presented(um(1), chain.clone()).run(TODAY);
    assert_finds(&report, &["warning profile um1.contoso.com"]);
    let detail = report.findings()[0].detail();
    assert_states(detail, facts);
    assert!(report.is_trusted(), "{detail}");

    let store: TrustStore = forged.roots().into_iter().collect();
    let path = store.verify(&chain, um(1), TODAY).unwrap();
    let faults = path.profile_violations();
    assert_eq!(faults[0].section(), section, "{detail}");
    detail.to_owned()
}

#[test]
fn profile_violation_names_certificate_and_section() {
    let forged = Forged::new();
    let good = forged.chain(forged.intermediate.server(1, |_| {}));
    assert_finds(&forged.audit().presented(um(1), good).run(TODAY), &[]);
    let mut details = Vec::new();
    for row in SERVER {
        let chain = forged.chain(forged.intermediate.server(1, row.0));
        details.push(assert_reported(&forged, chain, *row));
    }
    for row in INTERMEDIATE {
        let below = forged.root.intermediate("Below", row.0);
        let chain = [below.server(1, |_| {}), below.certificate.clone()];
        details.push(assert_reported(&forged, chain.into_iter().collect(), *row));
    }
    assert_lines(
        details,
        &expect![[r#"
            its certificate has a serial number of 21 bytes; the maximum is 20 (RFC 5280 §4.1.2.2)
            its certificate has the serial number zero (RFC 5280 §4.1.2.2)
            its certificate has no authority key identifier (RFC 5280 §4.2.1.1)
            its certificate has a key usage that allows signing certificates, but is not a CA certificate (RFC 5280 §4.2.1.3)
            its certificate has name constraints, but is not a CA certificate (RFC 5280 §4.2.1.10), and has a name constraint that begins with a dot, `.com` (RFC 5280 §4.2.1.10)
            its certificate has a malformed extension certificate policies (2.5.29.32) (RFC 5280 §4.2.1.4)
            its certificate has a malformed extension authority information access (1.3.6.1.5.5.7.1.1) (RFC 5280 §4.2.2.1)
            its certificate has a malformed extension authority key identifier (2.5.29.35) (RFC 5280 §4.2.1.1)
            its certificate has a malformed extension CRL distribution points (2.5.29.31) (RFC 5280 §4.2.1.13)
            the CA certificate `CN=Below` has no authority key identifier (RFC 5280 §4.2.1.1)
            the CA certificate `CN=Below` has empty name constraints (RFC 5280 §4.2.1.10)
            the CA certificate `CN=Below` is a CA certificate without a key usage (RFC 5280 §4.2.1.3)
        "#]],
    );
}

#[test]
fn profile_violation_is_reported_once_and_only_if_trusted() {
    let forged = Forged::new();
    let chain = forged.chain(forged.intermediate.server(1, SERVER[0].0));
    let audit = forged.audit().presented(um(1), chain);
    let report = audit.run(TODAY);
    let told = report.findings().iter();
    assert_eq!(told.filter(|it| it.rule() == Rule::Profile).count(), 1);

    let other = [Forge::root("Other").certificate];
    let report = audit
        .lync_roots(&other[..])
        .exchange_roots(&other[..])
        .run(TODAY);
    let mut told = report.findings().iter();
    assert!(told.all(|it| it.rule() == Rule::UntrustedRoot), "{report}");
}

#[test]
fn root_without_key_usage_is_reported() {
    let mut forged = Forged::new();
    forged.root = Forge::root_with("Root", |params| params.key_usages.clear());
    forged.intermediate = forged.root.intermediate("Intermediate", |_| {});
    let report = forged.audit().run(TODAY);
    assert!(report.is_trusted(), "{report}");
    for finding in report.findings() {
        assert_eq!(finding.rule(), Rule::Profile);
        assert_states(finding.detail(), &["CN=Root", "key usage", "§4.2.1.3"]);
    }
    assert_eq!(report.findings().len(), 4);
}

/// A verdict depends on these extensions, so that no path is built without them.
#[test]
fn malformed_extension_of_a_verdict_is_no_matter_of_the_profile() {
    let forged = Forged::new();
    for oid in [15, 17, 19, 30, 37] {
        let mut params = server_params(1);
        params.is_ca = rcgen::IsCa::NoCa;
        params.subject_alt_names.clear();
        params.extended_key_usages.clear();
        params.custom_extensions.push(malformed(&[2, 5, 29, oid]));
        let chain: Chain = [forged.intermediate.raw(&params)].into_iter().collect();
        let error = chain.entries()[0].as_ref().unwrap_err().to_string();
        assert_states(&error, &[&format!("(2.5.29.{oid})"), "CN=um1.contoso.com"]);
    }
    let mut critical = malformed(&[2, 5, 29, 32]);
    critical.set_criticality(true);
    let mut params = server_params(1);
    params.custom_extensions.push(critical);
    let chain: Chain = [forged.intermediate.raw(&params)].into_iter().collect();
    assert!(chain.entries()[0].is_err());
}
