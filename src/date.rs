//! Times as certificates carry them: in UTC, without a part of a second (RFC 5280 §4.1.2.5).
//!
//! The arithmetic of `time` knows nanoseconds and offsets, and is compiled into each crate that calls it; so
//! it is done on Unix timestamps.

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

/// `at` as messages, the manifest and the report show it (RFC 3339).
pub(crate) fn date(at: OffsetDateTime) -> String {
    let at = later(at, 0).unwrap_or(at);
    let (year, month, day) = at.to_calendar_date();
    let (hour, minute, second) = at.to_hms();
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::format_description::well_known::Rfc3339;
    use time::macros::datetime;

    use super::{DAY, between, date, later};

    #[test]
    fn texts_are_those_of_rfc_3339() {
        for at in [
            OffsetDateTime::UNIX_EPOCH,
            datetime!(0000-01-01 00:00 UTC),
            datetime!(2024-02-29 23:59:59 UTC),
            datetime!(9999-12-31 23:59:59 UTC),
        ] {
            let written = date(at);
            assert_eq!(
                OffsetDateTime::parse(&written, &Rfc3339),
                Ok(at),
                "{written}"
            );
            assert_eq!(at.format(&Rfc3339).ok(), Some(written));
        }
        // In UTC, and in whole seconds.
        let elsewhere = datetime!(2025-01-01 01:30:00.999 +02:00);
        assert_eq!(date(elsewhere), "2024-12-31T23:30:00Z");
        assert_eq!(
            date(datetime!(-0044-03-15 12:00 UTC)),
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
