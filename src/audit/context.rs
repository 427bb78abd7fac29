//! The types that the checks of one audit share.

use time::{Duration, OffsetDateTime};

use super::cause::Cause;
use super::known_issuers::KnownIssuers;
use super::takeovers::Takeovers;
use super::trust_store::{Path, Revocation, SignatureMemory, TrustStore};
use super::verdict::{RelyingParty, Verdict};
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};
use crate::x509::{Certificate, CertificateRequest, Chain};

/// The part of an audit that is the same for every server.
pub(super) struct AuditContext<'a> {
    pub(super) plan: &'a Plan,
    pub(super) takeovers: &'a Takeovers,
    pub(super) known_issuers: &'a KnownIssuers<'a>,
    pub(super) revocation: &'a Revocation<'a>,
    pub(super) signatures: &'a SignatureMemory,
    /// The time of the audit, in UTC and whole seconds.
    pub(super) at: OffsetDateTime,
    /// The remaining validity below which a certificate is reported.
    pub(super) warn: Duration,
}

/// The chain that one server presents, and the requirements that it must meet.
pub(super) struct PresentedChain<'a> {
    pub(super) server: &'a DnsName,
    pub(super) expectation: Expectation<'a>,
    pub(super) chain: Option<&'a Chain>,
    /// The request that was sent to the CA, if it is known.
    pub(super) request: Option<&'a CertificateRequest>,
    /// The relying parties that must trust the chain, each with its roots.
    pub(super) relying_parties: Vec<(RelyingParty, &'a TrustStore)>,
}

/// The source of the requirements that a server certificate must meet.
#[derive(Clone, Copy)]
pub(super) enum Expectation<'a> {
    /// A UM server: the plan.
    Planned(&'a PlannedCertificate),
    /// A Front End of the pool of this name (D30).
    FrontEnd(&'a DnsName),
}

/// A readable server certificate and the other certificates of its chain, in issuer order.
pub(super) struct OrderedChain<'a> {
    pub(super) server_certificate: &'a Certificate,
    pub(super) intermediates: Vec<&'a Certificate>,
    /// `true` if every entry could be read. Otherwise a missing issuer proves nothing.
    pub(super) is_complete: bool,
}

/// The verdict of one store on a chain.
pub(super) struct StoreVerdict<'a> {
    pub(super) store: &'a TrustStore,
    /// The path that webpki built to a root of the store.
    pub(super) path: Option<Path<'a>>,
    /// The causes that no other finding reports.
    pub(super) causes: Vec<Cause>,
    pub(super) verdict: Verdict,
}
