//! The files of a bundle. They are written completely or not at all, and no key is ever lost.
//!
//! # Algorithm
//!
//! A call locks the folder and *recovers* from a process that died (below). Then it writes in four steps:
//!
//! 1. *Stage.* It creates the hidden folder `.umcert-staged`, closed to other users, and writes the new files
//!    into it: the manifest first, which lists every other file with its SHA-256. Each file is written under
//!    the name `NAME.partial`, synced, and then renamed. The stage is *complete* when every listed file is in
//!    it.
//! 2. *Set aside.* The files in the way move into `.umcert-staged/replaced` by renames: keys, then all others,
//!    the manifest last. In the way are a file that has the name of a new one and other content, a file that
//!    the manifest in the folder lists and whose name and content agree with it, and the other files of the
//!    same certificates, because a key never stays without its chain.
//! 3. *Place.* Each staged file gets its name in the folder too, by a hard link, which never replaces a file: chains
//!    and roots, then keys, the manifest last. A file system without links gets copies, which are renamed when they are
//!    complete.
//! 4. *Clear up.* `.umcert-staged/replaced` becomes `replaced-1` (or 2, 3 …). The staged names are removed, the
//!    manifest last, and then the stage.
//!
//! Each group of a step is synced before the next one starts. If a call fails in steps 1 to 3, it goes back: it
//! removes the files that it placed, returns those that it set aside, and removes the stage.
//!
//! # Recovery
//!
//! If the stage is complete, the next call repeats steps 2 to 4, which skip completed parts. If the stage is not
//! complete, the call removes the staged names. It first checks that the stage is its own: a folder of the same user,
//! closed to others, in which each file is listed with its digest or is a `.partial` one. Otherwise the call fails and
//! changes nothing, as it does for the hidden names of earlier versions.
//!
//! # Why no key is lost
//!
//! - A name of a published file is only ever removed by a rename within the folder, to an unused name.
//!   Files are written under new names (`O_EXCL`) and never opened for writing again.
//! - Names are removed in the stage and by going back only. A staged file is removed after all files have their
//!   places, or if the stage is not complete: then no file was placed yet, or all were. Going back removes what
//!   this call placed, and the call returns an error.
//! - The stage loses files only after `replaced` has left it, so an incomplete stage never contains an old key.
//! - A process may die between any two system calls. Before the stage is complete, the folder is unchanged.
//!   After that, each old file is in the folder, in `replaced` or in `replaced-1`, and each new one is in the
//!   stage, in the folder or in both. Recovery starts from exactly these facts.
//! - A single certificate is staged with a manifest without a root. That manifest never gets a place in the folder, and
//!   the files of a bundle there do not leave.
//! - Old keys leave before their chains, and new keys come after theirs. So at no time is a key in the folder
//!   without its chain, or with that of another.

mod bundle_files;
mod certificate;
mod disk;
mod error;
mod exchange;
mod kept;
mod key_file;
mod lock;
mod manifest;
mod outcome;
mod owner;
mod read;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

pub use error::{BundleError, KeyFileError, WriteError};
pub use outcome::WriteOutcome;

use self::bundle_files::{Contents, MANIFEST, contents_of, placed};
use self::exchange::Exchange;
use self::lock::Lock;
use self::manifest::Manifest;
use self::owner::Owner;
use super::bundle::Bundle;

/// The file whose lock a writer holds.
const LOCK: &str = ".umcert.lock";
/// The time for which a call waits for one process that holds the lock.
const PATIENCE: Duration = Duration::from_secs(30);

