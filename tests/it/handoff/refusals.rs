//! What a hand-off refuses, and that it writes the same bytes again.

use std::fs;

use tempfile::tempdir;
use umcert::handoff::{Handoff, HandoffError, HandoffOptions};
use umcert::{KeyKind, PlanOptions};

use super::scenes::{all, options, plan};
use crate::support::deployments::{EXAMPLE_2, deployment};

#[test]
fn key_that_windows_cannot_request_is_refused() {
    let deployment = deployment(EXAMPLE_2);
    for &key in KeyKind::ALL {
        let plan = plan(&deployment, PlanOptions::default().key(key));
        let handoff = Handoff::new(&plan, &options());
        let is_accepted = matches!(key, KeyKind::Rsa2048 | KeyKind::Rsa4096);
        assert_eq!(handoff.is_ok(), is_accepted, "{key}");
        if let Err(error) = handoff {
            let expected = format!("the key of the plan is {key}, expected RSA 2048 or RSA 4096");
            assert_eq!(error.to_string(), expected);
        }
    }
}

#[test]
fn label_fits_a_friendly_name_of_63_characters() {
    // "UM ", a blank and "UM1", and "Lync ", a blank and "FE1".
    let longest = 63 - "Lync  FE1".len();
    let plan = plan(&deployment(EXAMPLE_2), PlanOptions::default());
    let hand_over = |length: usize| {
        let options = HandoffOptions::default().label("x".repeat(length));
        Handoff::new(&plan, &options)
    };
    assert!(hand_over(longest).is_ok());
    let error = hand_over(longest + 1).unwrap_err();
    assert!(
        matches!(error, HandoffError::LabelTooLong { length, max, .. } if length == longest + 1 && max == longest),
        "{error}"
    );
}

#[test]
fn same_plan_gives_the_same_bytes() {
    for (scene, deployment) in all() {
        let hand_over = || {
            let plan = plan(&deployment, PlanOptions::default());
            Handoff::new(&plan, &options()).unwrap()
        };
        assert_eq!(hand_over(), hand_over(), "{scene}");
    }
}

#[test]
fn paths_are_distinct_and_portable() {
    for (scene, deployment) in all() {
        let plan = plan(&deployment, PlanOptions::default());
        let handoff = Handoff::new(&plan, &options()).unwrap();
        let mut paths: Vec<String> = handoff
            .files()
            .iter()
            .map(|file| file.path.to_lowercase())
            .collect();
        for path in &paths {
            let is_portable =
                |character: char| character.is_ascii_alphanumeric() || "-._/".contains(character);
            assert!(
                path.chars().all(is_portable) && !path.contains(".."),
                "{scene}: {path}"
            );
        }
        let count = paths.len();
        paths.sort();
        paths.dedup();
        assert_eq!(paths.len(), count, "{scene}");
    }
}

#[test]
fn folder_with_contents_is_refused_and_untouched() {
    let plan = plan(&deployment(EXAMPLE_2), PlanOptions::default());
    let handoff = Handoff::new(&plan, &options()).unwrap();
    let folder = tempdir().unwrap();
    let out = folder.path().join("out");
    handoff.write(&out).unwrap();
    for file in handoff.files() {
        assert_eq!(
            fs::read(out.join(&file.path)).unwrap(),
            file.contents,
            "{}",
            file.path
        );
    }

    fs::write(out.join("um1.contoso.com.inf"), "mine").unwrap();
    fs::remove_file(out.join("um2.contoso.com.inf")).unwrap();
    let error = handoff.write(&out).unwrap_err();
    assert!(matches!(error, HandoffError::Exists { .. }), "{error}");
    assert_eq!(fs::read(out.join("um1.contoso.com.inf")).unwrap(), b"mine");
    assert!(!out.join("um2.contoso.com.inf").exists());
}
