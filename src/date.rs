//! Times as certificates carry them: in UTC, without a part of a second (RFC 5280 §4.1.2.5).
//!
//! The arithmetic of `time` knows nanoseconds and offsets, and is compiled into each crate that calls it; so
//! it is done on Unix timestamps.

use std::fmt;

use time::OffsetDateTime;

/// The seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// So many seconds after `at`, or before; `None` where no certificate says so: the years beyond four digits.
pub(crate) fn later(at: OffsetDateTime, seconds: i64) -> Option<OffsetDateTime> {
    let seconds = at.unix_timestamp().checked_add(seconds)?;
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

/// How many seconds `end` is after `start`.
pub(crate) fn between(start: OffsetDateTime, end: OffsetDateTime) -> i64 {
    end.unix_timestamp() - start.unix_timestamp()
}

/// A time as messages, the manifest and the report show it (RFC 3339). That ends with the year 9999 and begins
/// with 0, and a time that a caller gives need not.
pub(crate) struct Date(pub(crate) OffsetDateTime);

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = later(self.0, 0).unwrap_or(self.0);
        let (year, month, day) = at.to_calendar_date();
        let (hour, minute, second) = at.to_hms();
        let month = u8::from(month);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    use time::macros::datetime;

    use super::{DAY, Date, between, later};

    #[test]
    fn texts_are_those_of_rfc_3339() {
        for at in [
            OffsetDateTime::UNIX_EPOCH,
            datetime!(0000-01-01 00:00 UTC),
            datetime!(2024-02-29 23:59:59 UTC),
            datetime!(9999-12-31 23:59:59 UTC),
        ] {
            let written = Date(at).to_string();
            assert_eq!(
                OffsetDateTime::parse(&written, &Rfc3339),
                Ok(at),
                "{written}"
            );
            assert_eq!(at.format(&Rfc3339).ok(), Some(written));
        }
        // In UTC, and in whole seconds.
        let elsewhere = datetime!(2025-01-01 01:30:00.999 +02:00);
        assert_eq!(Date(elsewhere).to_string(), "2024-12-31T23:30:00Z");
        assert_eq!(
            Date(datetime!(-0044-03-15 12:00 UTC)).to_string(),
            "-044-03-15T12:00:00Z"
        );
    }

    #[test]
    fn shifts_are_seconds_and_end_with_the_years_of_four_digits() {
        let at = datetime!(2025-01-01 01:30:00.999 +02:00);
        assert_eq!(later(at, DAY), Some(datetime!(2025-01-01 23:30:00 UTC)));
        assert_eq!(later(at, -1), Some(datetime!(2024-12-31 23:29:59 UTC)));
        assert_eq!(between(at, datetime!(2025-01-01 00:00 UTC)), 1800);
        assert_eq!(later(datetime!(9999-12-31 23:59:59 UTC), 1), None);
        assert_eq!(later(at, i64::MAX), None);
    }
}
