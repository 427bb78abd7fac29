//! Rendering of names, lists, times and untrusted text for messages and reports.

use std::fmt::{self, Display, Write};

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Maximum number of characters of a refused value that an error shows.
const MAX_QUOTED: usize = 80;

/// Returns the first [`MAX_QUOTED`] characters of an untrusted `text`, with control and other unprintable characters
/// escaped. An ellipsis marks omitted text.
pub(crate) fn escape_and_truncate(text: &str) -> String {
    let start = truncate(text, MAX_QUOTED);
    let mut escaped: String = start.chars().flat_map(char::escape_debug).collect();
    if start.len() < text.len() {
        escaped.push('…');
    }
    escaped
}

/// Returns the first `max` characters of `text`. An ellipsis marks omitted text.
pub(crate) fn truncate_with_ellipsis(text: &str, max: usize) -> String {
    let start = truncate(text, max);
    let ellipsis = if start.len() < text.len() { "…" } else { "" };
    format!("{start}{ellipsis}")
}

/// Returns the first `max` characters of `text`.
pub(crate) fn truncate(text: &str, max: usize) -> &str {
    match text.char_indices().nth(max) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// Joins `items` with `separator`.
pub(crate) fn join(items: impl IntoIterator<Item = impl Display>, separator: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(separator)
}

/// Joins the first `max` of `items` with `separator` and counts the rest: `a, b, 3 more`.
pub(crate) fn join_truncated(items: &[impl Display], max: usize, separator: &str) -> String {
    let shown = items.len().min(max);
    let mut joined = join(&items[..shown], separator);
    if shown < items.len() {
        // Writing to a `String` cannot fail.
        let _ = write!(joined, "{separator}{} more", items.len() - shown);
    }
    joined
}

/// Returns `count` with its noun: "1 error", "2 errors".
pub(crate) fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// Returns `at` in UTC and whole seconds in the form of RFC 3339. Years that RFC 3339 cannot express (negative ones)
/// have the form of the crate `time`.
pub(crate) fn rfc3339(at: OffsetDateTime) -> String {
    let in_utc = at.checked_to_offset(UtcOffset::UTC).unwrap_or(at);
    let whole_seconds = in_utc.replace_nanosecond(0).unwrap_or(in_utc);
    let formatted = whole_seconds.format(&Rfc3339);
    formatted.unwrap_or_else(|_| whole_seconds.to_string())
}

/// Displays a time in the form of [`rfc3339`].
pub(crate) struct Timestamp(pub(crate) OffsetDateTime);

impl Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&rfc3339(self.0))
    }
}

/// Returns `true` if `character` affects the display of text without being visible itself: a control character, a line
/// separator, or a mark that changes the direction of text.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns `true` if `character` can make an untrusted text look like another one: an invisible character, a soft
/// hyphen, a joiner, or a space of zero width. Some languages need joiners, so trusted text may contain them.
pub(crate) fn is_misleading(character: char) -> bool {
    is_invisible(character)
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{escape_and_truncate, join_truncated, rfc3339};

    #[test]
    fn time_is_written_in_utc_and_whole_seconds() {
        let local = datetime!(2025-01-01 01:30:00.999 +02:00);
        assert_eq!(rfc3339(local), "2024-12-31T23:30:00Z");
        let last = datetime!(9999-12-31 23:59:59 UTC);
        assert_eq!(rfc3339(last), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn untrusted_text_is_escaped_and_cut() {
        assert_eq!(escape_and_truncate("a\u{1b}b\n"), r"a\u{1b}b\n");
        let long = "é".repeat(81);
        assert_eq!(escape_and_truncate(&long), "é".repeat(80) + "…");
        assert_eq!(escape_and_truncate(&long[2..]), "é".repeat(80));
    }

    #[test]
    fn long_list_is_counted() {
        assert_eq!(join_truncated(&["a", "b"], 2, ", "), "a, b");
        assert_eq!(join_truncated(&["a", "b", "c"], 1, ", "), "a, 2 more");
    }
}
