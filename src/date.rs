//! Times as texts for people and for JSON.

use std::fmt;

use time::{OffsetDateTime, UtcOffset};

/// A time as RFC 3339 shows it, in UTC and whole seconds. That ends with the year 9999 and begins with 0, and a
/// time that a caller gives need not.
pub(crate) struct Date(pub(crate) OffsetDateTime);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.0.checked_to_offset(UtcOffset::UTC).unwrap_or(self.0);
        let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
        let (hour, minute, second) = at.to_hms();
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}
