//! Plans and reports as Markdown: complete pages, in which untrusted text adds no markup.

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, TODAY, deployment, plan, um};
use crate::support::forge::{sans, subject};
use crate::support::markdown::{
    assert_picture_is_plain, assert_tables_are_whole, hostile_text, render,
};
use crate::support::scene::{Forged, Scene};
use crate::support::snapshot::{assert_page, assert_states};
use expect_test::expect_file;
use proptest::prelude::*;
use umcert::deployment::{ExchangeForest, ExchangeVersion, Failover, ServerSet, UmServer};
use umcert::issue::TestCaOptions;
use umcert::{Audit, Plan, PlanOptions, SanPolicy, TestCa};

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
    assert_eq!(page.matches("| trusted through ").count(), 8, "{page}");
    assert_states(
        &page,
        &["| server | Lync | Exchange (contoso.com) |", "\ngantt\n"],
    );
    assert_eq!(page.matches("\n    section um").count(), 4, "{page}");
    assert_page(&page, &expect_file!["../snapshots/audit-trusted.md"]);

    let other = TestCa::with_options("Other", &TestCaOptions::valid_from(TODAY)).unwrap();
    let page = scene
        .audit()
        .lync_roots(other.roots())
        .run(TODAY)
        .to_markdown();
    assert_tables_are_whole(&page);
    assert_eq!(
        page.matches("| refused: untrusted-root |").count(),
        4,
        "{page}"
    );
    assert_page(&page, &expect_file!["../snapshots/audit-not-trusted.md"]);
}

/// Returns the page of a plan in which each of `count` servers stands in for its neighbour.
fn page_of_ring(count: usize) -> String {
    let host = |number: usize| format!("um{}.contoso.com", number % count);
    let servers = (0..count).map(|number| UmServer::new(host(number), "Tukwila").unwrap());
    let redirects = (0..count).map(|number| (host(number), host(number + 1)));
    let failover = Failover::dns(redirects).unwrap();
    let mut deployment = deployment(EXAMPLE_1);
    deployment.server_sets = vec![ServerSet::new("um", servers, failover)];
    deployment.dial_plans.clear();
    Plan::new(&deployment, &PlanOptions::default().san(SanPolicy::Minimal))
        .unwrap()
        .to_markdown()
}

#[test]
fn picture_above_the_limits_of_github_is_a_table() {
    let page = page_of_ring(100);
    assert_eq!(page.matches("-->|").count(), 100, "{page}");
    assert!(!page.contains("| what moves |"), "{page}");

    // Each name also moves to no server if the site is out.
    let page = page_of_ring(251);
    assert!(!page.contains("mermaid"), "{page}");
    assert_states(
        &page,
        &[
            "| what moves | server that answers | outage |",
            "And 302 more moves.",
        ],
    );
    assert_tables_are_whole(&page);
}

#[test]
fn verdicts_of_many_relying_parties_are_a_list() {
    let page_of = |count: usize| {
        let mut deployment = deployment(EXAMPLE_1);
        let mut servers = Vec::new();
        deployment.exchange.clear();
        for number in 0..count {
            let forest = format!("forest{number}.example");
            let mut server = UmServer::new(format!("um.{forest}"), "Tukwila").unwrap();
            server.forest = Some(forest.parse().unwrap());
            servers.push(server);
            let version = ExchangeVersion::Exchange2013;
            deployment
                .exchange
                .push(ExchangeForest::new(forest, version).unwrap());
        }
        deployment.server_sets = vec![ServerSet::new("um", servers, None)];
        deployment.dial_plans.clear();
        let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
        Audit::new(&plan).run(TODAY).to_markdown()
    };
    let page = page_of(3);
    assert_tables_are_whole(&page);
    // A server has a verdict of Lync and of its own forest.
    let row = "| um.forest1.example | refused: not-presented |  | refused: not-presented |  |";
    assert_states(&page, &[row]);

    let page = page_of(30);
    assert_tables_are_whole(&page);
    let row = "| um.forest1.example | Exchange (forest1.example) | refused: not-presented |";
    assert_states(&page, &["| server | relying party | verdict |", row]);
}

