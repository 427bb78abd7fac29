//! Owners and modes of files. Only Unix has them; elsewhere every file counts as private.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

/// The owner of the files that this process creates, and the mode that they get for 0600. Some file systems
/// have one mode for all files.
pub(super) struct Owner {
    uid: u32,
    mode: u32,
}

impl Owner {
    /// Returns the owner of a file that this process has just created with mode 0600.
    #[cfg(unix)]
    pub(super) fn of(created: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self {
            uid: created.uid(),
            mode: created.mode(),
        }
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Self {
        Self { uid: 0, mode: 0 }
    }

    /// Returns the user that this process acts for, who owns its pipes. A network file system may give new files
    /// to another user.
    #[cfg(unix)]
    pub(super) fn of_process() -> io::Result<Self> {
        let (reader, _) = io::pipe()?;
        let pipe = fs::File::from(std::os::fd::OwnedFd::from(reader));
        Ok(Self {
            mode: 0o600,
            ..Self::of(&pipe.metadata()?)
        })
    }

    #[cfg(not(unix))]
    pub(super) fn of_process() -> io::Result<Self> {
        Ok(Self { uid: 0, mode: 0 })
    }

    /// Returns `true` if the file or folder at `path` belongs to this owner and is closed to all other users.
    pub(super) fn is_private(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|metadata| {
            let found = Self::of(&metadata);
            found.uid == self.uid && found.mode & 0o077 & !self.mode == 0
        })
    }
}
