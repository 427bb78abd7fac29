//! Checks whether a path needs an intermediate that the server does not present.

use crate::audit::context::{AuditContext, PresentedChain, StoreVerdict};
use crate::audit::display::Fingerprints;
use crate::rule::{Finding, Rule};
use crate::text::quote;
use crate::x509::Certificate;

/// Reports each supplied intermediate of a trusted path that the server does not present. Two relying parties with one
/// path share a finding; the report removes duplicates.
pub(in crate::audit) fn check(
    presented: &PresentedChain<'_>,
    verdicts: &[StoreVerdict<'_>],
    context: &AuditContext<'_>,
) -> Vec<Finding> {
    let is_presented = |certificate: &Certificate| {
        let mut chain = presented
            .chain
            .into_iter()
            .flat_map(|chain| chain.certificates());
        chain.any(|presented| presented == certificate)
    };
    let trusted = verdicts
        .iter()
        .filter(|verdict| verdict.verdict.is_trusted());
    let paths = trusted.filter_map(|verdict| verdict.path.as_ref());
    let issuers = paths.flat_map(|path| path.issued().map(|(_, issuer)| issuer));
    let needed = issuers
        .filter(|issuer| context.intermediates.contains(issuer) && !issuer.may_be_self_signed())
        .filter(|issuer| !is_presented(issuer));
    needed
        .map(|certificate| {
            let detail = format!(
                "its path needs {}, which is supplied to the audit and which the server does not present ({})",
                quote(certificate.subject()),
                Fingerprints(certificate)
            );
            Finding::new(Rule::IntermediateNotPresented, presented.server, detail)
        })
        .collect()
}
