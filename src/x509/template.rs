//! Certificate templates, from which AD CS issues (D27, MS-WCCE).

use std::fmt;

use super::der::{elements, oid_arcs, peek_element};
use super::error::ReadError;
use super::name::utf16_units;
use crate::text::{escape_and_truncate, escape_invisible, is_invisible, join};

/// The extension with the template's name, 1.3.6.1.4.1.311.20.2.
const TEMPLATE_NAME: &[u8] = b"\x2b\x06\x01\x04\x01\x82\x37\x14\x02";
/// The extension with the template's object identifier and version, 1.3.6.1.4.1.311.21.7.
const TEMPLATE_ID: &[u8] = b"\x2b\x06\x01\x04\x01\x82\x37\x15\x07";

/// Maximum length of a name in characters. Names in AD CS are shorter.
const MAX_NAME: usize = 64;

/// The template from which AD CS issues a certificate (D27, MS-WCCE). It sets key usage, validity and more.
///
/// ```
/// use umcert::x509::CertificateTemplate;
///
/// let template = CertificateTemplate::named("WebServer")?;
/// assert_eq!(template.to_string(), "WebServer");
/// let template = CertificateTemplate::with_id("1.3.6.1.4.1.311.21.8.1.2.3", 100, 4)?;
/// assert_eq!(template.to_string(), "1.3.6.1.4.1.311.21.8.1.2.3 version 100.4");
/// # Ok::<(), umcert::x509::ReadError>(())
/// ```
#[doc(alias("adcs"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateTemplate(Template);

/// A template by one of its two extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Template {
    /// Extension 1.3.6.1.4.1.311.20.2.
    Name(String),
    /// Extension 1.3.6.1.4.1.311.21.7.
    Id {
        oid: Vec<u64>,
        major: u32,
        minor: u32,
    },
}

impl CertificateTemplate {
    /// Creates a template from its name (`WebServer`), which is not its display name ("Web Server"). Requests contain
    /// the name in the extension 1.3.6.1.4.1.311.20.2, which AD CS reads for templates of version 1.
    ///
    /// # Errors
    ///
    /// Returns [`ReadError::InvalidTemplate`] if the name is empty, is longer than 64 characters, or contains a space,
    /// an invisible character, or a character outside the Basic Multilingual Plane, which a BMPString cannot contain.
    pub fn named(name: &str) -> Result<Self, ReadError> {
        let is_invalid = |character: char| is_invisible(character) || u32::from(character) > 0xffff;
        let reason = if name.is_empty() {
            "it is empty"
        } else if name.chars().count() > MAX_NAME {
            "it has more than 64 characters"
        } else if name.contains(' ') {
            "it contains a space; use the template's name, not its display name"
        } else if name.chars().any(is_invalid) {
            "it contains a character that a template name cannot contain"
        } else {
            return Ok(Self(Template::Name(name.to_owned())));
        };
        Err(invalid(name, reason))
    }

    /// Creates a template from its object identifier in dotted form and its version, as the console of certificate
    /// templates shows them. Requests contain them in the extension 1.3.6.1.4.1.311.21.7, which AD CS reads for
    /// templates of version 2 and later.
    ///
    /// # Errors
    ///
    /// Returns [`ReadError::InvalidTemplate`] if `oid` is not an object identifier.
    pub fn with_id(oid: &str, major: u32, minor: u32) -> Result<Self, ReadError> {
        match parse_dotted(oid) {
            Some(arcs) if is_object_identifier(&arcs) => Ok(Self(Template::Id {
                oid: arcs,
                major,
                minor,
            })),
            _ => Err(invalid(oid, "it is not an object identifier")),
        }
    }

    /// Reads the template of an extension. Returns `None` if the extension is another one or is malformed: only AD CS
    /// depends on the template.
    pub(super) fn from_extension(oid: &[u8], value: &[u8]) -> Option<Self> {
        let template = match oid {
            TEMPLATE_NAME => read_name(value),
            TEMPLATE_ID => read_id(value),
            _ => None,
        };
        template.map(Self)
    }

    /// Returns `true` if the template is identified by object identifier and version.
    pub(super) fn has_version(&self) -> bool {
        matches!(self.0, Template::Id { .. })
    }

    pub(crate) fn kind(&self) -> &Template {
        &self.0
    }
}

/// Returns `true` if `arcs` are an object identifier that can be written in DER. X.660 has three roots, and 40 arcs
/// below each of the first two.
fn is_object_identifier(arcs: &[u64]) -> bool {
    matches!(arcs, [0 | 1, 0..=39, ..] | [2, 0..=0xffff, ..])
}

fn invalid(text: &str, reason: &'static str) -> ReadError {
    ReadError::InvalidTemplate {
        text: escape_and_truncate(text),
        reason,
    }
}

fn read_name(value: &[u8]) -> Option<Template> {
    const BMP_STRING: u8 = 0x1e;
    let (BMP_STRING, content, _) = peek_element(value)? else {
        return None;
    };
    let name = String::from_utf16(&utf16_units(content)).ok()?;
    Some(Template::Name(escape_invisible(&name)))
}

fn read_id(value: &[u8]) -> Option<Template> {
    const OBJECT_IDENTIFIER: u8 = 0x06;
    let (_, content, _) = peek_element(value)?;
    let (OBJECT_IDENTIFIER, oid, versions) = peek_element(content)? else {
        return None;
    };
    // Both parts of the version are optional.
    let mut versions = elements(versions).map(|(tag, content)| version(tag, content));
    Some(Template::Id {
        oid: oid_arcs(oid).filter(|arcs| is_object_identifier(arcs))?,
        major: versions.next().unwrap_or(Some(0))?,
        minor: versions.next().unwrap_or(Some(0))?,
    })
}

/// Returns one part of a version, an INTEGER from 0 to 2³² − 1.
fn version(tag: u8, content: &[u8]) -> Option<u32> {
    const INTEGER: u8 = 0x02;
    let is_negative = content.first().is_none_or(|first| first & 0x80 != 0);
    if tag != INTEGER || is_negative || content.len() > 5 {
        return None;
    }
    let value = content
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte));
    u32::try_from(value).ok()
}

/// Returns the arcs of an object identifier in dotted form.
fn parse_dotted(text: &str) -> Option<Vec<u64>> {
    text.split('.').map(parse_arc).collect()
}

/// Parses an arc: digits only, without leading zeros.
fn parse_arc(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_padded = text.len() > 1 && text.starts_with('0');
    if !is_plain || is_padded {
        return None;
    }
    text.parse().ok()
}

/// Displays as the name, or as the object identifier and the version.
impl fmt::Display for CertificateTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Template::Name(name) => f.write_str(name),
            Template::Id { oid, major, minor } => {
                write!(f, "{} version {major}.{minor}", join(oid, "."))
            }
        }
    }
}
