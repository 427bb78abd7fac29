//! Single certificates as files, and keys in files of their own.

use std::fs;
use std::path::Path;
use std::thread;

use tempfile::tempdir;
use umcert::issue::{KeyFileError, WriteError};
use umcert::{Bundle, CertificateRequest, Chain, KeyKind, KeyPair, SanPolicy, TestCa};

use crate::support::deployments::EXAMPLE_1;
use crate::support::errors::full_text;
use crate::support::folder::{assert_whole, contents, names};
use crate::support::scene::{Scene, ca};

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;

    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn certificate_is_three_files_and_the_key_is_private() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("new").join("pki");
    let issued = ca().issue_names(["um9.contoso.com", "192.0.2.1"]).unwrap();
    let written = issued.write(&out).unwrap();
    let expected = ["chain", "csr", "key"].map(|role| format!("um9.contoso.com.{role}.pem"));
    assert_eq!(names(&out), expected);
    assert_eq!(
        written.files(),
        expected.each_ref().map(|name| out.join(name))
    );
    let path = |role: &str| out.join(format!("um9.contoso.com.{role}.pem"));
    assert_eq!(Chain::from_file(path("chain")).unwrap(), *issued.chain());
    let request = CertificateRequest::from_file(path("csr")).unwrap();
    assert_eq!(request, *issued.request());
    let key = KeyPair::from_file(path("key")).unwrap();
    assert_eq!(key.to_pem().as_str(), issued.key().to_pem().as_str());
    #[cfg(unix)]
    assert_eq!(
        ["chain", "csr", "key"].map(|role| mode(&path(role)) == 0o600),
        [false, false, true]
    );
}

#[test]
fn certificates_and_a_bundle_share_a_folder() {
    let folder = tempdir().unwrap();
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    scene.bundle.write(&folder).unwrap();
    let bundle = contents(folder.path());
    for name in ["um8.contoso.com", "localhost", "192.0.2.1"] {
        scene
            .ca
            .issue_names([name])
            .unwrap()
            .write(&folder)
            .unwrap();
        assert!(folder.path().join(format!("{name}.key.pem")).exists());
    }
    assert_whole(folder.path());
    assert_eq!(contents(folder.path()).len(), bundle.len() + 9);
    assert!(
        bundle
            .iter()
            .all(|(name, bytes)| contents(folder.path())[name] == *bytes)
    );
    assert!(Bundle::read(&folder).is_ok());

    // A new bundle replaces the old one only.
    scene
        .ca
        .issue(&scene.plan)
        .unwrap()
        .overwrite(&folder)
        .unwrap();
    assert!(folder.path().join("localhost.key.pem").exists());
}

#[test]
fn certificate_overwrites_nothing() {
    let issued = ca().issue_names(["um9.contoso.com"]).unwrap();
    for role in ["key", "csr", "chain"] {
        let folder = tempdir().unwrap();
        let path = folder.path().join(format!("um9.contoso.com.{role}.pem"));
        fs::write(&path, "mine").unwrap();
        let error = issued.write(&folder).unwrap_err();
        assert!(
            matches!(&error, WriteError::Exists { path: found, .. } if *found == path),
            "{error}"
        );
        assert_eq!(contents(folder.path()).len(), 1, "{role}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }
}

#[test]
fn name_that_leads_out_of_the_folder_is_refused() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("pki");
    let ca = TestCa::new("Contoso Test CA").unwrap();
    for name in ["a/b", "../alice", ".alice"] {
        let issued = ca.issue_client(name).unwrap();
        let error = issued.write(&out).unwrap_err();
        assert!(full_text(&error).contains("name of a file"), "{error}");
        assert!(!out.exists(), "{name}");
    }
    ca.issue_client("Alice Smith").unwrap().write(&out).unwrap();
    assert!(out.join("Alice Smith.key.pem").exists());
}

#[test]
fn certificate_of_a_seeded_ca_has_no_request() {
    let folder = tempdir().unwrap();
    let ca = TestCa::seeded("a").unwrap();
    ca.issue_names(["um9.contoso.com"])
        .unwrap()
        .write(&folder)
        .unwrap();
    let expected = ["um9.contoso.com.chain.pem", "um9.contoso.com.key.pem"];
    assert_eq!(names(folder.path()), expected);
}

#[test]
fn key_is_generated_once_and_then_loaded() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("new").join("um1.key.pem");
    let key = KeyPair::load_or_generate(&path, KeyKind::P256).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, key.to_pem().as_str());
    #[cfg(unix)]
    assert_eq!(mode(&path), 0o600);
    assert_eq!(names(path.parent().unwrap()), ["um1.key.pem"]);

    let again = KeyPair::load_or_generate(&path, KeyKind::P256).unwrap();
    assert_eq!(again.to_pem().as_str(), text);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn existing_file_that_does_not_fit_is_an_error_and_unchanged() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let p384 = KeyPair::generate(KeyKind::P384).unwrap().to_pem();
    for (contents, facts) in [
        (p384.as_str(), ["p384", "p256"]),
        ("", ["cannot read", "an empty file"]),
        ("hello", ["cannot read", "unknown text"]),
        (&p384.as_str()[..99], ["cannot read", "END PRIVATE KEY"]),
    ] {
        fs::write(&path, contents).unwrap();
        let error = KeyPair::load_or_generate(&path, KeyKind::P256).unwrap_err();
        let is_other_kind = matches!(error, KeyFileError::OtherKind { .. });
        assert_eq!(is_other_kind, contents == p384.as_str(), "{error}");
        let text = full_text(&error);
        assert!(facts.iter().all(|fact| text.contains(fact)), "{text}");
        assert!(text.contains("key.pem"), "{text}");
        assert_eq!(fs::read_to_string(&path).unwrap(), contents);
    }
    #[cfg(unix)]
    {
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path().join("absent"), &link).unwrap();
        assert!(KeyPair::load_or_generate(&link, KeyKind::P256).is_err());
        assert!(!folder.path().join("absent").exists());
    }
    assert!(KeyPair::load_or_generate(folder.path(), KeyKind::P256).is_err());
    assert!(KeyPair::load_or_generate(folder.path().join("a/.."), KeyKind::P256).is_err());
}

#[test]
fn callers_at_once_get_the_same_key() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("key.pem");
    let keys: Vec<String> = thread::scope(|scope| {
        let load = || KeyPair::load_or_generate(&path, KeyKind::P256).unwrap();
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
        let keys = threads.into_iter().map(|thread| thread.join().unwrap());
        keys.map(|key| key.to_pem().as_str().to_owned()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
    assert_eq!(names(folder.path()), ["key.pem"]);
}
