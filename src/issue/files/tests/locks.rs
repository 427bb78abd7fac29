//! The lock of a folder.

use std::time::Duration;
use std::{fs, io};

use super::folder;
use crate::issue::WriteError;
use crate::issue::files::lock::Lock;

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
