//! Errors of files of bundles, certificates and keys.

use std::io;
use std::path::PathBuf;

use crate::issue::error::IssueError;
use crate::plan::KeyKind;
use crate::text::escape_path;
use crate::x509::ReadFileError;

/// An error of writing a bundle, certificate or key. Unless a method says otherwise, the folder is unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A file of this name exists. It is not overwritten.
    #[error(
        "`{}` already exists and is not overwritten; choose another folder, or move it away (for a bundle, `Bundle::overwrite` does)",
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

/// The files of a folder are not those of a bundle as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The file is not a manifest of a bundle.
    #[error("it is not the manifest of a bundle that `Bundle::write` wrote")]
    NotAManifest,
    /// The contents of the file are not those that the manifest lists.
    #[error("its SHA-256 differs from the manifest; it was changed, or a writer is at work")]
    Changed,
    /// The key does not belong to the chain of its certificate.
    #[error("the private key does not belong to the chain beside it")]
    KeyMismatch,
    /// The request is not for the key of its certificate.
    #[error("the certificate request is for another key than that of the chain beside it")]
    RequestMismatch,
    /// The chain has no readable certificate.
    #[error("its first certificate cannot be read")]
    UnreadableChain,
}

/// A key that cannot be loaded, generated or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The existing file cannot be read as a key. It is unchanged.
    #[error(transparent)]
    Read(#[from] ReadFileError),
    /// The key cannot be generated.
    #[error(transparent)]
    Generate(#[from] IssueError),
    /// The key cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The existing key is of another kind. The file is unchanged.
    #[error(
        "`{}` has a key of the kind {found}, expected {expected}; choose another file or kind",
        escape_path(path)
    )]
    #[non_exhaustive]
    OtherKind {
        /// The path of the file.
        path: PathBuf,
        /// The expected kind.
        expected: KeyKind,
        /// The kind of the key in the file.
        found: KeyKind,
    },
}
