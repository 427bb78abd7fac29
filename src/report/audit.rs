//! An audit as a page for people.

use std::fmt;

use super::findings::{Findings, count};
use super::table::Table;
use crate::audit::{Report, TrustVerdict};
use crate::date::Date;

pub(super) const OMITS_FRONT_ENDS: &str =
    "The Front Ends of Lync are not looked at: nothing was presented for any of them.";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_trusted() {
            "trusted"
        } else {
            "NOT TRUSTED"
        };
        let at = Date(self.at());
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
                    Date(until)
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
fn verdicts(verdicts: &[TrustVerdict]) -> Table {
    let mut table = Table::default();
    let mut place = 0;
    while let Some(first) = verdicts.get(place) {
        let (mut sides, mut each, mut same) = (Vec::new(), Vec::new(), true);
        while let Some(it) = verdicts.get(place)
            && it.server == first.server
        {
            same = same
                && it.trusted_through == first.trusted_through
                && it.refused_for == first.refused_for;
            let side = format!("{}", it.relying_party);
            each.push(verdict(&side, it));
            sides.push(side);
            place += 1;
        }
        let text = match same {
            true => verdict(&sides.join(" and "), first),
            false => each.join("; "),
        };
        table.row([first.server.to_string(), text]);
    }
    table
}

pub(super) fn verdict(sides: &str, verdict: &TrustVerdict) -> String {
    if let Some(root) = &verdict.trusted_through {
        return format!("chain trusted by {sides} through {}", root.subject());
    }
    let mut text = format!("chain not trusted by {sides}");
    let mut before = ": ";
    for rule in &verdict.refused_for {
        text.push_str(before);
        text.push_str(rule.id());
        before = ", ";
    }
    text
}
