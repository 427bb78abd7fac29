//! The runbook: its steps, its pictures, and what it says about each kind of deployment.

use expect_test::expect_file;
use proptest::prelude::*;
use umcert::deployment::{ExchangeVersion, StartupMode};
use umcert::handoff::{DialPlanMethod, Handoff, HandoffOptions};
use umcert::plan::{CaProfile, CertificateSharing, OutageScope};
use umcert::{Deployment, Plan, PlanOptions, SanPolicy};

use crate::support::deployments::{EXAMPLE_1, EXAMPLE_2, FAST, TODAY, deployment, um};
use crate::support::markdown::{
    assert_picture_is_plain, assert_tables_are_whole, hostile_text, render,
};
use crate::support::scene::bundle_of;
use crate::support::snapshot::{assert_page, assert_states};

/// Returns the hand-off of a deployment, and its runbook.
pub(super) fn handoff(deployment: &Deployment, options: &PlanOptions) -> (Handoff, String) {
    let plan = Plan::new(deployment, options).unwrap();
    let handoff = Handoff::new(&plan, &HandoffOptions::default().label("2026-11")).unwrap();
    let page = runbook(&handoff);
    (handoff, page)
}

fn runbook(handoff: &Handoff) -> String {
    let mut files = handoff.files().iter();
    let file = files.find(|file| file.path == "runbook.md").unwrap();
    String::from_utf8(file.contents.clone()).unwrap()
}

pub(super) fn page_of(deployment: &Deployment) -> String {
    handoff(deployment, &PlanOptions::default()).1
}

#[test]
fn runbook_of_the_examples_is_complete() {
    for (text, expected) in [
        (
            EXAMPLE_1,
            expect_file!["../../snapshots/runbook-of-example-1.md"],
        ),
        (
            EXAMPLE_2,
            expect_file!["../../snapshots/runbook-of-example-2.md"],
        ),
    ] {
        let (handoff, page) = handoff(&deployment(text), &PlanOptions::default());
        assert_tables_are_whole(&page);
        for file in handoff
            .files()
            .iter()
            .filter(|file| file.path.ends_with(".ps1"))
        {
            assert!(page.contains(&file.path), "{}", file.path);
        }
        assert_page(&page, &expected);
    }
}

#[test]
fn every_file_that_the_runbook_runs_exists() {
    let mut large = deployment(EXAMPLE_2);
    large.server_sets[0].servers[2].version = Some(ExchangeVersion::Exchange2010Sp1);
    for deployment in [deployment(EXAMPLE_1), deployment(EXAMPLE_2), large] {
        let (handoff, page) = handoff(&deployment, &PlanOptions::default());
        let spans = page.split('`').skip(1).step_by(2);
        let named = spans.filter(|span| span.ends_with(".ps1") && !span.contains(' '));
        let named: Vec<&str> = named.filter(|span| *span != "ExchUCUtil.ps1").collect();
        assert!(!named.is_empty());
        for path in named {
            assert!(
                handoff.files().iter().any(|file| file.path == path),
                "{path}"
            );
        }
    }
}

#[test]
fn certificates_add_thumbprints_and_a_timeline() {
    let deployment = deployment(EXAMPLE_1);
    let plan = Plan::new(&deployment, &PlanOptions::default()).unwrap();
    let fast = Plan::new(&deployment, &PlanOptions::default().key(FAST)).unwrap();
    let bundle = bundle_of("Contoso Test CA", TODAY, &fast);
    let chains: Vec<_> = bundle.chains().collect();
    let options = HandoffOptions::default();

    let handoff = Handoff::with_certificates(&plan, &options, chains.clone()).unwrap();
    let page = runbook(&handoff);
    let thumbprint = bundle.certificate(&um(1)).unwrap().chain();
    let thumbprint = thumbprint
        .end_entity()
        .unwrap()
        .as_ref()
        .unwrap()
        .thumbprint();
    assert_states(
        &page,
        &[
            "\ngantt\n",
            "    section um1.contoso.com\n    valid 2026-11-23 to ",
            "failover safe until 20",
            "Run `install-exchange-2013.ps1` in",
            "written with a certificate for each server",
            &format!("| thumbprint | `{thumbprint}` |"),
        ],
    );
    assert_tables_are_whole(&page);

    let handoff = Handoff::with_certificates(&plan, &options, chains[..2].to_vec()).unwrap();
    let page = runbook(&handoff);
    assert_states(
        &page,
        &[
            "\ngantt\n",
            "2 certificates are missing: `um3.contoso.com`, `um4.contoso.com`",
            "is not known: there is no certificate yet for `um3.contoso.com`, `um4.contoso.com`.",
        ],
    );
    assert!(!page.contains("failover safe until"), "{page}");

    let page = page_of(&deployment);
    assert!(!page.contains("gantt"), "{page}");
    assert_states(&page, &["They are written once the CA has answered"]);
}

