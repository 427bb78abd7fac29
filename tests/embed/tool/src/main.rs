//! A tool that creates the requests for the real CA, and keeps their keys: `tool DEPLOYMENT KEYS`.

use std::error::Error;
use std::path::Path;

use umcert::{Deployment, KeyPair, Plan};

fn main() -> Result<(), Box<dyn Error>> {
    let [_, path, keys] = &std::env::args().collect::<Vec<_>>()[..] else {
        return Err("usage: tool DEPLOYMENT KEYS".into());
    };
    let deployment: Deployment = toml::from_str(&std::fs::read_to_string(path)?)?;
    for certificate in Plan::new(&deployment, &deployment.plan)?.certificates() {
        let file = Path::new(keys).join(format!("{}.key.pem", certificate.subject()));
        let key = KeyPair::load_or_generate(file, certificate.key())?;
        println!("{}", certificate.request(&key)?.to_pem());
    }
    Ok(())
}
