//! The certificate template by which AD CS issues.

use std::fmt;

use super::der::{Elements, element};
use super::name::{printable, units};
use crate::text::truncate;

/// The extension with the name, 1.3.6.1.4.1.311.20.2.
const TEMPLATE_NAME: &[u8] = b"\x2b\x06\x01\x04\x01\x82\x37\x14\x02";
/// The extension with object identifier and version, 1.3.6.1.4.1.311.21.7.
const TEMPLATE_ID: &[u8] = b"\x2b\x06\x01\x04\x01\x82\x37\x15\x07";

/// The longest name of a template in characters; AD CS keeps shorter ones.
const MAX_NAME: usize = 64;

/// The template by which AD CS is to issue a certificate (D27, MS-WCCE): the CA takes key usage,
/// validity and much else from it.
///
/// ```
/// use umcert::x509::CertificateTemplate;
///
/// let template = CertificateTemplate::named("WebServer")?;
/// assert_eq!(template.to_string(), "WebServer");
/// let template = CertificateTemplate::with_id("1.3.6.1.4.1.311.21.8.1.2.3", 100, 4)?;
/// assert_eq!(template.to_string(), "1.3.6.1.4.1.311.21.8.1.2.3 version 100.4");
/// # Ok::<(), umcert::x509::InvalidTemplate>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateTemplate(Template);

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
    /// A template by its name, not its display name: `WebServer`, not "Web Server". Requests carry it in
    /// the extension 1.3.6.1.4.1.311.20.2, in which AD CS knows templates of version 1.
    ///
    /// # Errors
    ///
    /// [`InvalidTemplate`] where the name is empty, longer than 64 characters, or holds a space, a
    /// control character, or one outside the Basic Multilingual Plane, which a BMPString cannot carry.
    pub fn named(name: &str) -> Result<Self, InvalidTemplate> {
        let cannot_stand =
            |it: char| it.is_control() || it.is_whitespace() || u32::from(it) > 0xffff;
        let fault = match name {
            "" => "it is empty",
            _ if name.chars().count() > MAX_NAME => "it is longer than 64 characters",
            _ if name.contains(' ') => {
                "it holds a space: give the template's name, not its display name"
            }
            _ if name.chars().any(cannot_stand) => "it holds a character that cannot stand there",
            _ => return Ok(Self(Template::Name(name.to_owned()))),
        };
        Err(InvalidTemplate::new(name, fault))
    }

    /// A template by its object identifier in dotted form and its version, as the template console shows
    /// them. Requests carry them in the extension 1.3.6.1.4.1.311.21.7, for templates of version 2 on.
    ///
    /// # Errors
    ///
    /// [`InvalidTemplate`] where the text is no object identifier.
    pub fn with_id(oid: &str, major: u32, minor: u32) -> Result<Self, InvalidTemplate> {
        match dotted_arcs(oid) {
            // X.660: three roots, and 40 arcs below each of the first two.
            Some(arcs) if matches!(*arcs, [0 | 1, 0..=39, ..] | [2, 0..=0xffff, ..]) => {
                Ok(Self(Template::Id {
                    oid: arcs,
                    major,
                    minor,
                }))
            }
            _ => Err(InvalidTemplate::new(oid, "it is no object identifier")),
        }
    }

    /// Whether it is given by its object identifier and version.
    pub(super) fn has_version(&self) -> bool {
        matches!(self.0, Template::Id { .. })
    }

    pub(crate) fn kind(&self) -> &Template {
        &self.0
    }
}

/// The template in an extension; `None` where that is another extension, or is malformed: AD CS alone
/// needs it.
pub(super) fn read(extension: &[u8], value: &[u8]) -> Option<CertificateTemplate> {
    match extension {
        TEMPLATE_NAME => read_name(value),
        TEMPLATE_ID => read_id(value),
        _ => None,
    }
}

fn read_name(value: &[u8]) -> Option<CertificateTemplate> {
    const BMP_STRING: u8 = 0x1e;
    let (BMP_STRING, text, _) = element(value)? else {
        return None;
    };
    let name = String::from_utf16(&units(text)).ok()?;
    Some(CertificateTemplate(Template::Name(printable(&name))))
}

fn read_id(value: &[u8]) -> Option<CertificateTemplate> {
    const OID: u8 = 0x06;
    let (_, content, _) = element(value)?;
    let (OID, oid, versions) = element(content)? else {
        return None;
    };
    let mut versions = Elements(versions);
    let mut next = || match versions.next() {
        Some((tag, digits)) => version(tag, digits),
        None => Some(0),
    };
    Some(CertificateTemplate(Template::Id {
        oid: arcs(oid)?,
        major: next()?,
        minor: next()?,
    }))
}

/// The arcs of an object identifier in dotted form.
fn dotted_arcs(text: &str) -> Option<Vec<u64>> {
    let mut arcs = Vec::new();
    for part in text.split('.') {
        arcs.push(arc(part)?);
    }
    Some(arcs)
}

/// An arc of an object identifier in dotted form: digits alone, and no zero before others.
fn arc(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let is_padded = text.len() > 1 && text.starts_with('0');
    match is_plain && !is_padded {
        true => text.parse().ok(),
        false => None,
    }
}

/// The arcs of an object identifier (X.690 §8.19). The parser takes the first two from one byte.
pub(crate) fn arcs(content: &[u8]) -> Option<Vec<u64>> {
    let mut arcs = Vec::new();
    let mut arc = 0_u64;
    for byte in content {
        arc = arc.checked_mul(0x80)? | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            match arcs.is_empty() {
                false => arcs.push(arc),
                // The first two are one number.
                true => {
                    let root = (arc / 40).min(2);
                    arcs.push(root);
                    arcs.push(arc - root * 40);
                }
            }
            arc = 0;
        }
    }
    let is_whole = content.last().is_some_and(|last| last & 0x80 == 0);
    is_whole.then_some(arcs)
}

/// A version, which has four bytes of digits at most.
fn version(tag: u8, digits: &[u8]) -> Option<u32> {
    const INTEGER: u8 = 0x02;
    let is_negative = digits.first().is_none_or(|first| first & 0x80 != 0);
    if tag != INTEGER || is_negative || digits.len() > 5 {
        return None;
    }
    let mut value = 0;
    for digit in digits {
        value = value << 8 | u64::from(*digit);
    }
    u32::try_from(value).ok()
}

/// The name; or the object identifier and the version.
impl fmt::Display for CertificateTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Template::Name(name) => f.write_str(name),
            Template::Id { oid, major, minor } => {
                let mut dot = "";
                for arc in oid {
                    write!(f, "{dot}{arc}")?;
                    dot = ".";
                }
                write!(f, " version {major}.{minor}")
            }
        }
    }
}

/// A text that names no certificate template: which, and why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} names no certificate template: {fault}")]
pub struct InvalidTemplate {
    text: String,
    fault: &'static str,
}

impl InvalidTemplate {
    fn new(text: &str, fault: &'static str) -> Self {
        let text = truncate(text, MAX_NAME + 1).to_owned();
        Self { text, fault }
    }

    /// The refused text, cut after 65 characters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}
