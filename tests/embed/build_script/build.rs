//! A build script that writes a test PKI to its output folder, and keeps it while it is valid.

use std::error::Error;
use std::path::PathBuf;

use umcert::{KeyKind, Plan, PlanOptions, TestCa};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=../deployment.toml");
    let text = std::fs::read_to_string("../deployment.toml")?;
    let options = PlanOptions::default().key(KeyKind::P256);
    let plan = Plan::new(&toml::from_str(&text)?, &options)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?);
    let written = TestCa::new("Build CA")?
        .issue(&plan)?
        .write_if_changed(out.join("pki"))?;
    print!("{}", written.rerun_if_changed());
    Ok(())
}
