//! The texts of errors: short, printable, and without any part of a key, whatever the input is.

use std::error::Error;
use std::fmt::Write;

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
use proptest::prelude::*;
use rcgen::{CertificateParams, CustomExtension};
use umcert::issue::TestCaOptions;
use umcert::name::{AttributeType, DistinguishedName, GeneralName};
use umcert::x509::CertificateTemplate;
use umcert::{
    Certificate, CertificateRequest, Chain, Crl, Deployment, DnsName, KeyKind, KeyPair, Plan,
    PlanOptions, Rule, SanName, TestCa, TrustStore,
};

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, deployment, um};
use crate::support::encoding::utf16;
use crate::support::forge::{self, Forge, chain_of};
use crate::support::scene::Forged;

/// Maximum length of a text about an error, in bytes.
const MAX_TEXT: usize = 2000;

/// Characters that would make one text look like another, or control a terminal.
const INVISIBLE: &str = "\0\u{7}\u{1b}\u{7f}\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{202e}\u{2028}\u{2060}\u{2800}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{e0041}";

/// A key, in every form in which a text could show a part of it.
struct Secret {
    key: KeyPair,
    /// Each piece has twelve bytes of the key.
    pieces: Vec<String>,
}

impl Secret {
    fn new() -> Self {
        let key = KeyPair::generate(KeyKind::P256).unwrap();
        let der = key.to_der();
        let der = der.secret_pkcs8_der();
        let mut pieces = Vec::new();
        for bytes in der.windows(12) {
            let decimal: Vec<String> = bytes.iter().map(ToString::to_string).collect();
            pieces.extend([
                HEXLOWER.encode(bytes),
                HEXUPPER.encode(bytes),
                decimal.concat(),
            ]);
        }
        let base64 = BASE64.encode(der);
        let characters: Vec<char> = base64.chars().collect();
        pieces.extend(characters.windows(16).map(|it| it.iter().collect()));
        Self { key, pieces }
    }

    fn pem(&self) -> String {
        self.key.to_pem().as_str().to_owned()
    }

    fn der(&self) -> Vec<u8> {
        self.key.to_der().secret_pkcs8_der().to_vec()
    }

    /// Checks every text about an error: what it displays, its `Debug`, and its sources.
    #[track_caller]
    fn assert_fit(&self, case: &str, error: &dyn Error) {
        let mut next = Some(error);
        while let Some(error) = next {
            // `Debug` shows a single character as it is.
            let debug = format!("{error:?}");
            let single = |character: char| debug.contains(&format!("'{character}'"));
            let debug = debug.replace(|it| INVISIBLE.contains(it) && single(it), "");
            for text in [error.to_string(), debug] {
                assert_printable(case, &text, MAX_TEXT);
                let joined = text.replace([' ', ','], "");
                let leak = self
                    .pieces
                    .iter()
                    .find(|piece| joined.contains(piece.as_str()));
                assert_eq!(leak, None, "{case}: {text}");
            }
            next = error.source();
        }
    }
}

#[track_caller]
fn assert_printable(case: &str, text: &str, max: usize) {
    assert!(
        text.len() <= max,
        "{case}: {} bytes: {text:.300}",
        text.len()
    );
    let raw = text
        .chars()
        .find(|it| it.is_control() || INVISIBLE.contains(*it));
    assert_eq!(
        raw.map(char::escape_unicode).map(|it| it.to_string()),
        None,
        "{case}: {text:?}"
    );
}

/// Returns the errors of all readers of files that refuse `bytes`.
fn refusals(bytes: &[u8]) -> Vec<(&'static str, Box<dyn Error>)> {
    fn refusal<T, E: Error + 'static>(
        reader: &'static str,
        read: Result<T, E>,
    ) -> Option<(&'static str, Box<dyn Error>)> {
        read.err().map(|error| (reader, Box::from(error)))
    }
    let chain = Chain::from_bytes(bytes);
    let entries = chain
        .iter()
        .flat_map(|chain| chain.entries().iter().cloned());
    let entries: Vec<_> = entries
        .filter_map(|entry| refusal("entry", entry))
        .collect();
    let more = [
        refusal("Chain", chain),
        refusal("Certificate", Certificate::from_der(bytes.to_vec().into())),
        refusal("TrustStore", TrustStore::from_bytes(bytes)),
        refusal("CertificateRequest", CertificateRequest::from_bytes(bytes)),
        refusal("Crl", Crl::from_bytes(bytes)),
        refusal("KeyPair", KeyPair::from_bytes(bytes)),
        #[cfg(feature = "encrypted-keys")]
        refusal("from_encrypted", KeyPair::from_encrypted(bytes, "wrong")),
    ];
    entries
        .into_iter()
        .chain(more.into_iter().flatten())
        .collect()
}

