//! Distinguished names as raw DER and as text, and the escaping of text from certificates.

use x509_parser::asn1_rs::Tag;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::oid_registry::OID_X509_COMMON_NAME;
use x509_parser::x509::{AttributeTypeAndValue, RelativeDistinguishedName, X509Name};

use crate::text::{escape, escape_invisible, join};

/// A distinguished name of a certificate, request or CRL.
#[derive(Clone)]
pub(super) struct Name {
    /// The raw DER, by which names are compared (D29).
    pub(super) der: Vec<u8>,
    /// The name for people to read, escaped.
    pub(super) text: String,
}

impl Name {
    pub(super) fn new(name: &X509Name<'_>) -> Self {
        // The parser refuses to render a name if one value is not UTF-8.
        let text = name.to_string_with_registry(oid_registry());
        let text = text.unwrap_or_else(|_| join(name.iter_rdn().map(rdn_text), ", "));
        Self {
            der: name.as_raw().to_vec(),
            text: escape_invisible(&text),
        }
    }
}

/// Returns the common names in `name` in order, escaped.
pub(super) fn common_names(name: &X509Name<'_>) -> Vec<String> {
    name.iter_rdn()
        .flat_map(RelativeDistinguishedName::iter)
        .filter(|attribute| *attribute.attr_type() == OID_X509_COMMON_NAME)
        .map(|attribute| escape_invisible(&readable_text(attribute)))
        .collect()
}

/// Returns the attributes of `name` in order, escaped: the usual abbreviation of the type (`O`, `OU`), or its OID, and the
/// value.
pub(super) fn attributes(name: &X509Name<'_>) -> Vec<(String, String)> {
    name.iter_rdn()
        .flat_map(RelativeDistinguishedName::iter)
        .map(|attribute| {
            (
                type_text(attribute),
                escape_invisible(&readable_text(attribute)),
            )
        })
        .collect()
}

fn rdn_text(rdn: &RelativeDistinguishedName<'_>) -> String {
    join(rdn.iter().map(attribute_text), " + ")
}

fn attribute_text(attribute: &AttributeTypeAndValue<'_>) -> String {
    format!("{}={}", type_text(attribute), readable_text(attribute))
}

fn type_text(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type();
    match oid2abbrev(oid, oid_registry()) {
        Ok(abbreviation) => abbreviation.to_owned(),
        Err(_) => oid.to_id_string(),
    }
}

fn readable_text(attribute: &AttributeTypeAndValue<'_>) -> String {
    value_text(attribute).unwrap_or_else(|| "(not readable as text)".to_owned())
}

/// Returns the value of an attribute, or `None` if it is not text.
pub(super) fn value_text(attribute: &AttributeTypeAndValue<'_>) -> Option<String> {
    if let Ok(text) = attribute.as_str() {
        return Some(text.to_owned());
    }
    // The parser does not read the string types that preceded UTF8String. Old versions of Windows and OpenSSL write
    // them for text that a PrintableString cannot contain, for example `*`.
    let value = attribute.attr_value();
    match value.tag() {
        Tag::BmpString => Some(String::from_utf16_lossy(&utf16_units(value.data))),
        // In practice a T61String contains ISO 8859-1.
        Tag::T61String => Some(value.data.iter().copied().map(char::from).collect()),
        _ => None,
    }
}

/// Returns the UTF-16 code units in the content of a BMPString.
pub(super) fn utf16_units(content: &[u8]) -> Vec<u16> {
    let (pairs, _) = content.as_chunks();
    pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}

/// Escapes everything except printable ASCII. A text of type IA5String, such as a DNS name, must contain nothing else,
/// and letters of other scripts would make one name look like another.
pub(super) fn escape_non_ascii(text: &str) -> String {
    escape(text, |character| !matches!(character, ' '..='~'))
}
