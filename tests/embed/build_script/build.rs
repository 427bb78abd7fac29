//! A build script that writes a test PKI to its output folder, and keeps it while it is valid.

use std::error::Error;
use std::path::Path;

use umcert::{Deployment, Plan, TestCa};

fn main() -> Result<(), Box<dyn Error>> {
    let deployment: Deployment = toml::from_str(include_str!("../deployment.toml"))?;
    let bundle = TestCa::new("Build CA")?.issue(&Plan::new(&deployment, &deployment.plan)?)?;
    let written = bundle.write_if_changed(Path::new(&std::env::var("OUT_DIR")?).join("pki"))?;
    print!("{}", written.rerun_if_changed());
    Ok(())
}
