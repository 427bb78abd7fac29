//! Writes what an administrator needs to carry a plan out: requests, scripts and a runbook.
//!
//! With `--certificates`, a folder with what the CA returned (`FQDN.cer`, `FQDN.p7b` and so on), installation scripts
//! are written too. A chain that does not have the CN and every name of the plan is reported instead. The exit status is
//! 0 if all chains fit, 1 if one does not, and 2 if the input cannot be used or the folder has contents.
//!
//! `cargo run --example handoff -- examples/data/example-1.toml --out handoff --label 2026-11`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use umcert::Plan;
use umcert::handoff::{DialPlanMethod, Handoff, HandoffOptions};

mod shared;

/// Writes what an administrator needs to carry a plan out.
#[derive(Parser)]
struct Arguments {
    /// Deployment, a TOML or JSON file
    deployment: PathBuf,
    /// Folder to create
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    plan: shared::PlanArguments,
    /// Label in the friendly names, different at each renewal
    #[arg(long, default_value_t, value_name = "TEXT", hide_default_value = true)]
    label: String,
    /// Moves servers of Exchange 2013 and 2016 in and out of a dial plan by membership, not by their state
    #[arg(long)]
    membership: bool,
    /// Folder of the certificates that the CA returned
    #[arg(long, value_name = "DIR")]
    certificates: Option<PathBuf>,
}

fn main() -> ExitCode {
    shared::exit("handoff", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> shared::Outcome {
    let deployment = shared::read_deployment(&arguments.deployment)?;
    let plan = Plan::new(&deployment, &arguments.plan.options(&deployment))?;
    let method = if arguments.membership {
        DialPlanMethod::Membership
    } else {
        DialPlanMethod::ComponentState
    };
    let options = HandoffOptions::default()
        .label(&arguments.label)
        .dial_plan_method(method);
    let handoff = match &arguments.certificates {
        Some(folder) => Handoff::with_certificates(&plan, &options, shared::read_chains(folder)?)?,
        None => Handoff::new(&plan, &options)?,
    };
    handoff.write(&arguments.out)?;
    for file in handoff.files() {
        shared::print(&format!("{}\n", arguments.out.join(&file.path).display()))?;
    }
    for finding in handoff.findings() {
        shared::note(&finding.to_string());
    }
    Ok(handoff.findings().is_empty())
}
