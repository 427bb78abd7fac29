//! Plans the certificates of a deployment.
//!
//! `cargo run --example plan -- examples/data/example-1.toml --san wildcard`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use umcert::{Plan, PlanOptions, SanPolicy};

#[expect(dead_code, reason = "each program uses a part")]
mod shared;

/// Plans the certificates of a deployment.
#[derive(Parser)]
struct Arguments {
    /// Deployment, a TOML or JSON file
    deployment: PathBuf,
    /// SAN policy
    #[arg(long, default_value_t, value_name = "every-server|wildcard|minimal")]
    san: SanPolicy,
    /// Covers the Front Ends of Lync, with certificates for tests
    #[arg(long)]
    front_ends: bool,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    shared::exit("plan", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> shared::Outcome {
    let deployment = shared::read_deployment(&arguments.deployment)?;
    let options = PlanOptions::default()
        .san(arguments.san)
        .front_ends(arguments.front_ends);
    let plan = Plan::new(&deployment, &options)?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&plan)? + "\n"
    } else {
        plan.to_string()
    };
    shared::print(&text)?;
    Ok(true)
}
