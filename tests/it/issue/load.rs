//! Loaded CAs: they issue valid chains, and unusable CAs are refused.

use std::fs;
use std::path::Path;

use crate::support::deployments::{EXAMPLE_1, TODAY, um};
use crate::support::openssl::{openssl, verifies_server};
use crate::support::scene::Scene;
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use tempfile::tempdir;
use time::{Duration, OffsetDateTime};
use umcert::issue::{IssueError, LeafExpiryPolicy, TestCaOptions};
use umcert::{Audit, Certificate, Chain, KeyPair, SanPolicy, TestCa, TrustStore};

/// Extensions of the certificates that OpenSSL creates.
const CONFIG: &str = "
[req]
distinguished_name = subject
[subject]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = critical, CA:FALSE
[no-sign]
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature
[issues-alone]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[bare]
basicConstraints = critical, CA:TRUE
";

/// Arguments with which OpenSSL generates a key.
const P256: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P384: &[&str] = &["ec", "-pkeyopt", "ec_paramgen_curve:P-384"];
const RSA: &[&str] = &["rsa:2048"];
const ED25519: &[&str] = &["ed25519"];

/// CAs named as AD CS names them, created by OpenSSL.
struct Made<'a> {
    new_key: &'a [&'a str],
    folder: &'a Path,
}

impl<'a> Made<'a> {
    fn with(new_key: &'a [&'a str], folder: &'a Path) -> Self {
        Self { new_key, folder }
    }

    fn run(&self, arguments: &[&str]) -> Option<()> {
        let output = openssl(arguments, self.folder)?;
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        Some(())
    }

    /// Creates `NAME.pem` and `NAME.key` with these extensions, signed by `issuer` or by itself.
    fn certificate(&self, name: &str, subject: &str, extensions: &str, issuer: &str) -> Option<()> {
        self.certificate_for("1000", name, subject, extensions, issuer)
    }

    /// Creates a certificate as [`certificate`](Self::certificate) does, valid for `days` days.
    fn certificate_for(
        &self,
        days: &str,
        name: &str,
        subject: &str,
        extensions: &str,
        issuer: &str,
    ) -> Option<()> {
        fs::write(self.folder.join("config"), CONFIG).unwrap();
        let (key, out) = (format!("{name}.key"), format!("{name}.pem"));
        let mut arguments = vec!["req", "-x509", "-config", "config", "-newkey"];
        arguments.extend(self.new_key);
        arguments.extend(["-nodes", "-sha256"]);
        arguments.extend(["-days", days, "-keyout", &key, "-out", &out]);
        arguments.extend(["-subj", subject, "-extensions", extensions]);
        let (issuer_key, issuer_pem) = (format!("{issuer}.key"), format!("{issuer}.pem"));
        if !issuer.is_empty() {
            arguments.extend(["-CA", &issuer_pem, "-CAkey", &issuer_key]);
        }
        self.run(&arguments)
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder.join(name)).unwrap()
    }

    fn chain(&self, names: &[&str]) -> Chain {
        let pems = names.iter().map(|name| self.file(&format!("{name}.pem")));
        Chain::from_bytes(&pems.collect::<Vec<_>>().concat()).unwrap()
    }

    fn key(&self, name: &str) -> KeyPair {
        KeyPair::from_bytes(&self.file(&format!("{name}.key"))).unwrap()
    }

    /// Creates a root and an issuing CA of a domain.
    fn domain(&self) -> Option<()> {
        let root = "/DC=com/DC=contoso/CN=contoso-DC01-CA";
        self.certificate("root", root, "root", "")?;
        self.certificate(
            "issuing",
            "/DC=com/DC=contoso/CN=contoso-SUB01-CA",
            "issuing",
            "root",
        )
    }
}

/// Returns options that start after OpenSSL's certificates, which are valid from their creation on.
fn options() -> TestCaOptions {
    TestCaOptions::valid_from(OffsetDateTime::now_utc() + Duration::minutes(1))
}

#[test]
fn loaded_ca_issues_what_openssl_and_webpki_trust() {
    for new_key in [P256, P384, RSA, ED25519] {
        let folder = tempdir().unwrap();
        let made = Made::with(new_key, folder.path());
        let Some(()) = made.domain() else {
            return;
        };
        assert_issues_what_openssl_and_webpki_trust(&made);
    }
}

