//! The files of a single certificate.

use std::io;
use std::path::Path;

use super::bundle_files::{Contents, FileKind, MANIFEST, contents_of_certificate};
use super::disk::io_error;
use super::error::WriteError;
use super::manifest::Manifest;
use super::outcome::WriteOutcome;
use super::write_new;
use crate::issue::bundle::IssuedCertificate;

impl IssuedCertificate {
    /// Writes the certificate into `folder`, which is created if it is missing: `NAME.key.pem`, readable by its owner
    /// only (0600), `NAME.csr.pem` and `NAME.chain.pem`, as [`Bundle::write`](crate::Bundle::write) does. NAME is the
    /// first server, or the CN if there is none. A key from a seed has no request.
    ///
    /// The folder may contain a bundle and other certificates. All three files are written or none, no file is
    /// overwritten, and a call that died is finished or undone by the next that writes into the folder. The root is not
    /// written.
    ///
    /// ```
    /// use umcert::{Chain, KeyPair, TestCa};
    ///
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let folder = tempfile::tempdir()?;
    /// let issued = ca.issue_names(["um1.contoso.com"])?;
    /// issued.write(&folder)?;
    /// let chain = Chain::from_file(folder.path().join("um1.contoso.com.chain.pem"))?;
    /// assert_eq!(chain, *issued.chain());
    /// assert!(issued.write(&folder).is_err(), "nothing is overwritten");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`WriteError::Exists`] if the folder contains one of these files, and [`WriteError::Io`] if the system
    /// refuses a change, another program uses a hidden name, or the CN cannot be the name of a file. The folder is then
    /// unchanged.
    pub fn write(&self, folder: impl AsRef<Path>) -> Result<WriteOutcome, WriteError> {
        let folder = folder.as_ref();
        let mut files = contents_of_certificate(self);
        refuse_paths(folder, &files)?;
        let manifest = Manifest::of_certificate(self, &files);
        let manifest = manifest.expect("a chain starts with the certificate that was issued");
        files.insert(MANIFEST.to_owned(), manifest.to_json().into_bytes().into());
        write_new(folder, &files)
    }
}

/// Refuses names that lead out of the folder or are hidden. A CN may be any text.
fn refuse_paths(folder: &Path, files: &Contents) -> Result<(), WriteError> {
    match files.keys().find(|name| FileKind::of(name).is_none()) {
        None => Ok(()),
        Some(name) => {
            let reason = "the name of the certificate cannot be the name of a file";
            let error = io::Error::new(io::ErrorKind::InvalidInput, reason);
            Err(io_error("create", &folder.join(name))(error))
        }
    }
}
