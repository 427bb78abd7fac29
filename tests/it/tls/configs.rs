//! Configurations of rustls: both ends present issued chains and refuse invalid ones.

use std::sync::Arc;

use super::connection::handshake;
use crate::support::deployments::{EXAMPLE_1, FAST, deployment, name, plan, um};
use crate::support::forge;
use crate::support::snapshot::{assert_lines, assert_states};
use expect_test::expect;
use umcert::issue::IssueError;
use umcert::rustls::{self, CertificateError, ClientConfig};
use umcert::{Bundle, Certificate, IssuedCertificate, Plan, PlanOptions, SanPolicy, TestCa};

const SERVER_AUTH: rcgen::ExtendedKeyUsagePurpose = rcgen::ExtendedKeyUsagePurpose::ServerAuth;
const CLIENT_AUTH: rcgen::ExtendedKeyUsagePurpose = rcgen::ExtendedKeyUsagePurpose::ClientAuth;

/// A test CA, its bundle for Example 1, and a Front End of the same CA.
struct Contoso {
    ca: TestCa,
    bundle: Bundle,
    lync: IssuedCertificate,
}

fn contoso() -> Contoso {
    // A handshake uses the clock of the system.
    let ca = TestCa::new("Contoso Test CA").unwrap();
    let bundle = ca.issue(&plan(EXAMPLE_1, SanPolicy::EveryServer)).unwrap();
    let lync = front_end(&ca);
    Contoso { ca, bundle, lync }
}

/// Issues the certificate of a Front End. Its CN is the name of the pool (D30).
fn front_end(ca: &TestCa) -> IssuedCertificate {
    ca.issue_names(["pool.contoso.com", "fe1.contoso.com"])
        .unwrap()
}

