//! Reads the fields of a DER structure one after the other, so that an error names the field.

use super::der::{oid_arcs, peek_element, split_element, whole_element};
use super::error::MalformedError;
use crate::text::join;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// A field of a structure.
pub(super) struct Field {
    /// The name with its article: "the serial number".
    pub(super) name: &'static str,
    pub(super) tag: u8,
    /// The section that defines the field: "RFC 5280 §4.1.2.2".
    pub(super) section: &'static str,
}

/// Creates a [`Field`].
pub(super) const fn field(name: &'static str, tag: u8, section: &'static str) -> Field {
    Field { name, tag, section }
}

impl Field {
    /// Returns the error that something is wrong with the field: "the serial number is missing (RFC 5280 §4.1.2.2)".
    pub(super) fn error(&self, predicate: &str) -> MalformedError {
        let Self { name, section, .. } = self;
        MalformedError::Der(format!("{name} {predicate} ({section})"))
    }

    /// Returns the error that the field is not in DER, with the section of X.690.
    pub(super) fn der_error(&self, predicate: &str, x690: &str) -> MalformedError {
        let Self { name, section, .. } = self;
        MalformedError::Der(format!("{name} {predicate} ({section}, X.690 {x690})"))
    }

    /// Returns the ASN.1 type of the field with its article.
    fn type_name(&self) -> String {
        match self.tag {
            BOOLEAN => "a BOOLEAN",
            INTEGER => "an INTEGER",
            BIT_STRING => "a BIT STRING",
            OCTET_STRING => "an OCTET STRING",
            OBJECT_IDENTIFIER => "an OBJECT IDENTIFIER",
            SEQUENCE => "a SEQUENCE",
            SET => "a SET",
            other => return format!("an element with tag [{}]", other & 0x1f),
        }
        .to_owned()
    }
}

/// One element of DER.
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// The element with its tag and length.
    pub(super) raw: &'a [u8],
}

/// The fields of a structure that are not read yet.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn new(content: &'a [u8]) -> Self {
        Self { rest: content }
    }

    /// Reads the structure at the start of a file, which may be truncated.
    pub(super) fn outermost(der: &'a [u8], field: &Field) -> Result<Element<'a>, MalformedError> {
        if peek_element(der).is_some() && whole_element(der).is_none() {
            return Err(MalformedError::Truncated(field.name));
        }
        Self::new(der).next(field)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn next_tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Reads the next field, whatever its type is.
    pub(super) fn next_any(&mut self, field: &Field) -> Result<Element<'a>, MalformedError> {
        if self.rest.is_empty() {
            return Err(field.error("is missing"));
        }
        if !has_shortest_length(self.rest) {
            return Err(field.der_error("has a length that is not in DER", "§10.1"));
        }
        let (Some((tag, content, _)), Some((raw, rest))) =
            (whole_element(self.rest), split_element(self.rest))
        else {
            return Err(field.error("is truncated"));
        };
        self.rest = rest;
        Ok(Element { tag, content, raw })
    }

    /// Reads the next field.
    pub(super) fn next(&mut self, field: &Field) -> Result<Element<'a>, MalformedError> {
        if self.next_tag().is_some_and(|tag| tag != field.tag) {
            return Err(field.error(&format!("is not {}", field.type_name())));
        }
        self.next_any(field)
    }

    /// Reads the next field if its type is that of `field`.
    pub(super) fn next_optional(
        &mut self,
        field: &Field,
    ) -> Result<Option<Element<'a>>, MalformedError> {
        if self.next_tag() != Some(field.tag) {
            return Ok(None);
        }
        self.next_any(field).map(Some)
    }

    /// Checks that `structure` has no more fields.
    pub(super) fn end(&self, structure: &Field) -> Result<(), MalformedError> {
        match self.rest.len() {
            0 => Ok(()),
            length => Err(structure.error(&format!("has {length} unexpected bytes at its end"))),
        }
    }
}

/// Returns an object identifier in dotted form.
pub(super) fn dotted_oid(content: &[u8]) -> Option<String> {
    Some(join(oid_arcs(content)?, "."))
}

/// Returns `true` if the length of the first element of `bytes` has the form of DER (X.690 §10.1): definite, and as
/// short as possible. Returns `true` if the length is truncated.
fn has_shortest_length(bytes: &[u8]) -> bool {
    !matches!(
        bytes,
        [_, 0x80, ..] | [_, 0x81, 0..0x80, ..] | [_, 0x82..=0xff, 0, ..]
    )
}
