//! Test CAs: OpenSSL accepts what they issue and revoke.

mod clients;
mod hosts;
mod requests;

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use crate::support::deployments::{EXAMPLE_1, TODAY, plan, um};
use crate::support::openssl::{openssl, verifies_for};
use crate::support::scene::{self, ca};
use crate::support::snapshot::{assert_lines, assert_states, assert_text};
use expect_test::expect;
use tempfile::tempdir;
use time::{Duration, OffsetDateTime};
use umcert::issue::{IssueError, LeafExpiryPolicy, TestCaOptions};
use umcert::name::{AttributeType, DistinguishedName};
use umcert::x509::PublicKey;
use umcert::{Certificate, Chain, Crl, KeyKind, SanPolicy, TestCa, TrustStore};

fn end_entity(chain: &Chain) -> &Certificate {
    chain.certificates().next().unwrap()
}

/// Creates a CA whose root is named as AD CS names that of a domain (D29).
fn domain_ca(options: TestCaOptions) -> TestCa {
    let mut subject = DistinguishedName::new();
    for label in ["com", "contoso"] {
        subject = subject.with(AttributeType::DomainComponent, label).unwrap();
    }
    TestCa::with_options("contoso-DC01-CA", &options.subject(subject)).unwrap()
}

/// Returns `true` if OpenSSL verifies the chain as that of a server, with more arguments.
fn verifies(folder: &Path, roots: &[Certificate], chain: &Chain, more: &[&str]) -> Option<bool> {
    verifies_as("sslserver", folder, roots, chain, more)
}

/// Returns `true` if OpenSSL verifies the chain for this purpose, with more arguments.
fn verifies_as(
    purpose: &str,
    folder: &Path,
    roots: &[Certificate],
    chain: &Chain,
    more: &[&str],
) -> Option<bool> {
    let pem: String = roots.iter().map(Certificate::to_pem).collect();
    fs::write(folder.join("root.pem"), pem).unwrap();
    fs::write(folder.join("chain.pem"), chain.to_pem()).unwrap();
    verifies_for(purpose, folder, more)
}

/// Returns a time as the argument `-attime` of OpenSSL takes it.
fn at(time: OffsetDateTime) -> String {
    time.unix_timestamp().to_string()
}

#[test]
fn root_with_repeated_attributes_issues_valid_chains() {
    let folder = tempdir().unwrap();
    let other = domain_ca(TestCaOptions::valid_from(TODAY));
    for intermediates in [0, 2] {
        let ca = domain_ca(TestCaOptions::valid_from(TODAY).intermediates(intermediates));
        let name = "DC=com, DC=contoso, CN=contoso-DC01-CA";
        assert_eq!(ca.roots()[0].subject(), name);
        let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
        let last = issued.chain().certificates().last().unwrap();
        assert_eq!(last.issuer(), name);
        let verdict =
            |ca: &TestCa| TrustStore::from(ca.roots()).verify(issued.chain(), um(1), TODAY);
        assert!(verdict(&ca).is_ok());
        assert!(verdict(&other).is_err(), "another root of the same name");
        let time = at(TODAY);
        let more = ["-attime", time.as_str()];
        let Some(good) = verifies(folder.path(), ca.roots(), issued.chain(), &more) else {
            return;
        };
        assert!(good, "{intermediates}");
        assert_eq!(
            verifies(folder.path(), other.roots(), issued.chain(), &more),
            Some(false)
        );
    }
}

#[test]
fn cas_have_keys_of_the_requested_kind() {
    let mut kinds = vec![
        (KeyKind::P256, PublicKey::P256),
        (KeyKind::P384, PublicKey::P384),
        (KeyKind::Ed25519, PublicKey::Ed25519),
    ];
    if cfg!(feature = "aws-lc-rs") {
        kinds.push((KeyKind::Rsa2048, PublicKey::Rsa(2048)));
    }
    for (kind, expected) in kinds {
        let options = TestCaOptions::valid_from(TODAY).key(kind);
        let ca = TestCa::with_options("Contoso", &options).unwrap();
        let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
        assert_eq!(*ca.roots()[0].public_key(), expected);
        assert_eq!(*ca.intermediates()[0].public_key(), expected);
        let roots = TrustStore::from(ca.roots());
        assert!(roots.verify(issued.chain(), um(1), TODAY).is_ok(), "{kind}");
    }
}

