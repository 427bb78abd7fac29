//! Keys and chains as PKCS #12, read by OpenSSL.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::deployments::{EXAMPLE_1, deployment, um};
use crate::support::openssl::openssl;
use crate::support::scene::ca;
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use tempfile::tempdir;
use umcert::issue::Pkcs12Encryption;
use umcert::{Chain, IssuedCertificate, KeyKind, KeyPair, Plan, PlanOptions};

const PASSWORD: &str = "pass word ä";

fn issued(kind: KeyKind) -> IssuedCertificate {
    let options = PlanOptions::default().key(kind);
    let plan = Plan::new(&deployment(EXAMPLE_1), &options).unwrap();
    let planned = plan.certificate(&um(1)).unwrap();
    let key = KeyPair::generate(kind).unwrap();
    ca().issue_planned(planned, key).unwrap()
}

/// Returns OpenSSL's description of `x.pfx` with this password, or `None` if OpenSSL is not installed.
fn openssl_reads(folder: &Path, password: &str, more: &[&str]) -> Option<Output> {
    let password = format!("pass:{password}");
    let mut arguments = vec!["pkcs12", "-in", "x.pfx", "-passin", &password];
    arguments.extend(more);
    openssl(&arguments, folder)
}

#[test]
fn openssl_extracts_the_exported_key_and_chain() {
    let folder = tempdir().unwrap();
    let rsa = cfg!(feature = "aws-lc-rs").then_some(KeyKind::Rsa2048);
    for kind in rsa.into_iter().chain([KeyKind::P256, KeyKind::Ed25519]) {
        let issued = issued(kind);
        for (encryption, expected) in [
            (
                Pkcs12Encryption::TripleDes,
                ["MAC: sha1", "pbeWithSHA1And3-KeyTripleDES-CBC"],
            ),
            (Pkcs12Encryption::Aes256, ["MAC: sha256", "AES-256-CBC"]),
        ] {
            let pfx = issued.to_pkcs12(PASSWORD, encryption).unwrap();
            fs::write(folder.path().join("x.pfx"), pfx).unwrap();
            let Some(read) = openssl_reads(folder.path(), PASSWORD, &["-nodes", "-info"]) else {
                return;
            };
            let said = String::from_utf8_lossy(&read.stderr).into_owned();
            assert!(read.status.success(), "{kind} {encryption:?}: {said}");
            for expected in expected {
                assert!(said.contains(expected), "{kind}: {expected} in {said}");
            }
            let text = String::from_utf8(read.stdout).unwrap();
            assert!(text.contains("friendlyName: um1.contoso.com"), "{text}");
            // The local key id binds the key to its certificate, as Windows expects.
            assert_eq!(text.matches("localKeyID").count(), 2, "{text}");
            assert_eq!(&Chain::from_bytes(text.as_bytes()).unwrap(), issued.chain());
            let key = rustls_pemfile::private_key(&mut text.as_bytes()).unwrap();
            fs::write(
                folder.path().join("key.pem"),
                issued.key().to_pem().as_str(),
            )
            .unwrap();
            let written = issued.key().to_der();
            assert_eq!(
                key.unwrap().secret_der(),
                written.secret_pkcs8_der(),
                "{kind}"
            );

            let wrong = openssl_reads(folder.path(), "wrong", &["-nodes"]).unwrap();
            assert!(!wrong.status.success(), "{kind} {encryption:?}");
        }
    }
}

#[test]
fn password_outside_of_the_bmp_is_an_error() {
    let issued = issued(KeyKind::P256);
    let error = issued
        .to_pkcs12("🙂", Pkcs12Encryption::TripleDes)
        .unwrap_err();
    assert_states(&error, &["12", "um1.contoso.com"]);
    assert_text(
        &error,
        &expect![[r#"could not create the PKCS #12 file of um1.contoso.com"#]],
    );
    assert!(std::error::Error::source(&error).is_some());
}
