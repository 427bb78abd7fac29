//! The severity of a finding.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The severity of a finding. Orders worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "the three severities are part of the contract"
)]
pub enum Severity {
    /// Trust or failover does not work, or will stop working.
    Error,
    /// Works today, but is fragile or against the guidance.
    Warning,
    /// Good to know; no action is required.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}
