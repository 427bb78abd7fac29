//! Each fixture gets the kind that its row states.

use super::{DEFAULTS, certificate, default_of, fixture, folder, kind, unfit};
use crate::support::forge;
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use rustls_pki_types::CertificateDer;
use umcert::audit::{CertificateKind, ExchangeDefault};
use umcert::{Certificate, Chain};

/// A fixture that is not a default certificate, and each difference from `exchange-sha256`.
type LookAlike = (&'static str, &'static [&'static str]);

const LOOK_ALIKES: &[LookAlike] = &[
    ("impostor", &["own signature"]),
    ("ca-root", &["key usage", "basic constraints"]),
    ("self-signed-fqdn", &["subject", "issuer", "SAN"]),
    ("issued", &["issuer", "own signature"]),
    ("extra-subject", &["subject", "issuer"]),
];

/// Returns the facts in which two certificates differ.
fn differences(one: &Certificate, other: &Certificate) -> Vec<&'static str> {
    let validity = |it: &Certificate| (it.not_before(), it.not_after());
    let basic_constraints = |it: &Certificate| (it.has_basic_constraints(), it.is_ca());
    let extended_key_usage = |it: &Certificate| {
        (
            it.has_extended_key_usage(),
            it.has_server_auth(),
            it.has_any_extended_key_usage(),
        )
    };
    let facts = [
        ("subject", one.subject() == other.subject()),
        ("issuer", one.issuer() == other.issuer()),
        ("SAN", one.san_entries() == other.san_entries()),
        ("key", one.public_key() == other.public_key()),
        ("key usage", one.key_usage() == other.key_usage()),
        (
            "extended key usage",
            extended_key_usage(one) == extended_key_usage(other),
        ),
        (
            "basic constraints",
            basic_constraints(one) == basic_constraints(other),
        ),
        ("validity", validity(one) == validity(other)),
        (
            "signature algorithm",
            one.signature_algorithm() == other.signature_algorithm(),
        ),
        (
            "own signature",
            one.self_signature() == other.self_signature(),
        ),
    ];
    let differ = facts.into_iter().filter(|(_, same)| !same);
    differ.map(|(fact, _)| fact).collect()
}

#[test]
fn default_is_recognised_with_its_unfit_properties() {
    for row @ (file, kind, marks) in DEFAULTS {
        let (default, checks) = default_of(&fixture(file));
        assert_eq!(default, *kind, "{row:?}");
        assert_eq!(unfit(&checks), *marks, "{row:?}: {checks:#?}");
    }
}

#[test]
fn look_alike_gets_its_own_kind() {
    let kinds = LOOK_ALIKES
        .iter()
        .map(|(file, _)| (*file, kind(&fixture(file))));
    assert_rows(
        kinds,
        &expect![[r#"
            impostor: certificate that names itself as its issuer, but is signed with another key
            ca-root: CA certificate
            self-signed-fqdn: self-signed certificate without the names of an Exchange default
            issued: certificate issued by another certificate
            extra-subject: self-signed certificate without the names of an Exchange default
        "#]],
    );
    let default = match kind(&fixture("impostor")) {
        CertificateKind::Impostor { default, .. } => default,
        other => panic!("{other:?}"),
    };
    assert_eq!(default, Some(ExchangeDefault::MicrosoftExchange));
}

/// A key of this kind cannot make such a signature, so the certificate is an impostor. Found by fuzzing.
#[test]
fn impostor_with_another_key_kind_is_an_impostor() {
    let ed25519 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let p256 = forge::rcgen_key();
    let mut params = rcgen::CertificateParams::new(vec!["UM1".to_owned()]).unwrap();
    params.distinguished_name = forge::subject("UM1");
    for (own, other) in [(&ed25519, &p256), (&p256, &ed25519)] {
        let issuer = rcgen::Issuer::from_params(&params, other);
        let signed = params.signed_by(own, &issuer).unwrap();
        let chain: Chain = [forge::certificate(signed)].into_iter().collect();
        let kind = kind(&chain);
        assert!(matches!(kind, CertificateKind::Impostor { .. }), "{kind}");
    }
}

#[test]
fn unreadable_or_unverifiable_certificate_is_reported() {
    let empty = Chain::from_iter(Vec::<Certificate>::new());
    assert_eq!(empty.certificate_kind(), None);

    let broken: Chain = [CertificateDer::from(&b"\x30\x00"[..])]
        .into_iter()
        .collect();
    assert_eq!(broken.certificate_kind(), None);
    assert!(matches!(broken.end_entity(), Some(Err(_))));

    // Both OIDs of the signature algorithm are replaced with an unknown OID.
    let mut der = certificate("exchange-sha256").der().to_vec();
    let sha256_with_rsa = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
    for start in 0..der.len() - sha256_with_rsa.len() {
        if der[start..].starts_with(sha256_with_rsa) {
            der[start + 8] = 0x63;
        }
    }
    let unknown: Chain = [CertificateDer::from(der)].into_iter().collect();
    assert_states(kind(&unknown), &["1.2.840.113549.1.1.99"]);
    assert_text(
        kind(&unknown),
        &expect![[
            r#"certificate that names itself as its issuer, with a signature (1.2.840.113549.1.1.99) that cannot be verified"#
        ]],
    );
}

#[test]
fn look_alike_differs_only_as_its_row_states() {
    let default = certificate("exchange-sha256");
    for row @ (file, facts) in LOOK_ALIKES {
        assert_eq!(differences(&certificate(file), &default), *facts, "{row:?}");
    }
}

#[test]
fn every_fixture_has_a_row() {
    let files = std::fs::read_dir(folder()).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let certificates = paths.filter(|path| path.extension().is_some_and(|it| it == "pem"));
    let mut found: Vec<String> = certificates
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    found.sort();
    let defaults = DEFAULTS.iter().map(|row| row.0);
    let mut rows: Vec<&str> = defaults
        .chain(LOOK_ALIKES.iter().map(|row| row.0))
        .collect();
    rows.sort_unstable();
    assert_eq!(found, rows);
}
