//! The changes of a folder, one system call each, with errors that say what was tried and where.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::error::WriteError;
use super::manifest::MANIFEST;
#[cfg(test)]
use super::tests::{link_step, step};

/// Larger files are none of ours: a chain of a hundred names has a few KiB.
const MAX_SIZE: u64 = 1 << 20;
/// The same of a manifest, which has less than a KiB for each certificate.
const MAX_MANIFEST: u64 = 64 << 20;

/// Stands before every change of the folder: where the tests let a process die, or the system refuse.
#[cfg(not(test))]
fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(not(test))]
use step as link_step;

/// What a file holds; `None` where it is none, or none of ours by its size.
pub(super) fn read(path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let max = match path.ends_with(MANIFEST) {
        true => MAX_MANIFEST,
        false => MAX_SIZE,
    };
    if !metadata.is_file() || metadata.len() > max {
        return None;
    }
    fs::read(path).ok().map(Zeroizing::new)
}

/// The names in a folder.
pub(super) fn names_in(folder: &Path) -> Result<Vec<String>, WriteError> {
    list(folder).map_err(io_error("read the folder", folder))
}

fn list(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        // What is not UTF-8 is none of ours.
        if let Ok(name) = entry?.file_name().into_string() {
            names.push(name);
        }
    }
    Ok(names)
}

/// A change of the folder, which says what was tried where it fails.
fn change(
    action: &'static str,
    path: &Path,
    change: &dyn Fn() -> io::Result<()>,
) -> Result<(), WriteError> {
    match step() {
        Ok(()) => change(),
        refused => refused,
    }
    .map_err(io_error(action, path))
}

/// A folder that nobody else can look into.
pub(super) fn make_private(path: &Path) -> Result<(), WriteError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    change("create the folder", path, &|| builder.create(path))
}

/// Writes a new file. A secret is readable by its owner alone from its first byte on.
pub(super) fn write(path: &Path, text: &[u8], is_secret: bool) -> Result<(), WriteError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let target = options.open(path).map_err(io_error("create", path))?;
    change("write", path, &|| {
        (&target).write_all(text)?;
        target.sync_all()
    })
}

/// Removes a folder and what is in it.
pub(super) fn remove(folder: &Path) -> Result<(), WriteError> {
    change("remove", folder, &|| fs::remove_dir_all(folder))
}

/// Removes a file.
pub(super) fn remove_file(path: &Path) -> Result<(), WriteError> {
    change("remove", path, &|| fs::remove_file(path))
}

/// Gives the file `from` the name `place` too, unless that is taken: a link, unlike a rename, replaces
/// nothing. `false` where the file system has no links.
pub(super) fn link(from: &Path, place: &Path) -> Result<bool, WriteError> {
    let linked = match link_step() {
        Ok(()) => fs::hard_link(from, place),
        refused => refused,
    };
    match linked {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(place)),
        // Systems say it in many ways; where it is something else, a copy will fail too.
        Err(_) => Ok(false),
    }
}

/// A copy of a file, which nobody else may read: it gets the rights of the file when it is whole.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), WriteError> {
    let Some(bytes) = read(from) else {
        return Err(io_error("read", from)(ErrorKind::NotFound.into()));
    };
    write(to, &bytes, true)?;
    give_rights(from, to).map_err(io_error("write", to))
}

fn give_rights(from: &Path, to: &Path) -> io::Result<()> {
    fs::set_permissions(to, fs::symlink_metadata(from)?.permissions())
}

/// A name for another.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), WriteError> {
    change("create", to, &|| fs::rename(from, to))
}

/// Refuses where something of this name is there.
pub(super) fn refuse_existing(path: &Path) -> Result<(), WriteError> {
    match is_there(path)? {
        true => Err(exists(path)),
        false => Ok(()),
    }
}

fn exists(path: &Path) -> WriteError {
    WriteError::Exists {
        path: path.to_owned(),
    }
}

/// Whether `path` is there, a dangling link too.
pub(super) fn is_there(path: &Path) -> Result<bool, WriteError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error("look for", path)(error)),
    }
}

/// Whether a folder is there. Anything else of that name is refused: a link would lead out of the folder
/// that is written into.
pub(super) fn is_folder(path: &Path) -> Result<bool, WriteError> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(io_error("use the folder", path)(
            ErrorKind::NotADirectory.into(),
        )),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error("look for", path)(error)),
    }
}

/// Makes new names last through a power cut. Windows has no such call for folders.
pub(super) fn sync_folder(folder: &Path) -> Result<(), WriteError> {
    if cfg!(unix) {
        sync(folder).map_err(io_error("sync", folder))?;
    }
    Ok(())
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// What the system said, with what was tried.
pub(super) fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Io {
        action,
        path,
        source,
    }
}
