//! The laws, as properties over generated deployments.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{FAST, TODAY, ca};
use proptest::prelude::*;
use rustls_pki_types::CertificateDer;
use time::Duration;
use umcert::{
    Answer, Audit, Certificate, Chain, Crl, Deployment, DialPlan, DnsName, ExchangeForest,
    ExchangeVersion, Failover, KeyKind, KeyPair, Lync, Member, Outage, OutageCause, OutageScope,
    Plan, PlanOptions, PlannedCertificate, Pool, Rule, SanName, SanPolicy, ServerSet, Severity,
    Step, TestCa, TestCaOptions, TrustStore, UmServer, faulty,
};

const DOMAINS: [&str; 4] = ["contoso.com", "eu.contoso.com", "fabrikam.org", "test"];

/// A server by its number: its site, and its domain.
type Server = (u8, usize);

fn host(index: usize, (_, domain): &Server) -> String {
    format!("um{index}.{}", DOMAINS[domain % DOMAINS.len()])
}

/// How a generated set fails over: by DNS with these redirects (index to index), by dial plan, or not.
#[derive(Debug, Clone)]
enum Method {
    Dns(Vec<(usize, usize)>),
    DialPlan,
    None,
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![
        4 => prop::collection::vec((0..12_usize, 0..12_usize), 0..12).prop_map(Method::Dns),
        1 => Just(Method::DialPlan),
        1 => Just(Method::None),
    ]
}

prop_compose! {
    fn a_deployment()(
        sets in prop::collection::vec(
            (prop::collection::vec((0..4_u8, 0..4_usize), 1..7), method()),
            1..3,
        ),
        enabled in prop::collection::vec(any::<bool>(), 12),
        used in prop::collection::vec(any::<bool>(), 12),
    ) -> Deployment {
        build(&sets, &enabled, &used)
    }
}

fn build(sets: &[(Vec<Server>, Method)], enabled: &[bool], used: &[bool]) -> Deployment {
    let mut first = 0;
    let mut server_sets = Vec::new();
    let mut members = Vec::new();
    for (servers, method) in sets {
        let hosts: Vec<String> = servers
            .iter()
            .enumerate()
            .map(|(index, it)| host(first + index, it))
            .collect();
        let um_servers: Vec<UmServer> = hosts
            .iter()
            .zip(servers)
            .map(|(host, (site, _))| UmServer::new(host.as_str(), format!("Site {site}")).unwrap())
            .collect();
        for (index, host) in hosts
            .iter()
            .enumerate()
            .filter(|(index, _)| used[first + index])
        {
            let member = match enabled[first + index] {
                true => Member::enabled(host.as_str()),
                false => Member::disabled(host.as_str()),
            };
            members.push(member.unwrap());
        }
        server_sets.push(ServerSet::new(
            format!("set {first}"),
            um_servers,
            failover(&hosts, method),
        ));
        first += servers.len();
    }
    let mut lync = Lync::new("contoso.com").unwrap();
    lync.pools
        .push(Pool::new("pool.contoso.com", ["fe1.contoso.com"]).unwrap());
    let forest = ExchangeForest::new("contoso.com", ExchangeVersion::Exchange2016).unwrap();
    Deployment::new(
        lync,
        [forest],
        server_sets,
        [DialPlan::new("Users", members)],
    )
}

fn failover(hosts: &[String], method: &Method) -> Option<Failover> {
    let redirects = match method {
        Method::Dns(redirects) => redirects,
        Method::DialPlan => return Some(Failover::DialPlan),
        Method::None => return None,
    };
    let mut seen = BTreeSet::new();
    let redirects = redirects
        .iter()
        .map(|(from, to)| (from % hosts.len(), to % hosts.len()))
        .filter(|(from, _)| seen.insert(*from))
        .map(|(from, to)| (hosts[from].as_str(), hosts[to].as_str()));
    Some(Failover::dns(redirects).unwrap())
}