impl Bundle {
    /// Writes the bundle into `folder`, which is created if it is missing:
    ///
    /// | file | content |
    /// | --- | --- |
    /// | `FQDN.key.pem` | private key of a server (the first one, if a set shares the certificate), PKCS #8, readable by its owner only (0600) |
    /// | `FQDN.csr.pem` | CSR for the key, PKCS #10; missing for a key from a seed |
    /// | `FQDN.chain.pem` | the server's certificate, then the intermediates |
    /// | `root.pem` | the root to trust |
    /// | `umcert.json` | manifest: the files of each server, with SHA-256 fingerprints and dates |
    ///
    /// All files are first written and synced in a hidden folder. Then they get their names, which never
    /// replaces a file: a chain before its key, and the manifest last. If the process dies, the next call that
    /// writes into the folder finishes the work or removes the hidden folder. Processes that write into one
    /// folder take turns. After 30 seconds of waiting for one of them, a call fails.
    ///
    /// A temporary folder deletes itself, for example that of the crate `tempfile`:
    ///
    /// ```
    /// use umcert::{Bundle, KeyKind, Plan, PlanOptions, TestCa};
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let bundle = TestCa::new("my-crate tests")?.issue(&plan)?;
    /// let folder = tempfile::tempdir()?;
    /// bundle.write(&folder)?;
    /// assert_eq!(Bundle::read(&folder)?.roots(), bundle.roots());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`WriteError::Exists`] if the folder contains a file of one of these names, and [`WriteError::Io`] if
    /// the system refuses a change or another program uses a hidden name. The folder is then unchanged.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<WriteOutcome, WriteError> {
        write_new(folder.as_ref(), &all_files(self))
    }

    /// Writes the bundle as [`write`](Self::write) does, and replaces existing files.
    ///
    /// Nothing is lost: files of the same names, and those that the manifest of an earlier bundle lists, first move
    /// into a new folder `replaced-1` (or 2, 3 …) inside `folder`, each key before its chain. So a key is never next to
    /// the chain of another key. [`WriteOutcome::set_aside`] names that folder. All other files stay, and so does a
    /// file that is byte for byte equal to the new one.
    ///
    /// # Errors
    ///
    /// Returns [`WriteError::Io`] if the system refuses a change or another program uses a hidden name. The folder is
    /// then unchanged. If all files are in place and only the removal of the hidden folder failed, the folder contains
    /// this bundle, and the next call removes the hidden folder.
    pub fn overwrite(&self, folder: impl AsRef<Path>) -> Result<WriteOutcome, WriteError> {
        let folder = folder.as_ref();
        let lock = lock(folder)?;
        Exchange::new(folder).recover(&lock.owner()?)?;
        exchange(folder, &all_files(self))
    }

    /// Writes the bundle as [`overwrite`](Self::overwrite) does, unless the existing files can be kept. This is for
    /// build scripts.
    ///
    /// The files are kept as they are if
    ///
    /// - they are what this bundle would write, apart from keys, serial numbers and dates: the same names, kinds
    ///   of keys, CAs, options and extensions (and the same root, if the CA is the same in every run);
    /// - a release of this crate wrote them that is compatible by semantic versioning;
    /// - none is missing or changed: each has the fingerprint that the manifest lists;
    /// - each key belongs to its chain, and the signatures of each chain lead to the root;
    /// - the keys belong to the user that this process acts for, and no other user can read them;
    /// - each certificate is valid already, and has a third of its validity left when this bundle becomes valid.
    ///
    /// Processes that run at once take turns, and the second finds the files that the first wrote.
    ///
    /// Nothing is printed; [`WriteOutcome::rerun_if_changed`] returns the lines for Cargo. The bundle is issued before
    /// the check whether it is needed, so with a plan for RSA keys each run takes the time to generate them.
    ///
    /// # Examples
    ///
    /// ```
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    /// use umcert::{KeyKind, Plan, PlanOptions, TestCa};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let out_dir = folder.path();
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let written = TestCa::new("my-crate tests")?.issue(&plan)?.write_if_changed(out_dir.join("pki"))?;
    /// print!("{}", written.rerun_if_changed());
    ///
    /// let again = TestCa::new("my-crate tests")?.issue(&plan)?.write_if_changed(out_dir.join("pki"))?;
    /// assert!(!written.was_kept() && again.was_kept());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`WriteError::Io`], as [`overwrite`](Self::overwrite) does.
    #[doc(alias("build.rs", "OUT_DIR"))]
    pub fn write_if_changed(&self, folder: impl AsRef<Path>) -> Result<WriteOutcome, WriteError> {
        let folder = folder.as_ref();
        let files = contents_of(self);
        let is_current = |owner: &Owner| kept::is_current(self, &files, folder, owner);
        // The first check is without the lock, which is a file: the folder may be read-only, and must not change. But
        // keys that a process left in the stage when it died must not stay there.
        if !exchange::is_unfinished(folder)
            && Owner::of_process().is_ok_and(|owner| is_current(&owner))
        {
            return Ok(WriteOutcome::kept(folder, &files));
        }
        let lock = lock(folder)?;
        let owner = lock.owner()?;
        Exchange::new(folder).recover(&owner)?;
        if is_current(&owner) {
            return Ok(WriteOutcome::kept(folder, &files));
        }
        exchange(folder, &all_files(self))
    }
}

/// Locks `folder`, which is created if it is missing.
fn lock(folder: &Path) -> Result<Lock, WriteError> {
    disk::create_folder(folder)?;
    Lock::acquire(folder.join(LOCK), PATIENCE)
}

/// Returns all files of `bundle`.
fn all_files(bundle: &Bundle) -> Contents {
    let mut files = contents_of(bundle);
    let manifest = Manifest::new(bundle, &files);
    let manifest = manifest.expect("a chain starts with the certificate that was issued");
    let json = manifest.to_json().into_bytes();
    files.insert(MANIFEST.to_owned(), json.into());
    files
}

/// Writes `files` into `folder` if it contains none of these names.
fn write_new(folder: &Path, files: &Contents) -> Result<WriteOutcome, WriteError> {
    let lock = lock(folder)?;
    let recovered = Exchange::new(folder).recover(&lock.owner()?);
    // These errors are more specific than that of a failed recovery.
    for name in placed(files).keys() {
        disk::refuse_existing(&folder.join(name))?;
    }
    recovered?;
    exchange(folder, files)
}

fn exchange(folder: &Path, files: &Contents) -> Result<WriteOutcome, WriteError> {
    let set_aside = Exchange::new(folder).run(files)?;
    Ok(WriteOutcome::written(folder, files, set_aside))
}
