//! The verification of a chain for one trust store, which an audit and [`TrustStore::verify`] share.
//!
//! webpki decides whether there is a path. The other checks only make the verdict stricter, and explain it.

use std::fmt::Display;

use time::OffsetDateTime;

use super::checks::{certificate_kind, identity};
use super::context::{OrderedChain, StoreVerdict, VerificationContext, whole_seconds};
use super::diagnosis;
use super::known_issuers::KnownIssuers;
use super::trust_store::{EndEntity, Path, PathError, Revocation, TrustStore, TrustedPath};
use super::verdict::Verdict;
use super::verify_error::VerifyError;
use crate::name::{GeneralName, SanName};
use crate::rule::{Finding, Rule};
use crate::x509::{Certificate, Chain, Crl};

impl TrustStore {
    /// Verifies `chain` for a TLS server of this `name` at the time `at`, and returns the path to a root of this
    /// store.
    ///
    /// `rustls-webpki` builds the path (RFC 5280 §6.1) from the first certificate through the others, and a SAN entry
    /// must cover the name (RFC 9525 §6.3). The name may be an IP address; nothing covers a wildcard or an e-mail
    /// address.
    ///
    /// A chain is also refused for what an [`Audit`](crate::Audit) refuses it: an Exchange default or other
    /// self-signed certificate, an entry that cannot be read, an expired root, a weak key, a SHA-1 or RSASSA-PSS
    /// signature, and a key usage that does not fit. A trust anchor need not be self-signed here (RFC 5280 §6.1.1),
    /// although Lync refuses such roots.
    ///
    /// `at` is taken in whole seconds. The first certificate is the server's own: [`Chain::sorted`] finds it in an
    /// unordered file. *Not* checked: revocation (see [`verify_with_crls`](Self::verify_with_crls)), the CN, and what
    /// Lync requires of server certificates.
    ///
    /// # Errors
    ///
    /// - Returns [`VerifyError::Refused`] if the chain cannot be trusted.
    /// - Returns [`VerifyError::NotJudged`] if the chain depends on something that this crate cannot process.
    /// - Returns [`VerifyError::Name`] if the certificate does not cover the name.
    /// - Returns [`VerifyError::Empty`] or [`VerifyError::Malformed`] if there is no readable server certificate.
    #[doc(alias("openssl verify", "validate"))]
    pub fn verify(
        &self,
        chain: &Chain,
        name: impl Into<GeneralName>,
        at: OffsetDateTime,
    ) -> Result<TrustedPath, VerifyError> {
        self.verify_with_crls(chain, name, at, &[])
    }

    /// Verifies `chain` as [`verify`](Self::verify) does, and refuses it if a certificate below the root is
    /// revoked by one of `crls` (RFC 5280 §6.3).
    ///
    /// A CRL counts if the issuer of the certificate signed it and its `thisUpdate` is not after `at`, even after its
    /// next update and if it covers some certificates only. Indirect CRLs, and those with an unknown critical extension
    /// or a contradictory scope, are ignored. A hold ends with a newer CRL of the same scope that is current: a complete
    /// one without the certificate, or a delta CRL that removes it from a complete CRL at hand (RFC 5280 §5.2.4).
    ///
    /// If a CRL of the issuer lists a certificate and its signature cannot be verified, the chain is not judged: its
    /// algorithm is not supported by this build, or there are too many CRLs of that name. *Not* checked: that a CRL
    /// gives the status of each certificate. An [`Audit`](crate::Audit) reports certificates without a known status.
    ///
    /// # Errors
    ///
    /// Returns [`VerifyError`] as [`verify`](Self::verify) does, with a finding of [`Rule::Revoked`] if a certificate
    /// is revoked.
    pub fn verify_with_crls(
        &self,
        chain: &Chain,
        name: impl Into<GeneralName>,
        at: OffsetDateTime,
        crls: &[Crl],
    ) -> Result<TrustedPath, VerifyError> {
        let name = name.into();
        let entry = chain.end_entity().ok_or(VerifyError::Empty)?.as_ref();
        let server_certificate = entry.map_err(|error| VerifyError::Malformed(error.clone()))?;
        let mut findings = malformed_entries(&name, chain);
        if let Some(finding) = certificate_kind::check(&name, server_certificate, &[], None) {
            findings.push(finding);
            return Err(untrusted(findings));
        }
        let end_entity = EndEntity::new(server_certificate);
        let known_issuers = KnownIssuers::new(vec![self], vec![chain], &[]);
        let at = whole_seconds(at);
        let context = VerificationContext {
            known_issuers: &known_issuers,
            revocation: &Revocation::new(crls, at),
            accepts_any_anchor: true,
            at,
        };
        let ordered = OrderedChain {
            server_certificate,
            intermediates: chain.intermediates().collect(),
            is_complete: findings.is_empty(),
        };
        let verdict = verify(self, &ordered, &end_entity, context);
        findings.extend(identity::check_purpose(&name, server_certificate));
        let causes = verdict.causes.iter();
        findings.extend(causes.map(|cause| cause.finding(&name, &["this store"], 1)));
        findings.sort();
        findings.dedup();

        let is_refused = |finding: &Finding| finding.rule() != Rule::PathNotJudged;
        if findings.iter().any(is_refused) {
            Err(untrusted(findings))
        } else if !covers(server_certificate, &end_entity, &name) {
            let entries = server_certificate.san_entries();
            Err(VerifyError::not_covered(name, entries))
        } else {
            let path = verdict.path.filter(|_| findings.is_empty());
            path.map(|path| path.to_trusted())
                .ok_or_else(|| untrusted(findings))
        }
    }
}