#[test]
fn path_length_of_each_ca_allows_the_cas_below_it() {
    let ca = TestCa::with_options(
        "Contoso",
        &TestCaOptions::valid_from(TODAY).intermediates(3),
    );
    let ca = ca.unwrap();
    let lengths = ca.intermediates().iter().map(Certificate::path_len);
    assert!(lengths.eq([Some(0), Some(1), Some(2)]));
    assert_eq!(ca.roots()[0].path_len(), Some(3));
}

#[test]
fn leaf_expires_with_its_ca_if_capped() {
    let options = TestCaOptions::valid_from(TODAY)
        .intermediates(3)
        .leaf_days(4000);
    let error = TestCa::with_options("Contoso", &options).unwrap_err();
    assert!(
        matches!(error, IssueError::OutlivesIssuer { .. }),
        "{error}"
    );
    let capped = options.leaf_expiry(LeafExpiryPolicy::Cap);
    let ca = TestCa::with_options("Contoso", &capped).unwrap();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    assert_eq!(
        end_entity(issued.chain()).not_after(),
        ca.intermediates()[0].not_after()
    );
    // A leaf that expires before its CA keeps its validity.
    let shorter = capped.leaf_days(10);
    let ca = TestCa::with_options("Contoso", &shorter).unwrap();
    let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
    assert_eq!(
        end_entity(issued.chain()).not_after(),
        TODAY + Duration::days(10)
    );
}

