//! The guideline for the encryption of media.

use crate::deployment::{Deployment, DialPlan, FrontEndPool, MediaEncryption, VoipSecurity};
use crate::rule::{Finding, Rule};

pub(super) fn check(deployment: &Deployment) -> Vec<Finding> {
    let mut pools = deployment.lync.pools.iter();
    let Some(pool) = pools.find(|pool| pool.encryption == Some(MediaEncryption::Require)) else {
        return Vec::new();
    };
    let dial_plans = deployment.dial_plans.iter();
    dial_plans
        .filter_map(|dial_plan| check_security(dial_plan, pool))
        .collect()
}

/// Checks that a dial plan encrypts media if `pool` requires that (D54). *Not* checked: a pool that does not say what it
/// requires.
fn check_security(dial_plan: &DialPlan, pool: &FrontEndPool) -> Option<Finding> {
    let detail = format!(
        "its VoIP security is SIP Secured, and the pool {} requires encryption of media",
        pool.fqdn,
    );
    (dial_plan.security == VoipSecurity::SipSecured)
        .then(|| Finding::new(Rule::SecurityIncompatible, &dial_plan.name, detail))
}
