//! Issues a certificate for three names that a test needs, and one for a client.
//!
//! `cargo run --example test_names`

#![expect(clippy::print_stdout, reason = "a program prints its result")]

use umcert::TestCa;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let ca = TestCa::new("my tests")?;
    let issued = ca.issue_names(["redis", "*.contoso.com", "127.0.0.1"])?;
    let alice = ca.issue_client("alice@contoso.com")?;

    print!("{}", issued.chain().to_pem()); // for the server
    print!("{}", issued.key().to_pem().as_str()); // for the server, secret
    print!("{}", alice.chain().to_pem()); // for the client, with alice.key()
    print!("{}", ca.roots()[0].to_pem()); // for both, to trust each other
    Ok(())
}
