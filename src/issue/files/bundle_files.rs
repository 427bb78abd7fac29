//! Names and contents of a bundle's files.

use std::fs;
use std::path::Path;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::crypto;
use crate::issue::bundle::{Bundle, IssuedCertificate};
use crate::x509::Certificate;

/// The file of the roots.
pub(super) const ROOT: &str = "root.pem";
/// The file that lists all others.
pub(super) const MANIFEST: &str = "umcert.json";

/// Size limit of a manifest in bytes. A certificate takes less than 1 KiB of it.
const MAX_MANIFEST: u64 = 64 << 20;
/// Size limit of any other file in bytes. A chain with a hundred names has a few KiB.
const MAX_SIZE: u64 = 1 << 20;

/// What a file of a bundle holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Root,
    Chain,
    Request,
    Key,
    Manifest,
}

impl FileKind {
    /// Returns the kind of file that a bundle has under `name`, or `None` if a bundle has no such file.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            ROOT => return Some(Self::Root),
            MANIFEST => return Some(Self::Manifest),
            _ if name.starts_with('.') || name.contains(['/', '\\']) => return None,
            _ => {}
        }
        let kinds = [Self::Chain, Self::Request, Self::Key];
        kinds.into_iter().find(|kind| name.ends_with(kind.suffix()))
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Chain => ".chain.pem",
            Self::Request => ".csr.pem",
            Self::Key => ".key.pem",
            Self::Root => ROOT,
            Self::Manifest => MANIFEST,
        }
    }
}

/// Returns the common start of the names of one certificate's files, or the whole name of any other file.
pub(super) fn certificate_of(name: &str) -> &str {
    let kinds = [FileKind::Chain, FileKind::Request, FileKind::Key];
    let stem = kinds
        .iter()
        .find_map(|kind| name.strip_suffix(kind.suffix()));
    stem.unwrap_or(name)
}

/// Returns the SHA-256 of `bytes` as the manifest writes it.
pub(super) fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&crypto::sha256(bytes))
}

/// Reads a regular file. Returns `None` for anything else, and for a file that is larger than those of a bundle.
pub(super) fn read(path: &Path) -> Option<Zeroizing<Vec<u8>>> {
    let metadata = fs::symlink_metadata(path).ok()?;
    let max = if path.ends_with(MANIFEST) {
        MAX_MANIFEST
    } else {
        MAX_SIZE
    };
    if !metadata.is_file() || metadata.len() > max {
        return None;
    }
    fs::read(path).ok().map(Zeroizing::new)
}

/// The name of a file, and the SHA-256 of its content in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileEntry {
    #[serde(rename = "file")]
    pub(super) name: String,
    pub(super) sha256: String,
}

impl FileEntry {
    /// Returns `true` if `folder` holds the file with this content.
    pub(super) fn is_in(&self, folder: &Path) -> bool {
        read(&folder.join(&self.name)).is_some_and(|content| sha256(&content) == self.sha256)
    }
}

/// A file of a bundle.
pub(super) struct BundleFile {
    pub(super) name: String,
    pub(super) content: Zeroizing<Vec<u8>>,
}

impl BundleFile {
    pub(super) fn new(name: String, content: &str) -> Self {
        let content = Zeroizing::new(content.as_bytes().to_vec());
        Self { name, content }
    }

    /// Reads the file of this name in `folder`. Returns `None` if there is none.
    fn read(&self, folder: &Path) -> Option<Self> {
        let name = self.name.clone();
        let content = read(&folder.join(&name))?;
        Some(Self { name, content })
    }

    pub(super) fn entry(&self) -> FileEntry {
        FileEntry {
            name: self.name.clone(),
            sha256: sha256(&self.content),
        }
    }
}

/// The files of one certificate.
pub(super) struct CertificateFiles {
    pub(super) chain: BundleFile,
    /// A key from a seed has no request: such a request must not reach a CA.
    pub(super) request: Option<BundleFile>,
    pub(super) key: BundleFile,
}

impl CertificateFiles {
    fn new(issued: &IssuedCertificate) -> Self {
        let name = |kind: FileKind| format!("{}{}", issued.subject(), kind.suffix());
        let request = || BundleFile::new(name(FileKind::Request), &issued.request().to_pem());
        Self {
            chain: BundleFile::new(name(FileKind::Chain), &issued.chain().to_pem()),
            request: (!issued.key().is_seeded()).then(request),
            key: BundleFile::new(name(FileKind::Key), issued.key().to_pem().as_str()),
        }
    }

    fn read(&self, folder: &Path) -> Option<Self> {
        Some(Self {
            chain: self.chain.read(folder)?,
            request: match &self.request {
                Some(request) => Some(request.read(folder)?),
                None => None,
            },
            key: self.key.read(folder)?,
        })
    }
}

/// The files of a bundle but for the manifest.
pub(super) struct BundleFiles {
    pub(super) root: BundleFile,
    pub(super) certificates: Vec<CertificateFiles>,
}

impl BundleFiles {
    /// Returns the files as `bundle` is written.
    pub(super) fn new(bundle: &Bundle) -> Self {
        let roots: String = bundle.roots().iter().map(Certificate::to_pem).collect();
        Self {
            root: BundleFile::new(ROOT.to_owned(), &roots),
            certificates: bundle.issued().iter().map(CertificateFiles::new).collect(),
        }
    }

    /// Reads the files of these names in `folder`. Returns `None` if one is missing.
    pub(super) fn read(&self, folder: &Path) -> Option<Self> {
        let certificates = self.certificates.iter();
        Some(Self {
            root: self.root.read(folder)?,
            certificates: certificates
                .map(|files| files.read(folder))
                .collect::<Option<_>>()?,
        })
    }

    /// Returns all files, those of one certificate together.
    pub(super) fn into_vec(self) -> Vec<BundleFile> {
        let mut files = vec![self.root];
        for certificate in self.certificates {
            files.push(certificate.chain);
            files.extend(certificate.request);
            files.push(certificate.key);
        }
        files
    }
}
