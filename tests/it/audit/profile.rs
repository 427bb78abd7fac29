//! The profile of RFC 5280: what no verdict rests on, and stricter verifiers refuse.

use crate::support::deployments::{TODAY, um};
use crate::support::forge::Forge;
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
];

fn constraints(content: &[u8]) -> CustomExtension {
    CustomExtension::from_oid_content(&[2, 5, 29, 30], content.to_vec())
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
            the CA certificate `CN=Below` has no authority key identifier (RFC 5280 §4.2.1.1)
            the CA certificate `CN=Below` has empty name constraints (RFC 5280 §4.2.1.10)
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
