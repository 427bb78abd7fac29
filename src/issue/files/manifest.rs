//! The manifest: which file belongs to which server, with fingerprints and dates, as JSON.

use serde::{Deserialize, Serialize};

use super::bundle_files::{Contents, FileEntry, ROOT, names_of, sha256};
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
    root: FileEntry,
    certificates: Vec<CertificateEntry>,
}

#[derive(Serialize, Deserialize)]
struct CertificateEntry {
    subject: String,
    servers: Vec<String>,
    not_before: String,
    not_after: String,
    /// The fingerprint of the server's certificate.
    sha256: String,
    chain: FileEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<FileEntry>,
    key: FileEntry,
}

impl Manifest {
    /// Returns the manifest of `files`, which are those of `bundle` or like them. Returns `None` if one is missing
    /// or a chain has no readable certificate.
    pub(super) fn new(bundle: &Bundle, files: &Contents) -> Option<Self> {
        let certificates = bundle.certificates().iter();
        Some(Self {
            umcert: VERSION.to_owned(),
            root: entry(files, ROOT)?,
            certificates: certificates
                .map(|issued| CertificateEntry::new(issued, files))
                .collect::<Option<_>>()?,
        })
    }

    pub(super) fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("strings and lists are JSON") + "\n"
    }

    /// Returns the files that a manifest lists, or `None` if `json` is not a manifest of this crate.
    pub(super) fn read_entries(json: &[u8]) -> Option<Vec<FileEntry>> {
        let manifest: Self = serde_json::from_slice(json).ok()?;
        let mut entries = vec![manifest.root];
        for certificate in manifest.certificates {
            entries.push(certificate.chain);
            entries.extend(certificate.request);
            entries.push(certificate.key);
        }
        Some(entries)
    }
}

impl CertificateEntry {
    fn new(issued: &IssuedCertificate, files: &Contents) -> Option<Self> {
        let [chain, request, key] = names_of(issued.subject());
        let certificates = Chain::from_bytes(files.get(&chain)?).ok()?;
        let certificate = certificates.certificates().next()?;
        Some(Self {
            subject: issued.subject().to_owned(),
            servers: issued.servers().iter().map(ToString::to_string).collect(),
            not_before: rfc3339(certificate.not_before()),
            not_after: rfc3339(certificate.not_after()),
            sha256: sha256(certificate.der()),
            chain: entry(files, &chain)?,
            request: entry(files, &request),
            key: entry(files, &key)?,
        })
    }
}

fn entry(files: &Contents, name: &str) -> Option<FileEntry> {
    Some(FileEntry::new(name, files.get(name)?))
}
