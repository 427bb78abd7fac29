//! The input of the guidelines.

use crate::deployment::Deployment;
use crate::deployment::options::PlanOptions;
use crate::plan::certificate::PlannedCertificate;
use crate::plan::outage::Outage;
use crate::plan::topology::Topology;

/// A deployment with its planned outages and certificates.
pub(in crate::plan) struct PlanContext<'a> {
    pub(in crate::plan) deployment: &'a Deployment,
    pub(in crate::plan) topology: &'a Topology,
    pub(in crate::plan) outages: &'a [Outage],
    /// The certificates of each server set.
    pub(in crate::plan) certificates: &'a [Vec<PlannedCertificate>],
    /// The certificates of the Front Ends of each pool. Empty if the plan does not cover them.
    pub(in crate::plan) front_ends: &'a [Vec<PlannedCertificate>],
    pub(in crate::plan) options: &'a PlanOptions,
}