fn certificate_error(result: Result<[usize; 2], rustls::Error>) -> CertificateError {
    match result {
        Err(rustls::Error::InvalidCertificate(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn servers_authenticate_each_other_in_both_directions() {
    let Contoso { ca, bundle, lync } = contoso();
    // Lync calls a UM server by its own name and by the name of a server that it replaces.
    for called in ["um1.contoso.com", "um3.contoso.com"] {
        let client = lync.rustls_client(ca.roots()).unwrap();
        let server = bundle.rustls_server(&um(1)).unwrap();
        assert_eq!(handshake(client, server, called), Ok([2, 2]), "{called}");
    }
    // UM calls Lync: message waiting, play on phone.
    let client = bundle.rustls_client(&um(1)).unwrap();
    let server = lync.rustls_server(ca.roots()).unwrap();
    assert_eq!(handshake(client, server, "pool.contoso.com"), Ok([2, 2]));
}

/// A plan that covers Front Ends needs no other certificate for either end.
#[test]
fn front_end_of_a_bundle_calls_and_is_called() {
    let options = PlanOptions::default().key(FAST).front_ends(true);
    let plan = Plan::new(&deployment(EXAMPLE_1), &options).unwrap();
    let bundle = TestCa::new("Contoso Test CA")
        .unwrap()
        .issue(&plan)
        .unwrap();
    for front_end in ["fe1.contoso.com", "fe2.contoso.com"] {
        let client = bundle.rustls_client(&name(front_end)).unwrap();
        let server = bundle.rustls_server(&um(1)).unwrap();
        assert_eq!(handshake(client, server, "um1.contoso.com"), Ok([2, 2]));
        for called in [front_end, "lyncpool.contoso.com"] {
            let client = bundle.rustls_client(&um(1)).unwrap();
            let server = bundle.rustls_server(&name(front_end)).unwrap();
            assert_eq!(handshake(client, server, called), Ok([2, 2]), "{called}");
        }
    }
    let client = bundle.rustls_client(&um(1)).unwrap();
    let server = bundle.rustls_server(&name("fe2.contoso.com")).unwrap();
    let refused = certificate_error(handshake(client, server, "fe1.contoso.com"));
    assert!(matches!(
        refused,
        CertificateError::NotValidForNameContext { .. }
    ));
    // The pool is not a server.
    assert!(bundle.rustls_server(&name("lyncpool.contoso.com")).is_err());
}

/// Creates a client of rustls itself, with or without a certificate.
fn plain_client(
    roots: &[Certificate],
    like: &ClientConfig,
    version: &'static rustls::SupportedProtocolVersion,
    presents: bool,
) -> ClientConfig {
    let mut trusted = rustls::RootCertStore::empty();
    trusted.add_parsable_certificates(roots.iter().map(|root| root.der().clone()));
    let builder = ClientConfig::builder_with_provider(Arc::clone(like.crypto_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(trusted);
    match presents {
        true => builder.with_client_cert_resolver(Arc::clone(&like.client_auth_cert_resolver)),
        false => builder.with_no_client_auth(),
    }
}

#[test]
fn client_without_certificate_is_refused_in_every_version() {
    let Contoso { ca, bundle, lync } = contoso();
    let like = lync.rustls_client(ca.roots()).unwrap();
    for version in rustls::ALL_VERSIONS {
        for presents in [true, false] {
            let client = plain_client(ca.roots(), &like, version, presents);
            let server = bundle.rustls_server(&um(1)).unwrap();
            let expected = match presents {
                true => Ok([2, 2]),
                false => Err(rustls::Error::NoCertificatesPresented),
            };
            let result = handshake(client, server, "um1.contoso.com");
            assert_eq!(result, expected, "{:?}", version.version);
        }
    }
}

#[test]
fn other_root_of_the_same_name_is_refused_by_both_ends() {
    let Contoso { ca, bundle, lync } = contoso();
    let other = TestCa::new("Contoso Test CA").unwrap();
    let foreign = front_end(&other);
    for (client, server, called) in [
        // The client's chain is of the other CA, and the client trusts the server.
        (
            foreign.rustls_client(ca.roots()),
            bundle.rustls_server(&um(1)),
            "um1.contoso.com",
        ),
        // The server's chain is of the other CA, so the client refuses it.
        (
            lync.rustls_client(ca.roots()),
            foreign.rustls_server(ca.roots()),
            "fe1.contoso.com",
        ),
    ] {
        let result = handshake(client.unwrap(), server.unwrap(), called);
        let error = certificate_error(result);
        let expected = [
            CertificateError::UnknownIssuer,
            CertificateError::BadSignature,
        ];
        assert!(expected.contains(&error), "{called}: {error}");
    }
    // Two CAs work together if each end trusts the other's root (D24).
    let client = foreign.rustls_client(ca.roots()).unwrap();
    let trusting = bundle.certificate(&um(1)).unwrap();
    let server = trusting.rustls_server(other.roots()).unwrap();
    assert_eq!(handshake(client, server, "um1.contoso.com"), Ok([2, 2]));
}

#[test]
fn name_that_is_not_covered_is_refused() {
    let Contoso { ca, bundle, lync } = contoso();
    let client = lync.rustls_client(ca.roots()).unwrap();
    let server = bundle.rustls_server(&um(1)).unwrap();
    let error = certificate_error(handshake(client, server, "um5.contoso.com"));
    assert!(
        matches!(error, CertificateError::NotValidForNameContext { .. }),
        "{error}"
    );
}

/// Creates a client whose certificate has this extended key usage, and the root of its own CA.
fn client_with_usage(
    usage: rcgen::ExtendedKeyUsagePurpose,
    trusts: &[Certificate],
    like: &ClientConfig,
) -> (ClientConfig, Certificate) {
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca_key = forge::rcgen_key();
    let root = forge::certificate(params.self_signed(&ca_key).unwrap());
    let issuer = rcgen::Issuer::new(params, ca_key);

    let mut params = rcgen::CertificateParams::new(["fe1.contoso.com".to_owned()]).unwrap();
    params.extended_key_usages = vec![usage];
    let key = forge::rcgen_key();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let mut trusted = rustls::RootCertStore::empty();
    trusted.add_parsable_certificates(trusts.iter().map(|root| root.der().clone()));
    let pkcs8 = rustls_pki_types::PrivatePkcs8KeyDer::from(key.serialized_der().to_vec());
    let client = ClientConfig::builder_with_provider(Arc::clone(like.crypto_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_client_auth_cert(vec![certificate.into()], pkcs8.into())
        .unwrap();
    (client, root)
}

#[test]
fn client_certificate_needs_server_authentication() {
    let Contoso { ca, bundle, lync } = contoso();
    let like = lync.rustls_client(ca.roots()).unwrap();
    let um1 = bundle.certificate(&um(1)).unwrap();
    for (usage, good) in [(SERVER_AUTH, true), (CLIENT_AUTH, false)] {
        let (client, root) = client_with_usage(usage.clone(), ca.roots(), &like);
        let server = um1.rustls_server(&[root]).unwrap();
        let result = handshake(client, server, "um1.contoso.com");
        if good {
            assert_eq!(result, Ok([1, 2]));
        } else {
            let error = certificate_error(result);
            assert!(
                matches!(error, CertificateError::InvalidPurposeContext { .. }),
                "{usage:?}: {error}"
            );
        }
    }
}

#[test]
fn expired_client_is_refused() {
    let Contoso { ca, bundle, .. } = contoso();
    let long_ago = time::macros::datetime!(2020-01-01 00:00 UTC);
    let old =
        TestCa::with_options("Old", &umcert::issue::TestCaOptions::valid_from(long_ago)).unwrap();
    let client = front_end(&old).rustls_client(ca.roots()).unwrap();
    let um1 = bundle.certificate(&um(1)).unwrap();
    let server = um1.rustls_server(old.roots()).unwrap();
    let error = certificate_error(handshake(client, server, "um1.contoso.com"));
    assert!(
        matches!(error, CertificateError::ExpiredContext { .. }),
        "{error}"
    );
}

#[test]
fn unknown_server_or_empty_roots_are_errors() {
    let Contoso { bundle, lync, .. } = contoso();
    let unknown = name("um9.contoso.com");
    let errors = [
        bundle.rustls_server(&unknown).unwrap_err(),
        bundle.rustls_client(&unknown).unwrap_err(),
        lync.rustls_server(&[]).unwrap_err(),
        lync.rustls_client(&[]).unwrap_err(),
    ];
    for error in &errors[..2] {
        assert_states(error, &["`um9.contoso.com`"]);
    }
    for error in &errors[2..] {
        assert!(matches!(error, IssueError::Crypto { .. }), "{error}");
    }
    assert_lines(
        errors,
        &expect![[r#"
        the bundle has no certificate for `um9.contoso.com`; name a server of its plan
        the bundle has no certificate for `um9.contoso.com`; name a server of its plan
        could not create the trust store
        could not create the trust store
    "#]],
    );
}

#[test]
fn default_of_the_process_is_not_set() {
    let Contoso { bundle, .. } = contoso();
    bundle.rustls_server(&um(1)).unwrap();
    bundle.rustls_client(&um(1)).unwrap();
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
