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

/// The interval at which a waiting process tries again.
const INTERVAL: Duration = Duration::from_millis(5);

/// A lock on a file, which excludes other processes.
///
/// On Unix the lock counts only for the process that created the file, with mode 0600: no other user can open that file
/// and hold its lock. An existing file belongs to a running process, or is left over: a process that gets its lock
/// removes the file and starts again. Device and inode of the path show whether the file was removed or replaced
/// meanwhile, so other hard links to the file do not matter.
pub(super) struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Locks the file at `path`, and fails after waiting `patience` for one process that holds it.
    pub(super) fn acquire(path: PathBuf, patience: Duration) -> Result<Self, WriteError> {
        loop {
            let (file, is_created) = open(&path).map_err(io_error("create", &path))?;
            wait(&file, patience).map_err(io_error("lock", &path))?;
            if !is_at(&file, &path).map_err(io_error("look at", &path))? {
                continue;
            }
            if is_created || cfg!(not(unix)) {
                return Ok(Self { path, file });
            }
            fs::remove_file(&path).map_err(io_error("remove", &path))?;
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
        // Windows keeps the name of a file that is open, so the file stays and is used again.
        if cfg!(unix) && is_at(&self.file, &self.path).unwrap_or(false) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Creates the file and returns `true` with it, or opens the existing file.
fn open(path: &Path) -> io::Result<(File, bool)> {
    loop {
        match private().create_new(true).open(path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            created => return Ok((created?, true)),
        }
        match open_existing(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            opened => return Ok((opened?, false)),
        }
    }
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
