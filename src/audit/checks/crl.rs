//! Checks the dates of the supplied CRLs.

use time::OffsetDateTime;

use crate::audit::display::Days;
use crate::rule::{Finding, Rule};
use crate::text::Timestamp;
use crate::x509::Crl;

/// Reports the CRLs that are past their next update or not yet valid at the time `at`.
pub(in crate::audit) fn check(crls: &[Crl], at: OffsetDateTime) -> Vec<Finding> {
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
