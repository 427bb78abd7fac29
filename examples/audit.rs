//! Audits the chains that servers present, as files of a folder: `FQDN.pem`, `FQDN.chain.pem`,
//! `FQDN.cer`, `FQDN.crt`, `FQDN.der`, `FQDN.p7b` or `FQDN.p7c`, in upper case or lower. The exit status is 0
//! where they are trusted, 1 where they are not, and 2 where the input cannot be used. A file that looks
//! like a certificate's and is not named so is passed over, and named on standard error.
//!
//! With `--requests`, a folder of the requests that were made (`FQDN.csr.pem`, `FQDN.csr`, `FQDN.req`), what
//! is presented must be for their keys. Chains of Lync's Front Ends come from the folder of
//! `--lync-presented`. A file of `--exchange-roots` serves every forest, or the one that is named before
//! it (`fabrikam.com=roots.pem`).
//!
//! `cargo run --example audit -- examples/data/example-1.toml --presented pki --lync-roots pki/root.pem
//! --exchange-roots pki/root.pem`

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::available_parallelism;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use umcert::{
    Audit, CertificateRequest, Chain, Crl, Deployment, DnsName, Plan, PlanOptions, TrustStore,
};

mod shared;

const USAGE: &str = "usage: audit DEPLOYMENT --presented DIR --lync-roots FILE \
                     --exchange-roots [FOREST=]FILE… [--lync-presented DIR] [--crl FILE…] [--requests DIR] \
                     [--san every-server|wildcard|minimal] [--key rsa2048|rsa3072|rsa4096|p256|p384] \
                     [--at RFC3339] [--warn-days N] [--json]";

/// The endings of files with a chain, and of those that stand beside them in a folder of `issue`.
const CHAINS: [&str; 7] = [".chain.pem", ".pem", ".cer", ".crt", ".der", ".p7b", ".p7c"];
const REQUESTS: [&str; 3] = [".csr.pem", ".csr", ".req"];
const OTHERS: [&str; 2] = [".key.pem", ".csr.pem"];

fn main() -> ExitCode {
    shared::exit("audit", run())
}

fn run() -> shared::Outcome {
    let arguments = shared::Arguments::read(USAGE)?;
    let options = PlanOptions::default()
        .san(arguments.parsed("san")?)
        .key(arguments.parsed("key")?);
    let deployment = arguments.deployment()?;
    let plan = Plan::new(&deployment, &options)?;
    let at = time_of(&arguments)?;
    let mut audit = Audit::new(&plan).threads(available_parallelism()?);
    if let Some(days) = arguments.option("warn-days") {
        let days = days
            .parse()
            .map_err(|_| format!("--warn-days: `{days}` is no number of days"))?;
        audit = audit.warn_days(days);
    }
    audit = audit
        .lync_roots(roots(arguments.required("lync-roots")?)?)
        .presented_chains(presented(&arguments)?);
    if let Some(folder) = arguments.option("requests") {
        audit = requested(audit, folder.as_ref())?;
    }
    for path in arguments.options("crl") {
        let crl = Crl::from_bytes(&shared::read_file(path)?);
        audit = audit.crls([crl.map_err(|error| format!("{path}: {error}"))?]);
    }
    let report = exchange_roots(audit, &arguments, &deployment)?.run(at);
    let text = match arguments.switch("json") {
        true => serde_json::to_string_pretty(&report)? + "\n",
        false => report.to_string(),
    };
    shared::say(&text)?;
    Ok(report.is_trusted())
}

fn time_of(arguments: &shared::Arguments) -> Result<OffsetDateTime, Box<dyn Error>> {
    let Some(at) = arguments.option("at") else {
        return Ok(OffsetDateTime::now_utc());
    };
    let at = OffsetDateTime::parse(at, &Rfc3339)
        .map_err(|_| format!("--at: `{at}` is no time like 2026-11-23T00:00:00Z"))?;
    Ok(at)
}

