//! Splits a file of any form into its sections: the structures that it contains, each with its kind.

use std::fmt;

use zeroize::Zeroizing;

use super::base64_text;
use super::ber;
use super::der::{elements, is_padding};
use super::error::{MAX_CERTIFICATES, MAX_FILE_SIZE, ReadError};
use super::expected::Expected;
use super::hex_dump;
use super::pem::{self, PemContent};
use super::serialized_store;
use super::sniff::{self, Kind};
use super::text_encoding;
use crate::text::plural;

/// A structure in a file: a PEM section, or a structure in DER.
pub(super) struct Section {
    /// The kind by content, or by label if the content is of no known kind.
    pub(super) kind: Option<Kind>,
    /// The label in PEM, fit for a message. May be empty.
    label: Option<String>,
    /// The structure, with any trailing data. Empty if it could not be decoded.
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// A part of a file that was not read.
///
/// [`Display`](fmt::Display) names the section and its contents: "section 2 is a private key". No part of the contents
/// is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedSection {
    section: usize,
    predicate: String,
}

impl SkippedSection {
    pub(super) fn new(section: usize, predicate: impl Into<String>) -> Self {
        Self {
            section,
            predicate: predicate.into(),
        }
    }

    /// Returns the number of the section in the file, counted from 1.
    #[must_use]
    pub fn section(&self) -> usize {
        self.section
    }
}

impl fmt::Display for SkippedSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "section {} {}", self.section, self.predicate)
    }
}

impl Section {
    fn detect(label: Option<&str>, der: &[u8]) -> Self {
        Self {
            kind: Kind::detect(der).or_else(|| Kind::of_label(label?)),
            label: label.map(str::to_owned),
            der: Zeroizing::new(der.to_vec()),
        }
    }

    /// Returns the name of the kind with an article, or of the label if the kind is unknown.
    pub(super) fn name(&self) -> String {
        match (self.kind, self.label.as_deref()) {
            (Some(kind), _) => kind.name().to_owned(),
            (None, None) => "unknown text or data".to_owned(),
            (None, Some("")) => "a PEM section with an invalid label".to_owned(),
            (None, Some(label)) => format!("a PEM section `{label}`"),
        }
    }
}

/// The contents of a file.
#[derive(Default)]
pub(super) struct Contents {
    /// The structures in their order.
    pub(super) sections: Vec<Section>,
    /// What follows a structure without changing it: blanks, zero bytes, and trust settings of OpenSSL.
    pub(super) skipped: Vec<SkippedSection>,
    /// `true` if the order of the structures means nothing.
    pub(super) is_unordered: bool,
}

/// Splits a file into its sections, at least one.
///
/// The form of the file is decided by its content: DER, BER or a serialized store, each also joined or in base64; PEM
/// with any text around it, base64 without the lines around it, or a hexadecimal dump, each also in UTF-16.
pub(super) fn split(bytes: &[u8], expected: Expected) -> Result<Contents, ReadError> {
    if bytes.len() > MAX_FILE_SIZE {
        return Err(ReadError::TooLarge { size: bytes.len() });
    }
    let mut contents = Contents::default();
    match text_encoding::text(bytes) {
        None => contents.add(None, bytes, expected)?,
        Some(text) => contents.add_text(&text, expected)?,
    }
    if contents.sections.len() > MAX_CERTIFICATES {
        return Err(ReadError::TooMany);
    }
    Ok(contents)
}

impl Contents {
    fn add_text(&mut self, text: &[u8], expected: Expected) -> Result<(), ReadError> {
        let is_known = |label: &str| Kind::of_label(label).is_some();
        for section in pem::sections(text, is_known)? {
            let label = Some(section.label.as_str());
            match section.content {
                PemContent::Decoded(bytes) => self.add_decoded(label, &bytes, expected)?,
                PemContent::OpenSslEncrypted => self.sections.push(Section {
                    kind: Some(Kind::OpenSslEncryptedKey),
                    ..Section::detect(label, &[])
                }),
                PemContent::Unknown => self.sections.push(Section::detect(label, &[])),
            }
        }
        if !self.sections.is_empty() {
            return Ok(());
        }
        match undecorated(text) {
            Some(bytes) => self.add_decoded(None, &bytes, expected),
            None => Err(expected.missing(sniff::describe_unknown(text))),
        }
    }

    /// Adds what base64 or a dump contained. `certutil -encode` of a PEM file, and a secret of Kubernetes, contain PEM
    /// again. Each decoding shortens the text, so the depth is bounded.
    fn add_decoded(
        &mut self,
        label: Option<&str>,
        bytes: &[u8],
        expected: Expected,
    ) -> Result<(), ReadError> {
        match inner_pem(bytes) {
            Some(text) => self.add_text(&text, expected),
            None => self.add(label, bytes, expected),
        }
    }

