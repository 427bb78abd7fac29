//! Manifests that somebody prepared move no file that is not the bundle's.

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::process::Command;

use super::{Plant, bundle, is_somewhere};
use crate::support::folder::{assert_whole, names, sha256};
use tempfile::tempdir;
use umcert::issue::WriteError;

#[test]
fn foreign_manifest_is_not_lost() {
    let plants: [(&str, Plant); 5] = [
        ("a file", |path| fs::write(path, "{\"mine\": 1}").unwrap()),
        ("a folder", |path| {
            fs::create_dir(path).unwrap();
            fs::write(path.join("id_rsa"), "precious").unwrap();
        }),
        ("a link", |path| symlink("/etc/hostname", path).unwrap()),
        ("a device", |path| {
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        }),
        ("a large file", |path| {
            fs::File::create(path).unwrap().set_len(65 << 20).unwrap();
        }),
    ];
    for (what, plant) in plants {
        let folder = tempdir().unwrap();
        let out = folder.path();
        let manifest = out.join("umcert.json");
        plant(&manifest);
        let planted = fs::symlink_metadata(&manifest).unwrap().ino();
        let error = bundle("Contoso").write(out).unwrap_err();
        assert!(matches!(error, WriteError::Exists { .. }), "{error}");

        let written = bundle("Contoso").write_if_changed(out).unwrap();
        let aside = written
            .set_aside()
            .unwrap_or_else(|| panic!("{what} is gone"));
        let kept = fs::symlink_metadata(aside.join("umcert.json")).unwrap();
        assert_eq!(kept.ino(), planted, "{what}");
        if kept.is_dir() {
            assert!(is_somewhere(aside, b"precious"));
        }
        assert_whole(out);
    }
}

#[test]
fn manifest_of_another_program_moves_no_other_file() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("out");
    fs::create_dir_all(out.join("sub")).unwrap();
    let others = [
        "corp-root.pem",
        "../outside.key.pem",
        "sub/inside.key.pem",
        "key.pem",
        ".key.pem",
        "notes.txt",
    ];
    let mut entries = Vec::new();
    for name in others {
        fs::write(out.join(name), name).unwrap();
        let sha256 = sha256(name.as_bytes());
        entries.push(serde_json::json!({"file": name, "sha256": sha256}));
        // Also under the name of another file.
        entries.push(serde_json::json!({"file": "um9.contoso.com.key.pem", "sha256": sha256}));
    }
    let manifest = serde_json::json!({"umcert": "0.1", "root": entries[0], "files": entries,
        "certificates": entries.iter().map(|entry| serde_json::json!({
            "subject": "corp", "servers": [], "not_before": "2026-01-01T00:00:00Z",
            "not_after": "2027-01-01T00:00:00Z", "sha256": "",
            "chain": entry, "request": entry, "key": entry,
        })).collect::<Vec<_>>()});
    let manifest = serde_json::to_string_pretty(&manifest).unwrap();
    fs::write(out.join("umcert.json"), &manifest).unwrap();
    let bundle = bundle("Contoso");
    let written = bundle.write_if_changed(&out).unwrap();
    for name in others {
        assert_eq!(fs::read_to_string(out.join(name)).unwrap_or_default(), name);
    }
    let aside = written.set_aside().expect("the manifest is gone");
    assert_eq!(names(aside), ["umcert.json"]);
    assert_eq!(
        fs::read_to_string(aside.join("umcert.json")).unwrap(),
        manifest
    );
    let root = fs::read_to_string(out.join("root.pem")).unwrap();
    assert_eq!(root, bundle.roots()[0].to_pem());
}