/// Returns `der` in the forms in which a key gets lost: an environment variable, a dump, a wrong label.
fn damaged(secret: &Secret) -> Vec<(&'static str, Vec<u8>)> {
    let (pem, der) = (secret.pem(), secret.der());
    let base64 = BASE64.encode(&der);
    let relabeled = |label: &str| pem.replace("PRIVATE KEY", label).into_bytes();
    let hex = HEXUPPER.encode(&der);
    let spaced = |text: &str, width: usize| {
        let bytes = text.as_bytes().chunks(width);
        bytes
            .map(String::from_utf8_lossy)
            .collect::<Vec<_>>()
            .join(" ")
    };
    vec![
        ("no line feeds", pem.replace('\n', "").into()),
        ("blanks for line feeds", pem.replace('\n', " ").into()),
        ("literal \\n", pem.replace('\n', "\\n").into()),
        ("no dashes", pem.replace('-', "").into()),
        (
            "no dashes after the label",
            pem.replace("KEY-----\n", "KEY ").into(),
        ),
        ("no end", pem[..pem.len() - 30].into()),
        ("half", pem[..pem.len() / 2].into()),
        ("quoted", pem.replace('\n', "\n> ").into()),
        ("UTF-16", utf16(&pem.replace('\n', " "), false)),
        ("base64 alone", base64.clone().into()),
        (
            "base64 after a label in capitals",
            format!("-----BEGIN {}-----", base64.to_uppercase()).into(),
        ),
        ("hexadecimal", hex.clone().into()),
        (
            "hexadecimal in a label",
            format!("-----BEGIN PRIVATE KEY {}", spaced(&hex, 4)).into(),
        ),
        (
            "hexadecimal as a label",
            format!("-----BEGIN {}-----\n", spaced(&hex, 8)).into(),
        ),
        (
            "the start as a label",
            format!("-----BEGIN {}-----\n", spaced(&hex[..32], 8)).into(),
        ),
        (
            "hexadecimal by certutil",
            spaced(&hex.to_lowercase(), 2).into(),
        ),
        ("as a certificate", relabeled("CERTIFICATE")),
        ("as a request", relabeled("CERTIFICATE REQUEST")),
        ("as a CRL", relabeled("X509 CRL")),
        ("as another key", relabeled("RSA PRIVATE KEY")),
        ("as an EC key", relabeled("EC PRIVATE KEY")),
        ("as something else", relabeled("\u{1b}[31mTHING \u{200b}")),
        ("DER with a line feed", [&der[..], b"\r\n"].concat()),
        ("DER cut", der[..der.len() / 2].into()),
        ("DER in a wrapper", [&[0x30, 0x81, 0xf0][..], &der].concat()),
    ]
}

#[test]
fn no_reader_shows_a_part_of_a_key() {
    let secret = Secret::new();
    let chain = TestCa::new("CA").unwrap().issue_names([um(1)]).unwrap();
    let certificate = chain.chain().to_pem();
    for (form, bytes) in damaged(&secret) {
        for place in ["alone", "after a certificate", "before a certificate"] {
            let bytes = match place {
                "alone" => bytes.clone(),
                "after a certificate" => [certificate.as_bytes(), &bytes].concat(),
                _ => [&bytes, certificate.as_bytes()].concat(),
            };
            for (reader, error) in refusals(&bytes) {
                secret.assert_fit(&format!("{reader}: {form}, {place}"), &*error);
            }
        }
    }
}

