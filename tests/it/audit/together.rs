//! Servers that are audited together get the verdicts that each gets alone, on any number of threads.

use std::num::NonZeroUsize;

use super::pool::{Case, POOL, a_case};
use crate::support::deployments::{EXAMPLE_1, TODAY, um, with_servers};
use crate::support::forge::{self, chain_of, rcgen_key};
use crate::support::scene::{Scene, assert_finds, ca, ids};
use proptest::prelude::*;
use umcert::audit::TrustVerdict;
use umcert::{Audit, Chain, Plan, Report, SanPolicy, TrustStore};

/// A plan with a server for each of several chains.
fn plan(servers: usize) -> Plan {
    with_servers(&(1..=servers).collect::<Vec<_>>())
}

/// An audit in which each server presents one of `chains`.
fn audit<'a>(plan: &'a Plan, chains: &[Chain], case: &Case) -> Audit<'a> {
    let servers = (1..).map(um);
    Audit::new(plan)
        .lync_roots(&case.lync)
        .exchange_roots(&case.exchange)
        .presented_chains(servers.zip(chains.iter().cloned()))
        .crls(case.crls.clone())
}

fn threads(count: usize) -> NonZeroUsize {
    NonZeroUsize::new(count).unwrap()
}

fn of_server(report: &Report, number: usize) -> Vec<&TrustVerdict> {
    let verdicts = report.verdicts().iter();
    verdicts.filter(|it| it.server == um(number)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every server gets the verdicts that it gets alone, and the report does not depend on the number of
    /// threads.
    #[test]
    fn servers_audited_together_are_judged_as_alone(
        cases in prop::collection::vec(a_case(), 2..=4),
    ) {
        let first = &cases[0];
        let chains: Vec<Chain> = cases.iter().map(|it| it.chain.clone()).collect();
        let together = plan(chains.len());
        let audit_of_all = audit(&together, &chains, first);
        let report = audit_of_all.run(first.at);
        for count in [2, 7] {
            let other = audit_of_all.clone().threads(threads(count)).run(first.at);
            prop_assert_eq!(&other, &report, "{} threads", count);
        }
        for (number, chain) in (1..).zip(&chains) {
            let alone = Audit::new(&together)
                .lync_roots(&first.lync)
                .exchange_roots(&first.exchange)
                .presented(um(number), chain.clone())
                .crls(first.crls.clone())
                .run(first.at);
            // The reason may be more precise if other servers present what the chain lacks.
            let trusted = |report: &Report| -> Vec<_> {
                let verdicts = of_server(report, number).into_iter();
                verdicts.map(|it| (it.relying_party.clone(), it.verdict.root().cloned())).collect()
            };
            prop_assert_eq!(trusted(&report), trusted(&alone), "{}\n{}", report, alone);
        }
    }

    /// A store that was read twice gives the same verdicts.
    #[test]
    fn equal_stores_have_equal_verdicts(case in a_case()) {
        // Without duplicates, which are findings.
        let read = || -> TrustStore { case.lync.roots().iter().cloned().collect() };
        let (first, copy) = (read(), read());
        let audit = |exchange: &TrustStore| {
            Audit::new(&POOL.plan)
                .lync_roots(&first)
                .exchange_roots(exchange)
                .presented(um(1), case.chain.clone())
                .crls(case.crls.clone())
                .run(case.at)
        };
        let report = audit(&first);
        prop_assert_eq!(&audit(&copy), &report);
        let with_duplicates = audit(&case.lync);
        prop_assert_eq!(with_duplicates.verdicts(), report.verdicts());
    }
}

/// Two CAs have one name, and so do their intermediates: the right issuer of one server is wrong for the
/// other.
#[test]
fn namesakes_in_one_audit_are_distinguished() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let rebuilt = ca();
    let other = rebuilt.issue(&scene.plan).unwrap();
    let of_other = other.certificate(&um(2)).unwrap().chain().clone();
    let audit = scene.audit().presented(um(2), of_other);
    for count in [1, 2] {
        let report = audit.clone().threads(threads(count)).run(TODAY);
        assert_finds(&report, &["error bad-signature um2.contoso.com"]);
    }
    // The leaf of one CA with the intermediate of the other.
    let own = scene.chain(&um(3));
    let own = own.certificates().next().unwrap();
    let foreign = other.certificate(&um(3)).unwrap().chain();
    let foreign = foreign.certificates().nth(1).unwrap();
    let report = scene
        .audit()
        .presented(um(3), chain_of(&[own, foreign]))
        .run(TODAY);
    assert_finds(&report, &["error bad-signature um3.contoso.com"]);
}

/// A root that differs from another only in its dates is another root.
#[test]
fn stores_that_differ_in_one_date_are_distinct() {
    use time::Duration;

    let key = rcgen_key();
    let root = |ended: bool| {
        let mut params = rcgen::CertificateParams::default();
        params.distinguished_name = forge::subject("Root");
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
        params.serial_number = Some(rcgen::SerialNumber::from(vec![1]));
        params.not_before = TODAY - Duration::DAY;
        params.not_after = TODAY + Duration::days(if ended { 1 } else { 100 });
        params
    };
    let params = root(false);
    let issuer = rcgen::Issuer::from_params(&params, &key);
    let server = forge::server_params(1);
    let server = server.signed_by(&rcgen_key(), &issuer).unwrap();
    let server = forge::certificate(server);
    let store = |ended: bool| -> TrustStore {
        let certificate = root(ended).self_signed(&key).unwrap();
        [forge::certificate(certificate)].into_iter().collect()
    };
    let (old, new) = (store(true), store(false));
    let audit = Audit::new(&POOL.plan).presented(um(1), chain_of(&[&server]));
    let at = TODAY + Duration::days(2);
    let rules = |lync: &TrustStore, exchange: &TrustStore| {
        let audit = audit.clone().lync_roots(lync).exchange_roots(exchange);
        let report = audit.run(at);
        let sides = report.verdicts().iter();
        let sides: Vec<bool> = sides.map(|it| it.verdict.is_trusted()).collect();
        (sides, ids(report.findings()).len())
    };
    assert_eq!(rules(&new, &new).0, [true, true]);
    assert_eq!(rules(&new, &old).0, [true, false]);
    assert_eq!(rules(&old, &new).0, [false, true]);
    assert_eq!(rules(&old, &old).0, [false, false]);
}
