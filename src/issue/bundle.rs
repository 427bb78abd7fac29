//! The issued certificates of a plan.

use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::key::KeyPair;
use crate::name::DnsName;
use crate::x509::{Certificate, CertificateRequest, Chain};

/// The issued certificates of a plan: a key, a request and a chain for each certificate, and the roots for the trust
/// stores of both sides.
#[derive(Debug)]
pub struct Bundle {
    pub(super) certificates: Vec<IssuedCertificate>,
    pub(super) roots: Vec<Certificate>,
    pub(super) has_persistent_ca: bool,
}

impl Bundle {
    /// Returns `true` if every run of a program has the same CA, because it was loaded or seeded.
    pub(super) fn has_persistent_ca(&self) -> bool {
        self.has_persistent_ca
    }

    /// Returns the issued certificates, in the order of the plan.
    #[must_use]
    pub fn certificates(&self) -> &[IssuedCertificate] {
        &self.certificates
    }

    /// Returns the issued certificate of `server`, or `None` if the bundle has none.
    #[must_use]
    pub fn certificate(&self, server: &DnsName) -> Option<&IssuedCertificate> {
        self.certificates
            .iter()
            .find(|certificate| certificate.servers.contains(server))
    }

    /// Returns the roots, for the trust stores of both sides.
    #[must_use]
    pub fn roots(&self) -> &[Certificate] {
        &self.roots
    }

    /// Returns each server with the chain that it presents, in the form that
    /// [`Audit::presented_chains`](crate::Audit::presented_chains) takes.
    pub fn chains(&self) -> impl Iterator<Item = (DnsName, Chain)> + '_ {
        self.certificates.iter().flat_map(|certificate| {
            let servers = certificate.servers.iter();
            servers.map(|server| (server.clone(), certificate.chain.clone()))
        })
    }
}

/// An issued certificate: its key, the request for it, and the chain to present.
///
/// A [`Comparison`](crate::audit::Comparison) shows what a CA changed of a plan or a request.
#[doc(alias("identity", "leaf"))]
#[derive(Debug)]
pub struct IssuedCertificate {
    pub(super) subject: String,
    pub(super) servers: Vec<DnsName>,
    pub(super) key: KeyPair,
    pub(super) request: CertificateRequest,
    pub(super) chain: Chain,
}

impl IssuedCertificate {
    /// Returns the CN of the certificate: the FQDN of its server, of the first server that shares the certificate, or
    /// of the pool of a Front End. If names were issued without a plan, the CN may be any name.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns the servers that present the chain: one, or all of a set that shares the certificate. Empty for a client,
    /// and if no FQDN was issued.
    #[must_use]
    pub fn servers(&self) -> &[DnsName] {
        &self.servers
    }

    /// Returns the name that identifies the certificate in a bundle and names its files: its first server. All Front Ends
    /// of a pool have the same subject.
    pub(super) fn file_stem(&self) -> &str {
        self.servers.first().map_or(&self.subject, DnsName::as_str)
    }

    /// Returns the private key.
    #[must_use]
    pub fn key(&self) -> &KeyPair {
        &self.key
    }

    /// Returns the request for the certificate, signed by the key. If the key was derived from a seed, the
    /// request is for a test CA only.
    #[must_use]
    pub fn request(&self) -> &CertificateRequest {
        &self.request
    }

    /// Returns the chain to present: the server's certificate, then the intermediates. The root is omitted.
    #[must_use]
    pub fn chain(&self) -> &Chain {
        &self.chain
    }

    /// Returns the chain to present in DER, as rustls and other crates take it together with [`key_der`](Self::key_der).
    ///
    /// # Examples
    ///
    /// ```
    /// use rustls_pki_types::{CertificateDer, PrivateKeyDer};
    /// use umcert::TestCa;
    ///
    /// let issued = TestCa::new("my tests")?.issue_names(["localhost"])?;
    /// let chain: Vec<CertificateDer<'static>> = issued.chain_der();
    /// let key: PrivateKeyDer<'static> = issued.key_der();
    /// # let (_, _) = (chain, key);
    /// # Ok::<(), umcert::issue::IssueError>(())
    /// ```
    #[must_use]
    pub fn chain_der(&self) -> Vec<CertificateDer<'static>> {
        self.chain.to_ders()
    }

    /// Returns the unencrypted private key as PKCS #8 in DER. The memory of the copy is not cleared.
    #[must_use]
    pub fn key_der(&self) -> PrivateKeyDer<'static> {
        self.key().into()
    }
}
