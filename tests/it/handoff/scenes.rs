//! Deployments to hand over.

use umcert::deployment::ExchangeVersion;
use umcert::handoff::{Handoff, HandoffOptions};
use umcert::plan::CertificateSharing;
use umcert::{Bundle, Deployment, Plan, PlanOptions};

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, FAST, deployment};
use crate::support::scene::ca;

/// Two forests: Exchange 2010 with two servers, and 2016 with their stand-bys. The third server is enabled in one dial
/// plan and disabled in the other.
pub(super) const TWO_FORESTS: &str = r#"
dns-zones = ["contoso.com", "eu.fabrikam.org"]

[lync]
forest = "contoso.com"

[[lync.pools]]
fqdn = "lyncpool.contoso.com"
servers = ["fe1.contoso.com"]

[[exchange]]
forest = "contoso.com"
version = "2010-sp1"

[[exchange]]
forest = "fabrikam.org"
version = "2016"

[[server-sets]]
name = "by dial plan"
failover = { method = "dial-plan" }

[[server-sets.servers]]
fqdn = "um1.contoso.com"
forest = "contoso.com"
site = "Tukwila"
roles = ["unified-messaging", "client-access"]
startup-mode = "tls"

[[server-sets.servers]]
fqdn = "um2.fabrikam.org"
forest = "fabrikam.org"
site = "Dublin"

[[server-sets]]
name = "by DNS"

[server-sets.failover]
method = "dns"

[server-sets.failover.redirects]
"um3.contoso.com" = "um4.eu.fabrikam.org"

[[server-sets.servers]]
fqdn = "um3.contoso.com"
forest = "contoso.com"
site = "Tukwila"
addresses = ["192.0.2.13", "2001:db8::13"]

[[server-sets.servers]]
fqdn = "um4.eu.fabrikam.org"
forest = "fabrikam.org"
site = "Dublin"
netbios-name = "FAB_UM4"
addresses = ["198.51.100.14"]

[[dial-plans]]
name = "Tukwila Users"
uri-type = "sip-uri"
security = "secured"
members = [
    { server = "um1.contoso.com" },
    { server = "um2.fabrikam.org", enabled = false },
]

[[dial-plans]]
name = "Dublin Users"
uri-type = "sip-uri"
security = "secured"
members = [
    { server = "um2.fabrikam.org" },
    { server = "um3.contoso.com", enabled = false },
]
"#;

pub(super) fn options() -> HandoffOptions {
    HandoffOptions::default().label("2026-11")
}

/// Returns Example 2 with all servers of this version.
pub(super) fn of_version(version: ExchangeVersion) -> Deployment {
    let mut deployment = deployment(EXAMPLE_2);
    deployment.exchange[0].version = version;
    deployment
}

/// Every deployment of these tests.
pub(super) fn all() -> Vec<(&'static str, Deployment)> {
    use ExchangeVersion::{Exchange2007, Exchange2010, Exchange2013, Exchange2016};
    vec![
        ("example-1", deployment(EXAMPLE_1)),
        ("exchange-2007", of_version(Exchange2007)),
        ("exchange-2010", of_version(Exchange2010)),
        ("exchange-2013", of_version(Exchange2013)),
        ("exchange-2016", of_version(Exchange2016)),
        ("two-forests", deployment(TWO_FORESTS)),
    ]
}

pub(super) fn plan(deployment: &Deployment, options: PlanOptions) -> Plan {
    Plan::new(deployment, &options).unwrap()
}

/// Returns a bundle with the names of the plan. Its keys are quick to generate, as a hand-off does not check them.
pub(super) fn bundle(deployment: &Deployment, sharing: CertificateSharing) -> Bundle {
    let options = PlanOptions::default().key(FAST).sharing(sharing);
    ca().issue(&plan(deployment, options)).unwrap()
}

/// Hands a deployment over with the certificates of a test CA.
pub(super) fn handed_over(
    deployment: &Deployment,
    sharing: CertificateSharing,
    options: &HandoffOptions,
) -> Handoff {
    let plan = plan(deployment, PlanOptions::default().sharing(sharing));
    let bundle = bundle(deployment, sharing);
    let handoff = Handoff::with_certificates(&plan, options, bundle.chains()).unwrap();
    assert!(handoff.findings().is_empty(), "{:?}", handoff.findings());
    handoff
}
