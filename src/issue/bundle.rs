//! What was issued: for each server its key, request and chain, and the roots to trust.

use super::key::KeyPair;
use crate::name::DnsName;
use crate::x509::{Certificate, CertificateRequest, Chain};

/// Everything that a plan needs, issued: for each certificate a key, a request and a chain, and the roots
/// that both sides are to trust.
#[derive(Debug)]
pub struct Bundle {
    issued: Vec<IssuedCertificate>,
    roots: Vec<Certificate>,
    lasting_ca: bool,
}

impl Bundle {
    pub(super) fn new(
        issued: Vec<IssuedCertificate>,
        roots: Vec<Certificate>,
        lasting_ca: bool,
    ) -> Self {
        Self {
            issued,
            roots,
            lasting_ca,
        }
    }

    /// Whether the CA is the same one in every run of a program, and not made anew.
    pub(super) fn has_lasting_ca(&self) -> bool {
        self.lasting_ca
    }

    /// What was issued for each certificate of the plan, in its order.
    #[must_use]
    pub fn issued(&self) -> &[IssuedCertificate] {
        &self.issued
    }

    /// What `server` has; `None` where it is not in the bundle.
    #[must_use]
    pub fn server(&self, server: &DnsName) -> Option<&IssuedCertificate> {
        self.issued
            .iter()
            .find(|issued| issued.servers.contains(server))
    }

    /// The roots, as each side is to hold them.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// Each server with the chain that it presents, as [`Audit::presented_chains`](crate::Audit::presented_chains)
    /// takes them.
    pub fn chains(&self) -> impl Iterator<Item = (DnsName, Chain)> + '_ {
        self.issued.iter().flat_map(|issued| {
            let servers = issued.servers.iter();
            servers.map(|server| (server.clone(), issued.chain.clone()))
        })
    }
}

/// What was issued for one certificate: its key, the request for it, and the chain to present.
#[derive(Debug)]
pub struct IssuedCertificate {
    subject: String,
    servers: Vec<DnsName>,
    key: KeyPair,
    request: CertificateRequest,
    chain: Chain,
}

impl IssuedCertificate {
    pub(super) fn new(
        subject: String,
        servers: Vec<DnsName>,
        key: KeyPair,
        request: CertificateRequest,
        chain: Chain,
    ) -> Self {
        Self {
            subject,
            servers,
            key,
            request,
            chain,
        }
    }

    /// The CN of the certificate: the FQDN of its server, or of the first that shares it. Where it was
    /// issued for names alone, an address or `localhost` may stand there.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The servers that present the chain: one, or all of a set that shares it. None where it was issued
    /// for addresses alone.
    #[must_use]
    pub fn servers(&self) -> &[DnsName] {
        &self.servers
    }

    /// The private key.
    #[must_use]
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// The request for a CA, signed by the key. One for a key from a seed is for a test CA alone.
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
