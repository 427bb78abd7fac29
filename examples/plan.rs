//! Plans the certificates of a deployment.
//!
//! `cargo run --example plan -- examples/data/example-1.toml --san wildcard`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use umcert::Plan;

#[expect(dead_code, reason = "each program uses a part")]
mod shared;

/// Plans the certificates of a deployment.
#[derive(Parser)]
struct Arguments {
    /// Deployment, a TOML or JSON file
    deployment: PathBuf,
    #[command(flatten)]
    plan: shared::PlanArguments,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    shared::exit("plan", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> shared::Outcome {
    let deployment = shared::read_deployment(&arguments.deployment)?;
    let plan = Plan::new(&deployment, &arguments.plan.options(&deployment))?;
    let text = if arguments.json {
        serde_json::to_string_pretty(&plan)? + "\n"
    } else {
        plan.to_string()
    };
    shared::print(&text)?;
    Ok(true)
}
