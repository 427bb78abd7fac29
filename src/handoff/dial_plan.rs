//! The scripts of a failover by dial plan (D81 to D86).

use std::collections::BTreeMap;

use super::error::HandoffError;
use super::file::HandoffFile;
use super::generation::Generation;
use super::options::DialPlanMethod;
use super::script::{Argument, EXCHANGE_SHELL, Script};
use super::server::{HandoffServer, HandoffServers};
use super::shell::Shell;
use crate::deployment::DialPlan;
use crate::name::DnsName;
use crate::plan::DialPlanChange;

const MEMBERS_2010: &str = include_str!("powershell/dial-plan-2010.ps1");
const MEMBERS_BY_STATE: &str = include_str!("powershell/dial-plan-state.ps1");
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

/// The place of a server in a dial plan, to which a script leads. In the order in which a script reaches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Membership {
    Enabled,
    Disabled,
    None,
}

/// A server of a dial plan whose place changes.
struct Member<'a> {
    server: &'a HandoffServer<'a>,
    dial_plan: &'a str,
    /// `true` if the server is down during the script.
    is_out: bool,
    membership: Membership,
}

impl Member<'_> {
    /// Returns `true` if the server joins and leaves the dial plan, instead of being switched as a whole. That is the
    /// only way for a server that is enabled in one dial plan and disabled in another: the switch would take it away
    /// from both.
    fn moves_by_membership(&self, method: DialPlanMethod) -> bool {
        let has_choice = self.server.generation().has_call_router();
        self.server.is_in_both_states || (has_choice && method == DialPlanMethod::Membership)
    }
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
    let (of_outage, of_stand_bys) = if is_failover {
        (Membership::Disabled, Membership::Enabled)
    } else {
        (Membership::Enabled, Membership::Disabled)
    };
    let mut members: Vec<Member<'_>> = Vec::new();
    for change in changes {
        let dial_plan = change.dial_plan.as_str();
        let place =
            |names, is_out, membership| members_of(dial_plan, names, servers, is_out, membership);
        members.extend(place(&change.disable, is_failover, of_outage));
        members.extend(place(&change.enable, false, of_stand_bys));
    }
    members.sort_by_key(|member| member.membership);
    let direction = direction.id();
    let prefix = format!("{outage_file}-dial-plan-{direction}");
    scripts(&prefix, method, &members)
}

/// Returns the scripts that disable the stand-bys of `dial_plans`, to be run before any outage.
pub(super) fn stand_by_scripts(
    dial_plans: &[DialPlan],
    servers: &HandoffServers<'_>,
    method: DialPlanMethod,
) -> Result<Vec<HandoffFile>, HandoffError> {
    let stand_bys = dial_plans.iter().flat_map(|dial_plan| {
        let disabled = dial_plan.members.iter().filter(|member| !member.enabled);
        let disabled = disabled.map(|member| &member.server);
        let place = Membership::Disabled;
        members_of(&dial_plan.name, disabled, servers, false, place)
    });
    let stand_bys: Vec<Member<'_>> = stand_bys.collect();
    scripts("dial-plan-stand-bys", method, &stand_bys)
}

