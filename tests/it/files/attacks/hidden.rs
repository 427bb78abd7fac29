//! Hidden folders that somebody prepared: a stage is published only if it is private and complete.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use super::{HIDDEN, Plant, bundle, everything, is_somewhere, replace};
use crate::support::folder::{assert_whole, sha256};
use tempfile::tempdir;
use umcert::Bundle;
use umcert::issue::WriteError;

/// What somebody may put under a hidden name.
const HIDDEN_PLANTS: [(&str, Plant); 6] = [
    ("a key that is a folder", |path| {
        fs::create_dir_all(path.join("um1.contoso.com.key.pem/deep")).unwrap();
    }),
    ("a key", |path| {
        fs::create_dir(path).unwrap();
        fs::write(path.join("um1.contoso.com.key.pem"), "precious").unwrap();
    }),
    ("a file", |path| {
        fs::create_dir(path).unwrap();
        fs::write(path.join("precious"), "precious").unwrap();
    }),
    ("a name that a terminal obeys", |path| {
        fs::create_dir(path).unwrap();
        fs::create_dir(path.join("\u{1b}]0;owned\u{7}\u{202e}.key.pem")).unwrap();
    }),
    ("no folder", |path| fs::write(path, "precious").unwrap()),
    ("a manifest that lists a key", |path| {
        fs::create_dir(path).unwrap();
        fs::write(path.join("um1.contoso.com.key.pem"), "precious").unwrap();
        fs::write(path.join("id_rsa"), "precious").unwrap();
        let file = |name: &str| serde_json::json!({"file": name, "sha256": sha256(b"precious")});
        let manifest = serde_json::json!({"umcert": "0.1", "root": file("id_rsa"), "certificates": [
            {"chain": file("id_rsa"), "key": file("um1.contoso.com.key.pem")}]});
        fs::write(path.join("umcert.json"), manifest.to_string()).unwrap();
    }),
];

