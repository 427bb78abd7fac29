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

/// Returns `true` if OpenSSL verifies `chain.pem` as that of a server under `root.pem`, both in the folder.
pub(crate) fn verifies_server(folder: &Path, more: &[&str]) -> Option<bool> {
    verifies_for("sslserver", folder, more)
}

/// Returns `true` if OpenSSL verifies `chain.pem` for this purpose under `root.pem`, both in the folder.
pub(crate) fn verifies_for(purpose: &str, folder: &Path, more: &[&str]) -> Option<bool> {
    let files = ["verify", "-CAfile", "root.pem", "-untrusted", "chain.pem"];
    let checks = ["-purpose", purpose, "-x509_strict"];
    let arguments = [&files[..], &checks, more, &["chain.pem"]].concat();
    Some(openssl(&arguments, folder)?.status.success())
}
