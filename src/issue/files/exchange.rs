//! The exchange of the files in a folder for those of a bundle. The parent module describes the algorithm.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::bundle_files::{
    Contents, Digests, FileKind, MANIFEST, certificate_of, digests_of, is_in, placed, read, sha256,
};
use super::disk;
use super::error::WriteError;
use super::manifest::Manifest;
use super::owner::Owner;

/// The folder of new files that are not yet in their places.
const STAGE: &str = ".umcert-staged";
/// The folder in the stage that receives the replaced files.
const REPLACED: &str = "replaced";
/// The suffix of a file that is not yet complete.
const PARTIAL: &str = ".partial";
/// Hidden names of earlier versions, which remain only after a crash.
const EARLIER_NAMES: [&str; 3] = [".umcert-committed", ".umcert-retired", ".umcert-copy"];

/// The order in which old files leave the folder: a key before its chain, and the manifest last, because it lists the
/// remaining files.
const LEAVING: [&[FileKind]; 3] = [
    &[FileKind::Key],
    &[FileKind::Root, FileKind::Chain, FileKind::Request],
    &[FileKind::Manifest],
];
/// The order in which files enter the folder: a key after its chain.
const ENTERING: [&[FileKind]; 3] = [
    &[FileKind::Root, FileKind::Chain, FileKind::Request],
    &[FileKind::Key],
    &[FileKind::Manifest],
];

/// Returns `true` if a process is writing into `folder`, or died while writing.
pub(super) fn is_unfinished(folder: &Path) -> bool {
    let mut names = EARLIER_NAMES.into_iter().chain([STAGE]);
    names.any(|name| fs::symlink_metadata(folder.join(name)).is_ok())
}

/// An exchange in a locked folder.
pub(super) struct Exchange<'a> {
    folder: &'a Path,
    stage: PathBuf,
    replaced: PathBuf,
    /// The files that this exchange has put in their places.
    placed: Vec<PathBuf>,
}

impl<'a> Exchange<'a> {
    pub(super) fn new(folder: &'a Path) -> Self {
        let stage = folder.join(STAGE);
        Self {
            folder,
            replaced: stage.join(REPLACED),
            stage,
            placed: Vec::new(),
        }
    }

    /// Puts `files` into the folder and returns the new folder that received the files in the way. If this fails, the
    /// folder is unchanged.
    pub(super) fn run(mut self, files: &Contents) -> Result<Option<PathBuf>, WriteError> {
        let digests = digests_of(files);
        disk::create_private_folder(&self.stage)?;
        let staged = self.stage(files);
        let published = staged.and_then(|()| self.publish(&digests));
        if published.is_err() {
            // If this also fails, the stage stays, and the next call recovers.
            let _ = self.undo(&digests);
        }
        let set_aside = published?;
        self.remove_stage(&digests)?;
        Ok(set_aside)
    }

    /// Finishes the exchange of a process that died, or removes its stage if the stage is not complete. Fails and
    /// changes nothing if another file has a name that this crate uses.
    pub(super) fn recover(mut self, owner: &Owner) -> Result<(), WriteError> {
        for name in EARLIER_NAMES {
            let path = self.folder.join(name);
            if disk::exists(&path)? {
                return Err(not_recognized(&path));
            }
        }
        if !disk::exists(&self.stage)? {
            return Ok(());
        }
        let digests = self.read_stage(owner)?;
        let is_staged = |name: &String| is_in(&self.stage, name, &digests);
        let is_complete = !digests.is_empty() && digests.keys().all(is_staged);
        if is_complete {
            self.publish(&digests)?;
        } else if disk::exists(&self.replaced)? {
            // A writer removes files from the stage only after this folder has left it.
            return Err(not_recognized(&self.replaced));
        }
        self.remove_stage(&digests)
    }

    /// Returns the files that the manifest in the stage lists, and the manifest. Fails if the stage contains anything
    /// that a writer does not put there.
    fn read_stage(&self, owner: &Owner) -> Result<Digests, WriteError> {
        let metadata = fs::symlink_metadata(&self.stage);
        if !metadata.is_ok_and(|found| found.is_dir()) || !owner.is_private(&self.stage) {
            return Err(not_recognized(&self.stage));
        }
        let digests = listed_files(&self.stage);
        for name in disk::names_in(&self.stage)? {
            let is_staged = |name: &str| self.is_staged_by_writer(name, &digests);
            if !name.to_str().is_some_and(is_staged) {
                return Err(not_recognized(&self.stage.join(&name)));
            }
        }
        Ok(digests)
    }

    fn is_staged_by_writer(&self, name: &str, digests: &Digests) -> bool {
        let Ok(metadata) = fs::symlink_metadata(self.stage.join(name)) else {
            return false;
        };
        match name.strip_suffix(PARTIAL) {
            Some(whole_name) => metadata.is_file() && FileKind::of(whole_name).is_some(),
            None if name == REPLACED => metadata.is_dir(),
            None => is_in(&self.stage, name, digests),
        }
    }

    /// Writes the files into the stage: first the manifest, by which a later call recognises the others.
    fn stage(&self, files: &Contents) -> Result<(), WriteError> {
        self.create(MANIFEST, &files[MANIFEST], &self.stage)?;
        disk::sync_folder(&self.stage)?;
        for (name, content) in files.iter().filter(|(name, _)| *name != MANIFEST) {
            self.create(name, content, &self.stage)?;
        }
        disk::sync_folder(&self.stage)?;
        disk::sync_folder(self.folder)
    }