/// Text with every kind of markup that must not take effect.
const HOSTILE: &str = "x | y ``` \n# z <script>alert(1)</script> [a](https://evil.example) \
                       ![b](//evil.example) www.evil.example @team \u{202e}\"]; click n0 ** a@evil.example";

#[track_caller]
fn assert_harmless(page: &str) {
    assert_tables_are_whole(page);
    // Text in a fenced block or a code span is not markup.
    let prose: String = page.split("```").step_by(2).collect();
    let prose = prose.split('`').step_by(2).collect::<Vec<_>>().join("·");
    let prose = prose.replace("**Failover is not safe.**", "");
    for markup in [
        "<script", "](", "https://", "www.", "@", "\u{202e}", "\n# z", "**",
    ] {
        assert!(!prose.contains(markup), "{markup:?} in {page}");
    }
    // Only the picture is fenced.
    assert_eq!(page.matches("```").count(), 2, "{page}");
    assert_picture_is_plain(page.split("```mermaid\n").nth(1).unwrap());
    assert_renders_without_links(page);
}

/// Renders `page` as GitHub does, and checks that the result has only elements that this crate writes: no link, no
/// image, no element of the untrusted text.
#[track_caller]
fn assert_renders_without_links(page: &str) {
    let Some(html) = render(page) else { return };
    let mut cells = 0;
    for tag in html.split('<').skip(1) {
        let name = tag.split(['>', ' ']).next().unwrap();
        let allowed = [
            "h1", "h2", "p", "pre", "code", "table", "thead", "tbody", "tr", "th", "td", "strong",
            "br",
        ];
        assert!(
            allowed.contains(&name.trim_start_matches('/')),
            "<{name}> in {html}\n{page}"
        );
        cells += usize::from(name == "td" || name == "th");
    }
    let in_page = page
        .lines()
        .filter(|line| line.starts_with('|') && !line.starts_with("| ---"));
    let in_page = in_page.map(|line| line.matches('|').count() - 1);
    assert_eq!(cells, in_page.sum::<usize>(), "{html}\n{page}");
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
    assert!(plan.to_markdown().contains("a`@`evil.example"));
    assert_harmless(&plan.to_markdown());

    let report = Forged::new().with_um1(|params| {
        params.distinguished_name = subject(HOSTILE);
        params.subject_alt_names = sans(&[um(1)]);
    });
    assert!(report.to_markdown().contains("evil.example"));
    assert_harmless(&report.to_markdown());
}

#[test]
fn renderer_makes_links_of_plain_addresses() {
    let Some(html) = render("a@evil.example, a&#64;evil.example, www.evil.example") else {
        return;
    };
    assert_eq!(html.matches("<a ").count(), 3, "{html}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_text_renders_as_a_link_or_element(texts in prop::collection::vec(hostile_text(), 3)) {
        let report = Forged::new().with_um1(|params| {
            params.distinguished_name = subject(&texts[0]);
            params.subject_alt_names = sans(&[um(1)]);
            params.subject_alt_names.push(rcgen::SanType::URI(ascii(&texts[1])));
            params.subject_alt_names.push(rcgen::SanType::Rfc822Name(ascii(&texts[2])));
        });
        assert_harmless(&report.to_markdown());

        let mut deployment = deployment(EXAMPLE_2);
        let visible = |text: &str| text.replace(['\t', '\u{200b}', '\u{3164}'], "");
        deployment.dial_plans[0].name = visible(&texts[0]) + "x";
        deployment.server_sets[0].name = visible(&texts[1]) + "x";
        for server in &mut deployment.server_sets[0].servers {
            server.site = format!("{}{}", visible(&texts[2]), server.site);
        }
        let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
        assert_harmless(&plan.to_markdown());
    }
}

fn ascii(text: &str) -> rcgen::string::Ia5String {
    let ascii = text.replace(|character: char| !character.is_ascii(), "");
    ascii.try_into().unwrap()
}