#[test]
fn ports_follow_the_version_and_the_roles() {
    for (version, roles, expected) in [
        (
            ExchangeVersion::Exchange2007,
            "unified-messaging",
            vec![5061],
        ),
        (
            ExchangeVersion::Exchange2010Sp1,
            "unified-messaging",
            vec![5061],
        ),
        (ExchangeVersion::Exchange2013, "mailbox", vec![5063]),
        (ExchangeVersion::Exchange2013, "client-access", vec![5061]),
        (ExchangeVersion::Exchange2016, "mailbox", vec![5061, 5063]),
    ] {
        let mut deployment = deployment(EXAMPLE_1);
        let server = &mut deployment.server_sets[0].servers[0];
        server.version = Some(version);
        server.roles = [roles.parse().unwrap()].into();
        let page = page_of(&deployment);
        let start = "openssl s_client -connect um1.contoso.com:";
        let ports = page.lines().filter_map(|line| line.strip_prefix(start));
        let ports: Vec<u16> = ports.map(|rest| rest[..4].parse().unwrap()).collect();
        assert_eq!(ports, expected, "{version} {roles}");
        let is_old = version == ExchangeVersion::Exchange2007;
        let mut lines = page.lines().filter(|line| line.starts_with(start));
        assert!(
            lines.all(|line| line.contains(" -tls1 ") == is_old),
            "{version}"
        );
    }
}

#[test]
fn notes_are_about_what_the_deployment_has() {
    const TITLES: [&str; 5] = [
        "- **Exchange 2007**",
        "- **Wildcards**",
        "- **Shared certificates**",
        "- **Names that move.**",
        "- **Expiry**",
    ];
    let in_page = |page: &str| TITLES.map(|title| page.contains(title));
    let with = |options: &PlanOptions| in_page(&handoff(&deployment(EXAMPLE_1), options).1);
    let options = PlanOptions::default();
    assert_eq!(with(&options), [false, false, false, true, true]);
    let wildcard = options.clone().san(SanPolicy::Wildcard);
    assert_eq!(with(&wildcard), [false, true, false, true, true]);
    let shared = options.sharing(CertificateSharing::OnePerSet);
    assert_eq!(with(&shared), [false, false, true, true, true]);

    let mut old = deployment(EXAMPLE_2);
    old.exchange[0].version = ExchangeVersion::Exchange2007;
    assert_eq!(in_page(&page_of(&old)), [true, false, false, false, false]);
}

#[test]
fn wildcard_has_no_request_script() {
    let options = PlanOptions::default().san(SanPolicy::Wildcard);
    let page = handoff(&deployment(EXAMPLE_1), &options).1;
    assert!(!page.contains("request-exchange"), "{page}");
    let facts = [
        "| certreq | `FQDN.inf` |",
        "Create the request of each server with certreq.",
    ];
    assert_states(&page, &facts);
}

#[test]
fn startup_mode_tcp_is_said_to_change() {
    let mut deployment = deployment(EXAMPLE_1);
    let text = "`um2.contoso.com` is TCP in the deployment";
    assert!(!page_of(&deployment).contains(text));
    deployment.server_sets[0].servers[1].startup_mode = StartupMode::Tcp;
    assert_states(page_of(&deployment), &[text]);
}

#[test]
fn public_ca_gets_no_certreq_submission() {
    let page = |ca| handoff(&deployment(EXAMPLE_1), &PlanOptions::default().ca(ca)).1;
    assert_states(page(CaProfile::Private), &["certreq -submit -config"]);
    let public = page(CaProfile::Public);
    assert!(!public.contains("certreq -submit"), "{public}");
    assert_states(&public, &["Send each `FQDN.req` to the public CA"]);
}

#[test]
fn front_ends_outside_the_plan_are_named() {
    let said = "The plan does not cover the Front Ends of Lync.";
    let page = |options: PlanOptions| handoff(&deployment(EXAMPLE_1), &options).1;
    assert_states(page(PlanOptions::default()), &[said]);
    assert!(!page(PlanOptions::default().front_ends(true)).contains(said));

    let mut without = deployment(EXAMPLE_1);
    without.lync.pools.clear();
    assert_states(page_of(&without), &["The deployment lists no Front Ends."]);
}

#[test]
fn price_of_each_dial_plan_method_is_stated() {
    let plan = Plan::new(&deployment(EXAMPLE_2), &PlanOptions::default()).unwrap();
    let page = |method| {
        let options = HandoffOptions::default().dial_plan_method(method);
        runbook(&Handoff::new(&plan, &options).unwrap())
    };
    let states = page(DialPlanMethod::ComponentState);
    assert_states(&states, &["ExumNumberOfServersToTry", "`--membership`"]);
    let membership = page(DialPlanMethod::Membership);
    assert_states(&membership, &["The price: outbound calls"]);
    assert!(!membership.contains("ExumNumberOfServersToTry"));
}

