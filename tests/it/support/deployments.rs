//! The example deployments, and plans of them.

use time::OffsetDateTime;
use time::macros::datetime;
use umcert::{Deployment, DnsName, KeyKind, Plan, PlanOptions, SanPolicy};

/// The date of the tests.
pub(crate) const TODAY: OffsetDateTime = datetime!(2026-11-23 00:00 UTC);

pub(crate) const EXAMPLE_1: &str = include_str!("../../../examples/data/example-1.toml");
pub(crate) const EXAMPLE_2: &str = include_str!("../../../examples/data/example-2.toml");

/// A key kind that both backends generate, quickly.
pub(crate) const FAST: KeyKind = KeyKind::P256;

pub(crate) fn deployment(text: &str) -> Deployment {
    toml::from_str(text).unwrap()
}

pub(crate) fn plan(text: &str, san: SanPolicy) -> Plan {
    Plan::new(
        &deployment(text),
        &PlanOptions::default().san(san).key(FAST),
    )
    .unwrap()
}

pub(crate) fn name(text: &str) -> DnsName {
    text.parse().unwrap()
}

/// Returns the name of UM server 1 to 4 of the examples.
pub(crate) fn um(number: usize) -> DnsName {
    name(&format!("um{number}.contoso.com"))
}

/// Returns a plan for some of the servers of Example 2.
pub(crate) fn with_servers(numbers: &[usize]) -> Plan {
    let mut deployment = deployment(EXAMPLE_2);
    let is_one = |fqdn: &DnsName| numbers.iter().any(|number| *fqdn == um(*number));
    for set in &mut deployment.server_sets {
        set.servers.retain(|server| is_one(&server.fqdn));
    }
    for dial_plan in &mut deployment.dial_plans {
        dial_plan.members.retain(|member| is_one(&member.server));
    }
    Plan::new(&deployment, &PlanOptions::default().key(FAST)).unwrap()
}
