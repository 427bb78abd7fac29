//! Reading of chains and root stores, and the errors of files that hold none.

use crate::support::deployments::{TODAY, um};
use crate::support::encoding::utf16;
use crate::support::errors::full_text;
use crate::support::forge::{self, Forge};
use crate::support::scene::ca;
use crate::support::snapshot::{assert_rows, assert_states};
use expect_test::expect;
use umcert::x509::{MalformedError, ReadError};
use umcert::{Certificate, Chain, TrustStore};

fn chain_pem() -> String {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    issued.chain().to_pem()
}

#[test]
fn chain_is_read_from_every_form_of_file() {
    let pem = chain_pem();
    let chain = Chain::from_bytes(pem.as_bytes()).unwrap();
    assert_eq!(chain.entries().len(), 2);
    let joined = pem.replace("-----END CERTIFICATE-----\n", "-----END CERTIFICATE-----");
    let indented = pem.replace('\n', "\n\t  ");
    let forms: [(&str, Vec<u8>); 12] = [
        ("joined without a line feed", joined.into()),
        ("indented", format!("  {indented}").into()),
        ("only carriage returns", pem.replace('\n', "\r").into()),
        (
            "UTF-16 without a mark and with text around",
            utf16(&format!("subject=CN = um1\r\n{pem}"), false)[2..].to_vec(),
        ),
        (
            "big-endian UTF-16 without a mark and with text before",
            utf16(&format!("\r\n{pem}"), true)[2..].to_vec(),
        ),
        ("CRLF", pem.replace('\n', "\r\n").into()),
        (
            "text around",
            format!("Bag Attributes\n  friendlyName: um1\n{pem}\nthe end").into(),
        ),
        ("a byte order mark", format!("\u{feff}{pem}").into()),
        ("UTF-16 of PowerShell", utf16(&pem, false)),
        ("big-endian UTF-16", utf16(&pem, true)),
        ("UTF-16 without a mark", utf16(&pem, false)[2..].to_vec()),
        ("no final line feed", pem.trim_end().into()),
    ];
    for (what, bytes) in forms {
        assert_eq!(
            Chain::from_bytes(&bytes).ok(),
            Some(chain.clone()),
            "{what}"
        );
    }
}

#[test]
fn single_certificate_in_der_is_read() {
    let pem = chain_pem();
    let chain = Chain::from_bytes(pem.as_bytes()).unwrap();
    let first = chain.certificates().next().unwrap();
    let read = Chain::from_bytes(first.der()).unwrap();
    assert_eq!(read.certificates().collect::<Vec<_>>(), [first]);
}

