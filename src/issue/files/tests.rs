//! Tests with a process that dies before each change of a folder in turn, a system that refuses the change, and a file
//! system without links.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use tempfile::TempDir;

use super::exchange::Exchange;
use super::lock::Lock;
use super::{WriteOutcome, all_files, lock};
use crate::deployment::Deployment;
use crate::issue::{Bundle, TestCa, WriteError};
use crate::plan::{KeyKind, Plan, PlanOptions};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The process dies after this many changes.
    Death(u32),
    /// The system refuses one change, after this many.
    Refusal(u32),
    /// The system refuses every change after this many.
    Refusals(u32),
    /// The system refuses one change, and the process dies after this many more.
    RefusalThenDeath(u32, u32),
}

thread_local! {
    static FAULT: Cell<Fault> = const { Cell::new(Fault::None) };
    /// `true` if the file system has links.
    static LINKS: Cell<bool> = const { Cell::new(true) };
    /// The changes, in order.
    static CHANGES: RefCell<Vec<(String, PathBuf)>> = const { RefCell::new(Vec::new()) };
}

pub(super) fn step(action: &str, path: &Path) -> io::Result<()> {
    CHANGES.with_borrow_mut(|changes| changes.push((action.to_owned(), path.to_owned())));
    let refused = || Err(io::Error::other("refused"));
    let (next, result) = match FAULT.get() {
        // Does not run the panic hook, which would print.
        Fault::Death(0) => resume_unwind(Box::new("dies")),
        Fault::Refusal(0) => (Fault::None, refused()),
        Fault::Refusals(0) => (Fault::Refusals(0), refused()),
        Fault::RefusalThenDeath(0, left) => (Fault::Death(left), refused()),
        Fault::Death(left) => (Fault::Death(left - 1), Ok(())),
        Fault::Refusal(left) => (Fault::Refusal(left - 1), Ok(())),
        Fault::Refusals(left) => (Fault::Refusals(left - 1), Ok(())),
        Fault::RefusalThenDeath(left, then) => (Fault::RefusalThenDeath(left - 1, then), Ok(())),
        Fault::None => (Fault::None, Ok(())),
    };
    FAULT.set(next);
    result
}

pub(super) fn link_step(action: &str, path: &Path) -> io::Result<()> {
    if LINKS.get() {
        step(action, path)
    } else {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Recovers the folder, as every call does before it writes.
fn recover(folder: &Path) -> Result<(), WriteError> {
    let lock = lock(folder)?;
    Exchange::new(folder).recover(&lock.owner()?)
}

/// Creates a folder in memory, if the system supports that: hundreds of syncs take time on a disk.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

fn bundle(ca: &str) -> Bundle {
    let text = include_str!("../../../examples/data/example-2.toml");
    let options = PlanOptions::default().key(KeyKind::P256);
    let mut deployment: Deployment = toml::from_str(text).unwrap();
    // Two servers have every kind of file twice.
    for set in &mut deployment.server_sets {
        set.servers.truncate(2);
    }
    for dial_plan in &mut deployment.dial_plans {
        dial_plan.members.truncate(2);
    }
    let plan = Plan::new(&deployment, &options).unwrap();
    TestCa::new(ca).unwrap().issue(&plan).unwrap()
}

type Verb = fn(&Bundle, &PathBuf) -> Result<WriteOutcome, WriteError>;

/// Each way to write, with `true` if the folder already contains files.
const VERBS: [(&str, bool, Verb); 4] = [
    ("write", false, |bundle, folder| bundle.write(folder)),
    ("overwrite", true, |bundle, folder| bundle.overwrite(folder)),
    ("write_if_changed", true, |bundle, folder| {
        bundle.write_if_changed(folder)
    }),
    ("write_if_changed anew", false, |bundle, folder| {
        bundle.write_if_changed(folder)
    }),
];

/// Runs `test` for each way to write, on a file system with links and on one without.
fn on_both_file_systems(test: impl Fn(&str, bool, Verb)) {
    for links in [true, false] {
        LINKS.set(links);
        for (name, over, verb) in VERBS {
            let with = if links { "with" } else { "without" };
            test(&format!("{name} {with} links"), over, verb);
        }
    }
    LINKS.set(true);
}

/// Returns the files of a folder and of the folders in it, by path.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.insert(path.clone(), fs::read(path).unwrap());
        }
    }
    files
}

fn keys(folder: &Path) -> BTreeSet<Vec<u8>> {
    let files = files(folder).into_iter();
    let keys = files.filter(|(path, _)| path.to_string_lossy().ends_with(".key.pem"));
    keys.map(|(_, bytes)| bytes).collect()
}

