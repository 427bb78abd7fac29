//! Escaping of text for GitHub Markdown.
//!
//! GitHub looks for addresses after it has decoded entities, so an entity does not stop a link. A code span does:
//! nothing in it is a link, a mention or an element.

use std::fmt::{Display, Write};

use crate::text::escape_invisible;

/// Escapes `text` for a heading or the cell of a table, so that it cannot add markup, a link, an element or the end of
/// the cell. Values in backquotes become code spans.
pub(crate) fn escape(text: impl Display) -> String {
    let text = escape_invisible(&text.to_string());
    let mut escaped = String::new();
    let mut rest = text.as_str();
    while let Some((before, (value, after))) = split_quoted(rest) {
        escaped.push_str(&escape_plain(before));
        escaped.push_str(&code_span(value));
        rest = after;
    }
    escaped + &escape_plain(rest)
}

/// Returns an outside value as a code span.
pub(crate) fn code(value: impl Display) -> String {
    code_span(&escape_invisible(&value.to_string()))
}

/// Splits `text` at its first value in backquotes: the text before, the value, and the text after.
fn split_quoted(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, after) = text.split_once('`')?;
    Some((before, after.split_once('`')?))
}

/// Returns `value` as code spans. A bar would end the cell and a backquote the span, so they stand between two spans.
fn code_span(value: &str) -> String {
    let mut spans = String::new();
    for part in value.split_inclusive(['|', '`']) {
        let text = part.strip_suffix(['|', '`']).unwrap_or(part);
        if text.starts_with(' ') && text.ends_with(' ') {
            // A renderer removes one blank at each end, unless there is nothing else.
            let _ = write!(spans, "` {text} `");
        } else if !text.is_empty() {
            let _ = write!(spans, "`{text}`");
        }
        spans.push_str(&escape_plain(&part[text.len()..]));
    }
    if spans.is_empty() {
        return entity('`').repeat(2);
    }
    spans
}

/// Escapes text outside of code spans. Characters from which GitHub makes a link or a mention become code spans.
fn escape_plain(text: &str) -> String {
    let mut escaped = String::new();
    for (index, character) in text.char_indices() {
        let (before, from) = text.split_at(index);
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '|' | '\\' | '`' | '*' | '_' | '~' | '[' | ']' | '!' | '$' | '{' | '}' => {
                escaped.push_str(&entity(character));
            }
            '@' | '#' => escaped.push_str(&code_span(&from[..1])),
            ':' if from.starts_with("://") => escaped.push_str("`:`"),
            '.' if ends_with_www(before) => escaped.push_str("`.`"),
            plain => escaped.push(plain),
        }
    }
    escaped
}

fn ends_with_www(text: &str) -> bool {
    let start = text.len().saturating_sub("www".len());
    let end = text.get(start..);
    end.is_some_and(|end| end.eq_ignore_ascii_case("www"))
}

fn entity(character: char) -> String {
    format!("&#{};", u32::from(character))
}

#[cfg(test)]
mod tests {
    use super::{code, escape};

    #[test]
    fn markup_and_links_are_escaped() {
        for (text, expected) in [
            ("<b>|*", "&lt;b&gt;&#124;&#42;"),
            ("http://www.x", "http`:`//www`.`x"),
            ("WWW.x", "WWW`.`x"),
            ("a@b.example #1", "a`@`b.example `#`1"),
            ("a\u{202e}b\n", r"a&#92;u&#123;202e&#125;b&#92;n"),
            (
                "the CN is `a@b | c ` now",
                "the CN is `a@b `&#124;`  c  ` now",
            ),
            ("an `odd one", "an &#96;odd one"),
            ("an `` empty one", "an &#96;&#96; empty one"),
        ] {
            assert_eq!(escape(text), expected, "{text:?}");
        }
    }

    #[test]
    fn value_is_a_code_span() {
        for (value, expected) in [
            ("um1.contoso.com", "`um1.contoso.com`"),
            (" a ", "`  a  `"),
            (r"\|`", r"`\`&#124;&#96;"),
            ("", "&#96;&#96;"),
        ] {
            assert_eq!(code(value), expected, "{value:?}");
        }
    }
}
