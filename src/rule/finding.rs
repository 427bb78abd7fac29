//! A rule that applies to one subject.

use std::cmp::Ordering;
use std::fmt;

use serde::Serialize;

use super::{Rule, Severity};
use crate::text::{escape_invisible, truncate_with_ellipsis};

/// The maximum length of a subject in characters. Names in certificates can be longer; a DNS name has at most 253.
const MAX_SUBJECT: usize = 500;
/// The maximum length of a detail in characters.
const MAX_DETAIL: usize = 4000;

/// A [`Rule`] that applies to one subject, with the facts of this case.
///
/// Findings are ordered by severity, worst first, then by subject, rule id and detail.
///
/// Serializes as `rule`, `severity`, `subject`, `detail`, `remedy` and `source`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Finding {
    rule: Rule,
    severity: Severity,
    subject: String,
    detail: String,
    remedy: &'static str,
    source: &'static str,
}

impl Finding {
    pub(crate) fn new(rule: Rule, subject: impl fmt::Display, detail: impl AsRef<str>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            subject: printable(&subject.to_string(), MAX_SUBJECT),
            detail: printable(detail.as_ref(), MAX_DETAIL),
            remedy: rule.remedy(),
            source: rule.source(),
        }
    }

    /// Replaces the remedy of the rule by one that fits this case.
    pub(crate) fn with_remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = remedy;
        self
    }

    /// Returns the rule: the kind of finding, and its severity.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// Returns the severity of the rule.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the subject: the FQDN of a server, the name of a dial plan, server set or forest, or the issuer of
    /// a CRL.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the facts of this case as one lower-case sentence: the name, the date, the relying party.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns the remedy for this case. It can differ from [`Rule::remedy`]: an expired CA certificate has another
    /// remedy than an expired server certificate.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        self.remedy
    }
}

/// Returns the first `max` characters of `text`, with invisible characters escaped.
fn printable(text: &str, max: usize) -> String {
    escape_invisible(&truncate_with_ellipsis(text, max))
}

impl Finding {
    fn sort_key(&self) -> (Severity, &str, &str, &str) {
        (self.severity, &self.subject, self.rule.id(), &self.detail)
    }
}

impl Ord for Finding {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sort_key().cmp(&other.sort_key())
    }
}

impl PartialOrd for Finding {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            severity,
            subject,
            detail,
            ..
        } = self;
        write!(f, "{severity} {rule}: {subject}: {detail}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, MAX_DETAIL};
    use crate::Rule;

    #[test]
    fn findings_sort_by_severity_subject_rule_id_and_detail() {
        let sorted = [
            Finding::new(Rule::Expired, "um1", "a"),
            Finding::new(Rule::Expired, "um1", "b"),
            Finding::new(Rule::BadSignature, "um2", "a"),
            Finding::new(Rule::Expired, "um2", "a"),
            Finding::new(Rule::ExpiresSoon, "um1", "a"),
        ];
        let mut findings: Vec<Finding> = sorted.iter().rev().cloned().collect();
        findings.sort();
        assert_eq!(findings, sorted);
    }

    #[test]
    fn long_detail_is_cut() {
        let finding = Finding::new(Rule::Expired, "um1", "x".repeat(MAX_DETAIL + 1));
        assert_eq!(finding.detail(), "x".repeat(MAX_DETAIL) + "…");
    }
}
