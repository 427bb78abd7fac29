//! The scripts of a failover by dial plan (D81 to D86).

use super::error::HandoffError;
use super::file::HandoffFile;
use super::generation::Generation;
use super::options::DialPlanMethod;
use super::script::{Argument, EXCHANGE_SHELL, Script};
use super::server::{HandoffServer, HandoffServers};
use crate::deployment::DialPlan;
use crate::name::DnsName;
use crate::plan::DialPlanChange;

const MEMBERS_2010: &str = include_str!("powershell/dial-plan-2010.ps1");
const MEMBERS_BY_STATE: &str = include_str!("powershell/dial-plan-state.ps1");
const MEMBERS_BY_MEMBERSHIP: &str = include_str!("powershell/dial-plan-membership.ps1");
const MEMBERSHIP_2010: &str = include_str!("powershell/membership-2010.ps1");
const MEMBERSHIP_2013: &str = include_str!("powershell/membership-2013.ps1");

/// A direction of a failover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Failover,
    Failback,
}

impl Direction {
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Failover => "failover",
            Self::Failback => "failback",
        }
    }
}

/// A server of a dial plan that a script enables or disables.
struct Member<'a> {
    server: &'a HandoffServer<'a>,
    dial_plan: &'a str,
    /// `true` if the server is down during the script.
    is_out: bool,
}

/// Returns one script for each generation of Exchange whose servers are members of a changed dial plan. Servers are
/// enabled before others are disabled, so that the dial plan always has a server.
pub(super) fn change_scripts(
    outage_file: &str,
    changes: &[DialPlanChange],
    servers: &HandoffServers<'_>,
    direction: Direction,
    method: DialPlanMethod,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let is_failover = direction == Direction::Failover;
    let down = |change| members(change, &change.disable, servers, is_failover);
    let stand_bys = |change| members(change, &change.enable, servers, false);
    let (mut enabled, mut disabled) = (Vec::new(), Vec::new());
    for change in changes {
        enabled.extend(if is_failover {
            stand_bys(change)
        } else {
            down(change)
        });
        disabled.extend(if is_failover {
            down(change)
        } else {
            stand_bys(change)
        });
    }
    let direction = direction.id();
    let prefix = format!("{outage_file}-dial-plan-{direction}");
    scripts(
        &prefix,
        method,
        &[("Enable-Member", enabled), ("Disable-Member", disabled)],
    )
}

/// Returns the scripts that disable the stand-bys of `dial_plans`, to be run before any outage.
pub(super) fn stand_by_scripts(
    dial_plans: &[DialPlan],
    servers: &HandoffServers<'_>,
    method: DialPlanMethod,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let stand_bys = dial_plans.iter().flat_map(|dial_plan| {
        let disabled = dial_plan.members.iter().filter(|member| !member.enabled);
        disabled.filter_map(|member| {
            Some(Member {
                server: servers.get(&member.server)?,
                dial_plan: &dial_plan.name,
                is_out: false,
            })
        })
    });
    scripts(
        "dial-plan-stand-bys",
        method,
        &[("Disable-Member", stand_bys.collect())],
    )
}

/// Returns one script for each generation of Exchange with a member: the calls of each function, in order.
fn scripts(
    prefix: &str,
    method: DialPlanMethod,
    calls: &[(&'static str, Vec<Member<'_>>)],
) -> Result<Vec<HandoffFile>, HandoffError> {
    let mut files = Vec::new();
    for generation in Generation::ALL {
        let is_of_generation = |member: &&Member<'_>| member.server.generation() == generation;
        let mut members = calls.iter().flat_map(|(_, members)| members);
        if !members.any(|member| is_of_generation(&member)) {
            continue;
        }
        let mut script = Script::new(&[EXCHANGE_SHELL]);
        script.add_all(&member_functions(generation, method));
        for (function, members) in calls {
            for member in members.iter().filter(is_of_generation) {
                add_member(&mut script, function, member)?;
            }
        }
        let suffix = generation.file_suffix();
        files.push(script.into_file(format!("{prefix}-{suffix}.ps1")));
    }
    Ok(files)
}

fn members<'a>(
    change: &'a DialPlanChange,
    names: &[DnsName],
    servers: &'a HandoffServers<'a>,
    is_out: bool,
) -> Vec<Member<'a>> {
    let found = names.iter().filter_map(|name| servers.get(name));
    found
        .map(|server| Member {
            server,
            dial_plan: &change.dial_plan,
            is_out,
        })
        .collect()
}

/// Returns the parts of a script that define `Enable-Member` and `Disable-Member`.
fn member_functions(generation: Generation, method: DialPlanMethod) -> Vec<&'static str> {
    match (generation.has_call_router(), method) {
        (false, _) => vec![MEMBERS_2010],
        (true, DialPlanMethod::ComponentState) => vec![MEMBERS_BY_STATE],
        (true, DialPlanMethod::Membership) => vec![MEMBERSHIP_2013, MEMBERS_BY_MEMBERSHIP],
    }
}

/// The place of a server in a dial plan, to which a change leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Membership {
    Enabled,
    Disabled,
    None,
}

/// Returns the script that gives `server` its place in a dial plan. The server is disabled before it joins, and joins
/// before it is enabled.
pub(super) fn membership_script(
    server: &HandoffServer<'_>,
    dial_plan: &str,
    membership: Membership,
) -> Result<HandoffFile, HandoffError> {
    let generation = server.generation();
    let mut script = Script::new(&[EXCHANGE_SHELL]);
    script.add(if generation.has_call_router() {
        MEMBERSHIP_2013
    } else {
        MEMBERSHIP_2010
    });
    script.add_all(&member_functions(
        generation,
        DialPlanMethod::ComponentState,
    ));
    let member = Member {
        server,
        dial_plan,
        is_out: false,
    };
    if membership == Membership::Disabled {
        add_member(&mut script, "Disable-Member", &member)?;
    }
    add_membership(&mut script, &member, membership != Membership::None)?;
    if membership == Membership::Enabled {
        add_member(&mut script, "Enable-Member", &member)?;
    }
    Ok(script.into_file(format!("dial-plan-{}.ps1", generation.file_suffix())))
}

fn add_membership(
    script: &mut Script,
    member: &Member<'_>,
    is_member: bool,
) -> Result<(), HandoffError> {
    let server = member.server;
    script.call(
        "Set-Membership",
        &[
            ("Server", Argument::Text(&server.server.netbios_name())),
            ("Fqdn", Argument::Text(server.fqdn().as_str())),
            ("DialPlan", Argument::Text(member.dial_plan)),
            (
                "ExchangeService",
                Argument::Texts(server.exchange_services()),
            ),
            ("IsMember", Argument::Bool(is_member)),
        ],
    )
}

fn add_member(
    script: &mut Script,
    function: &'static str,
    member: &Member<'_>,
) -> Result<(), HandoffError> {
    let server = member.server;
    script.call(
        function,
        &[
            ("Server", Argument::Text(&server.server.netbios_name())),
            ("Fqdn", Argument::Text(server.fqdn().as_str())),
            ("DialPlan", Argument::Text(member.dial_plan)),
            (
                "ExchangeService",
                Argument::Texts(server.exchange_services()),
            ),
            ("IsOut", Argument::Bool(member.is_out)),
        ],
    )
}
