//! Keys in every form and encoding are read, and anything else is refused with its content named.

use std::fs;

use super::{KINDS, generate, public, run};
use crate::support::deployments::{self, EXAMPLE_1};
use crate::support::encoding::utf16;
use crate::support::scene::ca;
use crate::support::snapshot::{assert_lines, assert_rows, assert_states, assert_text};
use expect_test::expect;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::sample::Index;
use tempfile::tempdir;
use umcert::issue::KeyError;
use umcert::x509::ReadError;
use umcert::{KeyKind, KeyPair};

#[test]
fn every_form_of_openssl_is_read_and_written_as_pkcs8() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    for (kind, algorithm) in KINDS {
        let Some(()) = generate(path, algorithm) else {
            return;
        };
        let mut forms = vec![
            ("PKCS #8 in PEM", vec!["pkcs8", "-topk8", "-nocrypt"]),
            (
                "PKCS #8 in DER",
                vec!["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"],
            ),
        ];
        if kind != KeyKind::Ed25519 {
            forms.push(("its own in PEM", vec!["pkey", "-traditional"]));
            forms.push((
                "its own in DER",
                vec!["pkey", "-traditional", "-outform", "DER"],
            ));
        }
        let expected = public(path, "key.pem");
        for (form, convert) in forms {
            let bytes = run(path, &[&convert[..], &["-in", "key.pem"]].concat()).unwrap();
            let key = KeyPair::from_bytes(&bytes);
            let key = key.unwrap_or_else(|error| panic!("{kind} {form}: {error}"));
            assert_eq!(key.kind(), kind, "{form}");
            fs::write(path.join("written.pem"), key.to_pem().as_str()).unwrap();
            assert_eq!(public(path, "written.pem"), expected, "{kind} {form}");
            assert!(
                key.to_pem()
                    .as_str()
                    .starts_with("-----BEGIN PRIVATE KEY-----\n")
            );
            let again = KeyPair::from_bytes(key.to_der().secret_pkcs8_der()).unwrap();
            assert_eq!(
                again.to_pem().as_str(),
                key.to_pem().as_str(),
                "{kind} {form}"
            );
        }
    }
}

#[test]
fn key_that_was_read_signs_what_openssl_verifies() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    for (kind, algorithm) in [KINDS[0], KINDS[3], KINDS[4], KINDS[5]] {
        let Some(()) = generate(path, algorithm) else {
            return;
        };
        let key = KeyPair::from_bytes(&fs::read(path.join("key.pem")).unwrap()).unwrap();
        let plan = umcert::Plan::new(
            &deployments::deployment(EXAMPLE_1),
            &umcert::PlanOptions::default().key(kind),
        );
        let issued = ca()
            .issue_planned(&plan.unwrap().certificates()[0], key)
            .unwrap();
        fs::write(path.join("csr.pem"), issued.request().to_pem()).unwrap();
        run(path, &["req", "-in", "csr.pem", "-verify", "-noout"]).unwrap();
        let certificate = issued.chain().certificates().next().unwrap();
        assert!(issued.key().is_key_of(certificate), "{kind}");
        assert!(!issued.key().is_key_of(&ca().roots()[0]), "{kind}");
    }
}

#[test]
fn key_is_read_in_every_common_encoding() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let pem = issued.key().to_pem().as_str().to_owned();
    let forms: [(&str, Vec<u8>); 6] = [
        ("CRLF", pem.replace('\n', "\r\n").into()),
        ("a byte order mark", format!("\u{feff}{pem}").into()),
        ("UTF-16 of PowerShell", utf16(&pem, false)),
        ("UTF-16, big end first", utf16(&pem, true)),
        ("certificates around", format!("{}{pem}", issued.chain().to_pem()).into()),
        (
            "parameters before",
            format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{pem}").into(),
        ),
    ];
    for (what, bytes) in forms {
        let key = KeyPair::from_bytes(&bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(key.to_pem().as_str(), pem, "{what}");
    }
}

