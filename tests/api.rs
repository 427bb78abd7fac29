//! The public items: which there are and why, and what users of the types rely on: threads, copies, and
//! errors with sources.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::fs;
use std::path::Path;

fn is_shared<T: Send + Sync + Debug>() {}
fn is_error<T: Error + Send + Sync + 'static>() {}
fn is_value<T: Clone + PartialEq + Eq + Debug>() {}
fn is_shown<T: Display>() {}

/// Holds each of these types to [`is_shared`], and gives their names.
macro_rules! shared {
    ($($($name:ident)::+ $(<$lifetime:lifetime>)?,)*) => {
        [$({
            is_shared::<umcert::$($name)::+$(<$lifetime>)?>();
            stringify!($($name)::+)
        },)*]
    };
}

#[test]
fn every_type_crosses_threads_and_shows_for_debugging() {
    let held = shared!(
        Answer,
        AttributeFault,
        AttributeType,
        Audit<'static>,
        BasicConstraints,
        Bundle,
        CaFault,
        CaProfile,
        Certificate,
        CertificateRequest,
        CertificateSharing,
        CertificateTemplate,
        Chain,
        Change,
        Comparison<'static>,
        Crl,
        DefaultCertificate,
        DefaultKind,
        Deployment,
        DeploymentError,
        DialPlan,
        DialPlanShift,
        Difference,
        DistinguishedName,
        DnsName,
        Entry,
        ExchangeForest,
        ExchangeVersion,
        ExtendedKeyUsage,
        Extension,
        Failover,
        Finding,
        GeneralName,
        InvalidAttribute,
        InvalidName,
        InvalidTemplate,
        IssueError,
        Issued,
        KeyError,
        KeyKind,
        KeyPair,
        KeyUsage,
        LeafOverrun,
        Lync,
        MalformedCertificate,
        MalformedReason,
        Mark,
        Member,
        NameFault,
        NameSet,
        NotDefault,
        Outage,
        OutageCause,
        OutageScope,
        PathFault,
        Place,
        Plan,
        PlanDiff,
        PlanOptions,
        PlannedCertificate,
        PlannedName,
        Pool,
        PrivateKeyPem,
        ProfileFault<'static>,
        PublicKey,
        ReadError,
        Reason,
        Reissue,
        ReissueReason,
        Report,
        RequestLabel,
        RequestOptions,
        RevocationReason,
        Revoked,
        Role,
        Roles,
        Route,
        Rule,
        SanName,
        SanPolicy,
        SelfSignature,
        ServerSet,
        Severity,
        Side,
        SignatureFault,
        Stage,
        StartupMode,
        Step,
        TestCa,
        TestCaOptions,
        TrustStore,
        TrustedPath,
        UmServer,
        UnknownOption,
        UnknownRule,
        UriType,
        Verdict,
        VerifyError,
        VoipSecurity,
        WriteError,
        Written,
        faulty::Fault,
        faulty::Faulty,
        faulty::Specimen,
    );
    let held: BTreeSet<String> = held.iter().map(|it| it.replace(' ', "")).collect();
    // A module, a crate, a function, and what a feature may leave out.
    let others = [
        "faulty",
        "rustls",
        "faulty::exchange_default",
        "Pkcs12Encryption",
    ];
    let others = others.map(str::to_owned);
    let expected = public_items();
    let expected = expected.iter().filter(|it| !others.contains(it));
    assert_eq!(held, expected.cloned().collect());
    #[cfg(feature = "pkcs12")]
    is_shared::<umcert::Pkcs12Encryption>();
}

#[test]
fn values_compare_and_copy() {
    is_value::<umcert::Certificate>();
    is_value::<umcert::CertificateRequest>();
    is_value::<umcert::CertificateTemplate>();
    is_value::<umcert::Chain>();
    is_value::<umcert::Crl>();
    is_value::<umcert::DefaultCertificate>();
    is_value::<umcert::Deployment>();
    is_value::<umcert::DistinguishedName>();
    is_value::<umcert::DnsName>();
    is_value::<umcert::Extension>();
    is_value::<umcert::Finding>();
    is_value::<umcert::GeneralName>();
    is_value::<umcert::NameSet>();
    is_value::<umcert::Outage>();
    is_value::<umcert::Plan>();
    is_value::<umcert::PlanDiff>();
    is_value::<umcert::PlanOptions>();
    is_value::<umcert::Reissue>();
    is_value::<umcert::Report>();
    is_value::<umcert::Rule>();
    is_value::<umcert::SanName>();
    is_value::<umcert::TrustedPath>();
    is_value::<umcert::Verdict>();
    is_value::<umcert::Written>();
}

