//! A bundle as files: whole or not at all, and nothing lost.

mod current;
mod disk;
mod error;
mod manifest;
#[cfg(test)]
mod tests;
mod transaction;
mod written;

use std::path::Path;

use zeroize::Zeroizing;

pub use error::WriteError;
pub use written::WriteOutcome;

use self::manifest::MANIFEST;
use self::transaction::{Folder, Replaced, is_unfinished};
use super::bundle::{Bundle, IssuedCertificate};

/// The file of the roots.
const ROOT: &str = "root.pem";

impl Bundle {
    /// Writes the bundle into the folder `folder`, which is made if it is not there:
    ///
    /// | file | what |
    /// | --- | --- |
    /// | `FQDN.key.pem` | the private key of a server (by the CN of its certificate), PKCS #8, readable by its owner alone (0600) |
    /// | `FQDN.csr.pem` | the request for it, PKCS #10; not for a key from a seed |
    /// | `FQDN.chain.pem` | the server's certificate, then the intermediates |
    /// | `root.pem` | the root to trust |
    /// | `umcert.json` | the manifest: which file is whose, with SHA-256 fingerprints and dates |
    ///
    /// Everything is written beside its place and synced first. Then it is put in its place by links, which
    /// replace nothing (where the file system has none, as copies): a chain before its key, so that there is
    /// no key without a chain, and the manifest last. A process that dies before that leaves nothing but a
    /// hidden folder; one that dies in the middle of it leaves the rest to the next call, which finishes it.
    /// Two processes that write into one folder wait for each other.
    ///
    /// # Errors
    ///
    /// [`WriteError::Exists`] where a file of one of these names is there, and [`WriteError::Io`] where
    /// the system refuses something (full, read-only). The folder then holds what it held before.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<WriteOutcome, WriteError> {
        let files = files(self);
        let folder = Folder::lock(folder.as_ref())?;
        folder.refuse_existing(&files)?;
        let set_aside = folder.put(&files, Replaced::SetAside)?;
        Ok(WriteOutcome::new(folder.path(), &files, set_aside))
    }

    /// Writes the bundle as [`write`](Self::write) does, over what is there.
    ///
    /// Nothing is lost: files of the same names, and those that the manifest of an earlier bundle
    /// lists, move into a new folder `replaced-1` (or 2, 3 …) inside `folder` first, each key before its
    /// chain. So at no time does a key stand beside the chain of another.
    /// [`WriteOutcome::set_aside`] names that folder. Files that have nothing to do with it stay.
    ///
    /// # Errors
    ///
    /// [`WriteError::Io`] where the system refuses something. The folder then holds what it held before
    /// (or, where all was in its place and clearing up failed, this bundle, and the next call clears up).
    pub fn overwrite(&self, folder: impl AsRef<Path>) -> Result<WriteOutcome, WriteError> {
        let files = files(self);
        let folder = Folder::lock(folder.as_ref())?;
        let set_aside = folder.put(&files, Replaced::SetAside)?;
        Ok(WriteOutcome::new(folder.path(), &files, set_aside))
    }

    /// For build scripts: writes the bundle as [`write`](Self::write) does, unless what is there will do.
    ///
    /// What is there is kept, to the byte, while
    ///
    /// - it is what this bundle would put there but for keys, serial numbers and dates: the same names,
    ///   kinds of keys, CAs, options and extensions (and, of a CA that is the same in every run, the same
    ///   root);
    /// - a release of this crate wrote it that is compatible by semantic versioning;
    /// - no file is missing or changed: each has the fingerprint that the manifest names;
    /// - it has begun, and a third of its validity at least is left when this bundle begins.
    ///
    /// What an earlier call wrote is replaced, and gone; anything else of these names, a key that somebody
    /// put there, moves into a folder `replaced-1` as [`overwrite`](Self::overwrite) does it. Two build
    /// scripts that run at once wait for each other, and the second finds what the first wrote.
    ///
    /// Nothing is printed; [`WriteOutcome::rerun_if_changed`] has the lines for Cargo.
    /// The bundle is issued before it is known whether it is needed: a plan for RSA keys costs each run the
    /// time to generate them.
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
    /// [`WriteError::Io`], as [`overwrite`](Self::overwrite).
    pub fn write_if_changed(&self, folder: impl AsRef<Path>) -> Result<WriteOutcome, WriteError> {
        let folder = folder.as_ref();
        let files = files(self);
        // At first without the lock, which is a file: what is kept stays untouched, and may be read-only. But
        // a process that died may have left keys in a hidden folder: that is cleared up first.
        if !is_unfinished(folder) && current::is_current(self, &files, folder) {
            return Ok(WriteOutcome::kept(folder, &files));
        }
        let folder = Folder::lock(folder)?;
        if current::is_current(self, &files, folder.path()) {
            return Ok(WriteOutcome::kept(folder.path(), &files));
        }
        let set_aside = folder.put(&files, Replaced::Removed)?;
        Ok(WriteOutcome::new(folder.path(), &files, set_aside))
    }
}

/// The files in the order in which they are put in their places: the roots, then chain, request and key of each
/// certificate, and the manifest last. There is no request for a key from a seed: nobody is to send that to a
/// CA.
fn files(bundle: &Bundle) -> Vec<BundleFile> {
    let mut roots = String::new();
    for root in bundle.roots() {
        roots.push_str(&root.to_pem());
    }
    let mut files = Vec::new();
    let mut add = |name: String, text: &str, is_secret: bool| {
        files.push(BundleFile {
            name,
            content: Zeroizing::new(text.as_bytes().to_vec()),
            is_secret,
        });
    };
    add(ROOT.to_owned(), &roots, false);
    for issued in bundle.issued() {
        let name = |kind: &str| format!("{}.{kind}.pem", issued.subject());
        add(name("chain"), &issued.chain().to_pem(), false);
        if has_request(issued) {
            add(name("csr"), &issued.request().to_pem(), false);
        }
        add(name("key"), issued.key().to_pem().as_str(), true);
    }
    let manifest = manifest::render(bundle, &files);
    files.push(BundleFile {
        name: MANIFEST.to_owned(),
        content: Zeroizing::new(manifest.into_bytes()),
        is_secret: false,
    });
    files
}

/// Whether a request is written beside a key.
fn has_request(issued: &IssuedCertificate) -> bool {
    !issued.key().is_seeded()
}

struct BundleFile {
    name: String,
    content: Zeroizing<Vec<u8>>,
    is_secret: bool,
}
