//! Plans the certificates of a deployment.
//!
//! `cargo run --example plan -- examples/data/example-1.toml --san wildcard`

use std::process::ExitCode;

use umcert::{Plan, PlanOptions};

#[expect(dead_code, reason = "each program uses its part")]
mod shared;

const USAGE: &str = "usage: plan DEPLOYMENT [--san every-server|wildcard|minimal] [--json]";

fn main() -> ExitCode {
    shared::exit("plan", run())
}

fn run() -> shared::Outcome {
    let arguments = shared::Arguments::read(USAGE)?;
    let options = PlanOptions::default().san(arguments.parsed("san")?);
    let plan = Plan::new(&arguments.deployment()?, &options)?;
    let text = match arguments.switch("json") {
        true => serde_json::to_string_pretty(&plan)? + "\n",
        false => plan.to_string(),
    };
    shared::say(&text)?;
    Ok(true)
}
