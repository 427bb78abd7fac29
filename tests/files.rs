//! Bundles as files: whole or not at all, nothing lost, kept while they will do.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;

use common::folder::{assert_whole, manifest, names};
use common::{EXAMPLE_1, EXAMPLE_2, FAST, Scene, TODAY, plan, um};
use tempfile::tempdir;
use time::{Duration, OffsetDateTime};
use umcert::{Bundle, Chain, KeyKind, Plan, PlanOptions, SanPolicy, TestCa, TestCaOptions};
use umcert::{WriteError, Written};

fn scene() -> Scene {
    Scene::new(EXAMPLE_2, SanPolicy::EveryServer)
}

/// A bundle of a new CA of this name that begins then.
fn bundle_of(name: &str, not_before: OffsetDateTime, plan: &Plan) -> Bundle {
    let options = TestCaOptions::starting(not_before);
    TestCa::with_options(name, &options)
        .unwrap()
        .issue(plan)
        .unwrap()
}

#[test]
fn a_written_folder_holds_a_key_a_request_and_a_chain_a_server_the_root_and_the_manifest() {
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
fn the_manifest_says_which_file_is_whose_and_until_when() {
    let folder = tempdir().unwrap();
    let scene = scene();
    scene.bundle.write(folder.path()).unwrap();
    let manifest = manifest(folder.path());
    assert_eq!(manifest["umcert"], "0.1");
    assert_eq!(manifest["root"]["file"], "root.pem");
    let certificates = manifest["certificates"].as_array().unwrap();
    assert_eq!(certificates.len(), scene.bundle.issued().len());
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
    let shown = common::openssl(
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
fn a_shared_certificate_has_one_set_of_files_and_names_its_servers() {
    let folder = tempdir().unwrap();
    let options = PlanOptions::default()
        .key(FAST)
        .sharing(umcert::CertificateSharing::OnePerSet);
    let plan = Plan::new(&common::deployment(EXAMPLE_1), &options).unwrap();
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
fn nothing_is_overwritten_and_nothing_half_written() {
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
fn a_dangling_link_is_not_written_through() {
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

#[test]
fn what_is_overwritten_is_set_aside_whole() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    // Example 1 has more names, and the servers of Example 2.
    let first = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    assert_eq!(first.bundle.overwrite(out).unwrap().set_aside(), None);
    let before = common::folder::contents(out);
    fs::write(out.join("notes.pem"), "mine").unwrap();

    let plan = plan(EXAMPLE_1, SanPolicy::Wildcard);
    let second = bundle_of("Contoso", TODAY, &plan).overwrite(out).unwrap();
    let aside = second.set_aside().unwrap();
    assert_eq!(aside, out.join("replaced-1"));
    assert_eq!(common::folder::contents(aside), before);
    assert_whole(out);
    assert_whole(aside);
    assert_eq!(fs::read_to_string(out.join("notes.pem")).unwrap(), "mine");

    let third = bundle_of("Contoso", TODAY, &plan).overwrite(out).unwrap();
    assert_eq!(third.set_aside(), Some(&*out.join("replaced-2")));
    // The same once more: everything is in its place already.
    let bundle = bundle_of("Contoso", TODAY, &plan);
    bundle.overwrite(out).unwrap();
    assert_eq!(bundle.overwrite(out).unwrap().set_aside(), None);
    assert_whole(out);
}

/// A plan for some of the servers of Example 2.
fn with_servers(numbers: &[usize]) -> Plan {
    let mut deployment = common::deployment(EXAMPLE_2);
    let is_one = |fqdn: &umcert::DnsName| numbers.iter().any(|number| *fqdn == um(*number));
    for set in &mut deployment.server_sets {
        set.servers.retain(|server| is_one(&server.fqdn));
    }
    for dial_plan in &mut deployment.dial_plans {
        dial_plan.members.retain(|member| is_one(&member.server));
    }
    Plan::new(&deployment, &PlanOptions::default().key(FAST)).unwrap()
}

#[test]
fn servers_that_are_no_longer_planned_are_set_aside_with_the_rest() {
    let folder = tempdir().unwrap();
    let out = folder.path();
    let ca = common::ca();
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

#[test]
fn a_folder_that_is_a_file_is_an_error_that_names_it() {
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

/// Writes a bundle, then another, and says whether the first was kept.
fn second_is_kept(first: &Bundle, second: &Bundle) -> bool {
    let folder = tempdir().unwrap();
    let out = folder.path();
    assert!(!first.write_if_changed(out).unwrap().was_kept());
    let before = common::folder::contents(out);
    let written = second.write_if_changed(out).unwrap();
    assert_eq!(written.set_aside(), None);
    assert_eq!(common::folder::contents(out) == before, written.was_kept());
    assert_whole(out);
    written.was_kept()
}

#[test]
fn what_will_do_is_kept_and_what_was_asked_for_otherwise_is_not() {
    let plan = plan(EXAMPLE_2, SanPolicy::EveryServer);
    let first = bundle_of("Contoso", TODAY, &plan);
    let starting = TestCaOptions::starting(TODAY);
    let with = |options: TestCaOptions| {
        TestCa::with_options("Contoso", &options)
            .unwrap()
            .issue(&plan)
            .unwrap()
    };
    let planned = |text, options: PlanOptions| {
        let plan = Plan::new(&common::deployment(text), &options).unwrap();
        bundle_of("Contoso", TODAY, &plan)
    };
    let fast = PlanOptions::default().key(FAST);
    for (what, second, kept) in [
        ("the same", with(starting.clone()), true),
        ("another CA", bundle_of("Fabrikam", TODAY, &plan), false),
        (
            "fewer intermediates",
            with(starting.clone().intermediates(0)),
            false,
        ),
        (
            "more intermediates",
            with(starting.clone().intermediates(2)),
            false,
        ),
        ("fewer days", with(starting.leaf_days(364)), false),
        (
            "fewer servers",
            bundle_of("Contoso", TODAY, &with_servers(&[1, 2, 3])),
            false,
        ),
        (
            "other names",
            planned(EXAMPLE_2, fast.clone().san(SanPolicy::Wildcard)),
            false,
        ),
        (
            "another key",
            planned(EXAMPLE_2, fast.key(KeyKind::P384)),
            false,
        ),
    ] {
        assert_eq!(second_is_kept(&first, &second), kept, "{what}");
    }
}

#[test]
fn what_is_kept_has_a_third_of_its_validity_left_and_has_begun() {
    let plan = plan(EXAMPLE_2, SanPolicy::EveryServer);
    let first = bundle_of("Contoso", TODAY, &plan);
    for (later, kept) in [
        (Duration::days(0), true),
        (Duration::days(243), true),
        // 365 days, of which 121 and two thirds are left.
        (Duration::hours(243 * 24 + 8), true),
        (Duration::hours(243 * 24 + 9), false),
        (Duration::days(366), false),
        // A clock that was set back, by more than what clocks differ by.
        (-Duration::minutes(59), true),
        (-Duration::minutes(61), false),
    ] {
        let second = bundle_of("Contoso", TODAY + later, &plan);
        assert_eq!(second_is_kept(&first, &second), kept, "{later}");
    }
}

/// Something that somebody does to a written folder.
type Tampering = fn(&Path);

#[test]
fn a_folder_that_was_tampered_with_is_written_anew_and_what_is_not_ours_set_aside() {
    let bundle = scene().bundle;
    let tamperings: [(&str, Tampering, Option<&str>); 6] = [
        (
            "no manifest",
            |out| fs::remove_file(out.join("umcert.json")).unwrap(),
            Some("root.pem"),
        ),
        (
            "no key",
            |out| fs::remove_file(out.join("um1.contoso.com.key.pem")).unwrap(),
            None,
        ),
        (
            "no root",
            |out| fs::remove_file(out.join("root.pem")).unwrap(),
            None,
        ),
        (
            "a chain of another server",
            |out| {
                fs::copy(
                    out.join("um1.contoso.com.chain.pem"),
                    out.join("um2.contoso.com.chain.pem"),
                )
                .unwrap();
            },
            None,
        ),
        (
            "another key",
            |out| fs::write(out.join("um1.contoso.com.key.pem"), "precious").unwrap(),
            Some("um1.contoso.com.key.pem"),
        ),
        (
            "an edited manifest",
            |out| {
                let path = out.join("umcert.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("\"0.1\"", "\"9\"")).unwrap();
            },
            None,
        ),
    ];
    for (what, tamper, aside) in tamperings {
        let folder = tempdir().unwrap();
        let out = folder.path();
        bundle.write(out).unwrap();
        tamper(out);
        let again = scene();
        let written = again.bundle.write_if_changed(out).unwrap();
        assert!(!written.was_kept(), "{what}");
        assert_whole(out);
        assert_eq!(written.set_aside().is_some(), aside.is_some(), "{what}");
        if let (Some(folder), Some(file)) = (written.set_aside(), aside) {
            assert!(folder.join(file).exists(), "{what}");
        }
        assert!(
            again.bundle.write_if_changed(out).unwrap().was_kept(),
            "{what}"
        );
    }
}

#[test]
fn a_key_that_is_not_ours_is_never_lost() {
    let folder = tempdir().unwrap();
    let key = folder.path().join("um1.contoso.com.key.pem");
    fs::write(&key, "precious").unwrap();
    let written = scene().bundle.write_if_changed(folder.path()).unwrap();
    let aside = written.set_aside().unwrap();
    assert_eq!(
        fs::read_to_string(aside.join("um1.contoso.com.key.pem")).unwrap(),
        "precious"
    );
    assert_whole(folder.path());
}

#[test]
fn cargo_is_told_of_every_file_and_nothing_else() {
    let folder = tempdir().unwrap();
    let bundle = scene().bundle;
    let written = bundle.write_if_changed(folder.path().join("pki")).unwrap();
    let lines = written.rerun_if_changed();
    assert_eq!(lines.lines().count(), written.files().len());
    for (line, file) in lines.lines().zip(written.files()) {
        assert_eq!(line, format!("cargo::rerun-if-changed={}", file.display()));
    }
    let again = bundle.write_if_changed(folder.path().join("pki")).unwrap();
    assert_eq!(again.rerun_if_changed(), lines);
    // A line feed in a path would be a line of its own, with whatever it says to Cargo.
    let hostile = folder.path().join("a\ncargo::rustc-link-arg=x");
    let written: Written = bundle.write_if_changed(hostile).unwrap();
    assert_eq!(written.rerun_if_changed(), "");
}
