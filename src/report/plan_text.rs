//! The text of a plan.

use std::fmt;

use super::MAX_NAMES;
use super::findings::FindingList;
use super::table::Table;
use super::wording::{
    PLAN_OMITS_FRONT_ENDS, count_findings, describe_changes, describe_reasons, more_names,
};
use crate::plan::{Plan, PlannedCertificate};
use crate::text::{join_truncated, plural};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificates = self.certificates();
        writeln!(f, "Plan: {}", plural(certificates.len(), "certificate"))?;
        for certificate in certificates {
            write!(f, "\n{certificate}")?;
        }
        let has_stand_ins =
            |certificate: &PlannedCertificate| certificate.stand_ins().next().is_some();
        if !certificates.iter().any(has_stand_ins) {
            writeln!(
                f,
                "\nNo outage moves a name: each UM server needs only its own name."
            )?;
        }
        if self.omits_front_ends() {
            writeln!(f, "\n{PLAN_OMITS_FRONT_ENDS}")?;
        }
        write!(f, "\nOutages\n{}", outage_table(self))?;
        writeln!(f, "\nFindings: {}", count_findings(self.findings()))?;
        write!(f, "{}", FindingList(self.findings()))
    }
}

impl fmt::Display for PlannedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, key) = (self.subject(), self.key());
        writeln!(f, "CN={subject}, {key} key, server authentication")?;
        if self.pool().is_some() {
            writeln!(f, "  of the Front End {}", self.first_server())?;
        }
        if let [_, others @ ..] = self.servers()
            && !others.is_empty()
        {
            let others = join_truncated(others, MAX_NAMES, ", ");
            writeln!(f, "  shared with {others}")?;
        }
        let mut table = Table::default();
        let (names, left_out) = self.planned_names_truncated(MAX_NAMES);
        for planned in &names {
            table.add_row([planned.name.to_string(), describe_reasons(planned)]);
        }
        write!(f, "{table}")?;
        if left_out > 0 {
            writeln!(f, "  and {}", more_names(left_out))?;
        }
        Ok(())
    }
}

fn outage_table(plan: &Plan) -> Table {
    let mut table = Table::default();
    table.add_row(["outage".to_owned(), "effect".to_owned()]);
    for outage in plan.outages() {
        // The first row of an outage names its cause.
        let mut cause = outage.cause.to_string();
        for change in describe_changes(&outage) {
            table.add_row([cause, change]);
            cause = String::new();
        }
    }
    table
}
