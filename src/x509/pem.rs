//! PEM text (RFC 7468), as people store it: with marks, in UTF-16, joined, under old labels.

use data_encoding::BASE64;
use rustls_pki_types::pem::{PemObject, SectionKind};
use zeroize::Zeroizing;

use super::read::ReadError;

/// How many bytes stand in a line of base64, whose width is 64 (RFC 7468 §2).
const IN_LINE: usize = 48;

/// A section: what its label says, and the DER in it.
pub(super) type Section = (SectionKind, Zeroizing<Vec<u8>>);

/// One PEM section with a final line feed.
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    // Room for all of it at once: what a growing text leaves behind is not cleared.
    let mut text = String::with_capacity(der.len() / IN_LINE * 65 + 2 * label.len() + 100);
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    for line in der.chunks(IN_LINE) {
        text.push_str(&Zeroizing::new(BASE64.encode(line)));
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// The text that `bytes` hold, fit for the PEM reader; `None` where they are one structure in DER.
pub(super) fn text(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if let Some(text) = utf16_text(bytes) {
        return Some(readable(text.as_bytes()));
    }
    match bytes.first() {
        // A SEQUENCE, as every structure of X.509 is; no text starts with it.
        Some(0x30) if !contains(bytes, b"-----BEGIN ") => None,
        _ => Some(readable(bytes)),
    }
}

/// The sections of such a text, in order. Labels that the reader does not know are passed over.
pub(super) fn sections(text: &[u8]) -> Result<Vec<Section>, ReadError> {
    let mut sections = Vec::new();
    for read in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
        match read {
            Ok((kind, der)) => sections.push((kind, Zeroizing::new(der))),
            Err(source) => {
                let section = sections.len() + 1;
                return Err(ReadError::Pem { section, source });
            }
        }
    }
    Ok(sections)
}

/// `text` as the PEM reader needs it. It passes over a section that does not start a line, without a word
/// (behind a byte order mark, say, or where two files were joined without a line feed), finds no end that is
/// indented (RFC 7468 §2 asks to ignore the blanks before a line), and knows neither
/// certreq's label for requests, nor that of encrypted keys, nor those of PKCS #7, whose DER tells them
/// apart, nor the old ones of certificates (RFC 7468 §5.1).
fn readable(text: &[u8]) -> Zeroizing<Vec<u8>> {
    const BEGIN: &[u8] = b"-----BEGIN ";
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
    // Labels become longer by half at most, and what a growing text leaves behind is not cleared.
    let mut lines = Zeroizing::new(Vec::with_capacity(2 * text.len()));
    let mut rest = text;
    loop {
        // What is looked for starts with one of these; most of a text is base64, and has none.
        let marked = rest.iter().position(|it| matches!(it, b'-' | b' ' | b'\t'));
        let (base64, marked) = rest.split_at(marked.unwrap_or(rest.len()));
        lines.extend_from_slice(base64);
        rest = marked;
        let Some((first, behind)) = rest.split_first() else {
            return lines;
        };
        if matches!(lines.last(), None | Some(b'\n' | b'\r')) && matches!(first, b' ' | b'\t') {
            rest = behind;
            continue;
        }
        if rest.starts_with(BEGIN) {
            lines.push(b'\n');
        }
        match LABELS.iter().find(|(label, _)| rest.starts_with(label)) {
            Some((label, known)) => {
                lines.extend_from_slice(known);
                rest = rest.get(label.len()..).unwrap_or_default();
            }
            None => {
                lines.push(*first);
                rest = behind;
            }
        }
    }
}

/// The text of UTF-16 bytes, known by a byte order mark or by the zero byte of its first character, which
/// is no digit: DER starts with what would be the digit 0.
/// What no unit stands for alone becomes a replacement character, and fails as PEM.
fn utf16_text(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let is_text = |byte: &u8| byte.is_ascii_alphabetic() || b"-<# \t\r\n".contains(byte);
    let big_endian = match bytes {
        [0xfe, 0xff, ..] => true,
        [0xff, 0xfe, ..] => false,
        [0, first, ..] if is_text(first) => true,
        [first, 0, ..] if is_text(first) => false,
        _ => return None,
    };
    // Three bytes of UTF-8 at most for one unit.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() / 2 * 3));
    let (pairs, _) = bytes.as_chunks();
    for pair in pairs {
        let unit = match big_endian {
            true => u16::from_be_bytes(*pair),
            false => u16::from_le_bytes(*pair),
        };
        match char::from_u32(unit.into()) {
            Some('\u{feff}') => {}
            Some(character) => text.push(character),
            None => text.push(char::REPLACEMENT_CHARACTER),
        }
    }
    Some(text)
}

pub(super) fn contains(text: &[u8], mark: &[u8]) -> bool {
    split_once(text, mark).is_some()
}

/// What stands before the first `mark`, and what behind it.
pub(super) fn split_once<'a>(text: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    for start in 0..text.len() {
        let (before, rest) = text.split_at_checked(start)?;
        if let Some(behind) = rest.strip_prefix(mark) {
            return Some((before, behind));
        }
    }
    None
}
