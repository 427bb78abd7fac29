//! Folders of files that are named for the server they belong to.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Display;
use std::fs;
use std::path::{Path, PathBuf};

use umcert::{CertificateRequest, Chain, DnsName};

use crate::shared;

/// The endings of files with a chain.
const CHAINS: [&str; 7] = [".chain.pem", ".pem", ".cer", ".crt", ".der", ".p7b", ".p7c"];
/// The endings of files with a request.
const REQUESTS: [&str; 3] = [".csr.pem", ".csr", ".req"];
/// The endings of files that lie beside the chains in a folder that `issue` wrote.
const OTHERS: [&str; 2] = [".key.pem", ".csr.pem"];

/// Reads the chains of all `folders`.
pub(crate) fn read_chains<'a>(
    folders: impl Iterator<Item = &'a PathBuf>,
) -> Result<BTreeMap<DnsName, Chain>, Box<dyn Error>> {
    let mut chains = BTreeMap::new();
    for folder in folders {
        read_folder(folder, &CHAINS, &OTHERS, Chain::from_bytes, &mut chains)?;
    }
    Ok(chains)
}

/// Reads the requests of `folder`.
pub(crate) fn read_requests(
    folder: &Path,
) -> Result<BTreeMap<DnsName, CertificateRequest>, Box<dyn Error>> {
    let mut requests = BTreeMap::new();
    let parse = CertificateRequest::from_bytes;
    read_folder(folder, &REQUESTS, &[], parse, &mut requests)?;
    Ok(requests)
}

/// Adds to `found` the files of `folder` whose names end in one of `endings` and in none of `others`.
fn read_folder<T, E: Display>(
    folder: &Path,
    endings: &[&str],
    others: &[&str],
    parse: impl Fn(&[u8]) -> Result<T, E>,
    found: &mut BTreeMap<DnsName, T>,
) -> Result<(), Box<dyn Error>> {
    for path in sorted_files(folder)? {
        let Some(stem) = stem(&path, endings, others) else {
            continue;
        };
        let Ok(server) = stem.parse::<DnsName>() else {
            // `issue` writes the root beside the chains.
            if stem != "root" {
                let reason = format!("skipped: `{stem}` is not the FQDN of a server");
                shared::note(&shared::in_file(&path, reason));
            }
            continue;
        };
        let parsed = parse(&shared::read_file(&path)?);
        let parsed = parsed.map_err(|error| shared::in_file(&path, error))?;
        if found.insert(server.clone(), parsed).is_some() {
            return Err(shared::in_file(folder, format!("several files are for {server}")).into());
        }
    }
    Ok(())
}

fn sorted_files(folder: &Path) -> Result<BTreeSet<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| shared::in_file(folder, error))?;
    entries
        .map(|entry| {
            Ok(entry
                .map_err(|error| shared::in_file(folder, error))?
                .path())
        })
        .collect()
}

/// Returns the file's name in lower case without its ending.
fn stem(path: &Path, endings: &[&str], others: &[&str]) -> Option<String> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    if others.iter().any(|ending| name.ends_with(ending)) {
        return None;
    }
    let stem = endings
        .iter()
        .find_map(|ending| name.strip_suffix(ending))?;
    Some(stem.to_owned())
}
