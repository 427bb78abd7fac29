//! Reads the files of a folder that are named for the servers they belong to.

use std::collections::BTreeMap;
use std::collections::btree_map;
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::chain::Chain;
use super::file::{ReadFileError, read_file};
use super::request::CertificateRequest;
use crate::name::DnsName;
use crate::text::{escape_path, quote};

/// The file in which a bundle lists its others.
const MANIFEST: &str = "umcert.json";
/// The stem of the file in which a bundle has its roots.
const ROOT: &str = "root";

/// What a folder contains for each server, and the files that were not read.
///
/// [`Audit::presented_chains`](crate::Audit::presented_chains) takes the chains as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFiles<T> {
    by_server: BTreeMap<DnsName, T>,
    skipped: Vec<SkippedFile>,
}

/// A file of a folder that was not read. `Display` names the file and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedFile {
    path: PathBuf,
    reason: String,
}

/// Two files of a folder are for the same server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` and `{}` are both for `{server}`", escape_path(&files[0]), escape_path(&files[1]))]
#[non_exhaustive]
pub struct DuplicateServerError {
    /// The server.
    pub server: DnsName,
    /// The names of the files.
    pub files: [PathBuf; 2],
}

/// What the name of a file says about its contents.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileRole {
    Chain,
    Request,
    Key,
    Crl,
}

impl Chain {
    /// Reads the chains in a folder, each from a file that is named for its server: `FQDN.pem`, `.cer`, `.crt`, `.der`,
    /// `.p7b`, `.p7c` or `.sst`, each also with `.chain`, `.fullchain` or `.cert` before it. Case makes no difference.
    /// The contents have any form that [`from_bytes`](Self::from_bytes) reads.
    ///
    /// Folders, hidden files, keys (`FQDN.key.pem`, `FQDN.key`), requests (`FQDN.csr.pem`, `FQDN.csr`, `FQDN.req`), CRLs
    /// (`.crl`) and the other files of a bundle (`root.pem`, `umcert.json`) are passed over.
    /// [`ServerFiles::skipped`] lists all other files.
    ///
    /// ```
    /// use umcert::{Audit, Chain, KeyKind, Plan, PlanOptions, TestCa};
    /// # let text = include_str!("../../examples/data/example-1.toml");
    ///
    /// # let now = time::OffsetDateTime::now_utc();
    /// # let folder = tempfile::tempdir()?;
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// ca.issue(&plan)?.write(&folder)?;
    ///
    /// let chains = Chain::from_folder(&folder)?;
    /// assert!(chains.skipped().is_empty());
    /// let audit = Audit::new(&plan).lync_roots(ca.roots()).exchange_roots(ca.roots());
    /// assert!(audit.presented_chains(chains).run(now).is_trusted());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path of the first file that cannot be read, or of the folder. Its source is
    /// [`DuplicateServerError`] if two files are for the same server.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<ServerFiles<Self>, ReadFileError> {
        let parse = |path: &Path| read_file(path, Self::from_bytes);
        read_folder(folder.as_ref(), FileRole::Chain, parse)
    }
}

impl CertificateRequest {
    /// Reads the requests in a folder, each from a file that is named for its server: `FQDN.csr`, `FQDN.req`,
    /// `FQDN.csr.pem` or `FQDN.csr.der`. Case makes no difference. The contents have any form that
    /// [`from_bytes`](Self::from_bytes) reads.
    ///
    /// Keys, chains and CRLs are passed over, as requests are by [`Chain::from_folder`](crate::Chain::from_folder).
    ///
    /// # Errors
    ///
    /// As [`Chain::from_folder`](crate::Chain::from_folder).
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<ServerFiles<Self>, ReadFileError> {
        let parse = |path: &Path| read_file(path, Self::from_bytes);
        read_folder(folder.as_ref(), FileRole::Request, parse)
    }
}

