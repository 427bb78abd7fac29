//! OpenSSL as the second verifier.

use std::path::Path;
use std::process::{Command, Output};

/// Runs OpenSSL. Returns `None` if it is not installed, which is an error in CI.
pub(crate) fn openssl(arguments: &[&str], folder: &Path) -> Option<Output> {
    match Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
    {
        Ok(output) => Some(output),
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "openssl is needed in CI: {error}"
            );
            eprintln!("skipped: no openssl here ({error})");
            None
        }
    }
}
