//! Quoting of outside text for PowerShell and INF files. Every generated file goes through these functions.

use super::error::HandoffError;
use crate::text::is_invisible;

/// The characters that end a string in single quotes: PowerShell treats four typographic quotation marks like the
/// apostrophe (D88).
const SINGLE_QUOTES: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
/// Maximum length of a field of an INF file in characters, without its terminating NUL (D39).
const MAX_INF_FIELD: usize = 4095;

/// Returns `text` as a PowerShell string in single quotes, in which nothing is expanded (D87). Each quotation mark is
/// doubled.
///
/// # Errors
///
/// Returns [`HandoffError::UnsafeText`] if `text` contains a control character, a line separator, or another invisible
/// character (D89).
pub(super) fn powershell_string(text: &str) -> Result<String, HandoffError> {
    refuse(text, "a script", is_invisible, "an invisible character")?;
    let mut quoted = String::from("'");
    for character in text.chars() {
        quoted.push(character);
        if SINGLE_QUOTES.contains(&character) {
            quoted.push(character);
        }
    }
    quoted.push('\'');
    Ok(quoted)
}

/// Returns `texts` as a PowerShell array of strings: `@('a', 'b')`.
pub(super) fn powershell_array<T: AsRef<str>>(
    texts: impl IntoIterator<Item = T>,
) -> Result<String, HandoffError> {
    let strings: Result<Vec<String>, HandoffError> = texts
        .into_iter()
        .map(|text| powershell_string(text.as_ref()))
        .collect();
    Ok(format!("@({})", strings?.join(", ")))
}

/// Returns `text` as a value of an INF file in double quotes, with `%` doubled (D38).
///
/// # Errors
///
/// Returns [`HandoffError::UnsafeText`] if `text` contains a character that is not safe in a value: a quotation mark, a
/// backslash, an invisible character, or one outside ASCII. Returns it also if the value is longer than a field
/// can be (D39).
pub(super) fn inf_value(text: &str) -> Result<String, HandoffError> {
    let target = "an INF file";
    refuse(
        text,
        target,
        |character| character == '"',
        "a quotation mark",
    )?;
    refuse(text, target, |character| character == '\\', "a backslash")?;
    refuse(
        text,
        target,
        |character| !(' '..='~').contains(&character),
        "a character outside printable ASCII",
    )?;
    let value = text.replace('%', "%%");
    if value.len() > MAX_INF_FIELD {
        return Err(HandoffError::UnsafeText {
            text: text.to_owned(),
            target,
            reason: "more than 4095 characters",
        });
    }
    Ok(format!("\"{value}\""))
}

fn refuse(
    text: &str,
    target: &'static str,
    is_unsafe: impl Fn(char) -> bool,
    reason: &'static str,
) -> Result<(), HandoffError> {
    if text.chars().any(is_unsafe) {
        return Err(HandoffError::UnsafeText {
            text: text.to_owned(),
            target,
            reason,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{inf_value, powershell_array, powershell_string};

    #[test]
    fn quotation_marks_are_doubled() {
        let cases = [
            ("um1", "'um1'"),
            ("it's", "'it''s'"),
            ("a\u{2018}b\u{2019}", "'a\u{2018}\u{2018}b\u{2019}\u{2019}'"),
            ("\u{201a}\u{201b}", "'\u{201a}\u{201a}\u{201b}\u{201b}'"),
            ("$x `n \"y\"", "'$x `n \"y\"'"),
            ("", "''"),
        ];
        for (text, quoted) in cases {
            assert_eq!(powershell_string(text).unwrap(), quoted, "{text}");
        }
        assert_eq!(powershell_array(["a", "b"]).unwrap(), "@('a', 'b')");
    }

    #[test]
    fn invisible_characters_are_refused() {
        for text in ["a\nb", "a\0", "\u{7f}", "\u{85}", "\u{2028}", "\u{202e}"] {
            assert!(powershell_string(text).is_err(), "{text:?}");
            assert!(inf_value(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn inf_value_doubles_percent_and_refuses_what_it_cannot_hold() {
        assert_eq!(inf_value("100% a;b").unwrap(), "\"100%% a;b\"");
        for text in ["a\"b", "a\\", "ü"] {
            assert!(inf_value(text).is_err(), "{text:?}");
        }
        assert!(inf_value(&"x".repeat(4095)).is_ok());
        assert!(inf_value(&"x".repeat(4096)).is_err());
    }
}