fn read_folder<T>(
    folder: &Path,
    role: FileRole,
    read: impl Fn(&Path) -> Result<T, ReadFileError>,
) -> Result<ServerFiles<T>, ReadFileError> {
    let names = file_names(folder).map_err(|error| ReadFileError::new(folder, error))?;
    let mut found: BTreeMap<DnsName, (PathBuf, T)> = BTreeMap::new();
    let mut skipped = Vec::new();
    for name in names {
        let path = folder.join(&name);
        match server_of(&name, role) {
            Ok(Some(server)) => {
                let contents = read(&path)?;
                if let Some((other, _)) = found.insert(server.clone(), (name.clone(), contents)) {
                    let files = [other, name];
                    let error = DuplicateServerError { server, files };
                    return Err(ReadFileError::new(folder, error));
                }
            }
            Ok(None) => {}
            Err(reason) => skipped.push(SkippedFile { path, reason }),
        }
    }
    let found = found.into_iter();
    Ok(ServerFiles {
        by_server: found.map(|(server, (_, item))| (server, item)).collect(),
        skipped,
    })
}

/// Returns the sorted names of the entries of `folder` that are not folders themselves.
fn file_names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.path().is_dir() {
            names.push(PathBuf::from(entry.file_name()));
        }
    }
    names.sort();
    Ok(names)
}

/// Returns the server for which a file of this name has an object of this role. Returns `None` for a file with another
/// role, and the reason if the name is not understood.
fn server_of(name: &Path, role: FileRole) -> Result<Option<DnsName>, String> {
    let Some(name) = name.as_os_str().to_str().map(str::to_ascii_lowercase) else {
        return Err("its name is not valid Unicode".to_owned());
    };
    if name.starts_with('.') || name == MANIFEST {
        return Ok(None);
    }
    let Some((stem, found)) = split_name(&name) else {
        return Err("its extension is not that of a certificate, request, key or CRL".to_owned());
    };
    if found != role || stem == ROOT {
        return Ok(None);
    }
    match stem.parse() {
        Ok(server) => Ok(Some(server)),
        Err(_) => Err(format!("{} is not the FQDN of a server", quote(stem))),
    }
}

/// Splits the name of a file, in lower case, into the name of its server and its role. `um1.contoso.com.chain` is a
/// valid FQDN too, but no top-level domain has one of these names.
fn split_name(name: &str) -> Option<(&str, FileRole)> {
    let (stem, extension) = name.rsplit_once('.')?;
    match extension {
        "csr" | "req" => return Some((stem, FileRole::Request)),
        "crl" => return Some((stem, FileRole::Crl)),
        "key" => return Some((stem, FileRole::Key)),
        "pem" | "cer" | "crt" | "der" | "p7b" | "p7c" | "sst" => {}
        _ => return None,
    }
    Some(match stem.rsplit_once('.') {
        Some((stem, "chain" | "fullchain" | "cert")) => (stem, FileRole::Chain),
        Some((stem, "csr" | "req")) => (stem, FileRole::Request),
        Some((stem, "key" | "privkey")) => (stem, FileRole::Key),
        _ => (stem, FileRole::Chain),
    })
}

impl<T> ServerFiles<T> {
    /// Returns what the folder contains for each server. A server can be looked up by a `&str` in lower case.
    #[must_use]
    pub fn by_server(&self) -> &BTreeMap<DnsName, T> {
        &self.by_server
    }

    /// Returns the files that were not read because of their names, in the order of their names.
    #[must_use]
    pub fn skipped(&self) -> &[SkippedFile] {
        &self.skipped
    }
}

impl<T> IntoIterator for ServerFiles<T> {
    type Item = (DnsName, T);
    type IntoIter = btree_map::IntoIter<DnsName, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.by_server.into_iter()
    }
}

impl SkippedFile {
    /// Returns the path of the file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl fmt::Display for SkippedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, reason } = self;
        write!(f, "`{}` was not read: {reason}", escape_path(path))
    }
}
