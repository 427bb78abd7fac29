//! Names and contents of a bundle's files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use data_encoding::HEXLOWER;
use zeroize::Zeroizing;

use crate::crypto;
use crate::issue::bundle::{Bundle, IssuedCertificate};
use crate::x509::Certificate;

/// The file of the roots.
pub(super) const ROOT: &str = "root.pem";
/// The file that lists all others.
pub(super) const MANIFEST: &str = "umcert.json";

/// Size limit of a manifest in bytes. A certificate takes less than 1 KiB.
const MAX_MANIFEST: u64 = 64 << 20;
/// Size limit of any other file in bytes. A chain with a hundred names has a few KiB.
const MAX_SIZE: u64 = 1 << 20;

/// The content of a file, which is cleared from memory because it may be a key.
pub(super) type Content = Zeroizing<Vec<u8>>;
/// Contents by file name.
pub(super) type Contents = BTreeMap<String, Content>;
/// The SHA-256 of contents, in lower-case hexadecimal, by file name.
pub(super) type Digests = BTreeMap<String, String>;

/// The role of a file in a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Root,
    Chain,
    Request,
    Key,
    Manifest,
}

/// The suffixes of the names of a certificate's files.
const SUFFIXES: [(FileKind, &str); 3] = [
    (FileKind::Chain, ".chain.pem"),
    (FileKind::Request, ".csr.pem"),
    (FileKind::Key, ".key.pem"),
];

impl FileKind {
    /// Returns the role of the file `name`, or `None` if no file of a bundle has such a name.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            ROOT => Some(Self::Root),
            MANIFEST => Some(Self::Manifest),
            _ if name.starts_with('.') || name.contains(['/', '\\']) => None,
            _ => split_name(name).map(|(_, kind)| kind),
        }
    }
}

/// Returns the stem of a certificate's file with this name, and the role of the file.
fn split_name(name: &str) -> Option<(&str, FileKind)> {
    let split = |(kind, suffix): &(FileKind, &str)| Some((name.strip_suffix(suffix)?, *kind));
    SUFFIXES.iter().find_map(split)
}

/// Returns the stem that the names of one certificate's files have in common, or the whole name of any other file.
pub(super) fn certificate_of(name: &str) -> &str {
    split_name(name).map_or(name, |(stem, _)| stem)
}

/// Returns the names of the files of a certificate: chain, request and key.
pub(super) fn names_of(issued: &IssuedCertificate) -> [String; 3] {
    let stem = issued.file_stem();
    SUFFIXES.map(|(_, suffix)| format!("{stem}{suffix}"))
}

/// Returns the files of `bundle` except the manifest.
pub(super) fn contents_of(bundle: &Bundle) -> Contents {
    let roots: String = bundle.roots().iter().map(Certificate::to_pem).collect();
    let certificates = bundle.certificates().iter();
    let contents = certificates.flat_map(contents_of_certificate);
    contents
        .chain([(ROOT.to_owned(), content(&roots))])
        .collect()
}

/// Returns the files of one certificate except the manifest. A key from a seed has no request: such a request must not
/// reach a CA.
pub(super) fn contents_of_certificate(issued: &IssuedCertificate) -> Contents {
    let [chain, request, key] = names_of(issued);
    let mut contents = Contents::from([
        (chain, content(&issued.chain().to_pem())),
        (key, content(issued.key().to_pem().as_str())),
    ]);
    if !issued.key().is_seeded() {
        contents.insert(request, content(&issued.request().to_pem()));
    }
    contents
}

fn content(text: &str) -> Content {
    Zeroizing::new(text.as_bytes().to_vec())
}

/// Returns those of `files` that get a place in the folder. The manifest of a single certificate remains in the stage: a
/// folder has one manifest, and several certificates can be written into it.
pub(super) fn placed<T: Clone>(files: &BTreeMap<String, T>) -> BTreeMap<String, T> {
    let is_bundle = files.contains_key(ROOT);
    let placed = files
        .iter()
        .filter(|(name, _)| is_bundle || *name != MANIFEST);
    placed
        .map(|(name, file)| (name.clone(), file.clone()))
        .collect()
}

/// Reads a regular file. Returns `None` if `path` is not a regular file, or if the file is larger than those of a
/// bundle.
pub(super) fn read(path: &Path) -> Option<Content> {
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

/// Returns the SHA-256 of `bytes` in the form that the manifest uses.
pub(super) fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&crypto::sha256(bytes))
}

/// Returns the digests of `contents`.
pub(super) fn digests_of(contents: &Contents) -> Digests {
    let digest = |(name, content): (&String, &Content)| (name.clone(), sha256(content));
    contents.iter().map(digest).collect()
}

/// Returns `true` if `folder` contains the file `name` with the content of `digests`.
pub(super) fn is_in(folder: &Path, name: &str, digests: &Digests) -> bool {
    digests.get(name).is_some_and(|digest| {
        read(&folder.join(name)).is_some_and(|content| sha256(&content) == *digest)
    })
}
