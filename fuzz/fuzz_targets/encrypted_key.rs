//! Any bytes as a private key under a password. A key that opens survives a round trip, a wrong password opens
//! nothing, and no part of a key is shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use umcert::KeyPair;
use umcert::issue::KeyError;
use umcert_fuzz::assert_printable;

/// The password of the seeds.
const PASSWORD: &str = "correct horse";

fuzz_target!(|bytes: &[u8]| {
    match KeyPair::from_bytes(bytes) {
        // The target `key` checks unencrypted keys.
        Ok(key) => assert_eq!(pem(&key), pem(&open(bytes).expect("it needs no password"))),
        Err(KeyError::Encrypted) => assert_encrypted(bytes),
        Err(error) => assert_eq!(error.to_string(), open(bytes).unwrap_err().to_string()),
    }
});

fn open(bytes: &[u8]) -> Result<KeyPair, KeyError> {
    KeyPair::from_encrypted(bytes, PASSWORD)
}

fn pem(key: &KeyPair) -> String {
    key.to_pem().as_str().to_owned()
}

fn assert_encrypted(bytes: &[u8]) {
    match open(bytes) {
        Ok(key) => {
            let wrong = KeyPair::from_encrypted(bytes, "battery staple");
            assert!(matches!(wrong, Err(KeyError::WrongPassword)), "{wrong:?}");
            let shown = format!("{key:?}");
            let text = pem(&key);
            let mut lines = text.lines().filter(|line| !line.starts_with('-'));
            assert!(!lines.any(|line| shown.contains(line)), "a key is shown");
        }
        Err(error) => assert_printable(&error.to_string()),
    }
}
