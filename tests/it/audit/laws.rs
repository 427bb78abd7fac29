//! The laws of the audit as properties: never looser than webpki, every refusal explained, chains in any
//! order, self-signed means self-signed, and no panics.

use std::sync::LazyLock;

use super::pool::{Case, POOL, a_case};
use crate::support::deployments::{TODAY, um};
use crate::support::encoding;
use crate::support::forge::{self, Forge, certificate, rcgen_key, server_params, subject};
use crate::support::openssl::openssl;
use crate::support::scene::{Forged, ids};
use proptest::prelude::*;
use proptest::sample::Index;
use rcgen::CertificateParams;
use rustls_pki_types::{CertificateDer, UnixTime};
use time::OffsetDateTime;
use umcert::audit::{CertificateKind, VerifyError};
use umcert::x509::SelfSignature;
use umcert::{Audit, Certificate, Chain, Crl, Report, Rule, Severity, TrustStore};

/// Returns the verdict of webpki alone.
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

    /// A chain is trusted only if webpki trusts it, and refused only for a reason that is among the findings.
    #[test]
    fn never_looser_and_every_refusal_explained(case in a_case()) {
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
            prop_assert_eq!(verdict.verdict.is_trusted(), verdict.verdict.because().is_empty());
            prop_assert!(verdict.verdict.because().iter().all(|rule| errors.contains(rule)), "{}", report);
            let is_root = |it: &Certificate| it.self_signature() != SelfSignature::Invalid;
            if let Some(root) = verdict.verdict.root() {
                prop_assert!(webpki, "{}", report);
                prop_assert!(is_root(root), "{}", report);
            } else if webpki {
                // The audit is stricter in these ways only.
                let mut ours = vec![
                    Rule::SelfSigned, Rule::Expired, Rule::NotYetValid, Rule::PathInvalid, Rule::Revoked,
                ];
                // webpki stops at a certificate of the store that is not self-signed. The audit goes on.
                if !store.roots().iter().all(is_root) {
                    ours.extend([Rule::UntrustedRoot, Rule::MissingIntermediate, Rule::BadSignature]);
                }
                prop_assert!(verdict.verdict.because().iter().all(|rule| ours.contains(rule)), "{}", report);
            }
        }
        prop_assert_eq!(report.is_trusted(), errors.is_empty());
    }

    /// `TrustStore::verify_with_crls` gives each store's verdict of the audit, for the same rules.
    #[test]
    fn verify_agrees_with_the_audit(case in a_case()) {
        // The audit knows more certificates, so it tells a missing intermediate from a missing root.
        let missing = |rule: &Rule| match rule {
            Rule::MissingIntermediate => Rule::UntrustedRoot,
            rule => *rule,
        };
        let report = case.run();
        for (verdict, store) in report.verdicts().iter().zip([&case.lync, &case.exchange]) {
            // Only the audit refuses a store's certificate that is not self-signed (RFC 5280 §6.1.1, D129).
            if store.roots().iter().any(|root| !root.is_self_issued()) {
                continue;
            }
            // The audit does not repeat its finding about the purpose in each verdict.
            let is_verdict = |rule: &Rule| *rule != Rule::NoServerAuth;
            let because = verdict.verdict.because().iter().map(missing);
            let mut because: Vec<Rule> = because.filter(is_verdict).collect();
            because.sort_by_key(|rule| rule.id());
            let verified = store.verify_with_crls(&case.chain.sorted(), um(1), case.at, &case.crls);
            let mut rules: Vec<Rule> = match &verified {
                Ok(_) | Err(VerifyError::Name { .. }) => Vec::new(),
                Err(error) => error.rules().iter().map(missing).collect(),
            };
            let of_audit = report.findings().iter().map(|it| it.rule());
            let of_audit: Vec<Rule> = of_audit.map(|rule| missing(&rule)).collect();
            prop_assert!(rules.iter().all(|rule| of_audit.contains(rule)), "{}", report);
            rules.retain(is_verdict);
            rules.sort_by_key(|rule| rule.id());
            rules.dedup();
            because.dedup();
            prop_assert_eq!(rules, because, "{}\n{:?}", report, verified);
        }
    }

    /// The order of a chain, duplicates and unrelated certificates change only a note.
    #[test]
    fn chain_in_any_order_has_the_same_verdicts(
        case in a_case(),
        doubled in any::<Index>(),
        seed in any::<u64>(),
    ) {
        let mut certificates: Vec<Certificate> = case.chain.certificates().cloned().collect();
        let own = certificates[0].clone();
        // If the chain contains another leaf, the order decides which one is the server's.
        certificates.retain(|it| *it == own || it.is_ca());
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
            verdicts.map(|it| it.verdict.is_trusted()).collect::<Vec<_>>()
        };
        prop_assert_eq!(trusted(&after), trusted(&expected), "{}\n{}", expected, after);
        // The order may decide which of two faults is reported for a broken chain, not whether one is.
        prop_assert_eq!(
            without_order(&after).is_empty(),
            without_order(&expected).is_empty(),
            "{}\n{}", expected, after
        );
        prop_assert!(after.findings().iter().any(|it| it.rule() == Rule::ChainOrder), "{}", after);
    }
}

