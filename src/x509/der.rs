//! Reads the frame of DER elements (X.690 §8.1): tag, length, content.

use std::iter;

/// Returns the tag of the first DER element of `bytes`, its content, and what follows it. The content may be
/// truncated.
pub(super) fn peek_element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = header(bytes)?;
    let (content, rest) = rest.split_at_checked(length).unwrap_or((rest, &[]));
    Some((tag, content, rest))
}

/// Returns the tag of the first DER element of `bytes`, its content, and what follows it. Returns `None` if the
/// element is truncated.
pub(crate) fn whole_element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = header(bytes)?;
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// Splits `bytes` after the first DER element, which keeps its tag and length. Returns `None` if the element is
/// truncated.
pub(crate) fn split_element(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, _, rest) = whole_element(bytes)?;
    bytes.split_at_checked(bytes.len() - rest.len())
}

/// Returns tag and content of each element in `bytes`. The content of the last one may be truncated.
pub(super) fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    iter::from_fn(move || {
        let (tag, content, rest) = peek_element(bytes)?;
        bytes = rest;
        Some((tag, content))
    })
}

/// Returns `true` if `bytes` are only what tools append to DER: zeros, blanks, line breaks and the end of file of MS-DOS.
pub(super) fn is_padding(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| b"\0 \t\r\n\x1a".contains(byte))
}

/// Returns the arcs of an object identifier from its content octets (X.690 §8.19). `x509-parser` takes the first
/// two arcs from a single byte, which is wrong from `2.48` on.
pub(crate) fn oid_arcs(content: &[u8]) -> Option<Vec<u64>> {
    let mut arcs = Vec::new();
    let mut arc = 0_u64;
    for byte in content {
        arc = arc.checked_mul(0x80)? | u64::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        if arcs.is_empty() {
            // The first two arcs are encoded as one number.
            let root = (arc / 40).min(2);
            arcs.push(root);
            arc -= root * 40;
        }
        arcs.push(arc);
        arc = 0;
    }
    let is_whole = content.last().is_some_and(|last| last & 0x80 == 0);
    is_whole.then_some(arcs)
}

/// Returns the tag of the first element of `bytes`, its length, and what follows the length.
fn header(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match usize::from(*first) {
        short if short < 0x80 => (short, rest),
        // The indefinite length of BER.
        0x80 => return None,
        long => {
            let (digits, rest) = rest.split_at_checked(long - 0x80)?;
            let length = digits.iter().fold(0_usize, |length, digit| {
                length.saturating_mul(256).saturating_add((*digit).into())
            });
            (length, rest)
        }
    };
    Some((*tag, length, rest))
}
