//! Reads elements of BER (X.690 §8.1), whose length may be indefinite. Java, BouncyCastle and Outlook write PKCS #7 so.
//!
//! Nothing is re-encoded: the bytes of a certificate inside are those that its CA signed.

use super::der::{peek_element, whole_element};

/// The length octet of an element that ends with [`END_OF_CONTENTS`] (X.690 §8.1.3.6).
const INDEFINITE: u8 = 0x80;
const END_OF_CONTENTS: &[u8] = &[0, 0];

/// Returns the tag of the first element of `bytes`, its content without the end-of-contents octets, and what follows
/// it. Returns `None` if the element is truncated.
pub(super) fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let Some((tag, content)) = indefinite(bytes) else {
        return whole_element(bytes);
    };
    let rest = skip_contents(content)?;
    let whole = content.strip_suffix(rest)?;
    Some((tag, whole.strip_suffix(END_OF_CONTENTS)?, rest))
}

/// Splits `bytes` after the first element, which keeps its tag and length. Returns `None` if the element is truncated.
pub(super) fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, _, rest) = element(bytes)?;
    bytes.split_at_checked(bytes.len() - rest.len())
}

/// Returns the first element like [`element`], but its content may be truncated.
pub(super) fn peek(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let truncated = || {
        let (tag, content) = indefinite(bytes)?;
        Some((tag, content, &[][..]))
    };
    element(bytes)
        .or_else(|| peek_element(bytes))
        .or_else(truncated)
}

/// Returns the tag of an element of indefinite length, and all that follows the length. Only constructed elements have
/// such a length.
fn indefinite(bytes: &[u8]) -> Option<(u8, &[u8])> {
    match bytes {
        [tag, INDEFINITE, content @ ..] if tag & 0x20 != 0 => Some((*tag, content)),
        _ => None,
    }
}

/// Returns what follows the end of an element of indefinite length. Elements inside are counted and not entered, so the
/// work is linear and takes no stack.
fn skip_contents(content: &[u8]) -> Option<&[u8]> {
    let mut depth = 1_usize;
    let mut rest = content;
    loop {
        if let Some(following) = rest.strip_prefix(END_OF_CONTENTS) {
            rest = following;
            depth -= 1;
            if depth == 0 {
                return Some(rest);
            }
        } else if let Some((_, inner)) = indefinite(rest) {
            rest = inner;
            depth += 1;
        } else {
            (_, _, rest) = whole_element(rest)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{element, peek, split};

    #[test]
    fn indefinite_length_ends_at_its_own_end() {
        let nested = b"\x30\x80\x24\x80\x04\x02\0\0\0\0\x02\x01\x07\0\0rest";
        let content = &b"\x24\x80\x04\x02\0\0\0\0\x02\x01\x07"[..];
        assert_eq!(element(nested), Some((0x30, content, &b"rest"[..])));
        let (whole, rest) = split(nested).unwrap();
        assert_eq!((whole.len(), rest), (15, &b"rest"[..]));
        assert_eq!(element(b"\x30\x80\x04\x01\0\0"), None);
        assert_eq!(
            peek(b"\x30\x80\x04\x01\0"),
            Some((0x30, &b"\x04\x01\0"[..], &b""[..]))
        );
        // A primitive element has no indefinite length.
        assert_eq!(element(b"\x04\x80\0\0"), None);
        assert_eq!(
            element(b"\x04\x01\x07x"),
            Some((4, &b"\x07"[..], &b"x"[..]))
        );
    }

    #[test]
    fn deep_nesting_takes_no_stack() {
        let mut bytes = b"\x30\x80".repeat(1_000_000);
        assert_eq!(element(&bytes), None);
        bytes.extend_from_slice(&b"\0\0".repeat(1_000_000));
        assert!(element(&bytes).is_some());
    }
}
