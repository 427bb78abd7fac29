//! Findings, worst first, each with what to do.

use std::fmt;

use crate::rule::{Finding, Severity};

/// Shows findings one below the other; nothing where there are none.
pub(super) struct Findings<'a>(pub(super) &'a [Finding]);

impl fmt::Display for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = self.0;
        while let [finding, behind @ ..] = left {
            let rule = finding.rule();
            writeln!(
                f,
                "  {:7}  {}: {}",
                rule.severity(),
                finding.subject(),
                finding.detail()
            )?;
            // What to do stands once below the neighbours of one rule.
            let repeats = match behind {
                [next, ..] => next.rule() == rule,
                [] => false,
            };
            left = behind;
            if !repeats {
                writeln!(f, "           → {}", rule.remedy())?;
                writeln!(f, "             [{rule}, {}]", rule.source())?;
            }
        }
        Ok(())
    }
}

/// "2 errors, 1 warning", or "nothing found".
pub(super) fn count(findings: &[Finding]) -> String {
    let kinds = [
        (Severity::Error, "error"),
        (Severity::Warning, "warning"),
        (Severity::Note, "note"),
    ];
    let mut counts = Vec::new();
    for (severity, name) in &kinds {
        let mut count = 0;
        for finding in findings {
            count += usize::from(finding.severity() == *severity);
        }
        if count > 0 {
            counts.push(plural(count, name));
        }
    }
    match findings {
        [] => "nothing found".to_owned(),
        _ => counts.join(", "),
    }
}

/// "1 error", "2 errors".
pub(super) fn plural(count: usize, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
