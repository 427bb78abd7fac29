//! Readers of Markdown pages and Mermaid pictures, and text that must add no markup to them.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;

/// Asserts that every row of a table has as many cells as its header.
#[track_caller]
pub(crate) fn assert_tables_are_whole(page: &str) {
    let mut cells = None;
    for line in page.lines() {
        if !line.starts_with('|') {
            cells = None;
            continue;
        }
        let count = line.matches('|').count();
        assert_eq!(*cells.get_or_insert(count), count, "{line}");
    }
}

/// Asserts that a picture has only elements that this crate writes, and that its texts have no character with a meaning.
#[track_caller]
pub(crate) fn assert_picture_is_plain(picture: &str) {
    let lines = picture.lines().take_while(|line| *line != "```");
    for line in lines {
        if without_numbers(line) == r#"%%{init: {"gantt": {"leftPadding": 0}}}%%"# {
            continue;
        }
        let (element, text) = match line.split('"').collect::<Vec<_>>()[..] {
            [before, text, after] => (format!("{before}{after}"), text),
            _ => match line.split_once("section ") {
                Some((before, text)) => (format!("{before}section"), text),
                None => (line.to_owned(), ""),
            },
        };
        let elements = [
            "flowchart LR",
            "    subgraph g0[]",
            "        n0[]",
            "    end",
            "    n0([])",
            "    n0 -->|| n0",
            "    n0 -.->|| n0",
            "    n0 --- n0",
            "gantt",
            "    dateFormat YYYY-MM-DD",
            "    axisFormat %Y-%m",
            "    todayMarker off",
            "    section",
            "    valid 0-0-0 to 0-0-0 :0-0-0, 0-0-0",
            "    audit 0-0-0 :milestone, 0-0-0, 0d",
            "    failover safe until 0-0-0 :milestone, 0-0-0, 0d",
        ];
        let element = without_numbers(&element);
        assert!(elements.contains(&element.as_str()), "{line}");
        for (index, _) in text.match_indices('#') {
            let (number, _) = text[index + 1..].split_once(';').expect(line);
            assert!(number.parse::<u32>().is_ok(), "{line}");
        }
        let is_plain =
            |character: char| character.is_alphanumeric() || " .-=(),#;".contains(character);
        assert!(text.chars().all(is_plain), "{line}");
        assert_eq!(
            text.matches(';').count(),
            text.matches('#').count(),
            "{line}"
        );
    }
}

/// Returns `text` with 0 in place of each number.
fn without_numbers(text: &str) -> String {
    let digits = |character: char| character.is_ascii_digit();
    let runs = text.split_inclusive(|character| !digits(character));
    runs.map(|run| match run.trim_start_matches(digits) {
        rest if rest.len() < run.len() => format!("0{rest}"),
        rest => rest.to_owned(),
    })
    .collect()
}

/// Returns the HTML that GitHub's renderer makes of `page`, or `None` if it is not installed, which is an error in CI.
pub(crate) fn render(page: &str) -> Option<String> {
    let extensions = ["table", "autolink", "strikethrough", "tagfilter"];
    let mut command = Command::new("cmark-gfm");
    command.arg("--unsafe");
    for extension in extensions {
        command.args(["-e", extension]);
    }
    let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut renderer = match spawned {
        Ok(renderer) => renderer,
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "cmark-gfm is needed in CI: {error}"
            );
            eprintln!("skipped: no cmark-gfm here ({error})");
            return None;
        }
    };
    // The renderer reads all of its input before it writes.
    renderer
        .stdin
        .take()
        .unwrap()
        .write_all(page.as_bytes())
        .unwrap();
    let output = renderer.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Returns text from the pieces of links, markup and elements.
pub(crate) fn hostile_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b.example",
        "@",
        "&#64;",
        "mailto:",
        "xmpp:",
        "http",
        "https",
        "ftp",
        "://",
        "://b.example/c",
        ":",
        "/",
        "www.",
        "WWW.",
        "www",
        ".",
        "`",
        "``",
        "|",
        "\\",
        "\\|",
        "<",
        ">",
        "<a href=x>",
        "<!--",
        "-->",
        "[x]",
        "(y)",
        "![",
        "]",
        "*",
        "**",
        "_",
        "~~",
        "~",
        "#1",
        "&",
        "&amp;",
        "&lt;",
        ";",
        "$",
        "{{",
        " ",
        "  ",
        "\t",
        "\u{200b}",
        "\u{3164}",
        "é",
        "\"",
        "'",
        "<script>",
        "</td>",
        "<br>",
        "=",
        "-",
        "+",
        "1.",
        "@team",
        "x@y.z",
    ]);
    prop::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}
