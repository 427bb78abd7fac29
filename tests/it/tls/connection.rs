//! A TLS connection in memory.

use std::sync::Arc;

use rustls_pki_types::ServerName;
use umcert::rustls::{
    self, ClientConfig, ClientConnection, ConnectionCommon, ServerConfig, ServerConnection,
    SideData,
};

/// Sends the pending data of one end to the other. Returns `true` if there was any.
fn pass<A: SideData, B: SideData>(
    from: &mut ConnectionCommon<A>,
    to: &mut ConnectionCommon<B>,
) -> Result<bool, rustls::Error> {
    let mut wire = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut wire).unwrap();
    }
    let mut rest = wire.as_slice();
    while !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        to.process_new_packets()?;
    }
    Ok(!wire.is_empty())
}

/// Returns the certificates that the server and the client received, or the reason why the handshake failed.
pub(super) fn handshake(
    client: ClientConfig,
    server: ServerConfig,
    called: &str,
) -> Result<[usize; 2], rustls::Error> {
    let called = ServerName::try_from(called.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(client), called).unwrap();
    let mut server = ServerConnection::new(Arc::new(server)).unwrap();
    while pass(&mut client, &mut server)? | pass(&mut server, &mut client)? {}
    assert!(!client.is_handshaking() && !server.is_handshaking());
    Ok([
        server.peer_certificates().map_or(0, <[_]>::len),
        client.peer_certificates().map_or(0, <[_]>::len),
    ])
}
