//! A rule that applies to one subject.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Rule, Severity};
use crate::text::{escape_invisible, truncate_with_ellipsis};

/// The maximum length of a subject in characters. Names in certificates can be longer; a DNS name has at most 253.
const MAX_SUBJECT: usize = 500;
/// The maximum length of a detail in characters.
const MAX_DETAIL: usize = 4000;
/// The maximum length of the reason of an acceptance in characters.
const MAX_REASON: usize = 500;

/// A [`Rule`] that applies to one subject, with the facts of this case.
///
/// Findings are ordered by severity, worst first, then by subject, rule id and detail.
///
/// Serializes as `rule`, `severity`, `subject`, `detail`, `remedy` and `source`, and as `accepted` if it is accepted.
/// A finding that is read back is equal to the original. Its severity and source are those of the rule, whatever the
/// text says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The rule: the kind of finding.
    rule: Rule,
    /// The severity of the rule.
    severity: Severity,
    /// The server, dial plan, server set, forest, or issuer of a CRL.
    subject: String,
    /// The facts of this case, as one lower-case sentence.
    detail: String,
    /// The remedy for this case.
    remedy: Cow<'static, str>,
    /// The source of the rule.
    source: &'static str,
    /// The reason for which the finding is accepted. Absent if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<String>,
}

/// The fields of a finding that its rule does not give.
#[derive(Deserialize)]
#[serde(rename = "Finding")]
struct FindingText {
    rule: Rule,
    subject: String,
    detail: String,
    remedy: String,
    #[serde(default)]
    accepted: Option<String>,
}

// A derived implementation would borrow the static texts from the input.
impl<'de> Deserialize<'de> for Finding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FindingText::deserialize(deserializer).map(Self::from)
    }
}

impl From<FindingText> for Finding {
    fn from(text: FindingText) -> Self {
        // An escaped text can be longer than the maximum, so it is not cut again.
        Self {
            subject: escape_invisible(&text.subject),
            detail: escape_invisible(&text.detail),
            remedy: Cow::Owned(escape_invisible(&text.remedy)),
            accepted: text.accepted.as_deref().map(escape_invisible),
            ..Self::new(text.rule, "", "")
        }
    }
}

impl Finding {
    pub(crate) fn new(rule: Rule, subject: impl fmt::Display, detail: impl AsRef<str>) -> Self {
        Self {
            rule,
            severity: rule.severity(),
            subject: printable(&subject.to_string(), MAX_SUBJECT),
            detail: printable(detail.as_ref(), MAX_DETAIL),
            remedy: Cow::Borrowed(rule.remedy()),
            source: rule.source(),
            accepted: None,
        }
    }

    /// Replaces the remedy of the rule by one that fits this case.
    pub(crate) fn with_remedy(mut self, remedy: &'static str) -> Self {
        self.remedy = Cow::Borrowed(remedy);
        self
    }

    /// Marks the finding as accepted for this reason.
    pub(crate) fn accept(mut self, reason: &str) -> Self {
        self.accepted = Some(printable(reason, MAX_REASON));
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
    pub fn remedy(&self) -> &str {
        &self.remedy
    }

    /// Returns the reason for which the finding is accepted, or `None` if it is not. An
    /// [`Audit`](crate::Audit::accept) accepts findings.
    #[must_use]
    pub fn accepted(&self) -> Option<&str> {
        self.accepted.as_deref()
    }

    /// Returns `true` if the finding is an error that is not accepted.
    pub(crate) fn is_open_error(&self) -> bool {
        self.severity == Severity::Error && self.accepted.is_none()
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
            accepted,
            ..
        } = self;
        write!(f, "{severity} {rule}: {subject}: {detail}")?;
        match accepted {
            Some(reason) => write!(f, " (accepted: {reason})"),
            None => Ok(()),
        }
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
    fn finding_read_back_equals_the_original() {
        let findings = [
            Finding::new(Rule::Expired, "um1", "a"),
            Finding::new(Rule::Expired, "um\u{202e}1", "`a\\n`\n"),
            Finding::new(Rule::Expired, "um1", "\u{200b}".repeat(MAX_DETAIL + 1)),
            Finding::new(Rule::Expired, "um1", "a").with_remedy("renew the CA"),
            Finding::new(Rule::Expired, "um1", "a").accept("a test\u{7} server"),
        ];
        for finding in findings {
            let json = serde_json::to_string(&finding).unwrap();
            assert_eq!(serde_json::from_str::<Finding>(&json).unwrap(), finding);
        }
    }

    #[test]
    fn rule_decides_the_severity_that_is_read() {
        let json = r#"{"rule": "expired", "severity": "note", "subject": "um1\u0007",
            "detail": "a", "remedy": "b", "source": "c", "future": 1}"#;
        let finding: Finding = serde_json::from_str(json).unwrap();
        assert_eq!(finding.severity(), Rule::Expired.severity());
        assert_eq!(finding.to_string(), r"error expired: um1\u{7}: a");
        assert_eq!(finding.remedy(), "b");
        let unknown = json.replace("expired", "expird");
        let error = serde_json::from_str::<Finding>(&unknown).unwrap_err();
        assert!(
            error.to_string().contains("`expird` is not a rule id"),
            "{error}"
        );
    }

    #[test]
    fn long_detail_is_cut() {
        let finding = Finding::new(Rule::Expired, "um1", "x".repeat(MAX_DETAIL + 1));
        assert_eq!(finding.detail(), "x".repeat(MAX_DETAIL) + "…");
    }
}
