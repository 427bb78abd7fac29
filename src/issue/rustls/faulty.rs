//! TLS peers that present a faulty chain.

use std::sync::Arc;

use rustls::client::ResolvesClientCert;
use rustls::crypto::CryptoProvider;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ServerConfig, SignatureScheme};

use super::root_store;
use crate::crypto;
use crate::issue::error::IssueError;
use crate::issue::faulty::FaultyChain;
use crate::x509::Certificate;

/// Description of the configuration in errors.
const CONFIGURATION: &str = "the TLS configuration of a faulty chain";

impl FaultyChain {
    /// Returns the configuration of a TLS server that presents this chain and asks for no certificate of its client.
    ///
    /// The server presents every chain unchecked, also one with a malformed certificate. TLS versions and cryptography
    /// are as in [`IssuedCertificate::rustls_server`](crate::IssuedCertificate::rustls_server).
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
        let provider = Arc::new(crypto::tls_provider());
        let presented = Arc::new(self.presented_with(&provider)?);
        Ok(ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(IssueError::crypto(CONFIGURATION))?
            .with_no_client_auth()
            .with_cert_resolver(presented))
    }

    /// Returns the configuration of a TLS client that presents this chain and trusts `roots`, for the test of a server.
    /// The server refuses the chain, or accepts it if it checks less.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`rustls_server_one_way`](Self::rustls_server_one_way), and [`IssueError::Crypto`] if
    /// `roots` is empty or has a certificate that cannot be a root.
    pub fn rustls_client(&self, roots: &[Certificate]) -> Result<ClientConfig, IssueError> {
        let provider = Arc::new(crypto::tls_provider());
        let presented = Arc::new(self.presented_with(&provider)?);
        Ok(ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(IssueError::crypto(CONFIGURATION))?
            .with_root_certificates(root_store(roots)?)
            .with_client_cert_resolver(presented))
    }

    fn presented_with(&self, provider: &CryptoProvider) -> Result<Presented, IssueError> {
        let key = self.key_der().ok_or(IssueError::NoPrivateKey)?;
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(IssueError::crypto(CONFIGURATION))?;
        let presented = CertifiedKey::new(self.chain_der(), key);
        Ok(Presented(Arc::new(presented)))
    }
}

/// Presents one chain to every peer. `with_single_cert` of rustls refuses a malformed certificate.
#[derive(Debug)]
struct Presented(Arc<CertifiedKey>);

impl ResolvesClientCert for Presented {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }

    fn has_certs(&self) -> bool {
        true
    }
}

impl ResolvesServerCert for Presented {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}