/// Windows stores the key usage as an attribute after the key (RFC 5958 §2).
#[test]
fn attributes_after_a_key_are_skipped() {
    const ATTRIBUTES: &[u8] = b"\xa0\x0d\x30\x0b\x06\x03\x55\x1d\x0f\x31\x04\x03\x02\x00\x10";
    let folder = tempdir().unwrap();
    let path = folder.path();
    for (kind, algorithm) in [KINDS[0], KINDS[3], KINDS[5]] {
        let Some(()) = generate(path, algorithm) else {
            return;
        };
        let pkcs8 = [
            "pkcs8", "-topk8", "-nocrypt", "-in", "key.pem", "-outform", "DER",
        ];
        let plain = run(path, &pkcs8).unwrap();
        let header = match plain[1] {
            0x82 => 4,
            0x81 => 3,
            _ => 2,
        };
        let inner = [&plain[header..], ATTRIBUTES].concat();
        let with_attributes = yasna::construct_der(|writer| {
            let sequence = yasna::tags::TAG_SEQUENCE;
            writer.write_tagged_implicit(sequence, |writer| writer.write_bytes(&inner));
        });
        // yasna would tag the attributes as primitive; they are constructed.
        let with_attributes = [&[0x30], &with_attributes[1..]].concat();
        let key = KeyPair::from_bytes(&with_attributes).unwrap();
        assert_eq!(key.kind(), kind);
        fs::write(path.join("written.pem"), key.to_pem().as_str()).unwrap();
        assert_eq!(
            public(path, "written.pem"),
            public(path, "key.pem"),
            "{kind}"
        );
    }
}

#[test]
fn key_form_is_decided_by_content_not_label() {
    let folder = tempdir().unwrap();
    let Some(()) = generate(folder.path(), KINDS[0].1) else {
        return;
    };
    let own = run(folder.path(), &["pkey", "-traditional", "-in", "key.pem"]).unwrap();
    let own = String::from_utf8(own).unwrap();
    assert!(own.starts_with("-----BEGIN RSA PRIVATE KEY-----"));
    let mislabelled = own.replace("RSA PRIVATE KEY", "PRIVATE KEY");
    let key = KeyPair::from_bytes(mislabelled.as_bytes()).unwrap();
    assert_eq!(key.kind(), KeyKind::Rsa2048);
}

