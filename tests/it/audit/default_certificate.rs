//! Exchange's default certificates: those of its setup are recognised, and nothing that looks like one is.
//!
//! The fixtures are real RSA certificates of another maker: neither ring nor rcgen can make them all.

use std::path::PathBuf;

use crate::support::deployments::{plan, um};
use crate::support::forge;
use crate::support::scene::ids;
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use rcgen::KeyUsagePurpose;
use rustls_pki_types::CertificateDer;
use time::OffsetDateTime;
use time::macros::datetime;
use umcert::audit::{CertificateKind, ExchangeDefault, PropertyCheck};
use umcert::deployment::UmServer;
use umcert::{
    Audit, Certificate, Chain, KeyKind, KeyPair, Report, Rule, SanPolicy, TrustStore, faulty,
};

/// A day on which every fixture is valid.
const DAY: OffsetDateTime = datetime!(2024-07-01 00:00 UTC);
/// A day by which every one has ended.
const LATER: OffsetDateTime = datetime!(2040-01-01 00:00 UTC);

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2013" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

/// A fixture, which default certificate it is, and the marks that are not as setup makes them.
type Recognised = (&'static str, ExchangeDefault, &'static [&'static str]);

const DEFAULTS: &[Recognised] = &[
    ("exchange-sha1", ExchangeDefault::MicrosoftExchange, &[]),
    ("exchange-sha256", ExchangeDefault::MicrosoftExchange, &[]),
    (
        "exchange-renewed",
        ExchangeDefault::MicrosoftExchange,
        &["key", "validity"],
    ),
    ("auth-sha1", ExchangeDefault::ServerAuth, &[]),
    ("auth-sha256", ExchangeDefault::ServerAuth, &[]),
    ("wmsvc-sha1", ExchangeDefault::Wmsvc, &[]),
    ("wmsvc-sha256", ExchangeDefault::Wmsvc, &[]),
];

/// A fixture that is no default, and everything in which it differs from `exchange-sha256`.
type LookAlike = (&'static str, &'static [&'static str]);

const LOOK_ALIKES: &[LookAlike] = &[
    ("impostor", &["own signature"]),
    ("ca-root", &["key usage", "basic constraints"]),
    ("self-signed-fqdn", &["subject", "issuer", "SAN"]),
    ("issued", &["issuer", "own signature"]),
    ("extra-subject", &["subject", "issuer"]),
];

/// A look-alike that is the wrong certificate altogether, and the one finding that it brings.
const WRONG_ALTOGETHER: &[(&str, Rule)] = &[
    ("ca-root", Rule::CaAsServer),
    ("self-signed-fqdn", Rule::SelfSigned),
    ("extra-subject", Rule::SelfSigned),
];

/// A look-alike that another key signed: to the audit it is a server certificate like any other.
const SIGNED_BY_ANOTHER_KEY: &[&str] = &["impostor", "issued"];

fn folder() -> PathBuf {
    [
        env!("CARGO_MANIFEST_DIR"),
        "tests/data/default-certificates",
    ]
    .iter()
    .collect()
}

fn fixture(file: &str) -> Chain {
    let path = folder().join(file).with_extension("pem");
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let chain = Chain::from_bytes(&bytes).unwrap();
    assert_eq!(chain.certificates().count(), 1, "{file}");
    chain
}

fn certificate(file: &str) -> Certificate {
    fixture(file).certificates().next().unwrap().clone()
}

/// The kind of the only certificate of `chain`.
fn kind(chain: &Chain) -> CertificateKind {
    chain.certificate_kind().unwrap()
}

/// Which Exchange default `chain` is, and its properties.
#[track_caller]
fn default_of(chain: &Chain) -> (ExchangeDefault, Vec<PropertyCheck>) {
    match kind(chain) {
        CertificateKind::ExchangeDefault {
            default, checks, ..
        } => (default, checks),
        other => panic!("{other:?}"),
    }
}

fn unfit(checks: &[PropertyCheck]) -> Vec<&'static str> {
    let unfit = checks.iter().filter(|check| !check.fits);
    unfit.map(|check| check.property).collect()
}

/// The facts in which two certificates differ.
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

/// A store that holds the certificates of `chain` as roots.
fn holding(chain: &Chain) -> TrustStore {
    let roots: TrustStore = chain.certificates().cloned().collect();
    // A store leaves out what cannot be a root, and the test would prove nothing.
    assert_eq!(roots.roots().len(), chain.entries().len());
    roots
}

/// What both sides may hold while a server presents `chain`; the first is what a sane side holds.
fn stores(chain: &Chain) -> [(&'static str, TrustStore); 4] {
    [
        ("nothing", TrustStore::default()),
        ("this very certificate", holding(chain)),
        ("the true default", holding(&fixture("exchange-sha256"))),
        ("a CA of the same name", holding(&fixture("ca-root"))),
    ]
}

/// The audit of a deployment of one server that presents `chain` to two sides with these `roots`.
fn audit(chain: &Chain, roots: &TrustStore, at: OffsetDateTime) -> Report {
    let plan = plan(ONE_SERVER, SanPolicy::EveryServer);
    Audit::new(&plan)
        .lync_roots(roots)
        .exchange_roots(roots)
        .presented(um(1), chain.clone())
        .run(at)
}

#[track_caller]
fn assert_nobody_trusts(report: &Report, case: &str) {
    assert!(!report.is_trusted(), "{case}\n{report}");
    let through: Vec<_> = report
        .verdicts()
        .iter()
        .map(|it| &it.trusted_through)
        .collect();
    assert_eq!(through, [&None, &None], "{case}\n{report}");
}

/// Checks that the audit has exactly this finding, and that the server is not trusted.
#[track_caller]
fn assert_finds_alone(report: &Report, rule: Rule, case: &str) {
    let expected = [format!("error {rule} um1.contoso.com")];
    assert_eq!(ids(report.findings()), expected, "{case}\n{report}");
    assert_nobody_trusts(report, case);
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

/// Found by fuzzing: a signature that its key could never make is no riddle.
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

    // The OID of the signature, in both places, is replaced by an unknown one.
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
        &expect![
            "certificate that names itself as its issuer, with a signature (1.2.840.113549.1.1.99) that cannot be verified"
        ],
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

#[test]
fn a_default_is_one_finding_whatever_the_sides_hold() {
    for row @ (file, ..) in DEFAULTS {
        let chain = fixture(file);
        for (held, roots) in stores(&chain) {
            let report = audit(&chain, &roots, DAY);
            let case = format!("{row:?}, both sides hold {held}");
            assert_finds_alone(&report, Rule::DefaultSelfSigned, &case);
        }
    }
}

#[test]
fn default_finding_names_kind_and_unfit_properties() {
    let mut details = Vec::new();
    for row @ (file, kind, marks) in DEFAULTS {
        let report = audit(&fixture(file), &TrustStore::default(), DAY);
        let detail = report.findings()[0].detail();
        assert!(detail.contains(&format!("\"{kind}\"")), "{row:?}: {detail}");
        let own = certificate(file);
        for fingerprint in [own.thumbprint(), own.sha256_fingerprint()] {
            assert!(detail.contains(&fingerprint), "{row:?}: {detail}");
        }
        assert_states(detail, marks);
        details.push((*file, detail.to_owned()));
    }
    assert_rows(
        details,
        &expect![[r#"
            exchange-sha1: it presents the default certificate "Microsoft Exchange" of Exchange setup: CN=UM1, self-signed (as setup makes it: signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            exchange-sha256: it presents the default certificate "Microsoft Exchange" of Exchange setup: CN=UM1, self-signed (as setup makes it: signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            exchange-renewed: it presents the default certificate "Microsoft Exchange" of Exchange setup: CN=UM1, self-signed (as setup makes it: signature algorithm, key usage, extended key usage, basic constraints; not as setup makes it, so renewed or made by hand: key RSA 4096, validity 366 days; thumbprint [SHA-1], SHA-256 [SHA-256])
            auth-sha1: it presents the default certificate "Microsoft Exchange Server Auth Certificate" of Exchange setup: CN=Microsoft Exchange Server Auth Certificate, self-signed (as setup makes it: signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            auth-sha256: it presents the default certificate "Microsoft Exchange Server Auth Certificate" of Exchange setup: CN=Microsoft Exchange Server Auth Certificate, self-signed (as setup makes it: signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            wmsvc-sha1: it presents the default certificate "WMSVC" of Exchange setup: CN=WMSvc-UM1, self-signed (as setup makes it: signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            wmsvc-sha256: it presents the default certificate "WMSVC" of Exchange setup: CN=WMSvc-UM1, self-signed (as setup makes it: signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
}

#[test]
fn expired_default_has_one_finding() {
    for row @ (file, ..) in DEFAULTS {
        let report = audit(&fixture(file), &TrustStore::default(), LATER);
        assert_finds_alone(&report, Rule::DefaultSelfSigned, &format!("{row:?}"));
    }
}

/// Why the tests above ask about a default among the roots: what builds the path does not mind it.
#[test]
fn default_among_the_roots_has_a_path_and_a_finding() {
    let chain = fixture("exchange-sha256");
    let verdict = holding(&chain).verify(&chain, um(1), DAY);
    assert_eq!(verdict.unwrap().root().subject(), "CN=UM1");
}

#[test]
fn wrong_self_signed_certificate_has_one_finding() {
    for row @ (file, rule) in WRONG_ALTOGETHER {
        let chain = fixture(file);
        for (held, roots) in stores(&chain) {
            let report = audit(&chain, &roots, DAY);
            let case = format!("{row:?}, both sides hold {held}");
            assert_finds_alone(&report, *rule, &case);
        }
    }
}

#[test]
fn certificate_signed_by_another_key_is_not_a_default() {
    for file in SIGNED_BY_ANOTHER_KEY {
        let chain = fixture(file);
        for (held, roots) in stores(&chain) {
            let report = audit(&chain, &roots, DAY);
            let case = format!("{file}, both sides hold {held}");
            assert_nobody_trusts(&report, &case);
            let rules: Vec<Rule> = report.findings().iter().map(|it| it.rule()).collect();
            for wrong in [Rule::DefaultSelfSigned, Rule::SelfSigned, Rule::CaAsServer] {
                assert!(!rules.contains(&wrong), "{case}\n{report}");
            }
            // It shares a name with its issuer, or with a root that did not sign it, and no key.
            let cause = [Rule::BadSignature, Rule::MissingIntermediate];
            assert!(
                rules.contains(&cause[usize::from(*file == "issued")]),
                "{case}\n{report}"
            );
            assert!(!rules.contains(&Rule::UntrustedRoot), "{case}\n{report}");
            // A NetBIOS name as the CN is a fault of its own (D10).
            assert!(rules.contains(&Rule::SubjectNotServer), "{case}\n{report}");
        }
    }
}

/// Of an impostor it is said what it is, by its fingerprints.
#[test]
fn impostor_finding_names_its_fingerprints() {
    let report = audit(&fixture("impostor"), &TrustStore::default(), DAY);
    let told = report
        .findings()
        .iter()
        .find(|it| it.rule() == Rule::BadSignature);
    let own = certificate("impostor");
    let detail = told.unwrap().detail();
    let (thumbprint, fingerprint) = (own.thumbprint(), own.sha256_fingerprint());
    assert_states(detail, &["CN=UM1", &thumbprint, &fingerprint]);
    assert_text(
        detail,
        &expect![
            "its certificate names itself (CN=UM1) as its issuer, but its own key does not verify its signature: it was changed or forged, or its issuer, of the same name, is missing (thumbprint [SHA-1], SHA-256 [SHA-256])"
        ],
    );
}

#[test]
fn issued_look_alike_lacks_issuer_and_cn() {
    let chain = fixture("issued");
    for (held, roots) in stores(&chain) {
        let report = audit(&chain, &roots, DAY);
        let expected = [
            "error missing-intermediate um1.contoso.com",
            "error subject-not-server um1.contoso.com",
            "warning no-crl-distribution-point um1.contoso.com",
            "note name-extra um1.contoso.com",
        ];
        assert_eq!(ids(report.findings()), expected, "{held}\n{report}");
    }
}

/// The default of a server as the library makes it, with a key of this kind.
fn made(kind: KeyKind) -> Chain {
    let server = UmServer::new("um1.contoso.com", "Tukwila").unwrap();
    faulty::exchange_default(&server, &KeyPair::generate(kind).unwrap(), DAY).unwrap()
}

#[test]
fn generated_default_is_recognised_with_one_finding() {
    let rsa = cfg!(feature = "aws-lc-rs").then_some(KeyKind::Rsa2048);
    for kind in rsa.into_iter().chain([KeyKind::P256, KeyKind::P384]) {
        let chain = made(kind);
        let (default, _) = default_of(&chain);
        assert_eq!(default, ExchangeDefault::MicrosoftExchange, "{kind}");
        for (held, roots) in stores(&chain) {
            let report = audit(&chain, &roots, DAY);
            let case = format!("{kind}, both sides hold {held}");
            assert_finds_alone(&report, Rule::DefaultSelfSigned, &case);
        }
    }
}

#[cfg(feature = "aws-lc-rs")]
#[test]
fn generated_default_with_rsa_2048_fits_every_property() {
    let chain = made(KeyKind::Rsa2048);
    let (_, checks) = default_of(&chain);
    assert_eq!(unfit(&checks), [""; 0], "{checks:#?}");
    assert!(kind(&chain).matches_setup_defaults());
}

#[test]
fn generated_default_with_p256_is_unfit_in_key_and_signature() {
    let chain = made(KeyKind::P256);
    let (_, checks) = default_of(&chain);
    let expected = ["signature algorithm", "key"];
    assert!(!kind(&chain).matches_setup_defaults());
    assert_eq!(unfit(&checks), expected, "{checks:#?}");
}

/// What is changed in a certificate of setup's names, and which marks do not fit then.
type Made = (
    &'static str,
    fn(&mut rcgen::CertificateParams),
    &'static [&'static str],
);

const MADE_BY_HAND: &[Made] = &[
    ("nothing", |_| {}, &[]),
    (
        "a key usage of CAs",
        |it| it.key_usages.push(KeyUsagePurpose::KeyCertSign),
        &["key usage"],
    ),
    (
        "the key usage of WMSVC",
        |it| it.key_usages.push(KeyUsagePurpose::DataEncipherment),
        &["key usage"],
    ),
    ("no key usage", |it| it.key_usages.clear(), &["key usage"]),
    (
        "for clients",
        |it| it.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth],
        &["extended key usage"],
    ),
    (
        "no basic constraints",
        |it| it.is_ca = rcgen::IsCa::NoCa,
        &["basic constraints"],
    ),
    (
        "for a day more, as leap years make it",
        |it| it.not_after += time::Duration::DAY,
        &[],
    ),
    (
        "for a week less",
        |it| it.not_after -= time::Duration::WEEK,
        &["validity"],
    ),
    (
        "for a year, by hand",
        |it| it.not_after = it.not_before + time::Duration::days(365),
        &["validity"],
    ),
];

#[test]
fn changed_default_names_exactly_its_unfit_properties() {
    for (what, change, expected) in MADE_BY_HAND {
        let mut params = forge::server_params(1);
        params.distinguished_name = forge::subject("UM1");
        params.subject_alt_names = forge::sans(&["UM1", "um1.contoso.com"]);
        params.key_usages = vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ];
        params.not_after = params.not_before + time::Duration::days(5 * 365 + 1);
        change(&mut params);
        let own = forge::certificate(params.self_signed(&forge::rcgen_key()).unwrap());
        let chain: Chain = [own].into_iter().collect();
        let (_, checks) = default_of(&chain);
        // No key of rcgen's is one of setup's.
        let expected = [&["signature algorithm", "key"], *expected].concat();
        assert_eq!(unfit(&checks), expected, "{what}: {checks:#?}");
    }
}
