//! Certificates of clients: OpenSSL accepts them as clients, and only as clients.

use std::collections::HashSet;

use super::{at, end_entity, verifies_as};
use crate::support::deployments::TODAY;
use crate::support::scene::ca;
use crate::support::snapshot::{assert_lines, assert_states};
use expect_test::expect;
use tempfile::tempdir;
use time::Duration;
use umcert::issue::{CertificateOptions, IssueError, TestCaOptions};
use umcert::{IssuedCertificate, TestCa};

#[test]
fn name_of_a_client_is_its_cn_and_if_possible_its_san() {
    for (name, san) in [
        ("alice", &[][..]),
        ("Alice Smith", &[]),
        ("um_1", &[]),
        ("*.contoso.com", &[]),
        ("alice@contoso.com", &["email:alice@contoso.com"]),
        ("Alice@Contoso.com", &["email:Alice@contoso.com"]),
        ("agent1.contoso.com", &["agent1.contoso.com"]),
        ("192.0.2.1", &["IP:192.0.2.1"]),
    ] {
        let issued = ca().issue_client(name).unwrap();
        let certificate = end_entity(issued.chain());
        assert_eq!(issued.subject(), name);
        assert_eq!(certificate.common_names(), [name]);
        assert_eq!(certificate.san_entries(), san, "{name}");
        assert!(issued.key().is_key_of(certificate), "{name}");
        assert!(issued.servers().is_empty(), "{name}");
    }
}

#[test]
fn invalid_name_of_a_client_is_refused() {
    let long = "a".repeat(65);
    let mut errors = Vec::new();
    for (name, facts) in [
        ("", &["0 characters"][..]),
        (&long, &["65 characters"]),
        ("alice@", &["`alice@`"]),
        ("a lice@contoso.com", &["`a lice@contoso.com`"]),
    ] {
        let error = ca().issue_client(name).unwrap_err();
        assert_states(&error, facts);
        errors.push(error);
    }
    assert!(matches!(errors[0], IssueError::InvalidCommonName { .. }));
    assert!(matches!(errors[3], IssueError::InvalidName(_)));
    assert_lines(
        errors,
        &expect![[r#"
            the common name `` has 0 characters, expected 1 to 64
            the common name `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` has 65 characters, expected 1 to 64
            `alice@` is not an e-mail address: it is empty
            `a lice@contoso.com` is not an e-mail address: the part before the `@` is not 1 to 64 ASCII letters, digits, dots and other characters that need no quotes
        "#]],
    );
}

#[test]
fn extended_key_usage_is_that_of_the_role() {
    let folder = tempdir().unwrap();
    let ca = ca();
    let options = CertificateOptions::default();
    let both = options.clone().server_and_client();
    let time = at(TODAY);
    for (case, issued, is_server, is_client) in [
        ("server", ca.issue_names(["redis"]), true, false),
        ("client", ca.issue_client("redis"), false, true),
        (
            "server, both",
            ca.issue_names_with(["redis"], &both),
            true,
            true,
        ),
        (
            "client, both",
            ca.issue_client_with("redis", &both),
            true,
            true,
        ),
    ] {
        let issued = issued.unwrap();
        assert_eq!(end_entity(issued.chain()).has_server_auth(), is_server);
        for (purpose, expected) in [("sslserver", is_server), ("sslclient", is_client)] {
            let more = ["-attime", &time];
            let chain = issued.chain();
            let verified = verifies_as(purpose, folder.path(), ca.roots(), chain, &more);
            assert_eq!(
                verified.unwrap_or(expected),
                expected,
                "{case} as {purpose}"
            );
        }
        let other = TestCa::new("Contoso Test CA").unwrap();
        let more = ["-attime", &time];
        let verified = verifies_as(
            "sslclient",
            folder.path(),
            other.roots(),
            issued.chain(),
            &more,
        );
        assert!(!verified.unwrap_or(false), "{case} under another root");
    }
}

#[test]
fn client_is_valid_between_the_requested_dates() {
    let folder = tempdir().unwrap();
    let ca = ca();
    let options = CertificateOptions::default().validity(TODAY, TODAY + Duration::HOUR);
    let issued = ca.issue_client_with("alice", &options).unwrap();
    for (minutes, expected) in [(-1, false), (1, true), (61, false)] {
        let more = ["-attime", &at(TODAY + Duration::minutes(minutes))];
        let chain = issued.chain();
        let verified = verifies_as("sslclient", folder.path(), ca.roots(), chain, &more);
        assert_eq!(verified.unwrap_or(expected), expected, "{minutes}");
    }
}

#[test]
fn seeded_certificates_of_both_roles_have_distinct_serials() {
    let options = TestCaOptions::valid_from(TODAY).seed("a");
    let ca = TestCa::with_options("Contoso", &options).unwrap();
    let both = CertificateOptions::default().server_and_client();
    let issue = || -> [IssuedCertificate; 4] {
        [
            ca.issue_names(["um1.contoso.com"]).unwrap(),
            ca.issue_names_with(["um1.contoso.com"], &both).unwrap(),
            ca.issue_client("um1.contoso.com").unwrap(),
            ca.issue_client("alice").unwrap(),
        ]
    };
    let serials = issue().map(|issued| end_entity(issued.chain()).serial().to_vec());
    assert_eq!(HashSet::from(serials.clone()).len(), serials.len());
    let chains = issue().map(|issued| issued.chain().clone());
    assert_eq!(issue().map(|issued| issued.chain().clone()), chains);
}
