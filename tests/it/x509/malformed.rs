//! Errors about malformed certificates: which field, and of which certificate.

use std::fs;

use crate::support::encoding::{content, element, elements};
use crate::support::forge::Forge;
use crate::support::openssl::openssl;
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use tempfile::tempdir;
use umcert::Certificate;

const VERSION: usize = 0;
const SERIAL: usize = 1;
const ALGORITHM: usize = 2;
const ISSUER: usize = 3;
const VALIDITY: usize = 4;
const SUBJECT: usize = 5;
const PUBLIC_KEY: usize = 6;
const EXTENSIONS: usize = 7;

type Change = fn(&mut Vec<Vec<u8>>);

/// Replaces the extensions by one with these elements.
fn set_extension(fields: &mut [Vec<u8>], parts: &[&[u8]]) {
    let list = element(0x30, &element(0x30, &parts.concat()));
    fields[EXTENSIONS] = element(0xa3, &list);
}

fn set_validity(fields: &mut [Vec<u8>], not_before: &[u8], not_after: &[u8]) {
    fields[VALIDITY] = element(0x30, &[not_before, not_after].concat());
}

const UTC: &[u8] = b"\x17\x0d260101000000Z";
const KEY_USAGE: &[u8] = b"\x06\x03\x55\x1d\x0f";
const DIGITAL_SIGNATURE: &[u8] = b"\x04\x04\x03\x02\x07\x80";

const MALFORMED: &[(&str, Change)] = &[
    ("version", |fields| {
        fields[VERSION] = element(0xa0, b"\x04\x00")
    }),
    ("no serial", |fields| fields.truncate(SERIAL)),
    ("serial of another type", |fields| {
        fields[SERIAL] = vec![4, 1, 1]
    }),
    ("empty serial", |fields| fields[SERIAL] = vec![2, 0]),
    ("padded serial", |fields| {
        fields[SERIAL] = vec![2, 4, 0, 0, 0x70, 1]
    }),
    ("padded zero", |fields| fields[SERIAL] = vec![2, 2, 0, 0]),
    ("padded negative serial", |fields| {
        fields[SERIAL] = vec![2, 2, 0xff, 0x80]
    }),
    ("long length", |fields| fields[SERIAL] = vec![2, 0x81, 1, 1]),
    ("algorithm", |fields| fields[ALGORITHM] = vec![0x30, 0]),
    ("issuer of another type", |fields| {
        fields[ISSUER] = element(0x31, b"")
    }),
    ("issuer without sets", |fields| {
        fields[ISSUER] = element(0x30, b"\x30\x00")
    }),
    ("no attribute type", |fields| {
        fields[ISSUER] = element(0x30, b"\x31\x04\x30\x02\x0c\x00");
    }),
    ("no seconds", |fields| {
        set_validity(fields, b"\x17\x0b2601010000Z", UTC)
    }),
    ("offset", |fields| {
        set_validity(fields, UTC, b"\x17\x11260101000000+0100")
    }),
    ("fraction", |fields| {
        set_validity(fields, UTC, b"\x18\x1120260101000000.0Z")
    }),
    ("not a time", |fields| {
        set_validity(fields, b"\x02\x01\x01", UTC)
    }),
    ("one time", |fields| set_validity(fields, UTC, b"")),
    ("three times", |fields| {
        set_validity(fields, UTC, &[UTC, UTC].concat())
    }),
    ("30 February", |fields| {
        set_validity(fields, UTC, b"\x17\x0d270230000000Z")
    }),
    ("subject", |fields| fields[SUBJECT] = vec![5, 0]),
    ("key without an algorithm", |fields| {
        fields[PUBLIC_KEY] = vec![0x30, 0]
    }),
    ("key without bits", |fields| {
        let algorithm = elements(content(&fields[PUBLIC_KEY]))[0].clone();
        fields[PUBLIC_KEY] = element(0x30, &algorithm);
    }),
    ("tag of extensions", |fields| fields[EXTENSIONS][0] = 0xa4),
    ("after extensions", |fields| fields.push(vec![5, 0])),
    ("extension without a name", |fields| {
        set_extension(fields, &[DIGITAL_SIGNATURE])
    }),
    ("extension without a value", |fields| {
        set_extension(fields, &[KEY_USAGE])
    }),
    ("extension with more", |fields| {
        set_extension(fields, &[KEY_USAGE, DIGITAL_SIGNATURE, b"\x05\x00"]);
    }),
    ("critical of two bytes", |fields| {
        set_extension(fields, &[KEY_USAGE, b"\x01\x02\xff\xff", DIGITAL_SIGNATURE]);
    }),
    ("truncated extension", |fields| {
        set_extension(fields, &[KEY_USAGE, b"\x04\x09\x03"])
    }),
    ("key usage", |fields| {
        set_extension(fields, &[KEY_USAGE, b"\x04\x02\x30\x00"])
    }),
];

