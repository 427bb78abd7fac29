//! The files of each outage: failover and failback, by DNS and by dial plan.

use std::collections::BTreeMap;

use super::dial_plan::{self, Direction};
use super::dns::{self, Move};
use super::error::HandoffError;
use super::file::HandoffFile;
use super::options::HandoffOptions;
use super::server::{HandoffServer, HandoffServers};
use super::zone::Zones;
use crate::plan::{Outage, Plan};

/// Maximum number of outages with files of their own. The runbook states how many others the plan has.
pub(super) const MAX_OUTAGES: usize = 200;

/// An outage with something to do, and the files for it.
pub(super) struct OutageFiles {
    pub(super) outage: Outage,
    pub(super) failover: Vec<HandoffFile>,
    pub(super) failback: Vec<HandoffFile>,
}

/// Returns the files of the first outages of `plan` in which a name moves or a dial plan changes.
pub(super) fn outage_files(
    plan: &Plan,
    servers: &HandoffServers<'_>,
    options: &HandoffOptions,
) -> Result<Vec<OutageFiles>, HandoffError> {
    let zones = Zones::new(plan.deployment());
    let outages = plan.outages().filter(has_steps).take(MAX_OUTAGES);
    outages
        .enumerate()
        .map(|(index, outage)| files_of_outage(index + 1, outage, servers, &zones, options))
        .collect()
}

/// Returns `true` if a script can do something about `outage`.
pub(super) fn has_steps(outage: &Outage) -> bool {
    let changes_members = |change: &crate::plan::DialPlanChange| !change.enable.is_empty();
    !outage.routes.is_empty() || outage.dial_plans.iter().any(changes_members)
}

fn files_of_outage(
    number: usize,
    outage: Outage,
    servers: &HandoffServers<'_>,
    zones: &Zones<'_>,
    options: &HandoffOptions,
) -> Result<OutageFiles, HandoffError> {
    let prefix = format!("outage-{number:02}");
    let moves = dns::moves(&outage, servers);
    let (mut failover, mut failback) = (Vec::new(), Vec::new());
    if !moves.is_empty() {
        let path = format!("{prefix}-dns-failover.ps1");
        failover.push(dns::failover_script(path, &moves, zones)?);
        let path = format!("{prefix}-dns-failback.ps1");
        failback.push(dns::failback_script(path, &moves, zones)?);
    }
    for (direction, files) in [
        (Direction::Failover, &mut failover),
        (Direction::Failback, &mut failback),
    ] {
        let changes = &outage.dial_plans;
        let method = options.dial_plan_method;
        files.extend(dial_plan::change_scripts(
            &prefix, changes, servers, direction, method,
        )?);
    }
    Ok(OutageFiles {
        outage,
        failover,
        failback,
    })
}

/// Returns the servers whose names move, or to which names move, in any outage of `plan`: those whose addresses must be
/// known.
pub(super) fn moving_servers<'a>(
    plan: &Plan,
    servers: &'a HandoffServers<'a>,
) -> Vec<&'a HandoffServer<'a>> {
    let mut moving = BTreeMap::new();
    for outage in plan.outages() {
        for Move { owner, stand_in } in dns::moves(&outage, servers) {
            moving.insert(owner.fqdn(), owner);
            moving.insert(stand_in.fqdn(), stand_in);
        }
    }
    moving.into_values().collect()
}
