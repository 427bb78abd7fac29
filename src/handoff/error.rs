//! The errors of a hand-off.

use std::io;
use std::path::PathBuf;

use crate::plan::KeyKind;
use crate::text::{escape_and_truncate, escape_path};

/// A hand-off that cannot be created or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandoffError {
    /// A text contains a character that neither a script nor an INF file can carry safely (D89, D90).
    #[error("`{}` cannot be written into {target}: it contains {reason}", escape_and_truncate(.text))]
    #[non_exhaustive]
    UnsafeText {
        /// The refused text.
        text: String,
        /// The kind of file: "a script", "an INF file".
        target: &'static str,
        /// The reason: "a control character", "a quotation mark" and so on.
        reason: &'static str,
    },
    /// The plan has a key that no request made on Windows can have: UM needs an RSA key of 2048 or 4096 bits in a
    /// cryptographic service provider (D23, D33, D43).
    #[error("the key of the plan is {key}, expected RSA 2048 or RSA 4096")]
    #[non_exhaustive]
    Key {
        /// The key of the plan.
        key: KeyKind,
    },
    /// The label makes a friendly name of 64 characters or more, which Exchange refuses (D43).
    #[error("the label `{}` has {length} characters, expected at most {max}", escape_and_truncate(.label))]
    #[non_exhaustive]
    LabelTooLong {
        /// The label.
        label: String,
        /// Its length in characters.
        length: usize,
        /// The maximum length.
        max: usize,
    },
    /// The folder exists and is not empty. Nothing was written.
    #[error("`{}` exists and is not empty; choose a new folder", escape_path(.folder))]
    #[non_exhaustive]
    Exists {
        /// The folder.
        folder: PathBuf,
    },
    /// A file could not be written. Nothing was left in the folder.
    #[error("cannot write `{}`", escape_path(.path))]
    #[non_exhaustive]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}
