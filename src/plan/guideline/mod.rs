//! The guidelines that a deployment and its plan are held against, one small check a rule.

mod dial_plan;
mod outage;
mod server;
mod set;

use std::collections::HashSet;

use super::basis::Basis;
use super::{CertificateSharing, PlanOptions, PlannedCertificate};
use crate::deployment::{Deployment, Directory, ExchangeForest, ExchangeVersion, VoipSecurity};
use crate::rule::{Finding, Rule};

/// What the checks look at.
struct Facts<'a> {
    directory: &'a Directory<'a>,
    options: &'a PlanOptions,
    /// For each server whether it is a member of a dial plan, and of one that is secured.
    membership: Vec<Membership>,
    /// The names of Lync's dial plans in lower case: Active Directory compares names without case.
    lync_dial_plans: HashSet<String>,
}

#[derive(Clone, Copy, Default)]
struct Membership {
    any: bool,
    secured: bool,
}

/// Everything that the deployment and its plan break of the guidelines, in the order of a report.
pub(super) fn check(
    directory: &Directory<'_>,
    certificates: &[PlannedCertificate],
    basis: &Basis,
    options: &PlanOptions,
) -> Vec<Finding> {
    let deployment = directory.deployment;
    let facts = Facts {
        directory,
        options,
        membership: memberships(directory),
        lync_dial_plans: lync_dial_plans(deployment),
    };
    let mut findings = Vec::new();
    findings.extend(no_lync_pool(deployment));
    check_forests(&facts, &mut findings);
    let mut certificates = certificates.iter();
    let mut members = facts.membership.iter().enumerate();
    for set in &deployment.server_sets {
        let count = match options.sharing {
            CertificateSharing::OnePerServer => set.servers.len(),
            CertificateSharing::OnePerSet => 1,
        };
        let (of_set, rest) = certificates
            .as_slice()
            .split_at_checked(count)
            .unwrap_or_default();
        certificates = rest.iter();
        set::check(set, of_set, options, &mut findings);
        for (server, (number, membership)) in set.servers.iter().zip(&mut members) {
            server::check(&facts, number, server, *membership, &mut findings);
        }
    }
    for (dial_plan, members) in deployment.dial_plans.iter().zip(&*directory.dial_plans) {
        dial_plan::check(&facts, dial_plan, members, &mut findings);
    }
    outage::san_ignored(directory, basis, &mut findings);
    outage::unanswered_names(basis, &mut findings);
    outage::unserved_dial_plans(deployment, basis, &mut findings);
    Finding::arrange(&mut findings);
    findings
}

/// None are needed where no forest asks for them.
fn lync_dial_plans(deployment: &Deployment) -> HashSet<String> {
    let mut forests = deployment.exchange.iter();
    let mut names = HashSet::new();
    if forests.any(|it| dial_plan::needs_coordination(it.version)) {
        for name in &deployment.lync.dial_plans {
            names.insert(name.to_lowercase());
        }
    }
    names
}

fn memberships(directory: &Directory<'_>) -> Vec<Membership> {
    let mut memberships = vec![Membership::default(); directory.servers.len()];
    let dial_plans = directory.deployment.dial_plans.iter();
    for (dial_plan, members) in dial_plans.zip(&*directory.dial_plans) {
        for number in members.all() {
            if let Some(membership) = memberships.get_mut(number.get()) {
                membership.any = true;
                membership.secured |= dial_plan.security != VoipSecurity::Unsecured;
            }
        }
    }
    memberships
}

fn no_lync_pool(deployment: &Deployment) -> Option<Finding> {
    let lync = &deployment.lync;
    lync.pools.is_empty().then(|| {
        let detail = "the Lync side has neither a Front End pool nor a Standard Edition server";
        Finding::new(Rule::NoLyncPool, &lync.forest, detail)
    })
}

/// Only forests that some UM server lives in matter.
fn check_forests(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let forests = &facts.directory.deployment.exchange;
    let mut servers = vec![(0, false); forests.len()];
    let listed = &facts.directory.servers;
    for (number, traits) in listed.traits().iter().enumerate() {
        if let Some((count, has_mailbox)) = servers.get_mut(listed.forest(number)) {
            *count += 1;
            *has_mailbox = *has_mailbox || traits.has_mailbox();
        }
    }
    for (forest, (count, has_mailbox)) in forests.iter().zip(&servers) {
        if *count > 0 {
            check_forest(facts, forest, *count, *has_mailbox, findings);
        }
    }
}

fn check_forest(
    facts: &Facts<'_>,
    forest: &ExchangeForest,
    servers: usize,
    has_mailbox: bool,
    findings: &mut Vec<Finding>,
) {
    let ExchangeForest {
        forest: name,
        version,
        trusts_lync,
        trusted_by_lync,
        um_settings_in_lync_forest,
    } = forest;
    let (deployment, options) = (facts.directory.deployment, facts.options);
    let mut find = |rule, detail: String| findings.push(Finding::new(rule, name, detail));

    if *version >= ExchangeVersion::Exchange2013 && !has_mailbox {
        let detail = format!(
            "none of the {servers} UM servers of this {version} forest has the Mailbox role"
        );
        find(Rule::NoMailboxRole, detail);
    }
    if *version <= ExchangeVersion::Exchange2013 && options.key.rsa_bits().is_none() {
        let detail = format!(
            "the plan is for {} keys, and {version} serves RSA keys only",
            options.key
        );
        find(Rule::KeyNotRsa, detail);
    }
    if deployment.is_cross_forest(name) {
        let lync = &deployment.lync.forest;
        if !trusts_lync {
            find(
                Rule::ForestTrustMissing,
                format!("this forest does not trust the Lync forest {lync}"),
            );
        }
        if !trusted_by_lync {
            find(
                Rule::ForestTrustMissing,
                format!("the Lync forest {lync} does not trust this forest"),
            );
        }
        if !um_settings_in_lync_forest {
            let detail = format!(
                "the users' UM settings are not set on their user objects in the Lync forest {lync}"
            );
            find(Rule::UmSettingsNotInLyncForest, detail);
        }
    }
}
