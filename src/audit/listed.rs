//! Lists that strangers wrote, in texts for people.

use crate::name::joined;

/// How many entries of a list are shown.
const MAX_LISTED: usize = 10;

/// The first of these texts, and how many there are besides: a stranger may have written thousands.
pub(super) fn some(texts: &[impl AsRef<str>], separator: &str) -> String {
    let listed = joined(texts.iter().take(MAX_LISTED).map(AsRef::as_ref), separator);
    match texts.len().saturating_sub(MAX_LISTED) {
        0 => listed,
        more => format!("{listed}{separator}and {more} more"),
    }
}
