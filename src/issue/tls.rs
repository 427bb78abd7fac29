//! Configurations of rustls for mutual TLS, from what was issued.

use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, VerifierBuilderError};
use rustls::{
    ClientConfig, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig,
    SignatureScheme,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, UnixTime};

use super::bundle::{Bundle, IssuedCertificate};
use super::error::IssueError;
use crate::crypto;
use crate::name::DnsName;
use crate::x509::Certificate;

impl Bundle {
    /// The end of a TLS connection that listens as `server`: it presents the chain of `server`, wants
    /// one of its client, and trusts the roots of this bundle. [`IssuedCertificate::rustls_server`] says what that
    /// means, and takes the roots of another CA.
    ///
    /// ```
    /// # let text = include_str!("../../examples/data/example-1.toml");
    /// use umcert::{KeyKind, Plan, PlanOptions, TestCa};
    ///
    /// let plan = Plan::new(&toml::from_str(text)?, &PlanOptions::default().key(KeyKind::P256))?;
    /// let ca = TestCa::new("Contoso Test CA")?;
    /// let um1 = ca.issue(&plan)?.rustls_server(&"um1.contoso.com".parse()?)?;
    ///
    /// // The certificate of a Front End pool, of the same CA: it calls um1.
    /// let lync = ca.issue_names(["pool.contoso.com", "fe1.contoso.com"])?;
    /// let lync = lync.rustls_client(ca.roots())?;
    /// # let (_, _) = (um1, lync);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`IssueError::NotInBundle`] where the bundle holds nothing for `server`, and
    /// [`IssueError::Crypto`] where rustls refuses the key or the chain.
    pub fn rustls_server(&self, server: &DnsName) -> Result<ServerConfig, IssueError> {
        self.of(server)?.rustls_server(self.roots())
    }

    /// The end of a TLS connection that calls another as `server`: it presents the chain of `server`,
    /// and trusts the roots of this bundle. [`IssuedCertificate::rustls_client`] says what that means, and takes
    /// the roots of another CA.
    ///
    /// # Errors
    ///
    /// Those of [`rustls_server`](Self::rustls_server).
    pub fn rustls_client(&self, server: &DnsName) -> Result<ClientConfig, IssueError> {
        self.of(server)?.rustls_client(self.roots())
    }

    fn of(&self, server: &DnsName) -> Result<&IssuedCertificate, IssueError> {
        let issued = self.server(server);
        issued.ok_or_else(|| IssueError::NotInBundle {
            server: server.clone(),
        })
    }
}

impl IssuedCertificate {
    /// The end of a TLS connection that listens and presents this chain. It refuses a client that
    /// presents no certificate, and one whose certificate does not lead to one of `roots` at the time of
    /// the handshake (by the clock of the system; the field `time_provider` of the configuration takes
    /// another).
    ///
    /// Between Lync and Exchange both ends are servers, and both present their server certificates,
    /// which need no client authentication in their extended key usage (D20). rustls on its own refuses
    /// such a client. So the client's certificate is held here against what a server's must be: rustls
    /// builds the path and asks it for *server* authentication. One for client authentication alone is
    /// refused.
    ///
    /// *Not* checked: the name of the client. Ask the connection for its `peer_certificates`.
    /// TLS 1.2 and 1.3 are offered, with the cryptography library of this crate's features; no default
    /// of the process is read or set.
    ///
    /// # Errors
    ///
    /// [`IssueError::Crypto`] where `roots` is empty or holds what cannot be a root, or where rustls
    /// refuses the key or the chain.
    pub fn rustls_server(&self, roots: &[Certificate]) -> Result<ServerConfig, IssueError> {
        let provider = Arc::new(crypto::tls_provider());
        let verifier = ServersAsClients::new(root_store(roots)?, &provider);
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(self.no_configuration())?
            .with_client_cert_verifier(Arc::new(verifier));
        let (chain, key) = self.credentials();
        let config = builder.with_single_cert(chain, key);
        config.map_err(self.no_configuration())
    }

    /// The end of a TLS connection that calls a server and presents this chain. It refuses a server
    /// whose certificate does not lead to one of `roots` at the time of the handshake, or does not cover
    /// the name that was called.
    ///
    /// *Not* checked: that the server asks for the chain of this end, and the CN of the server, which
    /// Lync looks at (D10). TLS versions, cryptography and clock are as in
    /// [`rustls_server`](Self::rustls_server).
    ///
    /// # Errors
    ///
    /// Those of [`rustls_server`](Self::rustls_server).
    pub fn rustls_client(&self, roots: &[Certificate]) -> Result<ClientConfig, IssueError> {
        let provider = Arc::new(crypto::tls_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(self.no_configuration())?
            .with_root_certificates(root_store(roots)?);
        let (chain, key) = self.credentials();
        let config = builder.with_client_auth_cert(chain, key);
        config.map_err(self.no_configuration())
    }

    fn credentials(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let chain = self.chain().certificates();
        (
            chain.map(|certificate| certificate.der().clone()).collect(),
            self.key().to_der().into(),
        )
    }

    fn no_configuration(&self) -> impl FnOnce(Error) -> IssueError {
        let what = format!("a TLS configuration for {}", self.subject());
        move |error| IssueError::crypto(&what)(error)
    }
}

fn root_store(roots: &[Certificate]) -> Result<RootCertStore, IssueError> {
    let mut store = RootCertStore::empty();
    for root in roots {
        let what = || format!("a trusted root of {}", root.subject());
        let added = store.add(root.der().clone());
        added.map_err(|error| IssueError::crypto(&what())(error))?;
    }
    if store.is_empty() {
        let error = VerifierBuilderError::NoRootAnchors;
        return Err(IssueError::crypto("a trust store")(error));
    }
    Ok(store)
}

/// Takes a client that presents the certificate of a server.
#[derive(Debug)]
struct ServersAsClients {
    roots: RootCertStore,
    subjects: Vec<DistinguishedName>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServersAsClients {
    fn new(roots: RootCertStore, provider: &CryptoProvider) -> Self {
        Self {
            subjects: roots.subjects(),
            roots,
            algorithms: provider.signature_verification_algorithms,
        }
    }
}

impl ClientCertVerifier for ServersAsClients {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.subjects
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(end_entity)?,
            &self.roots,
            intermediates,
            now,
            self.algorithms.all,
        )?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
