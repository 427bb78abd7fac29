//! Issues a certificate for three names that a test needs.
//!
//! `cargo run --example test_names`

#![expect(clippy::print_stdout, reason = "a program prints its result")]

use umcert::TestCa;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ca = TestCa::new("my tests")?;
    let issued = ca.issue_names(["um1.contoso.com", "*.contoso.com", "127.0.0.1"])?;

    print!("{}", issued.chain().to_pem()); // for the server
    print!("{}", issued.key().to_pem().as_str()); // for the server, secret
    print!("{}", ca.roots()[0].to_pem()); // for the client
    Ok(())
}
