//! What the outages show.

use crate::deployment::{Deployment, DialPlan, Directory, Number};
use crate::plan::basis::Basis;
use crate::plan::lists::by_first;
use crate::plan::outage::{End, out};
use crate::rule::{Finding, Rule};

/// Each stand-alone server that some outage brings a name to.
pub(super) fn san_ignored(directory: &Directory<'_>, basis: &Basis, findings: &mut Vec<Finding>) {
    for number in 0..directory.servers.len() {
        if directory.servers.traits_of(number).is_stand_alone() {
            findings.extend(san_ignored_by(number, basis));
        }
    }
}

fn san_ignored_by(number: usize, basis: &Basis) -> Option<Finding> {
    let brought = basis.stand_ins().get(number);
    let (mut name, mut outage) = *brought.first()?;
    for (other, earlier) in brought {
        if *earlier < outage {
            (name, outage) = (*other, *earlier);
        }
    }
    let (server, name) = (basis.names().get(number)?, basis.names().get(name.get())?);
    let out = all_out(&[outage.get()], basis);
    let detail =
        format!("{name} points here when {out}, and a stand-alone UM server does not use the SAN");
    Some(Finding::new(Rule::SanIgnoredStandAlone, server, detail))
}

/// One finding a name, however many outages show it.
pub(super) fn unanswered_names(basis: &Basis, findings: &mut Vec<Finding>) {
    let mut ends = Vec::new();
    let mut unanswered = Vec::new();
    basis.walked.all_routes(&mut |outage, name, end| {
        if !matches!(end, End::Up(_)) {
            unanswered.push((name, Number::new(ends.len())));
            ends.push((Number::new(outage), end.to_number()));
        }
    });
    by_first(&mut unanswered, &mut |number, places| {
        findings.extend(unanswered_name(number, &places, &ends, basis));
    });
}

/// What is found of the name of this number, whose outages and ends stand at these `places` among `ends`.
fn unanswered_name(
    number: usize,
    places: &[usize],
    ends: &[(Number, Number)],
    basis: &Basis,
) -> Option<Finding> {
    let name = basis.names().get(number)?;
    let (_, end) = ends.get(*places.first()?)?;
    let last = match End::of_number(*end) {
        End::Dead(last) => basis.names().get(last.get()),
        _ => None,
    };
    let why = match last {
        Some(last) if last == name => "its name is redirected to no server".to_owned(),
        Some(last) => format!("its redirects end at {last}, which is out too"),
        None => "its redirects run in a loop of servers that are out".to_owned(),
    };
    let mut outages = Vec::new();
    for place in places {
        if let Some((outage, _)) = ends.get(*place) {
            outages.push(outage.get());
        }
    }
    let all_out = all_out(&outages, basis);
    let detail = format!("nobody answers to this name when {all_out}: {why}");
    Some(Finding::new(Rule::UnansweredName, name, detail))
}

pub(super) fn unserved_dial_plans(
    deployment: &Deployment,
    basis: &Basis,
    findings: &mut Vec<Finding>,
) {
    let mut unserved = Vec::new();
    for shift in basis.walked.all_shifts() {
        if !shift.is_served() {
            unserved.push((Number::new(shift.dial_plan), Number::new(shift.outage)));
        }
    }
    by_first(&mut unserved, &mut |dial_plan, outages| {
        let all_out = all_out(&outages, basis);
        let detail = format!("no member is left to enable when {all_out}");
        if let Some(DialPlan { name, .. }) = deployment.dial_plans.get(dial_plan) {
            findings.push(Finding::new(Rule::UnansweredName, name, detail));
        }
    });
    for DialPlan { name, members, .. } in &deployment.dial_plans {
        let mut enabled = 0;
        for member in members {
            enabled += usize::from(member.enabled);
        }
        if enabled == 0 && !members.is_empty() {
            let detail = "every member is disabled, so nobody takes its calls on any day";
            findings.push(Finding::new(Rule::UnansweredName, name, detail));
        }
    }
}

/// [`out`] of the outages of these numbers.
fn all_out(outages: &[usize], basis: &Basis) -> String {
    let mut causes = Vec::new();
    for outage in outages {
        causes.push(basis.cause(*outage));
    }
    let mut all = Vec::new();
    for cause in &causes {
        all.push(cause);
    }
    out(&all)
}
