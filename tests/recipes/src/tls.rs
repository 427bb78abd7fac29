//! TLS libraries.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::{ClientConfig, ServerConfig};
use umcert::{Certificate, IssuedCertificate, TestCa};

use crate::support::Result;

// recipe: rustls
fn one_way(ca: &TestCa) -> Result<(ServerConfig, ClientConfig)> {
    let server = ca.issue_names(["localhost", "127.0.0.1"])?;
    Ok((server.rustls_server_one_way()?, ca.rustls_client_one_way()?))
}
// end

// recipe: client-certificates
fn with_client_certificate(ca: &TestCa) -> Result<(ServerConfig, ClientConfig)> {
    let server = ca.issue_names(["localhost"])?.rustls_server_for_clients(ca.roots())?;
    let client = ca.issue_client("alice@contoso.com")?.rustls_client(ca.roots())?;
    Ok((server, client))
}
// end

// recipe: mutual-tls
fn between_servers(ca: &TestCa) -> Result<(ServerConfig, ClientConfig)> {
    let um = ca.issue_names(["um1.contoso.com"])?.rustls_server(ca.roots())?;
    let lync = ca.issue_names(["pool.contoso.com"])?.rustls_client(ca.roots())?;
    Ok((um, lync))
}
// end

// recipe: own-settings
fn own_settings(issued: &IssuedCertificate) -> Result<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(&[&rustls::version::TLS13])?;
    let builder = builder.with_no_client_auth();
    Ok(builder.with_single_cert(issued.chain_der(), issued.key_der())?)
}
// end

mod with_tokio {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio_rustls::{TlsAcceptor, TlsConnector};

    use super::*;

    // recipe: tokio-rustls
    async fn greet(listener: TcpListener, config: ServerConfig) -> Result<()> {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let (socket, _) = listener.accept().await?;
        let mut stream = acceptor.accept(socket).await?;
        stream.write_all(b"hello").await?;
        Ok(stream.shutdown().await?)
    }

    async fn call(address: SocketAddr, config: ClientConfig) -> Result<String> {
        let socket = TcpStream::connect(address).await?;
        let connector = TlsConnector::from(Arc::new(config));
        let mut stream = connector.connect("localhost".try_into()?, socket).await?;
        let mut greeting = String::new();
        stream.read_to_string(&mut greeting).await?;
        Ok(greeting)
    }
    // end

    #[tokio::test]
    async fn tokio_rustls() -> Result<()> {
        let (server, client) = one_way(&TestCa::new("my tests")?)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(greet(listener, server));
        assert_eq!(call(address, client).await?, "hello");
        server.await?
    }
}

// recipe: native-tls
fn native_tls_server(issued: &IssuedCertificate) -> Result<native_tls::TlsAcceptor> {
    let (chain, key) = (issued.chain().to_pem(), issued.key().to_pem());
    let identity = native_tls::Identity::from_pkcs8(chain.as_bytes(), key.as_str().as_bytes())?;
    Ok(native_tls::TlsAcceptor::new(identity)?)
}

fn native_tls_client(root: &Certificate) -> Result<native_tls::TlsConnector> {
    let root = native_tls::Certificate::from_der(root.der())?;
    let builder = &mut native_tls::TlsConnector::builder();
    Ok(builder.disable_built_in_roots(true).add_root_certificate(root).build()?)
}
// end

// recipe: openssl
fn openssl_server(issued: &IssuedCertificate) -> Result<openssl::ssl::SslAcceptor> {
    use openssl::{pkey::PKey, ssl::SslAcceptor, ssl::SslMethod, x509::X509};
    let mut server = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    server.set_private_key(&*PKey::private_key_from_pem(
        issued.key().to_pem().as_str().as_bytes(),
    )?)?;
    let mut chain = X509::stack_from_pem(issued.chain().to_pem().as_bytes())?.into_iter();
    server.set_certificate(&*chain.next().ok_or("an empty chain")?)?;
    for intermediate in chain {
        server.add_extra_chain_cert(intermediate)?;
    }
    Ok(server.build())
}

fn openssl_client(root: &Certificate) -> Result<openssl::ssl::SslConnector> {
    use openssl::{ssl::SslConnector, ssl::SslMethod, x509::X509};
    let mut client = SslConnector::builder(SslMethod::tls_client())?;
    client.cert_store_mut().add_cert(X509::from_der(root.der())?)?;
    Ok(client.build())
}
// end

/// Accepts one connection in another thread and sends `hello` over what `accept` makes of it.
pub(crate) fn serve_once<S: Read + Write>(
    accept: impl FnOnce(TcpStream) -> S + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        // A client that refuses the server closes the connection.
        let _ = accept(socket).write_all(b"hello");
    });
    address
}

fn read_greeting(mut stream: impl Read) -> Result<String> {
    let mut greeting = [0; 5];
    stream.read_exact(&mut greeting)?;
    Ok(String::from_utf8(greeting.to_vec())?)
}

/// Serves one connection with the recipe for OpenSSL.
pub(crate) fn serve_once_with_openssl(issued: &IssuedCertificate) -> Result<SocketAddr> {
    let server = openssl_server(issued)?;
    Ok(serve_once(move |socket| server.accept(socket).unwrap()))
}

#[test]
fn native_tls() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    let server = native_tls_server(&ca.issue_names(["localhost"])?)?;
    let address = serve_once(move |socket| server.accept(socket).unwrap());
    let client = native_tls_client(&ca.roots()[0])?;
    let stream = client.connect("localhost", TcpStream::connect(address)?)?;
    assert_eq!(read_greeting(stream)?, "hello");
    Ok(())
}

#[test]
fn openssl() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    let address = serve_once_with_openssl(&ca.issue_names(["localhost"])?)?;
    let client = openssl_client(&ca.roots()[0])?;
    let stream = client.connect("localhost", TcpStream::connect(address)?)?;
    assert_eq!(read_greeting(stream)?, "hello");
    Ok(())
}

/// Connects the two, and returns the greeting of the server.
pub(crate) fn greeting(
    server: ServerConfig,
    client: ClientConfig,
    name: &'static str,
) -> Result<String> {
    let server = rustls::ServerConnection::new(Arc::new(server))?;
    let address = serve_once(move |socket| rustls::StreamOwned::new(server, socket));
    let client = rustls::ClientConnection::new(Arc::new(client), name.try_into()?)?;
    read_greeting(rustls::StreamOwned::new(client, TcpStream::connect(address)?))
}

#[test]
fn rustls() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    let (server, client) = one_way(&ca)?;
    assert_eq!(greeting(server.clone(), client, "localhost")?, "hello");
    let foreign = TestCa::new("Another CA")?.rustls_client_one_way()?;
    greeting(server, foreign, "localhost").unwrap_err();

    let server = own_settings(&ca.issue_names(["localhost"])?)?;
    assert_eq!(greeting(server, ca.rustls_client_one_way()?, "localhost")?, "hello");
    Ok(())
}

#[test]
fn client_certificates() -> Result<()> {
    let ca = TestCa::new("my tests")?;
    let (server, client) = with_client_certificate(&ca)?;
    assert_eq!(greeting(server.clone(), client, "localhost")?, "hello");
    greeting(server, ca.rustls_client_one_way()?, "localhost").unwrap_err();

    let (um, lync) = between_servers(&ca)?;
    assert_eq!(greeting(um.clone(), lync, "um1.contoso.com")?, "hello");
    greeting(um, ca.rustls_client_one_way()?, "um1.contoso.com").unwrap_err();
    Ok(())
}
