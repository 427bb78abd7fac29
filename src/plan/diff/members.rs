//! Changes of dial plan members.

use std::collections::BTreeMap;

use super::MigrationStep;
use crate::name::DnsName;
use crate::plan::Plan;

/// Whether each member is enabled, by dial plan and server.
type Members<'a> = BTreeMap<(&'a str, &'a DnsName), bool>;

/// Returns the steps from the members of the old plan to those of the new one. Members are enabled before
/// others are disabled or removed.
pub(super) fn diff(old: &Plan, new: &Plan) -> Vec<MigrationStep> {
    let (old_members, new_members) = (members(old), members(new));
    let changed = |(member, enabled): &(&_, &bool)| old_members.get(*member) != Some(*enabled);
    let (enabled, disabled): (Vec<_>, Vec<_>) = new_members
        .iter()
        .filter(changed)
        .partition(|(_, enabled)| **enabled);
    let removed = old_members
        .keys()
        .filter(|member| !new_members.contains_key(*member));

    let enable = enabled
        .into_iter()
        .map(|((dial_plan, server), _)| MigrationStep::Enable {
            dial_plan: (*dial_plan).to_owned(),
            server: (*server).clone(),
        });
    let disable = disabled
        .into_iter()
        .map(|((dial_plan, server), _)| MigrationStep::Disable {
            dial_plan: (*dial_plan).to_owned(),
            server: (*server).clone(),
        });
    let remove = removed.map(|(dial_plan, server)| MigrationStep::RemoveMember {
        dial_plan: (*dial_plan).to_owned(),
        server: (*server).clone(),
    });
    enable.chain(disable).chain(remove).collect()
}

fn members(plan: &Plan) -> Members<'_> {
    let topology = &plan.topology;
    let mut members = Members::new();
    for dial_plan in &topology.dial_plans {
        for (servers, is_enabled) in [(&dial_plan.enabled, true), (&dial_plan.disabled, false)] {
            let servers = servers.iter().map(|server| topology.fqdn(*server));
            members.extend(servers.map(|server| ((dial_plan.name.as_str(), server), is_enabled)));
        }
    }
    members
}
