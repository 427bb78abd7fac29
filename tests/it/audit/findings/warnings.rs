//! Faults that work today: each is a warning, and its near miss is nothing.

use crate::support::deployments::{EXAMPLE_1, FAST, TODAY, deployment, um};
use crate::support::forge::{Forge, chain_of};
use crate::support::scene::{Forged, assert_finds, ids};
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use rcgen::KeyUsagePurpose::{
    self, DataEncipherment, DigitalSignature, KeyAgreement, KeyEncipherment,
};
use rcgen::{CertificateParams, PKCS_RSA_SHA256, PKCS_RSA_SHA384, PKCS_RSA_SHA512};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use umcert::plan::CaProfile;
use umcert::{Plan, PlanOptions, Report, Rule, TrustStore};

/// Returns the details of the findings of `rule`.
fn details(report: &Report, rule: Rule) -> Vec<&str> {
    let findings = report.findings().iter();
    let findings = findings.filter(|finding| finding.rule() == rule);
    findings.map(|finding| finding.detail()).collect()
}

/// Audits UM server 1, which presents a certificate of an RSA root that signs with this algorithm.
fn issued_by_rsa(algorithm: &'static rcgen::SignatureAlgorithm) -> Report {
    let forged = Forged::new();
    let root = Forge::rsa_root("RSA root", algorithm);
    let roots: TrustStore = [root.certificate.clone(), forged.root.certificate.clone()]
        .into_iter()
        .collect();
    let audit = forged.audit().lync_roots(&roots).exchange_roots(&roots);
    let chain = chain_of(&[&root.server(1, |_| {})]);
    audit.presented(um(1), chain).run(TODAY)
}

