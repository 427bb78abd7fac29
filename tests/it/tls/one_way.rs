//! One-way TLS, and clients with certificates for client authentication.

use std::sync::Arc;

use super::connection::handshake;
use time::{Duration, OffsetDateTime};
use umcert::TestCa;
use umcert::issue::CertificateOptions;
use umcert::rustls::{self, CertificateError, ServerConfig};

type Received = Result<[usize; 2], rustls::Error>;

fn is_refused(result: &Received, is_expected: impl Fn(&CertificateError) -> bool) -> bool {
    matches!(result, Err(rustls::Error::InvalidCertificate(error)) if is_expected(error))
}

#[test]
fn client_without_certificate_verifies_the_ca_and_the_name() {
    let ca = TestCa::new("my tests").unwrap();
    let issued = ca.issue_names(["localhost", "um_1", "127.0.0.1"]).unwrap();
    let connect = |ca: &TestCa, called: &str| {
        let client = ca.rustls_client_one_way().unwrap();
        handshake(client, issued.rustls_server_one_way().unwrap(), called)
    };
    for called in ["localhost", "um_1", "127.0.0.1"] {
        assert_eq!(connect(&ca, called), Ok([0, 2]), "{called}");
    }
    for called in ["redis", "um-1", "127.0.0.2"] {
        let result = connect(&ca, called);
        let is_name = |error: &_| matches!(error, CertificateError::NotValidForNameContext { .. });
        assert!(is_refused(&result, is_name), "{called}: {result:?}");
    }
    let result = connect(&TestCa::new("other tests").unwrap(), "localhost");
    let is_unknown = |error: &_| *error == CertificateError::UnknownIssuer;
    assert!(is_refused(&result, is_unknown), "{result:?}");
}

#[test]
fn one_way_server_asks_for_no_certificate() {
    let ca = TestCa::new("my tests").unwrap();
    let issued = ca.issue_names(["localhost"]).unwrap();
    let alice = ca.issue_client("alice").unwrap();
    let client = || alice.rustls_client(ca.roots()).unwrap();
    let server = issued.rustls_server_one_way().unwrap();
    assert_eq!(handshake(client(), server, "localhost"), Ok([0, 2]));
    let server = issued.rustls_server_for_clients(ca.roots()).unwrap();
    assert_eq!(handshake(client(), server, "localhost"), Ok([2, 2]));
}

#[test]
fn server_for_clients_requires_client_authentication() {
    let ca = TestCa::new("my tests").unwrap();
    let other = TestCa::new("other tests").unwrap();
    let now = OffsetDateTime::now_utc();
    let past = CertificateOptions::default().validity(now - Duration::WEEK, now - Duration::DAY);
    let both = CertificateOptions::default().server_and_client();
    // A part of the error of each kind of server, empty if that server accepts the client.
    for (case, client, for_clients, for_servers) in [
        ("client", ca.issue_client("alice"), "", "InvalidPurpose"),
        (
            "e-mail",
            ca.issue_client("alice@contoso.com"),
            "",
            "InvalidPurpose",
        ),
        ("both", ca.issue_client_with("alice", &both), "", ""),
        ("server, both", ca.issue_names_with(["um_1"], &both), "", ""),
        ("server", ca.issue_names(["um_1"]), "InvalidPurpose", ""),
        (
            "expired",
            ca.issue_client_with("alice", &past),
            "Expired",
            "Expired",
        ),
        (
            "other root",
            other.issue_client("alice"),
            "UnknownIssuer",
            "InvalidPurpose",
        ),
    ] {
        let client = client.unwrap();
        let issued = ca.issue_names(["localhost"]).unwrap();
        for (server, expected) in [
            (issued.rustls_server_for_clients(ca.roots()), for_clients),
            (issued.rustls_server(ca.roots()), for_servers),
        ] {
            let client = client.rustls_client(ca.roots()).unwrap();
            let result = handshake(client, server.unwrap(), "localhost");
            match expected {
                "" => assert_eq!(result, Ok([2, 2]), "{case}"),
                error => {
                    let shown = format!("{result:?}");
                    assert!(shown.contains("InvalidCertificate"), "{case}: {shown}");
                    assert!(shown.contains(error), "{case}: {shown}");
                }
            }
        }
        let server = issued.rustls_server_for_clients(ca.roots()).unwrap();
        let result = handshake(ca.rustls_client_one_way().unwrap(), server, "localhost");
        assert_eq!(result, Err(rustls::Error::NoCertificatesPresented));
        assert!(issued.rustls_server_for_clients(&[]).is_err());
    }
}

#[test]
fn chain_and_key_are_those_that_rustls_takes() {
    let ca = TestCa::new("my tests").unwrap();
    let issued = ca.issue_names(["localhost"]).unwrap();
    let other = ca.issue_names(["localhost"]).unwrap();
    let provider = || Arc::clone(ca.rustls_client_one_way().unwrap().crypto_provider());
    for (key, is_served) in [(issued.key_der(), true), (other.key_der(), false)] {
        let server = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(issued.chain_der(), key);
        assert_eq!(server.is_ok(), is_served);
        if let Ok(server) = server {
            let client = ca.rustls_client_one_way().unwrap();
            assert_eq!(handshake(client, server, "localhost"), Ok([0, 2]));
        }
    }
}
