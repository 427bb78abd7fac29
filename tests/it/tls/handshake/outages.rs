//! Handshakes in every outage: with issued certificates, defaults, own names only, and missing roots.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use super::{POLICIES, POOL, is_answered, listen};
use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, FAST, deployment, name, plan, um};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use time::OffsetDateTime;
use umcert::audit::RelyingParty;
use umcert::deployment::FrontEndPool;
use umcert::plan::{Outage, OutageCause, RouteTarget};
use umcert::rustls::{ClientConfig, RootCertStore, ServerConfig};
use umcert::{
    Audit, Certificate, Chain, Deployment, DnsName, IssuedCertificate, KeyPair, Plan, Report, Rule,
    SanPolicy, Severity, TestCa, faulty,
};

/// The configuration of a server: both ends of TLS, and the chain that it presents.
struct Equipment {
    server: ServerConfig,
    client: ClientConfig,
    chain: Chain,
}

impl Equipment {
    /// Creates the configuration from an issued certificate and these roots.
    fn issued(issued: &IssuedCertificate, roots: &[Certificate]) -> Self {
        Self {
            server: issued.rustls_server(roots).unwrap(),
            client: issued.rustls_client(roots).unwrap(),
            chain: issued.chain().clone(),
        }
    }

    /// Creates the configuration with the default certificate of Exchange's setup.
    fn default_of(server: &umcert::deployment::UmServer, good: &Self) -> Self {
        let key = KeyPair::generate(FAST).unwrap();
        let yesterday = OffsetDateTime::now_utc() - time::Duration::DAY;
        let chain = faulty::exchange_default(server, &key, yesterday).unwrap();
        let ders: Vec<CertificateDer<'static>> =
            chain.certificates().map(|it| it.der().clone()).collect();
        let key = || PrivateKeyDer::from(key.to_der());
        let provider = Arc::clone(good.server.crypto_provider());
        let listens = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth();
        let calls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(RootCertStore::empty());
        let mut client = good.client.clone();
        let own = calls.with_client_auth_cert(ders.clone(), key()).unwrap();
        client.client_auth_cert_resolver = own.client_auth_cert_resolver;
        Self {
            server: listens.with_single_cert(ders, key()).unwrap(),
            client,
            chain,
        }
    }
}

/// A deployment under test: the roots of each relying party, and the configuration of every server.
struct Contoso {
    deployment: Deployment,
    plan: Plan,
    /// The CA of the Exchange servers.
    exchange_ca: Arc<TestCa>,
    lync_roots: Vec<Certificate>,
    exchange_roots: Vec<Certificate>,
    servers: BTreeMap<DnsName, Equipment>,
    front_ends: BTreeMap<DnsName, Equipment>,
}

impl Contoso {
    /// Creates a deployment with one CA that both relying parties trust.
    fn new(text: &str, policy: SanPolicy) -> Self {
        let ca = Arc::new(TestCa::new("Contoso Test CA").unwrap());
        let roots = ca.roots().to_vec();
        Self::with(text, policy, [Arc::clone(&ca), ca], [&roots, &roots])
    }

    /// Creates a deployment with a CA for Lync and one for Exchange, and with the roots of Lync and of
    /// Exchange.
    fn with(
        text: &str,
        policy: SanPolicy,
        [lync_ca, exchange_ca]: [Arc<TestCa>; 2],
        [lync_roots, exchange_roots]: [&[Certificate]; 2],
    ) -> Self {
        let plan = plan(text, policy);
        let bundle = exchange_ca.issue(&plan).unwrap();
        let issued = bundle.certificates().iter();
        let servers = issued.map(|it| {
            let equipment = Equipment::issued(it, exchange_roots);
            (it.servers()[0].clone(), equipment)
        });
        let front_ends = plan.pools().iter().flat_map(FrontEndPool::front_ends);
        let front_ends = front_ends.map(|front_end| {
            let issued = lync_ca.issue_names([POOL, front_end.as_str()]).unwrap();
            (front_end.clone(), Equipment::issued(&issued, lync_roots))
        });
        Self {
            servers: servers.collect(),
            front_ends: front_ends.collect(),
            deployment: deployment(text),
            plan,
            lync_roots: lync_roots.to_vec(),
            exchange_roots: exchange_roots.to_vec(),
            exchange_ca,
        }
    }

    /// Replaces the certificate of every UM server by that of `make`.
    fn with_servers(mut self, make: impl Fn(&Self, &DnsName) -> Equipment) -> Self {
        let servers = self.servers.keys();
        let servers = servers.map(|server| (server.clone(), make(&self, server)));
        self.servers = servers.collect();
        self
    }

    /// Returns the default certificate of Exchange's setup for this server.
    fn default_of(&self, server: &DnsName) -> Equipment {
        let mut servers = self.deployment.servers();
        let model = servers.find(|it| it.fqdn == *server).unwrap();
        Equipment::default_of(model, &self.servers[server])
    }

