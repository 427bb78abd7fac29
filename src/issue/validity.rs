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

    /// Creates the validity from `not_before` to `not_after`.
    ///
    /// # Errors
    ///
    /// Returns [`IssueError::InvalidDates`] if `not_after` is earlier, or a date is outside the years 1 to 9999.
    pub(super) fn between(
        not_before: OffsetDateTime,
        not_after: OffsetDateTime,
    ) -> Result<Self, IssueError> {
        Self::of_whole_seconds(not_before, not_after).ok_or(IssueError::InvalidDates {
            not_before,
            not_after,
        })
    }

    fn in_range(not_before: OffsetDateTime, days: u32) -> Option<Self> {
        let not_after = not_before.checked_add(Duration::days(days.into()))?;
        let validity = Self::of_whole_seconds(not_before, not_after)?;
        (days > 0).then_some(validity)
    }

    fn of_whole_seconds(not_before: OffsetDateTime, not_after: OffsetDateTime) -> Option<Self> {
        let utc = |at: OffsetDateTime| OffsetDateTime::from_unix_timestamp(at.unix_timestamp());
        let validity = Self {
            not_before: utc(not_before).ok()?,
            not_after: utc(not_after).ok()?,
        };
        let is_valid = validity.not_before <= validity.not_after
            && validity.not_before.year() >= 1
            && validity.not_after.year() <= 9999;
        is_valid.then_some(validity)
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
