//! Facts that are read when they are first asked for. What is signed here is readable, and most of it is
//! written to a file and never asked: reading it back at once would cost a third of what signing does.

use std::sync::OnceLock;

use super::malformed::MalformedReason;

/// The facts of one DER structure.
pub(super) trait Facts: Sized {
    /// Reads them.
    fn read(der: &[u8]) -> Result<Self, MalformedReason>;

    /// What a structure says that cannot be read: nothing.
    fn nothing() -> Self;
}

/// The facts of DER that is kept beside them.
pub(super) enum Later<F> {
    Read(F),
    Unread(OnceLock<F>),
}

impl<F: Facts> Later<F> {
    /// Facts that are read at once, from DER that may be anything.
    pub(super) fn at_once(der: &[u8]) -> Result<Self, MalformedReason> {
        Ok(Self::Read(F::read(der)?))
    }

    /// Facts that are read later, from DER that was signed here.
    pub(super) fn of_our_own(der: &[u8]) -> Self {
        debug_assert!(F::read(der).is_ok(), "what is signed here is readable");
        Self::Unread(OnceLock::new())
    }

    /// The facts of `der`.
    pub(super) fn get(&self, der: &[u8]) -> &F {
        match self {
            Self::Read(facts) => facts,
            Self::Unread(facts) => {
                facts.get_or_init(|| F::read(der).unwrap_or_else(|_| F::nothing()))
            }
        }
    }
}
