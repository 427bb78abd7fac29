//! Changes of dial plan members.

use std::collections::BTreeMap;

use super::migration_step::MigrationStep;
use crate::name::DnsName;
use crate::plan::Plan;

/// The members by dial plan and server: `true` if the member is enabled.
type Members<'a> = BTreeMap<(&'a str, &'a DnsName), bool>;

/// Returns the steps from the members of the old plan to those of the new one. Members are enabled before
/// others are disabled or removed.
pub(super) fn diff(old: &Plan, new: &Plan) -> Vec<MigrationStep> {
    let (old_members, new_members) = (members(old), members(new));
    let mut changed = new_members.clone();
    changed.retain(|member, is_enabled| old_members.get(member) != Some(is_enabled));
    let mut removed = old_members;
    removed.retain(|member, _| !new_members.contains_key(member));

    let (mut enable, mut disable) = (Vec::new(), Vec::new());
    for ((dial_plan, server), is_enabled) in changed {
        let (dial_plan, server) = (dial_plan.to_owned(), server.clone());
        if is_enabled {
            enable.push(MigrationStep::Enable { dial_plan, server });
        } else {
            disable.push(MigrationStep::Disable { dial_plan, server });
        }
    }
    let remove = removed
        .into_keys()
        .map(|(dial_plan, server)| MigrationStep::RemoveMember {
            dial_plan: dial_plan.to_owned(),
            server: server.clone(),
        });
    enable.into_iter().chain(disable).chain(remove).collect()
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
