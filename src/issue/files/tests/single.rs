//! A process that dies, or a system that refuses a change, while a certificate or a key is written.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::{FAULT, InjectedFault, LINKS, assert_tidy, bundle, files, folder};
use crate::issue::files::bundle_files::contents_of_certificate;
use crate::issue::files::exchange::Exchange;
use crate::issue::files::lock;
use crate::issue::{IssuedCertificate, KeyPair, TestCa};
use crate::plan::KeyKind;

/// Runs `call` with each fault in turn until it succeeds, and `check` after each failure.
fn with_each_fault(
    fault: fn(u32) -> InjectedFault,
    call: impl Fn(&Path) -> bool,
    check: impl Fn(&Path, &str),
) {
    for links in [true, false] {
        LINKS.set(links);
        for number in 0.. {
            let temporary = folder();
            FAULT.set(fault(number));
            let done = catch_unwind(AssertUnwindSafe(|| call(temporary.path())));
            let is_unused = FAULT.replace(InjectedFault::None) != InjectedFault::None;
            check(
                temporary.path(),
                &format!("{:?}, links: {links}", fault(number)),
            );
            if is_unused && done.is_ok_and(|done| done) {
                assert!(number > 3, "{number}");
                break;
            }
        }
    }
    LINKS.set(true);
}

fn recover(folder: &Path) {
    let lock = lock(folder).unwrap();
    let recovered = Exchange::new(folder).recover(&lock.owner().unwrap());
    recovered.unwrap();
}

/// Checks that all files of the certificate are in the folder, or none.
fn assert_whole(folder: &Path, issued: &IssuedCertificate, when: &str) {
    let contents = contents_of_certificate(issued);
    let expected = contents
        .iter()
        .map(|(name, content)| (folder.join(name), content.to_vec()));
    let expected: BTreeMap<PathBuf, Vec<u8>> = expected.collect();
    let mut found = files(folder);
    found.retain(|path, _| path.to_string_lossy().contains("um9."));
    assert!(found.is_empty() || found == expected, "{when}: {found:?}");
}

#[test]
fn certificate_is_written_as_a_whole_beside_a_bundle() {
    let bundle = bundle("Contoso");
    let ca = TestCa::new("Contoso").unwrap();
    let issued = ca.issue_names(["um9.contoso.com"]).unwrap();
    for fault in [InjectedFault::Death, InjectedFault::Refusal] {
        with_each_fault(
            fault,
            |folder| {
                let fault = FAULT.replace(InjectedFault::None);
                bundle.write(folder).unwrap();
                FAULT.set(fault);
                issued.write(folder).is_ok()
            },
            |folder, when| {
                recover(folder);
                assert_tidy(folder, when);
                assert_whole(folder, &issued, when);
                super::assert_holds(folder, &bundle, when);
                assert!(!folder.join("replaced-1").exists(), "{when}");
            },
        );
    }
}

#[test]
fn key_file_is_complete_or_absent_and_never_lost() {
    for fault in [InjectedFault::Death, InjectedFault::Refusal] {
        with_each_fault(
            fault,
            |folder| KeyPair::load_or_generate(folder.join("key"), KeyKind::P256).is_ok(),
            |folder, when| {
                let path = folder.join("key");
                let before = fs::read(&path).ok();
                let key = KeyPair::load_or_generate(&path, KeyKind::P256).expect(when);
                let pem = key.to_pem().as_str().as_bytes().to_vec();
                assert!(before.is_none_or(|before| before == pem), "{when}");
                assert_eq!(fs::read(&path).unwrap(), pem, "{when}");
            },
        );
    }
}
