//! Verifies a chain, revokes it and verifies it again.
//!
//! `cargo run --example verify_with_crls`

#![expect(clippy::print_stdout, reason = "a program prints its result")]

use time::OffsetDateTime;
use umcert::{Crl, DnsName, TestCa, TrustStore};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let now = OffsetDateTime::now_utc();
    let name: DnsName = "um1.contoso.com".parse()?;
    let ca = TestCa::new("Contoso Test CA")?;
    let chain = ca.issue_names([&name])?.chain().clone();
    let roots = TrustStore::from(ca.roots());

    let no_crls = ca.crls(now, [])?;
    let path = roots.verify_with_crls(&chain, &name, now, &no_crls)?;
    println!("trusted through {}", path.root().subject());

    let leaf = chain.certificates().next().ok_or("the chain is empty")?;
    // CAs publish one file for each CRL; joined in PEM, all of them are read.
    let file: String = ca.crls(now, [leaf])?.iter().map(Crl::to_pem).collect();
    let crls = Crl::all_from_bytes(file.as_bytes())?;
    match roots.verify_with_crls(&chain, &name, now, &crls) {
        Ok(_) => Err("a revoked certificate is trusted".into()),
        Err(error) => {
            println!("refused: {error}");
            Ok(())
        }
    }
}
