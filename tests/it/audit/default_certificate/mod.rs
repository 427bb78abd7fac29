//! Exchange default certificates: those that setup makes are recognised, and look-alikes are not.
//!
//! The fixtures are RSA certificates that OpenSSL made, because neither ring nor rcgen can make all of them.

mod generated;
mod names;
mod recognition;

use std::path::PathBuf;

use crate::support::deployments::{plan, um};
use crate::support::scene::ids;
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use time::OffsetDateTime;
use time::macros::datetime;
use umcert::audit::{CertificateKind, ExchangeDefault, PropertyCheck};
use umcert::{Audit, Certificate, Chain, Report, Rule, SanPolicy, TrustStore};

/// A day on which every fixture is valid.
const DAY: OffsetDateTime = datetime!(2024-07-01 00:00 UTC);

/// A day on which every fixture has expired.
const LATER: OffsetDateTime = datetime!(2040-01-01 00:00 UTC);

const ONE_SERVER: &str = r#"
    lync = { forest = "contoso.com" }
    exchange = [{ forest = "contoso.com", version = "2013" }]
    server-sets = [{ name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila" }] }]
"#;

/// A fixture, the default certificate that it is, and the properties that differ from what setup makes.
type Recognised = (&'static str, ExchangeDefault, &'static [&'static str]);

const DEFAULTS: &[Recognised] = &[
    ("exchange-sha1", ExchangeDefault::MicrosoftExchange, &[]),
    ("exchange-sha256", ExchangeDefault::MicrosoftExchange, &[]),
    (
        "exchange-renewed",
        ExchangeDefault::MicrosoftExchange,
        &["key", "validity"],
    ),
    ("exchange-2007", ExchangeDefault::MicrosoftExchange, &[]),
    ("auth-sha1", ExchangeDefault::ServerAuth, &[]),
    ("auth-sha256", ExchangeDefault::ServerAuth, &[]),
    (
        "auth-renewed",
        ExchangeDefault::ServerAuth,
        &["subject alternative name", "validity"],
    ),
    ("wmsvc-sha1", ExchangeDefault::Wmsvc, &[]),
    ("wmsvc-sha256", ExchangeDefault::Wmsvc, &[]),
    ("wmsvc-name-sha2", ExchangeDefault::Wmsvc, &[]),
];

/// A look-alike that is the wrong kind of certificate, and its only finding.
const WRONG_ALTOGETHER: &[(&str, Rule)] = &[
    ("ca-root", Rule::CaAsServer),
    ("self-signed-fqdn", Rule::SelfSigned),
    ("extra-subject", Rule::SelfSigned),
];

/// Look-alikes that another key signed. The audit treats them as ordinary server certificates.
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

/// Returns the kind of the only certificate of `chain`.
fn kind(chain: &Chain) -> CertificateKind {
    chain.certificate_kind().unwrap()
}

/// Returns the Exchange default that `chain` is, and the checks of its properties.
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

/// Returns a store that holds the certificates of `chain` as roots.
fn holding(chain: &Chain) -> TrustStore {
    let roots: TrustStore = chain.certificates().cloned().collect();
    // A store omits certificates that cannot be roots. The test would then prove nothing.
    assert_eq!(roots.roots().len(), chain.entries().len());
    roots
}

/// Returns the stores that both sides may hold while a server presents `chain`. The first is the usual one.
fn stores(chain: &Chain) -> [(&'static str, TrustStore); 4] {
    [
        ("nothing", TrustStore::default()),
        ("this very certificate", holding(chain)),
        ("the true default", holding(&fixture("exchange-sha256"))),
        ("a CA of the same name", holding(&fixture("ca-root"))),
    ]
}

/// Audits a deployment of one server that presents `chain` to two sides with these `roots`.
fn audit(chain: &Chain, roots: &TrustStore, at: OffsetDateTime) -> Report {
    let plan = plan(ONE_SERVER, SanPolicy::EveryServer);
    Audit::new(&plan)
        .lync_roots(roots)
        .exchange_roots(roots)
        .presented(um(1), chain.clone())
        .run(at)
}

#[track_caller]
fn assert_untrusted(report: &Report, case: &str) {
    assert!(!report.is_trusted(), "{case}\n{report}");
    let through: Vec<_> = report
        .verdicts()
        .iter()
        .map(|it| it.verdict.root())
        .collect();
    assert_eq!(through, [None, None], "{case}\n{report}");
}

/// Checks that the audit has exactly this finding, and that the server is not trusted.
#[track_caller]
fn assert_finds_alone(report: &Report, rule: Rule, case: &str) {
    let expected = [format!("error {rule} um1.contoso.com")];
    assert_eq!(ids(report.findings()), expected, "{case}\n{report}");
    assert_untrusted(report, case);
}

#[test]
fn default_has_one_finding_with_any_roots() {
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
            exchange-sha1: it presents the default certificate "Microsoft Exchange" of Exchange setup: `CN=UM1`, self-signed (as setup creates it: subject alternative name, signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            exchange-sha256: it presents the default certificate "Microsoft Exchange" of Exchange setup: `CN=UM1`, self-signed (as setup creates it: subject alternative name, signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            exchange-renewed: it presents the default certificate "Microsoft Exchange" of Exchange setup: `CN=UM1`, self-signed (as setup creates it: subject alternative name, signature algorithm, key usage, extended key usage, basic constraints; not as setup creates it, so renewed or created by hand: key RSA 4096, validity 366 days; thumbprint [SHA-1], SHA-256 [SHA-256])
            exchange-2007: it presents the default certificate "Microsoft Exchange" of Exchange setup: `CN=UM1`, self-signed (as setup creates it: subject alternative name, signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            auth-sha1: it presents the default certificate "Microsoft Exchange Server Auth Certificate" of Exchange setup: `CN=Microsoft Exchange Server Auth Certificate`, self-signed (as setup creates it: subject alternative name, signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            auth-sha256: it presents the default certificate "Microsoft Exchange Server Auth Certificate" of Exchange setup: `CN=Microsoft Exchange Server Auth Certificate`, self-signed (as setup creates it: subject alternative name, signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            auth-renewed: it presents the default certificate "Microsoft Exchange Server Auth Certificate" of Exchange setup: `CN=Microsoft Exchange Server Auth Certificate`, self-signed (as setup creates it: signature algorithm, key, key usage, extended key usage, basic constraints; not as setup creates it, so renewed or created by hand: subject alternative name `contoso.com`, validity 1826 days; thumbprint [SHA-1], SHA-256 [SHA-256])
            wmsvc-sha1: it presents the default certificate "WMSVC" of Exchange setup: `CN=WMSvc-UM1`, self-signed (as setup creates it: subject alternative name, signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            wmsvc-sha256: it presents the default certificate "WMSVC" of Exchange setup: `CN=WMSvc-UM1`, self-signed (as setup creates it: subject alternative name, signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
            wmsvc-name-sha2: it presents the default certificate "WMSVC" of Exchange setup: `CN=WMSvc-SHA2-WIN-4KQ7ZT0B1XN`, self-signed (as setup creates it: subject alternative name, signature algorithm, key, key usage, extended key usage, basic constraints, validity; thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
}

#[test]
fn remedy_names_the_services_of_the_exchange_version() {
    let chain = fixture("exchange-sha256");
    for (version, services) in [
        ("2007", "-Services UM,"),
        ("2010", "-Services UM,"),
        ("2013", "-Services UM,UMCallRouter,"),
        ("2016", "-Services UM,UMCallRouter,"),
    ] {
        let text = ONE_SERVER.replace("\"2013\"", &format!("{version:?}"));
        let plan = plan(&text, SanPolicy::EveryServer);
        let audit = Audit::new(&plan).presented(um(1), chain.clone());
        let report = audit.run(DAY);
        let remedy = report.findings()[0].remedy();
        assert!(
            remedy.contains(&format!("{services} D48")),
            "{version}: {remedy}"
        );
        assert!(remedy.contains("(D28)"), "{version}: {remedy}");
    }
}

#[test]
fn expired_default_has_one_finding() {
    for row @ (file, ..) in DEFAULTS {
        let report = audit(&fixture(file), &TrustStore::default(), LATER);
        assert_finds_alone(&report, Rule::DefaultSelfSigned, &format!("{row:?}"));
    }
}

/// The path builder accepts a default certificate among the roots. The tests above therefore include that case.
#[test]
fn default_among_the_roots_is_refused_as_a_default() {
    let chain = fixture("exchange-sha256");
    let error = holding(&chain).verify(&chain, um(1), DAY).unwrap_err();
    assert_eq!(error.rules(), [Rule::DefaultSelfSigned], "{error}");
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
            assert_untrusted(&report, &case);
            let rules: Vec<Rule> = report.findings().iter().map(|it| it.rule()).collect();
            for wrong in [Rule::DefaultSelfSigned, Rule::SelfSigned, Rule::CaAsServer] {
                assert!(!rules.contains(&wrong), "{case}\n{report}");
            }
            // Its issuer has the same name but another key: a root that did not sign it, or a missing CA.
            let cause = [Rule::BadSignature, Rule::MissingIntermediate];
            assert!(
                rules.contains(&cause[usize::from(*file == "issued")]),
                "{case}\n{report}"
            );
            assert!(!rules.contains(&Rule::UntrustedRoot), "{case}\n{report}");
            // A NetBIOS name as the CN is a separate fault (D10).
            assert!(rules.contains(&Rule::SubjectNotServer), "{case}\n{report}");
        }
    }
}

#[test]
fn impostor_finding_names_its_fingerprints() {
    let report = audit(&fixture("impostor"), &TrustStore::default(), DAY);
    let finding = report
        .findings()
        .iter()
        .find(|finding| finding.rule() == Rule::BadSignature);
    let own = certificate("impostor");
    let detail = finding.unwrap().detail();
    let (thumbprint, fingerprint) = (own.thumbprint(), own.sha256_fingerprint());
    assert_states(detail, &["CN=UM1", &thumbprint, &fingerprint]);
    assert_text(
        detail,
        &expect![[
            r#"its certificate names itself (`CN=UM1`) as its issuer, but its own key does not verify its signature: the certificate was changed or forged, or its issuer, which has the same name, is missing (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
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
        // A store with this very certificate has a fault of its own.
        let mut found = ids(report.findings());
        found.retain(|id| !id.contains("root-store-misplaced"));
        assert_eq!(found, expected, "{held}\n{report}");
    }
}
