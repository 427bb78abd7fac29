//! Seeded test CAs: the same bytes in every run, on every machine, with both cryptography libraries.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use crate::support::deployments::{self, EXAMPLE_1, EXAMPLE_2, TODAY, um};
use crate::support::folder::{assert_whole, contents, names, sha256};
use crate::support::openssl::openssl;
use crate::support::snapshot::{assert_lines, assert_states, assert_text};
use expect_test::expect;
use tempfile::tempdir;
use umcert::issue::{IssueError, TestCaOptions};
use umcert::{Audit, Bundle, Certificate, KeyKind, Plan, PlanOptions, TestCa};

fn planned(text: &str, kind: KeyKind) -> Plan {
    Plan::new(
        &deployments::deployment(text),
        &PlanOptions::default().key(kind),
    )
    .unwrap()
}

fn bundle(seed: &str) -> Bundle {
    let plan = planned(EXAMPLE_1, KeyKind::Ed25519);
    TestCa::seeded(seed).unwrap().issue(&plan).unwrap()
}

/// Returns keys, requests, chains and roots in one text.
fn everything(bundle: &Bundle) -> String {
    let mut text: String = bundle.roots().iter().map(Certificate::to_pem).collect();
    for issued in bundle.certificates() {
        text += issued.key().to_pem().as_str();
        text += &issued.request().to_pem();
        text += &issued.chain().to_pem();
    }
    text
}

/// The bytes are a contract. A change breaks users and needs an incompatible release.
#[test]
fn seeded_bytes_are_the_same_in_every_run() {
    let digest = sha256(everything(&bundle("golden")).as_bytes());
    assert_eq!(digest, GOLDEN);
    let options = TestCaOptions::valid_from(TODAY)
        .seed("golden")
        .intermediates(2)
        .leaf_days(90);
    let ca = TestCa::with_options("Contoso", &options).unwrap();
    let bundle = ca.issue(&planned(EXAMPLE_2, KeyKind::Ed25519)).unwrap();
    assert_eq!(sha256(everything(&bundle).as_bytes()), GOLDEN_WITH_OPTIONS);
}

const GOLDEN: &str = "dd388d8cd549dc9e0f7e612b71af149d57c58f9e081ae53831beef4eb2b86cc8";
const GOLDEN_WITH_OPTIONS: &str =
    "32f30ba8a22ebb947ba1a967b29c5e4dd8f471d73a9de49af2e296b790200b13";

#[cfg(feature = "seeded-p256")]
#[test]
fn seeded_p256_bytes_are_the_same_in_every_run() {
    let options = TestCaOptions::valid_from(TODAY)
        .seed("golden")
        .key(KeyKind::P256);
    let ca = TestCa::with_options("Contoso", &options).unwrap();
    let bundle = ca.issue(&planned(EXAMPLE_1, KeyKind::P256)).unwrap();
    assert_eq!(sha256(everything(&bundle).as_bytes()), GOLDEN_P256);
    let folder = tempdir().unwrap();
    bundle.write(folder.path()).unwrap();
    assert_whole(folder.path());
    assert_openssl_verifies(folder.path());
    let plan = planned(EXAMPLE_1, KeyKind::P256);
    let planned = plan.certificate(&um(1)).unwrap();
    let error = planned.request(bundle.certificates()[0].key()).unwrap_err();
    assert!(
        matches!(error, IssueError::RequestWithSeededKey { .. }),
        "{error}"
    );
}

#[cfg(feature = "seeded-p256")]
const GOLDEN_P256: &str = "cb8e108a19ec60ec563af21c4dec0b13a7a9f2538723631e6384ff42d5f11848";

#[test]
fn seed_decides_every_byte() {
    let first = everything(&bundle("a"));
    assert_eq!(everything(&bundle("a")), first);
    assert_ne!(everything(&bundle("b")), first);
    let (one, other) = (bundle("a"), bundle("b"));
    // The subjects of the roots differ too: roots with one name and two keys would be confused.
    assert_ne!(one.roots()[0].subject(), other.roots()[0].subject());
    for (one, other) in one.certificates().iter().zip(other.certificates()) {
        assert_ne!(one.key().to_pem().as_str(), other.key().to_pem().as_str());
    }
}

#[test]
fn seeded_keys_and_serial_numbers_are_distinct() {
    let ca = TestCa::seeded("a").unwrap();
    let bundle = ca.issue(&planned(EXAMPLE_1, KeyKind::Ed25519)).unwrap();
    let more = [
        vec!["um1.contoso.com"],
        vec!["um1.contoso.com", "um2.contoso.com"],
        vec!["um1.contoso.com", "*.contoso.com"],
    ]
    .map(|names| ca.issue_names(names).unwrap());
    let issued = bundle.certificates().iter().chain(&more);
    let chains: Vec<_> = issued.map(|issued| issued.chain().clone()).collect();
    let serials: HashSet<_> = chains
        .iter()
        .flat_map(|chain| chain.certificates().next())
        .map(|certificate| certificate.serial().to_vec())
        .collect();
    assert_eq!(serials.len(), chains.len());
    let keys: HashSet<_> = bundle
        .certificates()
        .iter()
        .map(|issued| issued.key().to_pem().as_str().to_owned())
        .collect();
    assert_eq!(keys.len(), bundle.certificates().len());
    // Issuing again yields the same certificate, not another one with its serial number.
    let again = ca.issue_names(["um1.contoso.com"]).unwrap();
    assert_eq!(again.chain(), more[0].chain());
}

