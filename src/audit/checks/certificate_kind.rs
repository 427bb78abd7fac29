//! Checks whether a CA issued a certificate for a server at all.

use std::fmt::Display;

use crate::audit::RelyingParty;
use crate::audit::diagnosis::{is_md5_signed, is_weak};
use crate::audit::display::Fingerprints;
use crate::audit::exchange_default::{CertificateKind, PropertyCheck};
use crate::deployment::ExchangeVersion;
use crate::rule::{Finding, Rule};
use crate::text::{join, quote, quote_if_oid};
use crate::x509::Certificate;

/// The remedy for a default certificate on Exchange 2007 and 2010.
const ENABLE_FOR_UM: &str = "assign a certificate from a CA that both sides trust to UM (Enable-ExchangeCertificate -Services UM, D48), and keep it valid; otherwise UM silently falls back to the default (D28)";
/// The remedy on Exchange 2013 and later, whose Call Router presents a certificate too (D15).
const ENABLE_FOR_CALL_ROUTER: &str = "assign a certificate from a CA that both sides trust to UM and its Call Router (Enable-ExchangeCertificate -Services UM,UMCallRouter, D48), and keep it valid; otherwise UM silently falls back to the default (D28)";

/// Reports a certificate that no CA issued for a server: an Exchange default, another self-signed certificate, or a CA
/// certificate. No further check makes sense for it. `holders` are the relying parties whose root store has it, and
/// `version` is that of the Exchange server, if it is known.
pub(in crate::audit) fn check(
    subject_of_finding: &impl Display,
    certificate: &Certificate,
    holders: &[&RelyingParty],
    version: Option<ExchangeVersion>,
) -> Option<Finding> {
    let holders = match holders {
        [] => String::new(),
        holders => format!("; it is in the root store of {}", join(holders, " and ")),
    };
    let subject = quote(certificate.subject());
    let fingerprints = Fingerprints(certificate);
    let (rule, detail) = match certificate.kind() {
        CertificateKind::ExchangeDefault { default, checks } => (
            Rule::DefaultSelfSigned,
            format!(
                "it presents the default certificate \"{default}\" of Exchange setup: {subject}, self-signed ({}; {fingerprints}){holders}",
                describe_checks(&checks),
            ),
        ),
        CertificateKind::Ca => (
            Rule::CaAsServer,
            format!("it presents the CA certificate {subject} as its own ({fingerprints})"),
        ),
        // webpki might trust the certificate if the roots contain it.
        CertificateKind::Unverifiable { algorithm } => (
            unverifiable_rule(certificate),
            format!(
                "its certificate {subject} names itself as its issuer, and its signature cannot be verified: {} with the key {} (RFC 5280 §6.1.3; {fingerprints})",
                quote_if_oid(&algorithm),
                certificate.public_key(),
            ),
        ),
        CertificateKind::SelfSigned => (
            Rule::SelfSigned,
            format!(
                "its certificate {subject} is self-signed, not issued by a CA ({fingerprints}){holders}"
            ),
        ),
        // Another key signed it. Its path decides.
        CertificateKind::Issued | CertificateKind::Impostor { .. } => return None,
    };
    let finding = Finding::new(rule, subject_of_finding, detail);
    Some(match version {
        Some(version) if rule == Rule::DefaultSelfSigned => {
            finding.with_remedy(remedy_of_default(version))
        }
        _ => finding,
    })
}

/// Returns the remedy for a default certificate that a UM server of this version presents.
fn remedy_of_default(version: ExchangeVersion) -> &'static str {
    if version < ExchangeVersion::Exchange2013 {
        ENABLE_FOR_UM
    } else {
        ENABLE_FOR_CALL_ROUTER
    }
}

/// Returns the rule that a self-issued certificate breaks if its signature cannot be verified.
fn unverifiable_rule(certificate: &Certificate) -> Rule {
    if is_weak(certificate.public_key()) {
        Rule::WeakKey
    } else if is_md5_signed(certificate) {
        Rule::Md5Signature
    } else {
        Rule::PathNotJudged
    }
}

/// Describes checks, for example "as setup creates it: key, key usage; not as setup creates it, so renewed or created
/// by hand: validity 90 days".
fn describe_checks(checks: &[PropertyCheck]) -> String {
    let (fitting, others): (Vec<_>, Vec<_>) = checks.iter().partition(|check| check.fits);
    let fitting = join(fitting.iter().map(|check| check.property), ", ");
    if others.is_empty() {
        return format!("as setup creates it: {fitting}");
    }
    let others = others
        .iter()
        .map(|check| format!("{} {}", check.property, check.found));
    let others = join(others, ", ");
    format!(
        "as setup creates it: {fitting}; not as setup creates it, so renewed or created by hand: {others}"
    )
}
