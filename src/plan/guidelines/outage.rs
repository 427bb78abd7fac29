//! Guidelines for outages.

use std::collections::{BTreeMap, HashMap};

use super::context::PlanContext;
use crate::deployment::{Deployment, DialPlan};
use crate::name::DnsName;
use crate::plan::outage::{Outage, OutageCause, RouteTarget, describe_outages};
use crate::rule::{Finding, Rule};

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let mut findings = check_stand_alone_servers(context.deployment, context.outages);
    findings.extend(check_names(context.outages));
    findings.extend(check_dial_plans(context.outages));
    findings.extend(
        context
            .deployment
            .dial_plans
            .iter()
            .filter_map(check_enabled_members),
    );
    findings
}

/// Checks that no name moves to a stand-alone UM server, which does not use the SAN (D17). Reports the first
/// outage that moves one.
fn check_stand_alone_servers(deployment: &Deployment, outages: &[Outage]) -> Vec<Finding> {
    let mut first_moves: HashMap<&DnsName, (&DnsName, &OutageCause)> = HashMap::new();
    for outage in outages {
        for route in &outage.routes {
            if let RouteTarget::Server { server, .. } = &route.answer {
                first_moves
                    .entry(server)
                    .or_insert((&route.name, &outage.cause));
            }
        }
    }
    let stand_alone = deployment
        .servers()
        .filter(|server| server.is_stand_alone());
    stand_alone
        .filter_map(|server| {
            let (name, cause) = first_moves.get(&server.fqdn)?;
            let detail = format!(
                "{name} points here when {}, and a stand-alone UM server does not use the SAN",
                describe_outages(&[cause]),
            );
            Some(Finding::new(
                Rule::SanIgnoredStandAlone,
                &server.fqdn,
                detail,
            ))
        })
        .collect()
}

/// Checks that a server answers to each name that moves (D3). Reports each name once, with all its outages.
fn check_names(outages: &[Outage]) -> Vec<Finding> {
    let mut unanswered: BTreeMap<&DnsName, Vec<(&OutageCause, &RouteTarget)>> = BTreeMap::new();
    for outage in outages {
        for route in &outage.routes {
            if !matches!(route.answer, RouteTarget::Server { .. }) {
                unanswered
                    .entry(&route.name)
                    .or_default()
                    .push((&outage.cause, &route.answer));
            }
        }
    }
    unanswered
        .into_iter()
        .map(|(name, outages)| {
            let (causes, targets): (Vec<_>, Vec<_>) = outages.into_iter().unzip();
            let why = match targets[0] {
                RouteTarget::DeadEnd(last) if last == name => "its name has no redirect".to_owned(),
                RouteTarget::DeadEnd(last) => {
                    format!("its redirects end at {last}, which is also out")
                }
                _ => "its redirects run in a loop of servers that are out".to_owned(),
            };
            let when = describe_outages(&causes);
            let detail = format!("no server answers to this name when {when}: {why}");
            Finding::new(Rule::UnansweredName, name, detail)
        })
        .collect()
}

/// Checks that each dial plan keeps a member that takes its calls (D4). Reports each dial plan once, with all its
/// outages.
fn check_dial_plans(outages: &[Outage]) -> Vec<Finding> {
    let mut unserved: BTreeMap<&str, Vec<&OutageCause>> = BTreeMap::new();
    for outage in outages {
        for change in outage
            .dial_plans
            .iter()
            .filter(|change| !change.is_served())
        {
            unserved
                .entry(&change.dial_plan)
                .or_default()
                .push(&outage.cause);
        }
    }
    unserved
        .into_iter()
        .map(|(dial_plan, causes)| {
            let when = describe_outages(&causes);
            let detail = format!("no member is left to enable when {when}");
            Finding::new(Rule::UnansweredName, dial_plan, detail)
        })
        .collect()
}

/// Checks that a dial plan with members has an enabled one.
fn check_enabled_members(dial_plan: &DialPlan) -> Option<Finding> {
    let are_all_disabled = dial_plan.members.iter().all(|member| !member.enabled);
    let detail = "every member is disabled, so no server takes its calls";
    (are_all_disabled && !dial_plan.members.is_empty())
        .then(|| Finding::new(Rule::UnansweredName, &dial_plan.name, detail))
}
