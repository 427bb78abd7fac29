//! Tests with a process that dies before each change of a folder in turn, a system that refuses the change, and a file
//! system without links.

mod faults;
#[cfg(unix)]
mod locks;
mod single;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{WriteOutcome, all_files};
use crate::deployment::Deployment;
use crate::issue::{Bundle, TestCa, WriteError};
use crate::plan::{KeyKind, Plan, PlanOptions};
use tempfile::TempDir;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum InjectedFault {
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
    static FAULT: Cell<InjectedFault> = const { Cell::new(InjectedFault::None) };
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
        InjectedFault::Death(0) => resume_unwind(Box::new("dies")),
        InjectedFault::Refusal(0) => (InjectedFault::None, refused()),
        InjectedFault::Refusals(0) => (InjectedFault::Refusals(0), refused()),
        InjectedFault::RefusalThenDeath(0, left) => (InjectedFault::Death(left), refused()),
        InjectedFault::Death(left) => (InjectedFault::Death(left - 1), Ok(())),
        InjectedFault::Refusal(left) => (InjectedFault::Refusal(left - 1), Ok(())),
        InjectedFault::Refusals(left) => (InjectedFault::Refusals(left - 1), Ok(())),
        InjectedFault::RefusalThenDeath(left, then) => {
            (InjectedFault::RefusalThenDeath(left - 1, then), Ok(()))
        }
        InjectedFault::None => (InjectedFault::None, Ok(())),
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

/// Creates a folder in memory, if the system supports that: hundreds of syncs take time on a disk.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

fn bundle(ca: &str) -> Bundle {
    let text = include_str!("../../../../examples/data/example-2.toml");
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
        let [chain, request, key] = super::bundle_files::names_of(issued);
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
