//! Runs the jobs with umcert, and with rcgen and rustls.

mod with_rcgen;
mod with_umcert;

use std::sync::Arc;

use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection};
use umcert::{KeyKind, Plan, PlanOptions, TrustStore};

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    run_umcert()?;
    run_rcgen()
}

fn run_umcert() -> Result<()> {
    use with_umcert::*;
    let text = include_str!("../../../examples/data/example-1.toml");
    let deployment = toml::from_str(text)?;
    let plan = Plan::new(&deployment, &PlanOptions::default().key(KeyKind::P256))?;
    let (ca, folder) = (ca()?, tempfile::tempdir()?);
    handshake(tls(&ca)?)?;
    handshake(client(&ca)?)?;
    let roots = TrustStore::from(ca.roots());
    assert!(!verify(expired(&ca)?.chain(), "localhost", &roots)?);
    files(&ca, folder.path())?;
    request(&plan)?;
    let issued = ca.issue_names(["um1.contoso.com"])?;
    assert!(verify(issued.chain(), "um1.contoso.com", &roots)?);
    assert!(!verify(issued.chain(), "um2.contoso.com", &roots)?);
    Ok(())
}

fn run_rcgen() -> Result<()> {
    use with_rcgen::*;
    let (ca, folder) = (ca()?, tempfile::tempdir()?);
    let root = ca.root.der();
    handshake(tls(&ca)?)?;
    handshake(client(&ca)?)?;
    let (chain, _) = expired(&ca)?;
    assert!(!verify(&chain, "localhost", root)?);
    files(&ca, folder.path())?;
    request()?;
    let pem = std::fs::read(folder.path().join("um1.contoso.com.chain.pem"))?;
    let chain = umcert::Chain::from_bytes(&pem)?;
    let chain: Vec<_> = chain.certificates().map(|it| it.der().clone()).collect();
    assert!(verify(&chain, "um1.contoso.com", root)?);
    assert!(!verify(&chain, "um2.contoso.com", root)?);
    Ok(())
}

/// Connects the two in memory.
fn handshake((server, client): (ServerConfig, ClientConfig)) -> Result<()> {
    let mut server = ServerConnection::new(Arc::new(server))?;
    let mut client = ClientConnection::new(Arc::new(client), "localhost".try_into()?)?;
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
    Ok(())
}
