//! Which names a policy puts into the certificates of a set.

use std::ops::Range;
use std::sync::Arc;

use super::basis::Basis;
use super::certificate::PlannedCertificate;
use super::options::{CaProfile, CertificateSharing, PlanOptions, SanPolicy};
use super::policy_names::PolicyList;
use crate::deployment::{Directory, Number};
use crate::name::{DnsName, SanName};

/// What the policy asks of every server of a set, for each set; none where it asks each server for the
/// names that some outage brings to it.
pub(super) fn lists(directory: &Directory<'_>, options: &PlanOptions) -> Vec<PolicyList> {
    let names = directory.servers.names.as_slice();
    let mut lists = Vec::new();
    let mut first = 0;
    for set in &directory.deployment.server_sets {
        let numbers = first..first + set.servers.len();
        first = numbers.end;
        lists.push(match (options.san, options.sharing) {
            (SanPolicy::Minimal, CertificateSharing::OnePerServer) => return Vec::new(),
            // Servers that share a certificate all have to answer to their own names.
            (SanPolicy::EveryServer | SanPolicy::Minimal, _) => PolicyList::Servers(numbers),
            (SanPolicy::Wildcard, _) => {
                PolicyList::Wildcards(wildcards(names.get(numbers).unwrap_or_default()))
            }
        });
    }
    lists
}

/// Exact names first (D12).
fn wildcards(hosts: &[DnsName]) -> Vec<SanName> {
    let mut names = SanName::wildcards_over(hosts);
    names.sort_by_key(SanName::is_wildcard);
    names
}

/// Adds the certificates of the set of this position, which has these servers: one a server, or one for all.
pub(super) fn add_certificates(
    set: usize,
    servers: Range<usize>,
    options: &PlanOptions,
    basis: &Arc<Basis>,
    certificates: &mut Vec<PlannedCertificate>,
) {
    let listed = basis.lists.get(set);
    let length = match options.sharing {
        CertificateSharing::OnePerServer => 1,
        CertificateSharing::OnePerSet => servers.len(),
    };
    let mut start = servers.start;
    while let Some(subject) = basis.names().get(start)
        && start < servers.end
    {
        let end = start + length;
        certificates.push(PlannedCertificate {
            names_subject: !is_pruned(subject, listed, options.ca),
            servers: Number::new(start)..Number::new(end),
            key: options.key,
            policy: options.san,
            list: listed.map(|_| Number::new(set)),
            basis: Arc::clone(basis),
        });
        start = end;
    }
}

/// Whether a CA of this kind refuses `name` beside what is `listed`, for a wildcard of that covers it. The
/// names that a policy lists beside wildcards are those that no wildcard covers.
fn is_pruned(name: &DnsName, listed: Option<&PolicyList>, ca: CaProfile) -> bool {
    match (ca, listed) {
        (CaProfile::AcmeLike, Some(PolicyList::Wildcards(names))) => {
            matches!(
                SanName::find_covering(names, name),
                Some(SanName::Wildcard(_))
            )
        }
        _ => false,
    }
}
