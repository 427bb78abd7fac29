//! Numbers in four bytes.

use std::num::NonZeroU32;

/// The number of a server, that is its position, set by set in the order of the text; or of what there is
/// about as many of. In four bytes, as an `Option` too: the time that a large plan takes is mostly that of
/// its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Number(NonZeroU32);

impl Number {
    /// The number of this position. Beyond four bytes it is one that nothing has.
    pub(crate) fn new(position: usize) -> Self {
        let counted = position.checked_add(1).map(u32::try_from);
        let counted = counted.and_then(Result::ok).and_then(NonZeroU32::new);
        Self(counted.unwrap_or(NonZeroU32::MAX))
    }

    /// The position.
    pub(crate) fn get(self) -> usize {
        usize::try_from(self.0.get() - 1).unwrap_or(usize::MAX)
    }
}

/// The first.
impl Default for Number {
    fn default() -> Self {
        Self(NonZeroU32::MIN)
    }
}
