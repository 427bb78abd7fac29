//! Checks whether the supplied CRLs give the status of every certificate.

use crate::audit::context::{AuditContext, StoreVerdict};
use crate::audit::display::{CertificateLabel, list};
use crate::audit::trust_store::RevocationStatus;
use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::text::quote;
use crate::x509::Certificate;

/// Reports the certificates of the paths for which no CRL gives a status, if any CRL was supplied.
pub(in crate::audit) fn check(
    server: &DnsName,
    verdicts: &[StoreVerdict<'_>],
    context: &AuditContext<'_>,
) -> Vec<Finding> {
    let revocation = context.revocation;
    if !revocation.has_crls() {
        return Vec::new();
    }
    let mut reported: Vec<&Certificate> = Vec::new();
    let mut findings = Vec::new();
    for path in verdicts.iter().filter_map(|verdict| verdict.path.as_ref()) {
        for (certificate, issuer) in path.issued() {
            let status = revocation.status(certificate, issuer);
            if !matches!(status, RevocationStatus::Unknown) || reported.contains(&certificate) {
                continue;
            }
            reported.push(certificate);
            let label = CertificateLabel {
                certificate,
                server_certificate: path.certificates()[0],
            };
            let reasons = revocation.unknown_reasons(certificate, issuer);
            let detail = describe(&label, &reasons);
            findings.push(Finding::new(Rule::RevocationUnknown, server, detail));
        }
    }
    findings
}

fn describe(label: &CertificateLabel<'_>, reasons: &[String]) -> String {
    let issuer = quote(label.certificate.issuer());
    match reasons {
        [] => format!("no CRL of {issuer}, which issued {label}, is supplied"),
        reasons => format!(
            "no supplied CRL of {issuer} gives the revocation status of {label}: {}",
            list(reasons, "; "),
        ),
    }
}