#[test]
fn file_without_a_certificate_is_described() {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let key = issued.key().to_pem();
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("white space", b" \r\n\t".to_vec()),
        ("a key", key.as_str().into()),
        (
            "a key in DER",
            issued.key().to_der().secret_pkcs8_der().to_vec(),
        ),
        ("a request", issued.request().to_pem().into()),
        ("a request in DER", issued.request().der().to_vec()),
        ("a page", b"<!DOCTYPE html><html>".to_vec()),
        ("a page with a mark", b"\xef\xbb\xbf<html>".to_vec()),
        ("text", b"hello".to_vec()),
        ("bytes", vec![0xff; 100]),
        (
            "a request by its label",
            b"-----BEGIN NEW CERTIFICATE REQUEST-----\nAAAA\n-----END NEW CERTIFICATE REQUEST-----\n".to_vec(),
        ),
        (
            "X509 ATTRIBUTES",
            b"-----BEGIN X509 ATTRIBUTES-----\nAAAA\n-----END X509 ATTRIBUTES-----\n".to_vec(),
        ),
        ("PKCS #12", b"\x30\x82\x01\x00\x02\x01\x03\x30".to_vec()),
    ];
    let mut texts = Vec::new();
    for (what, bytes) in rows {
        match Chain::from_bytes(&bytes) {
            Err(ReadError::NoCertificate { found, .. }) => texts.push((what, found.to_string())),
            other => panic!("{what}: {other:?}"),
        }
    }
    assert_states(&texts[11].1, &["`X509 ATTRIBUTES`"]);
    assert_rows(
        texts,
        &expect![[r#"
            nothing: an empty file
            white space: an empty file
            a key: a private key
            a key in DER: a private key
            a request: a certificate request; send it to the CA and pass the CA's answer instead
            a request in DER: a certificate request; send it to the CA and pass the CA's answer instead
            a page: an HTML or XML page
            a page with a mark: an HTML or XML page
            text: unknown text or data
            bytes: unknown text or data
            a request by its label: a certificate request; send it to the CA and pass the CA's answer instead
            X509 ATTRIBUTES: a PEM section `X509 ATTRIBUTES`
            PKCS #12: a PKCS #12 file (.pfx); export the certificate without its key (`openssl pkcs12 -in FILE -nokeys -out NEW`)
        "#]],
    );
}

#[test]
fn malformed_pem_is_refused_with_the_section() {
    let pem = chain_pem();
    let cut = &pem[..pem.len() - 40];
    let damaged = pem.replacen(
        "-----BEGIN CERTIFICATE-----\nMII",
        "-----BEGIN CERTIFICATE-----\n!!!",
        1,
    );
    let steering = format!("-----BEGIN CERT\u{1b}[2J{}-----\nMII", "A".repeat(60));
    let mut errors = Vec::new();
    for (what, text, section) in [
        ("a label that controls a terminal", steering.as_str(), " 1"),
        ("cut off", cut, " 2"),
        ("damaged", damaged.as_str(), " 1"),
    ] {
        let error = Chain::from_bytes(text.as_bytes()).unwrap_err();
        assert_states(&error, &[section]);
        assert!(!full_text(&error).contains('\u{1b}'), "{error}");
        assert!(std::error::Error::source(&error).is_some());
        errors.push((what, full_text(&error)));
    }
    assert_rows(
        errors,
        &expect![[r#"
            a label that controls a terminal: malformed PEM section 1: its first line is invalid, expected five dashes after the label
            cut off: malformed PEM section 2: the line `-----END CERTIFICATE-----` is missing; the file may be truncated
            damaged: malformed PEM section 1: invalid base64
        "#]],
    );
}

#[test]
fn file_above_four_mebibytes_is_refused() {
    let limit = 4 * 1024 * 1024;
    let error = Chain::from_bytes(&vec![b' '; limit + 1]).unwrap_err();
    assert!(
        matches!(error, ReadError::TooLarge { size, .. } if size == limit + 1),
        "{error}"
    );
    let error = Chain::from_bytes(&vec![b' '; limit]).unwrap_err();
    assert!(matches!(error, ReadError::NoCertificate { .. }), "{error}");
}

#[test]
fn malformed_certificate_stays_in_the_chain() {
    let certificate = Forge::root("Root").server(1, |_| {});
    let der = certificate.der().to_vec();
    let mut trailing = der.clone();
    trailing.push(0);
    let chain: Chain = [&der[..], &der[..der.len() - 1], &trailing, &[0x30, 0x00]]
        .map(rustls_pki_types::CertificateDer::from)
        .into_iter()
        .collect();
    assert!(chain.entries()[0].is_ok());
    let reasons = [1, 2, 3].map(|index| chain.entries()[index].as_ref().unwrap_err());
    assert_eq!(
        reasons.map(ToString::to_string),
        [
            "malformed: the certificate is truncated; its subject is `CN=um1.contoso.com`",
            "malformed: 1 byte of trailing data; its subject is `CN=um1.contoso.com`",
            "malformed: the signed part is missing (RFC 5280 §4.1.1.1)",
        ]
    );
}

#[test]
fn duplicate_or_invalid_extension_is_malformed() {
    let extension = |content: &[u8]| {
        rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 19], content.to_vec())
    };
    let root = Forge::root("Root");
    let mut params = forge::server_params(1);
    params.is_ca = rcgen::IsCa::NoCa;
    for (extensions, expected) in [
        (
            vec![extension(&[0x30, 0x00]), extension(&[0x30, 0x00])],
            MalformedError::DuplicateExtension("2.5.29.19".into()),
        ),
        (
            vec![extension(&[0x02, 0x01, 0x00])],
            MalformedError::Extension("2.5.29.19".into()),
        ),
    ] {
        params.custom_extensions = extensions;
        let der = root.raw(&params);
        let error = Certificate::from_der(der).unwrap_err();
        let MalformedError::Certificate {
            subject, reason, ..
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!(
            (subject.as_str(), *reason),
            ("CN=um1.contoso.com", expected)
        );
    }
}

#[test]
fn trust_store_lists_a_malformed_certificate() {
    let pem = chain_pem();
    let roots = TrustStore::from_bytes(pem.as_bytes()).unwrap();
    assert_eq!(roots.roots().len(), 2);
    assert!(roots.unusable().is_empty());
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let roots = TrustStore::from_bytes(format!("{pem}{broken}").as_bytes()).unwrap();
    assert_eq!(roots.roots().len(), 2);
    let entries: Vec<usize> = roots.unusable().iter().map(|it| it.entry).collect();
    assert_eq!(entries, [3]);
    let error = TrustStore::from_bytes(broken.as_bytes()).unwrap_err();
    assert!(
        matches!(error, ReadError::Malformed { entry: 1, .. }),
        "{error}"
    );
}

#[test]
fn certificate_returns_what_it_says() {
    let certificate = Forge::root("Root").server(2, |params| {
        params
            .subject_alt_names
            .push(rcgen::SanType::IpAddress("192.0.2.7".parse().unwrap()));
    });
    assert_eq!(certificate.subject(), "CN=um2.contoso.com");
    assert_eq!(certificate.issuer(), "CN=Root");
    assert_eq!(certificate.common_names(), ["um2.contoso.com"]);
    assert_eq!(certificate.not_before(), TODAY - time::Duration::days(100));
    assert_eq!(
        certificate.san_entries(),
        [
            "um2.contoso.com",
            "um1.contoso.com",
            "um3.contoso.com",
            "um4.contoso.com",
            "IP:192.0.2.7"
        ]
    );
    assert!(umcert::SanName::find_covering(certificate.dns_names(), &um(4)).is_some());
    assert_eq!(certificate.public_key().to_string(), "ECDSA P-256");
    assert_eq!(certificate.signature_algorithm(), "ecdsa-with-SHA256");
}

#[test]
fn misleading_characters_are_escaped() {
    let certificate = Forge::root("Root").server(1, |params| {
        params.distinguished_name = forge::subject("evil\u{1b}[31m\ncn");
    });
    assert_eq!(certificate.common_names(), ["evil\\u{1b}[31m\\ncn"]);
    assert!(
        !certificate.subject().contains('\u{1b}'),
        "{}",
        certificate.subject()
    );
    // Invisible characters and those that change the direction of text make one name look like another.
    let certificate = Forge::root("Root").server(1, |params| {
        params.distinguished_name = forge::subject("moc.\u{202e}osotnoc\u{200b}é");
    });
    assert_eq!(certificate.subject(), "CN=moc.\\u{202e}osotnoc\\u{200b}é");
}

#[test]
fn blank_characters_in_names_are_escaped() {
    for blank in "\u{a0}\u{61c}\u{180e}\u{200b}\u{3164}\u{fe0f}\u{e0041}".chars() {
        let name = format!("um1.contoso.com{blank}");
        let escaped = format!("um1.contoso.com{}", blank.escape_unicode());
        let zeros = "0".repeat(blank.len_utf8());
        let certificate = Forge::root("Root").server(1, |params| {
            params.distinguished_name = forge::subject(&name);
            params.subject_alt_names = forge::sans(&[format!("um1.contoso.com{zeros}")]);
        });
        // rcgen writes only ASCII into a dNSName.
        let mut der = certificate.der().to_vec();
        let placeholder = format!("com{zeros}");
        let at = der
            .windows(placeholder.len())
            .position(|it| it == placeholder.as_bytes());
        let after_com = at.unwrap() + "com".len();
        der[after_com..][..zeros.len()].copy_from_slice(blank.to_string().as_bytes());
        let certificate = Certificate::from_der(der.into()).unwrap();
        assert_eq!(certificate.san_entries(), [escaped.as_str()]);
        assert_eq!(certificate.common_names(), [escaped.as_str()]);
        assert_eq!(certificate.subject(), format!("CN={escaped}"));
        assert!(!format!("{certificate:?}").contains(blank), "{escaped}");
    }
}