/// Returns the keys in the folder itself.
fn keys_in_place(folder: &Path) -> BTreeSet<Vec<u8>> {
    let files = files(folder).into_iter();
    let keys = files.filter(|(path, _)| {
        path.parent() == Some(folder) && path.to_string_lossy().ends_with(".key.pem")
    });
    keys.map(|(_, bytes)| bytes).collect()
}

/// Asserts that each key in the folder itself is next to its chain.
fn assert_keys_have_their_chains(folder: &Path, bundles: [&Bundle; 2], when: &str) {
    for issued in bundles.iter().flat_map(|bundle| bundle.certificates()) {
        let read = |kind: &str| {
            let name = format!("{}.{kind}.pem", issued.subject());
            fs::read(folder.join(name)).ok()
        };
        if read("key").as_deref() == Some(issued.key().to_pem().as_str().as_bytes()) {
            let chain = issued.chain().to_pem().into_bytes();
            assert_eq!(read("chain"), Some(chain), "{when}: {}", issued.subject());
        }
    }
}

fn assert_holds(folder: &Path, bundle: &Bundle, when: &str) {
    for (name, content) in all_files(bundle) {
        let found = fs::read(folder.join(&name)).unwrap_or_default();
        assert_eq!(found, *content, "{when}: {name}");
    }
}

fn assert_tidy(folder: &Path, when: &str) {
    let left = files(folder);
    let hidden = |path: &&PathBuf| path.to_string_lossy().contains("/.umcert-");
    assert_eq!(left.keys().find(hidden), None, "{when}");
}

#[test]
fn death_at_any_change_leaves_no_key_without_its_chain() {
    let (old, new) = (bundle("Old"), bundle("New"));
    on_both_file_systems(|name, over, verb| {
        let mut deaths = 0;
        loop {
            let when = format!("{name}, death {deaths}");
            let temporary = folder();
            let out = temporary.path().to_owned();
            if over {
                old.write(&out).unwrap();
            }
            let before = keys(&out);
            FAULT.set(Fault::Death(deaths));
            let survived = catch_unwind(AssertUnwindSafe(|| verb(&new, &out).unwrap())).is_ok();
            FAULT.set(Fault::None);
            assert_keys_have_their_chains(&out, [&old, &new], &when);
            if survived {
                break;
            }
            assert!(keys(&out).is_superset(&before), "{when}");
            let seen = keys_in_place(&out);

            // One call dies itself, the other does not.
            FAULT.set(Fault::Death(deaths / 2));
            let _ = catch_unwind(AssertUnwindSafe(|| recover(&out)));
            FAULT.set(Fault::None);
            assert_keys_have_their_chains(&out, [&old, &new], &when);
            recover(&out).unwrap();
            assert_tidy(&out, &when);
            let committed = out.join("umcert.json").exists().then(|| {
                let of_new = fs::read(out.join("root.pem")).unwrap();
                of_new == new.roots()[0].to_pem().as_bytes()
            });
            match committed {
                Some(true) => assert_holds(&out, &new, &when),
                Some(false) => assert_holds(&out, &old, &when),
                None => assert!(!over && files(&out).is_empty(), "{when}"),
            }
            verb(&new, &out).map_or_else(
                |error| assert!(matches!(error, WriteError::Exists { .. }), "{error}"),
                |_| assert_holds(&out, &new, &when),
            );
            // A key that was visible still exists.
            let after = keys(&out);
            assert!(
                after.is_superset(&before) && after.is_superset(&seen),
                "{when}"
            );
            deaths += 1;
        }
        assert!(deaths > 15, "{name}: {deaths}");
    });
}

#[test]
fn kept_set_is_cleared_of_the_stage_of_a_dead_writer() {
    let (old, new, again) = (bundle("Old"), bundle("New"), bundle("New"));
    let mut kept = 0;
    for deaths in 0.. {
        let temporary = folder();
        let out = temporary.path();
        old.write(out).unwrap();
        FAULT.set(Fault::Death(deaths));
        let died = catch_unwind(AssertUnwindSafe(|| new.write_if_changed(out).unwrap())).is_err();
        FAULT.set(Fault::None);
        kept += u32::from(again.write_if_changed(out).unwrap().was_kept());
        assert_tidy(out, &format!("death {deaths}"));
        if !died {
            break;
        }
    }
    assert!(kept > 1, "{kept}");
}

