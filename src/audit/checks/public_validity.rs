//! Checks the validity of a certificate of a public CA.

use time::{Duration, OffsetDateTime};

use crate::name::DnsName;
use crate::rule::{Finding, Rule};
use crate::text::Timestamp;
use crate::x509::Certificate;

/// The longest validity in days that the CA/Browser Forum allows from a date of issue on, latest date first (D138).
const SCHEDULE: [((i32, u8, u8), i64); 4] = [
    ((2029, 3, 15), 47),
    ((2027, 3, 15), 100),
    ((2026, 3, 15), 200),
    ((2020, 9, 1), 398),
];
/// The longest validity in days before the first date of the schedule.
const MAX_DAYS_AT_FIRST: i64 = 825;

/// Reports a certificate that is valid for longer than a public CA may issue it. The date of issue is the first day of
/// its validity, in UTC.
///
/// *Not* reported: a certificate that exceeds the limit only because the last second of its validity counts.
pub(in crate::audit) fn check(server: &DnsName, certificate: &Certificate) -> Option<Finding> {
    let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
    let allowed = max_days(not_before);
    if not_after - not_before <= Duration::days(allowed) {
        return None;
    }
    let detail = format!(
        "its certificate is valid from {} to {}, longer than the {allowed} days that a public CA may allow on that date of issue",
        Timestamp(not_before),
        Timestamp(not_after),
    );
    Some(Finding::new(Rule::PublicValidity, server, detail))
}

fn max_days(issued: OffsetDateTime) -> i64 {
    let date = (issued.year(), u8::from(issued.month()), issued.day());
    let mut steps = SCHEDULE.iter();
    let step = steps.find(|(from, _)| date >= *from);
    step.map_or(MAX_DAYS_AT_FIRST, |(_, days)| *days)
}
