//! Writes the files of a hand-off into a new folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::HandoffError;
use super::file::HandoffFile;

/// The suffix of the folder that receives the files first.
const STAGED_SUFFIX: &str = ".umcert-staged";

/// Writes `files` into `folder`, which must not exist or be empty. The files are written into a folder beside it, which
/// then takes its name, so that a failure leaves nothing behind.
pub(super) fn write(files: &[HandoffFile], folder: &Path) -> Result<(), HandoffError> {
    if !is_free(folder)? {
        return Err(HandoffError::Exists {
            folder: folder.to_owned(),
        });
    }
    let staged = staged_folder(folder);
    // A folder of that name belongs to another writer.
    fs::create_dir(&staged).map_err(at(&staged))?;
    let written = write_all(files, &staged).and_then(|()| take_name(&staged, folder));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_dir_all(&staged);
    }
    written
}

/// Returns `true` if `folder` does not exist, or is an empty folder.
fn is_free(folder: &Path) -> Result<bool, HandoffError> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(at(folder)(error)),
    }
}

fn staged_folder(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(STAGED_SUFFIX);
    folder.with_file_name(name)
}

fn write_all(files: &[HandoffFile], folder: &Path) -> Result<(), HandoffError> {
    for file in files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at(parent))?;
        }
        write_one(&path, &file.contents).map_err(at(&path))?;
    }
    Ok(())
}

fn write_one(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// Renames `staged` to `folder`. An empty folder of that name is removed first, which fails if it is not empty.
fn take_name(staged: &Path, folder: &Path) -> Result<(), HandoffError> {
    match fs::remove_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(folder)(error)),
        _ => {}
    }
    fs::rename(staged, folder).map_err(at(folder))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> HandoffError {
    let path = path.to_owned();
    move |source| HandoffError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::{HandoffError, HandoffFile, write};

    #[test]
    fn folder_with_contents_is_refused_and_unchanged() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("out");
        let files = [HandoffFile::windows("a/b.ps1", "x\n")];
        write(&files, &folder).unwrap();
        assert_eq!(std::fs::read(folder.join("a/b.ps1")).unwrap(), b"x\r\n");

        let other = [HandoffFile::windows("c.ps1", "y\n")];
        let error = write(&other, &folder).unwrap_err();
        assert!(matches!(error, HandoffError::Exists { .. }), "{error}");
        assert!(!folder.join("c.ps1").exists());
        let entries = std::fs::read_dir(parent.path()).unwrap();
        assert_eq!(entries.count(), 1, "nothing is left beside the folder");
    }

    #[test]
    fn empty_folder_is_filled() {
        let folder = tempfile::tempdir().unwrap();
        write(&[HandoffFile::windows("a", "x\n")], folder.path()).unwrap();
        assert!(folder.path().join("a").exists());
    }
}
