//! The audit of one server: one chain, and the relying parties that must trust it.

use std::collections::HashSet;

use time::{Duration, OffsetDateTime};

use super::cause::Cause;
use super::checks::{
    certificate_kind, chain_order, identity, lifetime, profile, revocation, signature,
    skipped_sections, supplied_intermediate,
};
use super::context::{AuditContext, OrderedChain, PresentedChain, StoreVerdict};
use super::display::Fingerprints;
use super::report::ServerValidity;
use super::takeovers::Takeovers;
use super::trust_store::{EndEntity, PathError, TrustStore};
use super::verdict::{RelyingParty, TrustVerdict, Verdict};
use super::verification;
use crate::name::DnsName;
use crate::rule::{Finding, Rule, Severity};
use crate::text::quote;
use crate::x509::{Certificate, Chain};

/// The result of the audit of one server.
pub(super) struct ServerAudit<'a> {
    pub(super) server: &'a DnsName,
    /// One verdict for each relying party.
    pub(super) verdicts: Vec<TrustVerdict>,
    pub(super) findings: Vec<Finding>,
    /// `None` if the server presents no readable certificate.
    pub(super) validity: Option<ServerValidity>,
    /// The last second at which every relying party trusts the chain, by the dates of its certificates. `None` if one
    /// of them has no path to a root.
    pub(super) trusted_until: Option<OffsetDateTime>,
}

impl<'a> ServerAudit<'a> {
    /// Returns the result for a chain that every relying party refuses for the same rule.
    fn refused(presented: &PresentedChain<'a>, rule: Rule, findings: Vec<Finding>) -> Self {
        let parties = presented.relying_parties.iter();
        Self {
            server: presented.server,
            verdicts: parties
                .map(|(party, _)| TrustVerdict {
                    server: presented.server.clone(),
                    relying_party: party.clone(),
                    verdict: Verdict::new(None, [rule]),
                })
                .collect(),
            findings,
            validity: None,
            trusted_until: None,
        }
    }
}

/// Audits the chain that a server presents.
pub(super) fn audit<'a>(
    presented: &PresentedChain<'a>,
    context: &AuditContext<'_>,
) -> ServerAudit<'a> {
    let server = presented.server;
    let Some(chain) = presented.chain.filter(|chain| !chain.entries().is_empty()) else {
        let finding = Finding::new(Rule::NotPresented, server, "no chain is presented");
        return ServerAudit::refused(presented, Rule::NotPresented, vec![finding]);
    };
    let mut findings = verification::malformed_entries(server, chain);
    let is_complete = findings.is_empty();
    findings.extend(skipped_sections::check(presented));
    let order = chain_order::check(server, chain);
    let sorted = if order.is_some() {
        chain.sorted()
    } else {
        chain.clone()
    };
    findings.extend(order);
    let Some(Ok(server_certificate)) = sorted.end_entity() else {
        return ServerAudit::refused(presented, Rule::MalformedCertificate, findings);
    };
    let validity = Some(ServerValidity::new(server, server_certificate));
    let holders = presented.relying_parties.iter();
    let holders: Vec<&RelyingParty> = holders
        .filter(|(_, store)| store.certificates().any(|held| held == server_certificate))
        .map(|(party, _)| party)
        .collect();
    let version = context.plan.version_of(server);
    let kind = certificate_kind::check(server, server_certificate, &holders, version);
    if let Some(finding) = kind {
        let rule = finding.rule();
        findings.push(finding);
        let refused = ServerAudit::refused(presented, rule, findings);
        return ServerAudit {
            validity,
            ..refused
        };
    }
    let end_entity = EndEntity::new(server_certificate);
    findings.extend(identity::check(
        presented,
        server_certificate,
        &end_entity,
        context,
    ));
    let chain = OrderedChain {
        server_certificate,
        intermediates: available_intermediates(chain, &sorted, context.intermediates),
        is_complete,
    };
    let trust = audit_trust(presented, &chain, &end_entity, context);
    findings.extend(trust.findings);
    ServerAudit {
        findings,
        validity,
        ..trust
    }
}

/// Returns the intermediates for the path of a server: those of its `sorted` chain, and the `supplied` ones. A supplied one
/// can lead to a certificate of the `presented` chain that sorting left out.
fn available_intermediates<'c>(
    presented: &'c Chain,
    sorted: &'c Chain,
    supplied: &'c [Certificate],
) -> Vec<&'c Certificate> {
    let mut intermediates: Vec<&Certificate> = sorted.intermediates().collect();
    if !supplied.is_empty() {
        let mut seen: HashSet<&[u8]> = sorted
            .certificates()
            .map(|held| held.der().as_ref())
            .collect();
        let others = presented.certificates().chain(supplied);
        intermediates.extend(others.filter(|other| seen.insert(other.der().as_ref())));
    }
    intermediates
}

