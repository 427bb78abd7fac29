//! A process that dies before each change of a folder in turn, a system that refuses it, and one without
//! links.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::{fs, io};

use tempfile::TempDir;

use super::WriteOutcome;
use super::transaction::Folder;
use crate::deployment::Deployment;
use crate::issue::{Bundle, TestCa, WriteError};
use crate::plan::{KeyKind, Plan, PlanOptions};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The process dies after so many changes.
    Death(u32),
    /// The system refuses every change after so many.
    Refusal(u32),
}

thread_local! {
    static FAULT: Cell<Fault> = const { Cell::new(Fault::None) };
    /// Whether the file system has links.
    static LINKS: Cell<bool> = const { Cell::new(true) };
}

pub(super) fn step() -> io::Result<()> {
    match FAULT.get() {
        // Past the hook, which would print.
        Fault::Death(0) => resume_unwind(Box::new("dies")),
        Fault::Refusal(0) => Err(io::Error::other("refused")),
        Fault::Death(left) => {
            FAULT.set(Fault::Death(left - 1));
            Ok(())
        }
        Fault::Refusal(left) => {
            FAULT.set(Fault::Refusal(left - 1));
            Ok(())
        }
        Fault::None => Ok(()),
    }
}

pub(super) fn link_step() -> io::Result<()> {
    match LINKS.get() {
        true => step(),
        false => Err(io::ErrorKind::Unsupported.into()),
    }
}

/// In memory where the system has such a place: hundreds of syncs would take their time.
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

/// Each way to write, and whether something is there before.
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

/// Each way to write, on a file system with links and on one without.
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

/// The files of a folder and of those in it, by path.
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

/// Each key in the folder itself stands beside the chain that one of the bundles gave it.
fn assert_keys_stand_by_their_chains(folder: &Path, bundles: [&Bundle; 2], when: &str) {
    for issued in bundles.iter().flat_map(|bundle| bundle.issued()) {
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
    for file in super::files(bundle) {
        let found = fs::read(folder.join(&file.name)).unwrap_or_default();
        assert_eq!(found, *file.content, "{when}: {}", file.name);
    }
}

fn assert_tidy(folder: &Path, when: &str) {
    let left = files(folder);
    let hidden = |path: &&PathBuf| path.to_string_lossy().contains("/.umcert-");
    assert_eq!(left.keys().find(hidden), None, "{when}");
}

#[test]
fn whenever_a_writer_dies_no_key_is_without_its_chain_and_the_next_call_finishes() {
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
            assert_keys_stand_by_their_chains(&out, [&old, &new], &when);
            if survived {
                break;
            }
            assert!(keys(&out).is_superset(&before) || name.starts_with("write_if_changed"));

            // A call that dies itself, and one that does not.
            FAULT.set(Fault::Death(deaths / 2));
            let _ = catch_unwind(AssertUnwindSafe(|| Folder::lock(&out)));
            FAULT.set(Fault::None);
            assert_keys_stand_by_their_chains(&out, [&old, &new], &when);
            drop(Folder::lock(&out).unwrap());
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
            deaths += 1;
        }
        assert!(deaths > 15, "{name}: {deaths}");
    });
}

#[test]
fn what_a_build_script_that_died_left_hidden_goes_where_its_files_are_kept_too() {
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
fn whenever_the_system_refuses_the_folder_is_as_it_was() {
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
                after == before || after.len() >= super::files(&new).len(),
                "{when}: {:?}",
                after.keys()
            );
            assert_keys_stand_by_their_chains(&out, [&old, &new], &when);
            drop(Folder::lock(&out).unwrap());
            assert_tidy(&out, &when);
            // What could not be cleared up is finished, and whole.
            assert_keys_stand_by_their_chains(&out, [&old, &new], &when);
            if after == before && visible(files(&out)) != before {
                assert_holds(&out, &new, &when);
            }
            refusals += 1;
        }
        assert!(refusals > 15, "{name}: {refusals}");
    });
}

#[test]
fn a_file_system_without_links_will_do() {
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
        for issued in new.issued() {
            let key = out.join(format!("{}.key.pem", issued.subject()));
            let permissions = fs::metadata(key).unwrap().permissions();
            let mode = std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777;
            assert_eq!(mode, 0o600, "{name}");
        }
    }
    LINKS.set(true);
}

/// A manifest grows with the plan, and what no manifest is read for is never kept.
#[test]
fn a_manifest_of_thousands_of_certificates_is_read_and_no_other_file_of_its_size() {
    let temporary = folder();
    for (name, is_read) in [("umcert.json", true), ("root.pem", false)] {
        let path = temporary.path().join(name);
        fs::write(&path, vec![b' '; 3 << 20]).unwrap();
        assert_eq!(super::disk::read(&path).is_some(), is_read, "{name}");
    }
}
