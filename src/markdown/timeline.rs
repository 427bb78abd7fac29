//! The timeline of certificates: their validities, and the date until which failover is safe.

use time::{Date, OffsetDateTime};

use super::escape::escape;
use super::mermaid;
use super::page::Page;
use crate::text::Timestamp;

/// Maximum number of years in a picture. The axis of a longer one shows nothing.
const MAX_YEARS: i32 = 100;

/// The width of a character in the column of servers, and of its margins, in pixels.
const CHARACTER_WIDTH: usize = 7;
const MIN_PADDING: usize = 25;
/// Length of the longest name for which the column is widened, in characters.
const MAX_NAME: usize = 60;

/// The validity of the certificate of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) server: String,
    pub(crate) not_before: OffsetDateTime,
    pub(crate) not_after: OffsetDateTime,
}

/// The validities of the certificates of servers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Timeline {
    pub(crate) bars: Vec<Bar>,
    /// Times of their own, each with a text.
    pub(crate) marks: Vec<(&'static str, OffsetDateTime)>,
}

impl Timeline {
    /// Returns the picture as Markdown. A picture that Mermaid would not draw becomes a table. Returns nothing if there
    /// are no certificates.
    pub(crate) fn to_markdown(&self) -> Option<String> {
        if self.bars.is_empty() {
            return None;
        }
        Some(self.chart().unwrap_or_else(|| self.table()))
    }

    fn chart(&self) -> Option<String> {
        if !self.is_drawable() {
            return None;
        }
        let padding = self.padding();
        let mut chart = format!(
            "\
%%{{init: {{\"gantt\": {{\"leftPadding\": {padding}}}}}}}%%
gantt
    dateFormat YYYY-MM-DD
    axisFormat %Y-%m
    todayMarker off
"
        );
        for Bar {
            server,
            not_before,
            not_after,
        } in &self.bars
        {
            let server = mermaid::escape(server);
            let (from, to) = (not_before.date(), not_after.date());
            // Mermaid takes a text that starts with a date for a date.
            chart.push_str(&format!(
                "    section {server}\n    valid {from} to {to} :{from}, {to}\n"
            ));
        }
        if !self.marks.is_empty() {
            chart.push_str("    section Dates\n");
        }
        for (text, at) in &self.marks {
            let date = at.date();
            chart.push_str(&format!("    {text} {date} :milestone, {date}, 0d\n"));
        }
        mermaid::fenced(&chart)
    }

    /// Returns the width of the column of servers in pixels. Mermaid does not widen it for long names.
    fn padding(&self) -> usize {
        let lengths = self.bars.iter().map(|bar| bar.server.chars().count());
        let longest = lengths.max().unwrap_or(0).min(MAX_NAME);
        longest * CHARACTER_WIDTH + MIN_PADDING
    }

    /// Returns `true` if each certificate is valid for at least a day, in years with four digits that are close
    /// together.
    fn is_drawable(&self) -> bool {
        let starts = self.bars.iter().map(|bar| bar.not_before.date());
        let ends = self.bars.iter().map(|bar| bar.not_after.date());
        let marks = self.marks.iter().map(|(_, at)| at.date());
        let dates: Vec<Date> = starts.chain(ends).chain(marks).collect();
        let first = dates.iter().min().map_or(0, |date| date.year());
        let last = dates.iter().max().map_or(0, |date| date.year());
        let is_forward = |bar: &Bar| bar.not_before.date() < bar.not_after.date();
        first >= 1000
            && last <= 9999
            && last - first <= MAX_YEARS
            && self.bars.iter().all(is_forward)
    }

    fn table(&self) -> String {
        let mut page = Page::default();
        page.add_header(&["server", "valid from", "valid until"]);
        for bar in &self.bars {
            let (from, until) = (Timestamp(bar.not_before), Timestamp(bar.not_after));
            page.add_row(&[escape(&bar.server), escape(from), escape(until)]);
        }
        for (text, at) in &self.marks {
            page.add_row(&[*text, "", &escape(Timestamp(*at))]);
        }
        page.into_text()
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;
    use time::macros::datetime;

    use super::{Bar, Timeline};

    fn timeline(not_before: OffsetDateTime, not_after: OffsetDateTime) -> Timeline {
        let server = "um1.contoso.com".to_owned();
        let bar = Bar {
            server,
            not_before,
            not_after,
        };
        Timeline {
            bars: vec![bar],
            marks: vec![("safe until", datetime!(2027-11-22 00:00:01 UTC))],
        }
    }

    #[test]
    fn validity_is_a_bar() {
        let (from, to) = (
            datetime!(2026-11-23 0:00 UTC),
            datetime!(2027-11-22 0:00 UTC),
        );
        let chart = timeline(from, to).to_markdown().unwrap();
        assert!(
            chart.contains("\"leftPadding\": 130}}}%%\ngantt\n"),
            "{chart}"
        );
        let bar = "    section um1.contoso.com\n    valid 2026-11-23 to 2027-11-22 :2026-11-23, 2027-11-22\n";
        assert!(chart.contains(bar), "{chart}");
        let mark = "    section Dates\n    safe until 2027-11-22 :milestone, 2027-11-22, 0d\n```\n";
        assert!(chart.ends_with(mark), "{chart}");
        assert_eq!(Timeline::default().to_markdown(), None);
    }

    #[test]
    fn dates_that_mermaid_does_not_draw_are_a_table() {
        let now = datetime!(2026-11-23 0:00 UTC);
        for (from, to) in [
            (now, now),
            (now, datetime!(2025-01-01 0:00 UTC)),
            (datetime!(0000-01-01 0:00 UTC), now),
            (now, datetime!(9999-12-31 23:59:59 UTC)),
        ] {
            let table = timeline(from, to).to_markdown().unwrap();
            assert!(table.starts_with("| server |"), "{table}");
            assert!(
                table.contains("| safe until |  | 2027-11-22T00:00:01Z |"),
                "{table}"
            );
        }
    }

    #[test]
    fn picture_above_the_limit_is_a_table() {
        let (from, to) = (
            datetime!(2026-11-23 0:00 UTC),
            datetime!(2027-11-22 0:00 UTC),
        );
        let mut long = timeline(from, to);
        long.bars = vec![long.bars[0].clone(); 500];
        let is_chart = |timeline: &Timeline| timeline.to_markdown().unwrap().starts_with("```");
        assert!(is_chart(&long));
        long.bars = vec![long.bars[0].clone(); 1000];
        assert!(!is_chart(&long));
    }
}