/// Returns one script for each shell that manages a member: the changes in order. Scripts that enable servers come
/// first.
fn scripts(
    prefix: &str,
    method: DialPlanMethod,
    members: &[Member<'_>],
) -> Result<Vec<HandoffFile>, HandoffError> {
    let mut by_shell: BTreeMap<Shell<'_>, Vec<&Member<'_>>> = BTreeMap::new();
    for member in members {
        by_shell
            .entry(member.server.shell)
            .or_default()
            .push(member);
    }
    let mut by_shell: Vec<(Shell<'_>, Vec<&Member<'_>>)> = by_shell.into_iter().collect();
    by_shell.sort_by_key(|(_, members)| members.iter().map(|member| member.membership).min());
    let mut files = Vec::new();
    for (shell, members) in by_shell {
        let mut script = new_script(shell.generation, method, &members);
        for member in members {
            if member.moves_by_membership(method) {
                let is_member = member.membership == Membership::Enabled;
                add_membership(&mut script, member, is_member)?;
            } else {
                add_switch(&mut script, member)?;
            }
        }
        files.push(script.into_file(format!("{prefix}-{shell}.ps1")));
    }
    Ok(files)
}

/// Returns a script with the functions that the changes of `members` call.
fn new_script(generation: Generation, method: DialPlanMethod, members: &[&Member<'_>]) -> Script {
    let mut script = Script::new(&[EXCHANGE_SHELL]);
    let mut members = members.iter();
    if members
        .clone()
        .any(|member| member.moves_by_membership(method))
    {
        script.add(membership_function(generation));
    }
    if members.any(|member| !member.moves_by_membership(method)) {
        script.add(switch_functions(generation));
    }
    script
}

fn members_of<'a>(
    dial_plan: &'a str,
    names: impl IntoIterator<Item = &'a DnsName>,
    servers: &'a HandoffServers<'a>,
    is_out: bool,
    membership: Membership,
) -> impl Iterator<Item = Member<'a>> {
    let found = names.into_iter().filter_map(|name| servers.get(name));
    found.map(move |server| Member {
        server,
        dial_plan,
        is_out,
        membership,
    })
}

/// Returns the part of a script that defines `Set-Membership` (D52, D84).
fn membership_function(generation: Generation) -> &'static str {
    if generation.has_call_router() {
        MEMBERSHIP_2013
    } else {
        MEMBERSHIP_2010
    }
}

/// Returns the part of a script that defines `Enable-Member` and `Disable-Member`: the switch of the whole server
/// (D81), and since 2013 the state of a component (D83).
fn switch_functions(generation: Generation) -> &'static str {
    if generation.has_call_router() {
        MEMBERS_BY_STATE
    } else {
        MEMBERS_2010
    }
}

/// Returns the script that gives `server` its place in a dial plan. A stand-by is disabled before it joins, and any
/// other server joins before it is enabled.
pub(super) fn membership_script(
    server: &HandoffServer<'_>,
    dial_plan: &str,
    membership: Membership,
    method: DialPlanMethod,
) -> Result<HandoffFile, HandoffError> {
    let generation = server.generation();
    let member = Member {
        server,
        dial_plan,
        is_out: false,
        membership,
    };
    let mut script = Script::new(&[EXCHANGE_SHELL, membership_function(generation)]);
    if membership == Membership::None || member.moves_by_membership(method) {
        add_membership(&mut script, &member, membership == Membership::Enabled)?;
    } else {
        script.add(switch_functions(generation));
        if membership == Membership::Disabled {
            add_switch(&mut script, &member)?;
        }
        add_membership(&mut script, &member, true)?;
        if membership == Membership::Enabled {
            add_switch(&mut script, &member)?;
        }
    }
    Ok(script.into_file(format!("dial-plan-{}.ps1", server.shell)))
}

fn add_membership(
    script: &mut Script,
    member: &Member<'_>,
    is_member: bool,
) -> Result<(), HandoffError> {
    add_call(
        script,
        "Set-Membership",
        member,
        ("IsMember", Argument::Bool(is_member)),
    )
}

fn add_switch(script: &mut Script, member: &Member<'_>) -> Result<(), HandoffError> {
    let function = match member.membership {
        Membership::Enabled => "Enable-Member",
        Membership::Disabled | Membership::None => "Disable-Member",
    };
    add_call(
        script,
        function,
        member,
        ("IsOut", Argument::Bool(member.is_out)),
    )
}

fn add_call(
    script: &mut Script,
    function: &'static str,
    member: &Member<'_>,
    last: (&'static str, Argument<'_>),
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
            last,
        ],
    )
}
