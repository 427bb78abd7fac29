//! What the pictures of Mermaid have in common: the quoting of text, and GitHub's limits.

use crate::text::is_invisible;

/// Maximum length of a picture in characters (Mermaid's `maxTextSize`). GitHub shows an error instead of a longer one.
const MAX_CHARACTERS: usize = 50_000;

/// Returns the picture as a fenced block, or `None` if GitHub would not draw it.
pub(super) fn fenced(picture: &str) -> Option<String> {
    // A character of JavaScript has two bytes.
    let length = picture.encode_utf16().count();
    (length <= MAX_CHARACTERS).then(|| format!("```mermaid\n{picture}```\n"))
}

/// Returns `text` without anything that has a meaning in a picture. Mermaid writes entities with `#`.
pub(super) fn escape(text: &str) -> String {
    let escape = |character: char| match character {
        // Some blank letters are alphanumeric.
        invisible if is_invisible(invisible) => " ".to_owned(),
        plain if plain.is_alphanumeric() || " .-=(),".contains(plain) => plain.to_string(),
        markup => format!("#{};", u32::from(markup)),
    };
    text.chars().map(escape).collect()
}

/// Returns `text` as a quoted label.
pub(super) fn label(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

#[cfg(test)]
mod tests {
    use super::{MAX_CHARACTERS, fenced, label};

    #[test]
    fn label_escapes_markup() {
        assert_eq!(label("a\"];b\n"), "\"a#34;#93;#59;b \"");
    }

    #[test]
    fn picture_above_the_limit_is_not_drawn() {
        let longest = "é".repeat(MAX_CHARACTERS);
        assert!(fenced(&longest).is_some());
        assert!(fenced(&(longest + "a")).is_none());
        assert!(fenced(&"😀".repeat(MAX_CHARACTERS)).is_none());
    }
}
