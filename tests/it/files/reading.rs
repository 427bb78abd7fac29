//! Bundles that are read from the folder into which they were written.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use tempfile::{TempDir, tempdir};
use umcert::issue::BundleError;
use umcert::plan::CertificateSharing;
use umcert::{Audit, Bundle, KeyKind, KeyPair, Plan, PlanOptions, SanPolicy, TestCa};

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, deployment};
use crate::support::errors::full_text;
use crate::support::folder::{contents, manifest, sha256};
use crate::support::scene::Scene;

fn assert_same(read: &Bundle, written: &Bundle) {
    assert_eq!(read.roots(), written.roots());
    assert_eq!(read.certificates().len(), written.certificates().len());
    for (read, written) in read.certificates().iter().zip(written.certificates()) {
        assert_eq!(read.subject(), written.subject());
        assert_eq!(read.servers(), written.servers());
        assert_eq!(read.chain(), written.chain());
        assert_eq!(read.request(), written.request());
        assert_eq!(
            read.key().to_pem().as_str(),
            written.key().to_pem().as_str()
        );
    }
}

/// Reads a folder, and writes the bundle into another one.
fn copy(folder: &Path) -> (Bundle, TempDir) {
    let read = Bundle::read(folder).unwrap();
    let copy = tempdir().unwrap();
    read.write(&copy).unwrap();
    (read, copy)
}

#[test]
fn bundle_that_was_written_is_read() {
    let folder = tempdir().unwrap();
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    scene.bundle.write(&folder).unwrap();
    let files = contents(folder.path());
    fs::write(folder.path().join("notes.key.pem"), "not of the bundle").unwrap();

    let (read, copy) = copy(folder.path());
    assert_same(&read, &scene.bundle);
    assert_eq!(contents(copy.path()), files);
    let report = Audit::new(&scene.plan)
        .lync_roots(read.roots())
        .exchange_roots(read.roots())
        .presented_chains(read.chains())
        .run(TODAY);
    assert!(report.is_trusted(), "{report}");
}

#[test]
fn shared_certificate_is_read_with_all_its_servers() {
    let options = PlanOptions::default()
        .key(KeyKind::P256)
        .sharing(CertificateSharing::OnePerSet);
    let plan = Plan::new(&deployment(EXAMPLE_2), &options).unwrap();
    let bundle = TestCa::new("Contoso").unwrap().issue(&plan).unwrap();
    let folder = tempdir().unwrap();
    bundle.write(&folder).unwrap();
    let (read, _) = copy(folder.path());
    assert_same(&read, &bundle);
    assert!(read.certificates()[0].servers().len() > 1);
}

/// Others may know such a key, so its request must never be written.
#[test]
fn seeded_bundle_is_read_as_seeded() {
    let options = PlanOptions::default().key(KeyKind::Ed25519);
    let plan = Plan::new(&deployment(EXAMPLE_1), &options).unwrap();
    let bundle = TestCa::seeded("a").unwrap().issue(&plan).unwrap();
    let folder = tempdir().unwrap();
    bundle.write(&folder).unwrap();
    let (read, copy) = copy(folder.path());
    assert_same(&read, &bundle);
    assert_eq!(contents(copy.path()), contents(folder.path()));
    let request = plan.certificates()[0].request(read.certificates()[0].key());
    assert!(request.is_err());
}

/// Changes the manifest of a folder.
fn edit(folder: &Path, edit: impl FnOnce(&mut serde_json::Value)) {
    let mut json = manifest(folder);
    edit(&mut json);
    fs::write(folder.join("umcert.json"), json.to_string()).unwrap();
}

/// Writes other contents into a file of `um1`, and lists their fingerprint.
fn replace(folder: &Path, role: &str, contents: &str) {
    edit(folder, |json| {
        let entry = &mut json["certificates"][0][role];
        fs::write(folder.join(entry["file"].as_str().unwrap()), contents).unwrap();
        entry["sha256"] = sha256(contents.as_bytes()).into();
    });
}

#[test]
fn files_that_are_not_as_written_are_errors() {
    const KEY: &str = "um1.contoso.com.key.pem";
    const CHAIN: &str = "um1.contoso.com.chain.pem";
    const REQUEST: &str = "um1.contoso.com.csr.pem";
    const MANIFEST: &str = "umcert.json";
    type Damage = fn(&Path);
    let rows: [(&str, Damage, &str, Option<BundleError>); 10] = [
        (
            "no manifest",
            |folder| fs::remove_file(folder.join(MANIFEST)).unwrap(),
            MANIFEST,
            None,
        ),
        (
            "no key",
            |folder| fs::remove_file(folder.join(KEY)).unwrap(),
            KEY,
            None,
        ),
        (
            "no root",
            |folder| fs::remove_file(folder.join("root.pem")).unwrap(),
            "root.pem",
            None,
        ),
        (
            "text as manifest",
            |folder| fs::write(folder.join(MANIFEST), "{}").unwrap(),
            MANIFEST,
            Some(BundleError::NotAManifest),
        ),
        (
            "path out of the folder",
            |folder| {
                edit(folder, |json| {
                    json["certificates"][0]["key"]["file"] = "../um1.key.pem".into();
                });
            },
            MANIFEST,
            Some(BundleError::NotAManifest),
        ),
        (
            "key in place of a chain",
            |folder| {
                edit(folder, |json| {
                    json["certificates"][0]["chain"] = json["certificates"][0]["key"].clone();
                });
            },
            MANIFEST,
            Some(BundleError::NotAManifest),
        ),
        (
            "changed chain",
            |folder| {
                let chain = fs::read_to_string(folder.join(CHAIN)).unwrap();
                fs::write(folder.join(CHAIN), chain + "\n").unwrap();
            },
            CHAIN,
            Some(BundleError::Changed),
        ),
        (
            "key of another chain",
            |folder| {
                let key = KeyPair::generate(KeyKind::P256).unwrap();
                replace(folder, "key", key.to_pem().as_str());
            },
            KEY,
            Some(BundleError::KeyMismatch),
        ),
        (
            "request of another key",
            |folder| {
                let other = folder.join("um2.contoso.com.csr.pem");
                replace(folder, "request", &fs::read_to_string(other).unwrap());
            },
            REQUEST,
            Some(BundleError::RequestMismatch),
        ),
        (
            "unreadable chain",
            |folder| {
                let pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
                replace(folder, "chain", pem);
            },
            CHAIN,
            Some(BundleError::UnreadableChain),
        ),
    ];
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    for (what, damage, file, expected) in rows {
        let folder = tempdir().unwrap();
        scene.bundle.write(&folder).unwrap();
        damage(folder.path());
        let error = Bundle::read(&folder).expect_err(what);
        assert_eq!(error.path(), folder.path().join(file), "{what}");
        let source = error.source().unwrap();
        let found = source.downcast_ref::<BundleError>();
        assert_eq!(found, expected.as_ref(), "{what}: {}", full_text(&error));
        assert_eq!(source.is::<io::Error>(), expected.is_none(), "{what}");
    }
    let absent = tempdir().unwrap().path().join("absent");
    assert!(Bundle::read(&absent).is_err() && !absent.exists());
}
