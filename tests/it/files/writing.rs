//! Bundles as files: whole or not at all, nothing lost, kept while they will do.

use std::fs;

use crate::support::deployments::{
    self, EXAMPLE_1, EXAMPLE_2, FAST, TODAY, plan, um, with_servers,
};
use crate::support::folder::{self, assert_whole, manifest, names};
use crate::support::openssl;
use crate::support::scene::{self, Scene, bundle_of};
use tempfile::tempdir;
use umcert::issue::WriteError;
use umcert::{Chain, Plan, PlanOptions, SanPolicy};

fn scene() -> Scene {
    Scene::new(EXAMPLE_2, SanPolicy::EveryServer)
}

#[test]
fn written_folder_has_three_files_per_server_and_root() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("new").join("pki");
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let written = scene.bundle.write(&out).unwrap();

    let mut expected = vec!["root.pem".to_owned()];
    for number in 1..=4 {
        expected.extend(["chain", "csr", "key"].map(|kind| format!("{}.{kind}.pem", um(number))));
    }
    expected.push("umcert.json".to_owned());
    assert_eq!(names(&out), expected);
    assert_whole(&out);
    let mut told = written.files().to_vec();
    assert_eq!(told.last().unwrap(), &out.join("umcert.json"));
    told.sort();
    let expected: Vec<_> = expected.iter().map(|name| out.join(name)).collect();
    assert_eq!(told, expected);
    assert!(!written.was_kept() && written.set_aside().is_none());

    let chain = fs::read(out.join("um1.contoso.com.chain.pem")).unwrap();
    assert_eq!(Chain::from_bytes(&chain).unwrap(), scene.chain(&um(1)));
    #[cfg(unix)]
    for entry in fs::read_dir(&out).unwrap() {
        use std::os::unix::fs::PermissionsExt;
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        let is_key = entry.file_name().to_string_lossy().ends_with(".key.pem");
        assert_eq!(mode == 0o600, is_key, "{entry:?} {mode:o}");
    }
}

#[test]
fn manifest_lists_files_servers_and_expiry() {
    let folder = tempdir().unwrap();
    let scene = scene();
    scene.bundle.write(folder.path()).unwrap();
    let manifest = manifest(folder.path());
    assert_eq!(manifest["umcert"], "0.1");
    assert_eq!(manifest["root"]["file"], "root.pem");
    let certificates = manifest["certificates"].as_array().unwrap();
    assert_eq!(certificates.len(), scene.bundle.certificates().len());
    let first = &certificates[0];
    assert_eq!(first["subject"], "um1.contoso.com");
    assert_eq!(first["servers"], serde_json::json!(["um1.contoso.com"]));
    assert_eq!(first["not_before"], "2026-11-22T00:00:00Z");
    assert_eq!(first["not_after"], "2027-11-22T00:00:00Z");
    for (kind, file) in [("chain", "chain"), ("request", "csr"), ("key", "key")] {
        let expected = format!("um1.contoso.com.{file}.pem");
        assert_eq!(first[kind]["file"], expected);
    }
    // The fingerprint of the certificate is the one that OpenSSL shows.
    let shown = openssl::openssl(
        &[
            "x509",
            "-in",
            "um1.contoso.com.chain.pem",
            "-noout",
            "-fingerprint",
            "-sha256",
        ],
        folder.path(),
    );
    if let Some(shown) = shown {
        let shown = String::from_utf8(shown.stdout).unwrap().replace(':', "");
        let digits = shown.trim().rsplit('=').next().unwrap().to_lowercase();
        assert_eq!(first["sha256"], digits);
    }
}

