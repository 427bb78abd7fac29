//! Findings that a user accepts.

use super::verdict::TrustVerdict;
use crate::rule::{Finding, Rule};
use crate::text::join;

/// The acceptance of the findings of one rule for one subject.
#[derive(Debug, Clone)]
pub(super) struct Acceptance {
    rule: Rule,
    subject: String,
    reason: String,
}

impl Acceptance {
    pub(super) fn new(rule: Rule, subject: String, reason: String) -> Self {
        Self {
            rule,
            subject,
            reason,
        }
    }

    /// Returns `true` if `other` has the same rule and subject.
    pub(super) fn replaces(&self, other: &Self) -> bool {
        self.rule == other.rule && self.is_about(&other.subject)
    }

    fn is_about(&self, subject: &str) -> bool {
        self.subject.eq_ignore_ascii_case(subject)
    }

    fn is_for(&self, finding: &Finding) -> bool {
        self.rule == finding.rule() && self.is_about(finding.subject())
    }

    /// Returns why the acceptance has no effect, or `None` if it has one.
    fn obstacle(&self, findings: &[Finding], verdicts: &[TrustVerdict]) -> Option<String> {
        if self.reason.trim().is_empty() {
            return Some("has no reason".to_owned());
        }
        if !findings.iter().any(|finding| self.is_for(finding)) {
            return Some("matches no finding".to_owned());
        }
        let behind = verdicts.iter().filter(|verdict| {
            self.is_about(verdict.server.as_str()) && verdict.verdict.because().contains(&self.rule)
        });
        let parties: Vec<String> = behind
            .map(|verdict| verdict.relying_party.to_string())
            .collect();
        (!parties.is_empty()).then(|| {
            let parties = join(parties, " and ");
            format!("does not apply, because the verdict of {parties} depends on this finding")
        })
    }
}

/// Returns `findings` with those accepted that `acceptances` are for, and a finding for each acceptance without effect.
pub(super) fn apply(
    acceptances: &[Acceptance],
    findings: Vec<Finding>,
    verdicts: &[TrustVerdict],
) -> Vec<Finding> {
    let (mut effective, mut without_effect) = (Vec::new(), Vec::new());
    for acceptance in acceptances {
        match acceptance.obstacle(&findings, verdicts) {
            None => effective.push(acceptance),
            Some(obstacle) => {
                let rule = acceptance.rule;
                let detail = format!("the acceptance of {rule} {obstacle}");
                let subject = &acceptance.subject;
                without_effect.push(Finding::new(Rule::AcceptanceWithoutEffect, subject, detail));
            }
        }
    }
    let accepted = findings.into_iter().map(|finding| {
        match effective
            .iter()
            .find(|acceptance| acceptance.is_for(&finding))
        {
            Some(acceptance) => finding.accept(&acceptance.reason),
            None => finding,
        }
    });
    accepted.chain(without_effect).collect()
}
