//! Distinguished names in DER. rcgen's own keep one value an attribute, and so lose a `DC` of every AD CS
//! root (D29).

use yasna::DERWriter;
use yasna::models::ObjectIdentifier;

use super::error::IssueError;
use crate::name::{AttributeType, DistinguishedName};

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
    Ok(yasna::construct_der(|writer| {
        writer.write_sequence(|names| {
            for (attribute, value) in attributes.attributes() {
                write(names.next(), oid(attribute), |writer| match attribute {
                    AttributeType::DomainComponent => writer.write_ia5_string(value),
                    AttributeType::Country => writer.write_printable_string(value),
                    _ => writer.write_utf8_string(value),
                });
            }
            write(names.next(), COMMON_NAME, |writer| {
                writer.write_utf8_string(cn);
            });
        });
    }))
}

/// A RelativeDistinguishedName of one attribute.
fn write(writer: DERWriter<'_>, oid: &[u64], value: impl FnOnce(DERWriter<'_>)) {
    writer.write_set(|set| {
        set.next().write_sequence(|attribute| {
            attribute
                .next()
                .write_oid(&ObjectIdentifier::from_slice(oid));
            value(attribute.next());
        });
    });
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