/// The audit with the roots of Exchange: `FOREST=FILE` for one forest, `FILE` for all others.
fn exchange_roots<'a>(
    mut audit: Audit<'a>,
    arguments: &shared::Arguments,
    deployment: &Deployment,
) -> Result<Audit<'a>, Box<dyn Error>> {
    arguments.required("exchange-roots")?;
    let mut given = BTreeSet::new();
    for value in arguments.options("exchange-roots") {
        let forest = value.split_once('=');
        let forest = forest.and_then(|(name, path)| Some((name.parse::<DnsName>().ok()?, path)));
        let name = forest.as_ref().map(|(name, _)| name.clone());
        if let Some(name) = &name
            && !deployment.exchange.iter().any(|it| it.forest == *name)
        {
            return Err(format!("--exchange-roots: {name} is no forest of the deployment").into());
        }
        if !given.insert(name.clone()) {
            let whose = name.map_or_else(|| "all forests".to_owned(), |name| name.to_string());
            return Err(format!("--exchange-roots is given twice for {whose}").into());
        }
        audit = match forest {
            Some((forest, path)) => audit.exchange_roots_of(forest, roots(path)?),
            None => audit.exchange_roots(roots(value)?),
        };
    }
    Ok(audit)
}

fn roots(path: &str) -> Result<TrustStore, Box<dyn Error>> {
    let roots = TrustStore::from_bytes(&shared::read_file(path)?);
    roots.map_err(|error| format!("{path}: {error}").into())
}

/// The chains in the folders of both sides.
fn presented(arguments: &shared::Arguments) -> Result<BTreeMap<DnsName, Chain>, Box<dyn Error>> {
    let mut chains = BTreeMap::new();
    add_folder(arguments.required("presented")?.as_ref(), &mut chains)?;
    if let Some(folder) = arguments.option("lync-presented") {
        add_folder(folder.as_ref(), &mut chains)?;
    }
    Ok(chains)
}

fn add_folder(folder: &Path, chains: &mut BTreeMap<DnsName, Chain>) -> Result<(), Box<dyn Error>> {
    for path in files(folder)? {
        let Some(stem) = stem_of(&path, &CHAINS, &OTHERS) else {
            continue;
        };
        let Ok(server) = stem.parse::<DnsName>() else {
            pass_over(&path, &stem);
            continue;
        };
        let chain = Chain::from_bytes(&shared::read_file(&path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        if chains.insert(server.clone(), chain).is_some() {
            return Err(format!("{}: several files are for {server}", folder.display()).into());
        }
    }
    Ok(())
}

/// The audit with the requests of a folder: `FQDN.csr.pem`, `FQDN.csr` or `FQDN.req`.
fn requested<'a>(mut audit: Audit<'a>, folder: &Path) -> Result<Audit<'a>, Box<dyn Error>> {
    let mut servers = BTreeSet::new();
    for path in files(folder)? {
        let Some(stem) = stem_of(&path, &REQUESTS, &[]) else {
            continue;
        };
        let Ok(server) = stem.parse::<DnsName>() else {
            pass_over(&path, &stem);
            continue;
        };
        let request = CertificateRequest::from_bytes(&shared::read_file(&path)?);
        let request = request.map_err(|error| format!("{}: {error}", path.display()))?;
        if !servers.insert(server.clone()) {
            return Err(format!("{}: several files are for {server}", folder.display()).into());
        }
        audit = audit.requested(server, request);
    }
    Ok(audit)
}

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Result<BTreeSet<PathBuf>, Box<dyn Error>> {
    let in_folder = |error| format!("{}: {error}", folder.display());
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(in_folder)? {
        files.insert(entry.map_err(in_folder)?.path());
    }
    Ok(files)
}

/// What stands before one of `endings` in the name of a file, unless that has one of `others`.
fn stem_of(path: &Path, endings: &[&str], others: &[&str]) -> Option<String> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    if others.iter().any(|ending| name.ends_with(ending)) {
        return None;
    }
    let stem = endings
        .iter()
        .find_map(|ending| name.strip_suffix(ending))?;
    Some(stem.to_owned())
}

/// Says that a file is not looked at, but for the root that `issue` writes beside the chains.
fn pass_over(path: &Path, stem: &str) {
    if stem != "root" {
        shared::note(&format!(
            "{} is passed over: `{stem}` is not the FQDN of a server",
            path.display()
        ));
    }
}
