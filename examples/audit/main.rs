//! Audits the chains that servers present, from files of a folder.
//!
//! A chain is a file `FQDN.pem`, `FQDN.chain.pem`, `FQDN.cer`, `FQDN.crt`, `FQDN.der`, `FQDN.p7b` or `FQDN.p7c`,
//! in upper or lower case. A file with another name or extension is skipped and named on standard error.
//! With `--requests`, each chain must be for the key of its server's request (`FQDN.csr.pem`, `FQDN.csr`,
//! `FQDN.req`). The exit status is 0 if all chains are trusted, 1 if one is refused or
//! cannot be judged, and 2 if the input cannot be used.
//!
//! `cargo run --example audit -- examples/data/example-1.toml --presented pki --lync-roots pki/root.pem
//! --exchange-roots pki/root.pem`

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use umcert::{Audit, CertificateRequest, Crl, Deployment, DnsName, Plan, TrustStore};

#[path = "../shared/mod.rs"]
mod shared;

/// Audits the chains that servers present.
#[derive(Parser)]
struct Arguments {
    /// Deployment, a TOML or JSON file
    deployment: PathBuf,
    /// Folder of the chains that UM servers present
    #[arg(long, value_name = "DIR")]
    presented: PathBuf,
    /// Roots that Lync trusts
    #[arg(long, value_name = "FILE")]
    lync_roots: PathBuf,
    /// Roots that Exchange trusts: all forests, or one
    #[arg(long, required = true, value_name = "[FOREST=]FILE", value_parser = parse_forest_roots)]
    exchange_roots: Vec<ForestRoots>,
    /// Folder of the chains that Front Ends present
    #[arg(long, value_name = "DIR")]
    lync_presented: Option<PathBuf>,
    /// Certificate revocation lists
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// Folder of the requests that the CA received
    #[arg(long, value_name = "DIR")]
    requests: Option<PathBuf>,
    #[command(flatten)]
    plan: shared::PlanArguments,
    /// Time of the audit, such as 2026-11-23T00:00:00Z [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = parse_time)]
    at: Option<OffsetDateTime>,
    /// Days before expiry from which `expires-soon` is reported
    #[arg(long, value_name = "N")]
    warn_days: Option<u32>,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

/// A file of roots, for one forest or for all.
#[derive(Clone)]
struct ForestRoots {
    forest: Option<DnsName>,
    file: PathBuf,
}

fn parse_forest_roots(value: &str) -> Result<ForestRoots, String> {
    let named = value.split_once('=');
    let named = named.and_then(|(forest, file)| Some((forest.parse().ok()?, file)));
    Ok(match named {
        Some((forest, file)) => ForestRoots {
            forest: Some(forest),
            file: file.into(),
        },
        None => ForestRoots {
            forest: None,
            file: value.into(),
        },
    })
}

fn parse_time(value: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(value, &Rfc3339)
        .map_err(|_| "expected a time such as 2026-11-23T00:00:00Z".to_owned())
}

fn main() -> ExitCode {
    shared::exit("audit", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> shared::Outcome {
    let deployment = shared::read_deployment(&arguments.deployment)?;
    let plan = Plan::new(&deployment, &arguments.plan.options(&deployment))?;
    let mut audit = Audit::new(&plan)
        .threads(available_parallelism()?)
        .lync_roots(TrustStore::from_file(&arguments.lync_roots)?);
    if let Some(days) = arguments.warn_days {
        audit = audit.warn_days(days);
    }
    audit = add_exchange_roots(audit, &arguments.exchange_roots, &deployment)?;
    let mut presented = BTreeMap::new();
    for folder in [
        Some(&arguments.presented),
        arguments.lync_presented.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        for (server, chain) in shared::read_chains(folder)? {
            if presented.insert(server.clone(), chain).is_some() {
                return Err(format!("both folders have a chain of `{server}`").into());
            }
        }
    }
    audit = audit.presented_chains(presented);
    if let Some(folder) = &arguments.requests {
        for (server, request) in shared::note_skipped(CertificateRequest::from_folder(folder)?) {
            audit = audit.requested(server, request);
        }
    }
    for path in &arguments.crl {
        audit = audit.crls(Crl::all_from_file(path)?);
    }
    let report = audit.run(arguments.at.unwrap_or_else(OffsetDateTime::now_utc));
    let text = if arguments.json {
        serde_json::to_string_pretty(&report)? + "\n"
    } else {
        report.to_string()
    };
    shared::print(&text)?;
    Ok(report.is_trusted())
}

/// Adds the roots of Exchange, at most one file for each forest and one for all others.
fn add_exchange_roots<'a>(
    mut audit: Audit<'a>,
    exchange_roots: &[ForestRoots],
    deployment: &Deployment,
) -> Result<Audit<'a>, Box<dyn Error>> {
    let mut seen = BTreeSet::new();
    for ForestRoots { forest, file } in exchange_roots {
        if !seen.insert(forest) {
            let whose = forest.as_ref().map_or("all forests", DnsName::as_str);
            return Err(format!("--exchange-roots is given twice for {whose}").into());
        }
        audit = match forest {
            None => audit.exchange_roots(TrustStore::from_file(file)?),
            Some(name)
                if deployment
                    .exchange
                    .iter()
                    .any(|known| known.forest == *name) =>
            {
                audit.exchange_roots_of(name.clone(), TrustStore::from_file(file)?)
            }
            Some(name) => {
                let error = format!("--exchange-roots: {name} is not a forest of the deployment");
                return Err(error.into());
            }
        };
    }
    Ok(audit)
}
