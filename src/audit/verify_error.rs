//! The reasons why a store does not trust a chain for a name.

use super::display::MAX_LISTED;
use crate::name::GeneralName;
use crate::rule::{Finding, Rule};
use crate::text::{escape_and_truncate, join, join_truncated, truncate_with_ellipsis};
use crate::x509::MalformedError;

/// Maximum number of findings that an error shows.
const MAX_FINDINGS: usize = 3;
/// Maximum number of characters of a finding that an error shows.
const MAX_FINDING: usize = 700;

/// The reason why a chain is not trusted for a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The chain is empty.
    #[error("the chain is empty")]
    Empty,
    /// The server certificate cannot be read.
    #[error("the server's certificate cannot be used")]
    Malformed(#[source] MalformedError),
    /// The chain is refused.
    #[error("the chain is refused: {}", describe(.findings))]
    #[non_exhaustive]
    Refused {
        /// The reasons, at least one. Their subject is the requested name.
        findings: Vec<Finding>,
    },
    /// The chain depends on something that this crate cannot process, and no other fault is found. Another verifier
    /// may trust or refuse it.
    #[error("the chain is neither trusted nor refused: {}", describe(.findings))]
    #[non_exhaustive]
    NotJudged {
        /// The reasons, at least one, each of [`Rule::PathNotJudged`]. Their subject is the requested name.
        findings: Vec<Finding>,
    },
    /// No SAN entry covers the name, and no other fault of the chain is found.
    #[error("the certificate does not cover `{name}`: {}", describe_entries(.presented, *.omitted))]
    #[non_exhaustive]
    Name {
        /// The requested name.
        name: GeneralName,
        /// The first ten entries of the SAN, escaped, each cut after 80 characters.
        presented: Vec<String>,
        /// The number of the other entries.
        omitted: usize,
    },
}

impl VerifyError {
    /// Returns the error for a certificate with these SAN entries, none of which covers `name`.
    pub(super) fn not_covered(name: GeneralName, entries: &[String]) -> Self {
        let first = entries.iter().take(MAX_LISTED);
        let presented: Vec<String> = first.map(|entry| escape_and_truncate(entry)).collect();
        Self::Name {
            name,
            omitted: entries.len() - presented.len(),
            presented,
        }
    }

    /// Returns the findings of a chain that is refused or not judged. Empty for the other reasons.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        match self {
            Self::Refused { findings } | Self::NotJudged { findings } => findings,
            Self::Empty | Self::Malformed(_) | Self::Name { .. } => &[],
        }
    }

    /// Returns the rules that an [`Audit`](crate::Audit) reports for these reasons, each once.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        let mut rules: Vec<Rule> = match self {
            Self::Empty => vec![Rule::NotPresented],
            Self::Malformed(_) => vec![Rule::MalformedCertificate],
            Self::Name { .. } => vec![Rule::NameMissing],
            Self::Refused { findings } | Self::NotJudged { findings } => {
                findings.iter().map(Finding::rule).collect()
            }
        };
        rules.dedup();
        rules
    }
}

fn describe(findings: &[Finding]) -> String {
    let findings: Vec<String> = findings
        .iter()
        .map(|finding| {
            let text = format!("{}: {}", finding.rule(), finding.detail());
            truncate_with_ellipsis(&text, MAX_FINDING)
        })
        .collect();
    join_truncated(&findings, MAX_FINDINGS, "; ")
}

fn describe_entries(presented: &[String], omitted: usize) -> String {
    if presented.is_empty() {
        return "its SAN is empty".to_owned();
    }
    let entries = join(presented.iter().map(|entry| format!("`{entry}`")), ", ");
    match omitted {
        0 => format!("its SAN has {entries}"),
        omitted => format!("its SAN has {entries}, {omitted} more"),
    }
}
