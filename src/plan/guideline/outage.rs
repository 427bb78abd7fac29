//! What the outages show.

use std::collections::{BTreeMap, HashSet};

use crate::deployment::{Deployment, Directory};
use crate::name::DnsName;
use crate::plan::outage::out;
use crate::plan::{Answer, Outage, OutageCause};
use crate::rule::{Finding, Rule};

/// Each stand-alone server that some outage brings a name to.
pub(super) fn san_ignored(directory: &Directory<'_>, outages: &[Outage]) -> Vec<Finding> {
    let servers = directory.servers.iter().map(|listed| listed.server);
    let alone: HashSet<&DnsName> = servers
        .filter(|it| it.is_stand_alone())
        .map(|it| &it.fqdn)
        .collect();
    if alone.is_empty() {
        return Vec::new();
    }
    let mut brought: BTreeMap<&DnsName, (&DnsName, &OutageCause)> = BTreeMap::new();
    for outage in outages {
        for route in &outage.routes {
            if let Answer::Server { server, .. } = &route.answer
                && alone.contains(server)
            {
                brought
                    .entry(server)
                    .or_insert((&route.name, &outage.cause));
            }
        }
    }
    let finding = |(server, (name, cause)): (&DnsName, (&DnsName, &OutageCause))| {
        let detail = format!(
            "{name} points here when {}, and a stand-alone UM server does not use the SAN",
            out(&[cause])
        );
        Finding::new(Rule::SanIgnoredStandAlone, server, detail)
    };
    brought.into_iter().map(finding).collect()
}

/// One finding a name, however many outages show it.
pub(super) fn unanswered_names(outages: &[Outage]) -> Vec<Finding> {
    let mut unanswered: BTreeMap<&DnsName, (Vec<&OutageCause>, &Answer)> = BTreeMap::new();
    for outage in outages {
        for route in &outage.routes {
            if !matches!(route.answer, Answer::Server { .. }) {
                let entry = unanswered.entry(&route.name);
                let (causes, _) = entry.or_insert_with(|| (Vec::new(), &route.answer));
                causes.push(&outage.cause);
            }
        }
    }
    let finding = |(name, (causes, answer)): (&DnsName, (Vec<&OutageCause>, &Answer))| {
        let why = match answer {
            Answer::DeadEnd(last) if last == name => {
                "its name is redirected to no server".to_owned()
            }
            Answer::DeadEnd(last) => format!("its redirects end at {last}, which is out too"),
            _ => "its redirects run in a loop of servers that are out".to_owned(),
        };
        let detail = format!("nobody answers to this name when {}: {why}", out(&causes));
        Finding::new(Rule::UnansweredName, name, detail)
    };
    unanswered.into_iter().map(finding).collect()
}

pub(super) fn unserved_dial_plans(deployment: &Deployment, outages: &[Outage]) -> Vec<Finding> {
    let mut unserved: BTreeMap<&str, Vec<&OutageCause>> = BTreeMap::new();
    for outage in outages {
        for shift in outage.dial_plans.iter().filter(|shift| !shift.is_served()) {
            unserved
                .entry(&shift.dial_plan)
                .or_default()
                .push(&outage.cause);
        }
    }
    let mut findings: Vec<Finding> = unserved
        .into_iter()
        .map(|(dial_plan, causes)| {
            let detail = format!("no member is left to enable when {}", out(&causes));
            Finding::new(Rule::UnansweredName, dial_plan, detail)
        })
        .collect();
    let dial_plans = deployment.dial_plans.iter();
    let asleep =
        dial_plans.filter(|it| !it.members.is_empty() && it.members.iter().all(|m| !m.enabled));
    findings.extend(asleep.map(|dial_plan| {
        let detail = "every member is disabled, so nobody takes its calls on any day";
        Finding::new(Rule::UnansweredName, &dial_plan.name, detail)
    }));
    findings
}
