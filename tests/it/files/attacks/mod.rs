//! Folders that somebody prepared: a foreign file stays, or the call fails and changes nothing.

mod hidden;
mod manifests;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use crate::support::deployments::{EXAMPLE_2, TODAY, plan, with_servers};
use crate::support::folder::{assert_whole, sha256};
use crate::support::scene::bundle_of;
use tempfile::tempdir;
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