#[test]
fn errors_are_errors() {
    is_error::<umcert::DeploymentError>();
    is_error::<umcert::InvalidAttribute>();
    is_error::<umcert::InvalidName>();
    is_error::<umcert::InvalidTemplate>();
    is_error::<umcert::IssueError>();
    is_error::<umcert::KeyError>();
    is_error::<umcert::MalformedCertificate>();
    is_error::<umcert::PathFault>();
    is_error::<umcert::ReadError>();
    is_error::<umcert::SignatureFault>();
    is_error::<umcert::UnknownOption>();
    is_error::<umcert::UnknownRule>();
    is_error::<umcert::VerifyError>();
    is_error::<umcert::WriteError>();
}

#[test]
fn what_people_read_has_a_text() {
    is_shown::<umcert::DnsName>();
    is_shown::<umcert::Finding>();
    is_shown::<umcert::KeyKind>();
    is_shown::<umcert::OutageCause>();
    is_shown::<umcert::Plan>();
    is_shown::<umcert::PlannedCertificate>();
    is_shown::<umcert::Reason>();
    is_shown::<umcert::Report>();
    is_shown::<umcert::Rule>();
    is_shown::<umcert::SanName>();
    is_shown::<umcert::SanPolicy>();
    is_shown::<umcert::Side>();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The public items, as the re-exports of the crate and of its one public module tell them.
fn public_items() -> BTreeSet<String> {
    let crate_root = re_exports("src/lib.rs").into_iter();
    let faulty = re_exports("src/issue/faulty/mod.rs").into_iter();
    let faulty = faulty.map(|item| format!("faulty::{item}"));
    crate_root.chain(faulty).collect()
}

fn re_exports(file: &str) -> Vec<String> {
    let source = read(&root().join(file));
    let uses = source.split("\npub use ").skip(1);
    let paths = uses.map(|rest| rest.split_once(';').unwrap().0);
    let items = paths.flat_map(|path| {
        let items = path.rsplit("::").next().unwrap();
        items.trim_matches(['{', '}']).split(',')
    });
    let items = items.map(|item| item.trim().to_owned());
    items.filter(|item| !item.is_empty()).collect()
}

/// How many functions the public items have. A `pub` that nobody can reach is an error of the build.
fn public_functions(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap();
    let counts = entries.map(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return public_functions(&path);
        }
        if path.extension().is_none_or(|it| it != "rs") {
            return 0;
        }
        let source = read(&path);
        let lines = source.lines().filter(|line| line.starts_with(' '));
        let starts = ["pub fn ", "pub const fn "];
        lines
            .filter(|line| starts.iter().any(|it| line.trim_start().starts_with(it)))
            .count()
    });
    counts.sum()
}

/// The items that the first column of each table of `page` names.
fn rows(page: &str) -> Vec<String> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.map(|row| row.split_once(" | ").unwrap());
    rows.flat_map(|(items, why)| {
        assert!(why.len() > " |".len(), "{items}: no reason is given");
        items
            .split(", ")
            .map(|item| item.trim_matches('`').to_owned())
    })
    .collect()
}

#[test]
fn the_page_of_the_api_has_every_public_item_once_and_no_other() {
    let path = root().join("docs/api.md");
    let page = read(&path);
    let mut found = rows(&page);
    found.sort();
    let expected = public_items();
    assert!(expected.contains("Rule") && expected.contains("faulty::Fault"));
    assert_eq!(found, expected.iter().cloned().collect::<Vec<_>>());
    let counted = format!(
        "There are {} public items, and {} functions on them.",
        expected.len(),
        public_functions(&root().join("src"))
    );
    let (_, behind) = page.split_once("There are ").unwrap();
    let (said, _) = behind.split_once('.').unwrap();
    let said = format!("There are {said}.");
    if std::env::var_os("REMAKE").is_some() {
        fs::write(&path, page.replacen(&said, &counted, 1)).unwrap();
    } else {
        assert_eq!(
            said, counted,
            "remake docs/api.md: REMAKE=1 cargo test --test api"
        );
    }
}
