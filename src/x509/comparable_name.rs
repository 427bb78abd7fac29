//! Distinguished names in a form that can be compared (RFC 5280 §7.1).

use x509_parser::prelude::FromDer;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use super::name::value_text;

/// A distinguished name without its string types, case and superfluous blanks, which make no difference (RFC 5280
/// §7.1). Unicode is not normalised.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ComparableName {
    rdns: Vec<Vec<Attribute>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Attribute {
    oid: String,
    value: AttributeValue,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum AttributeValue {
    Text(String),
    /// The DER of a value that is not text.
    Der(Vec<u8>),
}

impl ComparableName {
    pub(super) fn new(name: &X509Name<'_>) -> Self {
        let rdns = name.iter_rdn().map(|rdn| {
            let mut attributes: Vec<Attribute> = rdn.iter().map(Attribute::new).collect();
            attributes.sort();
            attributes
        });
        Self {
            rdns: rdns.collect(),
        }
    }

    /// Returns `None` if `der` is not a distinguished name.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let (_, name) = X509Name::from_der(der).ok()?;
        Some(Self::new(&name))
    }
}

impl Attribute {
    fn new(attribute: &AttributeTypeAndValue<'_>) -> Self {
        let value = match value_text(attribute) {
            Some(text) => {
                let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
                AttributeValue::Text(words.join(" "))
            }
            None => AttributeValue::Der(attribute.attr_value().data.to_vec()),
        };
        Self {
            oid: attribute.attr_type().to_id_string(),
            value,
        }
    }
}
