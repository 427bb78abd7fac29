//! `docs/recipes.md`: its code is that of `tests/recipes`, where it is compiled and run.

use std::collections::BTreeMap;
use std::fs;

use super::{REMAKE, add_sources, read, root};

const FENCE: &str = "```";

/// Returns the recipes of `tests/recipes` by their names, or `None` in a package, which does not contain that crate.
fn recipes() -> Option<BTreeMap<String, String>> {
    let folder = root().join("tests/recipes/src");
    if !folder.exists() {
        return None;
    }
    let mut sources = Vec::new();
    add_sources(&folder, &mut sources);
    let mut recipes = BTreeMap::new();
    for source in sources.iter().map(|path| read(path)) {
        for (name, code) in marked(&source) {
            let twice = recipes.insert(name.to_owned(), code);
            assert!(twice.is_none(), "two recipes are named {name}");
        }
    }
    Some(recipes)
}

/// Returns the name and the code of each part of `source` from `// recipe: NAME` to `// end`.
fn marked(source: &str) -> Vec<(&str, String)> {
    let parts = source.split("// recipe: ").skip(1);
    parts
        .map(|part| {
            let (name, rest) = part.split_once('\n').unwrap();
            let (code, _) = rest.split_once("// end\n").expect("each recipe has an end");
            (name, without_indent(code))
        })
        .collect()
}

/// Removes the indentation of the first line from every line.
fn without_indent(code: &str) -> String {
    let code = code.trim_end();
    let indent = &code[..code.len() - code.trim_start().len()];
    let lines = code.lines().map(|line| line.strip_prefix(indent));
    lines
        .map(|line| format!("{}\n", line.unwrap_or_default()))
        .collect()
}

/// Returns `page` with the code of each recipe below its marker, and the names of the markers in order.
fn filled(page: &str, recipes: &BTreeMap<String, String>) -> (String, Vec<String>) {
    let mut parts = page.split("<!-- recipe: ");
    let mut filled = parts.next().unwrap().to_owned();
    let mut names = Vec::new();
    for part in parts {
        let (name, rest) = part.split_once(" -->\n").unwrap();
        let code = recipes.get(name);
        let code = code.unwrap_or_else(|| panic!("no recipe is named {name}"));
        let after = match rest.strip_prefix(FENCE) {
            Some(block) => block.split_once("\n```\n").unwrap().1,
            None => rest,
        };
        filled += &format!("<!-- recipe: {name} -->\n{FENCE}rust\n{code}{FENCE}\n{after}");
        names.push(name.to_owned());
    }
    (filled, names)
}

#[test]
fn recipes_page_matches_the_code() {
    let Some(recipes) = recipes() else {
        println!("skipped: tests/recipes is not part of the package");
        return;
    };
    let path = root().join("docs/recipes.md");
    let page = read(&path);
    let (filled, mut names) = filled(&page, &recipes);
    names.sort_unstable();
    assert!(
        names.iter().eq(recipes.keys()),
        "{names:?}\n{:?}",
        recipes.keys()
    );
    assert!(names.len() >= 20, "{names:?}");
    if std::env::var_os("REMAKE").is_some() {
        fs::write(&path, filled).unwrap();
    } else {
        assert!(
            page == filled,
            "docs/recipes.md is stale; remake it: {REMAKE}"
        );
    }
}

#[test]
fn recipes_are_short() {
    for (name, code) in recipes().unwrap_or_default() {
        let lines = code.lines().filter(|line| !line.is_empty()).count();
        assert!(lines <= 20, "{name}: {lines} lines");
        let widest = code.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(100), "{name}: {widest:?} columns");
    }
}
