//! Verifies chains for the names of their files, against the roots of one side.
//!
//! Each chain is a file `FQDN.pem`, `FQDN.chain.pem`, `.cer`, `.der` or `.p7b`. The exit status is 0 if all chains
//! are trusted, 1 if one is not, and 2 if the input cannot be used.
//!
//! `cargo run --example verify -- pki/root.pem pki/um1.contoso.com.chain.pem`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use time::OffsetDateTime;
use umcert::{Chain, DnsName, TrustStore};

#[expect(dead_code, reason = "each program uses a part")]
mod shared;

/// Verifies chains for the names of their files.
#[derive(Parser)]
struct Arguments {
    /// File of trusted roots
    roots: PathBuf,
    /// Files of chains, each named for its server
    #[arg(required = true, value_name = "CHAIN")]
    chains: Vec<PathBuf>,
}

fn main() -> ExitCode {
    shared::exit("verify", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> shared::Outcome {
    let roots = TrustStore::from_file(&arguments.roots)?;
    for unusable in roots.unusable() {
        let reason = format!("entry {} is {}", unusable.entry, unusable.reason);
        shared::note(&shared::in_file(&arguments.roots, reason));
    }
    let now = OffsetDateTime::now_utc();
    let mut all_trusted = true;
    for path in &arguments.chains {
        let name = server_name(path)
            .ok_or_else(|| shared::in_file(path, "the file's name is not an FQDN"))?;
        let chain = Chain::from_file(path)?;
        let line = match roots.verify(&chain, &name, now) {
            Ok(path) => format!("{name}: good, through {}", path.root().subject()),
            Err(error) => {
                all_trusted = false;
                format!("{name}: {error}")
            }
        };
        shared::print(&(line + "\n"))?;
    }
    Ok(all_trusted)
}

/// Returns the server whose chain a file of this name holds.
fn server_name(path: &Path) -> Option<DnsName> {
    let stem = path.file_stem()?.to_str()?;
    stem.strip_suffix(".chain").unwrap_or(stem).parse().ok()
}