/// Returns `true` if a SAN entry of `certificate` covers `name`. webpki decides, unless it cannot read the certificate,
/// which is then not trusted.
fn covers(
    certificate: &Certificate,
    end_entity: &Result<EndEntity<'_>, PathError>,
    name: &GeneralName,
) -> bool {
    if let Ok(end_entity) = end_entity {
        return end_entity.is_valid_for(&name.to_string());
    }
    let has_entry = |entry: String| certificate.san_entries().contains(&entry);
    match name {
        GeneralName::Dns(name) => name
            .as_exact()
            .is_some_and(|name| SanName::find_covering(certificate.dns_names(), name).is_some()),
        GeneralName::Host(name) => !name.is_wildcard() && has_entry(name.to_string()),
        GeneralName::Ip(address) => has_entry(format!("IP:{address}")),
        GeneralName::Email(_) => false,
    }
}

/// Returns the error for a chain with these findings: refused, or not judged if nothing else is wrong.
fn untrusted(findings: Vec<Finding>) -> VerifyError {
    let mut rules = findings.iter().map(Finding::rule);
    if rules.all(|rule| rule == Rule::PathNotJudged) {
        VerifyError::NotJudged { findings }
    } else {
        VerifyError::Refused { findings }
    }
}

/// Reports each entry of `chain` that cannot be read.
pub(super) fn malformed_entries(subject: &impl Display, chain: &Chain) -> Vec<Finding> {
    let entries = chain.entries().iter().enumerate();
    entries
        .filter_map(|(index, entry)| {
            let error = entry.as_ref().err()?;
            let detail = format!("entry {} of its chain is {error}", index + 1);
            let finding = Finding::new(Rule::MalformedCertificate, subject, detail);
            Some(finding.with_remedy(if error.is_file_damage() {
                "export the certificate from the server again; cut off what follows the certificate in the file, if anything does"
            } else {
                "have the CA reissue the certificate, if the server presents it as this file contains it"
            }))
        })
        .collect()
}

/// Verifies `chain` for one store, and finds the causes if the store does not trust it.
pub(super) fn verify<'a>(
    store: &'a TrustStore,
    chain: &OrderedChain<'a>,
    end_entity: &Result<EndEntity<'a>, PathError>,
    context: VerificationContext<'_>,
) -> StoreVerdict<'a> {
    let (revocation, at) = (context.revocation, context.at);
    let path = match end_entity {
        // If there are several paths, a verifier may take the one without a fault.
        Ok(end_entity) => {
            store.find_path(end_entity, &chain.intermediates, revocation, at, &|path| {
                diagnosis::stricter_than_webpki(path, at).is_empty()
            })
        }
        Err(error) => Err(error.clone()),
    };
    let path_to_anchor = match &path {
        Ok(path) if context.accepts_any_anchor => Ok(path),
        Ok(path) => path.dead_end().map_or(Ok(path), Err),
        Err(error) => Err(error),
    };
    let (causes, reported_rule) = match path_to_anchor {
        Ok(path) => (diagnosis::stricter_than_webpki(path, at), None),
        Err(error) => {
            let reported_rule = reported_rule(error, chain);
            let error = reported_rule.is_none().then_some(error);
            (
                diagnosis::diagnose(chain, store, context, error),
                reported_rule,
            )
        }
    };
    let rules = causes.iter().map(|cause| cause.rule).chain(reported_rule);
    let path = path.ok();
    StoreVerdict {
        store,
        verdict: Verdict::new(path.as_ref().map(Path::root), rules),
        path,
        causes,
    }
}

/// Returns the rule of the finding that already reports `error`, if there is one.
fn reported_rule(error: &PathError, chain: &OrderedChain<'_>) -> Option<Rule> {
    if !chain.is_complete {
        Some(Rule::MalformedCertificate)
    } else if *error == PathError::NoServerAuth && !chain.server_certificate.has_server_auth() {
        Some(Rule::NoServerAuth)
    } else {
        None
    }
}
