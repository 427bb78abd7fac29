//! Rendering of names, lists, times and untrusted text for messages and reports.

use std::fmt::{self, Display, Write};
use std::ops::RangeInclusive;
use std::path::Path;

use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// Maximum number of characters of a refused value that an error shows.
const MAX_REFUSED: usize = 80;
/// Maximum number of characters of another outside value that a text quotes, such as the subject of a certificate.
const MAX_QUOTED: usize = 200;

/// Returns an outside `text` in backquotes, so that a blank or a dot at its end shows. The text is escaped as by
/// [`escape_and_truncate`], and cut after [`MAX_QUOTED`] characters.
pub(crate) fn quote(text: &str) -> String {
    format!("`{}`", escape_name(text))
}

/// Returns the `name` of an algorithm, in backquotes if it is an object identifier, which comes from outside.
pub(crate) fn quote_if_oid(name: &str) -> String {
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return quote(name);
    }
    name.to_owned()
}

/// Returns the start of a name as it stands between the backquotes of [`quote`].
pub(crate) fn escape_name(text: &str) -> String {
    escape_up_to(text, MAX_QUOTED)
}

/// Returns the start of an outside `text` as it stands between backquotes: at most [`MAX_REFUSED`] characters, in which
/// invisible characters and backquotes are escaped. An ellipsis marks omitted text.
pub(crate) fn escape_and_truncate(text: &str) -> String {
    escape_up_to(text, MAX_REFUSED)
}

fn escape_up_to(text: &str, max: usize) -> String {
    let is_escaped = |character| character == '`' || is_invisible(character);
    // Escaping only lengthens a text. A huge one is not escaped as a whole.
    let start = truncate(text, max);
    let escaped = escape(start, is_escaped);
    if start.len() < text.len() && escaped.chars().count() <= max {
        return escaped + "…";
    }
    truncate_with_ellipsis(&escaped, max)
}

/// Escapes every invisible character of an outside `text`. Such a text must neither control the terminal that shows it
/// nor look like another text.
pub(crate) fn escape_invisible(text: &str) -> String {
    escape(text, is_invisible)
}

/// Returns `path` with invisible characters escaped. A name on the disk is untrusted input. `\n` would look like part of a
/// path on Windows.
pub(crate) fn escape_path(path: &Path) -> String {
    let escape = |character: char| {
        if is_invisible(character) {
            character.escape_unicode().to_string()
        } else {
            character.to_string()
        }
    };
    path.to_string_lossy().chars().map(escape).collect()
}

/// Escapes the characters of `text` for which `is_escaped` returns `true`: `\n` or `\u{200b}`.
pub(crate) fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\r' | '\t' if is_escaped(character) => {
                escaped.extend(character.escape_default())
            }
            other if is_escaped(other) => escaped.extend(other.escape_unicode()),
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Displays one character in single quotes: `'*'`, `'\u{200b}'`.
#[derive(Clone, Copy)]
pub(crate) struct QuotedChar(pub(crate) char);

impl Display for QuotedChar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            // The `Debug` of std shows some blank letters and marks.
            blank if is_invisible(blank) => write!(f, "'{}'", blank.escape_default()),
            character => write!(f, "{character:?}"),
        }
    }
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

/// Characters above ASCII that are not visible, or that have no agreed form: one text with them can look like another.
///
/// These are the control and format characters, the spaces and line separators of Unicode (Cc, Cf, Zs, Zl, Zp), all that
/// renderers ignore (Default_Ignorable_Code_Point: joiners, variation selectors, fillers, tags), letters and symbols
/// that are blank, private use, and some noncharacters. Unicode 16.
const INVISIBLE: [RangeInclusive<char>; 34] = [
    '\u{80}'..='\u{a0}',
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{600}'..='\u{605}',
    '\u{61c}'..='\u{61c}',
    '\u{6dd}'..='\u{6dd}',
    '\u{70f}'..='\u{70f}',
    '\u{890}'..='\u{891}',
    '\u{8e2}'..='\u{8e2}',
    '\u{115f}'..='\u{1160}',
    '\u{1680}'..='\u{1680}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{2000}'..='\u{200f}',
    '\u{2028}'..='\u{202f}',
    '\u{205f}'..='\u{206f}',
    // BRAILLE PATTERN BLANK.
    '\u{2800}'..='\u{2800}',
    '\u{3000}'..='\u{3000}',
    '\u{3164}'..='\u{3164}',
    '\u{e000}'..='\u{f8ff}',
    '\u{fdd0}'..='\u{fdef}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{110bd}'..='\u{110bd}',
    '\u{110cd}'..='\u{110cd}',
    '\u{13430}'..='\u{13440}',
    // KHITAN SMALL SCRIPT FILLER.
    '\u{16fe4}'..='\u{16fe4}',
    '\u{1bca0}'..='\u{1bca3}',
    // MUSICAL SYMBOL NULL NOTEHEAD.
    '\u{1d159}'..='\u{1d159}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
    '\u{f0000}'..='\u{10ffff}',
];

/// Returns `true` if `character` is not visible, or has no agreed form.
pub(crate) fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    // The last two code points of each plane are noncharacters.
    u32::from(character) & 0xfffe == 0xfffe
        || INVISIBLE.iter().any(|range| range.contains(&character))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{QuotedChar, escape_and_truncate, is_invisible, join_truncated, quote, rfc3339};

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
        // The limit is that of the escaped text.
        let tags = "\u{e0041}".repeat(100_000);
        assert_eq!(escape_and_truncate(&tags).chars().count(), 81);
        assert_eq!(quote("um1 "), "`um1 `");
        assert_eq!(quote("`x` \u{200b}"), r"`\u{60}x\u{60} \u{200b}`");
        assert_eq!(quote(&tags).chars().count(), 203);
    }

    #[test]
    fn invisible_characters_are_those_of_unicode() {
        let invisible = "\0\u{7f}\u{85}\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{180b}\u{180e}\u{180f}\
            \u{2003}\u{200b}\u{200d}\u{2028}\u{202e}\u{202f}\u{2060}\u{2065}\u{2069}\u{206f}\u{2800}\u{3000}\u{3164}\
            \u{e000}\u{fe0f}\u{feff}\u{ffa0}\u{fff0}\u{fffb}\u{ffff}\u{110bd}\u{1bca0}\u{1d173}\u{e0041}\u{e01ef}\u{e0fff}\
            \u{10ffff}";
        for character in invisible.chars() {
            assert!(is_invisible(character), "{}", QuotedChar(character));
        }
        for character in " ~aé\u{301}ü東京ًक्ष€😀\u{fffd}".chars() {
            assert!(!is_invisible(character), "{}", QuotedChar(character));
        }
        let is_of_std = |character: &char| character.is_control() || character.is_whitespace();
        for character in ('!'..=char::MAX).filter(is_of_std) {
            assert!(is_invisible(character), "{}", QuotedChar(character));
        }
    }

    #[test]
    fn long_list_is_counted() {
        assert_eq!(join_truncated(&["a", "b"], 2, ", "), "a, b");
        assert_eq!(join_truncated(&["a", "b", "c"], 1, ", "), "a, 2 more");
    }
}