#[test]
fn chains_of_a_seeded_ca_are_trusted() {
    let plan = planned(EXAMPLE_1, KeyKind::Ed25519);
    let ca = TestCa::seeded("a").unwrap();
    let bundle = ca.issue(&plan).unwrap();
    let audit = |roots| {
        Audit::new(&plan)
            .lync_roots(roots)
            .exchange_roots(roots)
            .presented_chains(bundle.chains())
            .run(TODAY)
    };
    let report = audit(ca.roots());
    assert!(report.is_trusted(), "{report}");
    let other = TestCa::seeded("b").unwrap();
    assert!(!audit(other.roots()).is_trusted());

    let folder = tempdir().unwrap();
    bundle.write(folder.path()).unwrap();
    assert_openssl_verifies(folder.path());
}

#[track_caller]
fn assert_openssl_verifies(folder: &Path) {
    let arguments = [
        "verify",
        "-CAfile",
        "root.pem",
        "-untrusted",
        "um1.contoso.com.chain.pem",
        "-purpose",
        "sslserver",
        "-x509_strict",
        "-no_check_time",
        "um1.contoso.com.chain.pem",
    ];
    if let Some(verified) = openssl(&arguments, folder) {
        assert!(verified.status.success(), "{verified:?}");
    }
}

#[test]
fn key_kind_without_seed_support_is_refused() {
    let ca = TestCa::seeded("a").unwrap();
    let p256 = (!cfg!(feature = "seeded-p256")).then_some(KeyKind::P256);
    let mut errors = Vec::new();
    for kind in [KeyKind::Rsa2048, KeyKind::P384].into_iter().chain(p256) {
        let error = ca.issue(&planned(EXAMPLE_1, kind)).unwrap_err();
        assert!(
            matches!(error, IssueError::UnsupportedSeededKey { .. }),
            "{error}"
        );
        let options = TestCaOptions::valid_from(TODAY).seed("a").key(kind);
        let error = TestCa::with_options("Contoso", &options).unwrap_err();
        assert_states(&error, &[&kind.to_string(), "ed25519", "`seeded-p256`"]);
        errors.push(error);
    }
    // Without `seeded-p256` P-256 is a third kind.
    assert_lines(
        &errors[..2],
        &expect![[r#"
        rsa2048 keys cannot be derived from a seed; plan for ed25519 (or for p256 with umcert's feature `seeded-p256`), or use a test CA without a seed
        p384 keys cannot be derived from a seed; plan for ed25519 (or for p256 with umcert's feature `seeded-p256`), or use a test CA without a seed
    "#]],
    );
}

#[test]
fn seeded_key_is_refused_for_requests_to_a_real_ca() {
    let plan = planned(EXAMPLE_1, KeyKind::Ed25519);
    let bundle = TestCa::seeded("a").unwrap().issue(&plan).unwrap();
    let planned = plan.certificate(&um(1)).unwrap();
    let seeded = bundle.certificate(&um(1)).unwrap().key();
    let error = planned.request(seeded).unwrap_err();
    assert!(
        matches!(error, IssueError::RequestWithSeededKey { .. }),
        "{error}"
    );
    assert_states(&error, &["`um1.contoso.com`"]);
    assert_text(
        &error,
        &expect![[
            r#"the key for `um1.contoso.com` was derived from a seed, which others may know; generate a key for the request"#
        ]],
    );
    let other = umcert::KeyPair::generate(KeyKind::Ed25519).unwrap();
    assert!(planned.request(&other).is_ok());

    let folder = tempdir().unwrap();
    bundle.write(folder.path()).unwrap();
    assert!(
        !names(folder.path())
            .iter()
            .any(|name| name.ends_with(".csr.pem"))
    );
    assert_whole(folder.path());
}

#[test]
fn seeded_folder_is_kept_until_seed_or_option_changes() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    assert!(!bundle("a").write_if_changed(out).unwrap().was_kept());
    let first = contents(out);
    assert!(bundle("a").write_if_changed(out).unwrap().was_kept());
    assert!(!bundle("b").write_if_changed(out).unwrap().was_kept());
    assert_ne!(contents(out), first);
    assert!(!bundle("a").write_if_changed(out).unwrap().was_kept());
    assert_eq!(contents(out), first);
    fs::remove_file(out.join("um1.contoso.com.key.pem")).unwrap();
    assert!(!bundle("a").write_if_changed(out).unwrap().was_kept());
    assert_eq!(contents(out), first);
    assert_whole(out);

    // With the same name and the same dates, only the seed differs.
    let of = |seed: &str| {
        let options = TestCaOptions::valid_from(TODAY).seed(seed);
        let plan = planned(EXAMPLE_1, KeyKind::Ed25519);
        TestCa::with_options("Contoso", &options)
            .unwrap()
            .issue(&plan)
            .unwrap()
    };
    let folder = tempdir().unwrap();
    of("a").write_if_changed(folder.path()).unwrap();
    assert!(of("a").write_if_changed(folder.path()).unwrap().was_kept());
    assert!(!of("b").write_if_changed(folder.path()).unwrap().was_kept());
}

#[test]
fn debug_output_elides_the_seed() {
    let options = TestCaOptions::valid_from(TODAY).seed("precious");
    let shown = format!(
        "{options:?} {:?}",
        TestCa::with_options("Contoso", &options)
    );
    assert!(shown.contains("Seed([elided])"), "{shown}");
    assert!(!shown.contains("precious"), "{shown}");
}
