//! Reads the attributes of a certificate request (RFC 2986 §4.1).

use std::collections::HashMap;

use x509_parser::cri_attributes::ExtensionRequest;
use x509_parser::extensions::X509Extension;
use x509_parser::prelude::FromDer;

use super::der::{elements, peek_element};
use super::error::MalformedError;
use super::fields::{Field, Fields, OBJECT_IDENTIFIER, SEQUENCE, SET, field};
use super::name::utf16_units;
use super::structure;

/// Requested extensions in the attribute of PKCS #9, 1.2.840.113549.1.9.14.
const PKCS9_EXTENSIONS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e";
/// Requested extensions in Microsoft's own attribute, 1.3.6.1.4.1.311.2.1.14, which its older tools write.
const MICROSOFT_EXTENSIONS: &[u8] = b"\x2b\x06\x01\x04\x01\x82\x37\x02\x01\x0e";
/// The cryptographic provider that stores the key, 1.3.6.1.4.1.311.13.2.2 (D125, MS-WCCE).
const KEY_PROVIDER: &[u8] = b"\x2b\x06\x01\x04\x01\x82\x37\x0d\x02\x02";

const ATTRIBUTE: Field = field("an attribute", SEQUENCE, "RFC 2986 §4.1");
const ATTRIBUTE_TYPE: Field = field(
    "the type of an attribute",
    OBJECT_IDENTIFIER,
    "RFC 2986 §4.1",
);
const ATTRIBUTE_VALUES: Field = field("the values of an attribute", SET, "RFC 2986 §4.1");
const REQUESTED: Field = field(
    "the list of requested extensions",
    SEQUENCE,
    "RFC 2985 §5.4.2",
);

/// The attributes that this crate reads. Others, such as challengePassword, are ignored.
#[derive(Default)]
pub(super) struct Attributes<'a> {
    /// The requested extensions, each once.
    pub(super) extensions: Vec<X509Extension<'a>>,
    pub(super) key_provider: Option<String>,
}

impl<'a> Attributes<'a> {
    /// Reads the content of the field `attributes`.
    pub(super) fn read(content: &'a [u8]) -> Result<Self, MalformedError> {
        let mut attributes = Fields::new(content);
        let mut extension_lists = Vec::new();
        let mut key_provider = None;
        while !attributes.is_empty() {
            let mut attribute = Fields::new(attributes.next(&ATTRIBUTE)?.content);
            match attribute.next(&ATTRIBUTE_TYPE)?.content {
                PKCS9_EXTENSIONS | MICROSOFT_EXTENSIONS => {
                    let values = attribute.next(&ATTRIBUTE_VALUES)?;
                    extension_lists.extend(read_extension_lists(values.content)?);
                }
                KEY_PROVIDER => {
                    let values = attribute.next(&ATTRIBUTE_VALUES)?;
                    key_provider = key_provider.or_else(|| read_key_provider(values.content));
                }
                _ => {}
            }
        }
        Ok(Self {
            extensions: merge(extension_lists)?,
            key_provider,
        })
    }
}

/// Reads each value of an attribute with requested extensions. A value may be missing.
fn read_extension_lists(values: &[u8]) -> Result<Vec<Vec<X509Extension<'_>>>, MalformedError> {
    let mut values = Fields::new(values);
    let mut lists = Vec::new();
    while !values.is_empty() {
        let list = values.next(&REQUESTED)?;
        structure::check_extension_list(list.content)?;
        let request = ExtensionRequest::from_der(list.raw);
        let (_, request) = request.map_err(MalformedError::from_parser)?;
        lists.push(request.extensions);
    }
    Ok(lists)
}

/// Merges lists of extensions. An extension that several lists contain with the same value is kept once. An extension
/// that occurs twice in one list is kept twice, because no certificate may contain it (RFC 5280 §4.2).
fn merge<'a>(lists: Vec<Vec<X509Extension<'a>>>) -> Result<Vec<X509Extension<'a>>, MalformedError> {
    let mut merged: Vec<X509Extension<'a>> = Vec::new();
    let mut values = HashMap::new();
    for list in lists {
        let mut added = Vec::new();
        for extension in list {
            let value = (extension.critical, extension.value);
            match values.get(&extension.oid) {
                None => added.push(extension),
                Some(earlier) if *earlier == value => {}
                Some(_) => {
                    let oid = extension.oid.to_id_string();
                    return Err(MalformedError::ContradictoryExtension(oid));
                }
            }
        }
        let keyed = |extension: &X509Extension<'a>| {
            (extension.oid.clone(), (extension.critical, extension.value))
        };
        values.extend(added.iter().map(keyed));
        merged.extend(added);
    }
    Ok(merged)
}

/// Reads the name of the first provider: `SEQUENCE { INTEGER, BMPString, BIT STRING }`. Returns `None` if it is
/// malformed, because no CA depends on it.
fn read_key_provider(values: &[u8]) -> Option<String> {
    const BMP_STRING: u8 = 0x1e;
    let (_, provider, _) = peek_element(values)?;
    let (_, name) = elements(provider).find(|(tag, _)| *tag == BMP_STRING)?;
    let name = String::from_utf16_lossy(&utf16_units(name));
    // Windows ends some of the names with a null character.
    let name = name.trim_end_matches('\0');
    (!name.is_empty()).then(|| name.to_owned())
}
