//! Writers that are killed, that run into a full disk, or that run at the same time. No key is left without
//! its chain, no file is cut, and the next call finishes the write or starts again.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, plan};
use crate::support::folder::{assert_no_key_without_its_chain, assert_whole, contents, names};
use crate::support::snapshot::assert_states;
use tempfile::tempdir;
use umcert::issue::{TestCaOptions, WriteError};
use umcert::{Bundle, SanPolicy, TestCa};

/// The folder into which the child writes, and whether it writes only once.
const FOLDER: &str = "UMCERT_TEST_FOLDER";
const ONCE: &str = "UMCERT_TEST_ONCE";
/// The name of the test that the children run.
const CHILD: &str = "files::crashes::child";
const KILLS: u64 = 24;

fn bundle(name: &str, text: &str) -> Bundle {
    let ca = TestCa::with_options(name, &TestCaOptions::valid_from(TODAY)).unwrap();
    ca.issue(&plan(text, SanPolicy::EveryServer)).unwrap()
}

/// Runs in the children of the other tests, and does nothing otherwise.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    if std::env::var_os(ONCE).is_some() {
        match bundle("One", EXAMPLE_1).write(&folder) {
            Ok(_) => panic!("there was room"),
            Err(error) => panic!(
                "the error is {error}: {:?}, and there is {:?}",
                std::error::Error::source(&error),
                names(Path::new(&folder)),
            ),
        }
    }
    // Each replaces the other, because their CAs have different names.
    let bundles = [bundle("One", EXAMPLE_1), bundle("Two", EXAMPLE_2)];
    fs::write(Path::new(&folder).join("ready"), "").unwrap();
    loop {
        for bundle in &bundles {
            bundle.write_if_changed(&folder).unwrap();
        }
        bundles[0].overwrite(&folder).unwrap();
    }
}

fn spawn(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([CHILD, "--exact"])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn wait_for(path: &Path) {
    let started = Instant::now();
    while !path.exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "no {path:?}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn killed_writer_leaves_whole_files_and_the_next_succeeds() {
    let last = bundle("Three", EXAMPLE_2);
    let mut interrupted = 0;
    for kill in 0..KILLS {
        let folder = tempdir().unwrap();
        let out = folder.path();
        // Two writers, which wait for each other.
        let mut children = [spawn(out), spawn(out)];
        wait_for(&out.join("ready"));
        // Spread over some calls.
        thread::sleep(Duration::from_micros(kill * 79_190 % 400_000));
        for child in &mut children {
            child.kill().unwrap();
        }
        for child in &mut children {
            child.wait().unwrap();
        }
        assert_no_key_without_its_chain(out);
        interrupted += u64::from(names(out).iter().any(|name| name.starts_with(".umcert-")));

        match kill % 3 {
            0 => drop(last.overwrite(out).unwrap()),
            1 => drop(last.write_if_changed(out).unwrap()),
            _ => match last.write(out) {
                Ok(_) => {}
                // The interrupted write was finished, and its whole set is in the way.
                Err(WriteError::Exists { .. }) => {}
                Err(other) => panic!("{other}"),
            },
        }
        assert_whole(out);
        for entry in fs::read_dir(out).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                assert_whole(&path);
            }
        }
    }
    // Otherwise the kills prove nothing.
    assert!(interrupted > KILLS / 4, "{interrupted} of {KILLS}");
}

#[test]
fn concurrent_writers_agree_on_one_bundle() {
    let folder = tempdir().unwrap();
    let bundles: Vec<Bundle> = (0..8).map(|_| bundle("Contoso", EXAMPLE_2)).collect();
    let kept = thread::scope(|scope| {
        let write = |bundle| {
            let out = folder.path();
            scope.spawn(move || {
                let written = Bundle::write_if_changed(bundle, out).unwrap();
                (written.was_kept(), files(out))
            })
        };
        let writers: Vec<_> = bundles.iter().map(write).collect();
        let results = writers.into_iter().map(|writer| writer.join().unwrap());
        results.collect::<Vec<_>>()
    });
    assert_eq!(kept.iter().filter(|(kept, _)| !kept).count(), 1);
    // Every caller saw the same files when its call returned.
    let (_, first) = &kept[0];
    assert!(kept.iter().all(|(_, files)| files == first));
    assert_whole(folder.path());
}

/// Returns the files of a folder without the hidden ones, which come and go while others write.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for name in names(folder) {
        if !name.starts_with('.') {
            let bytes = fs::read(folder.join(&name)).unwrap();
            files.insert(name, bytes);
        }
    }
    files
}

#[test]
fn key_is_private_from_its_creation() {
    let folder = tempdir().unwrap();
    let done = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut seen = 0_u32;
            while !done.load(Ordering::Relaxed) {
                seen += look_at_keys(folder.path()) + hidden_keys(folder.path());
            }
            seen
        });
        for number in 0..20 {
            let bundle = bundle(&format!("CA {number}"), EXAMPLE_2);
            bundle.overwrite(folder.path()).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        watch.join().unwrap()
    });
    assert!(seen > 0);
}

