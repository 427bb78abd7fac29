//! Certificate requests: what others write is read, and what proves nothing is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{EXAMPLE_1, FAST, openssl, plan, um, utf16};
use tempfile::tempdir;
use umcert::{
    CertificateRequest, KeyPair, PublicKey, ReadError, RequestLabel, SanPolicy, SignatureFault,
};

fn made() -> CertificateRequest {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let key = KeyPair::generate(FAST).unwrap();
    plan.certificate(&um(2)).unwrap().request(&key).unwrap()
}

#[test]
fn a_request_is_read_however_people_store_it() {
    let request = made();
    let pem = request.to_pem();
    let new = request.to_pem_as(RequestLabel::NewCertificateRequest);
    assert!(new.starts_with("-----BEGIN NEW CERTIFICATE REQUEST-----\n"));
    assert!(new.ends_with("\n-----END NEW CERTIFICATE REQUEST-----\n"));
    let forms: [(&str, Vec<u8>); 7] = [
        ("PEM", pem.clone().into()),
        ("the label of certreq", new.clone().into()),
        ("DER", request.der().to_vec()),
        (
            "CRLF and text around",
            format!("Subject: um2\r\n{}\r\n", new.replace('\n', "\r\n")).into(),
        ),
        ("a byte order mark", format!("\u{feff}{pem}").into()),
        ("UTF-16 of PowerShell", utf16(&new, false)),
        ("UTF-16, big end first", utf16(&pem, true)),
    ];
    for (what, bytes) in forms {
        let read = CertificateRequest::from_bytes(&bytes).ok();
        assert_eq!(read, Some(request.clone()), "{what}");
    }
}

#[test]
fn a_request_tells_what_it_asks_for() {
    let request = made();
    assert_eq!(request.subject(), "CN=um2.contoso.com");
    assert_eq!(request.common_names(), ["um2.contoso.com"]);
    let names = [2, 1, 3, 4].map(|number| um(number).to_string());
    assert_eq!(request.san_entries(), names);
    assert!(request.dns_names().covering(&um(4)).is_some());
    assert!(request.dns_names().covering(&um(5)).is_none());
    assert!(request.extended_key_usage().unwrap().server_auth);
    let usage = request.key_usage().unwrap();
    assert!(usage.digital_signature && !usage.key_encipherment && !usage.key_cert_sign);
    assert_eq!(*request.public_key(), PublicKey::P256);
    assert_eq!(request.signature_algorithm(), "ecdsa-with-SHA256");
    assert_eq!(request.template(), None);
    assert!(format!("{request:?}").contains("um2.contoso.com"));
}

#[test]
fn a_request_that_was_changed_proves_nothing() {
    let der = made().der().to_vec();
    // The CN is signed; the last byte is the signature itself.
    let place = der.windows(3).position(|it| it == b"um2").unwrap();
    for (what, at) in [("a name", place + 2), ("the signature", der.len() - 1)] {
        let mut changed = der.clone();
        changed[at] ^= 1;
        let error = CertificateRequest::from_bytes(&changed).unwrap_err();
        let ReadError::RequestSignature { fault, .. } = &error else {
            panic!("{what}: {error}");
        };
        assert_eq!(*fault, SignatureFault::Invalid, "{what}");
    }
    assert!(CertificateRequest::from_bytes(&der).is_ok());
}

