//! Checks the structure of a certificate field by field (RFC 5280 §4.1), so that an error names the field.
//!
//! `x509-parser` says only that something is malformed, and accepts some encodings that are not DER.

use std::iter;

use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::X509Name;

use super::der::{peek_element, split_element};
use super::error::MalformedError;
use super::extension_names::extension_label;
use super::fields::{
    BIT_STRING, BOOLEAN, Element, Field, Fields, GENERALIZED_TIME, INTEGER, OBJECT_IDENTIFIER,
    OCTET_STRING, SEQUENCE, SET, UTC_TIME, dotted_oid, field,
};
use super::name::Name;

const CERTIFICATE: Field = field("the certificate", SEQUENCE, "RFC 5280 §4.1");
const TBS: Field = field("the signed part", SEQUENCE, "RFC 5280 §4.1.1.1");
const OUTER_ALGORITHM: Field = field(
    "the signature algorithm outside the signed part",
    SEQUENCE,
    "RFC 5280 §4.1.1.2",
);
const SIGNATURE: Field = field("the signature value", BIT_STRING, "RFC 5280 §4.1.1.3");
const VERSION: Field = field("the version", 0xa0, "RFC 5280 §4.1.2.1");
const VERSION_NUMBER: Field = field("the version", INTEGER, "RFC 5280 §4.1.2.1");
const SERIAL: Field = field("the serial number", INTEGER, "RFC 5280 §4.1.2.2");
const ALGORITHM: Field = field("the signature algorithm", SEQUENCE, "RFC 5280 §4.1.2.3");
const ISSUER: Field = field("the issuer", SEQUENCE, "RFC 5280 §4.1.2.4");
const VALIDITY: Field = field("the validity", SEQUENCE, "RFC 5280 §4.1.2.5");
const NOT_BEFORE: Field = field("the validity (notBefore)", UTC_TIME, "RFC 5280 §4.1.2.5");
const NOT_AFTER: Field = field("the validity (notAfter)", UTC_TIME, "RFC 5280 §4.1.2.5");
const SUBJECT: Field = field("the subject", SEQUENCE, "RFC 5280 §4.1.2.6");
const PUBLIC_KEY: Field = field("the public key", SEQUENCE, "RFC 5280 §4.1.2.7");
const ISSUER_UNIQUE_ID: Field = field("the issuerUniqueID", 0x81, "RFC 5280 §4.1.2.8");
const SUBJECT_UNIQUE_ID: Field = field("the subjectUniqueID", 0x82, "RFC 5280 §4.1.2.8");
const EXTENSIONS: Field = field("the field of extensions", 0xa3, "RFC 5280 §4.1.2.9");
const EXTENSION_LIST: Field = field("the list of extensions", SEQUENCE, "RFC 5280 §4.1.2.9");
const EXTENSION: Field = field("an extension", SEQUENCE, "RFC 5280 §4.2");
const EXTENSION_OID: Field = field(
    "the object identifier of an extension",
    OBJECT_IDENTIFIER,
    "RFC 5280 §4.2",
);
const CRITICAL: Field = field("its `critical`", BOOLEAN, "RFC 5280 §4.2");
const EXTENSION_VALUE: Field = field("its value", OCTET_STRING, "RFC 5280 §4.2");

/// Checks the structure of a certificate. Returns its oddities: what `rustls-webpki` cannot process, although Windows
/// and OpenSSL can, as predicates such as "has an issuerUniqueID (RFC 5280 §4.1.2.8)".
///
/// *Not* checked: trailing data after the certificate, and the values of names, keys and extensions.
pub(super) fn check_certificate(der: &[u8]) -> Result<Vec<String>, MalformedError> {
    let certificate = Fields::outermost(der, &CERTIFICATE)?;
    let mut fields = Fields::new(certificate.content);
    let tbs = fields.next(&TBS)?;
    check_algorithm(&fields.next(&OUTER_ALGORITHM)?, &OUTER_ALGORITHM)?;
    fields.next(&SIGNATURE)?;
    fields.end(&CERTIFICATE)?;
    check_tbs(tbs.content)
}

/// Returns the subject of a certificate for people to read, if it has one and it is readable.
pub(super) fn subject_of_malformed(der: &[u8]) -> Option<String> {
    let (_, certificate, _) = peek_element(der)?;
    let (_, mut tbs, _) = peek_element(certificate)?;
    let fields = iter::from_fn(|| {
        let (field, rest) = split_element(tbs)?;
        tbs = rest;
        Some(field)
    });
    // Serial number, algorithm, issuer and validity precede the subject.
    let subject = fields
        .skip_while(|field| field.first() == Some(&VERSION.tag))
        .nth(4)?;
    let (_, name) = X509Name::from_der(subject).ok()?;
    Some(Name::new(&name).text).filter(|text| !text.is_empty())
}

fn check_tbs(content: &[u8]) -> Result<Vec<String>, MalformedError> {
    let mut fields = Fields::new(content);
    if let Some(version) = fields.next_optional(&VERSION)? {
        Fields::new(version.content).next(&VERSION_NUMBER)?;
    }
    check_serial(&fields.next(&SERIAL)?)?;
    check_algorithm(&fields.next(&ALGORITHM)?, &ALGORITHM)?;
    check_name(&fields.next(&ISSUER)?, &ISSUER)?;
    check_validity(&fields.next(&VALIDITY)?)?;
    check_name(&fields.next(&SUBJECT)?, &SUBJECT)?;
    check_public_key(&fields.next(&PUBLIC_KEY)?)?;

    let mut oddities = Vec::new();
    for (field, name) in [
        (&ISSUER_UNIQUE_ID, "an issuerUniqueID"),
        (&SUBJECT_UNIQUE_ID, "a subjectUniqueID"),
    ] {
        if fields.next_optional(field)?.is_some() {
            oddities.push(format!("has {name} ({})", field.section));
        }
    }
    if !fields.is_empty() {
        let extensions = fields.next(&EXTENSIONS)?;
        oddities.extend(check_extensions(extensions.content)?);
    }
    fields.end(&TBS)?;
    Ok(oddities)
}

