//! Any bytes as a chain, and as the roots that verify it.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use umcert::audit::{CertificateKind, TrustedPath, VerifyError};
use umcert::x509::{MalformedError, ReadError, SelfSignature};
use umcert::{Audit, Certificate, Chain, DnsName, Plan, PlanOptions, SanName, TrustStore};
use umcert_fuzz::{AT, assert_printable};

/// Number of names for which a chain is verified; each costs some signatures.
const MAX_NAMES: usize = 8;

fuzz_target!(|bytes: &[u8]| {
    let chain = match Chain::from_bytes(bytes) {
        Ok(chain) => chain,
        Err(error) => return assert_printable(&error.to_string()),
    };
    chain.entries().iter().for_each(assert_entry);
    assert_default_is_self_signed(&chain);
    assert_round_trip(&chain);
    assert_sorted(&chain);
    assert_verdicts(&roots(bytes, &chain), &chain);
    assert_audit(&roots(bytes, &chain), &chain);
    // A store without the entries that cannot be roots.
    assert_verdicts(&chain.certificates().cloned().collect(), &chain);
});

fn assert_entry(entry: &Result<Certificate, MalformedError>) {
    match entry {
        Ok(certificate) => assert_facts(certificate),
        Err(error) => assert_printable(&error.to_string()),
    }
}

/// Calls every accessor. Related accessors agree, and no text contains control characters.
fn assert_facts(certificate: &Certificate) {
    assert_eq!(
        Certificate::from_der(certificate.der().clone()).as_ref(),
        Ok(certificate)
    );
    assert_printable(certificate.subject());
    assert_printable(certificate.issuer());
    assert_printable(certificate.signature_algorithm());
    assert_printable(&certificate.public_key().to_string());
    certificate
        .common_names()
        .iter()
        .chain(certificate.san_entries())
        .for_each(|text| assert_printable(text));
    assert_dns_names_are_entries(certificate);
    assert_signature(certificate);
    let _ = certificate.not_after() - certificate.not_before();
    let _ = (
        certificate.key_usage(),
        certificate.has_any_extended_key_usage(),
    );
    let _ = format!("{certificate:?}");
}

fn assert_dns_names_are_entries(certificate: &Certificate) {
    for name in certificate.dns_names() {
        let name = name.to_string();
        let mut entries = certificate.san_entries().iter();
        assert!(entries.any(|it| it.eq_ignore_ascii_case(&name)), "{name}");
    }
}

fn assert_signature(certificate: &Certificate) {
    let is_self_signed = certificate.self_signature() == SelfSignature::Valid;
    assert_eq!(certificate.is_signed_by(certificate), is_self_signed);
    assert!(certificate.is_self_issued() || !is_self_signed);
}

/// Law 6: neither an impostor nor a CA is recognised as a default certificate of Exchange's setup.
fn assert_default_is_self_signed(chain: &Chain) {
    let Some(kind) = chain.certificate_kind() else {
        return;
    };
    assert_printable(&kind.to_string());
    let CertificateKind::ExchangeDefault { checks, .. } = kind else {
        return;
    };
    let certificate = end_entity(chain);
    assert_eq!(certificate.self_signature(), SelfSignature::Valid);
    assert!(!certificate.is_ca());
    assert!(!checks.is_empty());
}

/// Checks that readable certificates survive a round trip.
fn assert_round_trip(chain: &Chain) {
    let readable: Chain = chain.certificates().cloned().collect();
    let pem = chain.to_pem();
    match readable.entries() {
        [] => assert_eq!(pem, ""),
        _ => assert_eq!(Chain::from_bytes(pem.as_bytes()).ok(), Some(readable)),
    }
}

/// Checks that sorting adds nothing and is idempotent.
fn assert_sorted(chain: &Chain) {
    let sorted = chain.sorted();
    assert_eq!(sorted.sorted(), sorted);
    let mut certificates = sorted.certificates();
    assert!(certificates.all(|it| chain.certificates().any(|other| it == other)));
}

