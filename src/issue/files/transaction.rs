//! Files put into a folder together, or not at all.
//!
//! The steps, each of which a crash may follow:
//!
//! 1. The files are written into the hidden folder `STAGED` and synced. A crash leaves a folder that the
//!    next call removes.
//! 2. `STAGED` is renamed to `COMMITTED`: from here on the next call finishes what is left to do, and what
//!    is left can be seen from the folders alone.
//! 3. What stands in the way moves into `RETIRED`, keys first.
//! 4. Each file gets its name in the folder too, by a link (or as a copy, `COPY` until it is whole): chains
//!    before keys, the manifest last.
//! 5. `COMMITTED` goes, and `RETIRED` becomes `replaced-1` or goes, as the caller wants it.
//!
//! All of it under a lock on a file, which the system lifts when a process dies.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::BundleFile;
use super::disk::{
    copy, io_error, is_folder, is_there, link, make_private, names_in, read, refuse_existing,
    remove, remove_file, rename, sync_folder, write,
};
use super::error::WriteError;
use super::manifest::{self, MANIFEST};
use crate::index::Texts;

const LOCK: &str = ".umcert.lock";
const STAGED: &str = ".umcert-staged";
const COMMITTED: &str = ".umcert-committed";
const RETIRED: &str = ".umcert-retired";
const COPY: &str = ".umcert-copy";
/// What is set aside goes into a folder of this name and the first number that is free.
const REPLACED: &str = "replaced-";

/// What becomes of files that stand in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replaced {
    /// They are set aside.
    SetAside,
    /// Those of an earlier bundle go; where there are others, all are set aside.
    Removed,
}

/// A folder that nobody else writes into as long as this lives.
pub(super) struct Folder {
    path: PathBuf,
    staged: PathBuf,
    committed: PathBuf,
    retired: PathBuf,
    /// Closing the file lifts the lock.
    _lock: File,
}