#[test]
fn file_without_exactly_one_key_describes_its_content() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let pem = issued.key().to_pem().as_str().to_owned();
    let der = issued.key().to_der().secret_pkcs8_der().to_vec();
    let spki = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
    let end_entity = issued.chain().certificates().next().unwrap();
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("text", b"hello".to_vec()),
        ("a page", b"<html>".to_vec()),
        ("a chain", issued.chain().to_pem().into()),
        ("a certificate in DER", end_entity.der().to_vec()),
        ("a request", issued.request().to_pem().into()),
        ("a request in DER", issued.request().der().to_vec()),
        ("a public key", spki.into()),
        ("PKCS #12", b"\x30\x82\x01\x00\x02\x01\x03\x30".to_vec()),
    ];
    let mut errors = Vec::new();
    for (what, bytes) in rows {
        let error = KeyPair::from_bytes(&bytes).unwrap_err();
        assert!(
            matches!(error, KeyError::Read(ReadError::NoPrivateKey { .. })),
            "{error}"
        );
        errors.push((what, error));
    }
    assert_rows(
        errors,
        &expect![[r#"
            nothing: expected a private key, found an empty file
            text: expected a private key, found unknown text or data
            a page: expected a private key, found an HTML or XML page
            a chain: expected a private key, found a certificate; its key is in another file, or in the store that created the request
            a certificate in DER: expected a private key, found a certificate; its key is in another file, or in the store that created the request
            a request: expected a private key, found a certificate request
            a request in DER: expected a private key, found a certificate request
            a public key: expected a private key, found a public key
            PKCS #12: expected a private key, found a PKCS #12 file (.pfx); export the key from it as PEM (`openssl pkcs12 -in FILE -nocerts -out NEW`)
        "#]],
    );
    let error = KeyPair::from_bytes(format!("{pem}{pem}").as_bytes()).unwrap_err();
    assert_states(&error, &["2"]);
    assert_text(&error, &expect![[r#"expected one private key, found 2"#]]);
    let error = KeyPair::from_bytes(&pem.as_bytes()[..pem.len() - 10]).unwrap_err();
    assert!(
        matches!(error, KeyError::Read(ReadError::Pem { section: 1, .. })),
        "{error}"
    );
    let mut trailing = der.clone();
    trailing.push(1);
    for broken in [&der[..der.len() - 1], &der[..20], &trailing] {
        let error = KeyPair::from_bytes(broken).unwrap_err();
        assert!(matches!(error, KeyError::Malformed { .. }), "{error}");
        assert!(std::error::Error::source(&error).is_some());
    }
    // With another byte in the public key, the numbers no longer belong together.
    let mut other = der.clone();
    let last = other.len() - 1;
    other[last] ^= 1;
    let error = KeyPair::from_bytes(&other).unwrap_err();
    assert!(matches!(error, KeyError::Malformed { .. }), "{error}");
}

#[test]
fn key_of_unsupported_kind_is_refused_by_name() {
    let folder = tempdir().unwrap();
    let rows: [(&[&str], &str); 6] = [
        (
            &["RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
            "an RSA key of 1024 bits",
        ),
        (
            &["RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"],
            "an RSASSA-PSS key",
        ),
        (
            &["EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
            "an ECDSA key on P-521",
        ),
        (
            &["EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
            "an ECDSA key on 1.3.132.0.10",
        ),
        (
            &[
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-pkeyopt",
                "ec_param_enc:explicit",
            ],
            "an ECDSA key with explicit curve parameters (`openssl ec -param_enc named_curve` names the curve)",
        ),
        (&["X25519"], "a key of algorithm 1.3.101.110"),
    ];
    for (algorithm, expected) in rows {
        let Some(()) = generate(folder.path(), algorithm) else {
            return;
        };
        let bytes = fs::read(folder.path().join("key.pem")).unwrap();
        let error = KeyPair::from_bytes(&bytes).unwrap_err();
        let KeyError::UnsupportedKey { found, .. } = &error else {
            panic!("{expected}: {error}");
        };
        assert_eq!(found, expected);
    }
}

/// OpenSSL writes each also in a form of its own, whose version is that of another form.
#[test]
fn key_that_looks_like_another_kind_is_named() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let multi_prime = ["genrsa", "-primes", "3", "-out", "key.pem", "2048"];
    let explicit = [
        "ecparam",
        "-name",
        "prime256v1",
        "-genkey",
        "-noout",
        "-param_enc",
        "explicit",
        "-out",
        "key.pem",
    ];
    let dsa = ["genpkey", "-paramfile", "dsa.pem", "-out", "key.pem"];
    if run(path, &["dsaparam", "-out", "dsa.pem", "1024"]).is_none() {
        return;
    }
    let rows: [(&[&str], &str); 3] = [
        (&multi_prime, "an RSA key of more than two primes"),
        (&explicit, "an ECDSA key with explicit curve parameters"),
        (&dsa, "a DSA key"),
    ];
    for (generate, expected) in rows {
        run(path, generate).unwrap();
        for form in [
            &["pkey", "-traditional"][..],
            &["pkcs8", "-topk8", "-nocrypt"],
        ] {
            for encoding in ["PEM", "DER"] {
                let convert = [form, &["-in", "key.pem", "-outform", encoding]].concat();
                let bytes = run(path, &convert).unwrap();
                let error = KeyPair::from_bytes(&bytes).unwrap_err();
                let KeyError::UnsupportedKey { found, .. } = &error else {
                    panic!("{expected}, {form:?} {encoding}: {error}");
                };
                assert!(found.contains(expected), "{form:?} {encoding}: {found}");
            }
        }
    }
}

#[test]
fn key_without_public_key_is_read_if_the_backend_derives_it() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let Some(()) = generate(path, KINDS[3].1) else {
        return;
    };
    let bare = ["ec", "-in", "key.pem", "-no_public", "-outform", "DER"];
    let read = KeyPair::from_bytes(&run(path, &bare).unwrap());
    if cfg!(feature = "aws-lc-rs") {
        fs::write(path.join("written.pem"), read.unwrap().to_pem().as_str()).unwrap();
        assert_eq!(public(path, "written.pem"), public(path, "key.pem"));
        return;
    }
    let error = read.unwrap_err();
    assert_states(&error, &["ECDSA", "`aws-lc-rs`", "`openssl pkey`"]);
    assert_text(
        &error,
        &expect![[
            r#"this build cannot read an ECDSA key without its public key; enable umcert's feature `aws-lc-rs` or convert the key with `openssl pkey`"#
        ]],
    );
}

#[test]
fn encrypted_key_without_password_is_refused_as_encrypted() {
    let folder = tempdir().unwrap();
    let Some(()) = generate(folder.path(), KINDS[0].1) else {
        return;
    };
    let forms: [(&[&str], bool); 3] = [
        (&["pkcs8", "-topk8", "-passout", "pass:secret"], true),
        (
            &[
                "pkcs8",
                "-topk8",
                "-passout",
                "pass:secret",
                "-outform",
                "DER",
            ],
            true,
        ),
        (
            &["rsa", "-traditional", "-aes128", "-passout", "pass:secret"],
            false,
        ),
    ];
    let mut texts = Vec::new();
    for (form, is_pkcs8) in forms {
        let bytes = run(folder.path(), &[form, &["-in", "key.pem"]].concat()).unwrap();
        let error = KeyPair::from_bytes(&bytes).unwrap_err();
        match is_pkcs8 {
            true => assert!(matches!(error, KeyError::Encrypted), "{error}"),
            false => {
                assert_states(
                    &error,
                    &[
                        "`Proc-Type: 4,ENCRYPTED`",
                        "`openssl pkcs8 -topk8 -v2 aes256`",
                    ],
                );
                texts.push(error.to_string());
            }
        }
        let error = umcert::Chain::from_bytes(&bytes);
        assert!(error.is_err());
    }
    assert_lines(
        texts,
        &expect![[r#"
        the private key is encrypted in PEM by OpenSSL (`Proc-Type: 4,ENCRYPTED`), which is not supported; convert it with `openssl pkcs8 -topk8 -v2 aes256`
    "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// Law 7: changed, removed and added bytes cause an error, or yield a key that is written correctly.
    #[test]
    fn no_damage_makes_reading_panic(
        at in any::<Index>(), byte in any::<u8>(), what in 0..3, kind in 0..3_usize, is_pem in any::<bool>(),
    ) {
        let kind = [KeyKind::P256, KeyKind::P384, KeyKind::Ed25519][kind];
        let key = KeyPair::generate(kind).unwrap();
        let whole = match is_pem {
            true => key.to_pem().as_str().as_bytes().to_vec(),
            false => key.to_der().secret_pkcs8_der().to_vec(),
        };
        let mut damaged = whole.clone();
        let at = at.index(whole.len());
        match what {
            0 => damaged[at] = byte,
            1 => damaged.truncate(at),
            _ => damaged.insert(at, byte),
        }
        if let Ok(read) = KeyPair::from_bytes(&damaged) {
            let written = KeyPair::from_bytes(read.to_pem().as_str().as_bytes()).unwrap();
            prop_assert_eq!(written.kind(), read.kind());
        }
    }
}
