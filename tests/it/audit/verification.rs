//! `TrustStore::verify` on its own reports what an audit reports, with the right causes.

use crate::support::deployments::{TODAY, um};
use crate::support::forge::{Forge, certificate, chain_of, rcgen_key, server_params};
use crate::support::scene::Forged;
use crate::support::snapshot::assert_states;
use rcgen::{CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, KeyUsagePurpose};
use time::Duration;
use umcert::audit::VerifyError;
use umcert::name::GeneralName;
use umcert::{Certificate, Chain, Rule, Severity, TrustStore};

fn expired(params: &mut CertificateParams) {
    params.not_after = TODAY - Duration::DAY;
}

fn store(root: &Certificate) -> TrustStore {
    [root.clone()].into_iter().collect()
}

/// What is wrong, the root that is trusted, the chain, the rule, and the facts that the error states.
type Row = (
    &'static str,
    Certificate,
    Chain,
    Option<Rule>,
    &'static [&'static str],
);

fn rows() -> Vec<Row> {
    let root = Forge::root("Root");
    let issuing = root.intermediate("Issuing", |_| {});
    let server = issuing.server(1, |_| {});
    let trusted = root.certificate.clone();
    let below = |change: fn(&mut CertificateParams)| {
        let issuing = root.intermediate("Issuing", change);
        chain_of(&[&issuing.server(1, |_| {}), &issuing.certificate])
    };
    let with_leaf = |change: fn(&mut CertificateParams)| {
        chain_of(&[&issuing.server(1, change), &issuing.certificate])
    };
    let old_root = Forge::root_with("Old Root", expired);
    let signing_root = Forge::root_with("No CA", |it| {
        it.key_usages = vec![KeyUsagePurpose::CrlSign];
    });
    let weak = issuing.server_with_rsa(1, 1024);
    let own = certificate(server_params(1).self_signed(&rcgen_key()).unwrap());
    let ders = [
        server.der().clone(),
        issuing.certificate.der().clone(),
        issuing.certificate.der()[..200].to_vec().into(),
    ];
    vec![
        ("nothing", trusted.clone(), below(|_| {}), None, &[]),
        (
            "an intermediate that may not sign certificates",
            trusted.clone(),
            below(|it| it.key_usages = vec![KeyUsagePurpose::CrlSign]),
            Some(Rule::PathInvalid),
            &["CN=Issuing", "RFC 5280 §4.2.1.3"],
        ),
        (
            "an expired root",
            old_root.certificate.clone(),
            chain_of(&[&old_root.server(1, |_| {})]),
            Some(Rule::Expired),
            &["CN=Old Root", "2026-11-22"],
        ),
        (
            "a root that may not sign certificates",
            signing_root.certificate.clone(),
            chain_of(&[&signing_root.server(1, |_| {})]),
            Some(Rule::PathInvalid),
            &["CN=No CA", "RFC 5280 §4.2.1.3"],
        ),
        (
            "an expired intermediate",
            trusted.clone(),
            below(expired),
            Some(Rule::Expired),
            &["CN=Issuing", "2026-11-22"],
        ),
        (
            "an expired server certificate",
            trusted.clone(),
            with_leaf(expired),
            Some(Rule::Expired),
            &["its certificate", "2026-11-22"],
        ),
        (
            "a weak key",
            trusted.clone(),
            chain_of(&[&weak, &issuing.certificate]),
            Some(Rule::WeakKey),
            &["RSA 1024"],
        ),
        (
            "a missing intermediate",
            trusted.clone(),
            chain_of(&[&server]),
            Some(Rule::MissingIntermediate),
            &["CN=Issuing"],
        ),
        (
            "an untrusted root",
            old_root.certificate.clone(),
            chain_of(&[&server, &issuing.certificate]),
            Some(Rule::UntrustedRoot),
            &["CN=Root", "this store does not trust"],
        ),
        (
            "a CA certificate",
            trusted.clone(),
            chain_of(&[&issuing.certificate]),
            Some(Rule::CaAsServer),
            &["CN=Issuing"],
        ),
        (
            "a self-signed certificate that is a root of the store",
            own.clone(),
            chain_of(&[&own]),
            Some(Rule::SelfSigned),
            &["CN=um1.contoso.com"],
        ),
        (
            "a certificate for clients",
            trusted.clone(),
            with_leaf(|it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]),
            Some(Rule::NoServerAuth),
            &["extended key usage"],
        ),
        (
            "an unknown critical extension",
            trusted.clone(),
            with_leaf(|it| it.custom_extensions.push(critical())),
            Some(Rule::PathInvalid),
            &["1.2.3.4"],
        ),
        (
            "an entry that cannot be read",
            trusted,
            ders.into_iter().collect(),
            Some(Rule::MalformedCertificate),
            &["entry 3"],
        ),
    ]
}

