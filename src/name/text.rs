//! Texts that are shown to people as they are: which can be, and how others are shown.

/// How much of a refused text an error repeats, in characters.
const MAX_SHOWN: usize = 80;

/// `text` as an error repeats it: printable, and cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(MAX_SHOWN)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(MAX_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// Whether a character does something to what shows it instead of being seen: a control character, the end
/// of a line, or a mark that turns the direction of text.
pub(crate) fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
