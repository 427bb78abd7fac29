//! Times as texts for people and for JSON.

use time::{OffsetDateTime, UtcOffset};

/// RFC 3339 in UTC and whole seconds. That ends with the year 9999 and begins with 0, and a time that a caller
/// gives need not.
pub(crate) fn date(at: OffsetDateTime) -> String {
    let at = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    let (year, month, day) = (at.year(), u8::from(at.month()), at.day());
    let (hour, minute, second) = at.to_hms();
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}