#[test]
fn refusal_of_any_change_restores_the_folder() {
    let (old, new) = (bundle("Old"), bundle("New"));
    on_both_file_systems(|name, over, verb| {
        let mut refusals = 0;
        loop {
            let when = format!("{name}, refusal {refusals}");
            let temporary = folder();
            let out = temporary.path().to_owned();
            if over {
                old.write(&out).unwrap();
            }
            let before = files(&out);
            FAULT.set(Fault::Refusal(refusals));
            let result = verb(&new, &out);
            FAULT.set(Fault::None);
            if result.is_ok() {
                break;
            }
            let visible = |mut files: BTreeMap<PathBuf, Vec<u8>>| {
                files.retain(|path, _| !path.to_string_lossy().contains("/.umcert-"));
                files
            };
            let after = visible(files(&out));
            assert!(
                after == before || after.len() >= all_files(&new).len(),
                "{when}: {:?}",
                after.keys()
            );
            assert_keys_have_their_chains(&out, [&old, &new], &when);
            recover(&out).unwrap();
            assert_tidy(&out, &when);
            // The next call clears up, and the files are complete.
            assert_keys_have_their_chains(&out, [&old, &new], &when);
            if after == before && visible(files(&out)) != before {
                assert_holds(&out, &new, &when);
            }
            refusals += 1;
        }
        assert!(refusals > 15, "{name}: {refusals}");
    });
}

#[test]
fn file_system_without_links_gets_copies() {
    let (old, new) = (bundle("Old"), bundle("New"));
    LINKS.set(false);
    for (name, over, verb) in VERBS {
        let temporary = folder();
        let out = temporary.path().to_owned();
        if over {
            old.write(&out).unwrap();
        }
        verb(&new, &out).unwrap();
        let error = old.write(&out).unwrap_err();
        assert!(matches!(error, WriteError::Exists { .. }), "{error}");
        assert_holds(&out, &new, name);
        assert_tidy(&out, name);
        #[cfg(unix)]
        for issued in new.certificates() {
            let key = out.join(format!("{}.key.pem", issued.subject()));
            let permissions = fs::metadata(key).unwrap().permissions();
            let mode = std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777;
            assert_eq!(mode, 0o600, "{name}");
        }
    }
    LINKS.set(true);
}

/// A manifest grows with the plan. Files without a readable manifest are never kept.
#[test]
fn large_manifest_is_read_and_other_large_files_are_not() {
    let temporary = folder();
    for (name, is_read) in [("umcert.json", true), ("root.pem", false)] {
        let path = temporary.path().join(name);
        fs::write(&path, vec![b' '; 3 << 20]).unwrap();
        assert_eq!(
            super::bundle_files::read(&path).is_some(),
            is_read,
            "{name}"
        );
    }
}

/// The disk remains broken, so that going back also fails.
#[test]
fn lasting_refusal_loses_no_key_and_the_next_call_finishes() {
    let (old, new) = (bundle("Old"), bundle("New"));
    on_both_file_systems(|name, over, verb| {
        // A sample.
        for refusals in (0..).step_by(3) {
            let when = format!("{name}, all after {refusals}");
            let temporary = folder();
            let out = temporary.path().to_owned();
            if over {
                old.write(&out).unwrap();
            }
            let before = keys(&out);
            FAULT.set(Fault::Refusals(refusals));
            let result = verb(&new, &out);
            FAULT.set(Fault::None);
            assert_keys_have_their_chains(&out, [&old, &new], &when);
            assert!(keys(&out).is_superset(&before), "{when}");
            recover(&out).unwrap();
            assert_tidy(&out, &when);
            assert!(keys(&out).is_superset(&before), "{when}");
            assert_keys_have_their_chains(&out, [&old, &new], &when);
            if result.is_ok() {
                break;
            }
        }
    });
}

#[test]
fn death_while_going_back_loses_no_key() {
    let (old, new) = (bundle("Old"), bundle("New"));
    // A sample, because each case takes a death at every change of going back.
    for refusal in (0..).step_by(3) {
        let mut deaths = 0;
        let is_last = loop {
            let when = format!("refusal {refusal}, death {deaths}");
            let temporary = folder();
            let out = temporary.path().to_owned();
            old.write(&out).unwrap();
            let before = keys(&out);
            FAULT.set(Fault::RefusalThenDeath(refusal, deaths));
            let result = catch_unwind(AssertUnwindSafe(|| new.overwrite(&out)));
            FAULT.set(Fault::None);
            assert_keys_have_their_chains(&out, [&old, &new], &when);
            recover(&out).unwrap();
            assert_tidy(&out, &when);
            assert!(keys(&out).is_superset(&before), "{when}");
            let is_new = out.join("replaced-1").exists();
            assert_holds(&out, if is_new { &new } else { &old }, &when);
            match result {
                Ok(Ok(_)) => break true,
                Ok(Err(_)) => break false,
                Err(_) => deaths += 1,
            }
        };
        if is_last {
            assert!(refusal > 15, "{refusal}");
            break;
        }
    }
}