impl Folder {
    /// Waits until nobody else writes into the folder, which is made if it is not there, and finishes what
    /// a process that died has left.
    pub(super) fn lock(path: &Path) -> Result<Self, WriteError> {
        fs::create_dir_all(path).map_err(io_error("create the folder", path))?;
        let lock = loop {
            if let Some(lock) = try_lock(&path.join(LOCK))? {
                break lock;
            }
        };
        let folder = Self {
            staged: path.join(STAGED),
            committed: path.join(COMMITTED),
            retired: path.join(RETIRED),
            path: path.to_owned(),
            _lock: lock,
        };
        folder.recover()?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn refuse_existing(&self, files: &[BundleFile]) -> Result<(), WriteError> {
        for file in files {
            refuse_existing(&self.path.join(&file.name))?;
        }
        Ok(())
    }

    /// Puts the files into the folder; the answer is where those went that stood in the way.
    pub(super) fn put(
        &self,
        files: &[BundleFile],
        replaced: Replaced,
    ) -> Result<Option<PathBuf>, WriteError> {
        let staged = self.stage(files);
        if staged.is_err() {
            // Nothing of it is in its place: what cannot be removed, the next call removes.
            let _ = self.discard(&self.committed);
            let _ = fs::remove_dir_all(&self.staged);
        }
        staged?;
        let mut placed = Vec::new();
        let published = self.publish(&mut placed);
        if published.is_err() {
            self.take_back(&placed);
        }
        let discarded = self.discard(&self.committed);
        published?;
        discarded?;
        self.settle(replaced)
    }

    /// What a process that died has left undone: what was to be replaced is set aside, whatever the caller
    /// wanted then.
    fn recover(&self) -> Result<(), WriteError> {
        // Each of them first: none is used where one is refused.
        is_folder(&self.retired)?;
        if is_folder(&self.staged)? {
            remove(&self.staged)?;
        }
        let half = self.path.join(COPY);
        if is_there(&half)? {
            remove_file(&half)?;
        }
        if is_folder(&self.committed)? {
            self.publish(&mut Vec::new())?;
            self.discard(&self.committed)?;
        }
        self.settle(Replaced::SetAside)?;
        Ok(())
    }

    fn stage(&self, files: &[BundleFile]) -> Result<(), WriteError> {
        make_private(&self.staged)?;
        for file in files {
            let place = self.staged.join(&file.name);
            write(&place, &file.content, file.is_secret)?;
        }
        sync_folder(&self.staged)?;
        rename(&self.staged, &self.committed)?;
        sync_folder(&self.path)
    }

    /// Puts everything in `COMMITTED` into its place, and says what was put there until it failed.
    fn publish(&self, placed: &mut Vec<PathBuf>) -> Result<(), WriteError> {
        let names = in_order(&PLACING, &names_in(&self.committed)?);
        self.retire(&names)?;
        for name in &names {
            self.place(name, placed)?;
        }
        sync_folder(&self.path)
    }

    /// Moves aside what stands in the way of `names`, and what an earlier manifest lists. The files of one
    /// certificate move together, the key first, so that there is none without its chain; the manifest
    /// moves last, since it says what is left to move.
    fn retire(&self, names: &[String]) -> Result<(), WriteError> {
        let ours = fingerprints(&self.path);
        let (ours, new) = (set_of(&ours), set_of(names));
        let there = in_order(&RETIRING, &names_in(&self.path)?);
        let mut moving = Vec::new();
        for name in &there {
            let file = self.path.join(name);
            let listed = name.ends_with(".pem") && is_one_of(&ours, &file);
            if (listed || new.contains(name)) && !self.is_in_place(name) {
                moving.push(key_of(name));
            }
        }
        let moving = set_of(&moving);
        for name in &there {
            if moving.contains(&key_of(name)) {
                self.retire_one(name)?;
            }
        }
        Ok(())
    }

    fn retire_one(&self, name: &str) -> Result<(), WriteError> {
        if !is_folder(&self.retired)? {
            make_private(&self.retired)?;
        }
        let aside = self.retired.join(name);
        refuse_existing(&aside)?;
        rename(&self.path.join(name), &aside)
    }

    /// Whether the file that is to be put there is there already.
    fn is_in_place(&self, name: &str) -> bool {
        let committed = read(&self.committed.join(name));
        committed.is_some() && committed == read(&self.path.join(name))
    }

    fn place(&self, name: &str, placed: &mut Vec<PathBuf>) -> Result<(), WriteError> {
        if self.is_in_place(name) {
            return Ok(());
        }
        let place = self.path.join(name);
        if !link(&self.committed.join(name), &place)? {
            self.place_copy(name, &place)?;
        }
        placed.push(place);
        Ok(())
    }

    /// On a file system without links: `COMMITTED` stays whole here too, or the next call could not tell
    /// what is left to do. Between the last two calls another program could still make a file of this name.
    fn place_copy(&self, name: &str, place: &Path) -> Result<(), WriteError> {
        let half = self.path.join(COPY);
        copy(&self.committed.join(name), &half)?;
        refuse_existing(place)?;
        rename(&half, place)
    }

    /// After a failure: the folder as it was, as far as the system lets us. Keys go before their chains, and
    /// come back after them.
    fn take_back(&self, placed: &[PathBuf]) {
        let _ = fs::remove_file(self.path.join(COPY));
        for place in placed.iter().rev() {
            let _ = fs::remove_file(place);
        }
        if let Ok(names) = names_in(&self.retired) {
            for name in in_order(&PLACING, &names) {
                let _ = fs::rename(self.retired.join(&name), self.path.join(&name));
            }
        }
        let _ = fs::remove_dir(&self.retired);
    }

    /// What is left of `RETIRED` is set aside or goes.
    fn settle(&self, replaced: Replaced) -> Result<Option<PathBuf>, WriteError> {
        if !is_folder(&self.retired)? {
            return Ok(None);
        }
        if replaced == Replaced::Removed && is_all_ours(&self.retired)? {
            self.discard(&self.retired)?;
            return Ok(None);
        }
        let aside = self.free_name()?;
        rename(&self.retired, &aside)?;
        sync_folder(&self.path)?;
        Ok(Some(aside))
    }

    fn free_name(&self) -> Result<PathBuf, WriteError> {
        let mut number = 1_u64;
        loop {
            let path = self.path.join(format!("{REPLACED}{number}"));
            if !is_there(&path)? {
                return Ok(path);
            }
            number += 1;
        }
    }

    /// Removes a folder: under the name of those that are only fit to be removed, so that a crash in the
    /// middle leaves no half of what it was.
    fn discard(&self, folder: &Path) -> Result<(), WriteError> {
        rename(folder, &self.staged)?;
        remove(&self.staged)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Who waits for the lock of a file that is gone takes a new one. Other systems refuse, or keep the
        // name until all have closed the file.
        if cfg!(unix) {
            let _ = fs::remove_file(self.path.join(LOCK));
        }
    }
}

/// Whether a process is writing into the folder, or died while it did.
pub(super) fn is_unfinished(folder: &Path) -> bool {
    for name in [STAGED, COMMITTED, RETIRED, COPY] {
        if let Ok(true) = is_there(&folder.join(name)) {
            return true;
        }
    }
    false
}

/// Waits for the lock; `None` where its file was removed meanwhile.
fn try_lock(path: &Path) -> Result<Option<File>, WriteError> {
    if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let error = io::Error::other("it is no file, or a link");
        return Err(io_error("lock", path)(error));
    }
    let mut options = OpenOptions::new();
    let opened = options.create(true).truncate(false).write(true).open(path);
    let file = opened.map_err(io_error("create", path))?;
    while let Err(error) = fs4::FileExt::lock(&file) {
        if error.kind() != ErrorKind::Interrupted {
            return Err(io_error("lock", path)(error));
        }
    }
    #[cfg(unix)]
    {
        let metadata = file.metadata().map_err(io_error("look at", path))?;
        if std::os::unix::fs::MetadataExt::nlink(&metadata) == 0 {
            return Ok(None);
        }
    }
    Ok(Some(file))
}

