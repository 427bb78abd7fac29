//! The validity of certificates and CRLs.

use time::{Duration, OffsetDateTime};

use super::error::IssueError;

/// The validity of a certificate: whole seconds in UTC, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
}

impl Validity {
    /// Creates the validity of `days` days from `not_before` on.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::InvalidValidity`] if the validity is empty or outside the years 1 to 9999 that a
    /// certificate can express (RFC 5280 §4.1.2.5.2).
    pub(super) fn new(not_before: OffsetDateTime, days: u32) -> Result<Self, IssueError> {
        Self::in_range(not_before, days).ok_or(IssueError::InvalidValidity { not_before, days })
    }

    fn in_range(not_before: OffsetDateTime, days: u32) -> Option<Self> {
        let start = OffsetDateTime::from_unix_timestamp(not_before.unix_timestamp()).ok()?;
        let end = start.checked_add(Duration::days(days.into()))?;
        let is_valid = days > 0 && start.year() >= 1 && end.year() <= 9999;
        is_valid.then_some(Self {
            not_before: start,
            not_after: end,
        })
    }

    /// Returns the validity of a CA below a CA with this validity: the first half of it, extended if `leaf` expires
    /// later, but not beyond the end of this validity.
    pub(super) fn of_intermediate(self, leaf: Self) -> Self {
        let seconds = (self.not_after - self.not_before).whole_seconds();
        let half = self.not_before + Duration::seconds(seconds / 2);
        Self {
            not_after: half.max(leaf.not_after).min(self.not_after),
            ..self
        }
    }
}