/// Checks the mode of the keys in a folder that may change meanwhile, and returns their number.
fn look_at_keys(folder: &Path) -> u32 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let keys = entries.filter(|it| it.file_name().to_string_lossy().ends_with(".key.pem"));
    let modes = keys.filter_map(|key| Some((key.path(), key.metadata().ok()?.permissions())));
    modes
        .map(|(path, mode)| assert_eq!(mode.mode() & 0o777, 0o600, "{path:?}"))
        .fold(0, |count, ()| count + 1)
}

fn hidden_keys(folder: &Path) -> u32 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let hidden = entries.filter(|it| it.file_name().to_string_lossy().starts_with(".umcert-"));
    hidden.map(|entry| look_at_keys(&entry.path())).sum()
}

/// Runs a child that writes once and returns its output.
fn said(command: &mut Command, folder: &Path) -> Option<String> {
    let output = command.env(FOLDER, folder).env(ONCE, "1").output().ok()?;
    Some(String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn file_size_limit_is_an_error_and_leaves_nothing() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("mine"), "").unwrap();
    // The limit is one block of 512 or 1024 bytes, so no chain fits. With the signal ignored, the write
    // fails.
    let mut limited = Command::new("sh");
    limited.args([
        "-c",
        "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$1\" --exact --nocapture",
    ]);
    limited.arg(std::env::current_exe().unwrap()).arg(CHILD);
    let said = said(&mut limited, folder.path()).unwrap();
    let file = format!("`{}/", folder.path().display());
    assert_states(said, &["the error is ", &file, "FileTooLarge"]);
    assert_eq!(names(folder.path()), ["mine"]);
}

/// Runs a child on a small disk of its own. Returns `None` if the system does not permit one.
fn said_on_a_disk_of(options: &str, folder: &Path) -> Option<String> {
    let mut unshared = Command::new("unshare");
    unshared.args(["--map-root-user", "--mount", "sh", "-c"]);
    unshared.arg(
        "mount -t tmpfs -o \"$1\" umcert \"$2\" && echo a small disk >&2 && exec \"$0\" \"$3\" --exact --nocapture",
    );
    unshared.arg(std::env::current_exe().unwrap());
    unshared.arg(options).arg(folder).arg(CHILD);
    said(&mut unshared, folder).filter(|said| said.contains("a small disk"))
}

/// A bundle of Example 1 has 14 files of a page or two; each of them, and each link, takes an inode.
#[test]
fn full_disk_is_an_error_and_leaves_nothing() {
    let folder = tempdir().unwrap();
    for options in [
        "size=4k",
        "size=16k",
        "size=32k",
        "size=48k",
        "nr_inodes=2",
        "nr_inodes=10",
        "nr_inodes=17",
        "nr_inodes=24",
        "nr_inodes=30",
    ] {
        let Some(said) = said_on_a_disk_of(options, folder.path()) else {
            return;
        };
        let facts = ["the error is ", "StorageFull", "and there is []"];
        let stated = facts.iter().all(|fact| said.contains(fact));
        assert!(stated, "{options}: {said}");
    }
    // The opposite: with enough room the write succeeds.
    let said = said_on_a_disk_of("size=2m", folder.path()).unwrap();
    assert!(said.contains("there was room"), "{said}");
}

#[test]
fn read_only_folder_is_an_error_unless_its_set_is_kept() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("pki");
    let bundle = bundle("Contoso", EXAMPLE_2);
    bundle.write(&out).unwrap();
    fs::set_permissions(&out, fs::Permissions::from_mode(0o555)).unwrap();
    assert!(bundle.write_if_changed(&out).unwrap().was_kept());
    let before = contents(&out);
    if fs::write(out.join("probe"), "").is_err() {
        let error = bundle.overwrite(&out).unwrap_err();
        assert!(matches!(error, WriteError::Io { .. }), "{error}");
    } else {
        // The superuser may write everywhere, so another user tries.
        fs::remove_file(out.join("probe")).unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut other_user = Command::new(std::env::current_exe().unwrap());
        other_user.args([CHILD, "--exact", "--nocapture"]);
        other_user.uid(65534).gid(65534);
        // The test binary may be in a folder that the other user cannot enter.
        if let Some(said) = said(&mut other_user, &out) {
            let folder = format!("`{}", out.display());
            assert_states(said, &["the error is ", &folder, "PermissionDenied"]);
        }
    }
    assert_eq!(contents(&out), before);
    // Not even the superuser may create files in `/proc/self`.
    let kernel = Path::new("/proc/self/umcert");
    if kernel.parent().is_some_and(Path::exists) {
        let error = bundle.write(kernel).unwrap_err();
        assert_states(&error, &["`/proc/self/umcert`"]);
        assert!(std::error::Error::source(&error).is_some());
    }
    fs::set_permissions(&out, fs::Permissions::from_mode(0o755)).unwrap();
}
