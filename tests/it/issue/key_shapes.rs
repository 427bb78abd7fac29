//! Private keys with each part truncated, missing or replaced by another.

use crate::support::snapshot::assert_rows;
use expect_test::expect;
use umcert::KeyPair;
use umcert::issue::KeyError;
#[cfg(feature = "encrypted-keys")]
use yasna::models::ObjectIdentifier;
use yasna::models::TaggedDerValue;
use yasna::tags::TAG_OID;

const PKCS8: &str = "PRIVATE KEY";
const PKCS1: &str = "RSA PRIVATE KEY";
const SEC1: &str = "EC PRIVATE KEY";

const ZERO: &[u8] = &[0x02, 0x01, 0x00];
const NULL: &[u8] = &[0x05, 0x00];
const EMPTY: &[u8] = &[0x30, 0x00];
const RSA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
const EC: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
const P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u8::try_from(content.len()).unwrap();
    [&[tag, length], content.as_slice()].concat()
}

/// Returns an element whose length is larger than any memory.
fn endless(tag: u8) -> Vec<u8> {
    const LENGTH: &[u8] = &[0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    [&[tag], LENGTH].concat()
}

fn refused(label: &str, der: &[u8]) -> KeyError {
    // Without a label the DER may be recognised as something else.
    assert!(KeyPair::from_bytes(der).is_err());
    let base64 = data_encoding::BASE64.encode(der);
    let pem = format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n");
    KeyPair::from_bytes(pem.as_bytes()).unwrap_err()
}

/// Such a length once overflowed if the element was only skipped.
#[test]
fn length_beyond_memory_is_malformed_in_every_part() {
    let algorithm = element(0x30, &[RSA, NULL]);
    let key = element(0x04, &[EMPTY]);
    let rows = [
        (PKCS8, "all of it", endless(0x30)),
        (
            PKCS8,
            "a parameter of the algorithm",
            element(0x30, &[ZERO, &element(0x30, &[RSA, &endless(0x05)]), &key]),
        ),
        (
            PKCS8,
            "an attribute",
            element(0x30, &[ZERO, &algorithm, &key, &endless(0xa0)]),
        ),
        (
            PKCS1,
            "a number",
            element(0x30, &[ZERO, ZERO, &endless(0x02)]),
        ),
        (
            SEC1,
            "the curve",
            element(0x30, &[ZERO, &key, &endless(0xa0)]),
        ),
    ];
    for (label, what, der) in rows {
        let error = refused(label, &der);
        let is_malformed = matches!(error, KeyError::Malformed { .. });
        assert!(is_malformed, "{label}, {what}: {error}");
    }
}

#[test]
fn missing_or_unexpected_part_is_named() {
    let rsa = element(0x30, &[RSA, NULL]);
    let ec = element(0x30, &[EC, P256]);
    let pkcs1 = |parts: &[&[u8]]| {
        let key = element(0x04, &[&element(0x30, parts)]);
        element(0x30, &[ZERO, &rsa, &key])
    };
    let sec1 = |parts: &[&[u8]]| {
        let key = element(0x04, &[&element(0x30, parts)]);
        element(0x30, &[ZERO, &ec, &key])
    };
    let octets = element(0x04, &[&[7; 32]]);
    let curve = element(0xa0, &[P256]);
    let rows = [
        (
            "PKCS #8",
            "no version",
            element(0x30, &[NULL, &rsa, &octets]),
        ),
        (
            "PKCS #8",
            "an algorithm without its name",
            element(0x30, &[ZERO, &element(0x30, &[NULL]), &octets]),
        ),
        ("PKCS #8", "no key", element(0x30, &[ZERO, &rsa])),
        (
            "PKCS #8",
            "a key as text",
            element(0x30, &[ZERO, &rsa, &element(0x0c, &[b"key"])]),
        ),
        ("PKCS #8", "a set", element(0x31, &[ZERO, &rsa, &octets])),
        ("PKCS #1", "nothing", pkcs1(&[])),
        ("PKCS #1", "no modulus", pkcs1(&[ZERO])),
        ("PKCS #1", "a modulus as octets", pkcs1(&[ZERO, &octets])),
        ("SEC 1", "nothing", sec1(&[])),
        ("SEC 1", "no key", sec1(&[ZERO, &curve])),
        (
            "SEC 1",
            "a curve without its name",
            sec1(&[ZERO, &octets, &element(0xa0, &[NULL])]),
        ),
        (
            "SEC 1",
            "a public half as octets",
            sec1(&[ZERO, &octets, &curve, &element(0xa1, &[&octets])]),
        ),
        (
            "SEC 1",
            "something behind it",
            sec1(&[ZERO, &octets, &curve, NULL]),
        ),
    ];
    let mut sources = Vec::new();
    for (expected, what, der) in rows {
        let error = refused(PKCS8, &der);
        let KeyError::Malformed {
            what: part, source, ..
        } = &error
        else {
            panic!("{what}: {error}");
        };
        assert_eq!(*part, expected, "{what}");
        sources.push((format!("{part}, {what}"), source.to_string()));
    }
    assert_rows(
        sources,
        &expect![[r#"
        PKCS #8, no version: it is truncated, or its elements differ from RFC 5958 §2
        PKCS #8, an algorithm without its name: it is truncated, or its elements differ from RFC 5958 §2
        PKCS #8, no key: it is truncated, or its elements differ from RFC 5958 §2
        PKCS #8, a key as text: it is truncated, or its elements differ from RFC 5958 §2
        PKCS #8, a set: it is truncated, or its elements differ from RFC 5958 §2
        PKCS #1, nothing: it is truncated, or its elements differ from RFC 8017 A.1.2
        PKCS #1, no modulus: it is truncated, or its elements differ from RFC 8017 A.1.2
        PKCS #1, a modulus as octets: it is truncated, or its elements differ from RFC 8017 A.1.2
        SEC 1, nothing: it is truncated, or its elements differ from RFC 5915 §3
        SEC 1, no key: it is truncated, or its elements differ from RFC 5915 §3
        SEC 1, a curve without its name: it is truncated, or its elements differ from RFC 5915 §3
        SEC 1, a public half as octets: it is truncated, or its elements differ from RFC 5915 §3
        SEC 1, something behind it: it is truncated, or its elements differ from RFC 5915 §3
    "#]],
    );
}

#[test]
fn modulus_size_ignores_leading_zeros() {
    let algorithm = element(0x30, &[RSA, NULL]);
    let rows: [(&[u8], &str); 4] = [
        (&[0x00], "an RSA key of 0 bits"),
        (&[0x01], "an RSA key of 1 bits"),
        (&[0x00, 0x80], "an RSA key of 8 bits"),
        (&[0x00, 0x00, 0x01, 0xff], "an RSA key of 9 bits"),
    ];
    for (modulus, expected) in rows {
        let numbers = element(0x30, &[ZERO, &element(0x02, &[modulus]), ZERO]);
        let key = element(0x04, &[&numbers]);
        let error = refused(PKCS8, &element(0x30, &[ZERO, &algorithm, &key]));
        let KeyError::UnsupportedKey { found, .. } = &error else {
            panic!("{expected}: {error}");
        };
        assert_eq!(found, expected);
    }
}

#[test]
fn unknown_algorithm_is_shown_by_its_object_identifier() {
    let rows: [(&[u8], &str); 4] = [
        (&[0x2a, 0x03], "a key of algorithm 1.2.3"),
        (&[], "a key of algorithm (malformed)"),
        // Truncated within an arc, and an arc of more than 64 bits.
        (&[0x2a, 0x83], "a key of algorithm (malformed)"),
        (
            &[
                0x2a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
            ],
            "a key of algorithm (malformed)",
        ),
    ];
    for (oid, expected) in rows {
        let algorithm = element(0x30, &[&element(0x06, &[oid])]);
        let key = element(0x04, &[EMPTY]);
        let error = refused(PKCS8, &element(0x30, &[ZERO, &algorithm, &key]));
        let KeyError::UnsupportedKey { found, .. } = &error else {
            panic!("{expected}: {error}");
        };
        assert_eq!(found, expected);
    }
}

#[test]
fn long_object_identifier_is_cut_in_the_error() {
    let oid = TaggedDerValue::from_tag_and_bytes(TAG_OID, vec![0x2a; 1_000_000]);
    let der = yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_u8(0);
            writer.next().write_sequence(|writer| {
                writer.next().write_tagged_der(&oid);
            });
            writer.next().write_bytes(EMPTY);
        });
    });
    let error = refused(PKCS8, &der);
    let KeyError::UnsupportedKey { found, .. } = &error else {
        panic!("{error}");
    };
    assert!(
        found.starts_with("a key of algorithm 1.2.42.42."),
        "{found}"
    );
    for text in [error.to_string(), format!("{error:?}")] {
        assert!(text.len() < 400, "{} bytes", text.len());
    }
}

