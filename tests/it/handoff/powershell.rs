//! Reading of generated files, and of PowerShell with the grammar of tree-sitter.

use umcert::handoff::{Handoff, HandoffFile};

use super::literals::lex;

/// Returns the text of a file with line feeds. Checks the encoding of files for Windows (D92): CR LF, and a byte order mark
/// if and only if the text is not ASCII.
pub(super) fn text(file: &HandoffFile) -> String {
    let text = std::str::from_utf8(&file.contents).expect("UTF-8");
    if file.path.ends_with(".md") {
        return text.to_owned();
    }
    let unmarked = text.strip_prefix('\u{feff}');
    assert_eq!(unmarked.is_some(), !text.is_ascii(), "{}", file.path);
    let text = unmarked.unwrap_or(text);
    let mut lines = text.split_inclusive('\n');
    assert!(lines.all(|line| line.ends_with("\r\n")), "{}", file.path);
    let text = text.replace("\r\n", "\n");
    assert!(!text.contains(['\r', '\u{feff}']), "{}", file.path);
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

/// Returns the script with this path.
#[track_caller]
pub(super) fn script(handoff: &Handoff, path: &str) -> String {
    let file = handoff.files().iter().find(|file| file.path == path);
    text(file.unwrap_or_else(|| panic!("no {path} in {:?}", paths(handoff))))
}

/// Returns the paths of a hand-off, without pages.
pub(super) fn paths(handoff: &Handoff) -> Vec<&str> {
    let paths = handoff.files().iter().map(|file| file.path.as_str());
    paths.filter(|path| !path.ends_with(".md")).collect()
}

/// Asserts that the grammar of PowerShell accepts `script`, and returns its syntax tree.
#[track_caller]
pub(super) fn parse(path: &str, script: &str) -> tree_sitter::Tree {
    let mut parser = tree_sitter::Parser::new();
    let language = tree_sitter_powershell::LANGUAGE.into();
    parser.set_language(&language).unwrap();
    let tree = parser.parse(script, None).unwrap();
    let errors: Vec<String> = nodes(tree.root_node())
        .into_iter()
        .filter(|node| node.is_error() || node.is_missing())
        .map(|node| {
            let line = node.start_position().row + 1;
            format!("line {line}: {}", &script[node.byte_range()])
        })
        .collect();
    assert!(errors.is_empty(), "{path}: {errors:#?}");
    tree
}

/// Returns every node of a tree.
pub(super) fn nodes(root: tree_sitter::Node<'_>) -> Vec<tree_sitter::Node<'_>> {
    let mut nodes = vec![root];
    let mut index = 0;
    while let Some(node) = nodes.get(index).copied() {
        let mut cursor = node.walk();
        nodes.extend(node.children(&mut cursor));
        index += 1;
    }
    nodes
}

/// The functions that the generated part of a script calls.
const CALLED: [&str; 11] = [
    "Request-UmCertificate",
    "Install-UmCertificate",
    "Copy-UmCertificate",
    "Enable-Member",
    "Disable-Member",
    "Set-Membership",
    "Add-HostRecord",
    "Move-HostName",
    "Restore-HostName",
    "Request-FrontEndCertificate",
    "Install-FrontEndCertificate",
];

/// Returns the generated lines of a script: the calls with text from the plan.
pub(super) fn calls(script: &str) -> Vec<&str> {
    let is_call = |line: &&str| {
        CALLED
            .iter()
            .any(|function| line.split(' ').next() == Some(*function))
    };
    script.lines().filter(is_call).collect()
}

#[test]
fn lexer_reads_doubled_quotation_marks() {
    let script = "# it's\nCall -A 'it''s' -B \"don't\" -C @('\u{2018}\u{2018}x', '')";
    let lexed = lex(script);
    assert_eq!(lexed.literals, ["it's", "\u{2018}x", ""]);
    assert_eq!(lexed.comments, [" it's"]);
    assert_eq!(lexed.code, "\nCall -A '' -B \"\" -C @('', '')");
}

#[test]
#[should_panic(expected = "line 2")]
fn grammar_refuses_an_open_string() {
    parse("a.ps1", "Get-Item -Path 'a'\nGet-Item -Path 'it's'\n");
}
