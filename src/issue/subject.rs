//! Writes subject names in DER.

use yasna::models::ObjectIdentifier;
use yasna::{DERWriter, DERWriterSeq};

use super::error::IssueError;
use crate::name::{AttributeType, DistinguishedName};
use crate::text::escape_and_truncate;

/// Greatest length of a common name in characters (RFC 5280 appendix A.1, ub-common-name).
const MAX_COMMON_NAME: usize = 64;
const COMMON_NAME: &[u64] = &[2, 5, 4, 3];

/// Returns the name of these attributes, in their order, followed by the common name `cn`.
///
/// # Errors
///
/// Returns [`IssueError::InvalidCommonName`] if `cn` is empty or longer than 64 characters.
pub(super) fn with_common_name(
    attributes: &DistinguishedName,
    cn: &str,
) -> Result<Vec<u8>, IssueError> {
    let length = cn.chars().count();
    if length == 0 || length > MAX_COMMON_NAME {
        return Err(IssueError::InvalidCommonName {
            name: escape_and_truncate(cn),
            length,
        });
    }
    Ok(yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            for (attribute, value) in attributes.attributes() {
                write_rdn(writer, oid(attribute), |writer| match attribute {
                    AttributeType::DomainComponent => writer.write_ia5_string(value),
                    AttributeType::Country => writer.write_printable_string(value),
                    _ => writer.write_utf8_string(value),
                });
            }
            write_rdn(writer, COMMON_NAME, |writer| writer.write_utf8_string(cn));
        });
    }))
}

/// Returns the name that consists only of the common name `cn`.
pub(super) fn common_name(cn: &str) -> Result<Vec<u8>, IssueError> {
    with_common_name(&DistinguishedName::new(), cn)
}

/// Writes a RelativeDistinguishedName of one attribute.
fn write_rdn(writer: &mut DERWriterSeq<'_>, oid: &[u64], write_value: impl FnOnce(DERWriter<'_>)) {
    writer.next().write_set(|writer| {
        writer.next().write_sequence(|writer| {
            writer.next().write_oid(&ObjectIdentifier::from_slice(oid));
            write_value(writer.next());
        });
    });
}

/// Returns the object identifier of an attribute (RFC 5280 appendix A.1; RFC 4519 §2.4 for `DC`).
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
