//! From the bytes of a file to the DER in it, and back to PEM.

use data_encoding::BASE64;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{self, PemObject, SectionKind};

use super::malformed::MalformedCertificate;

/// The largest file that is read, in bytes: the roots of every public CA take a tenth of it.
const MAX_FILE: usize = 4 * 1024 * 1024;
/// The width of a line of base64 (RFC 7468 §2).
const PEM_WIDTH: usize = 64;

/// How many characters of the label of a PEM section are shown.
const MAX_LABEL: usize = 40;

/// Why no certificate could be taken out of some bytes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// There is no certificate in it.
    #[error("found no certificate but {found}")]
    #[non_exhaustive]
    NoCertificate {
        /// What was found instead: "a private key", "an HTML or XML page", "nothing at all" …
        found: String,
    },
    /// It is larger than 4 MiB.
    #[error("{size} bytes are too many: at most {MAX_FILE} are read")]
    #[non_exhaustive]
    TooLarge {
        /// The size in bytes.
        size: usize,
    },
    /// A PEM section is broken.
    #[error("PEM section {section} is broken: {}", pem_fault(.source))]
    #[non_exhaustive]
    Pem {
        /// Which section, from 1 on.
        section: usize,
        /// What the PEM reader says.
        source: pem::Error,
    },
    /// A certificate is not readable, where only readable ones can be used.
    #[error("certificate {entry} is {source}")]
    #[non_exhaustive]
    Malformed {
        /// Which certificate, from 1 on.
        entry: usize,
        /// Why.
        source: MalformedCertificate,
    },
}

fn pem_fault(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { end_marker } => {
            let label = printable(&String::from_utf8_lossy(end_marker));
            let label = label.trim();
            format!("its end `-----END {label}-----` is missing; is the file cut off?")
        }
        pem::Error::IllegalSectionStart { .. } => "its first line is malformed".to_owned(),
        pem::Error::Base64Decode(_) => "its base64 is damaged".to_owned(),
        other => other.to_string(),
    }
}

/// The certificates in `bytes`, at least one: those of a PEM file, or a single one in DER.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, ReadError> {
    if bytes.len() > MAX_FILE {
        return Err(ReadError::TooLarge { size: bytes.len() });
    }
    if let Some(text) = utf16_text(bytes) {
        return pem_certificates(text.as_bytes());
    }
    match bytes.first() {
        // A SEQUENCE, as every structure of X.509 is; no text starts with it.
        Some(0x30) if !contains(bytes, b"-----BEGIN ") => der_certificate(bytes),
        _ => pem_certificates(bytes),
    }
}

fn der_certificate(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, ReadError> {
    match other_der(bytes) {
        Some(found) => Err(ReadError::NoCertificate {
            found: found.to_owned(),
        }),
        None => Ok(vec![CertificateDer::from(bytes.to_vec())]),
    }
}

fn pem_certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, ReadError> {
    let mut certificates = Vec::new();
    let mut others = Vec::new();
    let text = &sections_on_lines(text);
    let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(text);
    for (section, result) in (1..).zip(sections) {
        match result {
            Ok((SectionKind::Certificate, der)) => certificates.push(CertificateDer::from(der)),
            Ok((kind, _)) => others.push(kind),
            Err(source) => return Err(ReadError::Pem { section, source }),
        }
    }
    if certificates.is_empty() {
        return Err(ReadError::NoCertificate {
            found: describe(text, others.first()),
        });
    }
    Ok(certificates)
}

/// `text` with each section starting on a line of its own. The PEM reader passes over one that does not,
/// without a word: behind a byte order mark, say, or where two files were joined without a line feed.
fn sections_on_lines(text: &[u8]) -> Vec<u8> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let mut lines = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        if rest.starts_with(BEGIN) {
            lines.push(b'\n');
        }
        lines.push(*first);
        rest = behind;
    }
    lines
}

/// What text without a certificate seems to be.
fn describe(text: &[u8], section: Option<&SectionKind>) -> String {
    let found = match section {
        Some(SectionKind::Csr) => {
            "a certificate request; send it to the CA, and give its answer here"
        }
        Some(SectionKind::Crl) => "a certificate revocation list",
        Some(SectionKind::PublicKey) => "a public key",
        Some(SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey) => {
            "a private key"
        }
        Some(_) => "another PEM section",
        None => return describe_text(text),
    };
    found.to_owned()
}

fn describe_text(text: &[u8]) -> String {
    let trimmed = text.trim_ascii();
    if trimmed.is_empty() {
        return "nothing at all: it is empty".to_owned();
    }
    if let Some(label) = first_label(trimmed) {
        return format!("a PEM section `{label}`");
    }
    let without_mark = trimmed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(trimmed);
    if without_mark.first() == Some(&b'<') {
        return "an HTML or XML page".to_owned();
    }
    "text or data of another kind".to_owned()
}

/// The label of the first PEM section.
fn first_label(text: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(text);
    let (_, behind) = text.split_once("-----BEGIN ")?;
    let (label, _) = behind.split_once("-----")?;
    Some(printable(label))
}

/// A label that a stranger wrote, fit for a message: cut, and without what steers a terminal.
fn printable(label: &str) -> String {
    let characters = label.chars();
    let printable = characters.filter(|it| it.is_ascii_graphic() || *it == ' ');
    printable.take(MAX_LABEL).collect()
}

/// What a DER structure that is clearly no certificate is. All that it takes is the first element of
/// the outer SEQUENCE: a certificate has another SEQUENCE there, and in it a version or a serial.
fn other_der(bytes: &[u8]) -> Option<&'static str> {
    const PKCS7: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
    match content(bytes)? {
        body if body.starts_with(PKCS7) => Some("a PKCS #7 file (.p7b); convert it to PEM"),
        [0x02, 0x01, 0x03, ..] => {
            Some("a PKCS #12 file (.pfx); export the certificate without its key")
        }
        [0x02, ..] => Some("a private key"),
        // CertificationRequestInfo starts with its version 0, a bare INTEGER.
        [0x30, ..] if content(content(bytes)?)?.starts_with(&[0x02, 0x01, 0x00, 0x30]) => {
            Some("a certificate request; send it to the CA, and give its answer here")
        }
        _ => None,
    }
}

/// What stands behind the tag and length of a DER element.
fn content(bytes: &[u8]) -> Option<&[u8]> {
    let (length, behind) = bytes.get(1..)?.split_first()?;
    match usize::from(*length) {
        short if short < 0x80 => Some(behind),
        long => behind.get(long - 0x80..),
    }
}

/// The text of UTF-16 bytes, known by a byte order mark or by the zero byte of its first character.
/// What cannot be decoded becomes a replacement character, and fails as PEM.
fn utf16_text(bytes: &[u8]) -> Option<String> {
    let big_endian = match bytes {
        [0xfe, 0xff, ..] | [0, b'-', ..] => true,
        [0xff, 0xfe, ..] | [b'-', 0, ..] => false,
        _ => return None,
    };
    let units = bytes.chunks_exact(2).filter_map(|pair| {
        let pair: [u8; 2] = pair.try_into().ok()?;
        Some(match big_endian {
            true => u16::from_be_bytes(pair),
            false => u16::from_le_bytes(pair),
        })
    });
    let text = char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(text.filter(|character| *character != '\u{feff}').collect())
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// One PEM section (RFC 7468) with a final line feed.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let base64 = BASE64.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = base64.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at_checked(PEM_WIDTH).unwrap_or((rest, ""));
        text.push_str(line);
        text.push('\n');
        rest = behind;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}
