//! Compares distinguished names with the subtrees of name constraints (RFC 5280 §7.1).
//!
//! Attributes are compared without regard to case, to string type, and to the number of blanks. Only values in ASCII
//! are compared: two others may be equal in ways that this crate does not know.

use x509_parser::prelude::FromDer;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use super::name::value_text;

/// The OID of the attribute emailAddress (RFC 5280 appendix A.1).
const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// A distinguished name in a form that can be compared.
pub(super) struct DirectoryName {
    rdns: Vec<Vec<Attribute>>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Attribute {
    oid: String,
    /// The normalised value, or `None` if it cannot be compared.
    value: Option<String>,
    /// The value as it is in the DER.
    raw: Vec<u8>,
}

/// Whether a name is in a subtree.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Containment {
    Inside,
    Outside,
    Unknown,
}

impl DirectoryName {
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

    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        let (_, name) = X509Name::from_der(der).ok()?;
        Some(Self::new(&name))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rdns.is_empty()
    }

    /// Returns the e-mail addresses in the name.
    pub(super) fn emails(&self) -> impl Iterator<Item = &str> {
        let attributes = self.rdns.iter().flatten();
        attributes
            .filter(|attribute| attribute.oid == EMAIL_ADDRESS)
            .filter_map(|attribute| std::str::from_utf8(&attribute.raw).ok())
    }

    /// Returns whether this name begins with all of `base`.
    pub(super) fn is_within(&self, base: &Self) -> Containment {
        if self.rdns.len() < base.rdns.len() {
            return Containment::Outside;
        }
        let pairs = self.rdns.iter().zip(&base.rdns);
        let comparisons: Vec<Containment> = pairs.map(|(own, base)| compare(own, base)).collect();
        if comparisons.contains(&Containment::Outside) {
            Containment::Outside
        } else if comparisons.contains(&Containment::Unknown) {
            Containment::Unknown
        } else {
            Containment::Inside
        }
    }
}

/// Compares two sets of attributes.
fn compare(own: &[Attribute], base: &[Attribute]) -> Containment {
    if own.len() != base.len() {
        return Containment::Outside;
    }
    let differs = |(own, base): (&Attribute, &Attribute)| match (&own.value, &base.value) {
        _ if own.oid != base.oid => Some(true),
        _ if own.raw == base.raw => Some(false),
        (Some(own), Some(base)) => Some(own != base),
        _ => None,
    };
    let differences: Vec<Option<bool>> = own.iter().zip(base).map(differs).collect();
    if differences.contains(&Some(true)) {
        Containment::Outside
    } else if differences.contains(&None) {
        Containment::Unknown
    } else {
        Containment::Inside
    }
}

impl Attribute {
    fn new(attribute: &AttributeTypeAndValue<'_>) -> Self {
        Self {
            oid: attribute.attr_type().to_id_string(),
            value: value_text(attribute).and_then(|text| normalise(&text)),
            raw: attribute.attr_value().data.to_vec(),
        }
    }
}

/// Returns `text` in lower case and without superfluous blanks, or `None` if it is not ASCII.
fn normalise(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split_ascii_whitespace()
        .map(str::to_ascii_lowercase)
        .collect();
    text.is_ascii().then(|| words.join(" "))
}
