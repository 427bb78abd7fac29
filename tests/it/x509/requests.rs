//! Reading of certificate requests, and their subjects.

use std::fs;

use crate::support::deployments::{EXAMPLE_1, FAST, plan, um};
use crate::support::encoding::utf16;
use crate::support::errors::full_text;
use crate::support::openssl::openssl;
use crate::support::scene;
use crate::support::snapshot::{assert_lines, assert_rows, assert_states};
use expect_test::expect;
use tempfile::tempdir;
use umcert::issue::RequestOptions;
use umcert::name::{AttributeType, DistinguishedName};
use umcert::x509::{PublicKey, ReadError};
use umcert::{CertificateRequest, KeyPair, SanPolicy};

/// Returns the request of `um2` in example 1.
fn request_of_um2() -> CertificateRequest {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let key = KeyPair::generate(FAST).unwrap();
    plan.certificate(&um(2)).unwrap().request(&key).unwrap()
}

#[test]
fn request_is_read_from_every_form_of_file() {
    let request = request_of_um2();
    let pem = request.to_pem();
    let new = request.to_pem_new_request();
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
fn request_returns_what_it_asks_for() {
    let request = request_of_um2();
    assert_eq!(request.subject(), "CN=um2.contoso.com");
    assert_eq!(request.common_names(), ["um2.contoso.com"]);
    let names = [2, 1, 3, 4].map(|number| um(number).to_string());
    assert_eq!(request.san_entries(), names);
    assert!(umcert::SanName::find_covering(request.dns_names(), &um(4)).is_some());
    assert!(umcert::SanName::find_covering(request.dns_names(), &um(5)).is_none());
    assert!(request.has_server_auth());
    let usage = request.key_usage().unwrap();
    assert!(usage.digital_signature && !usage.key_encipherment && !usage.key_cert_sign);
    assert_eq!(*request.public_key(), PublicKey::P256);
    assert_eq!(request.signature_algorithm(), "ecdsa-with-SHA256");
    assert_eq!(request.template(), None);
    assert!(format!("{request:?}").contains("um2.contoso.com"));
}

#[test]
fn changed_request_has_an_invalid_signature() {
    let der = request_of_um2().der().to_vec();
    // The CN is signed; the last byte is the signature itself.
    let place = der.windows(3).position(|it| it == b"um2").unwrap();
    for (what, at) in [("a name", place + 2), ("the signature", der.len() - 1)] {
        let mut changed = der.clone();
        changed[at] ^= 1;
        let error = CertificateRequest::from_bytes(&changed).unwrap_err();
        assert!(
            matches!(error, ReadError::InvalidRequestSignature),
            "{what}: {error}"
        );
    }
    assert!(CertificateRequest::from_bytes(&der).is_ok());
}

#[test]
fn file_without_one_request_is_described() {
    let issued = scene::ca().issue_names(["um1.contoso.com"]).unwrap();
    let pem = issued.request().to_pem();
    let end_entity = issued.chain().certificates().next().unwrap();
    let mut trailing = issued.request().der().to_vec();
    trailing.push(1);
    let cut = &issued.request().der()[..100];
    let rows: Vec<(&str, Vec<u8>, &[&str])> = vec![
        ("nothing", Vec::new(), &[]),
        ("text", b"hello".to_vec(), &[]),
        ("a page", b"<html>".to_vec(), &[]),
        ("a chain", issued.chain().to_pem().into(), &[]),
        ("a certificate in DER", end_entity.der().to_vec(), &[]),
        ("a key", issued.key().to_pem().as_str().into(), &[]),
        (
            // certreq with `RequestType = CMC`: the start of a ContentInfo.
            "CMC",
            pem_of(
                "NEW CERTIFICATE REQUEST",
                b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
            ),
            &["PKCS #7", "CMC", "PKCS #10", "`RequestType = PKCS10`"],
        ),
        ("two requests", format!("{pem}{pem}").into(), &["2"]),
        ("a byte after it", trailing, &["1"]),
        (
            "cut off",
            pem[..pem.len() - 20].into(),
            &["1", "`-----END CERTIFICATE REQUEST-----`"],
        ),
    ];
    let mut errors = Vec::new();
    for (what, bytes, facts) in rows {
        let error = CertificateRequest::from_bytes(&bytes).unwrap_err();
        let text = full_text(&error);
        assert_states(&text, facts);
        errors.push((what, text));
    }
    assert_rows(
        errors,
        &expect![[r#"
            nothing: expected a certificate request, found an empty file
            text: expected a certificate request, found unknown text or data
            a page: expected a certificate request, found an HTML or XML page
            a chain: expected a certificate request, found a certificate
            a certificate in DER: expected a certificate request, found a certificate
            a key: expected a certificate request, found a private key
            CMC: expected a certificate request, found a PKCS #7 file (.p7b); create the request again as PKCS #10 instead of CMC (certreq's `RequestType = PKCS10`)
            two requests: expected one certificate request, found 2
            a byte after it: the certificate request cannot be used: malformed: 1 byte of trailing data
            cut off: malformed PEM section 1: the line `-----END CERTIFICATE REQUEST-----` is missing; the file may be truncated
        "#]],
    );
    let error = CertificateRequest::from_bytes(cut).unwrap_err();
    assert!(
        matches!(error, ReadError::MalformedRequest { .. }),
        "{error}"
    );
    let error = CertificateRequest::from_bytes(&vec![b' '; 4 * 1024 * 1024 + 1]).unwrap_err();
    assert!(matches!(error, ReadError::TooLarge { .. }), "{error}");
}

/// Returns one PEM section whose base64 is a single line.
fn pem_of(label: &str, der: &[u8]) -> Vec<u8> {
    let base64 = data_encoding::BASE64.encode(der);
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n").into()
}

#[test]
fn request_holds_every_attribute_of_the_subject() {
    let folder = tempdir().unwrap();
    let rows = [
        (AttributeType::DomainComponent, "com"),
        (AttributeType::DomainComponent, "contoso"),
        (AttributeType::Country, "de"),
        (AttributeType::State, "Bayern"),
        (AttributeType::Locality, "München"),
        (AttributeType::Organization, "Contoso & Söhne, Ltd."),
        (AttributeType::OrganizationalUnit, "Exchange"),
        (AttributeType::OrganizationalUnit, "Unified Messaging"),
    ];
    let subject = rows
        .iter()
        .fold(DistinguishedName::new(), |name, (attribute, value)| {
            name.with(*attribute, value).unwrap()
        });
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let key = KeyPair::generate(FAST).unwrap();
    let options = RequestOptions::default().subject(subject);
    let planned = plan.certificate(&um(1)).unwrap();
    let request = planned.request_with(&key, &options).unwrap();
    let read = CertificateRequest::from_bytes(request.der()).unwrap();
    assert_eq!(read, request);
    assert_eq!(read.common_names(), ["um1.contoso.com"]);

    fs::write(folder.path().join("csr.pem"), request.to_pem()).unwrap();
    let show = [
        "req",
        "-in",
        "csr.pem",
        "-verify",
        "-noout",
        "-subject",
        "-nameopt",
        "multiline,show_type,-esc_msb,utf8",
    ];
    let Some(shown) = openssl(&show, folder.path()) else {
        return;
    };
    assert!(shown.status.success(), "{shown:?}");
    let text = String::from_utf8(shown.stdout).unwrap();
    let lines: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| format!("{}={}", name.trim(), value.trim()))
        .collect();
    let expected = [
        "domainComponent=IA5STRING:com",
        "domainComponent=IA5STRING:contoso",
        "countryName=PRINTABLESTRING:DE",
        "stateOrProvinceName=UTF8STRING:Bayern",
        "localityName=UTF8STRING:München",
        "organizationName=UTF8STRING:Contoso & Söhne, Ltd.",
        "organizationalUnitName=UTF8STRING:Exchange",
        "organizationalUnitName=UTF8STRING:Unified Messaging",
        "commonName=UTF8STRING:um1.contoso.com",
    ];
    assert_eq!(&lines[lines.len() - expected.len()..], expected, "{text}");
}

#[test]
fn invalid_attribute_is_refused_with_the_reason() {
    let rows = [
        (AttributeType::Country, "Germany"),
        (AttributeType::Country, "XX"),
        (AttributeType::Country, ""),
        (AttributeType::Country, "uk"),
        (AttributeType::Organization, ""),
        (AttributeType::Organization, " Contoso"),
        (AttributeType::Locality, "a\u{1b}[2J"),
        (AttributeType::DomainComponent, "contoso.com"),
        (AttributeType::DomainComponent, "münchen"),
        (AttributeType::DomainComponent, ""),
    ];
    let mut errors = Vec::new();
    for (attribute, value) in rows {
        let error = DistinguishedName::new().with(attribute, value).unwrap_err();
        assert_eq!(error.attribute(), attribute);
        errors.push(error);
    }
    for (index, fact) in [
        (0, "`GERMANY`"),
        (1, "`XX`"),
        (3, "`UK`"),
        (5, "` Contoso`"),
        (6, "`a\\u{1b}[2J`"),
        (6, "'\\u{1b}'"),
        (7, "`contoso.com`"),
        (8, "`münchen`"),
        (8, "'ü'"),
    ] {
        assert_states(&errors[index], &[fact]);
    }
    assert_lines(
        errors,
        &expect![[r#"
            `GERMANY` is not a valid C attribute: ISO 3166-1 has no such country code; use a code of two letters
            `XX` is not a valid C attribute: ISO 3166-1 has no such country code; use a code of two letters
            `` is not a valid C attribute: ISO 3166-1 has no such country code; use a code of two letters
            `UK` is not a valid C attribute: ISO 3166-1 has no such country code; the United Kingdom is GB
            `` is not a valid O attribute: it is empty
            ` Contoso` is not a valid O attribute: it starts or ends with a space
            `a\u{1b}[2J` is not a valid L attribute: '\u{1b}' is not allowed
            `contoso.com` is not a valid DC attribute: it is a whole domain; add each label as a separate DC, the top-level domain first
            `münchen` is not a valid DC attribute: 'ü' is not allowed
            `` is not a valid DC attribute: it is empty
        "#]],
    );
    let bounds = [
        (AttributeType::DomainComponent, 63),
        (AttributeType::State, 128),
        (AttributeType::Locality, 128),
        (AttributeType::Organization, 64),
        (AttributeType::OrganizationalUnit, 64),
    ];
    for (attribute, max) in bounds {
        let of = |length| DistinguishedName::new().with(attribute, &"a".repeat(length));
        assert!(of(max).is_ok(), "{attribute}");
        let error = of(max + 1).unwrap_err();
        assert_eq!(error.max_length(), Some(max), "{attribute}: {error}");
        assert!(
            error
                .to_string()
                .contains(&format!("{} characters", max + 1)),
            "{error}"
        );
    }
}
