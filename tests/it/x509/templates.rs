//! Certificate templates of AD CS in requests.

use std::fs;
use std::path::Path;

use crate::support::deployments::{EXAMPLE_1, FAST, plan, um};
use crate::support::openssl::openssl;
use crate::support::snapshot::{assert_lines, assert_states};
use expect_test::expect;
use tempfile::tempdir;
use umcert::issue::RequestOptions;
use umcert::x509::CertificateTemplate;
use umcert::{CertificateRequest, KeyPair, SanPolicy};

#[test]
fn request_holds_the_certificate_template() {
    let folder = tempdir().unwrap();
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let key = KeyPair::generate(FAST).unwrap();
    let id = "1.3.6.1.4.1.311.21.8.16702146.8465326";
    let rows = [
        (
            CertificateTemplate::named("WebServer").unwrap(),
            "WebServer",
            ["1.3.6.1.4.1.311.20.2:", "l=  18 prim: BMPSTRING"],
        ),
        (
            CertificateTemplate::with_id(id, 100, 4).unwrap(),
            "1.3.6.1.4.1.311.21.8.16702146.8465326 version 100.4",
            [
                "1.3.6.1.4.1.311.21.7:",
                ":1.3.6.1.4.1.311.21.8.16702146.8465326",
            ],
        ),
    ];
    for (template, shown, expected) in rows {
        let options = RequestOptions::default().template(template.clone());
        let request = planned.request_with(&key, &options).unwrap();
        let read = CertificateRequest::from_bytes(request.der()).unwrap();
        assert_eq!(read.template(), Some(&template));
        assert_eq!(read.template().unwrap().to_string(), shown);
        let plain = planned.request(&key).unwrap();
        assert_eq!(read.san_entries(), plain.san_entries());
        assert_eq!(plain.template(), None);
        let name: Vec<u8> = "WebServer"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let holds_name = request.der().windows(name.len()).any(|it| it == name);
        assert_eq!(holds_name, shown == "WebServer");

        fs::write(folder.path().join("csr.der"), request.der()).unwrap();
        let verify = [
            "req", "-in", "csr.der", "-inform", "DER", "-verify", "-noout", "-text",
        ];
        let Some(text) = openssl(&verify, folder.path()) else {
            return;
        };
        assert!(text.status.success(), "{text:?}");
        let text = String::from_utf8_lossy(&text.stdout).into_owned();
        assert!(text.contains(expected[0]), "{text}");
        let parse = ["asn1parse", "-in", "csr.der", "-inform", "DER", "-strparse"];
        let offset = extension_offset(folder.path(), expected[0]);
        let parsed = openssl(&[&parse[..], &[offset.as_str()]].concat(), folder.path()).unwrap();
        let parsed = String::from_utf8_lossy(&parsed.stdout).into_owned();
        assert!(parsed.contains(expected[1]), "{parsed}");
    }
}

/// Returns the offset of the value of an extension in `csr.der`, as OpenSSL counts.
fn extension_offset(folder: &Path, oid: &str) -> String {
    let listed = openssl(&["asn1parse", "-in", "csr.der", "-inform", "DER"], folder).unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let oid = format!(":{}", oid.trim_end_matches(':'));
    let value = listed
        .lines()
        .skip_while(|line| !line.ends_with(&oid))
        .nth(1)
        .unwrap();
    value.split(':').next().unwrap().trim().to_owned()
}

#[test]
fn invalid_template_is_refused_with_the_reason() {
    let long = "a".repeat(65);
    let names = ["", "Web Server", "Web\tServer", "Web\u{1f600}", &long];
    let mut errors = Vec::new();
    for name in names {
        let error = CertificateTemplate::named(name).unwrap_err();
        assert_states(&error, &[&name.escape_debug().to_string()]);
        errors.push(error);
    }
    assert_states(&errors[4], &["64"]);
    assert_lines(
        errors,
        &expect![[r#"
        `` is not a certificate template: it is empty
        `Web Server` is not a certificate template: it contains a space; use the template's name, not its display name
        `Web\tServer` is not a certificate template: it contains a character that a template name cannot contain
        `Web😀` is not a certificate template: it contains a character that a template name cannot contain
        `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` is not a certificate template: it has more than 64 characters
    "#]],
    );
    let mut errors = Vec::new();
    for oid in [
        "",
        "1",
        "1.40.3",
        "3.1",
        "1.3.x",
        "1..3",
        "-1.3",
        "+1.3",
        "01.3",
        "1.3.99999999999999999999",
    ] {
        errors.push(CertificateTemplate::with_id(oid, 1, 0).unwrap_err());
    }
    assert_lines(
        errors,
        &expect![[r#"
        `` is not a certificate template: it is not an object identifier
        `1` is not a certificate template: it is not an object identifier
        `1.40.3` is not a certificate template: it is not an object identifier
        `3.1` is not a certificate template: it is not an object identifier
        `1.3.x` is not a certificate template: it is not an object identifier
        `1..3` is not a certificate template: it is not an object identifier
        `-1.3` is not a certificate template: it is not an object identifier
        `+1.3` is not a certificate template: it is not an object identifier
        `01.3` is not a certificate template: it is not an object identifier
        `1.3.99999999999999999999` is not a certificate template: it is not an object identifier
    "#]],
    );
    assert!(CertificateTemplate::with_id("2.999.1", 1, 0).is_ok());
}

#[test]
fn template_of_any_object_identifier_is_read_back() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let key = KeyPair::generate(FAST).unwrap();
    for oid in [
        "0.39",
        "1.39.127.128",
        "2.47",
        "2.48",
        "2.999.1",
        "2.65535.18446744073709551615",
    ] {
        for version in [0, 127, 128, u32::MAX] {
            let template = CertificateTemplate::with_id(oid, version, version).unwrap();
            let options = RequestOptions::default().template(template.clone());
            let request = plan.certificates()[0].request_with(&key, &options).unwrap();
            let read = CertificateRequest::from_bytes(request.der()).unwrap();
            assert_eq!(read.template(), Some(&template));
            assert_eq!(
                template.to_string(),
                format!("{oid} version {version}.{version}")
            );
        }
    }
}
