//! Bundles: requests and chains have what was planned, as this crate and OpenSSL read them.

use std::fs;

use crate::support::deployments::{EXAMPLE_1, FAST, TODAY, deployment, plan, um};
use crate::support::openssl::{openssl, verifies_server};
use crate::support::scene::{Scene, ca};
use crate::support::snapshot::{assert_lines, assert_states, assert_text};
use expect_test::expect;
use rustls_pki_types::PrivatePkcs8KeyDer;
use tempfile::tempdir;
use time::Duration;
use umcert::issue::{IssueError, TestCaOptions};
use umcert::{Certificate, KeyKind, KeyPair, Plan, PlanOptions, SanPolicy, TestCa, TrustStore};

/// Returns the kinds that this build generates. RSA 4096 takes too long in a debug build.
fn kinds() -> Vec<KeyKind> {
    let rsa = cfg!(feature = "aws-lc-rs").then_some([KeyKind::Rsa2048, KeyKind::Rsa3072]);
    let others = [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519];
    rsa.into_iter().flatten().chain(others).collect()
}

fn planned_with(kind: KeyKind) -> Plan {
    Plan::new(&deployment(EXAMPLE_1), &PlanOptions::default().key(kind)).unwrap()
}

#[test]
fn request_and_chain_of_each_key_kind_are_accepted_by_openssl() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    for kind in kinds() {
        let plan = planned_with(kind);
        let ca = ca();
        let key = KeyPair::generate(kind).unwrap();
        let issued = ca
            .issue_planned(plan.certificate(&um(2)).unwrap(), key)
            .unwrap();
        fs::write(path.join("key.pem"), issued.key().to_pem().as_str()).unwrap();
        fs::write(path.join("csr.pem"), issued.request().to_pem()).unwrap();
        fs::write(path.join("chain.pem"), issued.chain().to_pem()).unwrap();
        fs::write(path.join("root.pem"), ca.roots()[0].to_pem()).unwrap();

        let Some(request) = openssl(
            &["req", "-in", "csr.pem", "-verify", "-text", "-noout"],
            path,
        ) else {
            return;
        };
        let text = String::from_utf8_lossy(&request.stdout).into_owned();
        assert!(request.status.success(), "{kind}: {request:?}");
        for expected in [
            "Subject: CN = um2.contoso.com",
            "DNS:um2.contoso.com, DNS:um1.contoso.com, DNS:um3.contoso.com, DNS:um4.contoso.com",
            "TLS Web Server Authentication",
            "Digital Signature",
        ] {
            assert!(text.contains(expected), "{kind}: {expected} in {text}");
        }
        let is_rsa = kind.rsa_bits().is_some();
        assert_eq!(text.contains("Key Encipherment"), is_rsa, "{kind}: {text}");

        for (host, good) in [("um2", true), ("um3", true), ("um5", false)] {
            let host = format!("{host}.contoso.com");
            let more = ["-no_check_time", "-verify_hostname", &host];
            assert_eq!(verifies_server(path, &more), Some(good), "{kind} {host}");
        }
        // The key that was written is the key of the request and of the certificate.
        let public = |arguments: &[&str]| openssl(arguments, path).unwrap().stdout;
        let of_key = public(&["pkey", "-in", "key.pem", "-pubout"]);
        assert_eq!(
            of_key,
            public(&["req", "-in", "csr.pem", "-pubkey", "-noout"]),
            "{kind}"
        );
        assert_eq!(
            of_key,
            public(&["x509", "-in", "chain.pem", "-pubkey", "-noout"]),
            "{kind}"
        );
    }
}

#[test]
fn key_kind_without_backend_support_names_the_feature() {
    let generated = KeyPair::generate(KeyKind::Rsa2048);
    if cfg!(feature = "aws-lc-rs") {
        assert_eq!(generated.unwrap().kind(), KeyKind::Rsa2048);
        return;
    }
    let error = generated.unwrap_err();
    assert_states(&error, &["rsa2048", "`aws-lc-rs`"]);
    assert_text(
        &error,
        &expect![[
            r#"this build cannot generate rsa2048 keys; enable umcert's feature `aws-lc-rs` or plan for another kind of key"#
        ]],
    );
    // A whole plan fails in the same way, without a partial result.
    let error = ca().issue(&planned_with(KeyKind::Rsa2048)).unwrap_err();
    assert!(
        matches!(error, IssueError::UnsupportedKey { .. }),
        "{error}"
    );
}