/// Checks that an audit's report can be rendered, and that each side that trusts has a path.
fn assert_audit(store: &TrustStore, chain: &Chain) {
    static PLAN: OnceLock<Plan> = OnceLock::new();
    let plan = PLAN.get_or_init(|| {
        let deployment = include_str!("../seeds/deployment_toml/smallest.toml");
        let deployment = toml::from_str(deployment).expect("the seed is a deployment");
        Plan::new(&deployment, &PlanOptions::default()).expect("it can be meant")
    });
    let server = plan.certificates().first().expect("a server").subject();
    let report = Audit::new(plan)
        .lync_roots(store)
        .exchange_roots(store)
        .presented(server, chain.clone())
        .run(AT);
    for finding in report.findings() {
        assert_printable(finding.subject());
        assert_printable(finding.detail());
    }
    for verdict in report.verdicts() {
        let is_trusted = verdict.verdict.is_trusted();
        if let Some(root) = verdict.verdict.root() {
            assert_ne!(root.self_signature(), SelfSignature::Invalid);
        }
        assert_eq!(is_trusted, verdict.verdict.because().is_empty());
        // An entry that cannot be read is a finding in an audit, and a refusal on its own.
        let readable: Chain = chain.certificates().cloned().collect();
        let sorted = readable.sorted();
        let mut names = names(&sorted).into_iter();
        let is_path = |name| match store.verify(&sorted, &name, AT) {
            Ok(_) | Err(VerifyError::Name { .. }) => true,
            Err(_) => false,
        };
        assert!(!is_trusted || names.any(is_path));
    }
}

/// Reads the same bytes as a store: each entry of the chain is a root or is named as unusable, or none can be a root.
fn roots(bytes: &[u8], chain: &Chain) -> TrustStore {
    match TrustStore::from_bytes(bytes) {
        Ok(store) => {
            assert_entries(&store, chain);
            store
        }
        Err(error) => {
            assert!(matches!(error, ReadError::Malformed { .. }), "{error}");
            assert_printable(&error.to_string());
            TrustStore::default()
        }
    }
}

fn assert_entries(store: &TrustStore, chain: &Chain) {
    assert!(!store.roots().is_empty());
    assert!(
        store
            .roots()
            .iter()
            .all(|root| chain.certificates().any(|it| it == root))
    );
    let is_unusable = |entry: &Result<Certificate, MalformedError>, number: usize| {
        store.unusable().iter().any(|unusable| match entry {
            Ok(certificate) => unusable.certificate.as_ref() == Some(certificate),
            Err(reason) => unusable.entry == number && unusable.reason == *reason,
        })
    };
    for (number, entry) in (1..).zip(chain.entries()) {
        let is_root = entry.as_ref().is_ok_and(|it| store.roots().contains(it));
        assert_ne!(is_root, is_unusable(entry, number), "entry {number}");
    }
}

fn assert_verdicts(store: &TrustStore, chain: &Chain) {
    for name in names(chain) {
        match store.verify(chain, &name, AT) {
            Ok(path) => assert_trusted(store, chain, &name, &path),
            Err(error) => assert_printable(&error.to_string()),
        }
    }
}

/// Returns names that the chain may be trusted for, and one that it is not.
fn names(chain: &Chain) -> Vec<DnsName> {
    let names = chain.certificates().flat_map(Certificate::dns_names);
    let hosts = names.filter_map(|name| match name {
        SanName::Exact(name) => Some(name.clone()),
        SanName::Wildcard(domain) => format!("any.{domain}").parse().ok(),
    });
    let unrelated = "um1.contoso.com".parse().ok();
    hosts.take(MAX_NAMES).chain(unrelated).collect()
}

/// Law 5: a trusted chain also covers the name by our own reading of the certificate.
fn assert_trusted(store: &TrustStore, chain: &Chain, name: &DnsName, path: &TrustedPath) {
    let certificate = end_entity(chain);
    assert!(
        SanName::find_covering(certificate.dns_names(), name).is_some(),
        "{name}"
    );
    assert!(certificate.not_before() <= AT && AT <= certificate.not_after());
    assert!(!certificate.has_extended_key_usage() || certificate.has_server_auth());
    assert!(store.roots().contains(path.root()));
}

/// Returns the server's certificate, which a verdict has read.
fn end_entity(chain: &Chain) -> &Certificate {
    let entry = chain.end_entity().expect("the chain is not empty");
    entry.as_ref().expect("the server's certificate was read")
}
