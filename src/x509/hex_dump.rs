//! Reads hexadecimal dumps: plain digits, and lines of an offset, digits and characters as `certutil -encodehex`, `xxd`,
//! `hexdump -C` and `Format-Hex` write them.

use zeroize::Zeroizing;

use super::ber;
use super::serialized_store::is_serialized_store;

/// Number of bytes in a line of a dump with characters beside the digits.
const BYTES_PER_LINE: usize = 16;
/// Number of lines in which the dump must start. `Format-Hex` writes headings.
const HEADINGS: usize = 8;

/// Returns the structure that `text` is a hexadecimal dump of. Returns `None` for other texts, and if the number
/// of bytes is not the one that the structure itself states.
pub(super) fn decode(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    plain(text).or_else(|| table(text))
}

/// Returns `true` if one of the first lines of `text` shows the start of a structure of X.509.
pub(super) fn is_dump(text: &[u8]) -> bool {
    lines(text).take(HEADINGS).any(starts_dump)
}

/// Decodes a text of digits alone, with blanks, colons, commas or `0x` between them.
fn plain(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // A vector that grows leaves copies of private keys in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    let separators = |byte: &u8| byte.is_ascii_whitespace() || b":,;\\".contains(byte);
    for token in text.split(separators) {
        // Escape sequences (`\x30`) are split at the backslash.
        let digits = token.strip_prefix(b"x").unwrap_or(token);
        push_digits(&mut bytes, strip_prefix(digits))?;
    }
    let is_whole = matches!(ber::element(&bytes), Some((_, _, [])));
    (is_whole || is_serialized_store(&bytes)).then_some(bytes)
}

/// Decodes lines of an optional offset, up to 16 bytes, and optional characters.
fn table(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() / 2));
    let mut lines = lines(text);
    let first = lines
        .by_ref()
        .take(HEADINGS)
        .find(|line| starts_dump(line))?;
    for line in [first].into_iter().chain(lines) {
        push_line(&mut bytes, line, starts_with_offset(first));
    }
    let (_, _, rest) = ber::element(&bytes)?;
    // The characters beside the last line may look like digits.
    let length = bytes.len() - rest.len();
    if rest.len() >= BYTES_PER_LINE {
        return None;
    }
    bytes.truncate(length);
    Some(bytes)
}

/// Returns the lines of `text` that are not blank.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = text.split(|byte| matches!(byte, b'\n' | b'\r'));
    let lines = lines.map(<[u8]>::trim_ascii_start);
    lines.filter(|line| !line.is_empty())
}

/// Returns `true` if `line` shows the start of a structure of X.509, which is a SEQUENCE longer than 127 bytes.
fn starts_dump(line: &[u8]) -> bool {
    let mut bytes = Zeroizing::new(Vec::with_capacity(BYTES_PER_LINE));
    push_line(&mut bytes, line, starts_with_offset(line));
    matches!(**bytes, [0x30, 0x80..=0x83, ..])
}

/// Returns `true` if `line` starts with the offset 0.
fn starts_with_offset(line: &[u8]) -> bool {
    let zeros = line.iter().take_while(|byte| **byte == b'0').count();
    zeros >= 4 && line.get(zeros).is_some_and(|next| b": \t".contains(next))
}

/// Appends the bytes of one line. Stops at the first word that is not a pair of digits or several.
fn push_line(bytes: &mut Zeroizing<Vec<u8>>, line: &[u8], has_offset: bool) {
    let end = bytes.len() + BYTES_PER_LINE;
    let words = line.split(|byte| byte.is_ascii_whitespace());
    let words = words.filter(|word| !word.is_empty());
    for word in words.skip(usize::from(has_offset)) {
        if bytes.len() >= end || push_digits(bytes, word).is_none() {
            return;
        }
    }
}

/// Appends the bytes that the hexadecimal `digits` stand for, in pairs. Returns `None`, and appends nothing, if these
/// are not such digits.
fn push_digits(bytes: &mut Zeroizing<Vec<u8>>, digits: &[u8]) -> Option<()> {
    let length = bytes.len();
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    for [high, low] in pairs {
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else {
            bytes.truncate(length);
            return None;
        };
        bytes.push(high << 4 | low);
    }
    Some(())
}

fn digit(character: u8) -> Option<u8> {
    let digit = char::from(character).to_digit(16)?;
    u8::try_from(digit).ok()
}

/// Strips the prefix of a number in C or SQL.
fn strip_prefix(token: &[u8]) -> &[u8] {
    token.strip_prefix(b"0x").unwrap_or(token)
}
