//! The changes of a folder, one system call each, with errors that say what was tried and where.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::manifest::MANIFEST;
#[cfg(test)]
use super::tests::{link_step, step};
use crate::issue::error::WriteError;

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
    let error = || io_error("read the folder", folder);
    let entries = fs::read_dir(folder).map_err(error())?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string()));
    let names: Vec<_> = names.collect::<Result<_, _>>().map_err(error())?;
    // What is not UTF-8 is none of ours.
    Ok(names.into_iter().filter_map(Result::ok).collect())
}

/// A folder that nobody else can look into.
pub(super) fn make_private(path: &Path) -> Result<(), WriteError> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = step().and_then(|()| builder.create(path));
    made.map_err(io_error("create the folder", path))
}

/// Writes a new file. A secret is readable by its owner alone from its first byte on.
pub(super) fn write(path: &Path, text: &[u8], is_secret: bool) -> Result<(), WriteError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_secret {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut target = options.open(path).map_err(io_error("create", path))?;
    let written = step().and_then(|()| target.write_all(text));
    let synced = written.and_then(|()| target.sync_all());
    synced.map_err(io_error("write", path))
}

/// Removes a folder and what is in it.
pub(super) fn remove(folder: &Path) -> Result<(), WriteError> {
    let removed = step().and_then(|()| fs::remove_dir_all(folder));
    removed.map_err(io_error("remove", folder))
}

/// Removes a file.
pub(super) fn remove_file(path: &Path) -> Result<(), WriteError> {
    let removed = step().and_then(|()| fs::remove_file(path));
    removed.map_err(io_error("remove", path))
}

/// Gives the file `from` the name `place` too, unless that is taken: a link, unlike a rename, replaces
/// nothing. `false` where the file system has no links.
pub(super) fn link(from: &Path, place: &Path) -> Result<bool, WriteError> {
    match link_step().and_then(|()| fs::hard_link(from, place)) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(place)),
        // Systems say it in many ways; where it is something else, a copy will fail too.
        Err(_) => Ok(false),
    }
}

/// A copy of a file, which nobody else may read: it gets the rights of the file when it is whole.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), WriteError> {
    let gone = || io_error("read", from)(ErrorKind::NotFound.into());
    let bytes = read(from).ok_or_else(gone)?;
    write(to, &bytes, true)?;
    let rights = fs::symlink_metadata(from).map(|metadata| metadata.permissions());
    let given = rights.and_then(|rights| fs::set_permissions(to, rights));
    given.map_err(io_error("write", to))
}

/// A name for another.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), WriteError> {
    let renamed = step().and_then(|()| fs::rename(from, to));
    renamed.map_err(io_error("create", to))
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
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(io_error("sync", folder))?;
    }
    Ok(())
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
