//! The provider of the key that a request names.

use crate::support::deployments::{EXAMPLE_1, TODAY, um};
use crate::support::forge::rcgen_key;
use crate::support::requests::{PKCS9_EXTENSIONS, attribute, key_provider, request, san_list};
use crate::support::scene::{Scene, assert_finds};
use crate::support::snapshot::assert_states;
use umcert::{CertificateRequest, DnsName, SanPolicy};

/// Returns a request for these names, whose key is in this provider.
fn request_of(names: &[&str], key: &rcgen::KeyPair, provider: &str) -> CertificateRequest {
    let san = attribute(PKCS9_EXTENSIONS, &[san_list(names)]);
    let der = request(key, Some(&[key_provider(provider), san]));
    CertificateRequest::from_bytes(&der).unwrap()
}

const UM_NAMES: &[&str] = &[
    "um1.contoso.com",
    "um2.contoso.com",
    "um3.contoso.com",
    "um4.contoso.com",
];

#[test]
fn key_of_a_um_server_in_a_cng_provider_is_found() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    for (provider, is_cng) in [
        ("Microsoft Software Key Storage Provider", true),
        ("Microsoft Smart Card Key Storage Provider", true),
        ("Microsoft Platform Crypto Provider", true),
        ("Example HSM key storage provider", true),
        ("Microsoft RSA SChannel Cryptographic Provider", false),
        (
            "Microsoft Enhanced RSA and AES Cryptographic Provider",
            false,
        ),
        ("Microsoft Base Smart Card Crypto Provider", false),
        ("", false),
    ] {
        let request = request_of(UM_NAMES, &rcgen_key(), provider);
        let chain = scene.ca.issue_request(&request).unwrap();
        let audit = scene.audit().presented(um(1), chain);
        let report = audit.requested(um(1), request).run(TODAY);
        if is_cng {
            assert_finds(&report, &["error key-in-cng-provider um1.contoso.com"]);
            assert_states(report.findings()[0].detail(), &[&format!("`{provider}`")]);
        } else {
            assert_finds(&report, &[]);
        }
    }
}

/// The provider of a request says nothing about another key.
#[test]
fn request_for_another_key_is_only_a_mismatch() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let provider = "Microsoft Software Key Storage Provider";
    let request = request_of(UM_NAMES, &rcgen_key(), provider);
    let report = scene.audit().requested(um(1), request).run(TODAY);
    assert_finds(&report, &["error key-mismatch um1.contoso.com"]);
}

/// Lync works with ECDSA keys of a CNG provider, which no other provider supports.
#[test]
fn key_of_a_front_end_is_found_only_if_it_is_rsa() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let provider = "Microsoft Software Key Storage Provider";
    let front_end: DnsName = "fe1.contoso.com".parse().unwrap();
    let mut keys = vec![(rcgen_key(), false)];
    if cfg!(feature = "aws-lc-rs") {
        let rsa = rcgen::KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        keys.push((rsa, true));
    }
    for (key, is_found) in keys {
        let request = request_of(&["fe1.contoso.com"], &key, provider);
        let chain = scene.ca.issue_request(&request).unwrap();
        let audit = scene.audit().presented(front_end.clone(), chain);
        let report = audit.requested(front_end.clone(), request).run(TODAY);
        let found = report.findings().iter();
        let found = found.filter(|it| it.rule() == umcert::Rule::KeyInCngProvider);
        assert_eq!(found.count(), usize::from(is_found), "{report}");
    }
}
