//! Files and folders that are read by their path.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use tempfile::{TempDir, tempdir};
use umcert::issue::KeyError;
use umcert::x509::{DuplicateServerError, ReadError, ReadFileError};
use umcert::{CertificateRequest, Chain, Crl, KeyPair, SanPolicy, TrustStore};

use crate::support::deployments::{EXAMPLE_1, TODAY, um};
use crate::support::scene::Scene;

/// Writes these files into a new folder.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempdir().unwrap();
    for (name, contents) in files {
        fs::write(folder.path().join(name), contents).unwrap();
    }
    folder
}

/// Returns the source of an error about the file at `path`.
#[track_caller]
fn reason<E: Error + 'static>(error: &ReadFileError, path: &Path) -> String {
    assert_eq!(error.path(), path);
    assert_eq!(
        error.to_string(),
        format!("cannot read `{}`", path.display())
    );
    let source = error.source().expect("a source");
    assert!(source.is::<E>(), "{source:?}");
    source.to_string()
}

#[test]
fn every_reader_reads_a_file_and_names_it_in_errors() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let issued = scene.bundle.certificate(&um(1)).unwrap();
    let crls: String = scene
        .ca
        .crls(TODAY, [])
        .unwrap()
        .iter()
        .map(Crl::to_pem)
        .collect();
    let one_crl = crls.split_inclusive("-----END X509 CRL-----\n").next();
    let folder = folder(&[
        ("chain", &issued.chain().to_pem()),
        ("roots", &scene.ca.roots()[0].to_pem()),
        ("request", &issued.request().to_pem()),
        ("crls", &crls),
        ("crl", one_crl.unwrap()),
        ("key", issued.key().to_pem().as_str()),
        ("text", "hello"),
        ("large", &"x".repeat(5 << 20)),
    ]);
    let path = |name: &str| folder.path().join(name);

    assert_eq!(Chain::from_file(path("chain")).unwrap(), *issued.chain());
    let roots = TrustStore::from_file(path("roots")).unwrap();
    assert_eq!(roots.roots(), scene.ca.roots());
    let request = CertificateRequest::from_file(path("request")).unwrap();
    assert_eq!(request, *issued.request());
    assert_eq!(Crl::all_from_file(path("crls")).unwrap().len(), 2);
    assert_eq!(Crl::from_file(path("crl")).unwrap().revoked(), []);
    assert!(Crl::from_file(path("crls")).is_err());
    let key = KeyPair::from_file(path("key")).unwrap();
    assert!(key.is_key_of(issued.chain().certificates().next().unwrap()));

    type Read = fn(&Path) -> Option<ReadFileError>;
    let readers: [(&str, Read); 6] = [
        ("chain", |path| Chain::from_file(path).err()),
        ("roots", |path| TrustStore::from_file(path).err()),
        ("request", |path| CertificateRequest::from_file(path).err()),
        ("crls", |path| Crl::all_from_file(path).err()),
        ("crl", |path| Crl::from_file(path).err()),
        ("key", |path| KeyPair::from_file(path).err()),
    ];
    for (reader, read) in readers {
        for name in ["absent", "."] {
            let error = read(&path(name)).expect(reader);
            reason::<io::Error>(&error, &path(name));
        }
        for (name, expected) in [("text", "found unknown text"), ("large", "5242880 bytes")] {
            let error = read(&path(name)).expect(reader);
            let reason = match (reader, name) {
                ("key", "text") => reason::<KeyError>(&error, &path(name)),
                ("key", _) if error.source().is_some_and(|it| it.is::<KeyError>()) => {
                    reason::<KeyError>(&error, &path(name))
                }
                _ => reason::<ReadError>(&error, &path(name)),
            };
            assert!(reason.contains(expected), "{reader} of {name}: {reason}");
        }
    }
}

#[cfg(feature = "encrypted-keys")]
#[test]
fn encrypted_key_is_read_from_a_file_with_its_password() {
    let key = KeyPair::generate(umcert::KeyKind::P256).unwrap();
    let pem = key.to_encrypted_pem("correct").unwrap();
    let folder = folder(&[("key.pem", pem.as_str())]);
    let path = folder.path().join("key.pem");
    let read = KeyPair::from_encrypted_file(&path, "correct").unwrap();
    assert_eq!(read.to_pem().as_str(), key.to_pem().as_str());
    for (error, expected) in [
        (
            KeyPair::from_encrypted_file(&path, "wrong"),
            "does not decrypt",
        ),
        (KeyPair::from_file(&path), "is encrypted"),
    ] {
        let reason = reason::<KeyError>(&error.unwrap_err(), &path);
        assert!(reason.contains(expected), "{reason}");
    }
}