fn critical() -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![0x05, 0x00]);
    extension.set_criticality(true);
    extension
}

#[test]
fn verify_and_audit_report_the_same_rule() {
    let forged = Forged::new();
    for (what, root, chain, rule, facts) in rows() {
        let store = store(&root);
        let audit = forged.audit().lync_roots(&store).exchange_roots(&store);
        let report = audit.presented(um(1), chain.clone()).run(TODAY);
        let findings = report.findings().iter();
        let of_audit: Vec<Rule> = findings
            .filter(|it| it.subject() == um(1).as_str() && it.severity() == Severity::Error)
            .map(|it| it.rule())
            .collect();
        let expected: Vec<Rule> = rule.into_iter().collect();
        assert_eq!(of_audit, expected, "{what}: {report}");
        match store.verify(&chain, um(1), TODAY) {
            Ok(_) => assert_eq!(rule, None, "{what}"),
            Err(error) => {
                assert_eq!(error.rules(), expected, "{what}: {error}");
                assert!(matches!(error, VerifyError::Refused { .. }), "{what}");
                assert_eq!(error.findings()[0].subject(), "um1.contoso.com");
                assert_states(error.to_string(), facts);
                assert_eq!(error.to_string().lines().count(), 1, "{what}");
            }
        }
    }
}

/// A name that is no FQDN changes nothing about the path.
#[test]
fn addresses_and_localhost_are_verified_like_hosts() {
    let root = Forge::root("Root");
    let address = rcgen::SanType::IpAddress("192.0.2.1".parse().unwrap());
    let names = |it: &mut CertificateParams| {
        it.subject_alt_names.push(address.clone());
        let localhost = "localhost".try_into().unwrap();
        it.subject_alt_names
            .push(rcgen::SanType::DnsName(localhost));
    };
    let chain_below = |change: fn(&mut CertificateParams)| {
        let issuing = root.intermediate("Issuing", change);
        chain_of(&[&issuing.server(1, names), &issuing.certificate])
    };
    let store = store(&root.certificate);
    let good = chain_below(|_| {});
    let no_signer = chain_below(|it| it.key_usages = vec![KeyUsagePurpose::CrlSign]);
    for name in ["192.0.2.1", "localhost", "um1.contoso.com"] {
        let name: GeneralName = name.parse().unwrap();
        assert!(store.verify(&good, name.clone(), TODAY).is_ok(), "{name}");
        let error = store.verify(&no_signer, name.clone(), TODAY).unwrap_err();
        assert_eq!(error.rules(), [Rule::PathInvalid], "{name}");
    }
    let other: GeneralName = "192.0.2.2".parse().unwrap();
    let error = store.verify(&good, other, TODAY).unwrap_err();
    assert!(matches!(error, VerifyError::Name { .. }), "{error}");
}

/// RFC 5280 §6.1.1 allows any trust anchor.
#[test]
fn anchor_that_is_not_self_signed_is_trusted() {
    let forged = Forged::new();
    let issuing = &forged.intermediate;
    let path = store(&issuing.certificate)
        .verify(&chain_of(&[&issuing.server(1, |_| {})]), um(1), TODAY)
        .unwrap();
    assert_eq!(*path.root(), issuing.certificate);
}

#[test]
fn last_second_of_validity_is_valid() {
    let root = Forge::root("Root");
    let chain = chain_of(&[&root.server(1, |_| {})]);
    let last = chain.certificates().next().unwrap().not_after();
    let store = store(&root.certificate);
    let half = Duration::milliseconds(500);
    assert!(store.verify(&chain, um(1), last + half).is_ok());
    let error = store.verify(&chain, um(1), last + Duration::SECOND);
    assert_eq!(error.unwrap_err().rules(), [Rule::Expired]);
}

#[test]
fn error_of_hostile_chain_is_short() {
    let root = Forge::root("Root");
    let long = |it: &mut CertificateParams| {
        it.distinguished_name = crate::support::forge::subject(&"x".repeat(6000));
    };
    let chain = chain_of(&[&root.intermediate("Issuing", long).server(1, expired)]);
    let error = store(&root.certificate).verify(&chain, um(1), TODAY);
    let text = error.unwrap_err().to_string();
    assert!(text.len() < 3000, "{} bytes", text.len());
}
