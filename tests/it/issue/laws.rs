//! The laws of issuing and auditing, as properties over generated deployments.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::deployments::{FAST, TODAY};
use crate::support::generated::{a_deployment, planned, policy};
use crate::support::scene::ca;
use proptest::prelude::*;
use rustls_pki_types::CertificateDer;
use time::Duration;
use umcert::deployment::UmServer;
use umcert::issue::TestCaOptions;
use umcert::plan::{Outage, RouteTarget};
use umcert::{
    Audit, Certificate, Chain, Crl, DnsName, KeyPair, Plan, PlannedCertificate, Rule, SanName,
    SanPolicy, Severity, TestCa, TrustStore, faulty,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn round_trip_of_any_plan_audits_without_an_error(
        deployment in a_deployment(),
        policy in policy(),
        front_ends in any::<bool>(),
    ) {
        let plan = planned(&deployment, policy, front_ends);
        let ca = ca();
        let bundle = ca.issue(&plan).unwrap();
        let audit = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented_chains(bundle.chains());
        let report = audit.run(TODAY);
        prop_assert!(report.findings().is_empty(), "{}", report);
        // The opposite: after the expiry nothing is trusted, and expiry is the only reason.
        let report = audit.run(TODAY + Duration::days(400));
        prop_assert_eq!(report.findings().len(), plan.certificates().len());
        prop_assert!(report.findings().iter().all(|it| it.rule() == Rule::Expired), "{}", report);
    }

    #[test]
    fn never_looser_trusted_only_if_webpki_trusts(
        deployment in a_deployment(),
        flipped in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let plan = planned(&deployment, SanPolicy::EveryServer, false);
        let ca = ca();
        let bundle = ca.issue(&plan).unwrap();
        let server = plan.certificates()[0].subject();
        let mut der = bundle.certificate(server).unwrap().chain().certificates().next().unwrap().der().to_vec();
        let place = flipped.index(der.len());
        der[place] ^= 1 << bit;
        let behind = ca.intermediates().iter().map(|it| it.der().clone());
        let chain: Chain =
            std::iter::once(CertificateDer::from(der)).chain(behind).collect();
        let report = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented_chains(bundle.chains())
            .presented(server, chain)
            .run(TODAY);
        // A changed bit of a signed certificate is an error for its server only.
        let errors: Vec<_> =
            report.findings().iter().filter(|it| it.severity() == Severity::Error).collect();
        prop_assert!(!errors.is_empty(), "byte {} bit {}", place, bit);
        prop_assert!(errors.iter().all(|it| it.subject() == server.as_str()), "{}", report);
        prop_assert!(!report.is_trusted());
    }
}

/// Single faults of one presented chain, each with its rule.
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
    let options = TestCaOptions::valid_from(TODAY - Duration::DAY).leaf_days(days);
    TestCa::with_options(name, &options).unwrap()
}

/// Returns the faulty chain, the roots of both relying parties, and the CRLs.
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
            let server = UmServer::new(planned.servers()[0].as_str(), "Tukwila").unwrap();
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
    fn diagnosis_of_a_single_fault_reports_only_its_rule(
        deployment in a_deployment(),
        policy in policy(),
        place in any::<prop::sample::Index>(),
        fault in prop::sample::select(&FAULTS),
        front_ends in any::<bool>(),
    ) {
        let (fault, rule) = fault;
        let plan = planned(&deployment, policy, front_ends);
        let ca = ca();
        let bundle = ca.issue(&plan).unwrap();
        let planned = place.get(plan.certificates());
        let server = &planned.servers()[0];
        let good = bundle.certificate(server).unwrap().chain();
        let (chain, roots, crls) = faulty_chain(fault, &ca, planned, good);
        let roots: TrustStore = roots.into_iter().collect();
        let chains = bundle.chains().filter(|(name, _)| name != server);
        let report = Audit::new(&plan)
            .lync_roots(&roots)
            .exchange_roots(&roots)
            .presented_chains(chains)
            .presented_chains(chain.map(|chain| (server.clone(), chain)))
            .crls(crls)
            .run(TODAY + Duration::days(20) - Duration::days(15) * i32::from(rule == Rule::Revoked));
        let found: Vec<_> = report.findings().iter().map(|it| (it.rule(), it.subject())).collect();
        prop_assert_eq!(found, [(rule, server.as_str())], "{}\n{}", fault, report);
    }
}

