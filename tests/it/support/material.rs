//! Test material that is not part of this crate.

use std::path::PathBuf;

/// Returns the folder that the environment variable names. Returns `None`, and says that the test is skipped,
/// if it is not set.
pub(crate) fn material(variable: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: {variable} is not set");
    }
    folder
}
