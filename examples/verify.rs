//! Whether chains are good for the names that their files have, by the roots of one side.
//!
//! `verify ROOTS CHAIN…`, each chain in a file `FQDN.pem`, `FQDN.chain.pem`, `.cer`, `.der` or `.p7b`. Exits with 0
//! where all are good, 1 where one is not, and 2 where the input cannot be used.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program speaks"
)]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use time::OffsetDateTime;
use umcert::{Chain, DnsName, TrustStore};

const USAGE: &str = "usage: verify ROOTS CHAIN…";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("verify: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let roots = paths.next().ok_or(USAGE)?;
    let roots = TrustStore::from_bytes(&read(&roots)?).map_err(|error| in_file(&roots, error))?;
    let now = OffsetDateTime::now_utc();
    let mut chains = paths.peekable();
    chains.peek().ok_or(USAGE)?;
    let mut all_good = true;
    for path in chains {
        let name = name_of(&path).ok_or_else(|| in_file(&path, "its name is no FQDN"))?;
        let chain = Chain::from_bytes(&read(&path)?).map_err(|error| in_file(&path, error))?;
        match roots.verify(&chain, &name, now) {
            Ok(path) => println!("{name}: good, through {}", path.root().subject()),
            Err(error) => {
                println!("{name}: {error}");
                all_good = false;
            }
        }
    }
    Ok(all_good)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| in_file(path, error))
}

fn in_file(path: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

/// The server that a file of this name is for.
fn name_of(path: &Path) -> Option<DnsName> {
    let stem = path.file_stem()?.to_str()?;
    let stem = stem.strip_suffix(".chain").unwrap_or(stem);
    stem.parse().ok()
}
