//! Checks the dates of the supplied CRLs.

use time::OffsetDateTime;

use crate::audit::display::Days;
use crate::rule::{Finding, Rule};
use crate::text::{Timestamp, join_truncated};
use crate::x509::{Crl, SkippedSection};

/// Maximum number of skipped sections that a finding lists.
const MAX_SECTIONS: usize = 8;

/// Reports the supplied CRLs whose dates or files have a fault.
pub(in crate::audit) fn check(crls: &[Crl], at: OffsetDateTime) -> Vec<Finding> {
    let mut findings = dates(crls, at);
    findings.extend(skipped_sections(crls));
    findings
}

/// Reports the parts of each file of CRLs that were not read. The CRLs of one file share them.
fn skipped_sections(crls: &[Crl]) -> Vec<Finding> {
    let mut reported: Vec<&[SkippedSection]> = vec![&[]];
    let mut findings = Vec::new();
    for crl in crls {
        let skipped = crl.skipped();
        if reported.contains(&skipped) {
            continue;
        }
        reported.push(skipped);
        let parts = join_truncated(skipped, MAX_SECTIONS, ", ");
        let detail = format!("the file of its CRL has parts that were not read: {parts}");
        findings.push(Finding::new(Rule::SectionSkipped, crl.issuer(), detail));
    }
    findings
}

/// Reports the CRLs that are past their next update or not yet valid at the time `at`.
fn dates(crls: &[Crl], at: OffsetDateTime) -> Vec<Finding> {
    let findings = crls.iter().filter_map(|crl| {
        let this_update = crl.this_update();
        if !crl.is_valid_yet(at) {
            let detail = format!(
                "the CRL issued on {} is not valid before that time, {} after the audit",
                Timestamp(this_update),
                Days(this_update - at),
            );
            return Some(Finding::new(Rule::CrlNotYetValid, crl.issuer(), detail));
        }
        let next_update = crl.next_update().filter(|_| crl.is_expired(at))?;
        let detail = format!(
            "the CRL issued on {} expired on {}, {} before the audit",
            Timestamp(this_update),
            Timestamp(next_update),
            Days(at - next_update),
        );
        Some(Finding::new(Rule::CrlExpired, crl.issuer(), detail))
    });
    findings.collect()
}
