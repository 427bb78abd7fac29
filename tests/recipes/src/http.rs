//! HTTP and gRPC.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use rustls::{ClientConfig, ServerConfig};
use tonic::transport::Server;
use umcert::{Certificate, IssuedCertificate, TestCa};

use crate::support::Result;

// recipe: axum
async fn serve_axum(listener: TcpListener, config: ServerConfig) -> Result<()> {
    let hello = axum::routing::get(async || "hello");
    let app = axum::Router::new().route("/", hello);
    listener.set_nonblocking(true)?;
    let tls = axum_server::tls_rustls::RustlsConfig::from_config(Arc::new(config));
    let server = axum_server::from_tcp_rustls(listener, tls)?;
    Ok(server.serve(app.into_make_service()).await?)
}
// end

// recipe: reqwest
async fn get_with_reqwest(address: SocketAddr, config: ClientConfig) -> Result<String> {
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .resolve("um1.contoso.com", address) // no DNS record is needed
        .build()?;
    let url = format!("https://um1.contoso.com:{}/", address.port());
    Ok(client.get(url).send().await?.text().await?)
}
// end

#[tokio::test]
async fn axum_and_reqwest() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    let server = ca.issue_names(["um1.contoso.com"])?.rustls_server_one_way()?;
    let client = ca.rustls_client_one_way()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    tokio::spawn(serve_axum(listener, server));
    assert_eq!(get_with_reqwest(address, client).await?, "hello");
    Ok(())
}

// recipe: tonic
fn tonic_server(issued: &IssuedCertificate) -> Result<Server> {
    use tonic::transport::{Identity, ServerTlsConfig};
    let (chain, key) = (issued.chain().to_pem(), issued.key().to_pem());
    let tls = ServerTlsConfig::new().identity(Identity::from_pem(chain, key.as_str()));
    Ok(Server::builder().tls_config(tls)?)
}

async fn tonic_channel(port: u16, root: &Certificate) -> Result<tonic::transport::Channel> {
    use tonic::transport::{Certificate, ClientTlsConfig, Endpoint};
    let root = Certificate::from_pem(root.to_pem());
    let endpoint = Endpoint::from_shared(format!("https://localhost:{port}"))?;
    let endpoint = endpoint.tls_config(ClientTlsConfig::new().ca_certificate(root))?;
    Ok(endpoint.connect().await?)
}
// end

#[tokio::test]
async fn tonic() -> Result<()> {
    use tonic::transport::server::TcpIncoming;
    use tonic_health::pb::health_client::HealthClient;

    let ca = TestCa::new("my tests")?;
    let mut server = tonic_server(&ca.issue_names(["localhost"])?)?;
    let (_reporter, health) = tonic_health::server::health_reporter();
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse()?)?;
    let port = incoming.local_addr()?.port();
    tokio::spawn(server.add_service(health).serve_with_incoming(incoming));

    let channel = tonic_channel(port, &ca.roots()[0]).await?;
    let request = tonic_health::pb::HealthCheckRequest::default();
    let answer = HealthClient::new(channel).check(request).await?;
    assert_eq!(answer.into_inner().status().as_str_name(), "SERVING");
    Ok(())
}
