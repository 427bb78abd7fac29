//! The error of every id and option value that is parsed from text.

use std::fmt;

use crate::text::{escape_and_truncate, join};

/// A string that is not one of the accepted ids or option values.
///
/// # Examples
///
/// ```
/// use umcert::KeyKind;
///
/// let error = "rsa1024".parse::<KeyKind>().unwrap_err();
/// assert_eq!((error.kind(), error.text()), ("key kind", "rsa1024"));
/// assert_eq!(error.accepted().first(), Some(&"rsa2048"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseIdError {
    kind: &'static str,
    text: String,
    accepted: Vec<&'static str>,
    hint: Option<&'static str>,
}

impl ParseIdError {
    /// Creates the error for a `text` that is not a `kind`, such as `"rule id"`. `hint` describes the accepted values.
    pub(crate) fn with_hint(kind: &'static str, text: &str, hint: &'static str) -> Self {
        Self {
            kind,
            text: escape_and_truncate(text),
            accepted: Vec::new(),
            hint: Some(hint),
        }
    }

    /// Creates the error for a `text` that is not one of the `accepted` values of a `kind`. The message lists these
    /// values.
    pub(crate) fn not_one_of(kind: &'static str, text: &str, accepted: Vec<&'static str>) -> Self {
        Self {
            kind,
            text: escape_and_truncate(text),
            accepted,
            hint: None,
        }
    }

    /// Returns the kind of value that was expected, as a noun: `"rule id"`, `"key kind"`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Returns the refused text, with invisible characters escaped, cut after 80 characters.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the accepted values. Empty if there is no closed list of accepted values.
    #[must_use]
    pub fn accepted(&self) -> &[&'static str] {
        &self.accepted
    }
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a {}", self.text, self.kind)?;
        match self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => write!(f, ": expected one of {}", join(&self.accepted, ", ")),
        }
    }
}

impl std::error::Error for ParseIdError {}

/// Returns the value of `all` whose id is `text`. `kind` names the values in the error: `"key kind"`.
pub(crate) fn parse_id<T: Copy>(
    kind: &'static str,
    all: &[T],
    id: fn(T) -> &'static str,
    text: &str,
) -> Result<T, ParseIdError> {
    let found = all.iter().copied().find(|value| id(*value) == text);
    found.ok_or_else(|| {
        let accepted = all.iter().map(|value| id(*value)).collect();
        ParseIdError::not_one_of(kind, text, accepted)
    })
}

/// Implements `Display` and `FromStr` for an enum with the constant `ALL` and the method `id`. `$kind` is as in
/// [`parse_id`].
macro_rules! impl_text_id {
    ($name:ident, $kind:literal) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.id())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::rule::ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::rule::parse_id($kind, Self::ALL, Self::id, text)
            }
        }
    };
}
pub(crate) use impl_text_id;

#[cfg(test)]
mod tests {
    use super::{ParseIdError, parse_id};

    fn id(value: bool) -> &'static str {
        if value { "on" } else { "off" }
    }

    #[test]
    fn known_id_is_parsed() {
        assert_eq!(parse_id("switch", &[true, false], id, "off"), Ok(false));
    }

    #[test]
    fn unknown_id_is_quoted_with_the_accepted_ones() {
        let error = parse_id("switch", &[true, false], id, "o\nn ").unwrap_err();
        assert_eq!(error.kind(), "switch");
        assert_eq!(error.text(), r"o\nn ");
        assert_eq!(error.accepted(), ["on", "off"]);
        assert_eq!(
            error.to_string(),
            r"`o\nn ` is not a switch: expected one of on, off"
        );
    }

    #[test]
    fn hint_replaces_the_list() {
        let error = ParseIdError::with_hint("rule id", "x", "see the list");
        assert_eq!(error.to_string(), "`x` is not a rule id; see the list");
        assert!(error.accepted().is_empty());
    }
}