/// Returns the servers that take over in some outage, and whether some outage has no server to take over.
fn stand_ins(plan: &Plan) -> (BTreeSet<DnsName>, bool) {
    let (mut servers, mut gap) = (BTreeSet::new(), false);
    for outage in plan.outages() {
        for route in &outage.routes {
            match &route.answer {
                RouteTarget::Server { server, .. } => {
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

    /// `name-missing` reports exactly what the outages with the presented names show.
    #[test]
    fn names_missing_in_an_outage_are_reported(
        deployment in a_deployment(),
        policy in policy(),
        kept in prop::collection::vec(any::<bool>(), 64),
        front_ends in any::<bool>(),
    ) {
        let plan = planned(&deployment, policy, front_ends);
        let ca = ca();
        let mut kept = kept.into_iter().cycle();
        let mut chains: BTreeMap<DnsName, Chain> = BTreeMap::new();
        for planned in plan.certificates() {
            let own = planned.subject().to_string();
            let others = planned.names().map(|name| name.to_string());
            let others = others.filter(|name| *name != own && kept.next() == Some(true));
            let names: Vec<String> = std::iter::once(own.clone()).chain(others).collect();
            let issued = ca.issue_names(names.iter().map(String::as_str)).unwrap();
            chains.insert(planned.servers()[0].clone(), issued.chain().clone());
        }
        let presented = |server: &DnsName| {
            let own = chains.get(server)?.certificates().next()?;
            Some(own.dns_names())
        };
        let outages: Vec<Outage> = plan.outages_under(presented).collect();
        let routes = outages.iter().flat_map(|outage| &outage.routes);
        let uncovered = routes.filter_map(|route| match &route.answer {
            RouteTarget::Server { server, covered_by: None, .. } => Some(format!("{server}: {}", route.name)),
            _ => None,
        });
        // A Front End must have its own name, and no outage moves it.
        let front_ends = plan.certificates().iter().filter(|it| it.pool().is_some());
        let front_ends = front_ends.flat_map(PlannedCertificate::servers);
        let nameless = front_ends.filter(|it| !presented(it).unwrap().contains(&SanName::from(*it)));
        let expected = uncovered.chain(nameless.map(|it| format!("{it}: {it}")));
        let expected: BTreeSet<String> = expected.collect();
        let report = Audit::new(&plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented_chains(chains.clone())
            .run(TODAY);
        let missing = report.findings().iter().filter(|it| it.rule() == Rule::NameMissing);
        let found: BTreeSet<String> = missing
            .map(|it| format!("{}: {}", it.subject(), it.detail().split(' ').next().unwrap()))
            .collect();
        prop_assert_eq!(found, expected, "{}", report);
    }

    /// Failover is safe until the first certificate of a stand-in expires.
    #[test]
    fn failover_is_safe_until_the_first_stand_in_expires(
        deployment in a_deployment(),
        days in prop::collection::vec(prop::sample::select(vec![5_u32, 40, 80]), 16),
        now in 0_i64..90,
        front_ends in any::<bool>(),
    ) {
        let plan = planned(&deployment, SanPolicy::EveryServer, front_ends);
        let cas = [5, 40, 80].map(|days| (days, another_ca("CA", days)));
        let roots: TrustStore = cas.iter().flat_map(|(_, ca)| ca.roots().to_vec()).collect();
        let now = TODAY + Duration::days(now);
        let (servers, gap) = stand_ins(&plan);
        let mut audit = Audit::new(&plan).lync_roots(&roots).exchange_roots(&roots);
        let mut expected = gap.then_some(now);
        for (planned, days) in plan.certificates().iter().zip(days.iter().cycle()) {
            let (_, ca) = cas.iter().find(|(it, _)| it == days).unwrap();
            let issued = ca.issue_planned(planned, KeyPair::generate(FAST).unwrap()).unwrap();
            audit = audit.presented(&planned.servers()[0], issued.chain().clone());
            let end = TODAY - Duration::DAY + Duration::days((*days).into()) + Duration::SECOND;
            if servers.contains(&planned.servers()[0]) {
                let end = end.max(now);
                expected = Some(expected.map_or(end, |first| first.min(end)));
            }
        }
        let report = audit.run(now);
        prop_assert_eq!(report.failover_safe_until(), expected, "{}", report);
    }
}