#[test]
fn member_in_both_states_is_said_to_join_and_leave() {
    let mut both = deployment(EXAMPLE_2);
    let said = "enabled in one dial plan and a stand-by in another";
    assert!(!page_of(&both).contains(said));
    let mut other = both.dial_plans[0].clone();
    other.name = "DublinUsers".to_owned();
    for member in &mut other.members {
        member.enabled = !member.enabled;
    }
    both.dial_plans.push(other);
    let page = page_of(&both);
    let plans = "| dial plans | `TukwilaUsers`, `DublinUsers` (stand-by) |";
    assert_states(&page, &[said, plans]);
}

#[test]
fn addresses_are_written_down() {
    let mut deployment = deployment(EXAMPLE_1);
    let servers = &mut deployment.server_sets[0].servers;
    servers[0].addresses = vec![
        "192.0.2.11".parse().unwrap(),
        "2001:db8::11".parse().unwrap(),
    ];
    servers[2].addresses = vec!["192.0.2.31".parse().unwrap()];
    assert_states(
        page_of(&deployment),
        &[
            "| `um1.contoso.com` | `contoso.com` | `192.0.2.11`, `2001:db8::11` |",
            "| `um1.contoso.com` | `192.0.2.11`, `2001:db8::11` | `um3.contoso.com` | `192.0.2.31` |",
            "| `um2.contoso.com` | not listed | `um4.contoso.com` | not listed |",
        ],
    );
}

#[test]
fn unanswered_name_is_stated_in_its_outage() {
    let text = EXAMPLE_1.replace("\"um1.contoso.com\" = \"um3.contoso.com\"\n", "");
    let page = page_of(&deployment(&text));
    assert_states(
        &page,
        &[
            "### Findings",
            "**No server answers to `um1.contoso.com`.**",
        ],
    );
    assert!(!page_of(&deployment(EXAMPLE_1)).contains("No server answers to"));
}

#[test]
fn outages_without_files_are_counted() {
    let mut large = deployment(EXAMPLE_1);
    let template = large.server_sets[0].servers[0].clone();
    let host = |number: usize| format!("um{number}.contoso.com");
    let servers = (0..120).map(|number| {
        let mut server = template.clone();
        server.fqdn = host(number).parse().unwrap();
        server
    });
    large.server_sets[0].servers = servers.collect();
    let redirects = (0..120).map(|number| (host(number), host((number + 1) % 120)));
    large.server_sets[0].failover = Some(umcert::deployment::Failover::dns(redirects).unwrap());
    large.dial_plans.clear();
    let options = PlanOptions::default().san(SanPolicy::Minimal);
    let page = handoff(&large, &options).1;
    assert!(!page.contains("more outages without files"), "{page}");

    // One site, 120 servers and 120 pairs.
    let page = handoff(&large, &options.outages(OutageScope::Servers(2))).1;
    assert_states(
        &page,
        &["### Outage 200: ", "**41 more outages without files:**"],
    );
    assert!(!page.contains("### Outage 201: "));
}

#[test]
fn runbook_is_the_same_each_time() {
    let deployment = deployment(EXAMPLE_2);
    assert_eq!(page_of(&deployment), page_of(&deployment));
}

/// Asserts that a page has only elements that this crate writes, and links into itself only.
#[track_caller]
fn assert_harmless(page: &str) {
    assert_tables_are_whole(page);
    for picture in page.split("```mermaid\n").skip(1) {
        assert_picture_is_plain(picture);
    }
    let Some(html) = render(page) else { return };
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap();
        let name = tag.trim_start_matches('/');
        let allowed = [
            "h1",
            "h2",
            "h3",
            "p",
            "pre",
            "ol",
            "ul",
            "li",
            "code",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "strong",
            "a href=\"#servers\"",
            "a",
        ];
        let is_code = name.starts_with("code class=\"language-");
        assert!(
            allowed.contains(&name) || is_code,
            "<{tag}> in {html}\n{page}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_of_a_deployment_adds_markup(texts in prop::collection::vec(hostile_text(), 3)) {
        for example in [EXAMPLE_1, EXAMPLE_2] {
            let mut deployment = deployment(example);
            let visible = |text: &str| text.replace(['\t', '\u{200b}', '\u{3164}'], "");
            deployment.dial_plans[0].name = visible(&texts[0]) + "x";
            deployment.server_sets[0].name = visible(&texts[1]) + "x";
            for server in &mut deployment.server_sets[0].servers {
                server.site = format!("{}{}", visible(&texts[2]), server.site);
            }
            assert_harmless(&page_of(&deployment));
        }
    }
}
