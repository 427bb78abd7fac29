//! Lists of which a page shows the first.

use std::fmt::{Display, Write};

/// How many names are shown one by one where there may be many.
pub(super) const MAX_LISTED: usize = 8;

/// Names with commas, the rest counted where there are many.
pub(super) fn listed(names: &[impl Display]) -> String {
    first(names, MAX_LISTED)
}

/// The same, with the rest counted behind the first `max`.
pub(super) fn first(names: &[impl Display], max: usize) -> String {
    let mut list = String::new();
    let mut shown = 0;
    for name in names {
        if shown == max {
            break;
        }
        add(&mut list, name);
        shown += 1;
    }
    counted(list, names.len() - shown)
}

/// Names with commas, and how many more there are.
pub(super) fn few(names: &[impl Display], more: usize) -> String {
    let mut list = String::new();
    for name in names {
        add(&mut list, name);
    }
    counted(list, more)
}

/// One function for every kind of name.
fn add(list: &mut String, name: &dyn Display) {
    let before = if list.is_empty() { "" } else { ", " };
    // A string takes whatever is written to it.
    let _ = write!(list, "{before}{name}");
}

fn counted(list: String, more: usize) -> String {
    match more {
        0 => list,
        more => format!("{list}, {more} more"),
    }
}
