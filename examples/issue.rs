//! Issues the certificates of a deployment from a new test CA, into a folder.
//!
//! `cargo run --example issue -- examples/data/example-1.toml --out pki`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use umcert::{Plan, TestCa};

#[expect(dead_code, reason = "each program uses a part")]
mod shared;

/// Issues the certificates of a deployment from a new test CA.
#[derive(Parser)]
struct Arguments {
    /// Deployment, a TOML or JSON file
    deployment: PathBuf,
    /// Folder that receives keys, requests, chains and the root
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    #[command(flatten)]
    plan: shared::PlanArguments,
}

fn main() -> ExitCode {
    shared::exit("issue", run(&Arguments::parse()))
}

fn run(arguments: &Arguments) -> shared::Outcome {
    let deployment = shared::read_deployment(&arguments.deployment)?;
    let plan = Plan::new(&deployment, &arguments.plan.options(&deployment))?;
    let bundle = TestCa::new("Test CA")?.issue(&plan)?;
    bundle.write(&arguments.out)?;
    let out = arguments.out.display();
    for server in bundle
        .certificates()
        .iter()
        .flat_map(|issued| issued.servers().first())
    {
        shared::print(&format!("{out}/{server}.key.pem, .csr.pem, .chain.pem\n"))?;
    }
    shared::print(&format!(
        "{out}/root.pem: the root that both sides must trust\n"
    ))?;
    Ok(true)
}