/// A host name or a NetBIOS name.
fn a_name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Z]{1,15}",
        "[a-z]{1,8}\\.contoso\\.com",
        "WMSvc-[A-Z]{1,9}"
    ]
}

/// Returns the parameters of a certificate for these names that may look like an Exchange default.
fn look_alike(cn: &str, names: &[String]) -> CertificateParams {
    let mut params = server_params(1);
    params.distinguished_name = subject(cn);
    params.subject_alt_names = forge::sans(names);
    params
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// A certificate that its own key signed is reported as such and never trusted, even among the roots. A
    /// certificate that only shares its issuer's name is never reported as self-signed.
    #[test]
    fn self_signed_is_judged_by_the_signature(
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
            // The impostor is not a root either, which is a fault of the stores.
            let of_server = report.findings().iter().filter(|it| it.subject() == um(1).as_str());
            let rules: Vec<Rule> = of_server.map(|it| it.rule()).collect();
            let is_default = matches!(own.kind(), CertificateKind::ExchangeDefault { .. });
            let expected = if is_default { Rule::DefaultSelfSigned } else { Rule::SelfSigned };
            prop_assert_eq!(rules, [expected], "{}", report);

            let report = audit(&impostor, held);
            let rules: Vec<Rule> = report.findings().iter().map(|it| it.rule()).collect();
            prop_assert!(rules.contains(&Rule::BadSignature), "{}", report);
            prop_assert!(!rules.contains(&Rule::SelfSigned), "{}", report);
            prop_assert!(!rules.contains(&Rule::DefaultSelfSigned), "{}", report);
            prop_assert!(report.verdicts().iter().all(|it| !it.verdict.is_trusted()));
        }
    }

    /// Any bytes are an error or a list of entries, and an audit of them ends.
    #[test]
    fn damaged_bytes_never_panic(
        flips in prop::collection::vec((any::<Index>(), any::<u8>()), 0..8),
        cut in prop::option::of(any::<Index>()),
        form in 0..3,
    ) {
        let forged = &*FORGED;
        let chain = forged.chain(forged.intermediate.server(1, |_| {}));
        let mut bytes = match form {
            0 => chain.to_pem().into_bytes(),
            1 => encoding::pkcs7(&chain.certificates().collect::<Vec<_>>()),
            _ => chain.certificates().next().unwrap().der().to_vec(),
        };
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let length = bytes.len();
        for (place, value) in flips.iter().filter(|_| length > 0) {
            bytes[place.index(length)] = *value;
        }
        let _ = (Crl::from_bytes(&bytes), TrustStore::from_bytes(&bytes));
        if let Ok(chain) = Chain::from_bytes(&bytes) {
            let report = forged.audit().presented(um(1), chain.clone()).run(TODAY);
            let of_others = ids(report.findings()).into_iter().find(|id| !id.ends_with(um(1).as_str()));
            prop_assert_eq!(of_others, None, "{}", report);
            prop_assert_eq!(chain.sorted().sorted(), chain.sorted());
        }
    }
}

static FORGED: LazyLock<Forged> = LazyLock::new(Forged::new);

/// OpenSSL with the same checks accepts each chain that the audit accepts.
#[test]
fn accepted_chain_is_accepted_by_openssl() {
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
        // OpenSSL takes any self-issued certificate for self-signed.
        let is_self_issued = case.chain.certificates().next().unwrap().is_self_issued();
        let root = report.verdicts()[0].verdict.root().cloned();
        let Some(root) = root.filter(|_| !is_self_issued) else {
            continue;
        };
        accepted += 1;
        // OpenSSL gets the path only: it does not backtrack from an issuer of the same name that leads
        // nowhere.
        let store: TrustStore = [root].into_iter().collect();
        let path = store.verify_with_crls(&case.chain.sorted(), um(1), case.at, &case.crls);
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
