//! Law 1: in every considered outage, each name is covered by the server that answers, or a finding reports it.

use std::collections::{HashMap, HashSet};

use umcert::deployment::{DialPlan, Failover, UmServer};
use umcert::plan::{DialPlanChange, Outage, OutageCause, OutageScope, RouteTarget};
use umcert::{Deployment, DnsName, Plan, Rule, SanName};

use crate::certificates::assert_covers;

/// The number of servers up to which every combination of them is checked.
const MAX_COMBINED: usize = 8;

type Down<'a> = HashSet<&'a DnsName>;

/// Checks both directions: the plan lists what a naive walk finds, and everything that a naive walk finds is planned
/// for, even if the plan does not list it because a smaller outage already causes it.
pub(crate) fn assert_outages(deployment: &Deployment, plan: &Plan, scope: OutageScope) {
    assert_each_considered_once(deployment, plan);
    for outage in plan.outages() {
        let down = down(deployment, &outage.cause);
        assert_listed(deployment, plan, &outage, &down);
        for shift in &outage.dial_plans {
            assert_dial_plan_change(deployment, plan, shift, &down);
        }
    }
    for down in considered(deployment, scope) {
        assert_planned_for(deployment, plan, &down);
    }
    let held = plan
        .outages_under(|server| Some(plan.certificate(server)?.names().collect::<Vec<SanName>>()));
    assert!(
        held.eq(plan.outages()),
        "the plan's own names cover as planned"
    );
}

fn assert_each_considered_once(deployment: &Deployment, plan: &Plan) {
    let causes: HashSet<OutageCause> = plan.outages().map(|it| it.cause).collect();
    assert_eq!(causes.len(), plan.outages().len(), "each once");
    for site in sites(deployment) {
        assert!(causes.contains(&OutageCause::Site(site.into())));
    }
    for server in deployment.servers() {
        assert!(causes.contains(&OutageCause::Server(server.fqdn.clone())));
    }
}

fn sites(deployment: &Deployment) -> HashSet<&str> {
    deployment.servers().map(|it| it.site.as_str()).collect()
}

/// Returns the servers of `sites` and `servers`.
fn down_of<'a>(deployment: &'a Deployment, sites: &[&str], servers: &[DnsName]) -> Down<'a> {
    let is_down = |server: &&UmServer| {
        sites.contains(&server.site.as_str()) || servers.contains(&server.fqdn)
    };
    let servers = deployment.servers().filter(is_down);
    servers.map(|server| &server.fqdn).collect()
}

fn down<'a>(deployment: &'a Deployment, cause: &OutageCause) -> Down<'a> {
    match cause {
        OutageCause::Site(site) => down_of(deployment, &[site], &[]),
        OutageCause::Sites(sites) => {
            let sites: Vec<&str> = sites.iter().map(String::as_str).collect();
            down_of(deployment, &sites, &[])
        }
        OutageCause::Server(server) => down_of(deployment, &[], std::slice::from_ref(server)),
        OutageCause::Servers(servers) => down_of(deployment, &[], servers),
        other => panic!("{other:?} is not known here"),
    }
}

/// Returns every set of servers that is down in some outage of `scope`.
fn considered(deployment: &Deployment, scope: OutageScope) -> Vec<Down<'_>> {
    let sites: Vec<&str> = sites(deployment).into_iter().collect();
    let servers: Vec<&DnsName> = deployment.servers().map(|it| &it.fqdn).collect();
    let mut considered = Vec::new();
    for (position, first) in sites.iter().enumerate() {
        considered.push(down_of(deployment, &[first], &[]));
        if scope == OutageScope::SitePairs {
            let others = sites[..position].iter();
            considered.extend(others.map(|second| down_of(deployment, &[first, second], &[])));
        }
    }
    let most = match scope {
        OutageScope::Servers(most) if servers.len() <= MAX_COMBINED => most.into(),
        _ => 1,
    };
    considered.extend(combinations(&servers, most));
    considered
}

/// Returns every combination of one to `most` of `servers`.
fn combinations<'a>(servers: &[&'a DnsName], most: usize) -> Vec<Down<'a>> {
    let mut combinations = vec![Down::new()];
    for server in servers {
        let with: Vec<Down<'_>> = combinations
            .iter()
            .filter(|down| down.len() < most)
            .map(|down| down.iter().copied().chain([*server]).collect())
            .collect();
        combinations.extend(with);
    }
    combinations.retain(|down| !down.is_empty());
    combinations
}

/// The end of a name's redirects.
#[derive(Debug, PartialEq)]
enum End<'a> {
    Up(&'a DnsName),
    Dead(&'a DnsName),
    Loop,
}

/// Returns the names that move, in the order of the deployment, with the end of each.
fn naive_routes<'a>(deployment: &'a Deployment, down: &Down<'_>) -> Vec<(&'a DnsName, End<'a>)> {
    let mut routes = Vec::new();
    for set in &deployment.server_sets {
        let Some(Failover::Dns { redirects, .. }) = &set.failover else {
            continue;
        };
        let redirects = redirects.iter().map(|(from, to)| (from, to)).collect();
        let names = set.servers.iter().map(|server| &server.fqdn);
        let moving = names.filter(|name| down.contains(name));
        routes.extend(moving.map(|name| (name, naive_end(&redirects, down, name))));
    }
    routes
}