#[test]
fn invalid_common_name_or_crl_url_is_refused() {
    let long = "a".repeat(65);
    let mut errors = Vec::new();
    for (name, length) in [("", "0"), (long.as_str(), "65")] {
        let error = TestCa::new(name).unwrap_err();
        assert_states(&error, &[name, length, "1", "64"]);
        errors.push(error);
    }
    assert_lines(
        errors,
        &expect![[r#"
        the common name `` has 0 characters, expected 1 to 64
        the common name `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` has 65 characters, expected 1 to 64
    "#]],
    );
    let options = TestCaOptions::valid_from(TODAY);
    let longest = &long[..64];
    assert!(TestCa::with_options(longest, &options.clone().intermediates(0)).is_ok());
    let mut errors = Vec::new();
    for url in ["", "http://crl.contoso.com/a b", "http://crl.contoso.com/ä"] {
        let error = TestCa::with_options("Contoso", &options.clone().crl_url(url)).unwrap_err();
        assert_states(&error, &[url]);
        errors.push(error);
    }
    assert_lines(
        errors,
        &expect![[r#"
        the CRL URL `` is invalid, expected ASCII characters without spaces
        the CRL URL `http://crl.contoso.com/a b` is invalid, expected ASCII characters without spaces
        the CRL URL `http://crl.contoso.com/ä` is invalid, expected ASCII characters without spaces
    "#]],
    );
    let label = "a".repeat(60);
    let error = ca()
        .issue_names([format!("{label}.contoso.com")])
        .unwrap_err();
    assert!(
        matches!(error, IssueError::InvalidCommonName { length: 72, .. }),
        "{error}"
    );
}

#[test]
fn crl_distribution_point_is_the_requested_url() {
    let url = "http://crl.contoso.com/ca.crl";
    let options = TestCaOptions::valid_from(TODAY);
    for (options, expected) in [
        (options.clone().crl_url(url), url),
        (options, "http://crl.invalid/test-ca.crl"),
    ] {
        let ca = TestCa::with_options("Contoso", &options).unwrap();
        let issued = ca.issue_names(["um1.contoso.com"]).unwrap();
        let der = end_entity(issued.chain()).der().to_vec();
        let (_, parsed) = x509_parser::parse_x509_certificate(&der).unwrap();
        let shown = format!("{:?}", parsed.extensions());
        assert!(shown.contains(expected), "{shown}");
    }
}

#[test]
fn plan_is_issued_the_same_on_any_number_of_threads() {
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    for threads in [1, 3] {
        let options = TestCaOptions::valid_from(TODAY).threads(NonZeroUsize::new(threads).unwrap());
        let ca = TestCa::with_options("Contoso", &options).unwrap();
        let bundle = ca.issue(&plan).unwrap();
        let subjects: Vec<_> = bundle
            .certificates()
            .iter()
            .map(|it| it.subject())
            .collect();
        let expected: Vec<_> = plan
            .certificates()
            .iter()
            .map(|it| it.subject().as_str())
            .collect();
        assert_eq!(subjects, expected);
    }
}

#[test]
fn revoked_certificate_is_listed_in_the_crl_of_its_issuer() {
    let folder = tempdir().unwrap();
    let ca = domain_ca(TestCaOptions::valid_from(TODAY - Duration::DAY).intermediates(1));
    let bad = ca.issue_names(["um1.contoso.com"]).unwrap();
    let good = ca.issue_names(["um2.contoso.com"]).unwrap();
    // A certificate that is revoked twice is listed once.
    let crls = ca.crls(TODAY, [end_entity(bad.chain()); 2]).unwrap();
    let [issuing, root] = &crls[..] else {
        panic!("{crls:?}");
    };
    assert_eq!(issuing.issuer(), ca.intermediates()[0].subject());
    assert_eq!(root.issuer(), "DC=com, DC=contoso, CN=contoso-DC01-CA");
    let entry = issuing.entry(end_entity(bad.chain())).unwrap();
    assert_eq!((entry.at, entry.reason), (TODAY, None));
    assert!(issuing.entry(end_entity(good.chain())).is_none());
    assert!(root.revoked().is_empty());
    assert_eq!(issuing.revoked().len(), 1);
    assert_eq!(issuing.this_update(), TODAY);
    assert_eq!(issuing.next_update(), Some(TODAY + Duration::days(7)));
    assert!(issuing.is_signed_by(&ca.intermediates()[0]));
    assert!(!issuing.is_signed_by(&ca.roots()[0]));
    assert!(root.is_signed_by(&ca.roots()[0]));

    let pem: String = crls.iter().map(Crl::to_pem).collect();
    fs::write(folder.path().join("crls.pem"), pem).unwrap();
    let time = at(TODAY);
    let more = [
        "-attime",
        time.as_str(),
        "-crl_check_all",
        "-CRLfile",
        "crls.pem",
    ];
    for (issued, expected) in [(&good, true), (&bad, false)] {
        let Some(verified) = verifies(folder.path(), ca.roots(), issued.chain(), &more) else {
            return;
        };
        assert_eq!(verified, expected, "{}", issued.subject());
    }
    let shown = openssl(
        &["crl", "-in", "crls.pem", "-noout", "-text"],
        folder.path(),
    )
    .unwrap();
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for expected in [
        "Version 2",
        "X509v3 CRL Number",
        "X509v3 Authority Key Identifier",
    ] {
        assert!(shown.contains(expected), "{expected} in {shown}");
    }

    // The root revokes an intermediate.
    let crls = ca.crls(TODAY, &ca.intermediates()[..1]).unwrap();
    assert!(crls[1].entry(&ca.intermediates()[0]).is_some());
    let pem: String = crls.iter().map(Crl::to_pem).collect();
    fs::write(folder.path().join("crls.pem"), pem).unwrap();
    assert_eq!(
        verifies(folder.path(), ca.roots(), good.chain(), &more),
        Some(false)
    );

    let other = scene::ca().issue_names(["um1.contoso.com"]).unwrap();
    let error = ca.crls(TODAY, [end_entity(other.chain())]).unwrap_err();
    assert_states(
        &error,
        &[
            "`CN=um1.contoso.com`",
            "`CN=Contoso Test CA - Intermediate 1`",
        ],
    );
    assert_text(
        &error,
        &expect![[
            r#"`CN=um1.contoso.com` was issued by `CN=Contoso Test CA - Intermediate 1`, not by a CA whose key is available"#
        ]],
    );
}
