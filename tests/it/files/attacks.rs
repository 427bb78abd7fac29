//! Folders that somebody prepared: a foreign file stays, or the call fails and changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::deployments::{EXAMPLE_2, TODAY, plan, with_servers};
use crate::support::folder::{assert_whole, names, sha256};
use crate::support::scene::bundle_of;
use tempfile::tempdir;
use umcert::issue::WriteError;
use umcert::{Bundle, SanPolicy};

/// The names under which a writer works, and under which earlier versions did.
const HIDDEN: [&str; 3] = [".umcert-staged", ".umcert-committed", ".umcert-retired"];

fn bundle(ca: &str) -> Bundle {
    bundle_of(ca, TODAY, &plan(EXAMPLE_2, SanPolicy::EveryServer))
}

/// Everything below a folder but its locks: files by content, links by target, `None` for folders and devices.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let kind = fs::symlink_metadata(&path).unwrap().file_type();
        if kind.is_dir() {
            all.extend(everything(&path));
            all.insert(path, None);
        } else if kind.is_file() {
            let bytes = fs::read(&path).unwrap();
            all.insert(path, Some(bytes));
        } else if kind.is_symlink() {
            let target = fs::read_link(&path).unwrap();
            all.insert(path, Some(target.to_string_lossy().into_owned().into()));
        } else {
            all.insert(path, None);
        }
    }
    all
}

/// Returns `true` if some file in or below the folder holds exactly `bytes`.
fn is_somewhere(folder: &Path, bytes: &[u8]) -> bool {
    let all = everything(folder);
    all.values().any(|it| it.as_deref() == Some(bytes))
}

/// Replaces a file of a written folder and corrects its fingerprint in the manifest.
fn replace(folder: &Path, name: &str, content: &[u8]) {
    let path = folder.join(name);
    let before = fs::read(&path).unwrap();
    fs::write(&path, content).unwrap();
    let manifest = folder.join("umcert.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let corrected = text.replace(&sha256(&before), &sha256(content));
    assert_ne!(text, corrected, "{name}");
    fs::write(manifest, corrected).unwrap();
}

#[test]
fn copies_of_written_files_stay() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    bundle("Old").write(out).unwrap();
    let copies = [
        ("um1.contoso.com.key.pem", "production-backup.key.pem"),
        ("um1.contoso.com.key.pem", "um1.contoso.com.key.pem.bak.pem"),
        ("um2.contoso.com.chain.pem", "for-the-proxy.chain.pem"),
        ("um2.contoso.com.csr.pem", "sent to the CA.csr.pem"),
        ("root.pem", "company-root.pem"),
        ("umcert.json", "umcert.json.pem"),
    ];
    let copies = copies.map(|(from, to)| {
        fs::copy(out.join(from), out.join(to)).unwrap();
        (out.join(to), fs::read(out.join(to)).unwrap())
    });
    let changed = bundle_of("New", TODAY, &with_servers(&[1]));
    changed.write_if_changed(out).unwrap();
    changed.overwrite(out).unwrap();
    for (path, bytes) in copies {
        assert_eq!(fs::read(&path).ok(), Some(bytes), "{path:?}");
    }
    let key = fs::read(out.join("um1.contoso.com.key.pem")).unwrap();
    assert_eq!(
        key,
        changed.certificates()[0].key().to_pem().as_str().as_bytes()
    );
}

#[test]
fn keys_that_were_replaced_are_kept() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    let bundles = ["One", "Two", "Three"].map(bundle);
    for bundle in &bundles {
        bundle.write_if_changed(out).unwrap();
    }
    for issued in bundles.iter().flat_map(Bundle::certificates) {
        let key = issued.key().to_pem();
        assert!(is_somewhere(out, key.as_str().as_bytes()));
    }
}

type Plant = fn(&Path);

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

/// Asserts that the keys of all of these bundles are whole in the folder or in one of those set aside.
#[track_caller]
fn assert_all_there(out: &Path, bundles: &[Bundle]) {
    assert_whole(out);
    for bundle in bundles {
        for issued in bundle.certificates() {
            let key = issued.key().to_pem();
            assert!(is_somewhere(out, key.as_str().as_bytes()), "a key is gone");
        }
    }
    for entry in fs::read_dir(out).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_whole(&path);
        }
    }
}

#[test]
fn twenty_writers_take_turns_though_the_lock_is_linked() {
    let plan = with_servers(&[1, 2]);
    let issue = |number| bundle_of(&format!("CA {number}"), TODAY, &plan);
    let bundles: Vec<Bundle> = (0..20).map(issue).collect();
    for linked_before in [true, false] {
        let folder = tempdir().unwrap();
        let out = folder.path().join("out");
        let backup = folder.path().join("backup");
        fs::create_dir(&out).unwrap();
        fs::create_dir(&backup).unwrap();
        let lock = out.join(".umcert.lock");
        if linked_before {
            fs::write(&lock, "").unwrap();
            fs::hard_link(&lock, backup.join("lock")).unwrap();
        }
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            // What `cp -al` and rsnapshot do.
            let backups = scope.spawn(|| {
                let mut links = 0;
                while !done.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_micros(200));
                    links +=
                        u32::from(fs::hard_link(&lock, backup.join(links.to_string())).is_ok());
                }
                links
            });
            // Who comes late finds no lock file, or another.
            let write = |bundle: &Bundle| (0..4).try_for_each(|_| bundle.overwrite(&out).map(drop));
            let writers: Vec<_> = bundles
                .iter()
                .map(|bundle| scope.spawn(move || write(bundle)))
                .collect();
            let results: Vec<_> = writers.into_iter().map(|it| it.join().unwrap()).collect();
            done.store(true, Ordering::Relaxed);
            let failed = results.iter().filter(|it| it.is_err()).count();
            assert_eq!(failed, 0, "{results:?}");
            assert!(backups.join().unwrap() > 0);
        });
        assert_all_there(&out, &bundles);
    }
}