fn naive_end<'a>(
    redirects: &HashMap<&'a DnsName, &'a DnsName>,
    down: &Down<'_>,
    name: &'a DnsName,
) -> End<'a> {
    let mut at = name;
    // More steps than servers are down means that one of them came up twice.
    for _ in 0..=down.len() {
        if !down.contains(at) {
            return End::Up(at);
        }
        match redirects.get(at) {
            Some(next) => at = next,
            None => return End::Dead(at),
        }
    }
    End::Loop
}

/// Checks that each listed route is true. The list is complete for one site or server; for several it has what is new.
fn assert_listed(deployment: &Deployment, plan: &Plan, outage: &Outage, down: &Down<'_>) {
    let expected = naive_routes(deployment, down);
    let found = outage.routes.iter().map(|it| (&it.name, end(&it.answer)));
    let found: Vec<_> = found.collect();
    match &outage.cause {
        OutageCause::Site(_) | OutageCause::Server(_) => assert_eq!(found, expected),
        cause => {
            let mut found = found.iter();
            assert!(found.all(|route| expected.contains(route)), "{cause:?}");
        }
    }
    for route in &outage.routes {
        if let RouteTarget::Server {
            server, covered_by, ..
        } = &route.answer
        {
            let certificate = plan
                .certificate(server)
                .expect("the server that answers has a certificate");
            assert_eq!(*covered_by, certificate.covering(&route.name));
        }
    }
}

fn end(answer: &RouteTarget) -> End<'_> {
    match answer {
        RouteTarget::Server { server, .. } => End::Up(server),
        RouteTarget::DeadEnd(server) => End::Dead(server),
        RouteTarget::Loop => End::Loop,
        other => panic!("{other:?} is not known here"),
    }
}

/// Checks that the server that answers covers the name, or that a finding reports a name without an answer.
fn assert_planned_for(deployment: &Deployment, plan: &Plan, down: &Down<'_>) {
    let routes = naive_routes(deployment, down);
    for (name, end) in &routes {
        match end {
            End::Up(server) => {
                assert_covers(plan.certificate(server).expect("it has one"), name);
            }
            _ => assert_unanswered(plan, name.as_str(), down),
        }
    }
    for dial_plan in &deployment.dial_plans {
        if is_unserved(deployment, dial_plan, down, &routes) {
            assert_unanswered(plan, &dial_plan.name, down);
        }
    }
}

/// Returns `true` if dial plan failover applies to `dial_plan` and no member is left to enable (D4).
fn is_unserved(
    deployment: &Deployment,
    dial_plan: &DialPlan,
    down: &Down<'_>,
    routes: &[(&DnsName, End<'_>)],
) -> bool {
    let is_answered = |name: &DnsName| {
        let mut routes = routes.iter();
        routes.any(|(it, end)| *it == name && matches!(end, End::Up(_)))
    };
    let (enabled, stand_bys): (Vec<_>, Vec<_>) =
        dial_plan.members.iter().partition(|member| member.enabled);
    let mut lost = enabled.iter().filter(|it| down.contains(&it.server));
    lost.any(|it| changes_members(deployment, &it.server))
        && enabled
            .iter()
            .all(|it| down.contains(&it.server) && !is_answered(&it.server))
        && stand_bys.iter().all(|it| down.contains(&it.server))
}

fn changes_members(deployment: &Deployment, server: &DnsName) -> bool {
    let mut sets = deployment.server_sets.iter();
    let set = sets.find(|set| set.servers.iter().any(|it| it.fqdn == *server));
    set.is_some_and(|set| set.failover == Some(Failover::DialPlan))
}

/// Checks that enabled members that are down are replaced by disabled ones that are up.
fn assert_dial_plan_change(
    deployment: &Deployment,
    plan: &Plan,
    shift: &DialPlanChange,
    down: &Down<'_>,
) {
    let mut dial_plans = deployment.dial_plans.iter();
    let dial_plan = dial_plans.find(|it| it.name == shift.dial_plan);
    let members = &dial_plan.expect("a dial plan of the deployment").members;
    let is_member = |server: &DnsName, enabled: bool| {
        let mut members = members.iter();
        members.any(|it| it.server == *server && it.enabled == enabled)
    };
    for server in &shift.disable {
        assert!(
            is_member(server, true) && down.contains(server),
            "{shift:?}"
        );
    }
    for server in &shift.enable {
        assert!(
            is_member(server, false) && !down.contains(server),
            "{shift:?}"
        );
    }
    let enabled = members.iter().filter(|member| member.enabled).count();
    assert_eq!(shift.remaining + shift.disable.len(), enabled, "{shift:?}");
    assert!(shift.remaining == 0 || shift.enable.is_empty(), "{shift:?}");
    if !shift.is_served() {
        assert_unanswered(plan, &shift.dial_plan, down);
    }
}

/// Checks that a finding reports the name or dial plan without an answer.
#[track_caller]
fn assert_unanswered(plan: &Plan, subject: &str, down: &Down<'_>) {
    let mut findings = plan.findings().iter();
    let found = findings.any(|it| it.rule() == Rule::UnansweredName && it.subject() == subject);
    assert!(
        found,
        "no server answers to {subject} without {down:?}, and no finding reports it"
    );
}