fn policy() -> impl Strategy<Value = SanPolicy> {
    prop::sample::select(SanPolicy::ALL)
}

fn planned(deployment: &Deployment, policy: SanPolicy) -> Plan {
    Plan::new(deployment, &PlanOptions::default().san(policy).key(FAST)).unwrap()
}

/// Where a name ends, by following the redirects one step after the other: a plain re-statement of D3.
fn answers(deployment: &Deployment, down: &BTreeSet<&DnsName>, name: &DnsName) -> Option<DnsName> {
    let set = deployment
        .server_sets
        .iter()
        .find(|set| set.servers.iter().any(|it| it.fqdn == *name))
        .unwrap();
    let Some(Failover::Dns { redirects, .. }) = &set.failover else {
        return None;
    };
    let mut at = name.clone();
    for _ in 0..=set.servers.len() {
        if !down.contains(&at) {
            return Some(at);
        }
        at = redirects.iter().find(|(from, _)| *from == at)?.1.clone();
    }
    None
}

fn down<'a>(deployment: &'a Deployment, outage: &Outage) -> BTreeSet<&'a DnsName> {
    let cause = outage.cause.to_string();
    deployment
        .servers()
        .filter(|it| cause == format!("site {}", it.site) || cause == format!("server {}", it.fqdn))
        .map(|it| &it.fqdn)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn coverage_every_name_that_resolves_is_covered_and_every_other_is_found(
        deployment in a_deployment(),
        policy in policy(),
    ) {
        let plan = planned(&deployment, policy);
        let unanswered: BTreeSet<&str> = plan
            .findings()
            .iter()
            .filter(|finding| finding.rule() == Rule::UnansweredName)
            .map(|finding| finding.subject())
            .collect();
        for outage in plan.outages() {
            let down = down(&deployment, &outage);
            prop_assert!(!down.is_empty(), "{}", outage.cause);
            for name in &down {
                let route = outage.routes.iter().find(|route| route.name == **name);
                let expected = answers(&deployment, &down, name);
                match route.map(|route| &route.answer) {
                    Some(Answer::Server { server, covered_by, .. }) => {
                        prop_assert_eq!(Some(server), expected.as_ref());
                        let entry = covered_by.as_ref();
                        prop_assert!(entry.is_some_and(|it| it.covers(name)), "{} {:?}", name, route);
                        let certificate = plan.certificate(server).unwrap();
                        prop_assert!(certificate.names().any(|it| Some(&it) == entry));
                    }
                    Some(_) => {
                        prop_assert_eq!(expected, None);
                        prop_assert!(unanswered.contains(name.as_str()), "{}", name);
                    }
                    None => prop_assert_eq!(expected, None, "{} in {}", name, outage.cause),
                }
            }
            for shift in &outage.dial_plans {
                prop_assert_eq!(unanswered.contains("Users"), unanswered.contains("Users") || !shift.is_served());
            }
        }
    }

    #[test]
    fn shape_own_name_first_exact_names_before_wildcards_no_wildcard_under_a_single_label(
        deployment in a_deployment(),
        policy in policy(),
    ) {
        let plan = planned(&deployment, policy);
        for certificate in plan.certificates() {
            let names: Vec<SanName> = certificate.names().collect();
            prop_assert_eq!(&names[0], &SanName::from(certificate.subject()));
            prop_assert!(names.is_sorted_by_key(SanName::is_wildcard), "{:?}", names);
            let distinct: BTreeSet<&SanName> = names.iter().collect();
            prop_assert_eq!(distinct.len(), names.len(), "{:?}", names);
            for name in names.iter().filter(|name| name.is_wildcard()) {
                prop_assert!(name.to_string().matches('.').count() >= 2, "{}", name);
            }
            prop_assert!(certificate.reasoned_names().all(|planned| !planned.reasons.is_empty()));
        }
    }

    #[test]
    fn planning_is_deterministic_and_survives_json(deployment in a_deployment(), policy in policy()) {
        let json = serde_json::to_string(&deployment).unwrap();
        let read: Deployment = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(&read, &deployment);
        prop_assert_eq!(planned(&read, policy), planned(&deployment, policy));
    }
}

