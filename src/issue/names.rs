//! Distinguished names in DER. rcgen's own keep one value an attribute, and so lose a `DC` of every AD CS
//! root (D29).

use super::der::{
    self, IA5_STRING, OBJECT_IDENTIFIER, PRINTABLE_STRING, SEQUENCE, SET, UTF8_STRING,
};
use super::error::IssueError;
use crate::name::{AttributeType, DistinguishedName};

/// The longest common name in characters (RFC 5280 appendix A.1, ub-common-name).
const MAX_COMMON_NAME: usize = 64;
/// The attribute type of a common name, 2.5.4.3.
const COMMON_NAME: &[u8] = b"\x55\x04\x03";

/// A subject in DER: these attributes in their order, and the common name behind them.
pub(super) fn subject(attributes: &DistinguishedName, cn: &str) -> Result<Vec<u8>, IssueError> {
    let length = cn.chars().count();
    if !(1..=MAX_COMMON_NAME).contains(&length) {
        return Err(IssueError::CommonName {
            name: cn.to_owned(),
            length,
        });
    }
    let mut rdns = Vec::new();
    for (attribute, value) in attributes.attributes() {
        let tag = match attribute {
            AttributeType::DomainComponent => IA5_STRING,
            AttributeType::Country => PRINTABLE_STRING,
            _ => UTF8_STRING,
        };
        rdns.append(&mut rdn(oid(attribute), tag, value));
    }
    rdns.append(&mut rdn(COMMON_NAME, UTF8_STRING, cn));
    Ok(der::element(SEQUENCE, &[&rdns]))
}

/// A subject in DER: this common name alone.
pub(super) fn common_name(cn: &str) -> Result<Vec<u8>, IssueError> {
    subject(&DistinguishedName::new(), cn)
}

/// A RelativeDistinguishedName of one attribute.
fn rdn(oid: &[u8], tag: u8, value: &str) -> Vec<u8> {
    let oid = der::element(OBJECT_IDENTIFIER, &[oid]);
    let value = der::element(tag, &[value.as_bytes()]);
    let attribute = der::element(SEQUENCE, &[&oid, &value]);
    der::element(SET, &[&attribute])
}

/// The attribute type, as the content of its DER (RFC 5280 appendix A.1; RFC 4519 §2.4 for the first).
fn oid(attribute: AttributeType) -> &'static [u8] {
    match attribute {
        AttributeType::DomainComponent => b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19",
        AttributeType::Country => b"\x55\x04\x06",
        AttributeType::State => b"\x55\x04\x08",
        AttributeType::Locality => b"\x55\x04\x07",
        AttributeType::Organization => b"\x55\x04\x0a",
        AttributeType::OrganizationalUnit => b"\x55\x04\x0b",
    }
}
