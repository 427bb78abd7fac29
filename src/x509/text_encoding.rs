//! Tells text from binary files, and decodes UTF-16.

use zeroize::Zeroizing;

use super::serialized_store::is_serialized_store;

/// Returns the text in `bytes`, or `None` if they are a binary file: DER, BER or a serialized store.
pub(super) fn text(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if is_serialized_store(bytes) {
        return None;
    }
    if let Some(text) = decode_utf16(bytes) {
        return Some(Zeroizing::new(text.as_bytes().to_vec()));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    (!is_sequence(text)).then(|| Zeroizing::new(text.to_vec()))
}

/// Returns `true` if `bytes` start with a SEQUENCE, as every structure of X.509 does, and not with the digit 0. No text
/// has a long length octet at its second place. A short SEQUENCE of printable characters only is text.
fn is_sequence(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, 0x80..=0x84, ..] => true,
        [0x30, 0..=0x7f, ..] => bytes
            .iter()
            .any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()),
        _ => false,
    }
}

/// Decodes UTF-16, which is recognised by a byte order mark or by the zero byte of its first character. That character
/// is not the digit 0, with which DER starts. Code units that are not a character become the replacement character,
/// which no PEM text contains.
fn decode_utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let is_text =
        |byte: &u8| byte.is_ascii_alphabetic() || b"-<>#{[\"123456789 \t\r\n".contains(byte);
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
