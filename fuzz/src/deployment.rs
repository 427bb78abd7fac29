//! The laws of a deployment and its plans, re-stated as plainly as can be.

use std::collections::{BTreeMap, HashSet};

use umcert::{
    Answer, Deployment, DialPlanShift, DnsName, Failover, Outage, OutageCause, Plan, PlanOptions,
    PlannedCertificate, Rule, SanName, SanPolicy, ServerSet, UmServer,
};

use crate::naively_covers;

/// A plan names each server of a set in each of its certificates: more servers only slow a run down.
const MAX_SERVERS: usize = 200;

/// Holds `deployment`, which was read from text, to every law.
pub fn assert_lawful(deployment: &Deployment) {
    if deployment.servers().count() > MAX_SERVERS {
        return;
    }
    assert_eq!(deployment.validate(), Ok(()), "reading checks");
    assert_round_trip(deployment);
    for policy in SanPolicy::ALL {
        let options = PlanOptions::default().san(*policy);
        let plan = Plan::new(deployment, &options).expect("what is accepted plans");
        let again = Plan::new(deployment, &options).expect("what planned once plans again");
        assert_eq!(plan, again, "planning is pure");
        assert_shown(&plan);
        assert_certificates(deployment, &plan, *policy);
        assert_outages(deployment, &plan);
    }
}

fn assert_round_trip(deployment: &Deployment) {
    let json = serde_json::to_string(deployment).expect("a deployment serialises");
    let read: Deployment = serde_json::from_str(&json).expect("what was written reads back");
    assert_eq!(*deployment, read, "{json}");
}

fn assert_shown(plan: &Plan) {
    assert!(plan.to_string().starts_with("Plan: "));
    serde_json::to_string(plan).expect("a plan serialises");
    assert!(plan.findings().is_sorted(), "worst first");
}

/// One certificate a server, in order, each of the shape that law 2 asks for.
fn assert_certificates(deployment: &Deployment, plan: &Plan, policy: SanPolicy) {
    let sets = deployment.server_sets.iter();
    let servers = sets.flat_map(|set| set.servers.iter().map(move |server| (set, server)));
    assert_eq!(plan.certificates().len(), servers.clone().count());
    for (certificate, (set, server)) in plan.certificates().iter().zip(servers) {
        assert_eq!(*certificate.server(), server.fqdn);
        assert_eq!(plan.certificate(&server.fqdn), Some(certificate));
        assert_shape(certificate, policy);
        assert_holds_set(certificate, set);
    }
}

fn assert_shape(certificate: &PlannedCertificate, policy: SanPolicy) {
    let names: Vec<SanName> = certificate.names().collect();
    let own = SanName::Exact(certificate.server().clone());
    assert_eq!(names.first(), Some(&own), "the own name is first");
    assert!(
        names.is_sorted_by_key(SanName::is_wildcard),
        "exact names stand before wildcards: {names:?}"
    );
    let distinct: HashSet<&SanName> = names.iter().collect();
    assert_eq!(distinct.len(), names.len(), "each once: {names:?}");
    assert!(policy == SanPolicy::Wildcard || !names.iter().any(SanName::is_wildcard));
    for planned in certificate.reasoned_names() {
        assert!(!planned.reasons.is_empty(), "{planned:?}");
    }
}

/// Any server may be asked to stand in, so each certificate covers each server of its set.
fn assert_holds_set(certificate: &PlannedCertificate, set: &ServerSet) {
    for UmServer { fqdn, .. } in &set.servers {
        let entry = certificate.covering(fqdn);
        let entry = entry.unwrap_or_else(|| panic!("{fqdn} is not covered"));
        assert_covers(certificate, &entry, fqdn);
    }
}

fn assert_covers(certificate: &PlannedCertificate, entry: &SanName, name: &DnsName) {
    assert!(
        certificate.names().any(|held| held == *entry),
        "{entry} is no entry of the certificate"
    );
    assert!(naively_covers(&entry.to_string(), name.as_str()));
}