fn assert_issues_what_openssl_and_webpki_trust(made: &Made<'_>) {
    let now = OffsetDateTime::now_utc() + Duration::hours(1);
    for (chain, key) in [(&["issuing", "root"][..], "issuing"), (&["root"], "root")] {
        let ca = TestCa::load(&made.chain(chain), made.key(key), &options()).unwrap();
        assert_eq!(
            ca.roots()[0].subject(),
            "DC=com, DC=contoso, CN=contoso-DC01-CA"
        );
        assert_eq!(ca.intermediates().len(), chain.len() - 1);
        let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
        let bundle = ca.issue(&scene.plan).unwrap();
        let report = Audit::new(&scene.plan)
            .lync_roots(ca.roots())
            .exchange_roots(ca.roots())
            .presented_chains(bundle.chains())
            .run(now);
        assert!(report.is_trusted(), "{report}");

        fs::write(
            made.folder.join("chain.pem"),
            bundle.certificates()[0].chain().to_pem(),
        )
        .unwrap();
        let time = now.unix_timestamp().to_string();
        let more = ["-verify_hostname", "um1.contoso.com", "-attime", &time];
        assert_eq!(verifies_server(made.folder, &more), Some(true));

        // The authority key identifier of the leaf is the issuer's own.
        let crls = ca
            .crls(now, bundle.certificates()[1].chain().certificates().take(1))
            .unwrap();
        assert_eq!(crls.len(), 1, "the keys of the others are not here");
        fs::write(made.folder.join("crl.pem"), crls[0].to_pem()).unwrap();
        made.run(&[
            "crl",
            "-in",
            "crl.pem",
            "-noout",
            "-CAfile",
            &format!("{key}.pem"),
        ])
        .unwrap();
        let revoked = bundle.certificates()[1]
            .chain()
            .certificates()
            .next()
            .unwrap();
        let kept = bundle.certificates()[0]
            .chain()
            .certificates()
            .next()
            .unwrap();
        assert!(crls[0].entry(revoked).is_some() && crls[0].entry(kept).is_none());
    }
}

#[test]
fn unusable_ca_is_refused_with_certificate_and_reason() {
    let folder = tempdir().unwrap();
    let made = Made::with(P256, folder.path());
    let Some(()) = made.domain() else {
        return;
    };
    made.certificate("leaf", "/CN=um1.contoso.com", "leaf", "root")
        .unwrap();
    made.certificate("no-sign", "/CN=Quiet CA", "no-sign", "root")
        .unwrap();
    made.certificate("third", "/CN=Third CA", "issuing", "issuing")
        .unwrap();
    // A root with the same name and another key.
    let root = "/DC=com/DC=contoso/CN=contoso-DC01-CA";
    made.certificate("rebuilt", root, "root", "").unwrap();
    type Check = fn(&IssueError) -> bool;
    let rows: [(&[&str], &str, Check); 6] = [
        (&["leaf", "root"], "leaf", |error| {
            matches!(error, IssueError::NotACa { position: 1, .. })
        }),
        (&["no-sign", "root"], "no-sign", |error| {
            matches!(
                error,
                IssueError::CaCannotSignCertificates { position: 1, .. }
            )
        }),
        (&["issuing", "root"], "root", |error| {
            matches!(error, IssueError::CaKeyMismatch { .. })
        }),
        (&["issuing"], "issuing", |error| {
            matches!(error, IssueError::CaChainWithoutRoot { position: 1, .. })
        }),
        (&["root", "issuing"], "root", |error| {
            matches!(error, IssueError::CaNotSignedByNext { position: 1, .. })
        }),
        (&["issuing", "rebuilt"], "issuing", |error| {
            matches!(error, IssueError::CaNotSignedByNext { position: 1, .. })
        }),
    ];
    for (chain, key, is_expected) in rows {
        let loaded = TestCa::load(&made.chain(chain), made.key(key), &options());
        let error = loaded.unwrap_err();
        assert!(is_expected(&error), "{chain:?}: {error}");
    }
    let third = made.chain(&["third", "issuing", "root"]);
    let error = TestCa::load(&third, made.key("third"), &options()).unwrap_err();
    assert_states(&error, &["2", "CN=contoso-SUB01-CA", "1", "0"]);
    assert_text(
        &error,
        &expect![[
            r#"CA certificate 2 (`DC=com, DC=contoso, CN=contoso-SUB01-CA`) has 1 CAs below it, but its path length allows 0"#
        ]],
    );
    let empty: Chain = Vec::<Certificate>::new().into_iter().collect();
    let error = TestCa::load(&empty, made.key("root"), &options()).unwrap_err();
    assert!(matches!(error, IssueError::EmptyCaChain), "{error}");
}

