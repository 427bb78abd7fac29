//! The scripts of a failover by DNS (D71 to D79).

use std::net::IpAddr;

use super::error::HandoffError;
use super::file::HandoffFile;
use super::script::{Argument, Script};
use super::server::{HandoffServer, HandoffServers};
use super::zone::Zones;
use crate::plan::{NameRoute, Outage, RouteTarget};

const DNS: &str = include_str!("powershell/dns.ps1");
const PREPARE: &str = include_str!("powershell/dns-prepare.ps1");
const PREPARE_END: &str = include_str!("powershell/dns-prepare-end.ps1");
const MOVE: &str = include_str!("powershell/dns-move.ps1");
const FAILOVER: &str = include_str!("powershell/dns-failover.ps1");
const FAILBACK: &str = include_str!("powershell/dns-failback.ps1");

/// A name that moves in an outage, and the server that it moves to.
pub(super) struct Move<'a> {
    pub(super) owner: &'a HandoffServer<'a>,
    pub(super) stand_in: &'a HandoffServer<'a>,
}

/// Returns the names that move in `outage`. A name that no server answers to does not move.
pub(super) fn moves<'a>(outage: &Outage, servers: &'a HandoffServers<'a>) -> Vec<Move<'a>> {
    let moved = |route: &NameRoute| match &route.answer {
        RouteTarget::Server {
            server: stand_in, ..
        } => Some(Move {
            owner: servers.get(&route.name)?,
            stand_in: servers.get(stand_in)?,
        }),
        _ => None,
    };
    outage.routes.iter().filter_map(moved).collect()
}

/// Returns the script that records the addresses of `servers` and lowers the lifetime of their records (D79), to be run
/// before any outage.
pub(super) fn prepare_script(
    servers: &[&HandoffServer<'_>],
    zones: &Zones<'_>,
) -> Result<HandoffFile, HandoffError> {
    let mut script = Script::new(&[DNS, PREPARE]);
    for server in servers {
        let host = zones.host(server.fqdn());
        script.call(
            "Add-HostRecord",
            &[
                ("Fqdn", Argument::Text(server.fqdn().as_str())),
                ("Zone", Argument::Text(&host.zone)),
                ("Name", Argument::Text(&host.name)),
            ],
        )?;
    }
    script.add(PREPARE_END);
    Ok(script.into_file("dns-prepare.ps1"))
}

/// Returns the script that points each name at its stand-in.
pub(super) fn failover_script(
    path: String,
    moves: &[Move<'_>],
    zones: &Zones<'_>,
) -> Result<HandoffFile, HandoffError> {
    let mut script = Script::new(&[DNS, MOVE, FAILOVER]);
    for Move { owner, stand_in } in moves {
        let host = zones.host(owner.fqdn());
        script.call(
            "Move-HostName",
            &[
                ("Fqdn", Argument::Text(owner.fqdn().as_str())),
                ("Zone", Argument::Text(&host.zone)),
                ("Name", Argument::Text(&host.name)),
                ("StandIn", Argument::Text(stand_in.fqdn().as_str())),
                ("IPv4Address", addresses(stand_in, IpAddr::is_ipv4)),
                ("IPv6Address", addresses(stand_in, IpAddr::is_ipv6)),
            ],
        )?;
    }
    Ok(script.into_file(path))
}

/// Returns the script that gives each name its own addresses again.
pub(super) fn failback_script(
    path: String,
    moves: &[Move<'_>],
    zones: &Zones<'_>,
) -> Result<HandoffFile, HandoffError> {
    let mut script = Script::new(&[DNS, MOVE, FAILBACK]);
    for Move { owner, .. } in moves {
        let host = zones.host(owner.fqdn());
        script.call(
            "Restore-HostName",
            &[
                ("Fqdn", Argument::Text(owner.fqdn().as_str())),
                ("Zone", Argument::Text(&host.zone)),
                ("Name", Argument::Text(&host.name)),
                ("IPv4Address", addresses(owner, IpAddr::is_ipv4)),
                ("IPv6Address", addresses(owner, IpAddr::is_ipv6)),
            ],
        )?;
    }
    Ok(script.into_file(path))
}

fn addresses(
    server: &HandoffServer<'_>,
    is_of_family: impl Fn(&IpAddr) -> bool,
) -> Argument<'static> {
    let addresses = server.server.addresses.iter();
    let of_family = addresses.filter(|address| is_of_family(address));
    Argument::Texts(of_family.map(|address| address.to_string()).collect())
}
