//! Certificates for the hosts of a test environment, and the options of one certificate.

use super::{at, end_entity, verifies};
use crate::support::deployments::TODAY;
use crate::support::scene::ca;
use crate::support::snapshot::{assert_lines, assert_states};
use expect_test::expect;
use tempfile::tempdir;
use time::Duration;
use umcert::issue::{CertificateOptions, IssueError, LeafExpiryPolicy, TestCaOptions};
use umcert::name::GeneralName;
use umcert::x509::PublicKey;
use umcert::{KeyKind, TestCa, TrustStore};

/// Names to issue, the CN, the SAN, a host that the certificate covers, and one that it does not cover.
type Row = (
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static str,
);

const ROWS: &[Row] = &[
    (&["redis"], "redis", &["redis"], "redis", "redis2"),
    (&["UM_1"], "um_1", &["um_1"], "um_1", "um-1"),
    (
        &["um_1.contoso.com", "um_1.contoso.com"],
        "um_1.contoso.com",
        &["um_1.contoso.com"],
        "um_1.contoso.com",
        "um_2.contoso.com",
    ),
    (
        &["*.my_team.test", "redis"],
        "redis",
        &["*.my_team.test", "redis"],
        "a.my_team.test",
        "my_team.test",
    ),
    (
        &["admin@contoso.com", "127.0.0.1", "localhost"],
        "localhost",
        &["email:admin@contoso.com", "IP:127.0.0.1", "localhost"],
        "localhost",
        "contoso.com",
    ),
];

#[test]
fn hosts_of_test_environments_are_issued_and_covered() {
    let folder = tempdir().unwrap();
    let ca = ca();
    let roots = TrustStore::from(ca.roots());
    for (names, cn, san, covered, other) in ROWS {
        let issued = ca.issue_names(names.iter().copied()).unwrap();
        let certificate = end_entity(issued.chain());
        assert_eq!(certificate.common_names(), [*cn]);
        assert_eq!(certificate.san_entries(), *san);
        assert_eq!(issued.request().san_entries(), *san);
        assert!(issued.servers().is_empty(), "{cn} is in no plan");
        for (host, is_covered) in [(covered, true), (other, false)] {
            let name: GeneralName = host.parse().unwrap();
            let verdict = roots.verify(issued.chain(), name, TODAY);
            assert_eq!(verdict.is_ok(), is_covered, "{names:?} {host}: {verdict:?}");
            // OpenSSL matches no wildcard with an underscore.
            if names[0].starts_with("*.") {
                continue;
            }
            let more = ["-verify_hostname", host, "-attime", &at(TODAY)];
            let verified = verifies(folder.path(), ca.roots(), issued.chain(), &more);
            assert_eq!(
                verified.unwrap_or(is_covered),
                is_covered,
                "{names:?} {host}"
            );
        }
    }
    let issued = ca.issue_names(["admin@contoso.com"]).unwrap();
    assert_eq!(issued.subject(), "admin@contoso.com");
    let name: GeneralName = "admin@contoso.com".parse().unwrap();
    let verdict = roots.verify(issued.chain(), name, TODAY);
    assert!(verdict.is_err(), "no TLS server has an e-mail address");
}

