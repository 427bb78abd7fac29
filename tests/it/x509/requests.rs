//! Reading of certificate requests, and their subjects.

use std::fs;

use crate::support::deployments::{EXAMPLE_1, FAST, plan, um};
use crate::support::encoding::utf16;
use crate::support::openssl::openssl;
use crate::support::scene;
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
    trailing.push(0);
    let cut = &issued.request().der()[..100];
    let rows: Vec<(Vec<u8>, &str)> = vec![
        (
            Vec::new(),
            "expected a certificate request, found an empty file",
        ),
        (
            b"hello".to_vec(),
            "expected a certificate request, found unknown text or data",
        ),
        (
            b"<html>".to_vec(),
            "expected a certificate request, found an HTML or XML page",
        ),
        (
            issued.chain().to_pem().into(),
            "expected a certificate request, found a certificate",
        ),
        (
            end_entity.der().to_vec(),
            "expected a certificate request, found a certificate",
        ),
        (
            issued.key().to_pem().as_str().into(),
            "expected a certificate request, found a private key",
        ),
        (
            // certreq with `RequestType = CMC`: the start of a ContentInfo.
            pem_of(
                "NEW CERTIFICATE REQUEST",
                b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
            ),
            "expected a certificate request, found a PKCS #7 or CMC message; create the request again as PKCS #10 \
             (certreq's `RequestType = PKCS10`)",
        ),
        (
            format!("{pem}{pem}").into(),
            "expected one certificate request, found 2",
        ),
        (
            trailing,
            "the certificate request is malformed: 1 byte of trailing data",
        ),
        (
            pem[..pem.len() - 20].into(),
            "malformed PEM section 1: the line `-----END CERTIFICATE REQUEST-----` is missing; the file may be truncated",
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
        (
            AttributeType::Country,
            "Germany",
            "`GERMANY` cannot stand in a name as C: ISO 3166-1 has no such country code; give two letters",
        ),
        (
            AttributeType::Country,
            "XX",
            "`XX` cannot stand in a name as C: ISO 3166-1 has no such country code; give two letters",
        ),
        (
            AttributeType::Country,
            "",
            "`` cannot stand in a name as C: ISO 3166-1 has no such country code; give two letters",
        ),
        (
            AttributeType::Country,
            "uk",
            "`UK` cannot stand in a name as C: ISO 3166-1 has no such country code; the United Kingdom is GB",
        ),
        (
            AttributeType::Organization,
            "",
            "`` cannot stand in a name as O: it is empty",
        ),
        (
            AttributeType::Organization,
            " Contoso",
            "` Contoso` cannot stand in a name as O: it starts or ends with a space",
        ),
        (
            AttributeType::Locality,
            "a\u{1b}[2J",
            "`a\\u{1b}[2J` cannot stand in a name as L: '\\u{1b}' cannot stand there",
        ),
        (
            AttributeType::DomainComponent,
            "contoso.com",
            "`contoso.com` cannot stand in a name as DC: it is a whole domain: give each label as a DC of its own, the last first",
        ),
        (
            AttributeType::DomainComponent,
            "münchen",
            "`münchen` cannot stand in a name as DC: 'ü' cannot stand there",
        ),
        (
            AttributeType::DomainComponent,
            "",
            "`` cannot stand in a name as DC: it is empty",
        ),
    ];
    for (attribute, value, expected) in rows {
        let error = DistinguishedName::new().with(attribute, value).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.attribute(), attribute);
    }
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
