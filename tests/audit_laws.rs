//! The laws of the audit as properties: never looser than webpki, every refusal explained, chains sorted
//! out whatever their order, self-signed means self-signed, and nothing panics.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod common;

use std::sync::LazyLock;

use common::{
    Forge, Forged, TODAY, certificate, ids, openssl, rcgen_key, server_params, subject, um,
};
use proptest::prelude::*;
use proptest::sample::Index;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose};
use rustls_pki_types::{CertificateDer, UnixTime};
use time::{Duration, OffsetDateTime};
use umcert::{
    Audit, Certificate, Chain, Crl, Plan, Report, Rule, SanPolicy, SelfSignature, Severity,
    TrustStore,
};

/// Certificates that fit together in many ways, most of them wrong.
struct Pool {
    plan: Plan,
    /// What UM server 1 may present as its own.
    own: Vec<Certificate>,
    /// What may stand behind it, and among the roots.
    authorities: Vec<Certificate>,
    crls: Vec<Crl>,
}

static POOL: LazyLock<Pool> = LazyLock::new(Pool::new);

fn ended(params: &mut CertificateParams) {
    params.not_after = TODAY - Duration::DAY;
}

impl Pool {
    fn new() -> Self {
        let root = Forge::root("Root");
        let namesake = Forge::root("Root");
        let old_root = Forge::root_with("Old Root", ended);
        let first = root.intermediate("First", |_| {});
        let first_namesake = namesake.intermediate("First", |_| {});
        let second = first.intermediate("Second", |it| it.not_after = TODAY + Duration::days(150));
        let old = root.intermediate("Old", ended);
        let no_ca = root.intermediate("No CA", |it| it.is_ca = IsCa::ExplicitNoCa);
        let no_usage = root.intermediate("No Usage", |it| {
            it.key_usages = vec![KeyUsagePurpose::CrlSign]
        });
        let clients = root.intermediate("Clients", |it| {
            it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        });
        let cross = old_root.cross(&first, "First");
        let issuers = [
            &root,
            &namesake,
            &old_root,
            &first,
            &first_namesake,
            &second,
            &old,
            &no_ca,
            &no_usage,
            &clients,
        ];
        let mut own: Vec<Certificate> = issuers.iter().map(|it| it.server(1, |_| {})).collect();
        own.push(first.server(1, ended));
        own.push(first.server(1, |it| {
            it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth]
        }));
        own.push(certificate(
            server_params(1).self_signed(&rcgen_key()).unwrap(),
        ));
        // An impostor: its issuer has its own name and another key.
        let double = Forge::root(um(1).as_str());
        own.push(double.server(1, |_| {}));
        let mut authorities: Vec<Certificate> =
            issuers.iter().map(|it| it.certificate.clone()).collect();
        authorities.extend([cross, double.certificate.clone()]);
        authorities.extend(own.iter().skip(10).cloned());
        let crls = vec![
            root.crl(&[&old.certificate], 5),
            first.crl(&[&own[3]], 5),
            namesake.crl(&[], -5),
        ];
        Self {
            plan: common::plan(ONE_SERVER, SanPolicy::EveryServer),
            own,
            authorities,
            crls,
        }
    }
}

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2016" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

/// What is presented, what each side holds, which CRLs are given, and when.
#[derive(Debug)]
struct Case {
    chain: Chain,
    lync: TrustStore,
    exchange: TrustStore,
    crls: Vec<Crl>,
    at: OffsetDateTime,
}

impl Case {
    fn run(&self) -> Report {
        Audit::new(&POOL.plan)
            .lync_roots(&self.lync)
            .exchange_roots(&self.exchange)
            .presented(um(1), self.chain.clone())
            .crls(self.crls.clone())
            .run(self.at)
    }
}

prop_compose! {
    fn a_case()(
        own in any::<Index>(),
        behind in prop::collection::vec(any::<Index>(), 0..6),
        // The good root and the first intermediate are there more often than not.
        likely in any::<[bool; 3]>(),
        lync in prop::collection::vec(any::<Index>(), 0..3),
        exchange in prop::collection::vec(any::<Index>(), 0..3),
        crls in prop::sample::subsequence(vec![0_usize, 1, 2], 0..=3),
        days in prop::sample::select(vec![0_i64, 0, 0, -150, 120, 170]),
    ) -> Case {
        let of = |index: &Index| index.get(&POOL.authorities).clone();
        let root = || likely[0].then(|| POOL.authorities[0].clone());
        let first = likely[1].then(|| POOL.authorities[3].clone());
        let second = likely[2].then(|| POOL.authorities[5].clone());
        let chain = std::iter::once(own.get(&POOL.own).clone());
        Case {
            chain: chain.chain(behind.iter().map(of)).chain(second).chain(first).collect(),
            lync: lync.iter().map(of).chain(root()).collect(),
            exchange: exchange.iter().map(of).chain(root()).collect(),
            crls: crls.iter().map(|number| POOL.crls[*number].clone()).collect(),
            at: TODAY + Duration::days(days),
        }
    }
}

