//! Bundles for build scripts: kept while they will do, written anew when they do not, nothing lost.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::deployments::{self, EXAMPLE_2, FAST, TODAY, plan, with_servers};
use crate::support::folder::{self, assert_whole};
use crate::support::forge;
use crate::support::scene::{Scene, bundle_of};
use tempfile::tempdir;
use time::Duration;
use umcert::issue::{TestCaOptions, WriteOutcome};
use umcert::{Bundle, KeyKind, KeyPair, Plan, PlanOptions, SanPolicy, TestCa};

fn scene() -> Scene {
    Scene::new(EXAMPLE_2, SanPolicy::EveryServer)
}

/// Writes a bundle, then another, and says whether the first was kept.
fn second_is_kept(first: &Bundle, second: &Bundle) -> bool {
    let folder = tempdir().unwrap();
    let out = folder.path();
    assert!(!first.write_if_changed(out).unwrap().was_kept());
    let before = folder::contents(out);
    let written = second.write_if_changed(out).unwrap();
    assert_eq!(written.set_aside().is_none(), written.was_kept());
    assert_eq!(folder::contents(out) == before, written.was_kept());
    // Nothing is lost. A root that both have stays where it is.
    for (name, bytes) in before {
        let aside = written.set_aside().map(|aside| aside.join(&name));
        let places = [Some(out.join(&name)), aside];
        let found = |path: &PathBuf| fs::read(path).is_ok_and(|found| found == bytes);
        assert!(places.iter().flatten().any(found), "{name}");
    }
    assert_whole(out);
    written.was_kept()
}

#[test]
fn matching_set_is_kept_and_a_changed_one_replaced() {
    let plan = plan(EXAMPLE_2, SanPolicy::EveryServer);
    let first = bundle_of("Contoso", TODAY, &plan);
    let starting = TestCaOptions::valid_from(TODAY);
    let with = |options: TestCaOptions| {
        TestCa::with_options("Contoso", &options)
            .unwrap()
            .issue(&plan)
            .unwrap()
    };
    let planned = |text, options: PlanOptions| {
        let plan = Plan::new(&deployments::deployment(text), &options).unwrap();
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
fn kept_set_is_valid_for_a_third_of_its_time() {
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

/// A root that was made elsewhere, always under the same name.
fn loaded_ca() -> impl Fn(TestCaOptions) -> TestCa {
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name = forge::subject("contoso-DC01-CA");
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    params.not_before = TODAY - Duration::days(1);
    params.not_after = TODAY + Duration::days(4000);
    let key = forge::rcgen_key();
    let root = forge::certificate(params.self_signed(&key).unwrap());
    move |options| {
        let key = KeyPair::from_bytes(key.serialized_der()).unwrap();
        TestCa::load(&[root.clone()].into_iter().collect(), key, &options).unwrap()
    }
}

#[test]
fn set_of_another_ca_of_the_same_name_is_replaced() {
    let plan = plan(EXAMPLE_2, SanPolicy::EveryServer);
    let (ca, other) = (loaded_ca(), loaded_ca());
    let options = || TestCaOptions::valid_from(TODAY);
    let first = ca(options()).issue(&plan).unwrap();
    assert!(second_is_kept(&first, &ca(options()).issue(&plan).unwrap()));
    assert!(!second_is_kept(
        &first,
        &other(options()).issue(&plan).unwrap()
    ));
}

/// What ends with its CA has fewer days each time that it is issued.
#[test]
fn set_that_expires_with_its_ca_is_kept() {
    let plan = plan(EXAMPLE_2, SanPolicy::EveryServer);
    let ca = loaded_ca();
    let issued = |days: i64, at| {
        let options =
            TestCaOptions::valid_from(TODAY + at).leaf_expiry(umcert::issue::LeafExpiryPolicy::Cap);
        let days = u32::try_from(days).unwrap();
        ca(options.leaf_days(days)).issue(&plan).unwrap()
    };
    let first = issued(9999, Duration::ZERO);
    assert!(second_is_kept(&first, &issued(9999, Duration::seconds(1))));
    assert!(second_is_kept(&first, &issued(9999, Duration::days(3000))));
    assert!(!second_is_kept(&first, &issued(90, Duration::seconds(1))));
}

/// Something that somebody does to a written folder.
type Tampering = fn(&Path);

#[test]
fn changed_folder_is_set_aside_and_written_again() {
    let bundle = scene().bundle;
    let tamperings: [(&str, Tampering, &str); 6] = [
        (
            "no manifest",
            |out| fs::remove_file(out.join("umcert.json")).unwrap(),
            "root.pem",
        ),
        (
            "no key",
            |out| fs::remove_file(out.join("um1.contoso.com.key.pem")).unwrap(),
            "um1.contoso.com.chain.pem",
        ),
        (
            "no root",
            |out| fs::remove_file(out.join("root.pem")).unwrap(),
            "um1.contoso.com.key.pem",
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
            "um2.contoso.com.chain.pem",
        ),
        (
            "another key",
            |out| fs::write(out.join("um1.contoso.com.key.pem"), "precious").unwrap(),
            "um1.contoso.com.key.pem",
        ),
        (
            "an edited manifest",
            |out| {
                let path = out.join("umcert.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("\"0.1\"", "\"9\"")).unwrap();
            },
            "umcert.json",
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
        let folder = written.set_aside().expect(what);
        assert!(folder.join(aside).exists(), "{what}");
        assert!(
            again.bundle.write_if_changed(out).unwrap().was_kept(),
            "{what}"
        );
    }
}

#[test]
fn foreign_key_is_never_lost() {
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
fn cargo_lines_name_every_file() {
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
    let written: WriteOutcome = bundle.write_if_changed(hostile).unwrap();
    assert_eq!(written.rerun_if_changed(), "");
}
