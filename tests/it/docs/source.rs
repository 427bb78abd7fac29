//! The documentation of types, as it stands in the source.

/// A field of a struct or a variant of an enum, with its documentation.
pub(super) struct Item {
    /// The name of a field in kebab-case, or the name of a variant.
    pub(super) name: String,
    /// The type of a field; empty for a variant.
    pub(super) kind: String,
    pub(super) doc: String,
}

/// Returns the fields or variants of the type that `head` declares, such as `struct Lync`. Fails if the source has
/// no such type.
pub(super) fn items(source: &str, head: &str) -> Vec<Item> {
    let start = format!("{head} {{\n");
    let (_, body) = source
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {head}"));
    let (body, _) = body.split_once("\n}").unwrap();
    let mut items = Vec::new();
    let mut doc = Vec::new();
    for line in body.lines().filter_map(|line| line.strip_prefix("    ")) {
        if let Some(text) = line.strip_prefix("///") {
            doc.push(text.trim());
        } else if let Some((name, kind)) = declaration(line) {
            items.push(Item {
                name: name.replace('_', "-"),
                kind: kind.to_owned(),
                doc: without_links(&doc.join(" ")),
            });
            doc.clear();
        }
    }
    items
}

/// Returns the name and type of the field that `line` declares, or the name of the variant.
fn declaration(line: &str) -> Option<(&str, &str)> {
    let line = line.strip_prefix("pub(crate) ").unwrap_or(line);
    let line = line.strip_prefix("pub ").unwrap_or(line);
    if !line.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let line = line.trim_end_matches(',');
    Some(
        line.split_once(": ")
            .unwrap_or((line.split(['(', ' ']).next()?, "")),
    )
}

/// Replaces links to other items, which a page has no target for, by their texts.
pub(super) fn without_links(doc: &str) -> String {
    let mut text = String::new();
    let mut rest = doc;
    while let Some((before, link)) = rest.split_once('[') {
        let (label, after) = link.split_once(']').unwrap();
        let after = match after.strip_prefix('(') {
            Some(target) => target.split_once(')').unwrap().1,
            None => after,
        };
        text.push_str(before);
        text.push_str(label);
        rest = after;
    }
    text.push_str(rest);
    text
}