/// Returns certificates with huge or misleading names and numbers.
fn hostile_certificates() -> Vec<(&'static str, Certificate)> {
    let root = Forge::root("Root");
    let long = "a".repeat(6000);
    let change = |change: &dyn Fn(&mut CertificateParams)| root.server(1, |params| change(params));
    vec![
        (
            "ten long names",
            change(&|it| it.subject_alt_names = forge::sans(&vec![long.clone(); 10])),
        ),
        (
            "3,000 names",
            change(&|it| {
                let names = (0..3000).map(|number| format!("h{number}.example.net"));
                it.subject_alt_names = forge::sans(&names.collect::<Vec<_>>());
            }),
        ),
        (
            "an address",
            change(&|it| {
                let uri = format!("http://{}", "x".repeat(60_000));
                it.subject_alt_names = vec![rcgen::SanType::URI(uri.try_into().unwrap())];
            }),
        ),
        (
            "a long CN",
            change(&|it| it.distinguished_name = forge::subject(&"é`".repeat(30_000))),
        ),
        (
            "an invisible CN",
            change(&|it| it.distinguished_name = forge::subject(&INVISIBLE.repeat(300))),
        ),
        (
            "a huge OID",
            change(&|it| {
                let arcs: Vec<u64> = [1, 3].into_iter().chain(0..20_000).collect();
                let mut extension = CustomExtension::from_oid_content(&arcs, vec![5, 0]);
                extension.set_criticality(true);
                it.custom_extensions.push(extension);
            }),
        ),
    ]
}

#[test]
fn no_verifier_shows_a_huge_or_misleading_value() {
    let secret = Secret::new();
    for (case, certificate) in hostile_certificates() {
        let store: TrustStore = std::iter::once(certificate.clone()).collect();
        let other = Forge::root("Root").certificate;
        let stores = [
            store,
            TrustStore::default(),
            std::iter::once(other).collect(),
        ];
        for store in stores {
            let chain = chain_of(&[&certificate]);
            if let Err(error) = store.verify(&chain, um(9), TODAY) {
                secret.assert_fit(case, &error);
            }
        }
        let read = TrustStore::try_new([certificate.clone()]);
        if let Err(error) = read {
            secret.assert_fit(case, &error);
        }
        let key = KeyPair::generate(KeyKind::P256).unwrap();
        let options = TestCaOptions::valid_from(TODAY);
        let loaded = TestCa::load(&chain_of(&[&certificate]), key, &options);
        secret.assert_fit(case, &loaded.unwrap_err());
        let ca = TestCa::with_options("CA", &options).unwrap();
        secret.assert_fit(case, &ca.crls(TODAY, [&certificate]).unwrap_err());

        // A damaged certificate.
        let mut der = certificate.der().to_vec();
        der.extend(b"xx");
        for (reader, error) in refusals(&der) {
            secret.assert_fit(&format!("{reader}: {case}"), &*error);
        }

        let forged = Forged::new();
        let report = forged
            .audit()
            .presented(um(1), chain_of(&[&certificate]))
            .run(TODAY);
        assert!(!report.is_trusted(), "{case}");
        for finding in report.findings() {
            assert_printable(case, finding.subject(), MAX_TEXT);
            assert_printable(case, finding.detail(), 4 * MAX_TEXT);
        }
    }
}

