//! Reads and writes PEM text (RFC 7468). Reading also accepts byte order marks, UTF-16, joined files and old labels.

use data_encoding::BASE64;
use rustls_pki_types::pem::{self, PemObject, SectionKind};
use zeroize::Zeroizing;

use super::error::ReadError;
use crate::text::join;

/// Number of bytes in a line of base64, which is 64 characters wide (RFC 7468 §2).
const BYTES_PER_LINE: usize = 48;

/// Maximum number of characters of a label that a message shows.
const MAX_LABEL: usize = 40;

const BEGIN: &[u8] = b"-----BEGIN ";

/// A PEM section: the meaning of its label, and its DER.
pub(super) struct Section {
    pub(super) kind: SectionKind,
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// Returns `der` as one PEM section with a final line feed.
pub(crate) fn encode_pem(label: &str, der: &[u8]) -> String {
    // The DER may be a private key. A string that grows leaves copies of the key in memory.
    let mut text = String::with_capacity(der.len() / BYTES_PER_LINE * 65 + 2 * label.len() + 100);
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    for line in der.chunks(BYTES_PER_LINE) {
        text.push_str(&Zeroizing::new(BASE64.encode(line)));
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// Returns the text in `bytes`, normalised for the PEM reader. Returns `None` if the bytes are one structure in DER.
pub(super) fn text(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if let Some(text) = decode_utf16(bytes) {
        return Some(normalize(text.as_bytes()));
    }
    // Every structure of X.509 is a SEQUENCE.
    if bytes.first() == Some(&0x30) && !contains(bytes, BEGIN) {
        return None;
    }
    Some(normalize(bytes))
}

/// Returns the sections of a text that [`text`] returned, in order. The reader skips labels that it does not know.
pub(super) fn sections(text: &[u8]) -> Result<Vec<Section>, ReadError> {
    let mut sections = Vec::new();
    for read in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
        match read {
            Ok((kind, der)) => sections.push(Section {
                kind,
                der: Zeroizing::new(der),
            }),
            Err(error) => {
                return Err(ReadError::Pem {
                    section: sections.len() + 1,
                    source: describe(&error).into(),
                });
            }
        }
    }
    Ok(sections)
}

/// Describes an error of the PEM reader. The error itself contains lines of the file, and with them parts of private
/// keys, so it must not be kept.
fn describe(error: &pem::Error) -> String {
    match error {
        pem::Error::MissingSectionEnd { end_marker } => {
            // If a file has lost its line feeds, the rest of the file counts as the label.
            let label = match split_once(end_marker, b"-----") {
                Some((label, _)) => label,
                None => end_marker,
            };
            match printable_label(label) {
                label if label.is_empty() => {
                    "its last line is missing; the file may be truncated".to_owned()
                }
                label => {
                    format!(
                        "the line `-----END {label}-----` is missing; the file may be truncated"
                    )
                }
            }
        }
        pem::Error::IllegalSectionStart { .. } => {
            "its first line is invalid; line feeds may be missing".to_owned()
        }
        pem::Error::Base64Decode(_) => "invalid base64".to_owned(),
        _ => "it is too large".to_owned(),
    }
}

/// Returns the label of the first section that begins in `text`, fit for a message.
pub(super) fn first_label(text: &[u8]) -> Option<String> {
    let (_, rest) = split_once(text, BEGIN)?;
    let (label, _) = split_once(rest, b"-----")?;
    Some(printable_label(label))
}

/// Returns the start of a label, at most [`MAX_LABEL`] characters: its words of capitals, digits and punctuation, as
/// all known labels have. If a file has lost its line feeds or dashes, the rest of the label may be a private key.
fn printable_label(label: &[u8]) -> String {
    let is_label_word = |word: &&[u8]| {
        let mut bytes = word.iter();
        bytes.all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'#'))
    };
    let words = label.split(|byte| *byte == b' ').take_while(is_label_word);
    let words = words.map(|word| String::from_utf8_lossy(word).into_owned());
    join(words, " ").chars().take(MAX_LABEL).collect()
}

/// Rewrites `text` for the PEM reader. The reader
///
/// - skips a section that does not start a line, without an error: after a byte order mark, for example, or if two
///   files were joined without a line feed;
/// - finds no section that is indented, although RFC 7468 §2 says to ignore blanks before a line;
/// - does not know the labels of certreq's requests, of encrypted keys, of PKCS #7, and the old ones of certificates
///   (RFC 7468 §5.1). The replacement labels are safe because the DER decides the kind of a section.
fn normalize(text: &[u8]) -> Zeroizing<Vec<u8>> {
    const LABELS: [(&[u8], &[u8]); 6] = [
        (
            b" NEW CERTIFICATE REQUEST-----",
            b" CERTIFICATE REQUEST-----",
        ),
        (b" ENCRYPTED PRIVATE KEY-----", b" PRIVATE KEY-----"),
        (b" PKCS7-----", b" CERTIFICATE-----"),
        (b" PKCS #7 SIGNED DATA-----", b" CERTIFICATE-----"),
        (b" X509 CERTIFICATE-----", b" CERTIFICATE-----"),
        (b" X.509 CERTIFICATE-----", b" CERTIFICATE-----"),
    ];
    // A label grows by half at most. A vector that grows leaves copies of private keys in memory.
    let mut normalized = Zeroizing::new(Vec::with_capacity(2 * text.len()));
    let mut rest = text;
    while let Some((first, remaining)) = rest.split_first() {
        let starts_line = matches!(normalized.last(), None | Some(b'\n' | b'\r'));
        if starts_line && matches!(first, b' ' | b'\t') {
            rest = remaining;
            continue;
        }
        if rest.starts_with(BEGIN) {
            normalized.push(b'\n');
        }
        let relabeled = LABELS
            .iter()
            .find_map(|(old, new)| Some((*new, rest.strip_prefix(*old)?)));
        if let Some((label, remaining)) = relabeled {
            normalized.extend_from_slice(label);
            rest = remaining;
        } else {
            normalized.push(*first);
            rest = remaining;
        }
    }
    normalized
}

/// Decodes UTF-16, which is recognised by a byte order mark or by the zero byte of its first character. That character
/// is not a digit: DER starts with the byte of the digit 0. Code units that are not a character become the replacement
/// character, which no PEM text contains.
fn decode_utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let is_text = |byte: &u8| byte.is_ascii_alphabetic() || b"-<# \t\r\n".contains(byte);
    let decode: fn([u8; 2]) -> u16 = match bytes {
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0, first, ..] if is_text(first) => u16::from_be_bytes,
        [first, 0, ..] if is_text(first) => u16::from_le_bytes,
        _ => return None,
    };
    // A code unit takes three bytes of UTF-8 at most. A string that grows leaves copies of private keys in memory.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() / 2 * 3));
    let (pairs, _) = bytes.as_chunks();
    for pair in pairs {
        match char::from_u32(decode(*pair).into()) {
            Some('\u{feff}') => {}
            Some(character) => text.push(character),
            None => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    Some(text)
}

/// Returns `true` if `text` contains `pattern`, which is not empty.
pub(super) fn contains(text: &[u8], pattern: &[u8]) -> bool {
    split_once(text, pattern).is_some()
}

/// Returns the parts of `text` before and after the first `pattern`.
fn split_once<'a>(text: &'a [u8], pattern: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let position = text
        .windows(pattern.len())
        .position(|window| window == pattern)?;
    let (before, rest) = text.split_at_checked(position)?;
    Some((before, rest.strip_prefix(pattern)?))
}
