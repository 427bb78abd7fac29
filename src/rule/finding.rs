//! One fact that was found about one subject.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::severity::Severity;
use super::table::Rule;
use crate::sort::sort_by;
use crate::text::truncate;

/// The longest subject that is shown, in characters: a DNS name has 253 at most.
const MAX_SUBJECT: usize = 500;
/// The longest detail that is shown, in characters.
const MAX_DETAIL: usize = 4000;

/// What was found, about whom: a [`Rule`], its subject, and the facts of this case.
///
/// Findings order as a report shows them: errors first, then by subject and rule.
///
/// As JSON: `rule`, `severity`, `subject`, `detail`, `source`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    rule: Rule,
    subject: String,
    detail: String,
}

impl Finding {
    pub(crate) fn new(rule: Rule, subject: impl fmt::Display, detail: impl Into<String>) -> Self {
        Self::of(rule, &subject, detail.into())
    }

    fn of(rule: Rule, subject: &dyn fmt::Display, mut detail: String) -> Self {
        let mut subject = subject.to_string();
        cut(&mut subject, MAX_SUBJECT);
        cut(&mut detail, MAX_DETAIL);
        Self {
            rule,
            subject,
            detail,
        }
    }

    /// The rule: what kind of fact this is, how bad, and what to do about it.
    #[must_use]
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The severity of the rule.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.rule.severity()
    }

    /// Whom it is about: the FQDN of a server, the name of a dial plan, a server set or a forest, or
    /// the issuer of a CRL.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The facts of this case in one lower-case sentence: which name, which date, which side.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Puts `findings` into the order of a report: severity, subject, rule, detail; each once.
    pub(crate) fn arrange(findings: &mut Vec<Self>) {
        sort_by(findings, Self::cmp);
        let mut last = 0;
        for place in 1..findings.len() {
            if findings.get(place) != findings.get(last) {
                last += 1;
                findings.swap(last, place);
            }
        }
        findings.truncate(last + 1);
    }
}

/// Cuts `text` to so many characters: names in certificates have no end.
fn cut(text: &mut String, max: usize) {
    // It has no more characters than bytes, and is short nearly always.
    if text.len() <= max {
        return;
    }
    let end = truncate(text, max).len();
    if end < text.len() {
        text.truncate(end);
        text.push('…');
    }
}

impl Ord for Finding {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let by_severity = self.severity().cmp(&other.severity());
        by_severity
            .then_with(|| self.subject.cmp(&other.subject))
            .then_with(|| self.rule.id().cmp(other.rule.id()))
            .then_with(|| self.detail.cmp(&other.detail))
    }
}

impl PartialOrd for Finding {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            subject,
            detail,
        } = self;
        write!(f, "{} {rule}: {subject}: {detail}", rule.severity())
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            rule,
            subject,
            detail,
        } = self;
        let mut json = serializer.serialize_struct("Finding", 5)?;
        json.serialize_field("rule", rule)?;
        json.serialize_field("severity", &rule.severity())?;
        json.serialize_field("subject", subject)?;
        json.serialize_field("detail", detail)?;
        json.serialize_field("source", rule.source())?;
        json.end()
    }
}