/// scrypt needs memory for its cost and for its lanes (RFC 7914 §6).
#[cfg(feature = "encrypted-keys")]
#[test]
fn scrypt_with_too_much_memory_is_refused() {
    let rows = [
        // 128 MiB for the cost, and the same again for the lanes.
        (16, 65_535, 16, true),
        (16, 65_535, 1, true),
        (2, 1, 17, true),
        (u64::MAX / 2 + 1, 1, 1, true),
        (1 << 18, 8, 1, true),
        (16, 8, 16, false),
    ];
    for (cost, block_size, lanes, is_expected) in rows {
        let der = scrypt_key(cost, block_size, lanes);
        let error = KeyPair::from_encrypted(&der, "secret").unwrap_err();
        let is_refused = matches!(error, KeyError::UnsupportedEncryption { .. });
        assert_eq!(is_refused, is_expected, "{cost}, {block_size}, {lanes}");
    }
}

#[cfg(feature = "encrypted-keys")]
fn scrypt_key(cost: u64, block_size: u32, lanes: u32) -> Vec<u8> {
    const PBES2: &[u64] = &[1, 2, 840, 113_549, 1, 5, 13];
    const SCRYPT: &[u64] = &[1, 3, 6, 1, 4, 1, 11_591, 4, 11];
    const AES_256_CBC: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 1, 42];
    let oid = ObjectIdentifier::from_slice;
    yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_sequence(|writer| {
                writer.next().write_oid(&oid(PBES2));
                writer.next().write_sequence(|writer| {
                    writer.next().write_sequence(|writer| {
                        writer.next().write_oid(&oid(SCRYPT));
                        writer.next().write_sequence(|writer| {
                            writer.next().write_bytes(&[0; 16]);
                            writer.next().write_u64(cost);
                            writer.next().write_u32(block_size);
                            writer.next().write_u32(lanes);
                        });
                    });
                    writer.next().write_sequence(|writer| {
                        writer.next().write_oid(&oid(AES_256_CBC));
                        writer.next().write_bytes(&[0; 16]);
                    });
                });
            });
            writer.next().write_bytes(&[0; 64]);
        });
    })
}
