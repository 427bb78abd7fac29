//! The types that the checks of one audit share.

use std::collections::HashMap;

use time::{Duration, OffsetDateTime, UtcOffset};

use super::cause::Cause;
use super::known_issuers::KnownIssuers;
use super::takeovers::Takeovers;
use super::trust_store::{Path, Revocation, TrustStore};
use super::verdict::{RelyingParty, Verdict};
use crate::name::DnsName;
use crate::plan::{Plan, PlannedCertificate};
use crate::x509::{Certificate, CertificateRequest, Chain};

/// The part of an audit that is the same for every server.
pub(super) struct AuditContext<'a> {
    pub(super) plan: &'a Plan,
    pub(super) takeovers: &'a Takeovers,
    pub(super) known_issuers: &'a KnownIssuers<'a>,
    /// The certificates of CAs that no server needs to present.
    pub(super) intermediates: &'a [Certificate],
    /// The certificate that each server presents as its own, if it is readable.
    pub(super) presented: &'a HashMap<&'a DnsName, &'a Certificate>,
    pub(super) revocation: &'a Revocation<'a>,
    /// The time of the audit, in UTC and whole seconds.
    pub(super) at: OffsetDateTime,
    /// The remaining validity below which a certificate is reported.
    pub(super) warn: Duration,
}

impl<'a> AuditContext<'a> {
    /// Returns the part that the verification of a chain needs.
    pub(super) fn verification(&self) -> VerificationContext<'a> {
        VerificationContext {
            known_issuers: self.known_issuers,
            revocation: self.revocation,
            accepts_any_anchor: false,
            at: self.at,
        }
    }
}

/// The part of a verification that is the same for every chain and every store.
#[derive(Clone, Copy)]
pub(super) struct VerificationContext<'a> {
    pub(super) known_issuers: &'a KnownIssuers<'a>,
    pub(super) revocation: &'a Revocation<'a>,
    /// `true` if a certificate of a store that is not self-signed may end a path (RFC 5280 §6.1.1). Windows does not
    /// accept such roots (D129).
    pub(super) accepts_any_anchor: bool,
    /// The time of the verification, in UTC and whole seconds.
    pub(super) at: OffsetDateTime,
}

/// Returns `at` in UTC and whole seconds, the precision of certificates. Otherwise a fraction of the last second of a
/// validity would be outside of it.
pub(super) fn whole_seconds(at: OffsetDateTime) -> OffsetDateTime {
    let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    at.replace_nanosecond(0).unwrap_or(at)
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
    /// A Front End (D30).
    FrontEnd {
        pool: &'a DnsName,
        /// The planned certificate, if the plan covers Front Ends.
        planned: Option<&'a PlannedCertificate>,
    },
}

impl<'a> Expectation<'a> {
    /// Returns the planned certificate, or `None` if the plan does not cover the server.
    pub(super) fn planned(self) -> Option<&'a PlannedCertificate> {
        match self {
            Self::Planned(planned) => Some(planned),
            Self::FrontEnd { planned, .. } => planned,
        }
    }
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
