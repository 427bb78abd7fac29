//! A lock on a folder: one writer at a time.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use fs4::TryLockError;

use super::disk::{io_error, private};
use super::error::WriteError;
use super::owner::Owner;

/// How often a waiting process tries again.
const INTERVAL: Duration = Duration::from_millis(5);

/// A lock on a file, which no other process holds.
///
/// On Unix it counts only for the process that created the file, with mode 0600: nobody else can open it, and
/// so hold the lock. A file that is there already belongs to a process that holds it, or is left over: whoever
/// gets the lock on it removes it and starts again. The device and the inode at the path show whether the
/// file was removed or replaced meanwhile; further hard links to it do not matter.
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Locks the file at `path`, and fails after waiting `patience` for one process that holds it.
    pub(super) fn acquire(path: PathBuf, patience: Duration) -> Result<Self, WriteError> {
        loop {
            let created = match private().create_new(true).open(&path) {
                Ok(file) => Some(file),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => None,
                Err(error) => return Err(io_error("create", &path)(error)),
            };
            let locked = match created {
                Some(file) => lock_created(file, &path, patience),
                None => take_over(&path, patience),
            };
            if let Some(file) = locked.map_err(io_error("lock", &path))? {
                return Ok(Self { path, file });
            }
        }
    }

    /// Returns the owner of the files that this process creates in the folder.
    pub(super) fn owner(&self) -> Result<Owner, WriteError> {
        let metadata = self.file.metadata();
        let metadata = metadata.map_err(io_error("look at", &self.path))?;
        Ok(Owner::of(&metadata))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Elsewhere a file that is open keeps its name, and is used again.
        if cfg!(unix) && is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Locks a file that this process has created. Returns `None` if another process took it for one that is left over.
fn lock_created(file: File, path: &Path, patience: Duration) -> io::Result<Option<File>> {
    wait(&file, patience)?;
    Ok(is_at(&file, path)?.then_some(file))
}

/// Waits for the process that holds the lock, and removes its file if that process died. Returns `None`, so
/// that the caller creates a new file.
fn take_over(path: &Path, patience: Duration) -> io::Result<Option<File>> {
    let file = match open_existing(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    wait(&file, patience)?;
    if cfg!(not(unix)) {
        return Ok(Some(file));
    }
    if is_at(&file, path)? {
        fs::remove_file(path)?;
    }
    Ok(None)
}

/// Opens a regular file. A link would lead out of the folder, and a device might block.
fn open_existing(path: &Path) -> io::Result<File> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    OpenOptions::new().write(true).open(path)
}

fn wait(file: &File, patience: Duration) -> io::Result<()> {
    let started = Instant::now();
    loop {
        match fs4::FileExt::try_lock(file) {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Interrupted => {
                return Err(error);
            }
            Err(_) => {}
        }
        if started.elapsed() > patience {
            let waited = format!("another process has held it for {patience:?}");
            return Err(io::Error::new(ErrorKind::TimedOut, waited));
        }
        thread::sleep(INTERVAL);
    }
}

/// Returns `true` if `path` still names the file that is open.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let open = file.metadata()?;
    match fs::symlink_metadata(path) {
        Ok(named) => Ok(named.dev() == open.dev() && named.ino() == open.ino()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}
