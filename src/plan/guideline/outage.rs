//! What the outages show.

use crate::deployment::{Deployment, DialPlan, Directory, Number};
use crate::plan::OutageCause;
use crate::plan::basis::Basis;
use crate::plan::lists::by_first;
use crate::plan::outage::{End, out};
use crate::rule::{Finding, Rule};

/// Each stand-alone server that some outage brings a name to.
pub(super) fn san_ignored(directory: &Directory<'_>, basis: &Basis) -> Vec<Finding> {
    let servers = directory.servers.traits().iter().enumerate();
    let alone = servers.filter(|(_, traits)| traits.is_stand_alone());
    let finding = |(number, _)| {
        let (name, outage) = basis
            .stand_ins()
            .get(number)
            .iter()
            .min_by_key(|(_, outage)| *outage)?;
        let detail = format!(
            "{} points here when {}, and a stand-alone UM server does not use the SAN",
            basis.names().get(name.get())?,
            out(&[basis.cause(outage.get())])
        );
        Some(Finding::new(
            Rule::SanIgnoredStandAlone,
            basis.names().get(number)?,
            detail,
        ))
    };
    alone.filter_map(finding).collect()
}

/// One finding a name, however many outages show it.
pub(super) fn unanswered_names(basis: &Basis) -> Vec<Finding> {
    let mut ends = Vec::new();
    let mut unanswered = Vec::new();
    basis.walked.all_routes(|outage, name, end| {
        if !matches!(end, End::Up(_)) {
            unanswered.push((name, Number::new(ends.len())));
            ends.push((outage, end));
        }
    });
    let finding = |(number, places): (usize, Vec<usize>)| {
        let (_, end) = ends.get(*places.first()?)?;
        let ends = places.iter().filter_map(|place| ends.get(*place));
        let causes: Vec<OutageCause> = ends.map(|(outage, _)| basis.cause(*outage)).collect();
        let why = match end {
            End::Dead(last) if last.get() == number => {
                "its name is redirected to no server".to_owned()
            }
            End::Dead(last) => format!(
                "its redirects end at {}, which is out too",
                basis.names().get(last.get())?
            ),
            _ => "its redirects run in a loop of servers that are out".to_owned(),
        };
        let detail = format!("nobody answers to this name when {}: {why}", out(&causes));
        let name = basis.names().get(number)?;
        Some(Finding::new(Rule::UnansweredName, name, detail))
    };
    by_first(&mut unanswered).filter_map(finding).collect()
}

pub(super) fn unserved_dial_plans(deployment: &Deployment, basis: &Basis) -> Vec<Finding> {
    let mut unserved = Vec::new();
    for (outage, shift) in basis.walked.all_shifts() {
        if !shift.is_served() {
            unserved.push((Number::new(shift.dial_plan), Number::new(*outage)));
        }
    }
    let finding = |(dial_plan, outages): (usize, Vec<usize>)| {
        let causes: Vec<OutageCause> = outages.iter().map(|it| basis.cause(*it)).collect();
        let detail = format!("no member is left to enable when {}", out(&causes));
        let dial_plan = deployment.dial_plans.get(dial_plan)?;
        Some(Finding::new(Rule::UnansweredName, &dial_plan.name, detail))
    };
    let mut findings: Vec<Finding> = by_first(&mut unserved).filter_map(finding).collect();
    for DialPlan { name, members, .. } in &deployment.dial_plans {
        if !members.is_empty() && members.iter().all(|it| !it.enabled) {
            let detail = "every member is disabled, so nobody takes its calls on any day";
            findings.push(Finding::new(Rule::UnansweredName, name, detail));
        }
    }
    findings
}
