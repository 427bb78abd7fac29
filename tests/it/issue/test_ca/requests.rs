//! Requests, and names of every kind, that a test CA issues certificates for.

use std::fs;
use std::net::IpAddr;

use super::{at, end_entity, verifies};
use crate::support::deployments::{self, EXAMPLE_1, FAST, TODAY, plan, um};
use crate::support::openssl::openssl;
use crate::support::scene::ca;
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use tempfile::tempdir;
use umcert::issue::RequestOptions;
use umcert::name::{AttributeType, DistinguishedName};
use umcert::x509::PublicKey;
use umcert::{CertificateRequest, KeyKind, KeyPair, SanPolicy, TrustStore};

#[test]
fn addresses_and_localhost_are_issued_as_names() {
    let folder = tempdir().unwrap();
    let ca = ca();
    let rows: [(&[&str], &str, &[&str]); 5] = [
        (
            &[
                "um1.contoso.com",
                "192.0.2.1",
                "UM1.contoso.com",
                "192.0.2.1",
            ],
            "um1.contoso.com",
            &["um1.contoso.com", "IP:192.0.2.1"],
        ),
        (
            &["192.0.2.1", "2001:db8::1"],
            "192.0.2.1",
            &["IP:192.0.2.1", "IP:2001:db8::1"],
        ),
        (
            &["127.0.0.1", "localhost"],
            "localhost",
            &["IP:127.0.0.1", "localhost"],
        ),
        (
            &["*.contoso.com", "192.0.2.1"],
            "192.0.2.1",
            &["*.contoso.com", "IP:192.0.2.1"],
        ),
        (
            &["192.0.2.1", "um1.contoso.com"],
            "um1.contoso.com",
            &["IP:192.0.2.1", "um1.contoso.com"],
        ),
    ];
    for (names, cn, expected) in rows {
        let issued = ca.issue_names(names.iter().copied()).unwrap();
        let certificate = end_entity(issued.chain());
        assert_eq!(issued.subject(), cn);
        assert_eq!(certificate.common_names(), [cn]);
        assert_eq!(certificate.san_entries(), expected);
        assert_eq!(issued.request().san_entries(), expected);
    }
    let issued = ca.issue_names([IpAddr::from([192, 0, 2, 1])]).unwrap();
    assert!(issued.servers().is_empty());
    let time = at(TODAY);
    for (address, good) in [("192.0.2.1", true), ("192.0.2.2", false)] {
        let more = ["-verify_ip", address, "-attime", &time];
        let Some(verified) = verifies(folder.path(), ca.roots(), issued.chain(), &more) else {
            return;
        };
        assert_eq!(verified, good, "{address}");
    }
}

#[test]
fn request_is_issued_as_it_asks_or_as_planned() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let ca = ca();
    let subject = DistinguishedName::new().with(AttributeType::Organization, "Contoso Ltd.");
    let options = RequestOptions::default().subject(subject.unwrap());
    let key = KeyPair::generate(FAST).unwrap();
    let made = planned.request_with(&key, &options).unwrap();
    let request = CertificateRequest::from_bytes(made.der()).unwrap();

    let asked = ca.issue_request(&request).unwrap();
    assert_eq!(
        end_entity(&asked).subject(),
        "O=Contoso Ltd., CN=um1.contoso.com"
    );
    let as_planned = ca.issue_request_as(planned, &request).unwrap();
    assert_eq!(end_entity(&as_planned).subject(), "CN=um1.contoso.com");
    let roots = TrustStore::from(ca.roots());
    for chain in [&asked, &as_planned] {
        let certificate = end_entity(chain);
        assert!(request.has_key_of(certificate));
        assert_eq!(certificate.san_entries(), request.san_entries());
        assert!(certificate.has_server_auth());
        assert!(roots.verify(chain, um(1), TODAY).is_ok());
        assert!(
            roots
                .verify(chain, deployments::name("um5.contoso.com"), TODAY)
                .is_err()
        );
    }
    let another = ca.issue_names(["um1.contoso.com"]).unwrap();
    assert!(!request.has_key_of(end_entity(another.chain())));

    let other = KeyPair::generate(KeyKind::P384).unwrap();
    let other_plan = umcert::Plan::new(
        &deployments::deployment(EXAMPLE_1),
        &umcert::PlanOptions::default().key(KeyKind::P384),
    );
    let other_plan = other_plan.unwrap();
    let request = other_plan.certificates()[0].request(&other).unwrap();
    let error = ca.issue_request_as(planned, &request).unwrap_err();
    assert_states(&error, &["`um1.contoso.com`", "`ECDSA P-384`", "`p256`"]);
    assert_text(
        &error,
        &expect![[r#"the key for `um1.contoso.com` is `ECDSA P-384`, expected `p256`"#]],
    );
}

/// The request has names that no client matches, an address, and a key of another kind than planned.
#[test]
fn request_of_openssl_is_issued_with_all_its_names() {
    let folder = tempdir().unwrap();
    let san = "subjectAltName=DNS:um1.contoso.com,DNS:UM1,IP:192.0.2.1,email:um@contoso.com";
    for key in ["ec:p384.pem", "rsa:2048"] {
        let curve = ["ecparam", "-name", "secp384r1", "-out", "p384.pem"];
        let Some(_) = openssl(&curve, folder.path()) else {
            return;
        };
        let arguments = [
            "req",
            "-new",
            "-newkey",
            key,
            "-nodes",
            "-keyout",
            "key.pem",
            "-sha256",
            "-subj",
            "/DC=com/DC=contoso/CN=um1.contoso.com",
            "-addext",
            san,
            "-out",
            "csr.pem",
        ];
        let made = openssl(&arguments, folder.path()).unwrap();
        assert!(made.status.success(), "{made:?}");
        let pem = fs::read(folder.path().join("csr.pem")).unwrap();
        let request = CertificateRequest::from_bytes(&pem).unwrap();
        let ca = ca();
        let chain = ca.issue_request(&request).unwrap();
        let certificate = end_entity(&chain);
        assert_eq!(
            certificate.subject(),
            "DC=com, DC=contoso, CN=um1.contoso.com"
        );
        assert_eq!(
            certificate.san_entries(),
            [
                "um1.contoso.com",
                "UM1",
                "IP:192.0.2.1",
                "email:um@contoso.com"
            ]
        );
        let is_rsa = matches!(certificate.public_key(), PublicKey::Rsa(2048));
        assert_eq!(certificate.key_usage().unwrap().key_encipherment, is_rsa);
        let time = at(TODAY);
        let more = [
            "-attime",
            time.as_str(),
            "-verify_hostname",
            "um1.contoso.com",
        ];
        assert_eq!(
            verifies(folder.path(), ca.roots(), &chain, &more),
            Some(true)
        );
        // The certificate is for the key of the request.
        fs::write(folder.path().join("chain.pem"), chain.to_pem()).unwrap();
        let public = |arguments: &[&str]| openssl(arguments, folder.path()).unwrap().stdout;
        assert_eq!(
            public(&["pkey", "-in", "key.pem", "-pubout"]),
            public(&["x509", "-in", "chain.pem", "-pubkey", "-noout"])
        );
    }
}
