//! Reads the files of a bundle.

use std::error::Error;
use std::fs;
use std::path::Path;

use super::bundle_files::{self, FileKind, MANIFEST, sha256};
use super::error::BundleError;
use super::manifest::{CertificateEntry, FileEntry, Manifest};
use crate::issue::bundle::{Bundle, IssuedCertificate};
use crate::issue::key::KeyPair;
use crate::issue::request;
use crate::name::DnsName;
use crate::x509::{Certificate, CertificateRequest, Chain, ReadFileError, read_file};

type Reason = Box<dyn Error + Send + Sync>;

impl Bundle {
    /// Reads the bundle in `folder` that [`write`](Self::write), [`overwrite`](Self::overwrite) or
    /// [`write_if_changed`](Self::write_if_changed) wrote: keys, requests, chains and roots.
    ///
    /// Every file must have the SHA-256 fingerprint that the manifest lists, each key must belong to its chain, and each
    /// request to its key. Other files of the folder are ignored, and nothing is changed. A key that was derived from a
    /// seed remains one: its request is signed again.
    ///
    /// *Not* checked: signatures and dates of the certificates, and who can read the keys.
    ///
    /// # Errors
    ///
    /// Returns [`ReadFileError`] with the path of the first file that is missing, unreadable or not as it was written.
    /// Its source is [`BundleError`] if the file is readable.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self, ReadFileError> {
        let folder = folder.as_ref();
        let path = folder.join(MANIFEST);
        let not_a_manifest = || ReadFileError::new(&path, BundleError::NotAManifest);
        let manifest = read_manifest(&path)?;
        let root = manifest.root.as_ref().ok_or_else(not_a_manifest)?;
        let roots = read_listed(folder, root, FileKind::Root, read_roots)?;
        let entries = manifest.certificates.iter();
        let certificates = entries.map(|entry| {
            let servers = entry.servers.iter().map(|server| server.parse());
            let servers: Result<Vec<DnsName>, _> = servers.collect();
            read_certificate(folder, entry, servers.map_err(|_| not_a_manifest())?)
        });
        Ok(Self {
            certificates: certificates.collect::<Result<_, _>>()?,
            roots,
            has_persistent_ca: true,
        })
    }
}

fn read_manifest(path: &Path) -> Result<Manifest, ReadFileError> {
    let error = |reason: Reason| ReadFileError::new(path, reason);
    fs::metadata(path).map_err(|reason| error(reason.into()))?;
    let json = bundle_files::read(path);
    let manifest = json.and_then(|json| Manifest::from_json(&json));
    manifest.ok_or_else(|| error(BundleError::NotAManifest.into()))
}

/// Reads a file that the manifest lists.
fn read_listed<T, E: Into<Reason>>(
    folder: &Path,
    entry: &FileEntry,
    kind: FileKind,
    parse: impl FnOnce(&[u8]) -> Result<T, E>,
) -> Result<T, ReadFileError> {
    // Such a name may lead out of the folder.
    if FileKind::of(&entry.file) != Some(kind) {
        let manifest = folder.join(MANIFEST);
        return Err(ReadFileError::new(&manifest, BundleError::NotAManifest));
    }
    read_file(&folder.join(&entry.file), |bytes| {
        if sha256(bytes) != entry.sha256 {
            return Err(BundleError::Changed.into());
        }
        parse(bytes).map_err(Into::into)
    })
}

fn read_roots(bytes: &[u8]) -> Result<Vec<Certificate>, Reason> {
    let roots = Chain::from_bytes(bytes)?.into_iter();
    Ok(roots.collect::<Result<_, _>>()?)
}

fn read_certificate(
    folder: &Path,
    entry: &CertificateEntry,
    servers: Vec<DnsName>,
) -> Result<IssuedCertificate, ReadFileError> {
    let chain = read_listed(folder, &entry.chain, FileKind::Chain, Chain::from_bytes)?;
    let Some(Ok(certificate)) = chain.end_entity() else {
        let path = folder.join(&entry.chain.file);
        return Err(ReadFileError::new(&path, BundleError::UnreadableChain));
    };
    let key = read_listed(folder, &entry.key, FileKind::Key, |bytes| {
        let key = KeyPair::from_bytes(bytes)?;
        let belongs = key.is_key_of(certificate);
        belongs
            .then_some(key)
            .ok_or_else(|| Reason::from(BundleError::KeyMismatch))
    })?;
    let (key, request) = match &entry.request {
        Some(request) => (key, read_request(folder, request, certificate)?),
        None => {
            let key = key.into_seeded();
            // Such a request is never written: it must not reach a CA.
            let request = request::for_names(&entry.subject, certificate.dns_names(), &key);
            let path = folder.join(&entry.key.file);
            (
                key,
                request.map_err(|error| ReadFileError::new(&path, error))?,
            )
        }
    };
    Ok(IssuedCertificate {
        subject: entry.subject.clone(),
        servers,
        key,
        request,
        chain,
    })
}

fn read_request(
    folder: &Path,
    entry: &FileEntry,
    certificate: &Certificate,
) -> Result<CertificateRequest, ReadFileError> {
    read_listed(folder, entry, FileKind::Request, |bytes| {
        let request = CertificateRequest::from_bytes(bytes)?;
        let belongs = request.has_key_of(certificate);
        belongs
            .then_some(request)
            .ok_or_else(|| Reason::from(BundleError::RequestMismatch))
    })
}
