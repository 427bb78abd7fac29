//! A deployment, planned, issued and audited: trusted as issued, and not with one fault.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use time::{Duration, OffsetDateTime};
use umcert::deployment::{
    DialPlan, DialPlanMember, ExchangeForest, ExchangeVersion, Failover, FrontEndPool, Lync,
    ServerSet, UmServer,
};
use umcert::plan::CertificateSharing;
use umcert::{
    Audit, Bundle, Certificate, Chain, Deployment, DnsName, KeyKind, Plan, PlanOptions, Report,
    Rule, SanPolicy, Severity, TestCa, faulty,
};
use umcert_fuzz::{AT, CA};

/// Limits the signatures of a run.
const MAX_SERVERS: usize = 5;

#[derive(Debug, Arbitrary)]
struct Scene {
    /// Each server with its site, its domain and its stand-in.
    servers: Vec<(u8, bool, u8)>,
    by_dns: bool,
    policy: Policy,
    shared: bool,
    fault: Fault,
    /// The server that gets the fault, and the one whose certificate or key the fault uses.
    at: u8,
    from: u8,
    front_ends: bool,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Policy {
    EveryServer,
    Wildcard,
    Minimal,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Fault {
    None,
    NotPresented,
    Default,
    AnotherServers,
    ForeignRoot,
    Late,
}

fuzz_target!(|scene: Scene| {
    if scene.servers.is_empty() || scene.servers.len() > MAX_SERVERS {
        return;
    }
    let plan = plan(&scene);
    let bundle = CA.issue(&plan).expect("what is planned is issued");
    let report = Day::of(&bundle).audit(&plan);
    assert!(report.is_trusted(), "{report}");
    assert_fault(&scene, &plan, &bundle);
});

fn host(number: usize, other_domain: bool) -> DnsName {
    let domain = if other_domain {
        "eu.contoso.com"
    } else {
        "contoso.com"
    };
    format!("um{number}.{domain}")
        .parse()
        .expect("it is a name")
}

fn hosts(scene: &Scene) -> Vec<DnsName> {
    let servers = scene.servers.iter().enumerate();
    servers
        .map(|(number, (_, domain, _))| host(number, *domain))
        .collect()
}

fn plan(scene: &Scene) -> Plan {
    let hosts = hosts(scene);
    let sites = scene
        .servers
        .iter()
        .map(|(site, ..)| format!("Site {}", site % 3));
    let servers = hosts.iter().zip(sites);
    let servers = servers.map(|(host, site)| UmServer::new(host, site).expect("it is a server"));
    let redirects = scene.servers.iter().zip(&hosts);
    let redirects =
        redirects.map(|((.., to), from)| (from, &hosts[usize::from(*to) % hosts.len()]));
    let failover = match scene.by_dns {
        true => Failover::dns(redirects).expect("each name is redirected once"),
        false => Failover::DialPlan,
    };
    let members = hosts
        .iter()
        .map(|host| DialPlanMember::enabled(host).expect("it is a name"));
    let mut lync = Lync::new("contoso.com").expect("it is a name");
    let pool = FrontEndPool::new("pool.contoso.com", ["fe1.contoso.com", "fe2.contoso.com"]);
    lync.pools.push(pool.expect("these are names"));
    let deployment = Deployment::new(
        lync,
        [
            ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2016)
                .expect("it is a name"),
        ],
        [ServerSet::new("um", servers, failover)],
        [DialPlan::new("Users", members)],
    );
    let options = PlanOptions::default()
        .key(KeyKind::P256)
        .san(match scene.policy {
            Policy::EveryServer => SanPolicy::EveryServer,
            Policy::Wildcard => SanPolicy::Wildcard,
            Policy::Minimal => SanPolicy::Minimal,
        });
    let options = options.sharing(match scene.shared {
        true => CertificateSharing::OnePerSet,
        false => CertificateSharing::OnePerServer,
    });
    let options = options.front_ends(scene.front_ends);
    Plan::new(&deployment, &options).expect("it is valid")
}

/// The presented chains, the trusted roots and the time. A fault changes one of them.
struct Day {
    chains: BTreeMap<DnsName, Chain>,
    roots: Vec<Certificate>,
    at: OffsetDateTime,
}

impl Day {
    fn of(bundle: &Bundle) -> Self {
        Self {
            chains: bundle.chains().collect(),
            roots: CA.roots().to_vec(),
            at: AT,
        }
    }

    fn audit(self, plan: &Plan) -> Report {
        let audit = Audit::new(plan).lync_roots(self.roots.as_slice());
        let audit = audit.exchange_roots(self.roots.as_slice());
        audit.presented_chains(self.chains).run(self.at)
    }
}

/// Law 4: one fault is reported under its own rule, for the right servers, with no unrelated error.
fn assert_fault(scene: &Scene, plan: &Plan, bundle: &Bundle) {
    let certificates = plan.certificates().iter();
    let servers: Vec<DnsName> = certificates.flat_map(|it| it.servers().to_vec()).collect();
    let server = &servers[usize::from(scene.at) % servers.len()];
    let other = &servers[usize::from(scene.from) % servers.len()];
    let pool_of = |server| plan.certificate(server).and_then(|it| it.pool());
    let mut day = Day::of(bundle);
    let rule = match scene.fault {
        Fault::None => return,
        Fault::NotPresented => {
            day.chains.remove(server);
            Rule::NotPresented
        }
        Fault::Default => {
            day.chains.insert(server.clone(), default(server, bundle));
            Rule::DefaultSelfSigned
        }
        Fault::AnotherServers if server == other || scene.shared => return,
        // Front Ends of one pool have the same CN.
        Fault::AnotherServers if pool_of(server).is_some() && pool_of(other).is_some() => return,
        Fault::AnotherServers => {
            let issued = bundle.certificate(other).expect("it is issued");
            day.chains.insert(server.clone(), issued.chain().clone());
            Rule::SubjectNotServer
        }
        Fault::ForeignRoot => {
            let foreign = TestCa::new("Another CA").expect("a CA is made");
            day.roots = foreign.roots().to_vec();
            Rule::UntrustedRoot
        }
        Fault::Late => {
            day.at += Duration::days(700);
            Rule::Expired
        }
    };
    let report = day.audit(plan);
    assert!(!report.is_trusted(), "{report}");
    match scene.fault {
        Fault::ForeignRoot | Fault::Late => assert_errors(rule, &servers, &report),
        _ => assert_errors(rule, std::slice::from_ref(server), &report),
    }
}

fn default(server: &DnsName, bundle: &Bundle) -> Chain {
    let server = UmServer::new(server, "Site").expect("it is a server");
    let key = bundle.certificates()[0].key();
    faulty::exchange_default(&server, key, AT - Duration::DAY).expect("it is made")
}

/// Checks that exactly `servers` have an error of `rule`. A certificate of another server may also lack names.
fn assert_errors(rule: Rule, servers: &[DnsName], report: &Report) {
    let errors = report.findings().iter();
    let errors: Vec<_> = errors
        .filter(|it| it.severity() == Severity::Error)
        .collect();
    for server in servers {
        let of_server = |it: &&&umcert::Finding| it.subject() == server.as_str();
        assert!(
            errors.iter().filter(of_server).any(|it| it.rule() == rule),
            "{server}: {report}"
        );
    }
    for error in errors {
        let is_server = servers
            .iter()
            .any(|server| error.subject() == server.as_str());
        let besides = rule == Rule::SubjectNotServer && error.rule() == Rule::NameMissing;
        assert!(is_server && (error.rule() == rule || besides), "{report}");
    }
}
