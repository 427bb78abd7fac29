//! Issues a whole deployment from a new test CA, into a folder.
//!
//! `cargo run --example issue -- examples/data/example-1.toml --out pki`

use std::process::ExitCode;

use umcert::{Plan, PlanOptions, TestCa};

#[expect(dead_code, reason = "each program uses its part")]
mod shared;

const USAGE: &str = "usage: issue DEPLOYMENT --out DIR [--san every-server|wildcard|minimal] \
                     [--key rsa2048|rsa4096|p256|p384]";

fn main() -> ExitCode {
    shared::exit("issue", run())
}

fn run() -> shared::Outcome {
    let arguments = shared::Arguments::read(USAGE)?;
    let out = arguments.required("out")?;
    let options = PlanOptions::default();
    let options = options
        .san(arguments.parsed("san")?)
        .key(arguments.parsed("key")?);
    let plan = Plan::new(&arguments.deployment()?, &options)?;
    let bundle = TestCa::new("Test CA")?.issue(&plan)?;
    bundle.write(out)?;
    for issued in bundle.issued() {
        let server = issued.subject();
        shared::say(&format!("{out}/{server}.key.pem, .csr.pem, .chain.pem\n"))?;
    }
    shared::say(&format!(
        "{out}/root.pem: the root that both sides are to trust\n"
    ))?;
    Ok(true)
}
