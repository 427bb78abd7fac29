//! The list of findings in a text page.

use std::fmt;

use crate::rule::Finding;

/// Displays findings one below the other, in the given order.
pub(super) struct FindingList<'a>(pub(super) &'a [Finding]);

impl fmt::Display for FindingList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same_remedy = |one: &Finding, other: &Finding| {
            one.rule() == other.rule() && one.remedy() == other.remedy()
        };
        for findings in self.0.chunk_by(same_remedy) {
            for finding in findings {
                let (severity, subject) = (finding.severity(), finding.subject());
                writeln!(f, "  {severity:7}  {subject}: {}", finding.detail())?;
                if let Some(reason) = finding.accepted() {
                    writeln!(f, "           accepted: {reason}")?;
                }
            }
            // Neighbours of one rule usually share the remedy.
            let rule = findings[0].rule();
            writeln!(f, "           → {}", findings[0].remedy())?;
            writeln!(f, "             [{rule}, {}]", rule.source())?;
        }
        Ok(())
    }
}