/// Returns the value of [`Report::failover_safe_until`](super::Report::failover_safe_until).
pub(super) fn failover_safe_until(
    at: OffsetDateTime,
    takeovers: &Takeovers,
    audits: &[ServerAudit<'_>],
    findings: &[Finding],
) -> Option<OffsetDateTime> {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error);
    let failing: HashSet<&str> = errors.map(Finding::subject).collect();
    let stand_ins = audits
        .iter()
        .filter(|audit| !takeovers.of(audit.server).is_empty());
    let safe_until = stand_ins.map(|audit| match audit.trusted_until {
        Some(last) if !failing.contains(audit.server.as_str()) => {
            last.checked_add(Duration::SECOND).unwrap_or(last)
        }
        _ => at,
    });
    let gap = takeovers.has_gap.then_some(at);
    safe_until.chain(gap).min()
}

/// Verifies a readable chain for each relying party.
fn audit_trust<'a>(
    presented: &PresentedChain<'a>,
    chain: &OrderedChain<'_>,
    end_entity: &Result<EndEntity<'_>, PathError>,
    context: &AuditContext<'_>,
) -> ServerAudit<'a> {
    let server = presented.server;
    let stores = presented.relying_parties.iter().map(|(_, store)| *store);
    let verdicts = verify_for_stores(stores, chain, end_entity, context);
    let by_party = verdicts_by_party(&presented.relying_parties, &verdicts);

    let mut findings = cause_findings(server, &verdicts, &by_party);
    let is_trusted = findings.is_empty();
    findings.extend(roots_differ(server, &by_party));
    findings.extend(supplied_intermediate::check(presented, &verdicts, context));
    findings.extend(revocation::check(server, &verdicts, context));
    findings.extend(lifetime::check(
        server,
        chain.server_certificate,
        &verdicts,
        context,
    ));
    findings.extend(signature::check(
        server,
        chain.server_certificate,
        &verdicts,
    ));
    // A chain that is not trusted is replaced, and the new certificate is audited again.
    if is_trusted {
        findings.extend(profile::check(server, &verdicts));
    }
    let verdict = |(party, verdict): &(&RelyingParty, &StoreVerdict<'_>)| TrustVerdict {
        server: server.clone(),
        relying_party: (*party).clone(),
        verdict: verdict.verdict.clone(),
    };
    ServerAudit {
        server,
        verdicts: by_party.iter().map(verdict).collect(),
        findings,
        validity: None,
        trusted_until: lifetime::first_expiry(&verdicts),
    }
}

/// Verifies `chain` once for each distinct store. Relying parties often share one.
fn verify_for_stores<'a>(
    stores: impl Iterator<Item = &'a TrustStore>,
    chain: &OrderedChain<'a>,
    end_entity: &Result<EndEntity<'a>, PathError>,
    context: &AuditContext<'_>,
) -> Vec<StoreVerdict<'a>> {
    let mut verdicts: Vec<StoreVerdict<'a>> = Vec::new();
    for store in stores {
        if !verdicts
            .iter()
            .any(|verdict| verdict.store.has_same_roots(store))
        {
            let context = context.verification();
            verdicts.push(verification::verify(store, chain, end_entity, context));
        }
    }
    verdicts
}

/// Returns the verdict of each relying party's store.
fn verdicts_by_party<'v, 'a>(
    relying_parties: &'v [(RelyingParty, &TrustStore)],
    verdicts: &'v [StoreVerdict<'a>],
) -> Vec<(&'v RelyingParty, &'v StoreVerdict<'a>)> {
    relying_parties
        .iter()
        .map(|(party, store)| {
            let mut verdicts = verdicts.iter();
            let verdict = verdicts.find(|verdict| verdict.store.has_same_roots(store));
            (party, verdict.expect("every store was verified"))
        })
        .collect()
}

/// Reports each cause with the relying parties that it concerns. A cause that several stores share is reported once for
/// each; the report removes duplicates.
fn cause_findings(
    server: &DnsName,
    verdicts: &[StoreVerdict<'_>],
    by_party: &[(&RelyingParty, &StoreVerdict<'_>)],
) -> Vec<Finding> {
    let finding = |cause: &Cause| {
        let concerned = by_party
            .iter()
            .filter(|(_, verdict)| verdict.causes.contains(cause));
        let concerned: Vec<&RelyingParty> = concerned.map(|(party, _)| *party).collect();
        cause.finding(server, &concerned, by_party.len())
    };
    let causes = verdicts.iter().flat_map(|verdict| &verdict.causes);
    causes.map(finding).collect()
}

/// Reports relying parties that trust the chain through different roots.
fn roots_differ(
    server: &DnsName,
    by_party: &[(&RelyingParty, &StoreVerdict<'_>)],
) -> Option<Finding> {
    let trusting = by_party
        .iter()
        .filter_map(|(party, verdict)| Some((*party, verdict.verdict.root()?)));
    let trusting: Vec<(&RelyingParty, &Certificate)> = trusting.collect();
    let (_, first) = trusting.first()?;
    if trusting.iter().all(|(_, root)| root == first) {
        return None;
    }
    let has_one_name = trusting
        .iter()
        .all(|(_, root)| root.subject() == first.subject());
    let details = trusting.iter().map(|(party, root)| {
        let subject = quote(root.subject());
        if has_one_name {
            format!(
                "{party} trusts it through {subject} ({})",
                Fingerprints(root)
            )
        } else {
            format!("{party} trusts it through {subject}")
        }
    });
    let details: Vec<String> = details.collect();
    Some(Finding::new(Rule::RootsDiffer, server, details.join(", ")))
}
