//! The frame of DER: tag, length, content.

/// The first DER element of `bytes`: its tag, its content, and what stands behind it. What is cut off is
/// shown as far as it is there.
pub(super) fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
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

/// The first DER element of `bytes` with its tag and length, and what stands behind it; `None` where it is
/// cut off.
pub(crate) fn split_element(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, _, behind) = whole_element(bytes)?;
    bytes.split_at_checked(bytes.len() - behind.len())
}

/// The tag of an element, its length, and what stands behind that.
fn header(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (tag, behind) = bytes.split_first()?;
    let (first, behind) = behind.split_first()?;
    let (length, behind) = match usize::from(*first) {
        short if short < 0x80 => (short, behind),
        // The indefinite length of BER.
        0x80 => return None,
        long => {
            let (length, behind) = behind.split_at_checked(long - 0x80)?;
            let mut value = 0_usize;
            for digit in length {
                value = value.saturating_mul(256).saturating_add((*digit).into());
            }
            (value, behind)
        }
    };
    Some((*tag, length, behind))
}

/// The elements of some content, each as [`element`] shows it.
pub(super) struct Elements<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Elements<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (tag, content, behind) = element(self.0)?;
        self.0 = behind;
        Some((tag, content))
    }
}
