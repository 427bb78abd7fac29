//! Input that is made to reveal a key, to mislead a person or to take long.

use std::error::Error;

use crate::support::encoding::element;
use crate::support::forge::{self, Forge};
use crate::support::scene::ca;
use rcgen::CustomExtension;
use umcert::x509::MalformedError;
use umcert::{Certificate, CertificateRequest, Chain, Crl, KeyPair, TrustStore};

/// Returns everything that `error` and its sources write.
fn texts(error: &dyn Error) -> String {
    let source = error.source().map(texts).unwrap_or_default();
    format!("{error}\n{error:?}\n{error:#?}\n{source}")
}

/// Checks that `text` holds no part of `secret`, neither as text nor as a list of bytes.
fn assert_hides(text: &str, secret: &str, case: &str) {
    for part in secret.as_bytes().windows(8) {
        let part = str::from_utf8(part).unwrap();
        assert!(!text.contains(part), "{case}: {text}");
    }
    let flat = text.split_whitespace().collect::<String>();
    for part in secret.as_bytes().windows(4) {
        let bytes = part.iter().map(|byte| format!("{byte},"));
        let bytes = bytes.collect::<String>();
        assert!(!flat.contains(&bytes), "{case}: {text}");
    }
}

#[test]
fn key_without_line_feeds_is_in_no_error() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let pem = issued.key().to_pem();
    let pem = pem.as_str();
    let base64: String = pem
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let bare = pem.replace("-----", "");
    let forms = [
        ("lost", pem.replace('\n', "")),
        ("blanks", pem.replace('\n', " ")),
        ("two characters", pem.replace('\n', "\\n")),
        ("first lost", pem.replacen('\n', "", 1)),
        (
            "last lost",
            pem.trim_end().replace("\n-----END", "-----END"),
        ),
        ("without dashes", bare.replace('\n', " ")),
        ("dash lost", pem.replacen("KEY-----", "KEY----", 1)),
        ("end lost", pem[..pem.len() - 30].to_owned()),
        ("base64 damaged", pem.replacen('\n', "\n!", 1)),
    ];
    for (case, text) in forms {
        let text = text.as_bytes();
        // A key that only lost its line feeds is read.
        let key_errors = [
            KeyPair::from_bytes(text),
            #[cfg(feature = "encrypted-keys")]
            KeyPair::from_encrypted(text, "secret"),
        ];
        for result in key_errors {
            match result {
                Ok(key) => assert_eq!(key.to_pem().as_str(), pem, "{case}"),
                Err(error) => assert_hides(&texts(&error), &base64, case),
            }
        }
        let errors = [
            texts(&Chain::from_bytes(text).unwrap_err()),
            texts(&TrustStore::from_bytes(text).unwrap_err()),
            texts(&CertificateRequest::from_bytes(text).unwrap_err()),
            texts(&Crl::from_bytes(text).unwrap_err()),
        ];
        for error in errors {
            assert_hides(&error, &base64, case);
        }
    }
}

/// A dNSName is an IA5String: everything above ASCII makes it look like another name.
#[test]
fn dns_name_shows_only_ascii_unescaped() {
    let root = Forge::root("Root");
    let mut params = forge::server_params(1);
    params.subject_alt_names.clear();
    for (name, shown) in [
        ("um1.contoso.com\u{e0041}", "um1.contoso.com\\u{e0041}"),
        ("um1.contoso.com\u{fe0f}", "um1.contoso.com\\u{fe0f}"),
        ("um1.contoso.com\u{3164}", "um1.contoso.com\\u{3164}"),
        ("um1.contoso.com\u{180e}", "um1.contoso.com\\u{180e}"),
        ("um1.conto\u{455}o.com", "um1.conto\\u{455}o.com"),
        ("um1.contoso.com", "um1.contoso.com"),
    ] {
        let san = element(0x30, &element(0x82, name.as_bytes()));
        params.custom_extensions = vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], san)];
        let certificate = Certificate::from_der(root.raw(&params)).unwrap();
        assert_eq!(certificate.san_entries(), [shown]);
        assert_eq!(certificate.dns_names().len(), usize::from(name == shown));
    }
}

/// The work is linear: comparing each extension with every other would take minutes.
#[test]
fn certificate_with_100_000_extensions_is_read() {
    let extension = |number: u64| {
        let oid = [1, 3, 6, 1, 4, 1, 311, number];
        let mut extension = CustomExtension::from_oid_content(&oid, vec![5, 0]);
        extension.set_criticality(number.is_multiple_of(2));
        extension
    };
    let root = Forge::root("Root");
    let mut params = forge::server_params(1);
    params.custom_extensions = (1000..101_000).map(extension).collect();
    assert!(Certificate::from_der(root.raw(&params)).is_ok());

    params.custom_extensions.push(extension(1000));
    let error = Certificate::from_der(root.raw(&params)).unwrap_err();
    let MalformedError::Certificate { reason, .. } = error else {
        panic!("{error}");
    };
    let duplicate = "1.3.6.1.4.1.311.1000".to_owned();
    assert_eq!(*reason, MalformedError::DuplicateExtension(duplicate));
}
