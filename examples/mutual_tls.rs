//! Connects Lync and a UM server by mutual TLS, in memory, with rustls.
//!
//! `cargo run --example mutual_tls --features rustls`

#![expect(clippy::print_stdout, reason = "a program prints its result")]

use std::error::Error;
use std::sync::Arc;

use umcert::rustls::{ClientConnection, ServerConnection};
use umcert::{KeyKind, Plan, PlanOptions, TestCa};

fn main() -> Result<(), Box<dyn Error>> {
    let deployment = toml::from_str(include_str!("data/example-1.toml"))?;
    let options = PlanOptions::default().key(KeyKind::P256).front_ends(true);
    let plan = Plan::new(&deployment, &options)?;
    let bundle = TestCa::new("Contoso Test CA")?.issue(&plan)?;

    // Tukwila is out, so um3 in Dublin answers to the name of um1.
    let um3 = bundle.rustls_server(&"um3.contoso.com".parse()?)?;
    let lync = bundle.rustls_client(&"fe1.contoso.com".parse()?)?;
    let mut server = ServerConnection::new(Arc::new(um3))?;
    let mut client = ClientConnection::new(Arc::new(lync), "um1.contoso.com".try_into()?)?;

    while client.is_handshaking() || server.is_handshaking() {
        let mut records = Vec::new();
        client.write_tls(&mut records)?;
        server.read_tls(&mut records.as_slice())?;
        server.process_new_packets()?;

        records.clear();
        server.write_tls(&mut records)?;
        client.read_tls(&mut records.as_slice())?;
        client.process_new_packets()?;
    }
    println!(
        "um3 answers to um1.contoso.com: {:?}",
        client.protocol_version()
    );
    Ok(())
}
