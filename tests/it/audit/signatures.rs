//! Keys and signatures in the audit: weak, old and unsupported ones are reported, and nothing else.
//!
//! OpenSSL made the fixtures, because no library here makes the signatures that must be refused.

use std::path::Path;

use crate::support::deployments::{deployment, um};
use crate::support::openssl::openssl;
use crate::support::scene::ids;
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use time::OffsetDateTime;
use time::macros::datetime;
use umcert::x509::SelfSignature;
use umcert::{
    Audit, Certificate, Chain, Crl, KeyKind, Plan, PlanOptions, Report, Rule, TrustStore,
};

/// A day on which every fixture is valid.
const DAY: OffsetDateTime = datetime!(2026-07-01 00:00 UTC);

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2013" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signatures");

fn fixture(file: &str) -> Certificate {
    let path = Path::new(FOLDER).join(file).with_extension("pem");
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let chain = Chain::from_bytes(&bytes).unwrap();
    chain.certificates().next().unwrap().clone()
}

fn chain(files: &[&str]) -> Chain {
    files.iter().map(|file| fixture(file)).collect()
}

fn roots(files: &[&str]) -> TrustStore {
    files.iter().map(|file| fixture(file)).collect()
}

/// Audits one server, planned with this key, that presents these files to sides with these roots.
fn audit(presented: &[&str], held: &[&str], key: KeyKind) -> Report {
    let options = PlanOptions::default().key(key);
    let plan = Plan::new(&deployment(ONE_SERVER), &options).unwrap();
    Audit::new(&plan)
        .lync_roots(roots(held))
        .exchange_roots(roots(held))
        .presented(um(1), chain(presented))
        .run(DAY)
}

