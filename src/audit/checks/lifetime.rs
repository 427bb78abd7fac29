//! Checks when the certificates of a chain expire.

use time::OffsetDateTime;

use crate::audit::context::{AuditContext, StoreVerdict};
use crate::audit::display::{CertificateLabel, Days};
use crate::audit::remedy::remedy_for;
use crate::audit::takeovers::Takeover;
use crate::name::DnsName;
use crate::plan::{OutageCause, describe_outages};
use crate::rule::{Finding, Rule};
use crate::text::Timestamp;
use crate::x509::Certificate;

/// Returns the time when the first certificate of the paths expires, or `None` if a store found no path.
pub(in crate::audit) fn first_expiry(verdicts: &[StoreVerdict<'_>]) -> Option<OffsetDateTime> {
    let expiries = verdicts.iter().map(|verdict| {
        let certificates = verdict.path.as_ref()?.certificates().iter();
        certificates
            .map(|certificate| certificate.not_after())
            .min()
    });
    let expiries: Option<Vec<OffsetDateTime>> = expiries.collect();
    expiries?.into_iter().min()
}

/// Reports certificates that expire soon: those of the trusted paths, and the server's own, trusted or not. Expired
/// certificates are reported as errors elsewhere.
pub(in crate::audit) fn check(
    server: &DnsName,
    server_certificate: &Certificate,
    verdicts: &[StoreVerdict<'_>],
    context: &AuditContext<'_>,
) -> Vec<Finding> {
    let paths = verdicts.iter().filter_map(|verdict| verdict.path.as_ref());
    let of_paths = paths.flat_map(|path| path.certificates().iter().copied());
    let mut expiring: Vec<&Certificate> = Vec::new();
    for certificate in std::iter::once(server_certificate).chain(of_paths) {
        let remaining = certificate.not_after() - context.at;
        if !remaining.is_negative() && remaining < context.warn && !expiring.contains(&certificate)
        {
            expiring.push(certificate);
        }
    }
    let takeovers = describe_takeovers(context.takeovers.of(server));
    let finding = |certificate: &Certificate| {
        let label = CertificateLabel {
            certificate,
            server_certificate,
        };
        let detail = format!(
            "{label} expires on {}, in {}: calls then fail{takeovers}",
            Timestamp(certificate.not_after()),
            Days(certificate.not_after() - context.at),
        );
        let finding = Finding::new(Rule::ExpiresSoon, server, detail);
        match remedy_for(Rule::ExpiresSoon, certificate, server_certificate) {
            Some(remedy) => finding.with_remedy(remedy),
            None => finding,
        }
    };
    expiring.into_iter().map(finding).collect()
}

/// Lists the outages in which the server takes over: ", and failover is no longer safe, because …".
fn describe_takeovers(takeovers: &[Takeover]) -> String {
    let mut causes: Vec<&OutageCause> = takeovers.iter().map(|takeover| &takeover.cause).collect();
    causes.dedup();
    if causes.is_empty() {
        return String::new();
    }
    let causes = describe_outages(&causes);
    format!(", and failover is no longer safe, because this server stands in when {causes}")
}