/// The end of a route; `None` where nobody answers.
fn end_of(outage: &Outage, name: &DnsName) -> Option<Option<DnsName>> {
    let route = outage.routes.iter().find(|route| route.name == *name)?;
    Some(match &route.answer {
        Answer::Server { server, .. } => Some(server.clone()),
        _ => None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn of_two_sites_and_of_three_servers_every_combination_is_told_by_what_is_walked(
        deployment in a_deployment(),
    ) {
        let options = PlanOptions::default().key(FAST);
        let pairs = Plan::new(&deployment, &options.clone().outages(OutageScope::SitePairs)).unwrap();
        let triples = Plan::new(&deployment, &options.outages(OutageScope::Servers(3))).unwrap();
        let servers: Vec<&UmServer> = deployment.servers().collect();
        for first in &servers {
            for second in &servers {
                // Two sites: what the pair does not list is as in the own site's outage.
                let sites = [first.site.as_str(), second.site.as_str()];
                let down: BTreeSet<&DnsName> =
                    servers.iter().filter(|it| sites.contains(&it.site.as_str())).map(|it| &it.fqdn).collect();
                let told = |cause: &OutageCause| match cause {
                    OutageCause::Sites(pair) => pair.iter().all(|it| sites.contains(&it.as_str())),
                    OutageCause::Site(site) => **site == *first.site,
                    _ => false,
                };
                let outages = pairs.outages().filter(|it| told(&it.cause));
                let end = outages.filter_map(|it| end_of(&it, &first.fqdn)).next_back().flatten();
                prop_assert_eq!(end, answers(&deployment, &down, &first.fqdn), "{:?}", sites);

                for third in &servers {
                    let down = BTreeSet::from([&first.fqdn, &second.fqdn, &third.fqdn]);
                    let told = |cause: &OutageCause| match cause {
                        OutageCause::Server(server) => *server == first.fqdn,
                        OutageCause::Servers(servers) => servers.iter().all(|it| down.contains(it)),
                        _ => false,
                    };
                    let outages = triples.outages().filter(|it| told(&it.cause));
                    let ends = outages.filter_map(|it| Some((cause_size(&it.cause), end_of(&it, &first.fqdn)?)));
                    let end = ends.max_by_key(|(size, _)| *size).and_then(|(_, end)| end);
                    prop_assert_eq!(end, answers(&deployment, &down, &first.fqdn), "{:?}", down);
                }
            }
        }
    }

    #[test]
    fn the_diff_of_a_plan_with_itself_is_empty(deployment in a_deployment(), policy in policy()) {
        let plan = planned(&deployment, policy);
        let diff = plan.diff(&plan.clone());
        prop_assert!(diff.is_empty(), "{}", diff);
        prop_assert_eq!(diff.keep().len(), plan.certificates().len());
    }

    #[test]
    fn applying_a_diff_gives_the_new_plan_and_no_step_leaves_a_name_uncovered(
        old in a_deployment(),
        redirects in prop::collection::vec((0..12_usize, 0..12_usize), 0..12),
        enabled in prop::collection::vec(any::<bool>(), 12),
        grows in any::<bool>(),
        shrinks in any::<bool>(),
        policies in (policy(), policy()),
    ) {
        let new = changed(&old, &redirects, &enabled, grows, shrinks);
        let (old_plan, new_plan) = (planned(&old, policies.0), planned(&new, policies.1));
        let mut state = State::of(&old_plan, &old);
        for step in old_plan.diff(&new_plan).steps() {
            state.apply(step);
            state.check(step)?;
        }
        let expected = State::of(&new_plan, &new);
        prop_assert_eq!(&state.certificates, &expected.certificates);
        prop_assert_eq!(&state.redirects, &expected.redirects);
        prop_assert_eq!(&state.members, &expected.members);
    }
}

fn cause_size(cause: &OutageCause) -> usize {
    match cause {
        OutageCause::Servers(servers) => servers.len(),
        _ => 1,
    }
}

/// The same servers, one more or one less, with other redirects and other members.
fn changed(
    old: &Deployment,
    redirects: &[(usize, usize)],
    enabled: &[bool],
    grows: bool,
    shrinks: bool,
) -> Deployment {
    let mut new = old.clone();
    let set = &mut new.server_sets[0];
    if shrinks && set.servers.len() > 1 {
        let gone = set.servers.pop().unwrap().fqdn;
        new.dial_plans[0]
            .members
            .retain(|member| member.server != gone);
    }
    let set = &mut new.server_sets[0];
    if grows {
        set.servers
            .push(UmServer::new("new.contoso.com", "Site 9").unwrap());
        new.dial_plans[0]
            .members
            .push(Member::enabled("new.contoso.com").unwrap());
    }
    let hosts: Vec<String> = set.servers.iter().map(|it| it.fqdn.to_string()).collect();
    set.failover = failover(&hosts, &Method::Dns(redirects.to_vec()));
    for (member, enabled) in new.dial_plans[0].members.iter_mut().zip(enabled) {
        member.enabled = *enabled;
    }
    new
}

/// What is installed and configured while a change is on its way.
struct State {
    certificates: BTreeMap<DnsName, (Vec<SanName>, KeyKind)>,
    presents: BTreeMap<DnsName, DnsName>,
    redirects: BTreeMap<DnsName, DnsName>,
    members: BTreeMap<(String, DnsName), bool>,
}

impl State {
    fn of(plan: &Plan, deployment: &Deployment) -> Self {
        let mut state = Self {
            certificates: BTreeMap::new(),
            presents: BTreeMap::new(),
            redirects: BTreeMap::new(),
            members: BTreeMap::new(),
        };
        for certificate in plan.certificates() {
            state.install(certificate);
        }
        for set in &deployment.server_sets {
            if let Some(Failover::Dns { redirects, .. }) = &set.failover {
                state.redirects.extend(redirects.clone());
            }
        }
        for dial_plan in &deployment.dial_plans {
            let members = dial_plan.members.iter();
            state.members.extend(
                members.map(|it| ((dial_plan.name.clone(), it.server.clone()), it.enabled)),
            );
        }
        state
    }

    fn install(&mut self, certificate: &PlannedCertificate) {
        let held = (certificate.names().collect(), certificate.key());
        self.certificates
            .insert(certificate.subject().clone(), held);
        for server in certificate.servers() {
            self.presents
                .insert(server.clone(), certificate.subject().clone());
        }
    }

    fn apply(&mut self, step: &Step) {
        match step {
            Step::Issue(certificate) => self.install(certificate),
            Step::Reissue(reissue) => {
                assert!(!reissue.reasons().is_empty(), "{reissue}");
                self.install(reissue.certificate());
            }
            Step::Extend(reissue) => {
                let held = self
                    .certificates
                    .get_mut(reissue.certificate().subject())
                    .unwrap();
                held.0.extend(reissue.added());
            }
            Step::Install {
                subject, servers, ..
            } => {
                self.presents
                    .extend(servers.iter().map(|it| (it.clone(), subject.clone())));
            }
            Step::Redirect { name, to, .. } => {
                self.redirects.insert(name.clone(), to.clone());
            }
            Step::RemoveRedirect { name, .. } => {
                self.redirects.remove(name).unwrap();
            }
            Step::Enable {
                dial_plan, server, ..
            } => {
                self.members
                    .insert((dial_plan.clone(), server.clone()), true);
            }
            Step::Disable {
                dial_plan, server, ..
            } => {
                self.members
                    .insert((dial_plan.clone(), server.clone()), false);
            }
            Step::RemoveMember {
                dial_plan, server, ..
            } => {
                self.members
                    .remove(&(dial_plan.clone(), server.clone()))
                    .unwrap();
            }
            Step::Retire { subject, .. } => {
                self.certificates.remove(subject).unwrap();
                self.presents.retain(|_, presented| presented != subject);
            }
            other => panic!("{other:?}"),
        }
    }

    /// Whoever a name can be pointed at, and whoever takes calls, holds what it needs.
    fn check(&self, step: &Step) -> Result<(), TestCaseError> {
        let holds = |server: &DnsName, name: &DnsName| {
            let presented = self
                .presents
                .get(server)
                .and_then(|it| self.certificates.get(it));
            presented.is_some_and(|(names, _)| names.iter().any(|it| it.covers(name)))
        };
        for (name, to) in &self.redirects {
            prop_assert!(holds(to, name), "{} at {} after: {}", name, to, step);
        }
        for ((_, server), enabled) in &self.members {
            prop_assert!(
                !enabled || holds(server, server),
                "{} after: {}",
                server,
                step
            );
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn round_trip_what_a_shared_ca_issues_audits_without_an_error(
        deployment in a_deployment(),
        policy in policy(),
    ) {
        let plan = planned(&deployment, policy);
        let ca = ca();
        let bundle = ca.issue(&plan).unwrap();
        let audit = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented_all(bundle.chains());
        let report = audit.run(TODAY);
        prop_assert!(report.findings().is_empty(), "{}", report);
        // Its opposite: on a day after the end nothing is trusted, for this reason alone.
        let report = audit.run(TODAY + Duration::days(400));
        prop_assert_eq!(report.findings().len(), plan.certificates().len());
        prop_assert!(report.findings().iter().all(|it| it.rule() == Rule::Expired), "{}", report);
    }

    #[test]
    fn never_looser_a_chain_is_trusted_only_where_webpki_says_so(
        deployment in a_deployment(),
        flipped in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let plan = planned(&deployment, SanPolicy::EveryServer);
        let ca = ca();
        let bundle = ca.issue(&plan).unwrap();
        let server = plan.certificates()[0].subject();
        let mut der = bundle.server(server).unwrap().chain().certificates().next().unwrap().der().to_vec();
        let place = flipped.index(der.len());
        der[place] ^= 1 << bit;
        let behind = ca.intermediates().iter().map(|it| it.der().clone());
        let chain: Chain =
            std::iter::once(CertificateDer::from(der)).chain(behind).collect();
        let report = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented_all(bundle.chains())
            .presented(server, chain)
            .run(TODAY);
        // Whatever bit of a signed certificate changes, it is an error for this server alone.
        let errors: Vec<_> =
            report.findings().iter().filter(|it| it.severity() == Severity::Error).collect();
        prop_assert!(!errors.is_empty(), "byte {} bit {}", place, bit);
        prop_assert!(errors.iter().all(|it| it.subject() == server.as_str()), "{}", report);
        prop_assert!(!report.is_trusted());
    }
}

/// Single faults of what one server presents, each with its rule.
const FAULTS: [(&str, Rule); 10] = [
    ("nothing", Rule::NotPresented),
    ("no intermediate", Rule::MissingIntermediate),
    ("another CA", Rule::UntrustedRoot),
    ("a rebuilt CA", Rule::BadSignature),
    ("Exchange's default", Rule::DefaultSelfSigned),
    ("an unreadable certificate", Rule::MalformedCertificate),
    ("a certificate that ended", Rule::Expired),
    (
        "a certificate for one name that is no server's",
        Rule::SubjectNotServer,
    ),
    ("a CA's certificate", Rule::CaAsServer),
    ("a revoked certificate", Rule::Revoked),
];

fn another_ca(name: &str, days: u32) -> TestCa {
    let options = TestCaOptions::starting(TODAY - Duration::DAY).leaf_days(days);
    TestCa::with_options(name, &options).unwrap()
}

/// The chain of a fault, the roots that both sides hold then, and the CRLs that are given.
fn faulty_chain(
    fault: &str,
    ca: &TestCa,
    planned: &PlannedCertificate,
    good: &Chain,
) -> (Option<Chain>, Vec<Certificate>, Vec<Crl>) {
    let by = |ca: &TestCa| {
        let key = KeyPair::generate(FAST).unwrap();
        ca.issue_planned(planned, key).unwrap().chain().clone()
    };
    let first = |chain: &Chain| chain.certificates().next().unwrap().clone();
    let behind = |own: Certificate| std::iter::once(own).chain(ca.intermediates().iter().cloned());
    let (mut roots, mut crls) = (ca.roots().to_vec(), Vec::new());
    let chain = match fault {
        "nothing" => None,
        "no intermediate" => Some([first(good)].into_iter().collect()),
        "another CA" => Some(by(&another_ca("Another CA", 300))),
        "a rebuilt CA" => Some(behind(first(&by(&another_ca("Contoso Test CA", 300)))).collect()),
        "Exchange's default" => {
            let server = UmServer::new(planned.subject().as_str(), "Tukwila").unwrap();
            let key = KeyPair::generate(FAST).unwrap();
            Some(faulty::exchange_default(&server, &key, TODAY - Duration::DAY).unwrap())
        }
        "an unreadable certificate" => {
            let der = first(good).der().to_vec();
            let cut = CertificateDer::from(der[..der.len() - 1].to_vec());
            let behind = ca.intermediates().iter().map(|it| it.der().clone());
            Some(std::iter::once(cut).chain(behind).collect())
        }
        "a certificate that ended" => {
            let short = another_ca("Short CA", 10);
            roots.extend(short.roots().iter().cloned());
            Some(by(&short))
        }
        "a certificate for one name that is no server's" => {
            Some(ca.issue_names(["www.example.net"]).unwrap().chain().clone())
        }
        "a CA's certificate" => Some(ca.intermediates().iter().cloned().collect()),
        "a revoked certificate" => {
            crls = ca.crls(TODAY, [&first(good)]).unwrap();
            Some(good.clone())
        }
        other => panic!("{other}"),
    };
    (chain, roots, crls)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn diagnosis_a_single_fault_brings_its_own_rule_for_the_right_server_alone(
        deployment in a_deployment(),
        policy in policy(),
        place in any::<prop::sample::Index>(),
        fault in prop::sample::select(&FAULTS),
    ) {
        let (fault, rule) = fault;
        let plan = planned(&deployment, policy);
        let ca = ca();
        let bundle = ca.issue(&plan).unwrap();
        let planned = place.get(plan.certificates());
        let server = planned.subject();
        let good = bundle.server(server).unwrap().chain();
        let (chain, roots, crls) = faulty_chain(fault, &ca, planned, good);
        let roots: TrustStore = roots.into_iter().collect();
        let chains = bundle.chains().filter(|(name, _)| name != server);
        let report = Audit::new(&plan)
            .lync_roots(&roots)
            .exchange_roots(&roots)
            .presented_all(chains)
            .presented_all(chain.map(|chain| (server.clone(), chain)))
            .crls(crls)
            .run(TODAY + Duration::days(20) - Duration::days(15) * i32::from(rule == Rule::Revoked));
        let found: Vec<_> = report.findings().iter().map(|it| (it.rule(), it.subject())).collect();
        prop_assert_eq!(found, [(rule, server.as_str())], "{}\n{}", fault, report);
    }
}

/// The servers that take over in some outage, and whether some outage is left to nobody.
fn stand_ins(plan: &Plan) -> (BTreeSet<DnsName>, bool) {
    let (mut servers, mut gap) = (BTreeSet::new(), false);
    for outage in plan.outages() {
        for route in &outage.routes {
            match &route.answer {
                Answer::Server { server, .. } => {
                    servers.insert(server.clone());
                }
                _ => gap = true,
            }
        }
        for shift in &outage.dial_plans {
            servers.extend(shift.enable.iter().cloned());
            gap |= shift.remaining == 0 && shift.enable.is_empty();
        }
    }
    (servers, gap)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// `name-missing` says of the names really presented what the outages under them say.
    #[test]
    fn names_on_the_day_are_missing_where_an_outage_under_them_is_not_covered(
        deployment in a_deployment(),
        policy in policy(),
        kept in prop::collection::vec(any::<bool>(), 64),
    ) {
        let plan = planned(&deployment, policy);
        let ca = ca();
        let mut kept = kept.into_iter().cycle();
        let mut chains: BTreeMap<DnsName, Chain> = BTreeMap::new();
        for planned in plan.certificates() {
            let own = planned.subject().to_string();
            let others = planned.names().map(|name| name.to_string());
            let others = others.filter(|name| *name != own && kept.next() == Some(true));
            let names: Vec<String> = std::iter::once(own.clone()).chain(others).collect();
            let issued = ca.issue_names(names.iter().map(String::as_str)).unwrap();
            chains.insert(planned.subject().clone(), issued.chain().clone());
        }
        let presented = |server: &DnsName| {
            let own = chains.get(server)?.certificates().next()?;
            Some(own.dns_names().clone())
        };
        let outages: Vec<Outage> = plan.outages_under(presented).collect();
        let routes = outages.iter().flat_map(|outage| &outage.routes);
        let uncovered = routes.filter_map(|route| match &route.answer {
            Answer::Server { server, covered_by: None, .. } => Some(format!("{server}: {}", route.name)),
            _ => None,
        });
        let expected: BTreeSet<String> = uncovered.collect();
        let report = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented_all(chains.clone())
            .run(TODAY);
        let missing = report.findings().iter().filter(|it| it.rule() == Rule::NameMissing);
        let found: BTreeSet<String> = missing
            .map(|it| format!("{}: {}", it.subject(), it.detail().split(' ').next().unwrap()))
            .collect();
        prop_assert_eq!(found, expected, "{}", report);
    }

    /// Failover is safe until the first end of a server that takes over.
    #[test]
    fn failover_is_safe_until_the_first_stand_in_ends(
        deployment in a_deployment(),
        days in prop::collection::vec(prop::sample::select(vec![5_u32, 40, 80]), 16),
        now in 0_i64..90,
    ) {
        let plan = planned(&deployment, SanPolicy::EveryServer);
        let cas = [5, 40, 80].map(|days| (days, another_ca("CA", days)));
        let roots: TrustStore = cas.iter().flat_map(|(_, ca)| ca.roots().to_vec()).collect();
        let now = TODAY + Duration::days(now);
        let (servers, gap) = stand_ins(&plan);
        let mut audit = Audit::new(&plan).lync_roots(&roots).exchange_roots(&roots);
        let mut expected = gap.then_some(now);
        for (planned, days) in plan.certificates().iter().zip(days.iter().cycle()) {
            let (_, ca) = cas.iter().find(|(it, _)| it == days).unwrap();
            let issued = ca.issue_planned(planned, KeyPair::generate(FAST).unwrap()).unwrap();
            audit = audit.presented(planned.subject(), issued.chain().clone());
            let end = TODAY - Duration::DAY + Duration::days((*days).into()) + Duration::SECOND;
            if servers.contains(planned.subject()) {
                let end = end.max(now);
                expected = Some(expected.map_or(end, |first| first.min(end)));
            }
        }
        let report = audit.run(now);
        prop_assert_eq!(report.failover_safe_until(), expected, "{}", report);
    }
}
