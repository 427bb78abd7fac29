//! The severity of a finding.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The severity of a finding. The worst severity is ordered first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(
    clippy::exhaustive_enums,
    reason = "the three severities are part of the contract"
)]
pub enum Severity {
    /// Trust or failover does not work, or will stop working.
    Error,
    /// Trust and failover work, but are fragile or against the guidance.
    Warning,
    /// For information; no action is required.
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
