//! Any text as a deployment in TOML: an accepted deployment satisfies the laws of a plan.
#![no_main]

use libfuzzer_sys::fuzz_target;
use umcert::Deployment;
use umcert_fuzz::assert_lawful;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match toml::from_str::<Deployment>(text) {
        Ok(deployment) => assert_lawful(&deployment),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
