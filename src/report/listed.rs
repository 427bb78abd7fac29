//! Lists of which a page shows the first.

use std::fmt::Display;

use crate::name::joined;

/// How many names are shown one by one where there may be many.
pub(super) const MAX_LISTED: usize = 8;

/// Names with commas, the rest counted where there are many.
pub(super) fn listed(names: &[impl Display]) -> String {
    first(names, MAX_LISTED)
}

/// The same, with the rest counted behind the first `max`.
pub(super) fn first(names: &[impl Display], max: usize) -> String {
    let shown = names.get(..max).unwrap_or(names);
    few(shown, names.len() - shown.len())
}

/// Names with commas, and how many more there are.
pub(super) fn few(names: &[impl Display], more: usize) -> String {
    let shown = joined(names, ", ");
    match more {
        0 => shown,
        more => format!("{shown}, {more} more"),
    }
}