    /// Creates a file that gets its name in `folder` when it is complete.
    fn create(&self, name: &str, content: &[u8], folder: &Path) -> Result<(), WriteError> {
        let partial = self.stage.join(format!("{name}{PARTIAL}"));
        // A process that died may have left this file.
        disk::remove_file(&partial)?;
        let is_secret = FileKind::of(name) == Some(FileKind::Key);
        disk::create_file(&partial, content, is_secret)?;
        disk::rename(&partial, &folder.join(name))
    }

    /// Exchanges the files in the way for those in the stage, and returns the new folder that received them.
    /// Each group is on the disk before the next one moves.
    fn publish(&mut self, digests: &Digests) -> Result<Option<PathBuf>, WriteError> {
        let digests = &placed(digests);
        let in_the_way = self.find_in_the_way(digests)?;
        if !in_the_way.is_empty() && !disk::exists(&self.replaced)? {
            disk::create_private_folder(&self.replaced)?;
        }
        for kinds in LEAVING {
            for name in of_kinds(in_the_way.iter(), kinds) {
                disk::rename(&self.folder.join(name), &self.replaced.join(name))?;
            }
            if disk::exists(&self.replaced)? {
                disk::sync_folder(&self.replaced)?;
                disk::sync_folder(self.folder)?;
            }
        }
        for kinds in ENTERING {
            for name in of_kinds(digests.keys(), kinds) {
                self.place(name, digests)?;
            }
            disk::sync_folder(self.folder)?;
        }
        if !disk::exists(&self.replaced)? {
            return Ok(None);
        }
        let set_aside = self.find_free_name()?;
        disk::rename(&self.replaced, &set_aside)?;
        Ok(Some(set_aside))
    }

    /// Returns the names in the folder that must leave: those of new files if the content differs, those that
    /// the manifest of an earlier bundle lists with this content, and those of the same certificates.
    fn find_in_the_way(&self, digests: &Digests) -> Result<Vec<String>, WriteError> {
        // A single certificate replaces no bundle.
        let listed = if digests.contains_key(MANIFEST) {
            listed_files(self.folder)
        } else {
            Digests::default()
        };
        let names: Vec<String> = disk::names_in(self.folder)?
            .into_iter()
            .filter_map(|name| name.into_string().ok())
            .filter(|name| FileKind::of(name).is_some())
            .collect();
        let must_leave = |name: &&String| {
            if digests.contains_key(*name) {
                !is_in(self.folder, name, digests)
            } else {
                is_in(self.folder, name, &listed)
            }
        };
        let leaving: HashSet<&str> = names
            .iter()
            .filter(must_leave)
            .map(|name| certificate_of(name))
            .collect();
        let is_leaving = |name: &&String| leaving.contains(certificate_of(name));
        Ok(names.iter().filter(is_leaving).cloned().collect())
    }

    /// Puts a staged file in its place, unless it is already there.
    fn place(&mut self, name: &str, digests: &Digests) -> Result<(), WriteError> {
        if is_in(self.folder, name, digests) {
            return Ok(());
        }
        let staged = self.stage.join(name);
        let place = self.folder.join(name);
        if !disk::link(&staged, &place)? {
            let content = read(&staged).ok_or_else(|| not_recognized(&staged))?;
            self.create(name, &content, self.folder)?;
        }
        self.placed.push(place);
        Ok(())
    }

    fn find_free_name(&self) -> Result<PathBuf, WriteError> {
        for number in 1_u64.. {
            let path = self.folder.join(format!("replaced-{number}"));
            if !disk::exists(&path)? {
                return Ok(path);
            }
        }
        unreachable!("a folder holds fewer than 2^64 names")
    }

    /// Restores the folder: new keys leave before their chains, and old keys return after their chains.
    fn undo(&self, digests: &Digests) -> Result<(), WriteError> {
        for path in self.placed.iter().rev() {
            disk::remove_file(path)?;
        }
        if disk::exists(&self.replaced)? {
            let names = disk::names_in(&self.replaced)?.into_iter();
            let names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
            for kinds in ENTERING {
                for name in of_kinds(names.iter(), kinds) {
                    disk::rename(&self.replaced.join(name), &self.folder.join(name))?;
                }
            }
            disk::remove_folder(&self.replaced)?;
        }
        self.remove_stage(digests)
    }

    /// Removes the stage, and the manifest in it last: a later call recognises the other files by it.
    fn remove_stage(&self, digests: &Digests) -> Result<(), WriteError> {
        disk::sync_folder(self.folder)?;
        let names = digests.keys().map(String::as_str);
        for name in names.filter(|name| *name != MANIFEST).chain([MANIFEST]) {
            disk::remove_file(&self.stage.join(format!("{name}{PARTIAL}")))?;
            disk::remove_file(&self.stage.join(name))?;
        }
        disk::remove_folder(&self.stage)
    }
}

fn of_kinds<'n>(
    names: impl Iterator<Item = &'n String>,
    kinds: &[FileKind],
) -> impl Iterator<Item = &'n String> {
    names.filter(|name| FileKind::of(name).is_some_and(|kind| kinds.contains(&kind)))
}

/// Returns the files that the manifest in `folder` lists under names that a bundle uses, and the manifest. Returns an
/// empty map if there is no manifest of this crate. Names that lead out of the folder are ignored.
fn listed_files(folder: &Path) -> Digests {
    let manifest = read(&folder.join(MANIFEST));
    let listed = manifest.and_then(|json| {
        let mut digests = Manifest::listed_files(&json)?;
        digests.retain(|name, _| FileKind::of(name).is_some());
        digests.insert(MANIFEST.to_owned(), sha256(&json));
        Some(digests)
    });
    listed.unwrap_or_default()
}

fn not_recognized(path: &Path) -> WriteError {
    let reason = "another program or an earlier version created it, and it may contain keys; inspect it and move it away";
    disk::io_error("recognise", path)(io::Error::other(reason))
}
