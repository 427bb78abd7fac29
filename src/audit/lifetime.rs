//! Certificates that end soon, and what ends with them.

use time::OffsetDateTime;

use super::diagnosis::{Days, Whose};
use super::duties::Duties;
use super::server::{Audited, Judged, Scope};
use crate::date::{Date, between};
use crate::name::DnsName;
use crate::plan::{OutageCause, describe_outages};
use crate::rule::Rule;
use crate::x509::Certificate;

/// The first end of a certificate of the paths that stores found; `None` where one found none.
pub(super) fn first_end(judged: &[Judged<'_>]) -> Option<OffsetDateTime> {
    let mut first: Option<OffsetDateTime> = None;
    for of_store in judged {
        for certificate in &of_store.path.as_ref()?.certificates {
            let end = certificate.not_after();
            first = match first {
                Some(earlier) if earlier < end => first,
                _ => Some(end),
            };
        }
    }
    first
}

/// Certificates of the trusted paths that end within the window, and the server's own, trusted or not.
/// Those that have ended are errors.
pub(super) fn ends_soon(
    own: &Certificate,
    judged: &[Judged<'_>],
    scope: &Scope<'_>,
    audited: &mut Audited<'_>,
) {
    let left = |it: &Certificate| between(scope.at, it.not_after());
    let is_soon = |it: &Certificate| 0 <= left(it) && left(it) < scope.warn;
    let mut soon: Vec<&Certificate> = Vec::new();
    if is_soon(own) {
        soon.push(own);
    }
    for of_store in judged {
        let Some(path) = &of_store.path else {
            continue;
        };
        for certificate in &path.certificates {
            if is_soon(certificate) && !soon.contains(certificate) {
                soon.push(certificate);
            }
        }
    }
    for certificate in &soon {
        let detail = format!(
            "{} ends on {}, in {}: from then on no call gets through{}",
            Whose(own, certificate),
            Date(certificate.not_after()),
            Days(left(certificate)),
            failover(audited.server, scope.duties),
        );
        audited.add(Rule::ExpiresSoon, &detail);
    }
}

/// Which failovers end with the server: ", nor a failover to this server when site Tukwila is out".
fn failover(server: &DnsName, duties: &Duties) -> String {
    let mut causes: Vec<&OutageCause> = Vec::new();
    for duty in duties.of_server(server) {
        // What one outage brings stands together.
        match causes.last() {
            Some(last) if **last == duty.cause => {}
            _ => causes.push(&duty.cause),
        }
    }
    match causes.is_empty() {
        true => String::new(),
        false => format!(
            ", nor is failover safe: this server stands in when {}",
            describe_outages(&causes)
        ),
    }
}
