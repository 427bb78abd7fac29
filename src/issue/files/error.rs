//! Errors of writing a bundle.

use std::io;
use std::path::PathBuf;

use crate::text::escape_path;

/// An error of writing a bundle. Unless a method says otherwise, the folder is unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A file of this name exists. It is not overwritten.
    #[error(
        "`{}` already exists and is not overwritten; choose another folder, move it away, or use `Bundle::overwrite`",
        escape_path(path)
    )]
    #[non_exhaustive]
    Exists {
        /// The path of the file.
        path: PathBuf,
    },
    /// The system refused a change, or another file has a name that a writer needs.
    #[error("could not {action} `{}`", escape_path(path))]
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
