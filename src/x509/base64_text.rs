//! Decodes base64 that went through mail, JSON, environment variables or forms.

use std::sync::LazyLock;

use data_encoding::{BASE64_NOPAD, Encoding};
use zeroize::Zeroizing;

/// Base64 of which the bits after the last byte are ignored, as OpenSSL does.
static LENIENT: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = BASE64_NOPAD.specification();
    specification.check_trailing_bits = false;
    specification.encoding().unwrap_or(BASE64_NOPAD)
});

/// Escape sequences and their characters. JSON writers may escape any character; .NET escapes `+`, PHP `/`.
const ESCAPES: [(&[u8], &[u8]); 9] = [
    (b"n", b""),
    (b"r", b""),
    (b"t", b""),
    (b"/", b"/"),
    (b"u002B", b"+"),
    (b"u002b", b"+"),
    (b"u002F", b"/"),
    (b"u003D", b"="),
    (b"u003d", b"="),
];

/// Decodes base64. Ignores blanks, line breaks, escaped line breaks, and the marks of quoted mail at the start of a
/// line. The error of the decoder is dropped, because it would tell a character of what may be a private key.
pub(super) fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digits = digits(text);
    let unpadded = digits.strip_suffix(b"=").unwrap_or(&digits);
    let unpadded = unpadded.strip_suffix(b"=").unwrap_or(unpadded);
    let length = LENIENT.decode_len(unpadded.len()).ok()?;
    let mut bytes = Zeroizing::new(vec![0; length]);
    let decoded = LENIENT.decode_mut(unpadded, &mut bytes).ok()?;
    bytes.truncate(decoded);
    Some(bytes)
}

/// Returns the characters of `text` without those that [`decode`] ignores.
fn digits(text: &[u8]) -> Zeroizing<Vec<u8>> {
    // A vector that grows leaves copies of private keys in memory.
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
        let mut rest = line;
        while let [b' ' | b'\t' | b'>' | b'|', following @ ..] = rest {
            rest = following;
        }
        while let Some((first, following)) = rest.split_first() {
            rest = following;
            match first {
                // PowerShell escapes with a backtick.
                b'\\' | b'`' => rest = push_escaped(&mut digits, following),
                // Quoted-printable mail (RFC 2045 §6.7).
                b'=' if following.starts_with(b"3D") => {
                    digits.push(b'=');
                    rest = following.get(2..).unwrap_or_default();
                }
                blank if blank.is_ascii_whitespace() => {}
                digit => digits.push(*digit),
            }
        }
    }
    digits
}

/// Appends the character of the escape sequence that follows a backslash, and returns what follows the sequence. An
/// unknown sequence becomes a backslash, which is not base64.
fn push_escaped<'t>(digits: &mut Vec<u8>, following: &'t [u8]) -> &'t [u8] {
    // JSON inside JSON has several backslashes.
    let backslashes = following.iter().take_while(|byte| **byte == b'\\');
    let escape = following.get(backslashes.count()..).unwrap_or_default();
    let known = ESCAPES
        .iter()
        .find_map(|(sequence, character)| Some((*character, escape.strip_prefix(*sequence)?)));
    match known {
        Some((character, rest)) => {
            digits.extend_from_slice(character);
            rest
        }
        // A backslash at the end of a line continues it.
        None if escape.is_empty() => escape,
        None => {
            digits.push(b'\\');
            escape
        }
    }
}
