//! The Exchange Management Shells, one for each script.

use std::fmt;

use super::generation::Generation;
use crate::name::DnsName;

/// An Exchange Management Shell. It manages the servers of one generation in its own forest only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shell<'a> {
    pub(super) generation: Generation,
    /// The forest, if servers of the generation are in several forests.
    pub(super) forest: Option<&'a DnsName>,
}

/// Displays as the end of a file name: `exchange-2013`, or `exchange-2013-contoso.com`.
impl fmt::Display for Shell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.generation.file_suffix())?;
        match self.forest {
            Some(forest) => write!(f, "-{forest}"),
            None => Ok(()),
        }
    }
}
