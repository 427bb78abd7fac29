//! The convention of all errors: `Display` is without the source, and the texts of an error and its sources, joined by
//! colons, have every fact once.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use rustls_pki_types::CertificateDer;
use tempfile::tempdir;
use umcert::handoff::{Handoff, HandoffOptions};
use umcert::issue::TestCaOptions;
use umcert::name::{AttributeType, DistinguishedName};
use umcert::{
    Bundle, Certificate, CertificateRequest, Chain, Crl, Deployment, DnsName, KeyKind, KeyPair,
    Plan, PlanOptions, SanPolicy, TestCa, TrustStore,
};

use crate::support::deployments::{EXAMPLE_1, TODAY, deployment, um};
use crate::support::errors::{full_text, texts};
use crate::support::scene::Scene;

struct Row {
    /// The type of the error.
    error_type: &'static str,
    error: Box<dyn Error>,
    /// Facts that the texts of the error and its sources state, in this order.
    facts: Vec<String>,
}

fn row(error_type: &'static str, error: impl Error + 'static, facts: &[&str]) -> Row {
    Row {
        error_type,
        error: Box::new(error),
        facts: facts.iter().map(|fact| (*fact).to_owned()).collect(),
    }
}

fn name_errors() -> Vec<Row> {
    let name = "um1".parse::<DnsName>().unwrap_err();
    let attribute = DistinguishedName::new().with(AttributeType::Country, "UK");
    let id = "rsa1024".parse::<KeyKind>().unwrap_err();
    vec![
        row("NameError", name, &["`um1`", "single label"]),
        row("AttributeError", attribute.unwrap_err(), &["`UK`", "GB"]),
        row("ParseIdError", id, &["`rsa1024`", "rsa2048"]),
    ]
}

fn deployment_errors() -> Vec<Row> {
    let Deployment { lync, .. } = deployment(EXAMPLE_1);
    let empty = Deployment::new(lync, vec![], vec![], vec![]);
    let error = empty.validate().unwrap_err();
    vec![row("DeploymentError", error, &["exchange", "empty"])]
}

fn read_errors(scene: &Scene) -> Vec<Row> {
    let pem = scene.chain(&um(1)).to_pem();
    let request = scene.bundle.certificates()[0].request();
    let crl = &scene.ca.crls(TODAY, []).unwrap()[0];
    let damaged = CertificateDer::from([scene.ca.roots()[0].as_ref(), b"x"].concat());
    let damaged_pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let malformed = Certificate::from_der(damaged).unwrap_err();
    let with_trailing = |der: &[u8]| [der, b"x"].concat();
    vec![
        row(
            "ReadError",
            Chain::from_bytes(&pem.as_bytes()[..pem.len() - 9]).unwrap_err(),
            &["PEM section 2", "END CERTIFICATE"],
        ),
        row(
            "ReadError",
            Chain::from_bytes(b"").unwrap_err(),
            &["a certificate", "an empty file"],
        ),
        row(
            "ReadError",
            TrustStore::from_bytes(damaged_pem.as_bytes()).unwrap_err(),
            &["certificate 1", "malformed", "RFC 5280"],
        ),
        row(
            "ReadError",
            CertificateRequest::from_bytes(&with_trailing(request.as_ref())).unwrap_err(),
            &["the certificate request", "1 byte of trailing data"],
        ),
        row(
            "ReadError",
            Crl::from_bytes(&with_trailing(crl.as_ref())).unwrap_err(),
            &["CRL 1", "1 byte of trailing data"],
        ),
        row(
            "MalformedError",
            malformed,
            &["1 byte of trailing data", "`CN=Contoso Test CA`"],
        ),
    ]
}

fn file_errors(scene: &Scene) -> Vec<Row> {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, contents: &str| fs::write(path(name), contents).unwrap();
    write("page", "<html>");
    let chain = scene.chain(&um(1)).to_pem();
    write("um1.contoso.com.pem", &chain);
    write("um1.contoso.com.cer", &chain);
    let key = scene.bundle.certificates()[0].key().to_pem();
    write("cut.key", &key.as_str()[..90]);
    let duplicate = Chain::from_folder(folder.path()).unwrap_err();
    let servers = [
        "cannot read",
        "`um1.contoso.com.cer`",
        "`um1.contoso.com.pem`",
        "`um1.contoso.com`",
    ];
    vec![
        row(
            "ReadFileError",
            Chain::from_file(path("absent")).unwrap_err(),
            &["cannot read", "/absent`", "(os error"],
        ),
        row(
            "ReadFileError",
            TrustStore::from_file(path("page")).unwrap_err(),
            &["cannot read", "/page`", "an HTML or XML page"],
        ),
        row(
            "ReadFileError",
            KeyPair::from_file(path("cut.key")).unwrap_err(),
            &[
                "cannot read",
                "/cut.key`",
                "PEM section 1",
                "END PRIVATE KEY",
            ],
        ),
        row("DuplicateServerError", duplicate, &servers),
    ]
}

