//! The manifest: the files of each server, with fingerprints and dates, as JSON.

use serde::{Deserialize, Serialize};

use super::bundle_files::{Contents, Digests, ROOT, names_of, sha256};
use crate::issue::bundle::{Bundle, IssuedCertificate};
use crate::text::rfc3339;
use crate::x509::Chain;

/// The part of this crate's version that changes with incompatible releases. By Cargo's rule, 0.1 and 0.2 are
/// incompatible, 1.2 and 1.3 are not.
const VERSION: &str = match env!("CARGO_PKG_VERSION_MAJOR").as_bytes() {
    b"0" => concat!("0.", env!("CARGO_PKG_VERSION_MINOR")),
    _ => env!("CARGO_PKG_VERSION_MAJOR"),
};

/// A manifest, in the order of its JSON members.
#[derive(Serialize, Deserialize)]
pub(super) struct Manifest {
    umcert: String,
    /// Absent for a single certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) root: Option<FileEntry>,
    pub(super) certificates: Vec<CertificateEntry>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CertificateEntry {
    pub(super) subject: String,
    pub(super) servers: Vec<String>,
    not_before: String,
    not_after: String,
    /// The fingerprint of the server's certificate.
    sha256: String,
    pub(super) chain: FileEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) request: Option<FileEntry>,
    pub(super) key: FileEntry,
}

#[derive(Serialize, Deserialize)]
pub(super) struct FileEntry {
    pub(super) file: String,
    pub(super) sha256: String,
}

impl FileEntry {
    fn new(files: &Contents, name: &str) -> Option<Self> {
        Some(Self {
            file: name.to_owned(),
            sha256: sha256(files.get(name)?),
        })
    }
}

impl Manifest {
    /// Returns the manifest of `files`, which are those of `bundle` or similar ones. Returns `None` if a file is
    /// missing or a chain has no readable certificate.
    pub(super) fn new(bundle: &Bundle, files: &Contents) -> Option<Self> {
        let certificates = bundle.certificates().iter();
        Some(Self {
            umcert: VERSION.to_owned(),
            root: Some(FileEntry::new(files, ROOT)?),
            certificates: certificates
                .map(|issued| CertificateEntry::new(issued, files))
                .collect::<Option<_>>()?,
        })
    }

    /// Returns the manifest of the files of one certificate.
    pub(super) fn of_certificate(issued: &IssuedCertificate, files: &Contents) -> Option<Self> {
        Some(Self {
            umcert: VERSION.to_owned(),
            root: None,
            certificates: vec![CertificateEntry::new(issued, files)?],
        })
    }

    pub(super) fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("strings and lists are JSON") + "\n"
    }

    /// Returns `None` if `json` is not a manifest of this crate.
    pub(super) fn from_json(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    /// Returns the files that a manifest lists, or `None` if `json` is not a manifest of this crate.
    pub(super) fn listed_files(json: &[u8]) -> Option<Digests> {
        let manifest = Self::from_json(json)?;
        let of_certificate = |entry: CertificateEntry| {
            let files = [Some(entry.chain), entry.request, Some(entry.key)];
            files.into_iter().flatten()
        };
        let certificates = manifest.certificates.into_iter().flat_map(of_certificate);
        let files = certificates.chain(manifest.root);
        Some(files.map(|entry| (entry.file, entry.sha256)).collect())
    }
}

impl CertificateEntry {
    fn new(issued: &IssuedCertificate, files: &Contents) -> Option<Self> {
        let [chain, request, key] = names_of(issued);
        let certificates = Chain::from_bytes(files.get(&chain)?).ok()?;
        let certificate = certificates.certificates().next()?;
        Some(Self {
            subject: issued.subject().to_owned(),
            servers: issued.servers().iter().map(ToString::to_string).collect(),
            not_before: rfc3339(certificate.not_before()),
            not_after: rfc3339(certificate.not_after()),
            sha256: sha256(certificate.der()),
            chain: FileEntry::new(files, &chain)?,
            request: FileEntry::new(files, &request),
            key: FileEntry::new(files, &key)?,
        })
    }
}