/// Returns the errors of all parsers of text that refuse `text`.
fn text_refusals(text: &str) -> Vec<(&'static str, Box<dyn Error>)> {
    fn refusal<T, E: Error + 'static>(
        parser: &'static str,
        parsed: Result<T, E>,
    ) -> Option<(&'static str, Box<dyn Error>)> {
        parsed.err().map(|error| (parser, Box::from(error)))
    }
    let with = |attribute| DistinguishedName::new().with(attribute, text);
    let ca = |options: &TestCaOptions| TestCa::with_options(text, options).map(drop);
    let changed = |change: &dyn Fn(&mut Deployment)| {
        let mut deployment = deployment(EXAMPLE_2);
        change(&mut deployment);
        Plan::new(&deployment, &PlanOptions::default()).map(drop)
    };
    let dns = |change: &dyn Fn(&mut Deployment)| {
        let mut deployment = deployment(EXAMPLE_1);
        change(&mut deployment);
        Plan::new(&deployment, &PlanOptions::default()).map(drop)
    };
    let url = TestCaOptions::valid_from(TODAY).crl_url(text);
    [
        refusal("DnsName", text.parse::<DnsName>()),
        refusal("SanName", text.parse::<SanName>()),
        refusal("GeneralName", text.parse::<GeneralName>()),
        refusal("Rule", text.parse::<Rule>()),
        refusal("KeyKind", text.parse::<KeyKind>()),
        refusal("C", with(AttributeType::Country)),
        refusal("DC", with(AttributeType::DomainComponent)),
        refusal("O", with(AttributeType::Organization)),
        refusal("template name", CertificateTemplate::named(text)),
        refusal("template id", CertificateTemplate::with_id(text, 1, 1)),
        refusal("CA", ca(&TestCaOptions::valid_from(TODAY))),
        refusal("CRL URL", TestCa::with_options("CA", &url).map(drop)),
        refusal(
            "dial plan",
            changed(&|it| it.dial_plans[0].name = text.to_owned()),
        ),
        refusal(
            "dial plans",
            changed(&|it| {
                it.dial_plans
                    .iter_mut()
                    .for_each(|dial_plan| dial_plan.name = text.to_owned());
            }),
        ),
        refusal(
            "member",
            changed(&|it| {
                it.dial_plans[0].name = text.to_owned();
                it.dial_plans[0].members[0].server = um(9);
            }),
        ),
        refusal(
            "server set",
            changed(&|it| it.server_sets[0].name = text.to_owned()),
        ),
        refusal(
            "no server",
            changed(&|it| {
                it.server_sets[0].name = text.to_owned();
                it.server_sets[0].servers.clear();
            }),
        ),
        refusal(
            "duplicate",
            dns(&|it| {
                it.server_sets[0].name = text.to_owned();
                let server = it.server_sets[0].servers[0].clone();
                it.server_sets[0].servers.push(server);
            }),
        ),
        refusal(
            "redirect",
            dns(&|it| {
                it.server_sets[0].name = text.to_owned();
                it.server_sets[0].servers.remove(0);
            }),
        ),
        refusal(
            "site",
            changed(&|it| it.server_sets[0].servers[0].site = text.to_owned()),
        ),
        refusal(
            "NetBIOS name",
            changed(&|it| {
                it.server_sets[0].servers[0].netbios_name = Some(text.to_owned());
            }),
        ),
        refusal("JSON", serde_json::from_value::<DnsName>(text.into())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn refused_text_is_shown_short_and_escaped() {
    let secret = Secret::new();
    let mut texts = vec![
        "x".repeat(1_000_000),
        "1.".repeat(100_000) + "1",
        "東".repeat(499),
        "`".repeat(400),
        "\u{301}".repeat(500),
        "\u{e0041}".repeat(100_000),
        secret.pem(),
    ];
    texts.extend(INVISIBLE.chars().map(|it| format!("um1.contoso.com{it}")));
    let mut refused = String::new();
    for text in &texts {
        for (parser, error) in text_refusals(text) {
            let case = format!("{parser}: {text:.40?}");
            if *text != secret.pem() {
                secret.assert_fit(&case, &*error);
            }
            writeln!(refused, "{parser}").unwrap();
        }
    }
    // Each parser refuses at least one of them.
    for parser in [
        "DnsName",
        "O",
        "template name",
        "CA",
        "CRL URL",
        "server set",
        "duplicate",
        "redirect",
        "site",
    ] {
        assert!(refused.lines().any(|line| line == parser), "{parser}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_text_is_shown_short_and_escaped(text in "(\\PC|\\p{Cf}|\\p{Cc}|\\p{Zs}|\u{3164}|\u{fe0f}|`){0,300}") {
        let secret = Secret { key: KeyPair::generate(KeyKind::P256).unwrap(), pieces: Vec::new() };
        for (parser, error) in text_refusals(&text) {
            secret.assert_fit(parser, &*error);
        }
    }
}
