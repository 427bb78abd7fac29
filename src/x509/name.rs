//! Distinguished names, as raw DER and as text.

use x509_parser::asn1_rs::Tag;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::oid_registry::OID_X509_COMMON_NAME;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::text::is_misleading;

/// A distinguished name, as raw DER to compare (D29) and as text to show.
#[derive(Clone, Default)]
pub(super) struct Name {
    pub(super) der: Vec<u8>,
    pub(super) text: String,
}

impl Name {
    pub(super) fn of(name: &X509Name<'_>) -> Self {
        Self {
            der: name.as_raw().to_vec(),
            text: printable(&text(name)),
        }
    }
}

/// The common names in it, in order.
pub(super) fn common_names(name: &X509Name<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for part in name.iter_rdn() {
        for attribute in part.iter() {
            if *attribute.attr_type() == OID_X509_COMMON_NAME {
                names.push(text_of(attribute));
            }
        }
    }
    names
}

fn text_of(attribute: &AttributeTypeAndValue<'_>) -> String {
    match attribute.as_str() {
        Ok(text) => printable(text),
        Err(_) => printable(&old_text(attribute)),
    }
}

/// The string types of before UTF-8, which the parser does not read: what old Windows writes where a
/// PrintableString does not do (`*`, say), and old OpenSSL.
fn old_text(attribute: &AttributeTypeAndValue<'_>) -> String {
    let value = attribute.attr_value();
    match value.tag() {
        Tag::BmpString => String::from_utf16_lossy(&units(value.data)),
        // Everybody put ISO 8859-1 there.
        Tag::T61String => {
            let mut text = String::new();
            for byte in value.data {
                text.push(char::from(*byte));
            }
            text
        }
        _ => "(not readable as text)".to_owned(),
    }
}

/// The units of UTF-16 in a BMPString.
pub(super) fn units(text: &[u8]) -> Vec<u16> {
    let (pairs, _) = text.as_chunks();
    let mut units = Vec::with_capacity(pairs.len());
    for pair in pairs {
        units.push(u16::from_be_bytes(*pair));
    }
    units
}

/// The name as text. The parser shows nothing of one in which a single value is not UTF-8.
fn text(name: &X509Name<'_>) -> String {
    if let Ok(text) = name.to_string_with_registry(oid_registry()) {
        return text;
    }
    let mut parts = Vec::new();
    for part in name.iter_rdn() {
        let mut attributes = Vec::new();
        for it in part.iter() {
            attributes.push(attribute(it));
        }
        parts.push(attributes.join(" + "));
    }
    parts.join(", ")
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type();
    let kind = match oid2abbrev(oid, oid_registry()) {
        Ok(known) => known.to_owned(),
        Err(_) => oid.to_string(),
    };
    format!("{kind}={}", text_of(attribute))
}

/// `text` with control characters escaped, and such that turn the direction of text or are not seen: what
/// a stranger wrote into a certificate must neither steer the terminal that shows it nor look like another
/// name.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match is_misleading(character) {
            true => shown.push_str(&character.escape_default().to_string()),
            false => shown.push(character),
        }
    }
    shown
}
