//! Distinguished names in DER. rcgen's own keep one value an attribute, and so lose a `DC` of every AD CS
//! root (D29).

use yasna::models::ObjectIdentifier;

use super::der;
use super::error::IssueError;
use crate::name::{AttributeType, DistinguishedName};

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const UTF8_STRING: u8 = 0x0c;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;

/// The longest common name in characters (RFC 5280 appendix A.1, ub-common-name).
const MAX_COMMON_NAME: usize = 64;
/// The attribute type of a common name, 2.5.4.3.
const COMMON_NAME: &[u64] = &[2, 5, 4, 3];

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

/// A RelativeDistinguishedName of one attribute.
fn rdn(oid: &[u64], tag: u8, value: &str) -> Vec<u8> {
    let oid = yasna::construct_der(|writer| writer.write_oid(&ObjectIdentifier::from_slice(oid)));
    let value = der::element(tag, &[value.as_bytes()]);
    let attribute = der::element(SEQUENCE, &[&oid, &value]);
    der::element(SET, &[&attribute])
}

fn oid(attribute: AttributeType) -> &'static [u64] {
    match attribute {
        AttributeType::DomainComponent => &[0, 9, 2342, 19_200_300, 100, 1, 25],
        AttributeType::Country => &[2, 5, 4, 6],
        AttributeType::State => &[2, 5, 4, 8],
        AttributeType::Locality => &[2, 5, 4, 7],
        AttributeType::Organization => &[2, 5, 4, 10],
        AttributeType::OrganizationalUnit => &[2, 5, 4, 11],
    }
}
