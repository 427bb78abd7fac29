//! Audits the chains that servers present, as files of a folder: `FQDN.pem`, `FQDN.chain.pem`,
//! `FQDN.cer` or `FQDN.der`. The exit status is 0 where they are trusted, 1 where they are not, and 2
//! where the input cannot be used.
//!
//! `cargo run --example audit -- examples/data/example-1.toml --presented pki --lync-roots pki/root.pem
//! --exchange-roots pki/root.pem`

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use umcert::{Audit, Chain, DnsName, Plan, PlanOptions, TrustStore};

mod shared;

const USAGE: &str = "usage: audit DEPLOYMENT --presented DIR --lync-roots FILE --exchange-roots FILE \
                     [--san every-server|wildcard|minimal] [--at RFC3339] [--warn-days N] [--json]";

/// The endings of files with a chain, and of those that stand beside them in a folder of `issue`.
const CHAINS: [&str; 4] = [".chain.pem", ".pem", ".cer", ".der"];
const OTHERS: [&str; 2] = [".key.pem", ".csr.pem"];

fn main() -> ExitCode {
    shared::exit("audit", run())
}

fn run() -> shared::Outcome {
    let arguments = shared::Arguments::read(USAGE)?;
    let options = PlanOptions::default().san(arguments.parsed("san")?);
    let plan = Plan::new(&arguments.deployment()?, &options)?;
    let at = match arguments.option("at") {
        None => OffsetDateTime::now_utc(),
        Some(at) => OffsetDateTime::parse(at, &Rfc3339)
            .map_err(|_| format!("--at: `{at}` is no time like 2026-11-23T00:00:00Z"))?,
    };
    let mut audit = Audit::new(&plan);
    if let Some(days) = arguments.option("warn-days") {
        let days = days
            .parse()
            .map_err(|_| format!("--warn-days: `{days}` is no number of days"))?;
        audit = audit.warn_days(days);
    }
    let audit = audit
        .lync_roots(roots(arguments.required("lync-roots")?)?)
        .exchange_roots(roots(arguments.required("exchange-roots")?)?)
        .presented_all(presented(arguments.required("presented")?.as_ref())?);
    let report = audit.run(at);
    let text = match arguments.switch("json") {
        true => serde_json::to_string_pretty(&report)? + "\n",
        false => report.to_string(),
    };
    shared::say(&text)?;
    Ok(report.is_trusted())
}

fn roots(path: &str) -> Result<TrustStore, Box<dyn Error>> {
    let roots = TrustStore::from_bytes(&shared::read_file(path)?);
    roots.map_err(|error| format!("{path}: {error}").into())
}

fn presented(folder: &Path) -> Result<BTreeMap<DnsName, Chain>, Box<dyn Error>> {
    let in_folder = |error| format!("{}: {error}", folder.display());
    let mut chains = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(in_folder)? {
        let path = entry.map_err(in_folder)?.path();
        let Some(server) = path.file_name().and_then(|name| server_of(name.to_str()?)) else {
            continue;
        };
        let chain = Chain::from_bytes(&shared::read_file(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        if chains.insert(server.clone(), chain).is_some() {
            return Err(format!("{}: several files are for {server}", folder.display()).into());
        }
    }
    Ok(chains)
}

/// The server that a file of this name is for.
fn server_of(file: &str) -> Option<DnsName> {
    if OTHERS.iter().any(|ending| file.ends_with(ending)) {
        return None;
    }
    let stem = CHAINS.iter().find_map(|ending| file.strip_suffix(ending))?;
    stem.parse().ok()
}