    /// Returns a certificate for this server's name only.
    fn own_name_alone(&self, server: &DnsName) -> Equipment {
        let issued = self.exchange_ca.issue_names([server.as_str()]).unwrap();
        Equipment::issued(&issued, &self.exchange_roots)
    }

    fn audit(&self) -> Report {
        let presented = self.servers.iter().chain(&self.front_ends);
        Audit::new(&self.plan)
            .lync_roots(self.lync_roots.as_slice())
            .exchange_roots(self.exchange_roots.as_slice())
            .presented_chains(presented.map(|(server, it)| (server.clone(), it.chain.clone())))
            .run(OffsetDateTime::now_utc())
    }

    fn is_down(&self, server: &DnsName, cause: &OutageCause) -> bool {
        let mut servers = self.deployment.servers();
        match cause {
            OutageCause::Site(site) => {
                servers.any(|it| it.fqdn == *server && it.site == site.as_ref())
            }
            OutageCause::Server(down) => down == server,
            other => panic!("not planned for: {other}"),
        }
    }

    /// Returns each name that Lync may dial in an outage, with the server that answers: the names of servers
    /// that are up, and the names that moved.
    fn dialled(&self, outage: &Outage) -> Vec<(DnsName, DnsName)> {
        let up = self.servers.keys();
        let up = up.filter(|server| !self.is_down(server, &outage.cause));
        let mut dialled: Vec<_> = up.map(|it| (it.clone(), it.clone())).collect();
        for route in &outage.routes {
            let RouteTarget::Server { server, .. } = &route.answer else {
                panic!("{}: no server answers to {}", outage.cause, route.name);
            };
            assert!(!self.is_down(server, &outage.cause));
            dialled.push((route.name.clone(), server.clone()));
        }
        dialled
    }

    /// Returns the number of connections of a walk.
    fn calls(&self) -> usize {
        let dials = self.plan.outages().map(|it| self.dialled(&it).len());
        dials.sum::<usize>() + self.servers.len() * self.front_ends.len()
    }
}

/// Returns `true` if the audit reports that a server and a Front End trust each other. Both ends present
/// their certificates in every call.
fn trust_each_other(report: &Report, server: &DnsName, front_end: &DnsName) -> bool {
    let trusts = |who: &DnsName, is_side: fn(&RelyingParty) -> bool| {
        let mut verdicts = report.verdicts().iter();
        let verdict = verdicts.find(|it| it.server == *who && is_side(&it.relying_party));
        verdict.unwrap().verdict.is_trusted()
    };
    trusts(server, |side| *side == RelyingParty::Lync)
        && trusts(front_end, |side| matches!(side, RelyingParty::Exchange(_)))
}

/// Returns `true` if the audit reports that the certificate of `server` lacks this name.
fn lacks(report: &Report, called: &DnsName, server: &DnsName) -> bool {
    report.findings().iter().any(|finding| {
        finding.rule() == Rule::NameMissing
            && finding.subject() == server.as_str()
            && finding.detail().contains(called.as_str())
    })
}

/// Connects in every outage, compares each connection with the audit, and returns those that failed: "site
/// Tukwila: um1 at um3". One Front End calls, and all are called.
fn walk(contoso: &Contoso) -> BTreeSet<String> {
    let report = contoso.audit();
    let (caller, lync) = contoso.front_ends.first_key_value().unwrap();
    let client = Arc::new(lync.client.clone());
    let servers = contoso.servers.iter();
    let addresses: BTreeMap<&DnsName, SocketAddr> = servers
        .map(|(server, it)| (server, listen(it.server.clone())))
        .collect();
    let mut refused = BTreeSet::new();
    let mut hold = |what: String, answered: bool, said: bool| {
        assert_eq!(answered, said, "{what}\n{report}");
        if !answered {
            refused.insert(what);
        }
    };
    for outage in contoso.plan.outages() {
        for (called, server) in contoso.dialled(&outage) {
            hold(
                format!("{}: {} at {}", outage.cause, short(&called), short(&server)),
                is_answered(&client, &called, addresses[&server]),
                trust_each_other(&report, &server, caller) && !lacks(&report, &called, &server),
            );
        }
    }
    // The other direction, message waiting and play on phone: UM dials the pool.
    for (front_end, lync) in &contoso.front_ends {
        let pool = listen(lync.server.clone());
        for (server, equipment) in &contoso.servers {
            hold(
                format!("{} calls {}", short(server), short(front_end)),
                is_answered(&Arc::new(equipment.client.clone()), &name(POOL), pool),
                trust_each_other(&report, server, front_end),
            );
        }
    }
    refused
}

fn short(name: &DnsName) -> &str {
    name.as_str().split('.').next().unwrap()
}