/// What webpki says without any code of ours between.
fn webpki_trusts(chain: &Chain, store: &TrustStore, at: OffsetDateTime) -> bool {
    let sorted = chain.sorted();
    let ders: Vec<CertificateDer<'_>> = sorted.certificates().map(|it| it.der().clone()).collect();
    let anchors: Vec<_> = store
        .roots()
        .iter()
        .map(|root| {
            webpki::anchor_from_trusted_cert(root.der())
                .unwrap()
                .to_owned()
        })
        .collect();
    let seconds = std::time::Duration::from_secs(at.unix_timestamp().try_into().unwrap());
    let Ok(end_entity) = webpki::EndEntityCert::try_from(&ders[0]) else {
        return false;
    };
    let path = end_entity.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        &ders[1..],
        UnixTime::since_unix_epoch(seconds),
        webpki::KeyUsage::server_auth(),
        None,
        None,
    );
    path.is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Trusted only where webpki says so; refused only with a reason that stands among the findings.
    #[test]
    fn never_looser_and_never_unexplained(case in a_case()) {
        let report = case.run();
        let errors: Vec<Rule> = report
            .findings()
            .iter()
            .filter(|it| it.severity() == Severity::Error)
            .map(|it| it.rule())
            .collect();
        prop_assert_eq!(report.verdicts().len(), 2);
        for (verdict, store) in report.verdicts().iter().zip([&case.lync, &case.exchange]) {
            let webpki = webpki_trusts(&case.chain, store, case.at);
            prop_assert_eq!(verdict.trusted_through.is_some(), verdict.refused_for.is_empty());
            prop_assert!(verdict.refused_for.iter().all(|rule| errors.contains(rule)), "{}", report);
            if verdict.trusted_through.is_some() {
                prop_assert!(webpki, "{}", report);
            } else if webpki {
                // Stricter, and in these ways alone.
                let ours = [
                    Rule::SelfSigned, Rule::Expired, Rule::NotYetValid, Rule::PathInvalid, Rule::Revoked,
                ];
                prop_assert!(verdict.refused_for.iter().all(|rule| ours.contains(rule)), "{}", report);
            }
        }
        prop_assert_eq!(report.is_trusted(), errors.is_empty());
    }

    /// The order, doubles and strangers of a chain change nothing but a note.
    #[test]
    fn a_chain_in_any_order_has_the_same_verdicts(
        case in a_case(),
        doubled in any::<Index>(),
        seed in any::<u64>(),
    ) {
        let mut certificates: Vec<Certificate> = case.chain.certificates().cloned().collect();
        let own = certificates[0].clone();
        // Where another stands that is no CA's, which one is the server's own is told by the order.
        certificates.retain(|it| *it == own || it.basic_constraints() == umcert::BasicConstraints::Ca);
        let chain: Chain = certificates.iter().cloned().collect();
        let before = Case { chain, ..case };
        certificates.push(doubled.get(&certificates).clone());
        let mut left: Vec<Certificate> = certificates;
        let mut shuffled = Vec::new();
        let mut state = seed;
        while !left.is_empty() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let place = usize::try_from(state >> 33).unwrap() % left.len();
            shuffled.push(left.swap_remove(place));
        }
        let expected = before.run();
        let after = Case { chain: shuffled.into_iter().collect(), ..before }.run();
        let without_order = |report: &Report| {
            let findings = report.findings().iter().filter(|it| it.rule() != Rule::ChainOrder);
            findings.map(ToString::to_string).collect::<Vec<_>>()
        };
        let trusted = |report: &Report| {
            let verdicts = report.verdicts().iter();
            verdicts.map(|it| it.trusted_through.is_some()).collect::<Vec<_>>()
        };
        prop_assert_eq!(trusted(&after), trusted(&expected), "{}\n{}", expected, after);
        // Which of two faults a broken chain is blamed for may hang on its order; that it is, does not.
        prop_assert_eq!(
            without_order(&after).is_empty(),
            without_order(&expected).is_empty(),
            "{}\n{}", expected, after
        );
        prop_assert!(after.findings().iter().any(|it| it.rule() == Rule::ChainOrder), "{}", after);
    }
}

/// A host name, or a NetBIOS name.
fn a_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z]{1,15}",
        "[a-z]{1,8}\\.contoso\\.com",
        "WMSvc-[A-Z]{1,9}"
    ]
}