    /// Adds the structures in binary `bytes`: those of a serialized store, or one in DER or BER and others that follow.
    fn add(
        &mut self,
        label: Option<&str>,
        bytes: &[u8],
        expected: Expected,
    ) -> Result<(), ReadError> {
        if !serialized_store::is_serialized_store(bytes) {
            self.add_structures(label, bytes);
            return Ok(());
        }
        self.is_unordered = true;
        match serialized_store::entries(bytes).as_deref() {
            None => Err(expected.missing(
                "a truncated or damaged serialized certificate store (.sst); export the certificates as PKCS #7 (.p7b)",
            )),
            Some([]) => Err(expected.missing("an empty serialized certificate store (.sst)")),
            Some(entries) => {
                for entry in entries {
                    self.add_structures(label, entry);
                }
                Ok(())
            }
        }
    }

    /// Adds the structures in `bytes`, one after another. What follows a structure and is none stays with it as trailing
    /// data, unless it is known to mean nothing.
    fn add_structures(&mut self, label: Option<&str>, bytes: &[u8]) {
        let mut rest = bytes;
        loop {
            let (structure, following) = ber::split(rest).unwrap_or((rest, &[]));
            let kind = Kind::detect(structure);
            let (settings, padding) = split_trust_settings(kind, following);
            let is_end = is_padding(padding);
            let is_followed = Kind::detect(padding).is_some() && ber::split(padding).is_some();
            let number = self.sections.len() + 1;
            if !is_end && (!is_followed || kind.is_none()) {
                self.sections.push(Section::detect(label, rest));
                return;
            }
            self.sections.push(Section::detect(label, structure));
            if !settings.is_empty() {
                let predicate = "is followed by trust settings of OpenSSL";
                self.skipped.push(SkippedSection::new(number, predicate));
            }
            if is_end {
                if !padding.is_empty() {
                    let count = plural(padding.len(), "blank or zero byte");
                    let predicate = format!("is followed by {count}");
                    self.skipped.push(SkippedSection::new(number, predicate));
                }
                return;
            }
            rest = padding;
        }
    }
}

/// Splits the trust settings of OpenSSL (X509_CERT_AUX) off from what follows a certificate: a SEQUENCE of trusted
/// purposes, rejected ones, an alias, a key identifier, and others, each optional.
fn split_trust_settings(kind: Option<Kind>, following: &[u8]) -> (&[u8], &[u8]) {
    const SEQUENCE: u8 = 0x30;
    const PURPOSES: u8 = 0x30;
    const REJECTED: u8 = 0xa0;
    const ALIAS: u8 = 0x0c;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    const KEY_IDENTIFIER: u8 = 0x04;
    const OTHER: u8 = 0xa1;
    let none = (&[][..], following);
    let Some((SEQUENCE, mut fields, rest)) = ber::element(following) else {
        return none;
    };
    if kind != Some(Kind::Certificate) {
        return none;
    }
    for tag in [PURPOSES, REJECTED, ALIAS, KEY_IDENTIFIER, OTHER] {
        match ber::element(fields) {
            // The algorithm of an encrypted key also starts with an object identifier.
            Some((PURPOSES, content, _))
                if elements(content).any(|(tag, _)| tag != OBJECT_IDENTIFIER) =>
            {
                return none;
            }
            Some((found, _, next)) if found == tag => fields = next,
            _ => {}
        }
    }
    if !fields.is_empty() {
        return none;
    }
    let settings = following.strip_suffix(rest).unwrap_or(following);
    (settings, rest)
}

/// Returns the text in decoded `bytes` if it has a section of PEM.
fn inner_pem(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    text_encoding::text(bytes).filter(|text| pem::has_section(text))
}

/// Decodes a text without the lines around PEM: base64, or a hexadecimal dump, of a structure of a known kind or of PEM.
fn undecorated(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let is_known = |bytes: &Zeroizing<Vec<u8>>| {
        serialized_store::is_serialized_store(bytes)
            || Kind::detect(bytes).is_some()
            || inner_pem(bytes).is_some()
    };
    let text = text.trim_ascii();
    let unquoted = text
        .strip_prefix(b"\"")
        .and_then(|text| text.strip_suffix(b"\""));
    let decoded = base64_text::decode(unquoted.unwrap_or(text)).filter(is_known);
    decoded.or_else(|| hex_dump::decode(text).filter(is_known))
}
