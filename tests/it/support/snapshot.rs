//! Rendered texts, compared with snapshots. `UPDATE_EXPECT=1 cargo test` updates them.

use std::fmt::{Display, Write};

use expect_test::{Expect, ExpectFile};

/// Compares the texts with the snapshot, one line `row: text` for each.
#[track_caller]
pub(crate) fn assert_rows<R: Display, T: Display>(
    rows: impl IntoIterator<Item = (R, T)>,
    expected: &Expect,
) {
    let mut listing = String::new();
    for (row, text) in rows {
        writeln!(listing, "{row}: {text}").unwrap();
    }
    expected.assert_eq(&without_hashes(&listing));
}

/// Compares the texts with the snapshot, each on its own line.
#[track_caller]
pub(crate) fn assert_lines<T: Display>(lines: impl IntoIterator<Item = T>, expected: &Expect) {
    let mut listing = String::new();
    for line in lines {
        writeln!(listing, "{line}").unwrap();
    }
    expected.assert_eq(&without_hashes(&listing));
}

/// Compares the text with the snapshot.
#[track_caller]
pub(crate) fn assert_text(text: impl Display, expected: &Expect) {
    expected.assert_eq(&without_hashes(&text.to_string()));
}

/// Compares the page with the snapshot in a file.
#[track_caller]
pub(crate) fn assert_page(page: impl Display, expected: &ExpectFile) {
    expected.assert_eq(&without_hashes(&page.to_string()));
}

/// Checks that the text states each of the facts.
#[track_caller]
pub(crate) fn assert_states(text: impl Display, facts: &[&str]) {
    let text = text.to_string();
    for fact in facts {
        assert!(text.contains(fact), "no {fact} in: {text}");
    }
}

/// Replaces thumbprints, fingerprints and serial numbers, which differ in each run.
pub(crate) fn without_hashes(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(|it: char| it.is_ascii_hexdigit()) {
        let (before, from) = rest.split_at(start);
        let end = from
            .find(|it: char| !it.is_ascii_hexdigit())
            .unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        result += before;
        let is_hash = digits.contains(|it: char| it.is_ascii_digit());
        result += match digits.len() {
            40 if is_hash => "[SHA-1]",
            64 if is_hash => "[SHA-256]",
            _ => digits,
        };
        rest = after;
    }
    result + rest
}

/// Returns the words of the text that are names or numbers, in their order.
pub(crate) fn names_and_numbers(text: impl Display) -> String {
    let text = text.to_string();
    let words = text.split_whitespace();
    let words = words.map(|word| word.trim_matches([',', ';', ':', '`', '(', ')']));
    let is_name = |word: &&str| {
        word.contains(|it: char| it == '.' || it.is_ascii_digit() || it.is_uppercase())
    };
    words.filter(is_name).collect::<Vec<_>>().join(" ")
}
