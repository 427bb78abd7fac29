//! Errors of writing a bundle.

use std::io;
use std::path::{Path, PathBuf};

use crate::text::is_invisible;

/// An error of writing a bundle. Unless a method says otherwise, the folder is unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A file of this name exists. It is not overwritten.
    #[error(
        "`{}` already exists and is not overwritten; choose another folder, move it away, or use `Bundle::overwrite`",
        escape(path)
    )]
    #[non_exhaustive]
    Exists {
        /// The path of the file.
        path: PathBuf,
    },
    /// The system refused a change, or another file has a name that a writer needs.
    #[error("could not {action} `{}`", escape(path))]
    #[non_exhaustive]
    Io {
        /// The attempted action: "create", "write", "recognise" …
        action: &'static str,
        /// The path of the file or folder.
        path: PathBuf,
        /// The error of the system, or the reason why the file is refused.
        source: io::Error,
    },
}

/// Returns `path` with invisible characters escaped. A name on the disk is untrusted input. `\n` would look like part
/// of a path on Windows.
fn escape(path: &Path) -> String {
    let escape = |character: char| {
        if is_invisible(character) {
            character.escape_unicode().to_string()
        } else {
            character.to_string()
        }
    };
    path.to_string_lossy().chars().map(escape).collect()
}