fn issue_errors(scene: &Scene) -> Vec<Row> {
    let ca = &scene.ca;
    let key = KeyPair::generate(KeyKind::P256).unwrap();
    let damaged: Chain = [CertificateDer::from(vec![0x30, 0])].into_iter().collect();
    let load = TestCa::load(&damaged, key, &TestCaOptions::valid_from(TODAY));
    let pkcs8 = rustls_pki_types::PrivatePkcs8KeyDer::from(vec![0x30, 0]);
    vec![
        row(
            "IssueError",
            ca.issue_names(["no name"]).unwrap_err(),
            &["`no name`", "' '"],
        ),
        row(
            "IssueError",
            load.unwrap_err(),
            &["CA certificate 1", "malformed", "RFC 5280"],
        ),
        row(
            "KeyError",
            KeyPair::try_from(&pkcs8).unwrap_err(),
            &["a private key"],
        ),
        row(
            "KeyError",
            KeyPair::from_bytes(b"-----BEGIN PRIVATE KEY-----\nMDA=\n").unwrap_err(),
            &["PEM section 1", "END PRIVATE KEY"],
        ),
    ]
}

fn scene_key(folder: &Path) -> PathBuf {
    folder.join("um1.contoso.com.key.pem")
}

fn write_errors(scene: &Scene) -> Vec<Row> {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    scene.bundle.write(folder.path()).unwrap();
    let page = folder.path().join("page");
    fs::write(&page, "<html>").unwrap();
    let no_key = |path| KeyPair::load_or_generate(path, KeyKind::P256).unwrap_err();
    let other_kind = KeyPair::load_or_generate(scene_key(folder.path()), KeyKind::P384);
    let manifest = tempdir().unwrap();
    fs::write(manifest.path().join("umcert.json"), "{}").unwrap();
    let options = HandoffOptions::default();
    let plan = Plan::new(&deployment(EXAMPLE_1), &PlanOptions::default()).unwrap();
    let handoff = Handoff::new(&plan, &options).unwrap();
    vec![
        row(
            "WriteError",
            scene.bundle.write(folder.path()).unwrap_err(),
            &["already exists", "`Bundle::overwrite`"],
        ),
        row(
            "WriteError",
            scene.bundle.write(&file).unwrap_err(),
            &["could not create the folder", "/file`", "(os error"],
        ),
        row(
            "KeyFileError",
            no_key(&page),
            &["cannot read", "/page`", "an HTML or XML page"],
        ),
        row(
            "KeyFileError",
            no_key(&file.join("key")),
            &["/file", "(os error"],
        ),
        row(
            "KeyFileError",
            other_kind.unwrap_err(),
            &["`", "p256", "expected p384"],
        ),
        row(
            "BundleError",
            Bundle::read(&manifest).unwrap_err(),
            &["cannot read", "/umcert.json`", "not the manifest"],
        ),
        row(
            "HandoffError",
            handoff.write(folder.path()).unwrap_err(),
            &["is not empty"],
        ),
        row(
            "HandoffError",
            handoff.write(&file).unwrap_err(),
            &["cannot write", "/file`", "(os error"],
        ),
    ]
}

fn verify_errors(scene: &Scene) -> Vec<Row> {
    let chain = scene.chain(&um(1));
    let roots = TrustStore::from(scene.ca.roots());
    let mut damaged = chain.certificates().next().unwrap().der().to_vec();
    damaged.push(1);
    let damaged = Chain::from_bytes(&damaged).unwrap();
    let verify = |chain: &Chain, name: &str, roots: &TrustStore| {
        let name: DnsName = name.parse().unwrap();
        roots.verify(chain, name, TODAY).unwrap_err()
    };
    vec![
        row(
            "VerifyError",
            verify(&chain, "um9.fabrikam.com", &roots),
            &["`um9.fabrikam.com`", "`um1.contoso.com`"],
        ),
        row(
            "VerifyError",
            verify(&chain, "um1.contoso.com", &TrustStore::default()),
            &["refused", "untrusted-root"],
        ),
        row(
            "VerifyError",
            verify(&damaged, "um1.contoso.com", &roots),
            &["server's certificate", "1 byte"],
        ),
    ]
}

fn rows() -> Vec<Row> {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    [
        name_errors(),
        deployment_errors(),
        read_errors(&scene),
        file_errors(&scene),
        issue_errors(&scene),
        write_errors(&scene),
        verify_errors(&scene),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn no_error_repeats_its_source_and_all_facts_are_stated() {
    for row in rows() {
        let Row {
            error_type,
            error,
            facts,
        } = row;
        let texts = texts(error.as_ref());
        for (index, text) in texts.iter().enumerate() {
            assert!(!text.is_empty() && !text.ends_with('.'), "{error_type}");
            for source in &texts[index + 1..] {
                assert!(!text.contains(source), "{error_type}: {texts:?}");
            }
        }
        let full = full_text(error.as_ref());
        let mut rest = full.as_str();
        for fact in facts {
            let found = rest.split_once(&fact);
            (_, rest) = found.unwrap_or_else(|| panic!("{error_type}: no {fact} in {full}"));
        }
    }
}

/// Returns the public error types that the files of a folder define.
fn error_types(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(error_types(&path));
            continue;
        }
        let text = String::from_utf8(fs::read(&path).unwrap()).unwrap_or_default();
        for line in text.lines() {
            let mut words = line.split(|it: char| !it.is_alphanumeric());
            if words.next() == Some("pub") && matches!(words.next(), Some("enum" | "struct")) {
                let name = words.next().unwrap_or_default();
                found.extend(name.ends_with("Error").then(|| name.to_owned()));
            }
        }
    }
    found
}

#[test]
fn every_error_type_follows_the_convention() {
    let defined = error_types(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let tested: BTreeSet<String> = rows().iter().map(|row| row.error_type.to_owned()).collect();
    assert_eq!(tested, defined);
}
