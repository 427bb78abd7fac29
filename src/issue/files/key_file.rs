//! Keys in files of their own.

use std::ffi::OsString;
use std::io;
use std::path::Path;

use super::disk::{self, io_error};
use super::error::{KeyFileError, WriteError};
use super::lock;
use crate::issue::key::{KeyPair, PrivateKeyPem};
use crate::plan::KeyKind;

/// The suffix of a file that is not yet complete.
const PARTIAL: &str = ".umcert-partial";

impl KeyPair {
    /// Loads the key in the file at `path`. If there is no such file, generates a key and creates the file with it,
    /// PKCS #8 in PEM, readable by its owner only (0600). Missing folders are created.
    ///
    /// The file is complete as soon as it exists, and is never overwritten. Processes that run at once get the same key.
    ///
    /// *Not* checked: who can read an existing file.
    ///
    /// ```
    /// use umcert::{KeyKind, KeyPair};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("um1.contoso.com.key.pem");
    /// let key = KeyPair::load_or_generate(&path, KeyKind::P256)?;
    /// let again = KeyPair::load_or_generate(&path, KeyKind::P256)?;
    /// assert_eq!(again.to_pem().as_str(), key.to_pem().as_str());
    /// assert!(KeyPair::load_or_generate(&path, KeyKind::P384).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// - Returns [`KeyFileError::OtherKind`] if the file has a key of another kind.
    /// - Returns [`KeyFileError::Read`] if the file exists and cannot be read as a key.
    /// - Returns [`KeyFileError::Generate`] with the errors of [`generate`](Self::generate).
    /// - Returns [`KeyFileError::Write`] if the system refuses a change.
    pub fn load_or_generate(path: impl AsRef<Path>, kind: KeyKind) -> Result<Self, KeyFileError> {
        let path = path.as_ref();
        if disk::exists(path)? {
            return load(path, kind);
        }
        let key = Self::generate(kind)?;
        match create(path, &key.to_pem()) {
            Ok(()) => Ok(key),
            // Another process was faster.
            Err(WriteError::Exists { .. }) => load(path, kind),
            Err(error) => Err(error.into()),
        }
    }
}

fn load(path: &Path, expected: KeyKind) -> Result<KeyPair, KeyFileError> {
    let key = KeyPair::from_file(path)?;
    if key.kind() == expected {
        return Ok(key);
    }
    Err(KeyFileError::OtherKind {
        path: path.to_owned(),
        expected,
        found: key.kind(),
    })
}

/// Creates the file at `path` with a complete key. The key first has a hidden name, so that a process that dies leaves
/// no part of a key at `path`.
fn create(path: &Path, pem: &PrivateKeyPem) -> Result<(), WriteError> {
    let Some(name) = path.file_name() else {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "it is not the name of a file");
        return Err(io_error("create", path)(error));
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let _lock = lock(folder)?;
    disk::refuse_existing(path)?;
    let partial = [".".into(), name.to_owned(), PARTIAL.into()];
    let partial = folder.join(partial.into_iter().collect::<OsString>());
    // A process that died may have left this file.
    disk::remove_file(&partial)?;
    let placed = disk::create_file(&partial, pem.as_ref(), true).and_then(|()| {
        if !disk::link(&partial, path)? {
            disk::rename(&partial, path)?;
        }
        Ok(())
    });
    let removed = disk::remove_file(&partial);
    placed?;
    removed?;
    disk::sync_folder(folder)
}
