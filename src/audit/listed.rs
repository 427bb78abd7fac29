//! Lists that strangers wrote, in texts for people.

/// How many entries of a list are shown.
const MAX_LISTED: usize = 10;

/// The first of these texts, and how many there are besides: a stranger may have written thousands.
pub(super) fn some(texts: &[String], separator: &str) -> String {
    let (shown, left_out) = texts.split_at_checked(MAX_LISTED).unwrap_or((texts, &[]));
    let listed = shown.join(separator);
    match left_out.len() {
        0 => listed,
        more => format!("{listed}{separator}and {more} more"),
    }
}