/// Every site and every server is considered once, and ends where a naive walk ends.
fn assert_outages(deployment: &Deployment, plan: &Plan) {
    let sites: HashSet<&str> = deployment.servers().map(|it| it.site.as_str()).collect();
    let causes: HashSet<&OutageCause> = plan.outages().iter().map(|it| &it.cause).collect();
    let expected = sites.len() + deployment.servers().count();
    assert_eq!((plan.outages().len(), causes.len()), (expected, expected));
    for outage in plan.outages() {
        let down = down(deployment, &outage.cause);
        assert_routes(deployment, plan, outage, &down);
        for shift in &outage.dial_plans {
            assert_shift(deployment, plan, shift, &down);
        }
    }
    let held = plan.outages_under(|server| Some(plan.certificate(server)?.names().collect()));
    assert_eq!(
        held,
        plan.outages(),
        "the plan's own names cover as planned"
    );
}

fn down<'a>(deployment: &'a Deployment, cause: &OutageCause) -> HashSet<&'a DnsName> {
    let is_down = |server: &&UmServer| match cause {
        OutageCause::Site(site) => server.site == **site,
        OutageCause::Server(name) => server.fqdn == *name,
        other => panic!("{other:?} is not known here"),
    };
    let servers = deployment.servers().filter(is_down);
    servers.map(|server| &server.fqdn).collect()
}

/// Where the redirects of a name end.
#[derive(Debug, PartialEq)]
enum End<'a> {
    Up(&'a DnsName),
    Dead(&'a DnsName),
    Loop,
}

fn assert_routes(deployment: &Deployment, plan: &Plan, outage: &Outage, down: &HashSet<&DnsName>) {
    let found = outage.routes.iter().map(|it| (&it.name, end(&it.answer)));
    let found: Vec<_> = found.collect();
    assert_eq!(found, naive_routes(deployment, down), "{:?}", outage.cause);
    for route in &outage.routes {
        match &route.answer {
            Answer::Server {
                server, covered_by, ..
            } => {
                let certificate = plan.certificate(server).expect("who answers has one");
                let entry = covered_by.as_ref().expect("who answers is covered");
                assert_covers(certificate, entry, &route.name);
            }
            // Never silence.
            _ => assert_unanswered(plan, route.name.as_str()),
        }
    }
}

fn end(answer: &Answer) -> End<'_> {
    match answer {
        Answer::Server { server, .. } => End::Up(server),
        Answer::DeadEnd(server) => End::Dead(server),
        Answer::Loop => End::Loop,
        other => panic!("{other:?} is not known here"),
    }
}

/// The names that move, in the order of the deployment, each walked for itself.
fn naive_routes<'a>(
    deployment: &'a Deployment,
    down: &HashSet<&DnsName>,
) -> Vec<(&'a DnsName, End<'a>)> {
    let mut routes = Vec::new();
    for set in &deployment.server_sets {
        let Some(Failover::Dns { redirects, .. }) = &set.failover else {
            continue;
        };
        let names = set.servers.iter().map(|server| &server.fqdn);
        let moving = names.filter(|name| down.contains(name));
        routes.extend(moving.map(|name| (name, naive_end(redirects, down, name))));
    }
    routes
}

fn naive_end<'a>(
    redirects: &'a BTreeMap<DnsName, DnsName>,
    down: &HashSet<&DnsName>,
    name: &'a DnsName,
) -> End<'a> {
    let mut at = name;
    // Whoever takes more steps than servers are down has met one of them twice.
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

/// Enabled members that are down give way to disabled ones that are up.
fn assert_shift(
    deployment: &Deployment,
    plan: &Plan,
    shift: &DialPlanShift,
    down: &HashSet<&DnsName>,
) {
    let mut dial_plans = deployment.dial_plans.iter();
    let dial_plan = dial_plans.find(|it| it.name == shift.dial_plan);
    let members = &dial_plan.expect("a dial plan of the deployment").members;
    let is_member = |server: &DnsName, enabled: bool| {
        members
            .iter()
            .any(|it| it.server == *server && it.enabled == enabled)
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
        assert_unanswered(plan, &shift.dial_plan);
    }
}

fn assert_unanswered(plan: &Plan, subject: &str) {
    let mut findings = plan.findings().iter();
    let found = findings.any(|it| it.rule() == Rule::UnansweredName && it.subject() == subject);
    assert!(found, "nobody answers to {subject}, and nothing says so");
}
