//! The guidelines that a deployment and its plan should follow: one function for each rule.

mod call_order;
mod certificates;
mod context;
mod dial_plan;
mod forest;
mod media;
mod outage;
mod pool;
mod runbook;
mod server;
mod set;

pub(super) use self::context::PlanContext;
use crate::rule::Finding;

/// Returns every breach of a guideline, errors first.
pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let mut findings = [
        dial_plan::check(context),
        forest::check(context),
        set::check(context),
        pool::check(context),
        server::check(context),
        outage::check(context),
        call_order::check(context),
        media::check(context.deployment),
        runbook::check(context.deployment),
    ]
    .concat();
    findings.sort();
    findings.dedup();
    findings
}
