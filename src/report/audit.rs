//! An audit as a page for people.

use std::fmt;

use super::findings::{Findings, count};
use super::table::Table;
use crate::audit::{Report, Verdict};
use crate::date::date;
use crate::name::joined;

pub(super) const OMITS_FRONT_ENDS: &str =
    "The Front Ends of Lync are not looked at: nothing was presented for any of them.";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_trusted() {
            "trusted"
        } else {
            "NOT TRUSTED"
        };
        let at = date(self.at());
        writeln!(f, "Audit as of {at}: {verdict}, {}", count(self.findings()))?;
        if !self.verdicts().is_empty() {
            write!(f, "\n{}", verdicts(self.verdicts()))?;
        }
        if self.omits_front_ends() {
            writeln!(f, "\n  {OMITS_FRONT_ENDS}")?;
        }
        match self.failover_safe_until() {
            None => {}
            Some(until) if until > self.at() => {
                writeln!(
                    f,
                    "\n  Failover is safe until {}, as far as dates go.",
                    date(until)
                )?;
            }
            Some(_) => writeln!(
                f,
                "\n  Failover is not safe: in some outage the calls go to a server in trouble, or to nobody."
            )?,
        }
        if !self.findings().is_empty() {
            write!(f, "\n{}", Findings(self.findings()))?;
        }
        Ok(())
    }
}

/// A line a server: who trusts its chain, and through which root.
fn verdicts(verdicts: &[Verdict]) -> Table {
    let mut table = Table::default();
    for of_server in verdicts.chunk_by(|first, second| first.server == second.server) {
        let Some(first) = of_server.first() else {
            continue;
        };
        let same = of_server.iter().all(|it| {
            (&it.trusted_through, &it.refused_for) == (&first.trusted_through, &first.refused_for)
        });
        let mut texts = Vec::new();
        for it in of_server {
            let side = it.side.to_string();
            texts.push(if same { side } else { verdict(&side, it) });
        }
        let text = match same {
            true => verdict(&texts.join(" and "), first),
            false => texts.join("; "),
        };
        table.row([first.server.to_string(), text]);
    }
    table
}

pub(super) fn verdict(sides: &str, verdict: &Verdict) -> String {
    match &verdict.trusted_through {
        Some(root) => format!("chain trusted by {sides} through {}", root.subject()),
        None => {
            let rules = joined(&verdict.refused_for, ", ");
            format!("chain not trusted by {sides}: {rules}")
        }
    }
}
