//! Any bytes as a private key. A key that is read survives a round trip, and no part of it is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use umcert::KeyPair;
use umcert_fuzz::assert_printable;

fuzz_target!(|bytes: &[u8]| {
    match KeyPair::from_bytes(bytes) {
        Ok(key) => assert_round_trip(&key),
        Err(error) => assert_printable(&error.to_string()),
    }
});

fn assert_round_trip(key: &KeyPair) {
    let (pem, der) = (key.to_pem(), key.to_der());
    for bytes in [pem.as_str().as_bytes(), der.secret_pkcs8_der()] {
        let read = KeyPair::from_bytes(bytes).expect("what was written reads back");
        assert_eq!(read.kind(), key.kind());
        assert_eq!(read.to_pem().as_str(), pem.as_str());
    }
    let shown = format!("{key:?}{pem:?}");
    let mut lines = pem.as_str().lines().filter(|line| !line.starts_with('-'));
    assert!(!lines.any(|line| shown.contains(line)), "a key is shown");
}
