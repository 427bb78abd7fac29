//! A process that dies before each change of a folder in turn, and a system that refuses it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::{
    FAULT, InjectedFault, LINKS, VERBS, Verb, assert_holds, assert_tidy, bundle, files, folder,
};
use crate::issue::files::exchange::Exchange;
use crate::issue::files::{all_files, lock};
use crate::issue::{Bundle, WriteError};

/// Recovers the folder, as every call does before it writes.
fn recover(folder: &Path) -> Result<(), WriteError> {
    let lock = lock(folder)?;
    Exchange::new(folder).recover(&lock.owner()?)
}

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
            FAULT.set(InjectedFault::Death(deaths));
            let survived = catch_unwind(AssertUnwindSafe(|| verb(&new, &out).unwrap())).is_ok();
            FAULT.set(InjectedFault::None);
            assert_keys_have_their_chains(&out, [&old, &new], &when);
            if survived {
                break;
            }
            assert!(keys(&out).is_superset(&before), "{when}");
            let seen = keys_in_place(&out);

            // One call dies itself, the other does not.
            FAULT.set(InjectedFault::Death(deaths / 2));
            let _ = catch_unwind(AssertUnwindSafe(|| recover(&out)));
            FAULT.set(InjectedFault::None);
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
        FAULT.set(InjectedFault::Death(deaths));
        let died = catch_unwind(AssertUnwindSafe(|| new.write_if_changed(out).unwrap())).is_err();
        FAULT.set(InjectedFault::None);
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
            FAULT.set(InjectedFault::Refusal(refusals));
            let result = verb(&new, &out);
            FAULT.set(InjectedFault::None);
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
            FAULT.set(InjectedFault::Refusals(refusals));
            let result = verb(&new, &out);
            FAULT.set(InjectedFault::None);
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
            FAULT.set(InjectedFault::RefusalThenDeath(refusal, deaths));
            let result = catch_unwind(AssertUnwindSafe(|| new.overwrite(&out)));
            FAULT.set(InjectedFault::None);
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
