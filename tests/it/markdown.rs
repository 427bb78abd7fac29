//! Plans and reports as Markdown: complete pages, in which untrusted text adds no markup.

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, deployment, plan, um};
use crate::support::forge::{sans, subject};
use crate::support::scene::{Forged, Scene};
use crate::support::snapshot::{assert_page, assert_states};
use expect_test::expect_file;
use umcert::issue::TestCaOptions;
use umcert::{Plan, PlanOptions, SanPolicy, TestCa};

/// Asserts that every row of a table has as many cells as its header.
#[track_caller]
fn assert_tables_are_whole(page: &str) {
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

#[test]
fn plan_page_shows_the_stand_ins() {
    let page = plan(EXAMPLE_1, SanPolicy::EveryServer).to_markdown();
    assert_tables_are_whole(&page);
    assert!(page.starts_with("# Plan: 4 certificates\n"), "{page}");
    let arrows = page.lines().filter(|line| line.contains("-->"));
    assert_eq!(arrows.count(), 4, "{page}");
    assert_states(&page, &["site Tukwila or server um1.contoso.com"]);
    assert_page(&page, &expect_file!["../snapshots/plan-of-example-1.md"]);

    let page = plan(EXAMPLE_2, SanPolicy::EveryServer).to_markdown();
    assert_states(&page, &["[\"dial plan TukwilaUsers\"]"]);
    assert_page(&page, &expect_file!["../snapshots/plan-of-example-2.md"]);
}

#[test]
fn unanswered_name_has_a_dotted_arrow() {
    let mut broken = deployment(EXAMPLE_1);
    let text = EXAMPLE_1.replace("\"um1.contoso.com\" = \"um3.contoso.com\"\n", "");
    assert_ne!(text, EXAMPLE_1);
    broken.server_sets = deployment(&text).server_sets;
    let page = Plan::new(&broken, &PlanOptions::default())
        .unwrap()
        .to_markdown();
    assert_states(&page, &["-.->", "`unanswered-name` (D3, D4)"]);
    assert_page(&page, &expect_file!["../snapshots/unanswered-name.md"]);
}

#[test]
fn report_page_shows_the_verdicts() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let page = scene.audit().run(TODAY).to_markdown();
    assert_tables_are_whole(&page);
    assert_eq!(page.matches("|\"trusts\"|").count(), 8, "{page}");
    assert_page(&page, &expect_file!["../snapshots/audit-trusted.md"]);

    let other = TestCa::with_options("Other", &TestCaOptions::valid_from(TODAY)).unwrap();
    let page = scene
        .audit()
        .lync_roots(other.roots())
        .run(TODAY)
        .to_markdown();
    assert_tables_are_whole(&page);
    assert_eq!(page.matches("|\"refuses\"|").count(), 4, "{page}");
    assert_page(&page, &expect_file!["../snapshots/audit-not-trusted.md"]);
}

/// Text with every kind of markup that must not take effect.
const HOSTILE: &str = "x | y ``` \n# z <script>alert(1)</script> [a](https://evil.example) \
                       ![b](//evil.example) www.evil.example @team \u{202e}\"]; click n0 **";

#[track_caller]
fn assert_harmless(page: &str) {
    assert_tables_are_whole(page);
    // Text in a fenced block is not markup.
    let prose: String = page.split("```").step_by(2).collect();
    let prose = prose.replace("**Failover is not safe.**", "");
    for markup in [
        "<script", "](", "https://", "www.", "@team", "\u{202e}", "\n# z", "**",
    ] {
        assert!(!prose.contains(markup), "{markup:?} in {page}");
    }
    // Only the diagram is fenced.
    assert_eq!(page.matches("```").count(), 2, "{page}");
    let nodes = page
        .lines()
        .filter(|line| line.trim_start().starts_with('n'));
    for node in nodes.filter(|line| line.starts_with("    n")) {
        assert_eq!(node.matches('"').count(), 2, "{node}");
    }
}

#[test]
fn untrusted_text_adds_no_markup() {
    let mut hostile = deployment(EXAMPLE_2);
    // The deployment refuses line breaks and direction marks.
    hostile.dial_plans[0].name = HOSTILE.into();
    assert!(hostile.validate().is_err());
    hostile.dial_plans[0].name = HOSTILE.replace(['\n', '\u{202e}'], "");
    let plan = Plan::new(&hostile, &PlanOptions::default()).unwrap();
    assert!(plan.to_markdown().contains("&lt;script&gt;"));
    assert_harmless(&plan.to_markdown());

    let report = Forged::new().with_um1(|params| {
        params.distinguished_name = subject(HOSTILE);
        params.subject_alt_names = sans(&[um(1)]);
    });
    assert!(report.to_markdown().contains("evil.example"));
    assert_harmless(&report.to_markdown());
}
