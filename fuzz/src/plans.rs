//! The laws of an accepted deployment and its plans.

use umcert::{Deployment, Plan};

use crate::certificates::assert_certificates;
use crate::diff::assert_way;
use crate::outages::assert_outages;
use crate::variant::Variant;

/// More servers than this only slow a run down, because a plan names each server of a set in each certificate.
const MAX_SERVERS: usize = 200;

/// Checks `deployment`, which was read from text, against every law.
pub fn assert_lawful(deployment: &Deployment) {
    if deployment.servers().count() > MAX_SERVERS {
        return;
    }
    assert_eq!(deployment.validate(), Ok(()), "reading checks");
    assert_round_trip(deployment);
    let mut previous: Option<Plan> = None;
    for variant in Variant::all() {
        let plan = variant.plan(deployment);
        assert_eq!(plan, variant.plan(deployment), "planning is pure");
        assert_shown(&plan);
        assert_certificates(deployment, &plan, variant);
        assert_outages(deployment, &plan, variant.outages);
        assert_way(previous.as_ref().unwrap_or(&plan), &plan);
        previous = Some(plan);
    }
}

fn assert_round_trip(deployment: &Deployment) {
    let json = serde_json::to_string(deployment).expect("a deployment serialises");
    let read: Deployment = serde_json::from_str(&json).expect("what was written reads back");
    assert_eq!(*deployment, read, "{json}");
}

fn assert_shown(plan: &Plan) {
    assert!(plan.to_string().starts_with("Plan: "));
    serde_json::to_string(plan).expect("a plan serialises");
    assert!(plan.findings().is_sorted(), "worst first");
}
