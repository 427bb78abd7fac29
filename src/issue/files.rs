//! A bundle as files: whole or not at all, and nothing overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::bundle::Bundle;
use super::error::WriteError;
use crate::backend;
use crate::x509::Certificate;

impl Bundle {
    /// Writes the bundle into the folder `folder`, which is made if it is not there:
    ///
    /// | file | what |
    /// | --- | --- |
    /// | `FQDN.key.pem` | the private key of a server (by the CN of its certificate), PKCS #8, readable by its owner alone (0600) |
    /// | `FQDN.csr.pem` | the request for it, PKCS #10 |
    /// | `FQDN.chain.pem` | the server's certificate, then the intermediates |
    /// | `root.pem` | the root to trust |
    ///
    /// Everything is written beside its place and synced first, and then moved there by links, which
    /// replace nothing: a chain before its key, so that there is no key without a chain. Where one file
    /// cannot be put in its place, those that were are taken away again.
    ///
    /// # Errors
    ///
    /// [`WriteError::Exists`] where a file of one of these names is there, and [`WriteError::Io`] where
    /// the system refuses something (full, read-only). The folder then holds what it held before.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<(), WriteError> {
        let folder = folder.as_ref();
        let files = self.files();
        fs::create_dir_all(folder).map_err(io_error("create the folder", folder))?;
        for file in &files {
            refuse_existing(&folder.join(&file.name))?;
        }
        let staging = Staging::new(folder)?;
        for file in &files {
            staging.write(file)?;
        }
        staging.publish(folder, &files)?;
        sync_folder(folder)
    }

    /// The files in the order in which they are put in their places.
    fn files(&self) -> Vec<BundleFile> {
        let roots: String = self.roots().iter().map(Certificate::to_pem).collect();
        let mut files = vec![BundleFile::public("root.pem".to_owned(), roots)];
        for issued in self.issued() {
            let name = |kind: &str| format!("{}.{kind}.pem", issued.subject());
            files.push(BundleFile::public(name("chain"), issued.chain().to_pem()));
            files.push(BundleFile::public(name("csr"), issued.request().to_pem()));
            files.push(BundleFile {
                name: name("key"),
                text: Text::Secret(issued.key().to_pem()),
            });
        }
        files
    }
}

struct BundleFile {
    name: String,
    text: Text,
}

enum Text {
    Public(String),
    Secret(super::key::PrivateKeyPem),
}

impl BundleFile {
    fn public(name: String, text: String) -> Self {
        Self {
            name,
            text: Text::Public(text),
        }
    }

    fn text(&self) -> &str {
        match &self.text {
            Text::Public(text) => text,
            Text::Secret(pem) => pem.as_str(),
        }
    }

    /// A secret is readable by its owner alone from its first byte on.
    fn options(&self) -> OpenOptions {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if let Text::Secret(_) = self.text {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        options
    }
}

/// A folder inside the target (so on the same file system) that goes away with what is left in it.
struct Staging {
    folder: PathBuf,
}

impl Staging {
    fn new(target: &Path) -> Result<Self, WriteError> {
        let random = backend::random().map_err(io::Error::other);
        let random = random.map_err(io_error("name a temporary folder in", target))?;
        let folder = target.join(format!(".umcert-{:016x}", u64::from_ne_bytes(random)));
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&folder)
            .map_err(io_error("create the folder", &folder))?;
        Ok(Self { folder })
    }

    fn write(&self, file: &BundleFile) -> Result<(), WriteError> {
        let path = self.folder.join(&file.name);
        let mut target = file
            .options()
            .open(&path)
            .map_err(io_error("create", &path))?;
        let written = target.write_all(file.text().as_bytes());
        written
            .and_then(|()| target.sync_all())
            .map_err(io_error("write", &path))
    }

    /// Puts every file in its place, or none.
    fn publish(&self, target: &Path, files: &[BundleFile]) -> Result<(), WriteError> {
        let mut published = Vec::new();
        for file in files {
            let place = target.join(&file.name);
            match put(&self.folder.join(&file.name), &place) {
                Ok(()) => published.push(place),
                Err(error) => {
                    // Keys first: there is never one without its chain.
                    for place in published.iter().rev() {
                        let _ = fs::remove_file(place);
                    }
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What is left is a copy, and nobody could do more about it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Gives the file `from` the name `place` too, unless that is taken: a link, unlike a rename, replaces
/// nothing.
fn put(from: &Path, place: &Path) -> Result<(), WriteError> {
    match fs::hard_link(from, place) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(WriteError::Exists {
            path: place.to_owned(),
        }),
        // A file system without links. Between these two calls another program could still make a file
        // of this name.
        Err(_) => {
            refuse_existing(place)?;
            fs::rename(from, place).map_err(io_error("create", place))
        }
    }
}

/// Refuses where `path` is there, a dangling link too.
fn refuse_existing(path: &Path) -> Result<(), WriteError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(WriteError::Exists {
            path: path.to_owned(),
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(io_error("look for", path)(error)),
    }
}

/// Makes the new names last through a power cut. Windows has no such call for folders.
fn sync_folder(folder: &Path) -> Result<(), WriteError> {
    if cfg!(unix) {
        let synced = File::open(folder).and_then(|folder| folder.sync_all());
        synced.map_err(io_error("sync", folder))?;
    }
    Ok(())
}

fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Io {
        action,
        path,
        source,
    }
}
