//! Guidelines for the order in which Lync calls the members of a dial plan (D85).

use std::cmp::Reverse;

use super::context::PlanContext;
use crate::deployment::options::OutageScope;
use crate::plan::topology::{DialPlanServers, FailoverMethod, Server, Topology};
use crate::rule::{Finding, Rule};
use crate::text::join_truncated;

/// The number of servers that Lync tries for a call (`ExumNumberOfServersToTry`, D85).
const TRIES: usize = 2;
/// The number of stand-bys that a finding lists before it counts the rest.
const MAX_LISTED: usize = 10;

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let topology = context.topology;
    let mut findings = Vec::new();
    for dial_plan in &topology.dial_plans {
        findings.extend(check_stand_by_versions(dial_plan, topology));
        findings.extend(check_tries(dial_plan, topology, context.options.outages));
    }
    findings
}

/// Checks that no stand-by is older than another member, since Lync calls only the members of the newest version (D127).
fn check_stand_by_versions(dial_plan: &DialPlanServers, topology: &Topology) -> Option<Finding> {
    let server = |index: usize| &topology.servers[index];
    let enabled = &dial_plan.enabled;
    let has_stand_bys = enabled
        .iter()
        .any(|member| server(*member).failover == FailoverMethod::DialPlan);
    let newest = dial_plan.members().map(server);
    let newest = newest.min_by_key(|member| Reverse(member.version.major()))?;
    let older: Vec<String> = dial_plan
        .disabled
        .iter()
        .map(|stand_by| server(*stand_by))
        .filter(|stand_by| stand_by.version.major() < newest.version.major())
        .map(describe)
        .collect();
    let detail = format!(
        "its stand-bys {} are older than its member {}",
        join_truncated(&older, MAX_LISTED, ", "),
        describe(newest),
    );
    (has_stand_bys && !older.is_empty())
        .then(|| Finding::new(Rule::StandbyOlderVersion, &dial_plan.name, detail))
}

fn describe(server: &Server) -> String {
    format!("{} ({})", server.fqdn, server.version.product_name())
}

/// Checks that no considered outage takes more members down than Lync tries (D86, D128), while others are up. A member
/// whose name moves is answered and does not count.
fn check_tries(
    dial_plan: &DialPlanServers,
    topology: &Topology,
    scope: OutageScope,
) -> Option<Finding> {
    let members = dial_plan.members().count();
    let by_site = unanswered_by_site(dial_plan, topology);
    let unanswered: usize = by_site.iter().map(|(_, count)| count).sum();
    let is_beyond_tries = |down: usize| down > TRIES && down < members;
    let (when, down) = match (by_site.as_slice(), scope) {
        ([(site, down), ..], _) if is_beyond_tries(*down) => (format!("site {site} is out"), *down),
        ([(first, one), (second, other), ..], OutageScope::SitePairs)
            if is_beyond_tries(one + other) =>
        {
            (format!("sites {first} and {second} are out"), one + other)
        }
        (_, OutageScope::Servers(count)) => {
            let down = unanswered.min(count.min(OutageScope::MAX_SERVERS).into());
            let down = down.min(members.saturating_sub(1));
            is_beyond_tries(down).then(|| (format!("{down} servers are out"), down))?
        }
        _ => return None,
    };
    let detail = format!(
        "when {when}, {down} of its {members} members are down, and Lync tries {TRIES} for a call"
    );
    Some(Finding::new(
        Rule::MoreServersThanTried,
        &dial_plan.name,
        detail,
    ))
}

/// Returns the number of members at each site whose names do not move, the largest number first.
fn unanswered_by_site<'t>(
    dial_plan: &DialPlanServers,
    topology: &'t Topology,
) -> Vec<(&'t str, usize)> {
    let members = dial_plan.members().map(|member| &topology.servers[member]);
    let mut sites: Vec<usize> = members
        .filter(|member| !member.fails_over_by_dns())
        .map(|member| member.site)
        .collect();
    sites.sort_unstable();
    let mut by_site: Vec<(&str, usize)> = sites
        .chunk_by(|one, other| one == other)
        .map(|chunk| (&*topology.sites[chunk[0]], chunk.len()))
        .collect();
    by_site.sort_by_key(|(_, count)| Reverse(*count));
    by_site
}
