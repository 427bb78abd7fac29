//! The guidelines: each planning rule has a deployment that breaks it, and one that nearly breaks it.

mod certificates;
mod details;
mod dial_plans;
mod failover;
mod front_ends;
mod names;
mod runbook;
mod topology;

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, deployment, name, um};
use crate::support::scene::ids;
use certificates::certificate_rows;
use dial_plans::dial_plan_rows;
use failover::failover_rows;
use front_ends::front_end_rows;
use names::name_rows;
use runbook::runbook_rows;
use topology::topology_rows;
use umcert::deployment::{
    DialPlanMember, ExchangeRole, ExchangeVersion, Failover, FrontEndPool, Lync, UmServer,
};
use umcert::{Deployment, Plan, PlanOptions, Rule};

const NOTHING: [&str; 0] = [];

type Change = fn(&mut Deployment);

/// A change to an example, the options of the plan, and the ids of all findings.
struct Row {
    what: &'static str,
    from: &'static str,
    change: Change,
    options: fn(PlanOptions) -> PlanOptions,
    /// The findings. Without [`STANDING_NOTES`], except in rows about them.
    finds: &'static [&'static str],
    is_about_notes: bool,
}

/// The notes about every set that fails over by DNS and lists no addresses, such as that of Example 1.
const STANDING_NOTES: [&str; 2] = [
    "note addresses-missing-for-runbook um",
    "note dynamic-registration-undoes-failover um",
];

fn row(what: &'static str, change: fn(&mut Deployment), finds: &'static [&'static str]) -> Row {
    Row {
        what,
        from: EXAMPLE_1,
        change,
        options: |options| options,
        finds,
        is_about_notes: false,
    }
}

fn row_2(what: &'static str, change: fn(&mut Deployment), finds: &'static [&'static str]) -> Row {
    Row {
        from: EXAMPLE_2,
        ..row(what, change, finds)
    }
}

fn row_with(
    what: &'static str,
    options: fn(PlanOptions) -> PlanOptions,
    finds: &'static [&'static str],
) -> Row {
    Row {
        options,
        ..row(what, |_| {}, finds)
    }
}

fn server(deployment: &mut Deployment, number: usize) -> &mut UmServer {
    &mut deployment.server_sets[0].servers[number - 1]
}

fn redirect(deployment: &mut Deployment, redirects: &[(usize, usize)]) {
    let redirects = redirects.iter().map(|(from, to)| (um(*from), um(*to)));
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
}

fn old(deployment: &mut Deployment, version: ExchangeVersion) {
    deployment.exchange[0].version = version;
    deployment.lync.dial_plans.push("dublinusers".into());
}

/// Moves Lync to another forest, with the trusts that it then needs.
fn cross_forest(deployment: &mut Deployment) {
    deployment.lync = Lync::new("fabrikam.com").unwrap();
    deployment
        .lync
        .pools
        .push(FrontEndPool::new("pool.fabrikam.com", NOTHING).unwrap());
    let forest = &mut deployment.exchange[0];
    forest.trusts_lync = true;
    forest.trusted_by_lync = true;
    forest.um_settings_in_lync_forest = true;
}

fn stand_alone(deployment: &mut Deployment) {
    old(deployment, ExchangeVersion::Exchange2010Sp1);
    server(deployment, 3).roles = [ExchangeRole::UnifiedMessaging].into();
}

const NONE: &[&str] = &[];

fn rows() -> impl Iterator<Item = Row> {
    [
        topology_rows(),
        dial_plan_rows(),
        failover_rows(),
        certificate_rows(),
        front_end_rows(),
        name_rows(),
        runbook_rows(),
    ]
    .into_iter()
    .flatten()
}

/// Grows the set of Example 1 to `count` servers that break no other rule.
fn grow(deployment: &mut Deployment, count: usize) {
    let hosts: Vec<String> = (5..=count)
        .map(|number| format!("um{number}.contoso.com"))
        .collect();
    add(deployment, &hosts);
}

fn add(deployment: &mut Deployment, hosts: &[String]) {
    let mut redirects = vec![
        (um(1), um(3)),
        (um(2), um(4)),
        (um(3), um(1)),
        (um(4), um(2)),
    ];
    for host in hosts {
        let server = UmServer::new(host.as_str(), "Oslo").unwrap();
        deployment.server_sets[0].servers.push(server);
        deployment.dial_plans[0]
            .members
            .push(DialPlanMember::enabled(host.as_str()).unwrap());
        redirects.push((name(host), um(1)));
    }
    deployment.server_sets[0].failover = Some(Failover::dns(redirects).unwrap());
}

#[test]
fn guideline_is_found_only_if_it_is_broken() {
    for row in rows() {
        let mut deployment = deployment(row.from);
        (row.change)(&mut deployment);
        let plan = Plan::new(&deployment, &(row.options)(PlanOptions::default()))
            .unwrap_or_else(|error| panic!("{}: {error}", row.what));
        let mut found = ids(plan.findings());
        found.retain(|id| row.is_about_notes || !STANDING_NOTES.contains(&id.as_str()));
        assert_eq!(found, row.finds, "{}\n{plan}", row.what);
        // The text of each finding names its rule and the source of the rule.
        let page = plan.to_string();
        for finding in plan.findings() {
            let (rule, source) = (finding.rule(), finding.rule().source());
            assert!(page.contains(&format!("[{rule}, {source}]")), "{page}");
        }
    }
}

#[test]
fn every_planning_rule_has_a_row_that_finds_it() {
    let first_of_audit = Rule::ALL
        .iter()
        .position(|rule| *rule == Rule::NotPresented)
        .unwrap();
    let rows: Vec<Row> = rows().collect();
    for rule in &Rule::ALL[..first_of_audit] {
        let finds = |row: &Row| {
            row.finds
                .iter()
                .any(|id| id.split(' ').nth(1) == Some(rule.id()))
        };
        assert!(rows.iter().any(finds), "{rule}");
    }
}