#[test]
fn a_file_without_one_request_says_what_it_holds() {
    let issued = common::ca().issue_names(["um1.contoso.com"]).unwrap();
    let pem = issued.request().to_pem();
    let end_entity = issued.chain().certificates().next().unwrap();
    let mut trailing = issued.request().der().to_vec();
    trailing.push(0);
    let cut = &issued.request().der()[..100];
    let rows: Vec<(Vec<u8>, &str)> = vec![
        (
            Vec::new(),
            "found no certificate request but nothing at all: it is empty",
        ),
        (
            b"hello".to_vec(),
            "found no certificate request but text or data of another kind",
        ),
        (
            b"<html>".to_vec(),
            "found no certificate request but an HTML or XML page",
        ),
        (
            issued.chain().to_pem().into(),
            "found no certificate request but a certificate",
        ),
        (
            end_entity.der().to_vec(),
            "found no certificate request but a certificate",
        ),
        (
            issued.key().to_pem().as_str().into(),
            "found no certificate request but a private key",
        ),
        (
            format!("{pem}{pem}").into(),
            "found 2 certificate requests, and one belongs here",
        ),
        (
            trailing,
            "not readable as a certificate request: 1 bytes stand behind it",
        ),
        (
            pem[..pem.len() - 20].into(),
            "PEM section 1 is broken: its end `-----END CERTIFICATE REQUEST-----` is missing; is the file cut off?",
        ),
    ];
    for (bytes, expected) in rows {
        let error = CertificateRequest::from_bytes(&bytes).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let error = CertificateRequest::from_bytes(cut).unwrap_err();
    assert!(
        matches!(error, ReadError::MalformedRequest { .. }),
        "{error}"
    );
    let error = CertificateRequest::from_bytes(&vec![b' '; 4 * 1024 * 1024 + 1]).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
}

/// What OpenSSL writes for a key made so, with these lines of configuration.
fn of_openssl(folder: &Path, new_key: &[&str], digest: &str) -> Option<Vec<u8>> {
    fs::write(folder.join("config"), OPENSSL_CONFIG).unwrap();
    let mut make = vec!["genpkey", "-out", "key.pem"];
    make.extend(new_key);
    let made = openssl(&make, folder)?;
    assert!(made.status.success(), "{made:?}");
    let arguments = [
        "req", "-new", "-key", "key.pem", "-config", "config", digest, "-out", "csr.pem",
    ];
    let made = openssl(&arguments, folder)?;
    assert!(made.status.success(), "{made:?}");
    Some(fs::read(folder.join("csr.pem")).unwrap())
}

const OPENSSL_CONFIG: &str = "
[req]
prompt = no
distinguished_name = subject
attributes = attributes
req_extensions = extensions
utf8 = yes
[subject]
1.DC = com
2.DC = contoso
O = Contoso Ltd.
1.OU = Exchange
2.OU = Unified Messaging
CN = um1.contoso.com
[attributes]
challengePassword = a secret
[extensions]
subjectKeyIdentifier = hash
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:um1.contoso.com, DNS:UM1, DNS:*.contoso.com, IP:192.0.2.1, IP:2001:db8::1
1.3.6.1.4.1.311.20.2 = ASN1:BMPSTRING:WebServer
";

#[test]
fn what_openssl_writes_is_read_whatever_the_key() {
    let folder = tempdir().unwrap();
    let rows: [(&[&str], &str, PublicKey, &str); 5] = [
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "-sha256",
            PublicKey::Rsa(2048),
            "sha256WithRSAEncryption",
        ),
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "-sha1",
            PublicKey::Rsa(2048),
            "sha1WithRSAEncryption",
        ),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "-sha384",
            PublicKey::P384,
            "ecdsa-with-SHA384",
        ),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "-sha256",
            PublicKey::P384,
            "ecdsa-with-SHA256",
        ),
        (
            &["-algorithm", "ED25519"],
            "-sha256",
            PublicKey::Ed25519,
            "Ed25519",
        ),
    ];
    for (key, digest, expected, signature) in rows {
        let Some(pem) = of_openssl(folder.path(), key, digest) else {
            return;
        };
        let request = CertificateRequest::from_bytes(&pem).unwrap();
        assert_eq!(*request.public_key(), expected);
        assert_eq!(request.signature_algorithm(), signature);
        assert_eq!(
            request.subject(),
            "DC=com, DC=contoso, O=Contoso Ltd., OU=Exchange, OU=Unified Messaging, CN=um1.contoso.com"
        );
        assert_eq!(
            request.san_entries(),
            [
                "um1.contoso.com",
                "UM1",
                "*.contoso.com",
                "IP:192.0.2.1",
                "IP:2001:db8::1"
            ]
        );
        assert!(request.key_usage().unwrap().key_encipherment);
        assert_eq!(request.template().unwrap().to_string(), "WebServer");
    }
}

#[test]
fn a_signature_that_proves_nothing_here_is_refused_with_the_reason() {
    let folder = tempdir().unwrap();
    let rows: [(&[&str], &str); 2] = [
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
            "the certificate request proves nothing of its key: its RSA key has 1024 bits, and at least 2048 are needed",
        ),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
            "the certificate request proves nothing of its key: a signature of ecdsa-with-SHA256 under a key of ECDSA P-521 cannot be verified here",
        ),
    ];
    for (key, expected) in rows {
        let Some(pem) = of_openssl(folder.path(), key, "-sha256") else {
            return;
        };
        let error = CertificateRequest::from_bytes(&pem).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}