#[test]
fn server_certificate_with_sha512_is_a_warning() {
    let report = issued_by_rsa(&PKCS_RSA_SHA512);
    assert_finds(&report, &["warning sha512-signature um1.contoso.com"]);
    assert!(report.is_trusted());
    assert_rows(
        [("sha512", report.findings()[0].detail())],
        &expect![[r#"
            sha512: its certificate is signed with sha512WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
    for algorithm in [&PKCS_RSA_SHA256, &PKCS_RSA_SHA384] {
        assert_finds(&issued_by_rsa(algorithm), &[]);
    }
}

#[test]
fn intermediate_with_sha512_is_named_and_its_root_is_not() {
    let forged = Forged::new();
    let audit = |root: &Forge, intermediate: &Forge| {
        let server = intermediate.server(1, |_| {});
        let roots: TrustStore = [root.certificate.clone(), forged.root.certificate.clone()]
            .into_iter()
            .collect();
        let audit = forged.audit().lync_roots(&roots).exchange_roots(&roots);
        let chain = chain_of(&[&server, &intermediate.certificate]);
        audit.presented(um(1), chain).run(TODAY)
    };
    let mut root = Forge::rsa_root("RSA root", &PKCS_RSA_SHA512);
    let report = audit(&root, &root.intermediate("CA 1", |_| {}));
    assert_finds(&report, &["warning sha512-signature um1.contoso.com"]);
    assert!(report.findings()[0].detail().contains("CN=CA 1"));

    // The same root signs with SHA-256; only its own certificate is signed with SHA-512.
    let own = root.certificate.clone();
    root = Forge::rsa_root("RSA root", &PKCS_RSA_SHA256);
    root.certificate = own;
    assert_eq!(
        root.certificate.signature_algorithm(),
        "sha512WithRSAEncryption"
    );
    assert_finds(&audit(&root, &root.intermediate("CA 1", |_| {})), &[]);
}

/// Lync's path leads through the SHA-512 certificate of the intermediate, Exchange's through another.
#[test]
fn sha512_on_the_path_of_one_side_is_a_warning() {
    let forged = Forged::new();
    let root = Forge::rsa_root("RSA root", &PKCS_RSA_SHA512);
    let cross = root.cross(&forged.intermediate, "Intermediate");
    let server = forged.intermediate.server(1, |_| {});
    let chain = chain_of(&[&server, &forged.intermediate.certificate, &cross]);
    let audit = forged.audit().presented(um(1), chain);
    assert_finds(&audit.run(TODAY), &[]);
    let lync: TrustStore = [root.certificate.clone()].into_iter().collect();
    let report = audit.lync_roots(&lync).run(TODAY);
    let found = details(&report, Rule::Sha512Signature);
    assert!(
        matches!(&found[..], [one] if one.contains("CN=Intermediate")),
        "{report}"
    );
}

/// The bits of a key usage, the finding for an RSA key, and the finding for a P-256 key.
type Usage = (
    &'static [KeyUsagePurpose],
    Option<&'static str>,
    Option<&'static str>,
);

const WARNING: Option<&str> = Some("warning no-digital-signature um1.contoso.com");
const ERROR: Option<&str> = Some("error path-invalid um1.contoso.com");

const USAGES: &[Usage] = &[
    (&[], None, None),
    (&[DigitalSignature], None, None),
    (&[DigitalSignature, KeyEncipherment], None, None),
    (&[DigitalSignature, DataEncipherment], None, None),
    (&[KeyEncipherment], WARNING, WARNING),
    (&[KeyEncipherment, DataEncipherment], WARNING, WARNING),
    // An RSA key cannot agree on a key.
    (&[KeyAgreement], ERROR, WARNING),
    (&[KeyEncipherment, KeyAgreement], WARNING, WARNING),
    (&[DataEncipherment], ERROR, ERROR),
];

#[test]
fn key_usage_without_digital_signature_is_a_warning() {
    let forged = Forged::new();
    let mut listed = Vec::new();
    for row @ (usages, rsa, p256) in USAGES {
        let change = |params: &mut CertificateParams| params.key_usages = usages.to_vec();
        let certificates = [
            (rsa, forged.intermediate.rsa_server(1, 2048, change)),
            (p256, forged.intermediate.server(1, change)),
        ];
        for (expected, certificate) in certificates {
            let chain = forged.chain(certificate);
            let report = forged.audit().presented(um(1), chain).run(TODAY);
            let expected: Vec<&str> = expected.iter().copied().collect();
            assert_eq!(ids(report.findings()), expected, "{row:?}\n{report}");
            assert_eq!(report.is_trusted(), !expected.contains(&ERROR.unwrap()));
            let found = details(&report, Rule::NoDigitalSignature);
            if !found.is_empty() {
                let is_rsa = found[0].contains("RSA 2048");
                let remedy = report.findings()[0].remedy();
                assert_eq!(remedy.contains("Key Encipherment"), is_rsa, "{remedy}");
            }
            let usages = format!("{usages:?}");
            listed.extend(found.iter().map(|it| (usages.clone(), (*it).to_owned())));
        }
    }
    assert_rows(
        listed,
        &expect![[r#"
        [KeyEncipherment]: the key usage of its certificate lacks digital signature, and its key is RSA 2048: only RSA key exchange is left
        [KeyEncipherment]: the key usage of its certificate lacks digital signature, and its key is ECDSA P-256: it cannot sign a handshake
        [KeyEncipherment, DataEncipherment]: the key usage of its certificate lacks digital signature, and its key is RSA 2048: only RSA key exchange is left
        [KeyEncipherment, DataEncipherment]: the key usage of its certificate lacks digital signature, and its key is ECDSA P-256: it cannot sign a handshake
        [KeyAgreement]: the key usage of its certificate lacks digital signature, and its key is ECDSA P-256: it cannot sign a handshake
        [KeyEncipherment, KeyAgreement]: the key usage of its certificate lacks digital signature, and its key is RSA 2048: only RSA key exchange is left
        [KeyEncipherment, KeyAgreement]: the key usage of its certificate lacks digital signature, and its key is ECDSA P-256: it cannot sign a handshake
    "#]],
    );
}

/// The URIs of each distribution point, and whether all are in a directory.
const LOCATIONS: &[(&[&[&str]], bool)] = &[
    (&[&["ldap:///CN=CA?certificateRevocationList"]], true),
    (&[&["LDAP://dc01.contoso.com/CN=CA"]], true),
    (&[&["ldaps://dc01.contoso.com/CN=CA"]], true),
    (&[&["ldap:///CN=CA", "ldap:///CN=CA2"]], true),
    (&[&["ldap:///CN=CA"], &["ldap:///CN=CA2"]], true),
    (&[&["http://crl.contoso.com/ca.crl"]], false),
    (
        &[&["ldap:///CN=CA", "http://crl.contoso.com/ca.crl"]],
        false,
    ),
    (
        &[&["ldap:///CN=CA"], &["HTTP://crl.contoso.com/ca.crl"]],
        false,
    ),
    (&[&["ldap:///CN=CA", "file://dc01/crl/ca.crl"]], false),
    (&[&["ldapx:///CN=CA"]], false),
    (&[&["http://ldap/ldap:///CN=CA"]], false),
];

#[test]
fn crl_in_a_directory_only_is_a_warning() {
    let forged = Forged::new();
    let mut listed = Vec::new();
    for row @ (points, is_found) in LOCATIONS {
        let report = forged.with_um1(|params| {
            let points = points.iter().map(|uris| rcgen::CrlDistributionPoint {
                uris: uris.iter().map(|uri| (*uri).to_owned()).collect(),
            });
            params.crl_distribution_points = points.collect();
        });
        let expected: &[&str] = match is_found {
            true => &["warning crl-ldap-only um1.contoso.com"],
            false => &[],
        };
        assert_eq!(ids(report.findings()), expected, "{row:?}\n{report}");
        let found = details(&report, Rule::CrlLdapOnly);
        let uris = format!("{points:?}");
        listed.extend(found.iter().map(|it| (uris.clone(), (*it).to_owned())));
    }
    assert_rows(
        listed,
        &expect![[r#"
            [["ldap:///CN=CA?certificateRevocationList"]]: every CRL distribution point of its certificate is in a directory: `ldap:///CN=CA?certificateRevocationList`
            [["LDAP://dc01.contoso.com/CN=CA"]]: every CRL distribution point of its certificate is in a directory: `LDAP://dc01.contoso.com/CN=CA`
            [["ldaps://dc01.contoso.com/CN=CA"]]: every CRL distribution point of its certificate is in a directory: `ldaps://dc01.contoso.com/CN=CA`
            [["ldap:///CN=CA", "ldap:///CN=CA2"]]: every CRL distribution point of its certificate is in a directory: `ldap:///CN=CA` and `ldap:///CN=CA2`
            [["ldap:///CN=CA"], ["ldap:///CN=CA2"]]: every CRL distribution point of its certificate is in a directory: `ldap:///CN=CA` and `ldap:///CN=CA2`
        "#]],
    );
}

/// A date of issue, and the longest validity in days (CA/Browser Forum Baseline Requirements 6.3.2).
const SCHEDULE: &[(OffsetDateTime, i64)] = &[
    (datetime!(2019-01-01 00:00 UTC), 825),
    (datetime!(2020-08-31 23:59:59 UTC), 825),
    (datetime!(2020-09-01 00:00 UTC), 398),
    (datetime!(2026-03-14 23:59:59 UTC), 398),
    (datetime!(2026-03-15 00:00 UTC), 200),
    (datetime!(2027-03-14 23:59:59 UTC), 200),
    (datetime!(2027-03-15 00:00 UTC), 100),
    (datetime!(2029-03-14 23:59:59 UTC), 100),
    (datetime!(2029-03-15 00:00 UTC), 47),
    (datetime!(2040-01-01 00:00 UTC), 47),
];

#[test]
fn public_validity_follows_the_schedule_to_the_second() {
    let mut forged = Forged::new();
    let options = PlanOptions::default().key(FAST).ca(CaProfile::Public);
    forged.scene.plan = Plan::new(&deployment(EXAMPLE_1), &options).unwrap();
    let mut listed = Vec::new();
    for (issued, days) in SCHEDULE {
        let longest = Duration::days(*days);
        for (validity, is_found) in [(longest, false), (longest + Duration::SECOND, true)] {
            let report = forged.with_um1(|params| {
                params.not_before = *issued;
                params.not_after = *issued + validity;
            });
            let found = details(&report, Rule::PublicValidity);
            assert_eq!(
                found.len(),
                usize::from(is_found),
                "{issued} {validity}\n{report}"
            );
            listed.extend(found.iter().map(|it| (issued.date(), (*it).to_owned())));
        }
    }
    assert_rows(
        listed,
        &expect![[r#"
            2019-01-01: its certificate is valid from 2019-01-01T00:00:00Z to 2021-04-05T00:00:01Z, longer than the 825 days that a public CA may allow on that date of issue
            2020-08-31: its certificate is valid from 2020-08-31T23:59:59Z to 2022-12-05T00:00:00Z, longer than the 825 days that a public CA may allow on that date of issue
            2020-09-01: its certificate is valid from 2020-09-01T00:00:00Z to 2021-10-04T00:00:01Z, longer than the 398 days that a public CA may allow on that date of issue
            2026-03-14: its certificate is valid from 2026-03-14T23:59:59Z to 2027-04-17T00:00:00Z, longer than the 398 days that a public CA may allow on that date of issue
            2026-03-15: its certificate is valid from 2026-03-15T00:00:00Z to 2026-10-01T00:00:01Z, longer than the 200 days that a public CA may allow on that date of issue
            2027-03-14: its certificate is valid from 2027-03-14T23:59:59Z to 2027-10-01T00:00:00Z, longer than the 200 days that a public CA may allow on that date of issue
            2027-03-15: its certificate is valid from 2027-03-15T00:00:00Z to 2027-06-23T00:00:01Z, longer than the 100 days that a public CA may allow on that date of issue
            2029-03-14: its certificate is valid from 2029-03-14T23:59:59Z to 2029-06-23T00:00:00Z, longer than the 100 days that a public CA may allow on that date of issue
            2029-03-15: its certificate is valid from 2029-03-15T00:00:00Z to 2029-05-01T00:00:01Z, longer than the 47 days that a public CA may allow on that date of issue
            2040-01-01: its certificate is valid from 2040-01-01T00:00:00Z to 2040-02-17T00:00:01Z, longer than the 47 days that a public CA may allow on that date of issue
        "#]],
    );
}
