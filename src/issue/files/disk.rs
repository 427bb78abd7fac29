//! Changes of a folder, one system call each. Errors name the change and the path.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use super::error::WriteError;
#[cfg(test)]
use super::tests::{link_step, step};

/// Runs before every change of a folder. Tests replace this function to let a process die, or the system refuse the
/// change.
#[cfg(not(test))]
fn step(_action: &str, _path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(test))]
use step as link_step;

/// Adds the attempted action and the path to an error of the system.
pub(super) fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Io {
        action,
        path,
        source,
    }
}

fn change<T>(
    action: &'static str,
    path: &Path,
    change: impl FnOnce() -> io::Result<T>,
) -> Result<T, WriteError> {
    let changed = step(action, path).and_then(|()| change());
    changed.map_err(io_error(action, path))
}

/// Returns the names in a folder.
pub(super) fn names_in(folder: &Path) -> Result<Vec<OsString>, WriteError> {
    let entries = fs::read_dir(folder);
    let names = entries.and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
    names.map_err(io_error("read the folder", folder))
}

/// Returns `true` if an entry has this name, including a dangling link.
pub(super) fn exists(path: &Path) -> Result<bool, WriteError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error("look for", path)(error)),
    }
}

/// Returns [`WriteError::Exists`] if an entry has this name.
pub(super) fn refuse_existing(path: &Path) -> Result<(), WriteError> {
    if exists(path)? {
        let path = path.to_owned();
        return Err(WriteError::Exists { path });
    }
    Ok(())
}

/// Creates a folder and its missing parents, so that all of them survive a power cut.
pub(super) fn create_folder(path: &Path) -> Result<(), WriteError> {
    let is_missing = |path: &&Path| !path.as_os_str().is_empty() && !path.exists();
    let missing: Vec<&Path> = path.ancestors().take_while(is_missing).collect();
    fs::create_dir_all(path).map_err(io_error("create the folder", path))?;
    for created in missing {
        match created.parent() {
            Some(parent) if parent.as_os_str().is_empty() => sync_folder(Path::new("."))?,
            Some(parent) => sync_folder(parent)?,
            None => {}
        }
    }
    Ok(())
}

/// Creates a folder that only its owner can open.
pub(super) fn create_private_folder(path: &Path) -> Result<(), WriteError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    change("create the folder", path, || builder.create(path))
}

/// Returns options that create a file readable by its owner only, from its first byte on.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates a file with this content, and syncs it to the disk.
pub(super) fn create_file(path: &Path, content: &[u8], is_secret: bool) -> Result<(), WriteError> {
    let mut options = if is_secret {
        private()
    } else {
        OpenOptions::new()
    };
    options.write(true).create_new(true);
    let mut file = change("create", path, || options.open(path))?;
    change("write", path, || file.write_all(content))?;
    change("write", path, || file.sync_all())
}

/// Moves a file to an unused name.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), WriteError> {
    refuse_existing(to)?;
    change("create", to, || fs::rename(from, to))
}

/// Links the file `from` also to the name `to`. A link, unlike a rename, never replaces a file. Returns `false` if the
/// file system has no links.
pub(super) fn link(from: &Path, to: &Path) -> Result<bool, WriteError> {
    match link_step("link", to).and_then(|()| fs::hard_link(from, to)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let path = to.to_owned();
            Err(WriteError::Exists { path })
        }
        // Systems report missing support by different errors. If the error has another cause, the copy also fails.
        Err(_) => Ok(false),
    }
}

/// Removes a file if it exists.
pub(super) fn remove_file(path: &Path) -> Result<(), WriteError> {
    if exists(path)? {
        change("remove", path, || fs::remove_file(path))?;
    }
    Ok(())
}

/// Removes an empty folder.
pub(super) fn remove_folder(path: &Path) -> Result<(), WriteError> {
    change("remove", path, || fs::remove_dir(path))
}

/// Syncs a folder, so that the names in it survive a power cut. Windows has no such call.
pub(super) fn sync_folder(folder: &Path) -> Result<(), WriteError> {
    if cfg!(unix) {
        let sync = || File::open(folder)?.sync_all();
        change("sync", folder, sync)?;
    }
    Ok(())
}