/// Parameters of a certificate for these names that may look like a default of Exchange.
fn look_alike(cn: &str, names: &[String]) -> CertificateParams {
    let mut params = server_params(1);
    params.distinguished_name = subject(cn);
    params.subject_alt_names = common::sans(names);
    params
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// What its own key signed is called that and trusted by nobody, even among the roots; what shares the
    /// name of its issuer and no key is never called that.
    #[test]
    fn self_signed_means_self_signed(
        cn in a_name(),
        names in prop::collection::vec(a_name(), 0..3),
        own_first in any::<bool>(),
    ) {
        let names: Vec<String> = own_first.then(|| cn.clone()).into_iter().chain(names).collect();
        let params = look_alike(&cn, &names);
        let own = certificate(params.self_signed(&rcgen_key()).unwrap());
        let impostor = Forge::root(&cn).raw(&params);
        let impostor = Certificate::from_der(impostor).unwrap();
        prop_assert_eq!(own.self_signature(), SelfSignature::Valid);
        prop_assert_eq!(impostor.self_signature(), SelfSignature::Invalid);
        let audit = |presented: &Certificate, held: &Certificate| {
            let store: TrustStore = [held.clone()].into_iter().collect();
            Audit::new(&POOL.plan)
                .lync_roots(&store)
                .exchange_roots(&store)
                .presented(um(1), [presented.clone()].into_iter().collect())
                .run(TODAY)
        };
        for held in [&own, &impostor] {
            let report = audit(&own, held);
            let rules: Vec<Rule> = report.findings().iter().map(|it| it.rule()).collect();
            let is_default = [own.clone()].into_iter().collect::<Chain>().default_certificate().is_some();
            let expected = if is_default { Rule::DefaultSelfSigned } else { Rule::SelfSigned };
            prop_assert_eq!(rules, [expected], "{}", report);

            let report = audit(&impostor, held);
            let rules: Vec<Rule> = report.findings().iter().map(|it| it.rule()).collect();
            prop_assert!(rules.contains(&Rule::BadSignature), "{}", report);
            prop_assert!(!rules.contains(&Rule::SelfSigned), "{}", report);
            prop_assert!(!rules.contains(&Rule::DefaultSelfSigned), "{}", report);
            prop_assert!(report.verdicts().iter().all(|it| it.trusted_through.is_none()));
        }
    }

    /// Whatever stands in a file: an error, or entries; and an audit of them ends.
    #[test]
    fn no_bytes_panic(
        flips in prop::collection::vec((any::<Index>(), any::<u8>()), 0..8),
        cut in prop::option::of(any::<Index>()),
        form in 0..3,
    ) {
        let forged = &*FORGED;
        let chain = forged.chain(forged.intermediate.server(1, |_| {}));
        let mut bytes = match form {
            0 => chain.to_pem().into_bytes(),
            1 => common::pkcs7(&chain.certificates().collect::<Vec<_>>()),
            _ => chain.certificates().next().unwrap().der().to_vec(),
        };
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let length = bytes.len();
        for (place, value) in flips.iter().filter(|_| length > 0) {
            bytes[place.index(length)] = *value;
        }
        let _ = Crl::from_bytes(&bytes);
        if let Ok(chain) = Chain::from_bytes(&bytes) {
            let report = forged.audit().presented(um(1), chain.clone()).run(TODAY);
            let of_others = ids(report.findings()).into_iter().find(|id| !id.ends_with(um(1).as_str()));
            prop_assert_eq!(of_others, None, "{}", report);
            prop_assert_eq!(chain.sorted().sorted(), chain.sorted());
        }
    }
}

static FORGED: LazyLock<Forged> = LazyLock::new(Forged::new);

/// OpenSSL, told to check the same things, accepts each chain that the audit accepts.
#[test]
fn openssl_agrees_with_each_accepted_chain() {
    use proptest::strategy::ValueTree;

    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut accepted, folder) = (0, tempfile::tempdir().unwrap());
    let write = |file: &str, text: String| std::fs::write(folder.path().join(file), text).unwrap();
    for _ in 0..3000 {
        if accepted == 40 {
            break;
        }
        let case = a_case().new_tree(&mut runner).unwrap().current();
        let report = case.run();
        // OpenSSL takes what is self-issued for self-signed, whoever's key it was.
        let is_self_issued = case.chain.certificates().next().unwrap().is_self_issued();
        if report.verdicts()[0].trusted_through.is_none() || is_self_issued {
            continue;
        }
        accepted += 1;
        // The path itself: OpenSSL goes no way back from a namesake that leads nowhere.
        let path = case
            .lync
            .verify_with_crls(&case.chain.sorted(), um(1), case.at, &case.crls);
        let path = path.unwrap();
        let chain = case
            .chain
            .certificates()
            .take(1)
            .chain(path.intermediates());
        write("root.pem", path.root().to_pem());
        write("chain.pem", chain.map(Certificate::to_pem).collect());
        let at = case.at.unix_timestamp().to_string();
        let arguments = [
            "verify",
            "-attime",
            &at,
            "-purpose",
            "sslserver",
            "-partial_chain",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "chain.pem",
            "-verify_hostname",
            "um1.contoso.com",
            "chain.pem",
        ];
        let Some(output) = openssl(&arguments, folder.path()) else {
            return;
        };
        assert!(output.status.success(), "{report}\n{output:?}");
    }
    assert!(
        accepted == 40,
        "{accepted} of 3000 were accepted: too few to say anything"
    );
}
