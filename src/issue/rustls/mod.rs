//! Creates configurations of rustls from issued certificates.

mod faulty;
mod one_way;
mod verifier;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use rustls::{ClientConfig, Error, RootCertStore, ServerConfig};

use self::verifier::ServerCertAsClientVerifier;
use super::bundle::{Bundle, IssuedCertificate};
use super::error::IssueError;
use crate::crypto;
use crate::name::DnsName;
use crate::x509::Certificate;

impl Bundle {
    /// Returns the configuration of the TLS server `server`, which trusts the roots of this bundle.
    /// [`IssuedCertificate::rustls_server`] describes the details, and accepts the roots of another CA.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::NotInBundle`] if the bundle has no certificate for `server`, and
    /// [`IssueError::Crypto`] if rustls refuses the key or the chain.
    ///
    /// # Examples
    ///
    /// ```
    /// # let text = include_str!("../../../examples/data/example-1.toml");
    /// use umcert::{KeyKind, Plan, PlanOptions, TestCa};
    ///
    /// let options = PlanOptions::default().key(KeyKind::P256).front_ends(true);
    /// let plan = Plan::new(&toml::from_str(text)?, &options)?;
    /// let bundle = TestCa::new("Contoso Test CA")?.issue(&plan)?;
    ///
    /// // A Front End calls um1.
    /// let um1 = bundle.rustls_server(&"um1.contoso.com".parse()?)?;
    /// let lync = bundle.rustls_client(&"fe1.contoso.com".parse()?)?;
    /// # let (_, _) = (um1, lync);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn rustls_server(&self, server: &DnsName) -> Result<ServerConfig, IssueError> {
        self.required_certificate(server)?
            .rustls_server(self.roots())
    }

    /// Returns the configuration of a TLS client that calls another server as `server`, and trusts the roots of this
    /// bundle. [`IssuedCertificate::rustls_client`] describes the details, and accepts the roots of another CA.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`rustls_server`](Self::rustls_server).
    pub fn rustls_client(&self, server: &DnsName) -> Result<ClientConfig, IssueError> {
        self.required_certificate(server)?
            .rustls_client(self.roots())
    }

    fn required_certificate(&self, server: &DnsName) -> Result<&IssuedCertificate, IssueError> {
        self.certificate(server)
            .ok_or_else(|| IssueError::NotInBundle {
                server: server.clone(),
            })
    }
}

impl IssuedCertificate {
    /// Returns the configuration of a TLS server that presents this chain and requires a certificate of its
    /// client.
    ///
    /// Between Lync and Exchange both peers are servers and present their server certificates, which need no client
    /// authentication in their extended key usage (D20). rustls by itself refuses such clients. So this configuration
    /// verifies the client's certificate as a server's: a path must lead to one of `roots`, valid for *server*
    /// authentication at the time of the handshake. A certificate for client authentication only is refused. The time
    /// is that of the system's clock; the field `time_provider` of the configuration replaces it.
    /// [`rustls_server_for_clients`](Self::rustls_server_for_clients) requires a certificate for client authentication,
    /// and [`rustls_server_one_way`](Self::rustls_server_one_way) none.
    ///
    /// The name of the client is *not* checked. The connection's `peer_certificates` return it.
    ///
    /// TLS 1.2 and 1.3 are enabled, with the cryptography library of this crate's features. No default of the
    /// process is read or set.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::Crypto`] if `roots` is empty or has a certificate that cannot be a root, or if
    /// rustls refuses the key or the chain.
    #[doc(alias("mtls", "ServerConfig"))]
    pub fn rustls_server(&self, roots: &[Certificate]) -> Result<ServerConfig, IssueError> {
        let provider = Arc::new(crypto::tls_provider());
        let verifier = ServerCertAsClientVerifier::new(root_store(roots)?, &provider);
        self.server_with_verifier(provider, Arc::new(verifier))
    }

    /// Returns the configuration of a TLS server that presents this chain and requires the certificate of a client, as
    /// [`TestCa::issue_client`](crate::TestCa::issue_client) issues it.
    ///
    /// The configuration verifies the client's certificate as rustls does by default: a path must lead to one of
    /// `roots`, valid for *client* authentication. A certificate for server authentication only is refused. Everything
    /// else is as in [`rustls_server`](Self::rustls_server).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`rustls_server`](Self::rustls_server).
    ///
    /// # Examples
    ///
    /// ```
    /// use umcert::TestCa;
    ///
    /// let ca = TestCa::new("my tests")?;
    /// let server = ca.issue_names(["localhost"])?.rustls_server_for_clients(ca.roots())?;
    /// let client = ca.issue_client("alice")?.rustls_client(ca.roots())?;
    /// # let (_, _) = (server, client);
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    pub fn rustls_server_for_clients(
        &self,
        roots: &[Certificate],
    ) -> Result<ServerConfig, IssueError> {
        let provider = Arc::new(crypto::tls_provider());
        let roots = Arc::new(root_store(roots)?);
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&provider));
        let verifier = verifier
            .build()
            .map_err(IssueError::crypto("the verifier of clients"))?;
        self.server_with_verifier(provider, verifier)
    }

    /// Returns the configuration of a TLS client that presents this chain.
    ///
    /// The client refuses a server whose certificate does not lead to one of `roots` at the time of the handshake, or
    /// does not cover the called name. TLS versions, cryptography and clock are as in
    /// [`rustls_server`](Self::rustls_server).
    ///
    /// *Not* checked: that the server asks for the chain of this client, and the CN of the server, which Lync
    /// checks (D10).
    ///
    /// # Errors
    ///
    /// Returns the errors of [`rustls_server`](Self::rustls_server).
    #[doc(alias("mtls", "ClientConfig"))]
    pub fn rustls_client(&self, roots: &[Certificate]) -> Result<ClientConfig, IssueError> {
        let provider = Arc::new(crypto::tls_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(self.config_error())?
            .with_root_certificates(root_store(roots)?);
        builder
            .with_client_auth_cert(self.chain_der(), self.key_der())
            .map_err(self.config_error())
    }

    fn server_with_verifier(
        &self,
        provider: Arc<CryptoProvider>,
        verifier: Arc<dyn ClientCertVerifier>,
    ) -> Result<ServerConfig, IssueError> {
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(self.config_error())?;
        builder
            .with_client_cert_verifier(verifier)
            .with_single_cert(self.chain_der(), self.key_der())
            .map_err(self.config_error())
    }

    fn config_error(&self) -> impl FnOnce(Error) -> IssueError {
        IssueError::crypto(&format!("the TLS configuration for {}", self.subject()))
    }
}

fn root_store(roots: &[Certificate]) -> Result<RootCertStore, IssueError> {
    if roots.is_empty() {
        let error = VerifierBuilderError::NoRootAnchors;
        return Err(IssueError::crypto("the trust store")(error));
    }
    let mut store = RootCertStore::empty();
    for root in roots {
        let what = format!("the trusted root {}", root.subject());
        let added = store.add(root.der().clone());
        added.map_err(IssueError::crypto(&what))?;
    }
    Ok(store)
}
