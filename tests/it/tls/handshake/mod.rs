//! Real handshakes on loopback in every outage: exactly the servers that the audit reports are refused.

mod outages;
mod with_openssl;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls_pki_types::ServerName;
use umcert::rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection, Stream};
use umcert::{DnsName, SanPolicy};

const POOL: &str = "lyncpool.contoso.com";

const POLICIES: [SanPolicy; 2] = [SanPolicy::EveryServer, SanPolicy::Wildcard];

/// One end of a connection, with a timeout.
fn bounded(socket: TcpStream) -> TcpStream {
    let limit = Some(Duration::from_secs(20));
    socket.set_read_timeout(limit).unwrap();
    socket.set_write_timeout(limit).unwrap();
    socket
}

/// A server that answers after a successful handshake. It ends with the test.
fn listen(config: ServerConfig) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let config = Arc::new(config);
    thread::spawn(move || {
        for socket in listener.incoming() {
            // The caller sees a refusal as the end of the connection.
            let _ = answer(bounded(socket.unwrap()), Arc::clone(&config));
        }
    });
    address
}

fn answer(mut socket: TcpStream, config: Arc<ServerConfig>) -> std::io::Result<()> {
    let mut tls = ServerConnection::new(config).unwrap();
    let mut stream = Stream::new(&mut tls, &mut socket);
    let mut request = [0; 64];
    let _ = stream.read(&mut request)?;
    stream.write_all(b"SIP/2.0 200 OK\r\n")?;
    tls.send_close_notify();
    tls.complete_io(&mut socket)?;
    Ok(())
}

/// Returns `true` if a call to `called` at this address is answered. If the server refuses the caller's
/// certificate, the caller sees only that no answer comes.
fn is_answered(client: &Arc<ClientConfig>, called: &DnsName, at: SocketAddr) -> bool {
    let called = ServerName::try_from(called.as_str().to_owned()).unwrap();
    let mut tls = ClientConnection::new(Arc::clone(client), called).unwrap();
    let mut socket = bounded(TcpStream::connect(at).unwrap());
    let mut stream = Stream::new(&mut tls, &mut socket);
    let mut reply = [0; 64];
    stream.write_all(b"OPTIONS\r\n").is_ok() && stream.read(&mut reply).is_ok_and(|it| it > 0)
}