#[test]
fn chain_is_found_under_every_name_of_its_server() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let pem = scene.chain(&um(1)).to_pem();
    for name in [
        "um1.contoso.com.chain.pem",
        "UM1.Contoso.com.CHAIN.PEM",
        "um1.contoso.com.fullchain.pem",
        "um1.contoso.com.cert.pem",
        "um1.contoso.com.chain.cer",
        "um1.contoso.com.pem",
        "um1.contoso.com.CER",
        "um1.contoso.com.crt",
        "um1.contoso.com.der",
        "um1.contoso.com.p7b",
        "um1.contoso.com.p7c",
        "um1.contoso.com.sst",
    ] {
        let folder = folder(&[(name, &pem)]);
        let chains = Chain::from_folder(&folder).unwrap();
        let servers: Vec<_> = chains.by_server().keys().collect();
        assert_eq!(servers, ["um1.contoso.com"], "{name}");
        assert_eq!(chains.skipped(), [], "{name}");
    }
}

#[test]
fn other_files_of_a_bundle_are_passed_over() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let folder = tempdir().unwrap();
    scene.bundle.write(&folder).unwrap();
    scene.bundle.overwrite(&folder).unwrap();
    fs::create_dir(folder.path().join("um9.contoso.com.pem")).unwrap();
    for name in [
        "um8.contoso.com.key",
        "um8.contoso.com.privkey.pem",
        "ca.crl",
        "._x",
    ] {
        fs::write(folder.path().join(name), "not read").unwrap();
    }

    let chains = Chain::from_folder(&folder).unwrap();
    assert_eq!(chains.skipped(), []);
    let expected: Vec<_> = scene.bundle.chains().collect();
    assert_eq!(chains.into_iter().collect::<Vec<_>>(), expected);

    let requests = CertificateRequest::from_folder(&folder).unwrap();
    assert_eq!(requests.skipped(), []);
    for issued in scene.bundle.certificates() {
        let request = requests.by_server().get(issued.subject()).unwrap();
        assert_eq!(request, issued.request());
    }
    assert_eq!(requests.by_server().len(), 4);
}

#[test]
fn files_with_other_names_are_listed() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let pem = scene.chain(&um(1)).to_pem();
    let folder = folder(&[
        ("um1.contoso.com.pem", &pem),
        ("UM2.cer", &pem),
        ("um3.contoso.com.txt", &pem),
        ("um_4.contoso.com.pem", &pem),
        ("README", "hello"),
    ]);
    let chains = Chain::from_folder(&folder).unwrap();
    assert_eq!(chains.by_server().len(), 1);
    let shown = chains.skipped().iter().map(ToString::to_string);
    let place = format!("{}/", folder.path().display());
    let shown: Vec<String> = shown.map(|text| text.replace(&place, "")).collect();
    let other = "was not read: its extension is not that of a certificate, request, key or CRL";
    assert_eq!(
        shown,
        [
            format!("`README` {other}"),
            "`UM2.cer` was not read: `um2` is not the FQDN of a server".to_owned(),
            format!("`um3.contoso.com.txt` {other}"),
            "`um_4.contoso.com.pem` was not read: `um_4.contoso.com` is not the FQDN of a server"
                .to_owned(),
        ]
    );
    assert_eq!(
        chains.skipped()[1].path(),
        folder.path().join("UM2.cer").as_path()
    );
}

#[test]
fn two_files_for_one_server_are_an_error() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let pem = scene.chain(&um(1)).to_pem();
    for other in [
        "um1.contoso.com.chain.pem",
        "um1.contoso.com.cer",
        "UM1.contoso.com.p7b",
    ] {
        let folder = folder(&[("um1.contoso.com.pem", &pem), (other, &pem)]);
        let error = Chain::from_folder(&folder).unwrap_err();
        let reason = reason::<DuplicateServerError>(&error, folder.path());
        for fact in [other, "`um1.contoso.com.pem`", "`um1.contoso.com`"] {
            assert!(reason.contains(fact), "{reason}");
        }
    }
}

#[test]
fn folder_with_an_unreadable_file_names_the_file() {
    let folder = folder(&[("um1.contoso.com.pem", "hello")]);
    let path = folder.path().join("um1.contoso.com.pem");
    let error = Chain::from_folder(&folder).unwrap_err();
    reason::<ReadError>(&error, &path);

    let absent = folder.path().join("absent");
    let error = Chain::from_folder(&absent).unwrap_err();
    reason::<io::Error>(&error, &absent);
}
