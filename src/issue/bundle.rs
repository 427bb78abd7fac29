//! What was issued: for each server its key, request and chain, and the roots to trust.

use super::key::KeyPair;
use super::request::CertificateRequest;
use crate::name::DnsName;
use crate::x509::{Certificate, Chain};

/// Everything that a plan needs, issued: for each server a key, a request and a chain, and the roots
/// that both sides are to trust.
#[derive(Debug)]
pub struct Bundle {
    servers: Vec<Issued>,
    roots: Vec<Certificate>,
}

impl Bundle {
    pub(super) fn new(servers: Vec<Issued>, roots: Vec<Certificate>) -> Self {
        Self { servers, roots }
    }

    /// What each server has, in the order of the plan.
    #[must_use]
    pub fn servers(&self) -> &[Issued] {
        &self.servers
    }

    /// What `server` has; `None` where it is not in the bundle.
    #[must_use]
    pub fn server(&self, server: &DnsName) -> Option<&Issued> {
        self.servers.iter().find(|issued| issued.server == *server)
    }

    /// The roots, as each side is to hold them.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// Each server with the chain that it presents, as [`Audit::presented_all`](crate::Audit::presented_all)
    /// takes them.
    pub fn chains(&self) -> impl Iterator<Item = (DnsName, Chain)> + '_ {
        let servers = self.servers.iter();
        servers.map(|issued| (issued.server.clone(), issued.chain.clone()))
    }
}

/// What one server has: its key, the request for it, and the chain to present.
#[derive(Debug)]
pub struct Issued {
    server: DnsName,
    key: KeyPair,
    request: CertificateRequest,
    chain: Chain,
}

impl Issued {
    pub(super) fn new(
        server: DnsName,
        key: KeyPair,
        request: CertificateRequest,
        chain: Chain,
    ) -> Self {
        Self {
            server,
            key,
            request,
            chain,
        }
    }

    /// The server's FQDN: the CN of its certificate.
    #[must_use]
    pub fn server(&self) -> &DnsName {
        &self.server
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// The request for a CA, signed by the key.
    #[must_use]
    pub fn request(&self) -> &CertificateRequest {
        &self.request
    }

    /// The chain to present: the server's certificate, then the intermediates. The root is left out.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }
}