fn check_serial(serial: &Element<'_>) -> Result<(), MalformedError> {
    match serial.content {
        [] => Err(SERIAL.error("is empty")),
        [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => Err(SERIAL.der_error(
            "is padded, but DER encodes an INTEGER in as few bytes as possible",
            "§8.3.2",
        )),
        _ => Ok(()),
    }
}

pub(super) fn check_algorithm(
    algorithm: &Element<'_>,
    field: &Field,
) -> Result<(), MalformedError> {
    match Fields::new(algorithm.content).next_tag() {
        Some(OBJECT_IDENTIFIER) => Ok(()),
        _ => Err(field.error("has no object identifier")),
    }
}

/// Checks that a name is a sequence of sets of attributes (RFC 5280 §4.1.2.4).
pub(super) fn check_name(name: &Element<'_>, field: &Field) -> Result<(), MalformedError> {
    let mut rdns = Fields::new(name.content);
    while !rdns.is_empty() {
        let rdn = rdns.next_any(field)?;
        if rdn.tag != SET {
            return Err(field.error("is not a sequence of sets"));
        }
        let mut attributes = Fields::new(rdn.content);
        while !attributes.is_empty() {
            let attribute = attributes.next_any(field)?;
            let attribute_type = Fields::new(attribute.content).next_tag();
            if attribute.tag != SEQUENCE || attribute_type != Some(OBJECT_IDENTIFIER) {
                return Err(field.error("has an attribute without an object identifier"));
            }
        }
    }
    Ok(())
}

fn check_validity(validity: &Element<'_>) -> Result<(), MalformedError> {
    let mut times = Fields::new(validity.content);
    for field in [&NOT_BEFORE, &NOT_AFTER] {
        check_time(&times.next_any(field)?, field)?;
    }
    times.end(&VALIDITY)
}

/// Checks that a time has the only form that is allowed, and that its date exists.
fn check_time(time: &Element<'_>, field: &Field) -> Result<(), MalformedError> {
    let (digits, form) = match time.tag {
        UTC_TIME => (12, "UTCTime YYMMDDHHMMSSZ"),
        GENERALIZED_TIME => (14, "GeneralizedTime YYYYMMDDHHMMSSZ"),
        _ => return Err(field.error("is not a time")),
    };
    let is_regular = match time.content {
        [number @ .., b'Z'] => number.len() == digits && number.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    if is_regular {
        return match ASN1Time::from_der(time.raw) {
            Ok(_) => Ok(()),
            Err(_) => Err(field.error("is not a date that exists")),
        };
    }
    // A time without seconds has two digits less.
    let is_short = time.content.len() == digits - 1 && time.content.ends_with(b"Z");
    let fault = if is_short {
        "has no seconds"
    } else {
        "is malformed"
    };
    Err(field.error(&format!("{fault}, expected {form}")))
}

pub(super) fn check_public_key(key: &Element<'_>) -> Result<(), MalformedError> {
    const KEY_ALGORITHM: Field = field(
        "the algorithm of the public key",
        SEQUENCE,
        "RFC 5280 §4.1.2.7",
    );
    const KEY_BITS: Field = field(
        "the value of the public key",
        BIT_STRING,
        "RFC 5280 §4.1.2.7",
    );
    let mut fields = Fields::new(key.content);
    check_algorithm(&fields.next(&KEY_ALGORITHM)?, &KEY_ALGORITHM)?;
    fields.next(&KEY_BITS)?;
    fields.end(&PUBLIC_KEY)
}

/// Checks the field of extensions, and returns their oddities.
fn check_extensions(content: &[u8]) -> Result<Vec<String>, MalformedError> {
    let mut fields = Fields::new(content);
    let list = fields.next(&EXTENSION_LIST)?;
    fields.end(&EXTENSIONS)?;
    check_extension_list(list.content)
}

/// Checks the frame of each extension in a list, and returns their oddities.
pub(super) fn check_extension_list(content: &[u8]) -> Result<Vec<String>, MalformedError> {
    let mut extensions = Fields::new(content);
    let mut oddities = Vec::new();
    while !extensions.is_empty() {
        oddities.extend(check_extension(extensions.next(&EXTENSION)?.content)?);
    }
    Ok(oddities)
}

fn check_extension(content: &[u8]) -> Result<Option<String>, MalformedError> {
    let mut fields = Fields::new(content);
    let Some(oid) = dotted_oid(fields.next(&EXTENSION_OID)?.content) else {
        return Err(EXTENSION_OID.error("is malformed"));
    };
    let label = extension_label(&oid);
    let in_extension = |error: MalformedError| match error {
        MalformedError::Der(reason) => MalformedError::Der(format!("extension {label}: {reason}")),
        other => other,
    };
    let critical = fields.next_optional(&CRITICAL).map_err(in_extension)?;
    let value = fields.next(&EXTENSION_VALUE);
    value.map_err(in_extension)?;
    fields.end(&EXTENSION).map_err(in_extension)?;
    match critical.map(|critical| critical.content) {
        None | Some([0x00 | 0xff]) => Ok(None),
        Some([other]) => Ok(Some(format!(
            "encodes TRUE as {other:02X} instead of FF in the `critical` of extension {label} (X.690 §11.1)"
        ))),
        Some(_) => Err(in_extension(CRITICAL.error("is not one byte"))),
    }
}