#[test]
fn lock_is_closed_to_readers() {
    let folder = tempdir().unwrap();
    let lock = folder.path().join(".umcert.lock");
    // One that a crash of an earlier version left.
    fs::write(&lock, "").unwrap();
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o644)).unwrap();
    let done = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut seen = 0;
            while !done.load(Ordering::Relaxed) {
                // While it writes, and so holds the lock.
                if folder.path().join(HIDDEN[0]).exists()
                    && let Ok(metadata) = fs::metadata(&lock)
                {
                    assert_eq!(metadata.mode() & 0o777, 0o600);
                    seen += 1;
                }
            }
            seen
        });
        for number in 0..20 {
            bundle(&format!("CA {number}"))
                .overwrite(folder.path())
                .unwrap();
        }
        done.store(true, Ordering::Relaxed);
        watch.join().unwrap()
    });
    assert!(seen > 0);
    assert!(!lock.exists());
}

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

#[test]
fn path_is_escaped_in_errors() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("a\u{1b}[31m\u{7}\n\u{202e}b");
    bundle("Live").write(&out).unwrap();
    let exists = bundle("New").write(&out).unwrap_err().to_string();
    let io = bundle("New")
        .write(out.join("root.pem"))
        .unwrap_err()
        .to_string();
    for text in [exists, io] {
        assert!(text.contains(r"a\u{1b}[31m\u{7}\u{a}\u{202e}b"), "{text:?}");
        assert!(
            !text.contains(|it: char| it.is_control() || it == '\u{202e}'),
            "{text:?}"
        );
    }
}

#[test]
fn set_that_does_not_hold_together_is_written_anew() {
    type Tampering = fn(&Path, &Bundle);
    let tamperings: [(&str, Tampering); 5] = [
        ("the key of another certificate", |out, _| {
            let other = fs::read(out.join("um2.contoso.com.key.pem")).unwrap();
            replace(out, "um1.contoso.com.key.pem", &other);
        }),
        ("no key", |out, _| {
            replace(out, "um1.contoso.com.key.pem", b"precious")
        }),
        ("a request for another key", |out, other| {
            let pem = other.certificates()[0].request().to_pem();
            replace(out, "um1.contoso.com.csr.pem", pem.as_bytes());
        }),
        ("the root of another CA of the name", |out, other| {
            replace(out, "root.pem", other.roots()[0].to_pem().as_bytes());
        }),
        ("an intermediate of another CA of the name", |out, other| {
            let own = umcert::Chain::from_bytes(
                &fs::read(out.join("um1.contoso.com.chain.pem")).unwrap(),
            );
            let own = own.unwrap();
            let foreign = other.certificates()[0].chain();
            let mixed = own.certificates().take(1).chain(foreign.intermediates());
            let mixed: umcert::Chain = mixed.cloned().collect();
            replace(out, "um1.contoso.com.chain.pem", mixed.to_pem().as_bytes());
        }),
    ];
    for (what, tamper) in tamperings {
        let folder = tempdir().unwrap();
        let out = folder.path();
        bundle("Contoso").write(out).unwrap();
        tamper(out, &bundle("Contoso"));
        let before = everything(out);
        let written = bundle("Contoso").write_if_changed(out).unwrap();
        assert!(!written.was_kept(), "{what}");
        assert_whole(out);
        for bytes in before.values().flatten() {
            assert!(is_somewhere(out, bytes), "{what}");
        }
        assert!(bundle("Contoso").write_if_changed(out).unwrap().was_kept());
    }
}

#[test]
fn keys_that_others_can_read_are_written_anew() {
    for mode in [0o644, 0o640, 0o604, 0o620] {
        let folder = tempdir().unwrap();
        let out = folder.path();
        bundle("Contoso").write(out).unwrap();
        let key = out.join("um3.contoso.com.key.pem");
        let before = fs::read(&key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        let written = bundle("Contoso").write_if_changed(out).unwrap();
        assert!(!written.was_kept(), "{mode:o}");
        assert!(is_somewhere(out, &before));
        assert_eq!(fs::metadata(&key).unwrap().mode() & 0o777, 0o600);
        assert_whole(out);
    }
}

#[test]
fn keys_of_another_user_are_written_anew() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    bundle("Contoso").write(out).unwrap();
    let key = out.join("um3.contoso.com.key.pem");
    if chown(&key, Some(65534), None).is_err() {
        eprintln!("skipped: only the superuser can give a file away");
        return;
    }
    let before = fs::read(&key).unwrap();
    let written = bundle("Contoso").write_if_changed(out).unwrap();
    assert!(!written.was_kept());
    assert!(is_somewhere(out, &before));
    let owner = fs::metadata(out.join("root.pem")).unwrap().uid();
    assert_eq!(fs::metadata(&key).unwrap().uid(), owner);
    assert!(bundle("Contoso").write_if_changed(out).unwrap().was_kept());
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
