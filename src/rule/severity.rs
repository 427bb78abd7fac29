//! How bad what was found is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a finding is. Orders worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "the three severities are part of the contract"
)]
pub enum Severity {
    /// Trust or failover does not work, or will not.
    Error,
    /// Works today, but is fragile or against the guidance.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    fn id(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}
