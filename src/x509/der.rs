//! The frame of DER: tag, length, content.

use std::iter;

/// The first DER element of `bytes`: its tag, its content, and what stands behind it. What is cut off is
/// shown as far as it is there.
pub(crate) fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, behind) = header(bytes)?;
    let (content, rest) = behind.split_at_checked(length).unwrap_or((behind, &[]));
    Some((tag, content, rest))
}

/// The same; `None` where it is cut off.
pub(crate) fn whole_element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, behind) = header(bytes)?;
    let (content, rest) = behind.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The tag of an element, its length, and what stands behind that.
fn header(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (tag, behind) = bytes.split_first()?;
    let (first, behind) = behind.split_first()?;
    let (length, behind) = match usize::from(*first) {
        short if short < 0x80 => (short, behind),
        long => {
            let (length, behind) = behind.split_at_checked(long - 0x80)?;
            let value = length.iter().fold(0_usize, |value, digit| {
                value.saturating_mul(256).saturating_add((*digit).into())
            });
            (value, behind)
        }
    };
    Some((*tag, length, behind))
}

/// The elements of `content`, each as [`element`] shows it.
pub(super) fn elements(content: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = content;
    iter::from_fn(move || {
        let (tag, content, behind) = element(rest)?;
        rest = behind;
        Some((tag, content))
    })
}
