//! Errors of writing a bundle.

use std::io;
use std::path::{Path, PathBuf};

use crate::text::is_misleading;

/// Why a bundle could not be written. The folder is as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A file of that name is there already, and nothing is overwritten.
    #[error(
        "`{}` is there already, and nothing is overwritten: choose another folder, move it away, or ask for `overwrite`",
        escape(path)
    )]
    #[non_exhaustive]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The system refused something.
    #[error("could not {action} `{}`", escape(path))]
    #[non_exhaustive]
    Io {
        /// What was tried: "create", "write" …
        action: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Returns `path` with the characters escaped that a terminal would obey or not show. A name may come from
/// the disk, and so from anybody.
fn escape(path: &Path) -> String {
    let escape = |character: char| {
        if is_misleading(character) {
            character.escape_unicode().to_string()
        } else {
            character.to_string()
        }
    };
    path.to_string_lossy().chars().map(escape).collect()
}