#[test]
fn malformed_field_is_named_with_the_subject() {
    let root = Forge::root("Root");
    let good = root.server(1, |_| {});
    assert_eq!(
        Certificate::from_der(root.with_fields(&good, |_| {}))
            .unwrap()
            .subject(),
        good.subject()
    );
    let errors = MALFORMED.iter().map(|(row, change)| {
        let error = Certificate::from_der(root.with_fields(&good, change)).unwrap_err();
        let text = format!("{error} {error:?}");
        for parser in ["nom", "Tag(", "Some(", "BER", "Eof", "Err"] {
            assert!(!text.contains(parser), "{row}: {text}");
        }
        (*row, error)
    });
    assert_rows(
        errors.collect::<Vec<_>>(),
        &expect![[r#"
            version: malformed: the version is not an INTEGER (RFC 5280 §4.1.2.1); its subject is `CN=um1.contoso.com`
            no serial: malformed: the serial number is missing (RFC 5280 §4.1.2.2)
            serial of another type: malformed: the serial number is not an INTEGER (RFC 5280 §4.1.2.2); its subject is `CN=um1.contoso.com`
            empty serial: malformed: the serial number is empty (RFC 5280 §4.1.2.2); its subject is `CN=um1.contoso.com`
            padded serial: malformed: the serial number is padded, but DER encodes an INTEGER in as few bytes as possible (RFC 5280 §4.1.2.2, X.690 §8.3.2); its subject is `CN=um1.contoso.com`
            padded zero: malformed: the serial number is padded, but DER encodes an INTEGER in as few bytes as possible (RFC 5280 §4.1.2.2, X.690 §8.3.2); its subject is `CN=um1.contoso.com`
            padded negative serial: malformed: the serial number is padded, but DER encodes an INTEGER in as few bytes as possible (RFC 5280 §4.1.2.2, X.690 §8.3.2); its subject is `CN=um1.contoso.com`
            long length: malformed: the serial number has a length that is not in DER (RFC 5280 §4.1.2.2, X.690 §10.1); its subject is `CN=um1.contoso.com`
            algorithm: malformed: the signature algorithm has no object identifier (RFC 5280 §4.1.2.3); its subject is `CN=um1.contoso.com`
            issuer of another type: malformed: the issuer is not a SEQUENCE (RFC 5280 §4.1.2.4); its subject is `CN=um1.contoso.com`
            issuer without sets: malformed: the issuer is not a sequence of sets (RFC 5280 §4.1.2.4); its subject is `CN=um1.contoso.com`
            no attribute type: malformed: the issuer has an attribute without an object identifier (RFC 5280 §4.1.2.4); its subject is `CN=um1.contoso.com`
            no seconds: malformed: the validity (notBefore) has no seconds, expected UTCTime YYMMDDHHMMSSZ (RFC 5280 §4.1.2.5); its subject is `CN=um1.contoso.com`
            offset: malformed: the validity (notAfter) is malformed, expected UTCTime YYMMDDHHMMSSZ (RFC 5280 §4.1.2.5); its subject is `CN=um1.contoso.com`
            fraction: malformed: the validity (notAfter) is malformed, expected GeneralizedTime YYYYMMDDHHMMSSZ (RFC 5280 §4.1.2.5); its subject is `CN=um1.contoso.com`
            not a time: malformed: the validity (notBefore) is not a time (RFC 5280 §4.1.2.5); its subject is `CN=um1.contoso.com`
            one time: malformed: the validity (notAfter) is missing (RFC 5280 §4.1.2.5); its subject is `CN=um1.contoso.com`
            three times: malformed: the validity has 15 unexpected bytes at its end (RFC 5280 §4.1.2.5); its subject is `CN=um1.contoso.com`
            30 February: malformed: the validity (notAfter) is not a date that exists (RFC 5280 §4.1.2.5); its subject is `CN=um1.contoso.com`
            subject: malformed: the subject is not a SEQUENCE (RFC 5280 §4.1.2.6)
            key without an algorithm: malformed: the algorithm of the public key is missing (RFC 5280 §4.1.2.7); its subject is `CN=um1.contoso.com`
            key without bits: malformed: the value of the public key is missing (RFC 5280 §4.1.2.7); its subject is `CN=um1.contoso.com`
            tag of extensions: malformed: the field of extensions is not an element with tag [3] (RFC 5280 §4.1.2.9); its subject is `CN=um1.contoso.com`
            after extensions: malformed: the signed part has 2 unexpected bytes at its end (RFC 5280 §4.1.1.1); its subject is `CN=um1.contoso.com`
            extension without a name: malformed: the object identifier of an extension is not an OBJECT IDENTIFIER (RFC 5280 §4.2); its subject is `CN=um1.contoso.com`
            extension without a value: malformed: extension key usage (2.5.29.15): its value is missing (RFC 5280 §4.2); its subject is `CN=um1.contoso.com`
            extension with more: malformed: extension key usage (2.5.29.15): an extension has 2 unexpected bytes at its end (RFC 5280 §4.2); its subject is `CN=um1.contoso.com`
            critical of two bytes: malformed: extension key usage (2.5.29.15): its `critical` is not one byte (RFC 5280 §4.2); its subject is `CN=um1.contoso.com`
            truncated extension: malformed: extension key usage (2.5.29.15): its value is truncated (RFC 5280 §4.2); its subject is `CN=um1.contoso.com`
            key usage: malformed: extension key usage (2.5.29.15); its subject is `CN=um1.contoso.com`
        "#]],
    );
}

/// RFC 5280 §4.1.2.2 asks users to handle such numbers, and DER allows to write FALSE.
#[test]
fn unusual_field_is_read() {
    let root = Forge::root("Root");
    let good = root.server(1, |_| {});
    let rows: &[(&str, Change)] = &[
        ("zero", |fields| fields[SERIAL] = vec![2, 1, 0]),
        ("negative", |fields| fields[SERIAL] = vec![2, 1, 0x80]),
        ("a byte for the sign", |fields| {
            fields[SERIAL] = vec![2, 2, 0, 0x80]
        }),
        ("GeneralizedTime", |fields| {
            set_validity(fields, UTC, b"\x18\x0f20600101000000Z");
        }),
        ("FALSE", |fields| {
            set_extension(fields, &[KEY_USAGE, b"\x01\x01\x00", DIGITAL_SIGNATURE]);
        }),
        ("no extensions", |fields| fields.truncate(EXTENSIONS)),
    ];
    for (row, change) in rows {
        let read = Certificate::from_der(root.with_fields(&good, change));
        assert!(read.is_ok(), "{row}: {read:?}");
    }
}

#[test]
fn openssl_refuses_padded_serial_numbers_too() {
    let root = Forge::root("Root");
    let good = root.server(1, |_| {});
    let folder = tempdir().unwrap();
    for (serial, is_der) in [
        (vec![2, 3, 1, 0x70, 1], true),
        (vec![2, 4, 0, 0, 0x70, 1], false),
        (vec![2, 2, 0xff, 0x80], false),
    ] {
        let der = root.with_fields(&good, |fields| fields[SERIAL] = serial.clone());
        fs::write(folder.path().join("um1.der"), &der).unwrap();
        let arguments = ["x509", "-inform", "DER", "-in", "um1.der", "-noout"];
        let Some(output) = openssl(&arguments, folder.path()) else {
            return;
        };
        assert_eq!(output.status.success(), is_der, "{serial:?}: {output:?}");
        assert_eq!(Certificate::from_der(der).is_ok(), is_der, "{serial:?}");
    }
}

#[test]
fn key_with_explicit_parameters_is_named() {
    let folder = tempdir().unwrap();
    for (encoding, expected) in [
        ("named_curve", "ECDSA P-256"),
        ("explicit", "EC key with explicit parameters"),
    ] {
        let line = format!(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:{encoding} \
             -nodes -subj /CN=Root -keyout key.pem -out root.der -outform DER"
        );
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let Some(output) = openssl(&arguments, folder.path()) else {
            return;
        };
        assert!(output.status.success(), "{output:?}");
        let der = fs::read(folder.path().join("root.der")).unwrap();
        let certificate = Certificate::from_der(der.into()).unwrap();
        assert_eq!(certificate.public_key().to_string(), expected);
    }
}