#[test]
fn key_of_unplanned_kind_is_refused() {
    let plan = planned_with(KeyKind::P384);
    let planned = plan.certificate(&um(1)).unwrap();
    let error = planned
        .request(&KeyPair::generate(KeyKind::P256).unwrap())
        .unwrap_err();
    assert_states(&error, &["`um1.contoso.com`", "`p256`", "`p384`"]);
    assert_text(
        &error,
        &expect![[r#"the key for `um1.contoso.com` is `p256`, expected `p384`"#]],
    );
    assert!(
        planned
            .request(&KeyPair::generate(KeyKind::P384).unwrap())
            .is_ok()
    );
}

#[test]
fn certificate_has_the_planned_names_in_order() {
    for policy in SanPolicy::ALL {
        let scene = Scene::new(EXAMPLE_1, *policy);
        for planned in scene.plan.certificates() {
            let chain = scene.chain(planned.subject());
            let end_entity = chain.certificates().next().unwrap();
            let expected: Vec<String> = planned.names().map(|name| name.to_string()).collect();
            assert_eq!(end_entity.san_entries(), expected, "{policy}");
            assert_eq!(
                end_entity.common_names(),
                [planned.subject().to_string()],
                "{policy}"
            );
            assert!(end_entity.has_basic_constraints() && !end_entity.is_ca());
            assert!(end_entity.has_server_auth());
        }
    }
}

#[test]
fn serial_numbers_are_distinct_and_have_sixteen_positive_bytes() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let ca = ca();
    let serial = || -> Vec<u8> {
        let key = KeyPair::generate(FAST).unwrap();
        let issued = ca
            .issue_planned(plan.certificate(&um(1)).unwrap(), key)
            .unwrap();
        let der = issued.chain().certificates().next().unwrap().der().to_vec();
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
        parsed.raw_serial().to_vec()
    };
    let (first, second) = (serial(), serial());
    assert_ne!(first, second);
    for serial in [first, second] {
        assert_eq!(serial.len(), 16);
        assert!((0x40..0x80).contains(&serial[0]), "{serial:x?}");
    }
}

#[test]
fn test_ca_has_the_requested_number_of_intermediates() {
    // webpki follows at most six.
    for count in [0, 1, 3, 6] {
        let options = TestCaOptions::valid_from(TODAY).intermediates(count);
        let ca = TestCa::with_options("Contoso", &options).unwrap();
        let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
        let subjects: Vec<&str> = issued
            .chain()
            .certificates()
            .skip(1)
            .map(Certificate::subject)
            .collect();
        let expected: Vec<String> = (1..=count)
            .rev()
            .map(|number| format!("CN=Contoso - Intermediate {number}"))
            .collect();
        assert_eq!(subjects, expected);
        let roots = TrustStore::from(ca.roots());
        assert!(
            roots.verify(issued.chain(), um(1), TODAY).is_ok(),
            "{count}"
        );
    }
}

#[test]
fn certificate_never_outlives_its_issuer() {
    let options = TestCaOptions::valid_from(TODAY).intermediates(200);
    let longer = options.clone().leaf_days(3653);
    let error = TestCa::with_options("Contoso", &longer).unwrap_err();
    assert_states(&error, &["2036-11-23T00:00:00Z", "2036-11-22T00:00:00Z"]);
    assert_text(
        &error,
        &expect![[
            r#"server certificates would expire on 2036-11-23T00:00:00Z, after their issuer on 2036-11-22T00:00:00Z; use fewer days or a CA with a longer validity"#
        ]],
    );
    let ca = TestCa::with_options("Contoso", &options).unwrap();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let ends: Vec<_> = issued
        .chain()
        .certificates()
        .map(Certificate::not_after)
        .collect();
    assert!(ends.is_sorted(), "{ends:?}");
    assert!(ends.last().unwrap() <= &ca.roots()[0].not_after());
    assert_eq!(ends[0], TODAY + Duration::days(365));
}

#[test]
fn dates_outside_of_a_certificate_are_refused() {
    let late = time::macros::datetime!(9999-06-01 00:00 UTC);
    let mut errors = Vec::new();
    for (options, facts) in [
        (TestCaOptions::valid_from(late), ["3652", "9999-06-01"]),
        (
            TestCaOptions::valid_from(TODAY).leaf_days(0),
            ["0 days", "2026-11-23"],
        ),
    ] {
        let error = TestCa::with_options("Contoso", &options).unwrap_err();
        assert_states(&error, &facts);
        errors.push(error);
    }
    assert_lines(
        errors,
        &expect![[r#"
        a validity of 3652 days from 9999-06-01T00:00:00Z is invalid, expected at least 1 day in the years 1 to 9999
        a validity of 0 days from 2026-11-23T00:00:00Z is invalid, expected at least 1 day in the years 1 to 9999
    "#]],
    );
    let minutes = TODAY.replace_nanosecond(999_999_999).unwrap();
    let ca = TestCa::with_options("Contoso", &TestCaOptions::valid_from(minutes)).unwrap();
    assert_eq!(ca.roots()[0].not_before(), TODAY);
}

#[test]
fn names_get_a_chain_and_invalid_names_an_error() {
    let ca = ca();
    let issued = ca
        .issue_names(["*.contoso.com", "um1.contoso.com"])
        .unwrap();
    assert_eq!(issued.subject(), um(1).as_str());
    let mut errors = Vec::new();
    for (names, facts) in [
        (vec!["*.contoso.com"], &[][..]),
        (vec![], &[]),
        (vec!["um1.contoso.com", "no name"], &["`no name`"]),
    ] {
        let error = ca.issue_names(names).unwrap_err();
        assert_states(&error, facts);
        errors.push(error);
    }
    assert_lines(
        errors,
        &expect![[r#"
            no name can be the common name, expected at least one that is not a wildcard
            no name can be the common name, expected at least one that is not a wildcard
            `no name` is not a host name or IP address: ' ' is not a letter, digit, hyphen, underscore or dot
        "#]],
    );
}

#[test]
fn debug_output_elides_private_keys() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let pem = issued.key().to_pem();
    let secret = pem.as_str().lines().nth(1).unwrap();
    for shown in [
        format!("{issued:?}"),
        format!("{pem:?}"),
        format!("{:?}", issued.key()),
    ] {
        assert!(shown.contains("[elided]"), "{shown}");
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn rustls_pemfile_reads_written_pem() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let text = format!(
        "{}{}",
        issued.key().to_pem().as_str(),
        issued.chain().to_pem()
    );
    let key = rustls_pemfile::private_key(&mut text.as_bytes())
        .unwrap()
        .unwrap();
    let written = issued.key().to_der();
    assert_eq!(
        key.secret_der(),
        PrivatePkcs8KeyDer::secret_pkcs8_der(&written)
    );
    let certificates: Vec<_> = rustls_pemfile::certs(&mut text.as_bytes())
        .map(Result::unwrap)
        .collect();
    let expected: Vec<_> = issued
        .chain()
        .certificates()
        .map(|it| it.der().clone())
        .collect();
    assert_eq!(certificates, expected);
    let request = rustls_pemfile::csr(&mut issued.request().to_pem().as_bytes())
        .unwrap()
        .unwrap();
    assert_eq!(&request, issued.request().der());
}

#[test]
fn new_test_ca_is_valid_now() {
    let now = time::OffsetDateTime::now_utc();
    let ca = TestCa::new("Contoso").unwrap();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let roots = TrustStore::from(ca.roots());
    assert!(roots.verify(issued.chain(), um(1), now).is_ok());
    assert!(
        roots
            .verify(issued.chain(), um(1), now + Duration::days(366))
            .is_err()
    );
}
