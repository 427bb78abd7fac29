//! The text of an audit.

use std::fmt;

use super::findings::FindingList;
use super::table::Table;
use super::wording::{OMITS_FRONT_ENDS, count_findings, describe_verdict, overall_verdict};
use crate::audit::{Report, TrustVerdict};
use crate::text::{Timestamp, join};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = overall_verdict(self);
        let at = Timestamp(self.at());
        let counts = count_findings(self.findings());
        writeln!(f, "Audit as of {at}: {verdict}, {counts}")?;
        if !self.verdicts().is_empty() {
            write!(f, "\n{}", verdict_table(self.verdicts()))?;
        }
        if self.omits_front_ends() {
            writeln!(f, "\n  {OMITS_FRONT_ENDS}")?;
        }
        match self.failover_safe_until() {
            None => {}
            Some(until) if until > self.at() => {
                let until = Timestamp(until);
                writeln!(
                    f,
                    "\n  Failover is safe until {until} (based on expiry dates)."
                )?;
            }
            Some(_) => writeln!(
                f,
                "\n  Failover is not safe: in some outage, calls go to a server with errors, or no server answers."
            )?,
        }
        if !self.findings().is_empty() {
            write!(f, "\n{}", FindingList(self.findings()))?;
        }
        Ok(())
    }
}

/// Returns one row for each server. Relying parties with equal verdicts share a phrase.
fn verdict_table(verdicts: &[TrustVerdict]) -> Table {
    let mut table = Table::default();
    for of_server in verdicts.chunk_by(|one, other| one.server == other.server) {
        let first = &of_server[0];
        let are_equal = of_server
            .iter()
            .all(|verdict| verdict.verdict == first.verdict);
        let text = if are_equal {
            let parties = join(
                of_server.iter().map(|verdict| &verdict.relying_party),
                " and ",
            );
            describe_verdict(&parties, first)
        } else {
            let describe = |verdict: &TrustVerdict| {
                describe_verdict(&verdict.relying_party.to_string(), verdict)
            };
            join(of_server.iter().map(describe), "; ")
        };
        table.add_row([first.server.to_string(), text]);
    }
    table
}
