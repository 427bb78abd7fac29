//! Reads and writes PEM text (RFC 7468). Reading accepts any text around sections, lost line breaks and any label: the
//! content decides the kind of a section.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::base64_text;
use super::error::ReadError;
use crate::text::join;

/// Number of bytes in a line of base64, which is 64 characters wide (RFC 7468 §2).
const BYTES_PER_LINE: usize = 48;

/// Maximum number of characters of a label.
const MAX_LABEL: usize = 40;

/// The words of the labels of RFC 7468, OpenSSL, OpenSSH, PuTTY, GnuPG and certreq.
const LABEL_WORDS: [&str; 35] = [
    "#7",
    "ANY",
    "ATTRIBUTE",
    "ATTRIBUTES",
    "BEGIN",
    "BLOCK",
    "CERTIFICATE",
    "CHAIN",
    "CMS",
    "CRL",
    "DATA",
    "DH",
    "DSA",
    "EC",
    "ENCRYPTED",
    "KEY",
    "MESSAGE",
    "NEW",
    "OPENSSH",
    "PARAMETERS",
    "PGP",
    "PKCS",
    "PKCS12",
    "PKCS7",
    "PRIVATE",
    "PUBLIC",
    "REQUEST",
    "RSA",
    "SIGNATURE",
    "SIGNED",
    "SSH2",
    "TRUSTED",
    "X.509",
    "X509",
    "X9.42",
];

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The header of a key that old OpenSSL encrypted (RFC 1421 §4.6.1.1).
const ENCRYPTED: &[u8] = b"Proc-Type: 4,ENCRYPTED";

/// A PEM section.
pub(super) struct PemSection {
    /// The label, fit for a message.
    pub(super) label: String,
    pub(super) content: PemContent,
}

/// The content of a PEM section.
pub(super) enum PemContent {
    Decoded(Zeroizing<Vec<u8>>),
    /// A key that old OpenSSL encrypted, with a key derived by MD5.
    OpenSslEncrypted,
    /// Not base64, under a label that this crate does not know.
    Unknown,
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

/// Returns the sections of `text`, in order. `is_known` says whether a label promises something that this crate reads:
/// such a section must be whole and in base64.
pub(super) fn sections(
    text: &[u8],
    is_known: impl Fn(&str) -> bool,
) -> Result<Vec<PemSection>, ReadError> {
    let mut sections = Vec::new();
    let mut rest = text;
    while let Some((_, section)) = split_once(rest, BEGIN) {
        let error = |reason: String| ReadError::Pem {
            section: sections.len() + 1,
            source: reason.into(),
        };
        let Some((label, content)) = split_label(section) else {
            let reason = "its first line is invalid, expected five dashes after the label";
            return Err(error(reason.to_owned()));
        };
        let label = printable_label(label);
        let (before_next, following) = match find(content, BEGIN) {
            Some(next) => content.split_at_checked(next).unwrap_or((content, &[])),
            None => (content, &[][..]),
        };
        // A message that PGP signed has a beginning and no end.
        let may_lack_end = !is_known(&label) && !following.is_empty();
        let body = match split_once(before_next, END) {
            Some((body, end)) if split_label(end).is_some() => body,
            _ if may_lack_end => before_next,
            _ => return Err(error(describe_missing_end(&label))),
        };
        let content = match base64_text::decode(body) {
            _ if find(body, ENCRYPTED).is_some() => PemContent::OpenSslEncrypted,
            Some(der) => PemContent::Decoded(der),
            None if is_known(&label) => return Err(error("invalid base64".to_owned())),
            None => PemContent::Unknown,
        };
        sections.push(PemSection { label, content });
        rest = following;
    }
    Ok(sections)
}

/// Returns `true` if a section begins in `text`.
pub(super) fn has_section(text: &[u8]) -> bool {
    find(text, BEGIN).is_some()
}

fn describe_missing_end(label: &str) -> String {
    match label {
        "" => "its last line is missing; the file may be truncated".to_owned(),
        _ => format!("the line `-----END {label}-----` is missing; the file may be truncated"),
    }
}

/// Splits a label from what follows its dashes. Returns `None` if no dashes follow in the same line. No known label is
/// longer than [`MAX_LABEL`]; more may be a private key.
fn split_label(section: &[u8]) -> Option<(&[u8], &[u8])> {
    let (label, content) = split_once(section, DASHES)?;
    let has_line_break = label.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    (!has_line_break && label.len() <= MAX_LABEL).then_some((label, content))
}

/// Returns the start of a label: its words that known labels have. If a file has lost its line feeds or dashes, the
/// rest of the label may be a private key, in base64 or in hexadecimal.
fn printable_label(label: &[u8]) -> String {
    let words = label.trim_ascii().split(|byte| *byte == b' ');
    let known = words.map_while(|word| {
        let mut known = LABEL_WORDS.iter();
        known.find(|known| known.as_bytes() == word)
    });
    join(known, " ")
}

/// Returns the position of the first `pattern` in `text`.
pub(super) fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len())
        .position(|window| window == pattern)
}

/// Returns the parts of `text` before and after the first `pattern`.
fn split_once<'a>(text: &'a [u8], pattern: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (before, rest) = text.split_at_checked(find(text, pattern)?)?;
    Some((before, rest.strip_prefix(pattern)?))
}
