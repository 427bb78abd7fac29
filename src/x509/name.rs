//! Distinguished names, as raw DER and as text.

use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// A distinguished name, as raw DER to compare (D29) and as text to show.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) der: Vec<u8>,
    pub(super) text: String,
}

impl Name {
    pub(super) fn of(name: &X509Name<'_>) -> Self {
        Self {
            der: name.as_raw().to_vec(),
            text: printable(&name.to_string()),
        }
    }
}

/// The common names in it, in order.
pub(super) fn common_names(name: &X509Name<'_>) -> Vec<String> {
    name.iter_common_name().map(text_of).collect()
}

fn text_of(attribute: &AttributeTypeAndValue<'_>) -> String {
    match attribute.as_str() {
        Ok(text) => printable(text),
        Err(_) => "(not readable as text)".to_owned(),
    }
}

/// `text` with control characters escaped: what a stranger wrote into a certificate must not steer the
/// terminal that shows it.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}