/// The presented files, the root that both sides hold, the findings, and the facts that the detail states.
type Row = (
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const ROWS: &[Row] = &[
    (&["good"], "root", &[], &[]),
    (&["rsa4096"], "root", &[], &[]),
    (
        &["sha1"],
        "root",
        &["error sha1-signature um1.contoso.com"],
        &["sha1WithRSAEncryption"],
    ),
    (
        &["by-sha1-ca", "sha1-ca"],
        "root",
        &["error sha1-signature um1.contoso.com"],
        &["CN=SHA-1 CA", "sha1WithRSAEncryption"],
    ),
    (&["by-sha1-root"], "sha1-root", &[], &[]),
    (&["by-sha1-root", "sha1-root"], "sha1-root", &[], &[]),
    (
        &["by-sha1-root", "sha1-root"],
        "root",
        &["error untrusted-root um1.contoso.com"],
        &["CN=SHA-1 Root", "Lync", "Exchange (contoso.com)"],
    ),
    (
        &["pss"],
        "root",
        &["error pss-signature um1.contoso.com"],
        &["rsassaPss"],
    ),
    (
        &["md5"],
        "root",
        &["error md5-signature um1.contoso.com"],
        &["md5WithRSAEncryption"],
    ),
    (
        &["by-md5-root"],
        "md5-root",
        &["error md5-signature um1.contoso.com"],
        &["CN=MD5 Root", "md5WithRSAEncryption"],
    ),
    (
        &["by-md5-root", "md5-root"],
        "md5-root",
        &["error md5-signature um1.contoso.com"],
        &["CN=MD5 Root"],
    ),
    (
        &["by-md5-ca", "md5-ca"],
        "md5-root",
        &[
            "error md5-signature um1.contoso.com",
            "error md5-signature um1.contoso.com",
        ],
        &["CN=MD5 CA", "md5WithRSAEncryption"],
    ),
    (
        &["rsa1024"],
        "root",
        &["error weak-key um1.contoso.com"],
        &["RSA 1024"],
    ),
    (
        &["p192"],
        "root",
        &[
            "error weak-key um1.contoso.com",
            "warning key-not-rsa um1.contoso.com",
        ],
        &[],
    ),
    (
        &["by-weak-ca", "weak-ca"],
        "root",
        &["error weak-key um1.contoso.com"],
        &["CN=Weak CA", "RSA 1024"],
    ),
    (
        &["rsa3072"],
        "root",
        &["warning key-size-unlisted um1.contoso.com"],
        &["RSA 3072", "2048", "4096"],
    ),
    (
        &["p256"],
        "root",
        &["warning key-not-rsa um1.contoso.com"],
        &["ECDSA P-256", "Exchange 2013"],
    ),
];

#[test]
fn key_or_signature_fault_causes_one_finding() {
    let mut listed = Vec::new();
    for row @ (presented, root, finds, facts) in ROWS {
        let report = audit(presented, &[root], KeyKind::Rsa2048);
        assert_eq!(ids(report.findings()), *finds, "{row:?}\n{report}");
        let details: Vec<&str> = report.findings().iter().map(|it| it.detail()).collect();
        let states_all = |detail: &&str| facts.iter().all(|fact| detail.contains(fact));
        let is_stated = details.iter().any(states_all);
        assert!(details.is_empty() || is_stated, "{row:?}: {details:#?}");
        let label = presented.join(", ");
        listed.extend(details.iter().map(|it| (label.clone(), (*it).to_owned())));
        let is_error = finds.iter().any(|id| id.starts_with("error"));
        for verdict in report.verdicts() {
            assert_eq!(!verdict.verdict.is_trusted(), is_error, "{row:?}");
            assert_eq!(verdict.verdict.because().is_empty(), !is_error, "{row:?}");
        }
    }
    assert_rows(
        listed,
        &expect![[r#"
            sha1: its certificate is signed with sha1WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])
            by-sha1-ca, sha1-ca: the CA certificate `CN=SHA-1 CA` is signed with sha1WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])
            by-sha1-root, sha1-root: its chain ends in the root `CN=SHA-1 Root`, which neither Lync nor Exchange (contoso.com) trusts (thumbprint [SHA-1], SHA-256 [SHA-256])
            pss: its certificate is signed with rsassaPss (thumbprint [SHA-1], SHA-256 [SHA-256])
            md5: its certificate is signed with md5WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])
            by-md5-root: the CA certificate `CN=MD5 Root` is signed with md5WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])
            by-md5-root, md5-root: the CA certificate `CN=MD5 Root` is signed with md5WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])
            by-md5-ca, md5-ca: the CA certificate `CN=MD5 CA` is signed with md5WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])
            by-md5-ca, md5-ca: the CA certificate `CN=MD5 Root` is signed with md5WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])
            rsa1024: its certificate has a weak key (RSA 1024) (thumbprint [SHA-1], SHA-256 [SHA-256])
            p192: its certificate has a weak key (key of algorithm `1.2.840.10045.3.1.1`) (thumbprint [SHA-1], SHA-256 [SHA-256])
            p192: its key is key of algorithm `1.2.840.10045.3.1.1`, but Exchange 2013 supports only RSA keys
            by-weak-ca, weak-ca: the CA certificate `CN=Weak CA` has a weak key (RSA 1024) (thumbprint [SHA-1], SHA-256 [SHA-256])
            rsa3072: its key is RSA 3072, but only 2048 and 4096 are documented
            p256: its key is ECDSA P-256, but Exchange 2013 supports only RSA keys
        "#]],
    );
}

#[test]
fn planned_key_is_not_reported_again() {
    for (presented, key) in [("p256", KeyKind::P256), ("rsa3072", KeyKind::Rsa3072)] {
        let report = audit(&[presented], &["root"], key);
        assert_eq!(ids(report.findings()), [""; 0], "{presented}\n{report}");
    }
}

#[test]
fn fault_without_the_root_is_reported_too() {
    for (presented, expected) in [
        (&["sha1"][..], "error sha1-signature um1.contoso.com"),
        (&["rsa1024"], "error weak-key um1.contoso.com"),
        (&["pss"], "error pss-signature um1.contoso.com"),
        (
            &["by-sha1-ca", "sha1-ca"],
            "error sha1-signature um1.contoso.com",
        ),
    ] {
        let report = audit(presented, &["sha1-root"], KeyKind::Rsa2048);
        let found = ids(report.findings());
        assert!(found.iter().any(|id| id == expected), "{found:?}");
        let untrusted = ["error missing-intermediate", "error untrusted-root"];
        let is_untrusted = |id: &String| untrusted.iter().any(|it| id.starts_with(it));
        assert!(found.iter().any(is_untrusted), "{found:?}");
        assert_eq!(found.len(), 2, "{found:?}");
    }
}

