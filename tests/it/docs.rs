//! The pages beside the code: generated from it, or compared with it.

mod deployment;
mod readme;
mod recipes;
#[cfg(feature = "schema")]
mod schema;
mod source;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::program::{run, text};
use umcert::{Rule, Severity};

/// The command that generates the pages.
const REMAKE: &str = "REMAKE=1 cargo test --test it docs";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path);
    text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the page of the rules: a table of all, and a section for each.
fn rules_page() -> String {
    let mut page = format!(
        "# The rules\n\nEvery finding names one of these. The ids are stable: filter on them, and link to \
         them. [The facts](../src/facts.md) explain the D-numbers.\n\n\
         <!-- Generated from src/rule/table.rs by `{REMAKE}`. -->\n\n\
         An **error** means that trust or failover does not work, or will stop working; a **warning** that it \
         works today, but is fragile or against the guidance; a **note** is good to know.\n\n"
    );
    page.push_str("| rule | severity | reported if |\n| --- | --- | --- |\n");
    for rule in Rule::ALL {
        let (severity, meaning) = (rule.severity(), rule.meaning());
        writeln!(page, "| [`{rule}`](#{rule}) | {severity} | {meaning} |").unwrap();
    }
    for rule in Rule::ALL {
        let remedy = rule.remedy().replace("< >", "`< >`");
        write!(
            page,
            "\n## {rule}\n\n**{}**, {}\n\n- **Reported if:** {}.\n- **Symptom:** {}.\n\
             - **Remedy:** {remedy}.\n",
            severity(*rule),
            linked_source(*rule),
            rule.meaning(),
            rule.symptom(),
        )
        .unwrap();
    }
    page
}

/// Returns the source of `rule`: a section of an RFC as a link to it, facts as a link to their list.
fn linked_source(rule: Rule) -> String {
    let source = rule.source();
    match source
        .strip_prefix("RFC ")
        .and_then(|rfc| rfc.split_once(" §"))
    {
        Some((rfc, section)) => {
            format!("[{source}](https://www.rfc-editor.org/rfc/rfc{rfc}#section-{section})")
        }
        None => format!("[{source}](../src/facts.md)"),
    }
}

fn severity(rule: Rule) -> &'static str {
    match rule.severity() {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
        Severity::Note => "Note",
    }
}

#[test]
fn rules_page_matches_the_table() {
    let path = root().join("docs/rules.md");
    let page = rules_page();
    if std::env::var_os("REMAKE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stale = read(&path) != page;
    assert!(!stale, "docs/rules.md is stale; remake it: {REMAKE}");
}

#[test]
fn anchor_leads_to_the_heading_of_its_rule() {
    for rule in Rule::ALL {
        assert_eq!(broken(&root().join("README.md"), rule.anchor()), None);
        assert!(rule.anchor().ends_with(rule.id()), "{rule}");
    }
    let sources = [
        (
            Rule::CaAsServer,
            "[RFC 5280 §4.2.1.9](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.9)",
        ),
        (Rule::SanOrder, "[D12](../src/facts.md)"),
    ];
    for (rule, link) in sources {
        assert_eq!(linked_source(rule), link);
    }
}

/// Returns the numbers of the facts that `text` cites: `D1`, `D126`.
fn cited_facts(text: &str) -> BTreeSet<&str> {
    let words = text.split(|it: char| !it.is_alphanumeric() && it != '_');
    words
        .filter(|word| {
            let digits = word.strip_prefix('D').unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
        .collect()
}

fn add_sources(folder: &Path, sources: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add_sources(&path, sources);
        } else if path.extension().is_some_and(|it| it == "rs") {
            sources.push(path);
        }
    }
}

#[test]
fn every_cited_fact_is_in_the_list_of_facts() {
    let facts = read(&root().join("src/facts.md"));
    let rows = facts.lines().filter_map(|line| line.strip_prefix("| D"));
    let numbers = rows.filter_map(|row| row.split(' ').next());
    let facts: BTreeSet<String> = numbers.map(|number| format!("D{number}")).collect();
    let mut sources = Vec::new();
    add_sources(&root().join("src"), &mut sources);
    assert!(sources.len() > 100, "{sources:?}");
    let missing: Vec<String> = sources
        .iter()
        .flat_map(|path| {
            let source = read(path);
            let cited = cited_facts(&source).into_iter();
            let missing = cited.filter(|fact| !facts.contains(*fact));
            missing
                .map(|fact| format!("{}: {fact}", path.display()))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");

    let cited: Vec<&str> = cited_facts("(D1), D54–D126; \"D7\", D7x XD7 D_7 D")
        .into_iter()
        .collect();
    assert_eq!(cited, ["D1", "D126", "D54", "D7"]);
}

#[test]
fn wrong_subject_symptom_names_the_events() {
    let symptom = Rule::SubjectNotServer.symptom();
    for event in ["1400", "1344", "32263"] {
        assert!(symptom.contains(event), "{symptom}");
    }
}

/// Returns the Markdown pages of the repository.
fn pages() -> Vec<PathBuf> {
    let mut pages = Vec::new();
    add_pages(root(), &mut pages);
    pages
}

fn add_pages(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|it| it == "md") {
            pages.push(path);
        } else if path.is_dir() && name != "target" && !name.starts_with('.') {
            add_pages(&path, pages);
        }
    }
}

/// Returns the targets of the links in `page`, without code blocks.
fn links(page: &str) -> Vec<&str> {
    let prose = page.split("```").step_by(2);
    prose
        .flat_map(|text| text.split("](").skip(1))
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
        .collect()
}

/// Returns the anchors of the headings of `page`.
fn anchors(page: &str) -> Vec<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title.chars().filter_map(|it| match it {
                ' ' => Some('-'),
                it if it.is_alphanumeric() || it == '-' || it == '_' => Some(it),
                _ => None,
            });
            kept.collect()
        })
        .collect()
}

