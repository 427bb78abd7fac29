//! A tool that creates the requests for the real CA: `tool DEPLOYMENT`.

use std::error::Error;

use umcert::{Deployment, KeyKind, KeyPair, Plan, PlanOptions};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("usage: tool DEPLOYMENT")?;
    let deployment: Deployment = toml::from_str(&std::fs::read_to_string(path)?)?;
    let plan = Plan::new(&deployment, &PlanOptions::default().key(KeyKind::P256))?;
    for certificate in plan.certificates() {
        let request = certificate.request(&KeyPair::generate(certificate.key())?)?;
        println!("{}\n{}", certificate.subject(), request.to_pem());
    }
    Ok(())
}