#[test]
fn shared_certificate_has_one_set_of_files() {
    let folder = tempdir().unwrap();
    let options = PlanOptions::default()
        .key(FAST)
        .sharing(umcert::plan::CertificateSharing::OnePerSet);
    let plan = Plan::new(&deployments::deployment(EXAMPLE_1), &options).unwrap();
    bundle_of("Contoso", TODAY, &plan)
        .write(folder.path())
        .unwrap();
    assert_whole(folder.path());
    let manifest = manifest(folder.path());
    let servers: usize = manifest["certificates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|certificate| certificate["servers"].as_array().unwrap().len())
        .sum();
    assert_eq!(servers, 4);
    assert!(manifest["certificates"].as_array().unwrap().len() < 4);
}

#[test]
fn write_never_overwrites_or_writes_half() {
    let scene = scene();
    for taken in [
        "root.pem",
        "um1.contoso.com.chain.pem",
        "um4.contoso.com.key.pem",
        "umcert.json",
    ] {
        let folder = tempdir().unwrap();
        let path = folder.path().join(taken);
        fs::write(&path, "precious").unwrap();
        let error = scene.bundle.write(folder.path()).unwrap_err();
        assert!(
            matches!(&error, WriteError::Exists { path: found, .. } if *found == path),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        assert_eq!(names(folder.path()), [taken]);
    }
    let folder = tempdir().unwrap();
    scene.bundle.write(folder.path()).unwrap();
    let key = fs::read(folder.path().join("um1.contoso.com.key.pem")).unwrap();
    self::scene().bundle.write(folder.path()).unwrap_err();
    assert_eq!(
        fs::read(folder.path().join("um1.contoso.com.key.pem")).unwrap(),
        key
    );
}

#[cfg(unix)]
#[test]
fn dangling_link_is_not_written_through() {
    let folder = tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    let out = folder.path().join("pki");
    fs::create_dir(&out).unwrap();
    std::os::unix::fs::symlink(&elsewhere, out.join("um1.contoso.com.key.pem")).unwrap();
    let bundle = scene().bundle;
    assert!(matches!(bundle.write(&out), Err(WriteError::Exists { .. })));
    let written = bundle.overwrite(&out).unwrap();
    let aside = written.set_aside().unwrap().join("um1.contoso.com.key.pem");
    assert!(fs::symlink_metadata(aside).unwrap().is_symlink());
    assert_whole(&out);
    assert!(!elsewhere.exists());
}

/// Links that another user could create in the folder first, so that files are written or moved elsewhere.
#[cfg(unix)]
#[test]
fn link_in_a_hidden_place_is_refused() {
    let folder = tempdir().unwrap();
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("id"), "secret").unwrap();
    let bundle = scene().bundle;
    for name in [
        ".umcert.lock",
        ".umcert-staged",
        ".umcert-committed",
        ".umcert-retired",
    ] {
        for (what, to) in [
            ("folder", elsewhere.clone()),
            ("nothing", folder.path().join("new")),
        ] {
            let out = folder.path().join(format!("{name}-to-{what}"));
            fs::create_dir(&out).unwrap();
            std::os::unix::fs::symlink(&to, out.join(name)).unwrap();
            for result in [
                bundle.write(&out),
                bundle.overwrite(&out),
                bundle.write_if_changed(&out),
            ] {
                let error = result.unwrap_err();
                assert!(matches!(error, WriteError::Io { .. }), "{name}: {error}");
                assert!(error.to_string().contains(name), "{error}");
            }
            assert_eq!(names(&out), [name]);
            assert_eq!(names(&elsewhere), ["id"]);
            assert!(!folder.path().join("new").exists(), "{name}");
        }
    }
}

#[test]
fn overwritten_set_is_set_aside_whole() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    // Example 1 has more names, and the servers of Example 2.
    let first = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    assert_eq!(first.bundle.overwrite(out).unwrap().set_aside(), None);
    let before = folder::contents(out);
    fs::write(out.join("notes.pem"), "mine").unwrap();
    // A folder of a server's name is none of its files.
    let folder_of_one = out.join("um1.contoso.com");
    fs::create_dir(&folder_of_one).unwrap();

    let plan = plan(EXAMPLE_1, SanPolicy::Wildcard);
    let second = bundle_of("Contoso", TODAY, &plan).overwrite(out).unwrap();
    let aside = second.set_aside().unwrap();
    assert_eq!(aside, out.join("replaced-1"));
    assert_eq!(folder::contents(aside), before);
    assert_whole(out);
    assert_whole(aside);
    assert_eq!(fs::read_to_string(out.join("notes.pem")).unwrap(), "mine");
    assert!(folder_of_one.is_dir());

    let third = bundle_of("Contoso", TODAY, &plan).overwrite(out).unwrap();
    assert_eq!(third.set_aside(), Some(&*out.join("replaced-2")));
    // The same once more: everything is in its place already.
    let bundle = bundle_of("Contoso", TODAY, &plan);
    bundle.overwrite(out).unwrap();
    assert_eq!(bundle.overwrite(out).unwrap().set_aside(), None);
    assert_whole(out);
}

#[test]
fn unplanned_servers_are_set_aside_with_the_set() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    let ca = scene::ca();
    let of = |numbers: &[usize]| ca.issue(&with_servers(numbers)).unwrap();
    of(&[1, 2]).overwrite(out).unwrap();
    let written = of(&[1]).overwrite(out).unwrap();
    assert!(!out.join("um2.contoso.com.key.pem").exists());
    assert!(
        written
            .set_aside()
            .unwrap()
            .join("um2.contoso.com.key.pem")
            .exists()
    );
    // A key that was changed by hand is no longer one of ours, but it leaves together with its chain.
    of(&[1, 2]).overwrite(out).unwrap();
    fs::write(out.join("um2.contoso.com.key.pem"), "changed").unwrap();
    let written = of(&[1]).write_if_changed(out).unwrap();
    let aside = written.set_aside().unwrap();
    assert_eq!(
        fs::read_to_string(aside.join("um2.contoso.com.key.pem")).unwrap(),
        "changed"
    );
    assert!(aside.join("um2.contoso.com.chain.pem").exists());
    assert_whole(out);
}

/// Their names begin as those of a certificate's files do.
#[test]
fn foreign_files_stay_in_place() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    let ca = scene::ca();
    let of = |numbers: &[usize]| ca.issue(&with_servers(numbers)).unwrap();
    of(&[1, 2]).overwrite(out).unwrap();
    let others = [
        "um2.contoso.com",
        "um2.contoso.com.",
        "um2.contoso.com.pem",
        "um2.contoso.com.key",
        "notes.pem",
    ];
    for name in others {
        fs::write(out.join(name), name).unwrap();
    }
    let written = of(&[1]).overwrite(out).unwrap();
    let aside = written.set_aside().unwrap();
    assert!(aside.join("um2.contoso.com.key.pem").exists());
    for name in others {
        assert_eq!(fs::read_to_string(out.join(name)).unwrap(), name);
        assert!(!aside.join(name).exists(), "{name}");
    }
}

#[test]
fn file_in_place_of_the_folder_is_an_error() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("pki");
    fs::write(&out, "a file").unwrap();
    let bundle = scene().bundle;
    for result in [
        bundle.write(&out),
        bundle.overwrite(&out),
        bundle.write_if_changed(&out),
    ] {
        let error = result.unwrap_err();
        assert!(
            error.to_string().contains(&*out.to_string_lossy()),
            "{error}"
        );
        assert!(std::error::Error::source(&error).is_some());
        assert_eq!(fs::read_to_string(&out).unwrap(), "a file");
    }
}