#[test]
fn certificate_is_valid_between_the_requested_dates() {
    let folder = tempdir().unwrap();
    let ca = ca();
    let (start, end) = (TODAY - Duration::days(400), TODAY - Duration::days(399));
    let options = CertificateOptions::default().validity(start, end);
    let issued = ca.issue_names_with(["redis"], &options).unwrap();
    let certificate = end_entity(issued.chain());
    assert_eq!(
        (certificate.not_before(), certificate.not_after()),
        (start, end)
    );
    let (start, end) = (TODAY - Duration::HOUR, TODAY + Duration::HOUR);
    let options = CertificateOptions::default().validity(start, end);
    let issued = ca.issue_names_with(["redis"], &options).unwrap();
    for (hours, is_valid) in [(-2, false), (0, true), (2, false)] {
        let more = ["-attime", &at(TODAY + Duration::hours(hours))];
        let verified = verifies(folder.path(), ca.roots(), issued.chain(), &more);
        assert_eq!(verified.unwrap_or(is_valid), is_valid, "{hours}");
    }

    // Both ends are included, so one second is a validity.
    let second = TODAY + Duration::HOUR;
    let options = CertificateOptions::default().validity(second, second);
    let issued = ca.issue_names_with(["redis"], &options).unwrap();
    for (seconds, is_valid) in [(-1, false), (0, true), (1, false)] {
        let time = second + Duration::seconds(seconds);
        let name: GeneralName = "redis".parse().unwrap();
        let verdict = TrustStore::from(ca.roots()).verify(issued.chain(), name, time);
        assert_eq!(verdict.is_ok(), is_valid, "{seconds}: {verdict:?}");
    }
    let default = ca.issue_names(["redis"]).unwrap();
    let expected = TODAY - Duration::DAY + Duration::days(365);
    assert_eq!(end_entity(default.chain()).not_after(), expected);
}

#[test]
fn impossible_dates_are_refused() {
    let ca = ca();
    let late = ca.intermediates()[0].not_after() + Duration::SECOND;
    let year_0 = time::macros::datetime!(0000-12-31 23:59:59 UTC);
    let mut errors = Vec::new();
    for (start, end, facts) in [
        (
            TODAY,
            TODAY - Duration::SECOND,
            &["2026", "expected a later end"][..],
        ),
        (year_0, TODAY, &["years 1 to 9999"]),
        (TODAY, late, &["after their issuer"]),
    ] {
        let options = CertificateOptions::default().validity(start, end);
        let error = ca.issue_names_with(["redis"], &options).unwrap_err();
        assert_states(&error, facts);
        errors.push(error);
    }
    assert!(matches!(errors[0], IssueError::InvalidDates { .. }));
    assert!(matches!(errors[2], IssueError::OutlivesIssuer { .. }));
    assert_lines(
        errors,
        &expect![[r#"
        a validity from 2026-11-23T00:00:00Z to 2026-11-22T23:59:59Z is invalid, expected a later end, in the years 1 to 9999
        a validity from 0000-12-31T23:59:59Z to 2026-11-23T00:00:00Z is invalid, expected a later end, in the years 1 to 9999
        server certificates would expire on 2031-11-22T00:00:01Z, after their issuer on 2031-11-22T00:00:00Z; use fewer days or a CA with a longer validity
    "#]],
    );
}

#[test]
fn capped_certificate_expires_with_its_ca() {
    let options = TestCaOptions::valid_from(TODAY).leaf_expiry(LeafExpiryPolicy::Cap);
    let ca = TestCa::with_options("Contoso", &options).unwrap();
    let ca_expiry = ca.intermediates()[0].not_after();
    let until = |start| CertificateOptions::default().validity(start, ca_expiry + Duration::DAY);
    let issued = ca.issue_names_with(["redis"], &until(TODAY)).unwrap();
    assert_eq!(end_entity(issued.chain()).not_after(), ca_expiry);
    // A certificate that starts after its CA expires cannot be capped.
    let late = until(ca_expiry + Duration::HOUR);
    let error = ca.issue_names_with(["redis"], &late).unwrap_err();
    assert!(
        matches!(error, IssueError::OutlivesIssuer { .. }),
        "{error}"
    );
}

#[test]
fn key_is_of_the_requested_kind() {
    let default = CertificateOptions::default;
    for (options, expected) in [
        (default(), PublicKey::P256),
        (default().key(KeyKind::P384), PublicKey::P384),
        (default().key(KeyKind::Ed25519), PublicKey::Ed25519),
    ] {
        let issued = ca().issue_names_with(["redis"], &options).unwrap();
        assert_eq!(*end_entity(issued.chain()).public_key(), expected);
    }
}