/// Returns why a link of the page at `path` does not resolve, or `None` if it does.
fn broken(path: &Path, link: &str) -> Option<String> {
    if link.starts_with("https://") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => path.to_owned(),
        file => path.parent().unwrap().join(file),
    };
    if !target.exists() {
        return Some(format!("{}: no file {file}", path.display()));
    }
    let is_there = anchor.is_empty() || anchors(&read(&target)).iter().any(|it| it == anchor);
    (!is_there).then(|| format!("{}: no heading for {link}", path.display()))
}

#[test]
fn links_of_every_page_resolve() {
    let pages = pages();
    assert!(pages.len() >= 8, "{pages:?}");
    let dead: Vec<String> = pages
        .iter()
        .flat_map(|path| {
            let page = read(path);
            let links = links(&page).into_iter();
            links
                .filter_map(|link| broken(path, link))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(dead.is_empty(), "{dead:#?}");

    let readme = root().join("README.md");
    for (link, leads) in [
        ("LICENSE-MIT", true),
        ("docs/rules.md#expired", true),
        ("docs/rules.md#no-such-rule", false),
        ("docs/none.md", false),
    ] {
        assert_eq!(broken(&readme, link).is_none(), leads, "{link}");
    }
}

/// A README is read in a few minutes.
#[test]
fn readme_fits_two_screens() {
    let readme = read(&root().join("README.md"));
    let lines = readme.lines().count();
    assert!(lines <= 130, "{lines} lines");
    let widest = readme.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(120), "{widest:?} columns");
}

/// Returns the options that a text names: `--san`, `--key` …
fn options(text: &str) -> BTreeSet<&str> {
    let is_letter = |it: char| it.is_ascii_lowercase() || it == '-';
    let words = text.split(|it: char| !is_letter(it));
    words
        .filter(|it| it.starts_with("--") && it.len() > 2)
        .collect()
}

#[test]
fn readme_options_match_the_programs() {
    let readme = read(&root().join("README.md"));
    let (_, shown) = readme.split_once("```text\ncargo run --example").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let programs: Vec<&str> = shown.split("cargo run --example").collect();
    assert_eq!(programs.len(), 5);
    for program in programs {
        let (name, shown) = program.trim().split_once(" -- ").unwrap();
        let help = text(&run(name, &["--help"]).stdout);
        let mut accepted = options(&help);
        assert!(accepted.remove("--help"), "{name}: {help}");
        assert_eq!(options(shown), accepted, "{name}");
    }
}

#[test]
fn crate_page_names_every_feature() {
    let manifest = read(&root().join("Cargo.toml"));
    let (_, features) = manifest.split_once("\n[features]\n").unwrap();
    let (features, _) = features.split_once("\n[").unwrap();
    let names = features.lines().filter_map(|line| line.split_once(" = ["));
    let names: Vec<&str> = names.map(|(name, _)| name).collect();
    assert!(names.contains(&"ring"), "{names:?}");
    let page = read(&root().join("src/lib.rs"));
    for name in names.into_iter().filter(|name| *name != "default") {
        assert!(page.contains(&format!("//! | `{name}`")), "{name}");
    }
}

/// Returns `true` if the page shows `line`. `…` stands for text that is left out at its end, and dates may
/// differ.
#[cfg(feature = "aws-lc-rs")]
fn is_shown_as(line: &str, shown: &str) -> bool {
    if let (Some(line), Some(shown)) = (
        line.strip_prefix("Audit as of "),
        shown.strip_prefix("Audit as of "),
    ) {
        let verdict = |text: &str| text.split_once(": ").map(|(_, verdict)| verdict.to_owned());
        return verdict(line) == verdict(shown);
    }
    match shown.strip_suffix('…') {
        Some(start) => line.starts_with(start.trim_end()),
        None => line == shown,
    }
}

/// Each line of output in the README is a line of the program, in the same order.
#[test]
#[cfg(feature = "aws-lc-rs")]
fn readme_output_matches_the_program() {
    let readme = read(&root().join("README.md"));
    let (_, rest) = readme.split_once("```text\nAudit as of").unwrap();
    let (shown, _) = rest.split_once("```").unwrap();
    let shown = format!("Audit as of{shown}");
    let output = text(&run("contoso", &[]).stdout);
    let mut lines = output.lines();
    for shown in shown
        .lines()
        .filter(|it| !it.trim().is_empty() && it.trim() != "…")
    {
        let found = lines.any(|line| is_shown_as(line, shown));
        assert!(
            found,
            "the README shows, and the program does not say: {shown}\n{output}"
        );
    }
}
