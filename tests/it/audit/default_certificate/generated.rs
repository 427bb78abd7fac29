//! Default certificates that the crate generates, and changed ones.

#[cfg(feature = "aws-lc-rs")]
use super::um;
use super::{DAY, ONE_SERVER, assert_finds_alone, audit, default_of, kind, stores, unfit};
use crate::support::deployments::deployment;
use crate::support::forge;
#[cfg(feature = "aws-lc-rs")]
use crate::support::scene;
use rcgen::KeyUsagePurpose;
use umcert::audit::ExchangeDefault;
use umcert::deployment::UmServer;
use umcert::{Chain, KeyKind, KeyPair, Rule, faulty};
#[cfg(feature = "aws-lc-rs")]
use umcert::{Plan, PlanOptions, faulty::Fault};

/// Returns the default certificate that the library makes for a server, with a key of this kind.
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

/// A fault, the default certificate that it presents, and the properties that differ from what setup makes.
#[cfg(feature = "aws-lc-rs")]
const FAULTS: &[(Fault, ExchangeDefault, &[&str])] = &[
    (
        Fault::ExchangeDefault,
        ExchangeDefault::MicrosoftExchange,
        &[],
    ),
    (Fault::ExchangeAuthDefault, ExchangeDefault::ServerAuth, &[]),
    (
        Fault::ExchangeAuthRenewed,
        ExchangeDefault::ServerAuth,
        &["subject alternative name", "validity"],
    ),
    (Fault::WmsvcDefault, ExchangeDefault::Wmsvc, &[]),
    (Fault::WmsvcSha2Default, ExchangeDefault::Wmsvc, &[]),
];

#[cfg(feature = "aws-lc-rs")]
#[test]
fn faulty_default_has_the_properties_of_its_kind() {
    let options = PlanOptions::default().key(KeyKind::Rsa2048);
    let plan = Plan::new(&deployment(ONE_SERVER), &options).unwrap();
    let planned = plan.certificate(&um(1)).unwrap();
    let mut subjects = Vec::new();
    for row @ (fault, expected, marks) in FAULTS {
        let faulty = scene::ca().issue_faulty(planned, *fault, DAY).unwrap();
        let (default, checks) = default_of(faulty.chain());
        assert_eq!(default, *expected, "{row:?}");
        assert_eq!(unfit(&checks), *marks, "{row:?}: {checks:#?}");
        let own = faulty.chain().certificates().next().unwrap();
        subjects.push(format!("{} {:?}", own.subject(), own.san_entries()));
    }
    assert_eq!(
        subjects,
        [
            r#"CN=UM1 ["UM1", "um1.contoso.com"]"#,
            "CN=Microsoft Exchange Server Auth Certificate []",
            r#"CN=Microsoft Exchange Server Auth Certificate ["contoso.com"]"#,
            "CN=WMSvc-UM1 []",
            "CN=WMSvc-SHA2-UM1 []",
        ]
    );
}

/// A PrintableString, the type of setup's names, cannot contain an underscore.
#[test]
fn generated_default_of_a_name_with_underscore_is_recognised() {
    let text = ONE_SERVER.replace("fqdn", "netbios-name = \"UM_1\", fqdn");
    let server = &deployment(&text).server_sets[0].servers[0];
    let key = KeyPair::generate(KeyKind::P256).unwrap();
    let chain = faulty::exchange_default(server, &key, DAY).unwrap();
    let (default, _) = default_of(&chain);
    assert_eq!(default, ExchangeDefault::MicrosoftExchange);
    let own = chain.certificates().next().unwrap();
    assert_eq!(own.san_entries(), ["UM_1", "um1.contoso.com"]);
}

#[test]
fn generated_default_with_p256_is_unfit_in_key_and_signature() {
    let chain = made(KeyKind::P256);
    let (_, checks) = default_of(&chain);
    let expected = ["signature algorithm", "key"];
    assert!(!kind(&chain).matches_setup_defaults());
    assert_eq!(unfit(&checks), expected, "{checks:#?}");
}

/// A change to a certificate with the names that setup uses, and the properties that then do not fit.
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
        "for an hour less",
        |it| it.not_after -= time::Duration::HOUR,
        &[],
    ),
    (
        "for a day less",
        |it| it.not_after -= time::Duration::DAY,
        &["validity"],
    ),
    (
        "for two days more",
        |it| it.not_after += time::Duration::days(2),
        &["validity"],
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
        // The key is P-256, and setup makes RSA keys.
        let expected = [&["signature algorithm", "key"], *expected].concat();
        assert_eq!(unfit(&checks), expected, "{what}: {checks:#?}");
    }
}