/// The key that a file belongs to by its name; a file that belongs to none is told by its own.
fn key_of(name: &str) -> String {
    for end in [".csr.pem", ".chain.pem"] {
        if let Some(stem) = name.strip_suffix(end) {
            return format!("{stem}.key.pem");
        }
    }
    name.to_owned()
}

/// What a file of a bundle is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Manifest,
    Key,
    Request,
    Chain,
    Other,
}

/// The order in which files are put in their places: no key without its chain.
const PLACING: [Kind; 5] = [
    Kind::Other,
    Kind::Chain,
    Kind::Request,
    Kind::Key,
    Kind::Manifest,
];
/// The order in which they are moved aside.
const RETIRING: [Kind; 5] = [
    Kind::Key,
    Kind::Request,
    Kind::Chain,
    Kind::Other,
    Kind::Manifest,
];

impl Kind {
    fn of(name: &str) -> Self {
        match name {
            MANIFEST => Self::Manifest,
            _ if name.ends_with(".key.pem") => Self::Key,
            _ if name.ends_with(".csr.pem") => Self::Request,
            _ if name.ends_with(".chain.pem") => Self::Chain,
            _ => Self::Other,
        }
    }
}

fn in_order(order: &[Kind], names: &[String]) -> Vec<String> {
    let mut ordered = Vec::with_capacity(names.len());
    for kind in order {
        for name in names {
            if Kind::of(name) == *kind {
                ordered.push(name.clone());
            }
        }
    }
    ordered
}

/// The same to look others up in.
fn set_of(texts: &[String]) -> Texts<'_> {
    let mut set = Texts::default();
    for text in texts {
        set.insert(text);
    }
    set
}

/// Whether every file in `retired` is listed by the manifest there.
fn is_all_ours(retired: &Path) -> Result<bool, WriteError> {
    let ours = fingerprints(retired);
    let ours = set_of(&ours);
    let mut has_manifest = false;
    for name in names_in(retired)? {
        match name == MANIFEST {
            true => has_manifest = true,
            false if is_one_of(&ours, &retired.join(name)) => {}
            false => return Ok(false),
        }
    }
    Ok(has_manifest)
}

/// What the manifest in a folder names; nothing where there is none.
fn fingerprints(folder: &Path) -> Vec<String> {
    match read(&folder.join(MANIFEST)) {
        Some(manifest) => manifest::fingerprints(&manifest),
        None => Vec::new(),
    }
}

/// Whether a file has one of these fingerprints: then it was written with their manifest, and is unchanged.
fn is_one_of(fingerprints: &Texts<'_>, file: &Path) -> bool {
    match read(file) {
        Some(bytes) => fingerprints.contains(&manifest::fingerprint(&bytes)),
        None => false,
    }
}
