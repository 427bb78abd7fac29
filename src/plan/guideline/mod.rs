//! The guidelines that a deployment and its plan are held against, one small check a rule.

mod dial_plan;
mod outage;
mod server;
mod set;

use super::basis::Basis;
use super::{CertificateSharing, PlanOptions, PlannedCertificate};
use crate::deployment::{
    Deployment, DialPlan, Directory, ExchangeForest, ExchangeVersion, Members, VoipSecurity,
};
use crate::index::Texts;
use crate::rule::{Finding, Rule};

/// What the checks look at.
struct Facts<'a> {
    directory: &'a Directory<'a>,
    options: &'a PlanOptions,
    /// For each server whether it is a member of a dial plan, and of one that is secured.
    membership: Vec<u8>,
    /// The names of Lync's dial plans in lower case: Active Directory compares names without case.
    lync_dial_plans: Texts<'a>,
}

/// A member of no dial plan, of some, and of one that is secured.
const NO_MEMBER: u8 = 0;
const MEMBER: u8 = 1;
const SECURED_MEMBER: u8 = 2;

/// Everything that the deployment and its plan break of the guidelines, in the order of a report.
pub(super) fn check(
    directory: &Directory<'_>,
    certificates: &[PlannedCertificate],
    basis: &Basis,
    options: &PlanOptions,
) -> Vec<Finding> {
    let deployment = directory.deployment;
    let lync_dial_plans = lync_dial_plans(deployment);
    let mut facts = Facts {
        directory,
        options,
        membership: vec![NO_MEMBER; directory.servers.len()],
        lync_dial_plans: Texts::default(),
    };
    for name in &lync_dial_plans {
        facts.lync_dial_plans.insert(name);
    }
    let mut findings = Vec::new();
    for (position, members) in directory.dial_plans.iter().enumerate() {
        if let Some(dial_plan) = deployment.dial_plans.get(position) {
            add_members(&mut facts, dial_plan, members);
            dial_plan::check(&facts, dial_plan, members, &mut findings);
        }
    }
    let lync = &deployment.lync;
    if lync.pools.is_empty() {
        let detail = "the Lync side has neither a Front End pool nor a Standard Edition server";
        findings.push(Finding::new(Rule::NoLyncPool, &lync.forest, detail));
    }
    check_forests(&facts, &mut findings);
    let (mut number, mut first) = (0, 0);
    for set in &deployment.server_sets {
        let behind = match options.sharing {
            CertificateSharing::OnePerServer => first + set.servers.len(),
            CertificateSharing::OnePerSet => first + 1,
        };
        let of_set = certificates.get(first..behind).unwrap_or_default();
        first = behind;
        set::check(set, of_set, options, &mut findings);
        for server in &set.servers {
            server::check(&facts, number, server, &mut findings);
            number += 1;
        }
    }
    outage::san_ignored(directory, basis, &mut findings);
    outage::unanswered_names(basis, &mut findings);
    outage::unserved_dial_plans(deployment, basis, &mut findings);
    findings.sort();
    findings.dedup();
    findings
}

/// In lower case. None are needed where no forest asks for them.
fn lync_dial_plans(deployment: &Deployment) -> Vec<String> {
    let mut names = Vec::new();
    let mut are_needed = false;
    for forest in &deployment.exchange {
        are_needed |= dial_plan::needs_coordination(forest.version);
    }
    if are_needed {
        for name in &deployment.lync.dial_plans {
            names.push(name.to_lowercase());
        }
    }
    names
}

/// Notes who is a member of a dial plan.
fn add_members(facts: &mut Facts<'_>, dial_plan: &DialPlan, members: &Members) {
    let new = match dial_plan.security {
        VoipSecurity::Unsecured => MEMBER,
        _ => SECURED_MEMBER,
    };
    for number in members.all() {
        if let Some(membership) = facts.membership.get_mut(number.get()) {
            *membership = new.max(*membership);
        }
    }
}

/// Only forests that some UM server lives in matter.
fn check_forests(facts: &Facts<'_>, findings: &mut Vec<Finding>) {
    let forests = &facts.directory.deployment.exchange;
    let servers = &facts.directory.servers;
    let mut counts = vec![0; forests.len()];
    let mut have_mailbox = vec![false; forests.len()];
    for number in 0..servers.len() {
        let forest = servers.forest(number);
        if let (Some(count), Some(has_mailbox)) =
            (counts.get_mut(forest), have_mailbox.get_mut(forest))
        {
            *count += 1;
            *has_mailbox |= servers.traits_of(number).has_mailbox();
        }
    }
    for (number, forest) in forests.iter().enumerate() {
        if let (Some(count), Some(has_mailbox)) = (counts.get(number), have_mailbox.get(number))
            && *count > 0
        {
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
            "none of the {servers} UM servers of this {} forest has the Mailbox role",
            version.product_name()
        );
        find(Rule::NoMailboxRole, detail);
    }
    if *version <= ExchangeVersion::Exchange2013 && options.key.rsa_bits().is_none() {
        let detail = format!(
            "the plan is for {} keys, and {} serves RSA keys only",
            options.key,
            version.product_name()
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