#[test]
fn folders_that_receive_keys_are_synced() {
    let (old, new) = (bundle("Old"), bundle("New"));
    let temporary = folder();
    let out = temporary.path().join("a").join("b");
    CHANGES.take();
    old.write(&out).unwrap();
    new.overwrite(&out).unwrap();
    let changes = CHANGES.take();
    let is_sync = |action: &str| action == "sync" || cfg!(not(unix));
    let last_change = |folder: &Path| {
        let in_folder =
            |(action, path): &(String, PathBuf)| !is_sync(action) && path.parent() == Some(folder);
        changes.iter().rposition(in_folder)
    };
    let last_sync = |folder: &Path| {
        changes
            .iter()
            .rposition(|(action, path)| is_sync(action) && path == folder)
    };
    assert!(last_sync(temporary.path()).is_some(), "{changes:?}");
    assert!(last_sync(out.parent().unwrap()).is_some());
    let replaced = out.join(".umcert-staged").join("replaced");
    assert!(last_sync(&replaced) > last_change(&replaced));
    assert!(last_change(&replaced).is_some());
    // After the last new name, and before the only other name of a key is removed.
    let key = format!("{}.key.pem", new.certificates()[0].subject());
    let position = |action: &str, path: PathBuf| {
        changes
            .iter()
            .rposition(|(done, at)| done == action && *at == path)
            .unwrap()
    };
    let placed = position("link", out.join(&key));
    let removed = position("remove", out.join(".umcert-staged").join(&key));
    assert!(
        changes[placed..removed]
            .iter()
            .any(|(action, path)| is_sync(action) && *path == out)
    );
}

#[cfg(unix)]
#[test]
fn lock_that_is_held_is_an_error_after_a_while() {
    let temporary = folder();
    let path = temporary.path().join(".umcert.lock");
    // A reader may lock a file that it can open.
    fs::write(&path, "").unwrap();
    let reader = fs::File::open(&path).unwrap();
    fs4::FileExt::lock_shared(&reader).unwrap();
    let short = Duration::from_millis(50);
    let error = Lock::acquire(path.clone(), short).err().unwrap();
    let text = error.to_string();
    assert!(text.contains(".umcert.lock"), "{text}");
    let WriteError::Io { source, .. } = error else {
        panic!("{text}");
    };
    assert_eq!(source.kind(), io::ErrorKind::TimedOut);
    drop(reader);
    let lock = Lock::acquire(path.clone(), short).unwrap();
    assert!(Lock::acquire(path.clone(), short).is_err());
    drop(lock);
    assert!(!path.exists());
}

#[cfg(unix)]
#[test]
fn lock_whose_file_is_replaced_is_not_removed() {
    let temporary = folder();
    let path = temporary.path().join(".umcert.lock");
    let lock = Lock::acquire(path.clone(), Duration::ZERO).unwrap();
    fs::remove_file(&path).unwrap();
    fs::write(&path, "mine").unwrap();
    drop(lock);
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
}

/// The manifest is a contract. A kept set must have it byte for byte, also one of an earlier release.
#[test]
fn manifest_has_the_layout_of_earlier_releases() {
    let bundle = bundle("Contoso");
    let files = all_files(&bundle);
    let entry = |name: &str, indent: &str| {
        let sha256 = super::bundle_files::sha256(&files[name]);
        format!(
            "{{\n{indent}  \"file\": \"{name}\",\n{indent}  \"sha256\": \"{sha256}\"\n{indent}}}"
        )
    };
    let mut expected = format!(
        "{{\n  \"umcert\": \"0.1\",\n  \"root\": {},\n  \"certificates\": [",
        entry("root.pem", "  ")
    );
    for (number, issued) in bundle.certificates().iter().enumerate() {
        let certificate = issued.chain().certificates().next().unwrap();
        let [chain, request, key] = super::bundle_files::names_of(issued.subject());
        expected += if number > 0 { ",\n" } else { "\n" };
        expected += &format!(
            "    {{\n      \"subject\": \"{}\",\n      \"servers\": [\n        \"{}\"\n      ],\n      \"not_before\": \"{}\",\n      \"not_after\": \"{}\",\n      \"sha256\": \"{}\",\n      \"chain\": {},\n      \"request\": {},\n      \"key\": {}\n    }}",
            issued.subject(),
            issued.servers()[0],
            crate::text::rfc3339(certificate.not_before()),
            crate::text::rfc3339(certificate.not_after()),
            super::bundle_files::sha256(certificate.der()),
            entry(&chain, "      "),
            entry(&request, "      "),
            entry(&key, "      "),
        );
    }
    expected += "\n  ]\n}\n";
    assert_eq!(String::from_utf8_lossy(&files["umcert.json"]), expected);
}
