//! One-way TLS: only the server has a certificate.

use std::sync::Arc;

use rustls::{ClientConfig, ServerConfig};

use super::root_store;
use crate::crypto;
use crate::issue::bundle::IssuedCertificate;
use crate::issue::ca::TestCa;
use crate::issue::error::IssueError;

impl IssuedCertificate {
    /// Returns the configuration of a TLS server that presents this chain and asks for no certificate of its client.
    /// TLS versions and cryptography are as in [`rustls_server`](Self::rustls_server).
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::Crypto`] if rustls refuses the key or the chain.
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::TestCa;
    ///
    /// let ca = TestCa::new("my tests")?;
    /// let server = ca.issue_names(["localhost"])?.rustls_server_one_way()?;
    /// let client = ca.rustls_client_one_way()?;
    /// # let (_, _) = (server, client);
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    pub fn rustls_server_one_way(&self) -> Result<ServerConfig, IssueError> {
        ServerConfig::builder_with_provider(Arc::new(crypto::tls_provider()))
            .with_safe_default_protocol_versions()
            .map_err(self.config_error())?
            .with_no_client_auth()
            .with_single_cert(self.chain_der(), self.key_der())
            .map_err(self.config_error())
    }
}

impl TestCa {
    /// Returns the configuration of a TLS client that trusts the root of this CA and presents no certificate.
    ///
    /// The client refuses a server as that of [`IssuedCertificate::rustls_client`] does.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::Crypto`] if rustls refuses the root.
    pub fn rustls_client_one_way(&self) -> Result<ClientConfig, IssueError> {
        let provider = Arc::new(crypto::tls_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(IssueError::crypto("the TLS configuration of a client"))?;
        let builder = builder.with_root_certificates(root_store(self.roots())?);
        Ok(builder.with_no_client_auth())
    }
}
