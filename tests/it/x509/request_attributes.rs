//! The attributes of certificate requests, as CAs accept them.

use std::fs;

use crate::support::encoding::element;
use crate::support::errors::full_text;
use crate::support::openssl::openssl;
use crate::support::requests::{
    CHALLENGE_PASSWORD, KEY_PROVIDER, MICROSOFT_EXTENSIONS, PKCS9_EXTENSIONS, attribute,
    bmp_string, extension, key_provider, new_request, san_list,
};
use crate::support::scene;
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use tempfile::tempdir;
use umcert::CertificateRequest;

const NAMES: &[&str] = &["um1.contoso.com", "um2.contoso.com"];

/// A description, the attributes if their field is present, and the DNS names that they request.
type Accepted = (&'static str, Option<Vec<Vec<u8>>>, &'static [&'static str]);

/// Attributes that CAs accept.
fn accepted() -> Vec<Accepted> {
    let san = || attribute(PKCS9_EXTENSIONS, &[san_list(NAMES)]);
    let microsoft_san = || attribute(MICROSOFT_EXTENSIONS, &[san_list(NAMES)]);
    let password = |value: Vec<u8>| {
        let password = attribute(CHALLENGE_PASSWORD, &[value]);
        Some(vec![password, san()])
    };
    let policies = extension(&[2, 5, 29, 32], b"garbage");
    let eku = extension(
        &[2, 5, 29, 37],
        b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01",
    );
    let eku = attribute(MICROSOFT_EXTENSIONS, &[element(0x30, &eku)]);
    vec![
        ("no field of attributes", None, &[]),
        ("no attributes", Some(vec![]), &[]),
        (
            "no list of extensions",
            Some(vec![attribute(PKCS9_EXTENSIONS, &[])]),
            &[],
        ),
        (
            "no list in Microsoft's attribute",
            Some(vec![attribute(MICROSOFT_EXTENSIONS, &[])]),
            &[],
        ),
        (
            "an empty list of extensions",
            Some(vec![attribute(PKCS9_EXTENSIONS, &[element(0x30, &[])])]),
            &[],
        ),
        (
            "password, UTF8String",
            password(element(0x0c, "pässword".as_bytes())),
            NAMES,
        ),
        (
            "password, PrintableString",
            password(element(0x13, b"password")),
            NAMES,
        ),
        (
            "password, TeletexString",
            password(element(0x14, b"p\xe4ssword")),
            NAMES,
        ),
        (
            "password, UniversalString",
            password(element(0x1c, b"\0\0\0p")),
            NAMES,
        ),
        (
            "password, BMPString",
            password(bmp_string("password")),
            NAMES,
        ),
        (
            "password, IA5String",
            password(element(0x16, b"password")),
            NAMES,
        ),
        ("both attributes", Some(vec![san(), microsoft_san()]), NAMES),
        (
            "both attributes, other extensions",
            Some(vec![san(), eku]),
            NAMES,
        ),
        ("the attribute twice", Some(vec![san(), san()]), NAMES),
        (
            "a value twice",
            Some(vec![attribute(
                PKCS9_EXTENSIONS,
                &[san_list(NAMES), san_list(NAMES)],
            )]),
            NAMES,
        ),
        (
            "an unknown attribute with several values",
            Some(vec![
                attribute(&[1, 2, 3, 4], &[vec![5, 0], element(0x30, b"\x02\x01\x01")]),
                san(),
            ]),
            NAMES,
        ),
        (
            "malformed policies",
            Some(vec![
                attribute(PKCS9_EXTENSIONS, &[element(0x30, &policies)]),
                microsoft_san(),
            ]),
            NAMES,
        ),
    ]
}

#[test]
fn request_is_read_and_issued_for_whatever_its_attributes() {
    let ca = scene::ca();
    for (row, attributes, names) in accepted() {
        let der = new_request(attributes.as_deref());
        let request = CertificateRequest::from_bytes(&der);
        let request = request.unwrap_or_else(|error| panic!("{row}: {error}"));
        assert_eq!(request.subject(), "CN=um1.contoso.com", "{row}");
        assert_eq!(request.san_entries(), names, "{row}");
        let in_pem = CertificateRequest::from_bytes(request.to_pem().as_bytes());
        assert_eq!(in_pem.ok(), Some(request.clone()), "{row}");

        let chain = ca.issue_request(&request).unwrap();
        let issued = chain.certificates().next().unwrap();
        assert_eq!(issued.san_entries(), names, "{row}");
        assert!(request.has_key_of(issued), "{row}");
    }
}

#[test]
fn openssl_accepts_the_same_attributes() {
    let folder = tempdir().unwrap();
    for (row, attributes, _) in accepted() {
        fs::write(
            folder.path().join("request.der"),
            new_request(attributes.as_deref()),
        )
        .unwrap();
        let arguments = [
            "req",
            "-verify",
            "-noout",
            "-inform",
            "DER",
            "-in",
            "request.der",
        ];
        let Some(output) = openssl(&arguments, folder.path()) else {
            return;
        };
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && text.contains("verify OK"),
            "{row}: {text}"
        );
    }
}

#[test]
fn contradictory_or_malformed_attribute_is_named() {
    let san = |names: &[&str]| san_list(names);
    let others = &["um1.contoso.com", "um3.contoso.com"];
    let critical = [
        b"\x06\x03\x55\x1d\x11\x01\x01\xff".to_vec(),
        element(0x04, &element(0x30, &element(0x82, b"um1.contoso.com"))),
    ];
    let critical = element(0x30, &element(0x30, &critical.concat()));
    let duplicate = [
        extension(&[2, 5, 29, 17], b"\x30\x00"),
        extension(&[2, 5, 29, 17], b"\x30\x00"),
    ];
    let rows = [
        (
            "both attributes",
            vec![
                attribute(PKCS9_EXTENSIONS, &[san(NAMES)]),
                attribute(MICROSOFT_EXTENSIONS, &[san(others)]),
            ],
        ),
        (
            "both values",
            vec![attribute(PKCS9_EXTENSIONS, &[san(NAMES), san(others)])],
        ),
        (
            "critical in one",
            vec![
                attribute(MICROSOFT_EXTENSIONS, &[critical]),
                attribute(PKCS9_EXTENSIONS, &[san(&["um1.contoso.com"])]),
            ],
        ),
        (
            "duplicate in one list",
            vec![attribute(
                PKCS9_EXTENSIONS,
                &[element(0x30, &duplicate.concat())],
            )],
        ),
        (
            "malformed SAN",
            vec![attribute(
                PKCS9_EXTENSIONS,
                &[element(0x30, &extension(&[2, 5, 29, 17], b"\x04\x00"))],
            )],
        ),
        (
            "list of another type",
            vec![attribute(PKCS9_EXTENSIONS, &[element(0x04, b"")])],
        ),
        ("attribute without a type", vec![element(0x30, b"\x31\x00")]),
        ("not an attribute", vec![vec![5, 0]]),
    ];
    let errors = rows.map(|(row, attributes)| {
        let der = new_request(Some(&attributes));
        let error = CertificateRequest::from_bytes(&der).unwrap_err();
        (row, full_text(&error))
    });
    assert_rows(
        errors,
        &expect![[r#"
        both attributes: the certificate request cannot be used: contradictory: extension subject alternative name (2.5.29.17) is requested several times with different values, and a CA may take any of them
        both values: the certificate request cannot be used: contradictory: extension subject alternative name (2.5.29.17) is requested several times with different values, and a CA may take any of them
        critical in one: the certificate request cannot be used: contradictory: extension subject alternative name (2.5.29.17) is requested several times with different values, and a CA may take any of them
        duplicate in one list: the certificate request cannot be used: malformed: duplicate extension subject alternative name (2.5.29.17)
        malformed SAN: the certificate request cannot be used: malformed: extension subject alternative name (2.5.29.17)
        list of another type: the certificate request cannot be used: malformed: the list of requested extensions is not a SEQUENCE (RFC 2985 §5.4.2)
        attribute without a type: the certificate request cannot be used: malformed: the type of an attribute is not an OBJECT IDENTIFIER (RFC 2986 §4.1)
        not an attribute: the certificate request cannot be used: malformed: an attribute is not a SEQUENCE (RFC 2986 §4.1)
    "#]],
    );
}

#[test]
fn key_provider_is_read_if_it_is_well_formed() {
    let rows = [
        (
            key_provider("Microsoft RSA SChannel Cryptographic Provider"),
            Some("Microsoft RSA SChannel Cryptographic Provider"),
        ),
        (
            key_provider("Microsoft Software Key Storage Provider\0"),
            Some("Microsoft Software Key Storage Provider"),
        ),
        (key_provider(""), None),
        (attribute(KEY_PROVIDER, &[]), None),
        (attribute(KEY_PROVIDER, &[vec![5, 0]]), None),
        (attribute(&[1, 2, 3], &[vec![5, 0]]), None),
    ];
    for (attribute, expected) in rows {
        let request = CertificateRequest::from_bytes(&new_request(Some(&[attribute]))).unwrap();
        assert_eq!(request.key_provider(), expected);
    }
}
