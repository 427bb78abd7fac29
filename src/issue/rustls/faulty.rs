//! A TLS server that presents a faulty chain.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::crypto;
use crate::issue::error::IssueError;
use crate::issue::faulty::FaultyChain;

impl FaultyChain {
    /// Returns the configuration of a TLS server that presents this chain and asks for no certificate of its client.
    ///
    /// The server presents every chain, also one that it would refuse as its own: that is the client's task. TLS
    /// versions and cryptography are as in
    /// [`IssuedCertificate::rustls_server`](crate::IssuedCertificate::rustls_server).
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::NoPrivateKey`] if the chain has no key, and [`IssueError::Crypto`] if rustls refuses the
    /// key.
    ///
    /// # Examples
    ///
    /// A server whose certificate has expired, for the test of a client:
    ///
    /// ```
    /// use time::OffsetDateTime;
    /// use umcert::TestCa;
    /// use umcert::faulty::Fault;
    ///
    /// let ca = TestCa::new("my tests")?;
    /// let expired = ca.issue_faulty_names(["localhost"], Fault::Expired, OffsetDateTime::now_utc())?;
    /// let server = expired.rustls_server_one_way()?;
    /// # let _ = server;
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    pub fn rustls_server_one_way(&self) -> Result<ServerConfig, IssueError> {
        let what = "the TLS configuration of a faulty chain";
        let key = self.key_der().ok_or(IssueError::NoPrivateKey)?;
        let provider = Arc::new(crypto::tls_provider());
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(IssueError::crypto(what))?;
        let presented = Presented(Arc::new(CertifiedKey::new(self.chain_der(), key)));
        Ok(ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(IssueError::crypto(what))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(presented)))
    }
}

/// Presents one chain to every client. `with_single_cert` of rustls refuses a malformed certificate.
#[derive(Debug)]
struct Presented(Arc<CertifiedKey>);

impl ResolvesServerCert for Presented {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}
