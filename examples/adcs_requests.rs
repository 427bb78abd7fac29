//! Prints a request (PKCS #10) for each server of a plan, for Active Directory Certificate Services.
//!
//! `cargo run --example adcs_requests`

#![expect(clippy::print_stdout, reason = "a program prints its result")]

use umcert::issue::RequestOptions;
use umcert::x509::CertificateTemplate;
use umcert::{KeyKind, KeyPair, Plan, PlanOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Exchange needs RSA keys (D23). `ring` cannot generate them; `KeyPair::from_bytes` reads existing ones.
    let kind = if cfg!(feature = "aws-lc-rs") {
        KeyKind::Rsa2048
    } else {
        KeyKind::P256
    };
    let deployment = toml::from_str(include_str!("data/example-1.toml"))?;
    let plan = Plan::new(&deployment, &PlanOptions::default().key(kind))?;

    let options = RequestOptions::default().template(CertificateTemplate::named("WebServer")?);
    for certificate in plan.certificates() {
        let key = KeyPair::generate(kind)?; // write it to a file before the request leaves
        let request = certificate.request_with(&key, &options)?;
        println!("{}\n{}", certificate.subject(), request.to_pem());
    }
    Ok(())
}
