//! Two readers of generated PowerShell: the grammar of tree-sitter, and a lexer of string literals.

use umcert::handoff::{Handoff, HandoffFile};

/// Returns the text of a file with line feeds, after checking its encoding (D92): CR LF, and a byte order mark if and
/// only if the text is not ASCII.
pub(super) fn text(file: &HandoffFile) -> String {
    let text = std::str::from_utf8(&file.contents).expect("UTF-8");
    let unmarked = text.strip_prefix('\u{feff}');
    assert_eq!(unmarked.is_some(), !text.is_ascii(), "{}", file.path);
    let text = unmarked.unwrap_or(text).replace("\r\n", "\n");
    assert!(!text.contains('\r'), "{}", file.path);
    assert!(!text.contains('\u{feff}'), "{}", file.path);
    text
}

/// Returns the scripts of a hand-off with their paths.
pub(super) fn scripts(handoff: &Handoff) -> Vec<(&str, String)> {
    let files = handoff.files().iter();
    files
        .filter(|file| file.path.ends_with(".ps1"))
        .map(|file| (file.path.as_str(), text(file)))
        .collect()
}

/// Asserts that the grammar of PowerShell accepts `script`.
pub(super) fn assert_parses(path: &str, script: &str) {
    let mut parser = tree_sitter::Parser::new();
    let language = tree_sitter_powershell::LANGUAGE.into();
    parser.set_language(&language).unwrap();
    let tree = parser.parse(script, None).unwrap();
    let mut errors = Vec::new();
    find_errors(tree.root_node(), script, &mut errors);
    assert!(errors.is_empty(), "{path}: {errors:#?}");
}

fn find_errors(node: tree_sitter::Node<'_>, script: &str, errors: &mut Vec<String>) {
    if node.is_error() || node.is_missing() {
        let line = node.start_position().row + 1;
        let text = node.utf8_text(script.as_bytes()).unwrap_or_default();
        errors.push(format!("line {line}: {text}"));
        return;
    }
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        find_errors(child, script, errors);
    }
}

/// Returns the values of all strings in single quotes, in order. Unlike the grammar it knows the four typographic
/// quotation marks that PowerShell treats like the apostrophe (D88).
pub(super) fn literals(script: &str) -> Vec<String> {
    let is_quote = |character: char| matches!(character, '\'' | '\u{2018}'..='\u{201b}');
    let mut literals = Vec::new();
    let mut characters = script.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '#' => while characters.next_if(|next| *next != '\n').is_some() {},
            '"' => {
                while let Some(next) = characters.next() {
                    match next {
                        '`' => drop(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            quote if is_quote(quote) => {
                let mut value = String::new();
                while let Some(next) = characters.next() {
                    if is_quote(next) && characters.next_if(|doubled| is_quote(*doubled)).is_none()
                    {
                        break;
                    }
                    value.push(next);
                }
                literals.push(value);
            }
            _ => {}
        }
    }
    literals
}

#[test]
fn lexer_reads_doubled_quotation_marks() {
    let script = "# it's\nCall -A 'it''s' -B \"don't\" -C @('\u{2018}\u{2018}x', '')";
    assert_eq!(literals(script), ["it's", "\u{2018}x", ""]);
}