#[test]
fn unverifiable_self_issued_leaf_has_one_finding() {
    let mut details = Vec::new();
    for (file, rule) in [
        ("self-md5", "error md5-signature um1.contoso.com"),
        ("self-rsa1024", "error weak-key um1.contoso.com"),
    ] {
        assert_eq!(fixture(file).self_signature(), SelfSignature::Unsupported);
        for held in [&["root"][..], &[file], &["root", file]] {
            let report = audit(&[file], held, KeyKind::Rsa2048);
            assert_eq!(
                ids(report.findings()),
                [rule],
                "{file}, both hold {held:?}\n{report}"
            );
            let row = format!("{file}, both hold {}", held.join(", "));
            details.push((row, report.findings()[0].detail().to_owned()));
            for verdict in report.verdicts() {
                assert_eq!(verdict.verdict.root(), None, "{file}");
            }
        }
    }
    assert_rows(
        details,
        &expect![[r#"
            self-md5, both hold root: its certificate `CN=um1.contoso.com` names itself as its issuer, and its signature cannot be verified: md5WithRSAEncryption with the key RSA 2048 (RFC 5280 §6.1.3; thumbprint [SHA-1], SHA-256 [SHA-256])
            self-md5, both hold self-md5: its certificate `CN=um1.contoso.com` names itself as its issuer, and its signature cannot be verified: md5WithRSAEncryption with the key RSA 2048 (RFC 5280 §6.1.3; thumbprint [SHA-1], SHA-256 [SHA-256])
            self-md5, both hold root, self-md5: its certificate `CN=um1.contoso.com` names itself as its issuer, and its signature cannot be verified: md5WithRSAEncryption with the key RSA 2048 (RFC 5280 §6.1.3; thumbprint [SHA-1], SHA-256 [SHA-256])
            self-rsa1024, both hold root: its certificate `CN=um1.contoso.com` names itself as its issuer, and its signature cannot be verified: sha256WithRSAEncryption with the key RSA 1024 (RFC 5280 §6.1.3; thumbprint [SHA-1], SHA-256 [SHA-256])
            self-rsa1024, both hold self-rsa1024: its certificate `CN=um1.contoso.com` names itself as its issuer, and its signature cannot be verified: sha256WithRSAEncryption with the key RSA 1024 (RFC 5280 §6.1.3; thumbprint [SHA-1], SHA-256 [SHA-256])
            self-rsa1024, both hold root, self-rsa1024: its certificate `CN=um1.contoso.com` names itself as its issuer, and its signature cannot be verified: sha256WithRSAEncryption with the key RSA 1024 (RFC 5280 §6.1.3; thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
}

/// ring has no P-521.
#[test]
fn self_signed_p521_leaf_is_not_trusted_by_itself() {
    let (signature, rule) = if cfg!(feature = "aws-lc-rs") {
        (SelfSignature::Valid, "error self-signed um1.contoso.com")
    } else {
        (
            SelfSignature::Unsupported,
            "error path-not-judged um1.contoso.com",
        )
    };
    assert_eq!(fixture("self-p521").self_signature(), signature);
    // webpki finds a path to this certificate among the roots.
    for held in [&["root"][..], &["self-p521"], &["root", "self-p521"]] {
        let report = audit(&["self-p521"], held, KeyKind::Rsa2048);
        assert_eq!(ids(report.findings()), [rule], "both hold {held:?}");
        for verdict in report.verdicts() {
            assert_eq!(verdict.verdict.root(), None, "both hold {held:?}");
        }
    }
}

/// A root was renewed with a new key, and the old key signed the new one with SHA-1. That certificate is
/// self-issued but is not a root. The test makes it now, so that it is valid in any year.
#[test]
fn sha1_in_a_self_issued_intermediate_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let run = |line: &str| {
        let arguments: Vec<&str> = line.split(' ').collect();
        let output = openssl(&arguments, folder.path())?;
        assert!(output.status.success(), "{line}\n{output:?}");
        Some(())
    };
    let write = |file: &str, text: &str| std::fs::write(folder.path().join(file), text).unwrap();
    write(
        "ca.ext",
        "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n",
    );
    write(
        "server.ext",
        "subjectAltName=DNS:um1.contoso.com\nextendedKeyUsage=serverAuth\n\
         crlDistributionPoints=URI:http://crl.contoso.com/ca.crl\n",
    );
    let rsa = "-newkey rsa:2048 -nodes";
    for line in [
        format!("req -x509 {rsa} -subj /CN=Renewed -days 30 -keyout old.key -out old.pem"),
        format!("req -new {rsa} -subj /CN=Renewed -keyout new.key -out new.csr"),
        "x509 -req -sha1 -days 30 -in new.csr -CA old.pem -CAkey old.key -set_serial 2 -extfile ca.ext -out cross.pem".to_owned(),
        format!("req -new {rsa} -subj /CN=um1.contoso.com -keyout server.key -out server.csr"),
        "x509 -req -sha256 -days 20 -in server.csr -CA cross.pem -CAkey new.key -set_serial 3 -extfile server.ext -out server.pem".to_owned(),
    ] {
        if run(&line).is_none() {
            return;
        }
    }
    let read = |file: &str| {
        let bytes = std::fs::read(folder.path().join(file)).unwrap();
        let chain = Chain::from_bytes(&bytes).unwrap();
        chain.certificates().next().unwrap().clone()
    };
    let plan = Plan::new(&deployment(ONE_SERVER), &PlanOptions::default()).unwrap();
    let held: TrustStore = [read("old.pem")].into_iter().collect();
    let report = Audit::new(&plan)
        .lync_roots(&held)
        .exchange_roots(&held)
        .presented(
            um(1),
            ["server.pem", "cross.pem"].map(read).into_iter().collect(),
        )
        .warn_days(0)
        .run(OffsetDateTime::now_utc());
    assert_eq!(
        ids(report.findings()),
        ["error sha1-signature um1.contoso.com"],
        "{report}"
    );
    let detail = report.findings()[0].detail();
    assert_states(detail, &["CN=Renewed", "sha1WithRSAEncryption"]);
    assert_text(
        detail,
        &expect![[
            r#"the CA certificate `CN=Renewed` is signed with sha1WithRSAEncryption (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
}

/// webpki alone accepts only the first of these CRLs.
#[test]
fn crl_of_any_digest_and_version_revokes() {
    let plan = Plan::new(&deployment(ONE_SERVER), &PlanOptions::default()).unwrap();
    for file in ["crl-sha256", "crl-sha1", "crl-version-1"] {
        let path = Path::new(FOLDER).join(file).with_extension("pem");
        let crl = Crl::from_bytes(&std::fs::read(path).unwrap()).unwrap();
        let audit = |presented| {
            let audit = Audit::new(&plan).lync_roots(roots(&["root"]));
            let audit = audit.exchange_roots(roots(&["root"])).crls([crl.clone()]);
            audit.presented(um(1), chain(&[presented])).run(DAY)
        };
        let report = audit("good");
        assert_eq!(
            ids(report.findings()),
            ["error revoked um1.contoso.com"],
            "{file}\n{report}"
        );
        assert_eq!(ids(audit("rsa4096").findings()), [""; 0], "{file}");
        let verify = |presented| {
            let crls = [crl.clone()];
            roots(&["root"]).verify_with_crls(&chain(&[presented]), um(1), DAY, &crls)
        };
        assert_eq!(
            verify("good").unwrap_err().rules(),
            [Rule::Revoked],
            "{file}"
        );
        assert!(verify("rsa4096").is_ok(), "{file}");
    }
}

#[test]
fn version_1_certificate_is_path_invalid() {
    let report = audit(&["v1"], &["root"], KeyKind::Rsa2048);
    assert_eq!(
        ids(report.findings()),
        [
            "error name-missing um1.contoso.com",
            "error no-server-auth um1.contoso.com",
            "error path-invalid um1.contoso.com",
            "warning no-crl-distribution-point um1.contoso.com",
        ],
        "{report}"
    );
    let detail = report.findings()[2].detail();
    assert_states(detail, &["version 3", "RFC 5280 §4.1.2.1"]);
    assert_text(
        detail,
        &expect![[
            r#"its certificate is not of X.509 version 3 (RFC 5280 §4.1.2.1) (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
}

#[test]
fn fingerprints_match_openssl() {
    let certificate = fixture("good");
    for (digest, ours) in [
        ("-sha256", certificate.sha256_fingerprint()),
        ("-sha1", certificate.thumbprint()),
    ] {
        let arguments = ["x509", "-in", "good.pem", "-noout", "-fingerprint", digest];
        let Some(output) = openssl(&arguments, Path::new(FOLDER)) else {
            return;
        };
        let text = String::from_utf8(output.stdout).unwrap();
        let (_, theirs) = text.trim().split_once('=').unwrap();
        assert_eq!(theirs.replace(':', ""), ours);
    }
}