/// As the folders of a writer are.
fn close_to_others(path: &Path) {
    let is_folder = fs::symlink_metadata(path).unwrap().is_dir();
    let mode = if is_folder { 0o700 } else { 0o600 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    if is_folder {
        for entry in fs::read_dir(path).unwrap() {
            close_to_others(&entry.unwrap().path());
        }
    }
}

#[test]
fn planted_hidden_folder_fails_the_call_and_nothing_changes() {
    for hidden in HIDDEN {
        for (what, plant) in HIDDEN_PLANTS {
            for (is_live, is_private) in [(true, true), (true, false), (false, true)] {
                let folder = tempdir().unwrap();
                let out = folder.path();
                if is_live {
                    bundle("Live").write(out).unwrap();
                }
                plant(&out.join(hidden));
                if is_private {
                    close_to_others(&out.join(hidden));
                }
                let before = everything(out);
                let new = bundle("New");
                for result in [
                    new.write(out),
                    new.overwrite(out),
                    new.write_if_changed(out),
                ] {
                    let error = result.expect_err(&format!("{what} in {hidden}"));
                    let text = error.to_string();
                    assert!(
                        !text.contains(|it: char| it.is_control() || it == '\u{202e}'),
                        "{text:?}"
                    );
                    assert_eq!(everything(out), before, "{what} in {hidden}: {error}");
                }
            }
        }
    }
}

#[test]
fn existing_set_is_reported_before_an_empty_hidden_folder() {
    for hidden in HIDDEN {
        let folder = tempdir().unwrap();
        let out = folder.path();
        bundle("Live").write(out).unwrap();
        let before = everything(out);
        fs::create_dir(out.join(hidden)).unwrap();
        let error = bundle("New").write(out).unwrap_err();
        assert!(
            matches!(error, WriteError::Exists { .. }),
            "{hidden}: {error}"
        );
        let mut after = everything(out);
        after.remove(&out.join(hidden));
        assert_eq!(after, before, "{hidden}");
    }
}

/// A stage that a writer completed before it died, or that somebody else prepared.
fn plant_stage(out: &Path, hidden: &str, bundle: &Bundle) -> PathBuf {
    let path = out.join(hidden);
    bundle.write(&path).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path
}

#[test]
fn complete_stage_is_published_only_if_it_is_private() {
    let (live, staged) = (bundle("Live"), bundle("Staged"));
    let is_published = |make_foreign: Plant| {
        let folder = tempdir().unwrap();
        let out = folder.path();
        live.write(out).unwrap();
        make_foreign(&plant_stage(out, HIDDEN[0], &staged));
        let before = everything(out);
        let result = staged.write_if_changed(out);
        assert!(result.is_ok() || everything(out) == before);
        if let Ok(outcome) = &result {
            assert!(outcome.was_kept());
            assert_whole(out);
            assert_whole(&out.join("replaced-1"));
        }
        result.is_ok()
    };
    assert!(is_published(|_| {}));
    assert!(!is_published(|stage| {
        fs::set_permissions(stage, fs::Permissions::from_mode(0o755)).unwrap();
    }));
    assert!(!is_published(|stage| fs::write(
        stage.join("id_rsa"),
        "precious"
    )
    .unwrap()));
    assert!(!is_published(|stage| {
        fs::write(stage.join("um2.contoso.com.key.pem"), "precious").unwrap();
    }));
    // Without one of its files it is not complete, and so holds no file that was in the folder.
    assert!(!is_published(|stage| {
        fs::remove_file(stage.join("root.pem")).unwrap();
        fs::create_dir(stage.join("replaced")).unwrap();
        fs::write(stage.join("replaced/um1.contoso.com.key.pem"), "precious").unwrap();
    }));
    let folder = tempdir().unwrap();
    if chown(folder.path(), Some(65534), None).is_ok() {
        assert!(!is_published(
            |stage| chown(stage, Some(65534), None).unwrap()
        ));
    }
}

#[test]
fn manifest_of_a_stage_reaches_no_file_outside_of_it() {
    let (live, staged) = (bundle("Live"), bundle("Staged"));
    for outside in [
        "../corp-root.pem",
        "../../outside.key.pem",
        "sub/../../corp-root.pem",
    ] {
        let folder = tempdir().unwrap();
        let out = &folder.path().join("out");
        live.write(out).unwrap();
        fs::write(out.join("corp-root.pem"), "precious").unwrap();
        fs::write(folder.path().join("outside.key.pem"), "dear").unwrap();
        let before = everything(folder.path());
        let stage = plant_stage(out, HIDDEN[0], &staged);
        fs::create_dir(stage.join("sub")).unwrap();
        let content = fs::read(stage.join(outside)).unwrap();
        fs::remove_dir(stage.join("sub")).unwrap();
        replace(&stage, "root.pem", &content);
        fs::remove_file(stage.join("root.pem")).unwrap();
        let manifest = stage.join("umcert.json");
        let text = fs::read_to_string(&manifest).unwrap();
        fs::write(
            manifest,
            text.replace("\"root.pem\"", &format!("\"{outside}\"")),
        )
        .unwrap();
        let _ = staged.write_if_changed(out);
        for bytes in before.values().flatten() {
            assert!(is_somewhere(folder.path(), bytes), "{outside}");
        }
    }
}

/// The hidden folders that a crash of an earlier version leaves: its files are named, and stay.
#[test]
fn crash_of_an_earlier_version_is_reported_and_nothing_changes() {
    let (live, staged) = (bundle("Live"), bundle("Staged"));
    for hidden in &HIDDEN[1..] {
        let folder = tempdir().unwrap();
        let out = folder.path();
        live.write(out).unwrap();
        plant_stage(out, hidden, &staged);
        fs::remove_file(out.join("um1.contoso.com.key.pem")).unwrap();
        let before = everything(out);
        for result in [live.overwrite(out), live.write_if_changed(out)] {
            let error = result.unwrap_err();
            assert!(error.to_string().contains(hidden), "{error}");
            assert!(matches!(error, WriteError::Io { .. }), "{error}");
            assert_eq!(everything(out), before);
        }
    }
}
