//! Texts that are shown to people as they are: which can be, and how others are shown.

use std::fmt::{Display, Write};

/// How much of a refused text an error repeats, in characters.
const MAX_SHOWN: usize = 80;

/// `text` as an error repeats it: printable, and cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    let first = first(text, MAX_SHOWN);
    for character in first.chars() {
        for escaped in character.escape_debug() {
            shown.push(escaped);
        }
    }
    if first.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// The first `max` characters of `text`; all of it where it has no more.
pub(crate) fn first(text: &str, max: usize) -> &str {
    let mut rest = text.chars();
    for _ in 0..max {
        if rest.next().is_none() {
            return text;
        }
    }
    let end = text.len() - rest.as_str().len();
    text.get(..end).unwrap_or(text)
}

/// `texts` one after the other, with `separator` between each two.
pub(crate) fn joined<T: Display>(texts: &[T], separator: &str) -> String {
    let mut joined = String::new();
    let mut before = "";
    for text in texts {
        add(&mut joined, before, text);
        before = separator;
    }
    joined
}

/// One function for every kind of text.
fn add(joined: &mut String, before: &str, text: &dyn Display) {
    // A string takes whatever is written to it.
    let _ = write!(joined, "{before}{text}");
}

/// Whether a character does something to what shows it instead of being seen: a control character, the end
/// of a line, or a mark that turns the direction of text.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character in the text of a stranger may make it look like another: an invisible one, a soft
/// hyphen, a joiner, or a space without a width. Languages need joiners, so that one's own text may hold them.
pub(crate) fn misleads(character: char) -> bool {
    is_invisible(character)
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}