/// Returns the subjects of the errors, which must all be of `rule`.
#[track_caller]
fn errors(report: &Report, rule: Rule) -> BTreeSet<&str> {
    let findings = report.findings().iter();
    let errors = findings.filter(|it| it.severity() == Severity::Error);
    let subjects = errors.map(|it| {
        assert_eq!(it.rule(), rule, "{report}");
        it.subject()
    });
    subjects.collect()
}

fn each_example_under_each_policy() -> impl Iterator<Item = (&'static str, SanPolicy)> {
    let examples = [EXAMPLE_1, EXAMPLE_2].into_iter();
    examples.flat_map(|text| POLICIES.map(|policy| (text, policy)))
}

#[test]
fn issued_bundle_answers_in_every_outage() {
    for (text, policy) in each_example_under_each_policy() {
        let contoso = Contoso::new(text, policy);
        assert!(contoso.audit().is_trusted());
        assert_eq!(walk(&contoso), BTreeSet::new(), "{policy}");
    }
}

#[test]
fn setup_defaults_on_all_servers_are_refused() {
    for (text, policy) in each_example_under_each_policy() {
        let contoso = Contoso::new(text, policy).with_servers(Contoso::default_of);
        let servers = contoso.servers.keys().map(DnsName::as_str);
        assert_eq!(
            errors(&contoso.audit(), Rule::DefaultSelfSigned),
            servers.collect()
        );
        assert_eq!(walk(&contoso).len(), contoso.calls(), "{policy}");
    }
}

#[test]
fn setup_default_on_one_server_refuses_only_that_server() {
    for policy in POLICIES {
        let mut contoso = Contoso::new(EXAMPLE_1, policy);
        let default = contoso.default_of(&um(3));
        contoso.servers.insert(um(3), default);
        let refused = walk(&contoso);
        let expected = [
            "server um1.contoso.com: um1 at um3",
            "server um1.contoso.com: um3 at um3",
            "server um2.contoso.com: um3 at um3",
            "server um4.contoso.com: um3 at um3",
            "site Tukwila: um1 at um3",
            "site Tukwila: um3 at um3",
            "um3 calls fe1",
            "um3 calls fe2",
        ];
        assert_eq!(refused, expected.map(str::to_owned).into(), "{policy}");
    }
}

#[test]
fn own_names_only_refuse_the_moved_names() {
    for policy in POLICIES {
        let contoso = Contoso::new(EXAMPLE_1, policy).with_servers(Contoso::own_name_alone);
        let expected = [
            "server um1.contoso.com: um1 at um3",
            "server um2.contoso.com: um2 at um4",
            "server um3.contoso.com: um3 at um1",
            "server um4.contoso.com: um4 at um2",
            "site Dublin: um3 at um1",
            "site Dublin: um4 at um2",
            "site Tukwila: um1 at um3",
            "site Tukwila: um2 at um4",
        ];
        assert_eq!(walk(&contoso), expected.map(str::to_owned).into());
    }
    // If no name moves, these certificates suffice.
    let contoso = Contoso::new(EXAMPLE_2, SanPolicy::Minimal);
    let contoso = contoso.with_servers(Contoso::own_name_alone);
    assert_eq!(walk(&contoso), BTreeSet::new());
}

fn two_cas() -> [Arc<TestCa>; 2] {
    ["Lync Test CA", "Exchange Test CA"].map(|name| Arc::new(TestCa::new(name).unwrap()))
}

#[test]
fn two_cas_with_exchanged_roots_are_trusted() {
    for (text, policy) in each_example_under_each_policy() {
        let cas = two_cas();
        let both = [cas[0].roots(), cas[1].roots()].concat();
        let contoso = Contoso::with(text, policy, cas, [&both, &both]);
        assert!(contoso.audit().is_trusted());
        assert_eq!(walk(&contoso), BTreeSet::new(), "{policy}");
    }
}

#[test]
fn root_missing_in_lync_refuses_everyone() {
    for (text, policy) in each_example_under_each_policy() {
        let cas = two_cas();
        let own = cas[0].roots().to_vec();
        let both = [cas[0].roots(), cas[1].roots()].concat();
        let contoso = Contoso::with(text, policy, cas, [&own, &both]);
        let servers = contoso.servers.keys().map(DnsName::as_str);
        assert_eq!(
            errors(&contoso.audit(), Rule::UntrustedRoot),
            servers.collect()
        );
        assert_eq!(walk(&contoso).len(), contoso.calls(), "{policy}");
    }
}

#[test]
fn root_missing_in_exchange_refuses_front_ends() {
    for (text, policy) in each_example_under_each_policy() {
        let cas = two_cas();
        let own = cas[1].roots().to_vec();
        let both = [cas[0].roots(), cas[1].roots()].concat();
        let contoso = Contoso::with(text, policy, cas, [&both, &own]);
        let front_ends = contoso.front_ends.keys().map(DnsName::as_str);
        assert_eq!(
            errors(&contoso.audit(), Rule::UntrustedRoot),
            front_ends.collect()
        );
        assert_eq!(walk(&contoso).len(), contoso.calls(), "{policy}");
    }
}
