//! A plan as a page for people: what is planned for whom and why, and where names end in each outage.

use std::collections::BTreeMap;
use std::fmt;

use super::findings::{Findings, count, plural};
use super::listed::{MAX_LISTED, listed};
use super::table::Table;
use crate::name::DnsName;
use crate::plan::{
    DialPlanChange, NameRoute, Outage, OutageCause, Plan, PlannedCertificate, PlannedName, Reason,
    RouteTarget, describe_outages,
};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Plan: {}",
            plural(self.certificates().len(), "certificate")
        )?;
        for certificate in self.certificates() {
            write!(f, "\n{certificate}")?;
        }
        let mut is_any_brought = false;
        for certificate in self.certificates() {
            is_any_brought |= certificate.stand_ins().next().is_some();
        }
        if !is_any_brought {
            writeln!(
                f,
                "\nNo outage moves a name: each certificate needs its own name alone."
            )?;
        }
        writeln!(f, "\nOutages")?;
        write!(f, "{}", outages(self))?;
        writeln!(f, "\nFindings: {}", count(self.findings()))?;
        write!(f, "{}", Findings(self.findings()))
    }
}

impl fmt::Display for PlannedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "CN={}, {} key, server authentication",
            self.subject(),
            self.key()
        )?;
        if let [_, others @ ..] = self.servers()
            && !others.is_empty()
        {
            writeln!(f, "  shared with {}", listed(others))?;
        }
        let mut table = Table::default();
        let (names, left_out) = self.planned_names_truncated(MAX_LISTED);
        for planned in &names {
            table.row([planned.name.to_string(), why(planned)]);
        }
        write!(f, "{table}")?;
        match left_out {
            0 => Ok(()),
            more => writeln!(f, "  and {}", more_names(more)),
        }
    }
}

/// "12 more names that the policy asks for".
pub(super) fn more_names(count: usize) -> String {
    format!("{} that the policy asks for", plural(count, "more name"))
}

/// "the server's own name; points here when site Dublin or server um3.contoso.com is out".
pub(super) fn why(planned: &PlannedName) -> String {
    let mut why = Vec::new();
    let mut own = Vec::new();
    let mut brought: BTreeMap<&DnsName, Vec<&OutageCause>> = BTreeMap::new();
    for reason in &planned.reasons {
        match reason {
            Reason::OwnName(server) => own.push(server.clone()),
            Reason::StandIn { name, outage, .. } => brought.entry(name).or_default().push(outage),
            other => why.push(other.to_string()),
        }
    }
    match own.as_slice() {
        [] => {}
        [server] if planned.name.as_exact() == Some(server) => {
            why.push("the server's own name".to_owned());
        }
        servers => why.push(format!("the own name of {}", listed(servers))),
    }
    for (name, outages) in brought {
        let name = match planned.name.as_exact() {
            Some(_) => String::new(),
            None => format!("{name} "),
        };
        why.push(format!(
            "{name}points here when {}",
            describe_outages(&outages)
        ));
    }
    why.join("; ")
}

fn outages(plan: &Plan) -> Table {
    let mut table = Table::default();
    table.row(["when this is out".to_owned(), "then".to_owned()]);
    for outage in plan.outages() {
        let mut cause = outage.cause.to_string();
        for text in consequences(&outage) {
            table.row([std::mem::take(&mut cause), text]);
        }
    }
    table
}

/// What an outage moves, one by one, or that it moves nothing.
pub(super) fn consequences(outage: &Outage) -> Vec<String> {
    let mut moves = Vec::new();
    for moved in &outage.routes {
        moves.push(route(moved));
    }
    for moved in &outage.dial_plans {
        moves.push(shift(moved));
    }
    if moves.is_empty() {
        moves.push("no name and no dial plan moves".to_owned());
    }
    moves
}

fn route(route: &NameRoute) -> String {
    let name = &route.name;
    match &route.answer {
        RouteTarget::Server {
            server,
            covered_by: Some(entry),
            ..
        } if entry.as_exact() == Some(name) => {
            format!("{name} is answered by {server}, whose certificate holds it")
        }
        RouteTarget::Server {
            server,
            covered_by: Some(entry),
            ..
        } => {
            format!("{name} is answered by {server}, whose certificate covers it by {entry}")
        }
        RouteTarget::Server {
            server,
            covered_by: None,
            ..
        } => {
            format!("{name} is answered by {server}, whose certificate does NOT cover it")
        }
        RouteTarget::DeadEnd(_) | RouteTarget::Loop => format!("{name} is answered by NOBODY"),
    }
}

fn shift(shift: &DialPlanChange) -> String {
    let DialPlanChange {
        dial_plan,
        disable,
        enable,
        remaining,
    } = shift;
    let then = match (remaining, enable.is_empty()) {
        (0, true) => "NOBODY is left to enable".to_owned(),
        (0, false) => format!("enable {}", listed(enable)),
        (left, _) => format!("{} left", plural(*left, "enabled member")),
    };
    format!("dial plan {dial_plan}: disable {}; {then}", listed(disable))
}