#[test]
fn expired_ca_is_refused_and_no_leaf_outlives_its_ca() {
    let folder = tempdir().unwrap();
    let made = Made::with(P256, folder.path());
    let Some(()) = made.domain() else {
        return;
    };
    let chain = made.chain(&["issuing", "root"]);
    let now = OffsetDateTime::now_utc();
    for at in [now - Duration::DAY, now + Duration::days(1001)] {
        let options = TestCaOptions::valid_from(at);
        let error = TestCa::load(&chain, made.key("issuing"), &options).unwrap_err();
        assert_states(&error, &[&at.date().to_string()]);
        assert!(matches!(error, IssueError::CaOutOfDate { .. }), "{error}");
    }
    let error = TestCa::load(&chain, made.key("issuing"), &options().leaf_days(1001));
    assert!(matches!(
        error.unwrap_err(),
        IssueError::OutlivesIssuer { .. }
    ));
    assert!(TestCa::load(&chain, made.key("issuing"), &options().leaf_days(999)).is_ok());
}

#[test]
fn leaf_never_outlives_a_root_that_expires_first() {
    let folder = tempdir().unwrap();
    let made = Made::with(P256, folder.path());
    let root = "/CN=Old Root";
    let Some(()) = made.certificate_for("100", "root", root, "root", "") else {
        return;
    };
    made.certificate("issuing", "/CN=New CA", "issuing", "root")
        .unwrap();
    let chain = made.chain(&["issuing", "root"]);
    let load = |options| TestCa::load(&chain, made.key("issuing"), &options);
    let error = load(options()).unwrap_err();
    assert!(
        matches!(error, IssueError::OutlivesIssuer { .. }),
        "{error}"
    );
    assert!(load(options().leaf_days(99)).is_ok());
    let ca = load(options().leaf_expiry(LeafExpiryPolicy::Cap)).unwrap();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let leaf = issued.chain().certificates().next().unwrap();
    assert_eq!(leaf.not_after(), ca.roots()[0].not_after());
}

#[test]
fn ca_without_crl_sign_issues_but_does_not_revoke() {
    let folder = tempdir().unwrap();
    let made = Made::with(P256, folder.path());
    let Some(()) = made.certificate("root", "/CN=Root", "issues-alone", "") else {
        return;
    };
    let ca = TestCa::load(&made.chain(&["root"]), made.key("root"), &options()).unwrap();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let revoked = issued.chain().certificates();
    let error = ca.crls(OffsetDateTime::now_utc(), revoked).unwrap_err();
    assert_states(&error, &["1", "CN=Root"]);
    assert_text(
        &error,
        &expect![[
            r#"CA certificate 1 (`CN=Root`) has a key usage that does not allow signing CRLs"#
        ]],
    );
}

/// The CA has no subject key identifier, so no verifier can compare the one in its leaves.
#[test]
fn ca_without_key_identifier_issues() {
    let folder = tempdir().unwrap();
    let made = Made::with(P256, folder.path());
    let Some(()) = made.certificate("bare", "/CN=Bare CA", "bare", "") else {
        return;
    };
    let ca = TestCa::load(&made.chain(&["bare"]), made.key("bare"), &options()).unwrap();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    let now = OffsetDateTime::now_utc() + Duration::hours(1);
    let roots = TrustStore::from(ca.roots());
    assert!(roots.verify(issued.chain(), um(1), now).is_ok());
    assert!(roots.verify(issued.chain(), um(2), now).is_err());
    assert!(
        roots
            .verify(issued.chain(), um(1), TODAY - Duration::days(9999))
            .is_err()
    );
}
