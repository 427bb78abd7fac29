//! Certificates that end soon, and what ends with them.

use time::OffsetDateTime;

use super::diagnosis::{date, days, whose};
use super::duties::Duties;
use super::server::Scope;
use super::trust_store::Path;
use crate::name::DnsName;
use crate::plan::{OutageCause, out};
use crate::rule::{Finding, Rule};
use crate::x509::Certificate;

/// The first end of a certificate of these paths; `None` where there is no path.
pub(super) fn first_end(paths: &[&Path<'_>]) -> Option<OffsetDateTime> {
    let certificates = paths.iter().flat_map(|path| &path.certificates);
    certificates
        .map(|certificate| certificate.not_after())
        .min()
}

/// Certificates of the trusted paths that end within the window, and the server's own, trusted or not.
/// Those that have ended are errors.
pub(super) fn ends_soon(
    server: &DnsName,
    own: &Certificate,
    paths: &[&Path<'_>],
    scope: &Scope<'_>,
) -> Vec<Finding> {
    let mut soon: Vec<&Certificate> = Vec::new();
    let behind = paths.iter().flat_map(|path| &path.certificates).copied();
    let soon_ends = scope.at..scope.at.saturating_add(scope.warn);
    for certificate in std::iter::once(own).chain(behind) {
        if soon_ends.contains(&certificate.not_after()) && !soon.contains(&certificate) {
            soon.push(certificate);
        }
    }
    let findings = soon.into_iter().map(|certificate| {
        let detail = format!(
            "{} ends on {}, in {}: from then on no call gets through{}",
            whose(own, certificate),
            date(certificate.not_after()),
            days(certificate.not_after() - scope.at),
            failover(server, scope.duties),
        );
        Finding::new(Rule::ExpiresSoon, server, detail)
    });
    findings.collect()
}

/// Which failovers end with the server: ", nor a failover to this server when site Tukwila is out".
fn failover(server: &DnsName, duties: &Duties) -> String {
    let causes = duties.of_server(server).iter().map(|duty| &duty.cause);
    let mut causes: Vec<&OutageCause> = causes.collect();
    // What one outage brings stands together.
    causes.dedup();
    match causes.is_empty() {
        true => String::new(),
        false => format!(
            ", nor is failover safe: this server stands in when {}",
            out(&causes)
        ),
    }
}
