//! Private keys: keys of OpenSSL are read, written keys are read by OpenSSL, and no output shows a key.

#[cfg(feature = "encrypted-keys")]
mod encrypted;
mod reading;

use std::num::NonZeroUsize;
use std::path::Path;

use crate::support::deployments::{self, EXAMPLE_1};
use crate::support::openssl::openssl;
use umcert::{KeyKind, KeyPair};

/// The kinds of keys and their arguments for OpenSSL.
const KINDS: [(KeyKind, &[&str]); 6] = [
    (
        KeyKind::Rsa2048,
        &["RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    ),
    (
        KeyKind::Rsa3072,
        &["RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
    ),
    (
        KeyKind::Rsa4096,
        &["RSA", "-pkeyopt", "rsa_keygen_bits:4096"],
    ),
    (
        KeyKind::P256,
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    ),
    (
        KeyKind::P384,
        &["EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ),
    (KeyKind::Ed25519, &["ED25519"]),
];

/// Generates a key in `key.pem` with OpenSSL, as PKCS #8. Returns `None` if OpenSSL is not installed.
fn generate(folder: &Path, algorithm: &[&str]) -> Option<()> {
    let arguments = [&["genpkey", "-out", "key.pem", "-algorithm"], algorithm].concat();
    run(folder, &arguments).map(drop)
}

fn run(folder: &Path, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = openssl(arguments, folder)?;
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    Some(output.stdout)
}

/// Returns the public key of the key in this file, as OpenSSL writes it.
fn public(folder: &Path, file: &str) -> Vec<u8> {
    run(folder, &["pkey", "-in", file, "-pubout"]).unwrap()
}

#[test]
fn keys_of_a_plan_are_in_its_order_on_any_number_of_threads() {
    let plan = |kind| {
        let options = umcert::PlanOptions::default().key(kind);
        umcert::Plan::new(&deployments::deployment(EXAMPLE_1), &options).unwrap()
    };
    for threads in [None, NonZeroUsize::new(1), NonZeroUsize::new(3)] {
        let keys = KeyPair::generate_all(&plan(KeyKind::P384), threads).unwrap();
        assert_eq!(keys.len(), 4);
        assert!(keys.iter().all(|key| key.kind() == KeyKind::P384));
        assert_ne!(keys[0].to_pem().as_str(), keys[1].to_pem().as_str());
    }
    if !cfg!(feature = "aws-lc-rs") {
        let error = KeyPair::generate_all(&plan(KeyKind::Rsa2048), None).unwrap_err();
        assert!(
            matches!(error, umcert::issue::IssueError::UnsupportedKey { .. }),
            "{error}"
        );
    }
}

/// The largest key takes seconds.
#[test]
fn generated_key_is_of_the_requested_kind() {
    for kind in KeyKind::ALL {
        let generated = KeyPair::generate(*kind);
        if kind.rsa_bits().is_some() && !cfg!(feature = "aws-lc-rs") {
            assert!(generated.is_err(), "{kind}");
            continue;
        }
        let pem = generated.unwrap().to_pem();
        let read = KeyPair::from_bytes(pem.as_str().as_bytes()).unwrap();
        assert_eq!(read.kind(), *kind);
    }
}

#[test]
fn debug_output_elides_a_parsed_key() {
    let key = KeyPair::generate(KeyKind::Ed25519).unwrap();
    let pem = key.to_pem();
    let secret = pem.as_str().lines().nth(1).unwrap();
    let read = KeyPair::from_bytes(pem.as_str().as_bytes()).unwrap();
    for shown in [format!("{key:?}"), format!("{read:?}"), format!("{pem:?}")] {
        assert!(shown.contains("[elided]"), "{shown}");
        assert!(!shown.contains(secret), "{shown}");
    }
    let cut = &pem.as_str()[..60];
    let error = format!("{:?}", KeyPair::from_bytes(cut.as_bytes()).unwrap_err());
    assert!(!error.contains(&secret[..20]), "{error}");
}

/// Tools that keep a key in an environment variable, YAML or JSON lose its line feeds.
#[test]
fn error_of_a_key_without_line_feeds_holds_no_part_of_it() {
    let key = KeyPair::generate(KeyKind::P256).unwrap();
    let pem = key.to_pem();
    let pem = pem.as_str();
    let base64: Vec<&str> = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let damaged = [
        pem.replace('\n', ""),
        pem.replace('\n', " "),
        pem.replace('\n', "\\n"),
        pem.replace('\n', " ").replacen("KEY----- ", "KEY ", 1),
        pem.replace('\n', "").replacen("PRIVATE KEY-----", "", 1),
        pem.replacen("KEY-----\n", "KEY ", 1),
        pem.replacen("-----\n", "-----", 1),
        pem.replace("-----END", "-----BEGIN"),
        pem.replacen(base64[1], &format!("{}!", base64[1]), 1),
        pem.replace("PRIVATE KEY-----\n", "PRIVATE KEY-----\nX: "),
    ];
    for text in damaged {
        let error = match KeyPair::from_bytes(text.as_bytes()) {
            // A key that only lost its line feeds is read.
            Ok(read) => {
                assert_eq!(read.to_pem().as_str(), pem);
                continue;
            }
            Err(error) => error,
        };
        let mut forms = format!("{error} {error:?} {error:#?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            forms += &format!("{cause} {cause:?} {cause:#?}");
            source = cause.source();
        }
        // Eight characters of base64, or their bytes as decimal numbers.
        for line in &base64 {
            for start in 0..line.len().saturating_sub(8) {
                let part = &line[start..start + 8];
                let numbers: Vec<String> = part.bytes().map(|byte| byte.to_string()).collect();
                assert!(!forms.contains(part), "{text}: {forms}");
                assert!(!forms.contains(&numbers.join(", ")), "{text}: {forms}");
                assert!(!forms.contains(&numbers.join(",\n    ")), "{text}: {forms}");
            }
        }
        assert!(forms.len() < 2000, "{forms}");
    }
}
