//! What the outages show.

use std::collections::BTreeMap;

use crate::deployment::{Deployment, Directory, Number};
use crate::plan::OutageCause;
use crate::plan::basis::Basis;
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
    let mut unanswered: BTreeMap<Number, (Vec<OutageCause>, End)> = BTreeMap::new();
    for (outage, name, end) in basis.walked.all_routes() {
        if !matches!(end, End::Up(_)) {
            let (causes, _) = unanswered.entry(name).or_insert_with(|| (Vec::new(), end));
            causes.push(basis.cause(outage));
        }
    }
    let finding = |(number, (causes, end)): (Number, (Vec<OutageCause>, End))| {
        let why = match end {
            End::Dead(last) if last == number => "its name is redirected to no server".to_owned(),
            End::Dead(last) => format!(
                "its redirects end at {}, which is out too",
                basis.names().get(last.get())?
            ),
            _ => "its redirects run in a loop of servers that are out".to_owned(),
        };
        let detail = format!("nobody answers to this name when {}: {why}", out(&causes));
        Some(Finding::new(
            Rule::UnansweredName,
            basis.names().get(number.get())?,
            detail,
        ))
    };
    unanswered.into_iter().filter_map(finding).collect()
}

pub(super) fn unserved_dial_plans(deployment: &Deployment, basis: &Basis) -> Vec<Finding> {
    let mut unserved: BTreeMap<usize, Vec<OutageCause>> = BTreeMap::new();
    for (outage, shift) in basis.walked.all_shifts() {
        if !shift.is_served() {
            unserved
                .entry(shift.dial_plan)
                .or_default()
                .push(basis.cause(*outage));
        }
    }
    let finding = |(dial_plan, causes): (usize, Vec<OutageCause>)| {
        let detail = format!("no member is left to enable when {}", out(&causes));
        let dial_plan = deployment.dial_plans.get(dial_plan)?;
        Some(Finding::new(Rule::UnansweredName, &dial_plan.name, detail))
    };
    let mut findings: Vec<Finding> = unserved.into_iter().filter_map(finding).collect();
    let dial_plans = deployment.dial_plans.iter();
    let asleep =
        dial_plans.filter(|it| !it.members.is_empty() && it.members.iter().all(|m| !m.enabled));
    findings.extend(asleep.map(|dial_plan| {
        let detail = "every member is disabled, so nobody takes its calls on any day";
        Finding::new(Rule::UnansweredName, &dial_plan.name, detail)
    }));
    findings
}
