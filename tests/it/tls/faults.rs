//! Live faults: a rustls client refuses each faulty chain for its fault, or accepts it if rustls does not check it.

use std::sync::Arc;

use super::connection::handshake;
use crate::support::deployments::{EXAMPLE_1, plan, um};
use crate::support::snapshot::assert_states;
use time::OffsetDateTime;
use umcert::faulty::{Fault, FaultyChain};
use umcert::issue::IssueError;
use umcert::rustls::{self, ServerConfig};
use umcert::{SanPolicy, TestCa};

/// Returns a part of the error with which a rustls client refuses the fault, or `None` if rustls does not check it.
fn refusal(fault: Fault) -> Option<&'static str> {
    match fault {
        Fault::MalformedCertificate => Some("BadEncoding"),
        Fault::ExchangeDefault
        | Fault::ExchangeAuthDefault
        | Fault::ExchangeAuthRenewed
        | Fault::WmsvcDefault
        | Fault::WmsvcSha2Default
        | Fault::SelfSigned
        | Fault::MissingIntermediate
        | Fault::UntrustedRoot => Some("UnknownIssuer"),
        Fault::CaAsServer => Some("CaUsedAsEndEntity"),
        Fault::BadSignature => Some("BadSignature"),
        Fault::PathInvalid | Fault::PathNotJudged => Some("UnsupportedCriticalExtension"),
        Fault::Expired => Some("ExpiredContext"),
        Fault::NotYetValid => Some("NotValidYetContext"),
        Fault::NameMissing => Some("NotValidForNameContext"),
        Fault::NoServerAuth => Some("InvalidPurposeContext"),
        _ => None,
    }
}

#[track_caller]
fn assert_served(ca: &TestCa, faulty: &FaultyChain, fault: Fault, called: &str) {
    if matches!(fault, Fault::WeakKey | Fault::KeySizeUnlisted) {
        let error = faulty.rustls_server_one_way().unwrap_err();
        assert_states(&error, &["private key", "`WeakKey`"]);
        assert!(faulty.rustls_client(ca.roots()).is_err(), "{fault:?}");
        assert!(
            matches!(error, IssueError::NoPrivateKey),
            "{fault:?}: {error}"
        );
        assert!(faulty.key().is_none() && faulty.key_der().is_none());
        return;
    }
    let server = faulty.rustls_server_one_way().unwrap();
    let result = handshake(ca.rustls_client_one_way().unwrap(), server, called);
    match refusal(fault) {
        Some(expected) => {
            let error = format!("{:?}", result.unwrap_err());
            assert!(error.contains("InvalidCertificate"), "{fault:?}: {error}");
            assert!(error.contains(expected), "{fault:?}: {error}");
        }
        None => assert_eq!(result, Ok([0, faulty.chain_der().len()]), "{fault:?}"),
    }
    if let Some(Ok(certificate)) = faulty.chain().end_entity() {
        assert!(faulty.key().unwrap().is_key_of(certificate), "{fault:?}");
    }
}

#[test]
fn every_fault_of_names_is_served_and_refused() {
    let ca = TestCa::new("my tests").unwrap();
    let now = OffsetDateTime::now_utc();
    for names in [["localhost", "127.0.0.1"], ["um_1", "*.contoso.com"]] {
        for fault in Fault::ALL {
            let faulty = ca.issue_faulty_names(names, *fault, now).unwrap();
            assert_served(&ca, &faulty, *fault, names[0]);
        }
    }
    let faulty = ca.issue_faulty_names(["localhost", "127.0.0.1"], Fault::NameMissing, now);
    assert_served(&ca, &faulty.unwrap(), Fault::NameMissing, "127.0.0.1");
}

#[test]
fn every_fault_of_a_plan_is_served_and_refused() {
    let ca = TestCa::new("my tests").unwrap();
    let plan = plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    for fault in Fault::ALL {
        let now = OffsetDateTime::now_utc();
        let faulty = ca.issue_faulty(planned, *fault, now).unwrap();
        assert_served(&ca, &faulty, *fault, "um1.contoso.com");
    }
}

/// The server verifies the client as a server (D20), except for its names.
#[test]
fn every_fault_of_a_client_is_refused_by_the_server() {
    let ca = TestCa::new("my tests").unwrap();
    let issued = ca.issue_names(["localhost"]).unwrap();
    for fault in Fault::ALL {
        let now = OffsetDateTime::now_utc();
        let faulty = ca.issue_faulty_names(["um_1"], *fault, now).unwrap();
        if faulty.key().is_none() {
            continue;
        }
        let client = faulty.rustls_client(ca.roots()).unwrap();
        let server = issued.rustls_server(ca.roots()).unwrap();
        let result = handshake(client, server, "localhost");
        match refusal(*fault) {
            Some(expected) if *fault != Fault::NameMissing => {
                let error = format!("{:?}", result.unwrap_err());
                assert!(error.contains(expected), "{fault:?}: {error}");
            }
            _ => assert_eq!(result, Ok([faulty.chain_der().len(), 2]), "{fault:?}"),
        }
    }
}

#[test]
fn seeded_fault_is_the_same_in_every_run() {
    let now = OffsetDateTime::now_utc();
    let issue = |seed| {
        let ca = TestCa::seeded(seed).unwrap();
        let faulty = ca.issue_faulty_names(["redis"], Fault::Expired, now);
        let faulty = faulty.unwrap();
        assert_served(&ca, &faulty, Fault::Expired, "redis");
        faulty.chain().clone()
    };
    assert_eq!(issue("a"), issue("a"));
    assert_ne!(issue("a"), issue("b"));
}

#[test]
fn fault_of_invalid_names_is_an_error() {
    let ca = TestCa::new("my tests").unwrap();
    let issue = |name| ca.issue_faulty_names([name], Fault::Expired, OffsetDateTime::now_utc());
    assert!(issue("redis").is_ok());
    assert!(matches!(issue("no name"), Err(IssueError::InvalidName(_))));
    assert!(matches!(
        issue("*.contoso.com"),
        Err(IssueError::NoCommonName)
    ));
}

/// Without the feature `rustls` of this crate, the chain and the key are enough, unless the certificate is malformed.
#[test]
fn chain_and_key_of_a_fault_are_those_that_rustls_takes() {
    let ca = TestCa::new("my tests").unwrap();
    let now = OffsetDateTime::now_utc();
    for (fault, is_served) in [(Fault::Expired, true), (Fault::MalformedCertificate, false)] {
        let faulty = ca.issue_faulty_names(["localhost"], fault, now).unwrap();
        let provider = Arc::clone(ca.rustls_client_one_way().unwrap().crypto_provider());
        let server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(rustls::ALL_VERSIONS)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(faulty.chain_der(), faulty.key_der().unwrap());
        assert_eq!(server.is_ok(), is_served, "{fault:?}");
    }
}
