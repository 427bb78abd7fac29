//! The verdicts of each relying party: Lync and the own forest on UM servers, every forest on Front Ends.
//! Also the time until which failover is safe.

mod failover;
mod front_ends;

use crate::support::deployments::{EXAMPLE_1, FAST, TODAY, deployment, name, um};
use crate::support::scene::{Scene, assert_finds, ids};
use crate::support::snapshot::{assert_lines, assert_rows, assert_states, assert_text};
use expect_test::expect;
use time::Duration;
use umcert::audit::RelyingParty;
use umcert::issue::TestCaOptions;
use umcert::{
    Audit, Chain, DnsName, Plan, PlanOptions, Report, Rule, SanPolicy, TestCa, TrustStore,
};

/// Two Exchange forests besides that of Lync, a pool of two Front Ends, and a Standard Edition server.
const FORESTS: &str = r#"
    server-sets = [{ name = "um", servers = [
        { fqdn = "um1.contoso.com", site = "Tukwila", forest = "contoso.com" },
        { fqdn = "um1.fabrikam.com", site = "Dublin", forest = "fabrikam.com" },
    ] }]

    [lync]
    forest = "lync.contoso.com"
    pools = [
        { fqdn = "pool.lync.contoso.com", servers = ["fe1.lync.contoso.com", "fe2.lync.contoso.com"] },
        { fqdn = "std.lync.contoso.com" },
    ]

    [[exchange]]
    forest = "contoso.com"
    version = "2016"

    [[exchange]]
    forest = "fabrikam.com"
    version = "2016"

    # Without a UM server, this forest has no verdicts.
    [[exchange]]
    forest = "empty.example.com"
    version = "2016"
"#;

fn another_ca(name: &str) -> TestCa {
    TestCa::with_options(name, &TestCaOptions::valid_from(TODAY - Duration::DAY)).unwrap()
}

struct Forests {
    plan: Plan,
    /// The CA of Lync, and of each Exchange forest.
    lync: TestCa,
    contoso: TestCa,
    fabrikam: TestCa,
}

/// A Front End, and the names in the certificate that it presents.
type Names<'a> = (&'a str, &'a [&'a str]);

const GOOD: [Names<'static>; 3] = [
    (
        "fe1.lync.contoso.com",
        &[
            "pool.lync.contoso.com",
            "fe1.lync.contoso.com",
            "sip.contoso.com",
        ],
    ),
    (
        "fe2.lync.contoso.com",
        &["pool.lync.contoso.com", "fe2.lync.contoso.com"],
    ),
    ("std.lync.contoso.com", &["std.lync.contoso.com"]),
];

impl Forests {
    fn new() -> Self {
        let options = PlanOptions::default().key(FAST);
        Self {
            plan: Plan::new(&deployment(FORESTS), &options).unwrap(),
            lync: another_ca("Lync CA"),
            contoso: another_ca("Contoso CA"),
            fabrikam: another_ca("Fabrikam CA"),
        }
    }

    /// Returns an audit in which all three trust each other and Front Ends present nothing.
    fn audit(&self) -> Audit<'_> {
        let all: TrustStore = [&self.lync, &self.contoso, &self.fabrikam]
            .iter()
            .flat_map(|ca| ca.roots().iter().cloned())
            .collect();
        let of = |ca: &TestCa, server: &DnsName| {
            let planned = self.plan.certificate(server).unwrap();
            let key = umcert::KeyPair::generate(FAST).unwrap();
            (
                server.clone(),
                ca.issue_planned(planned, key).unwrap().chain().clone(),
            )
        };
        Audit::new(&self.plan)
            .lync_roots(&all)
            .exchange_roots(&all)
            .presented_chains([
                of(&self.contoso, &um(1)),
                of(&self.fabrikam, &name("um1.fabrikam.com")),
            ])
    }

    fn front_end(&self, names: &[&str]) -> Chain {
        self.lync
            .issue_names(names.iter().copied())
            .unwrap()
            .chain()
            .clone()
    }

    fn front_ends(&self, names: &[Names<'_>]) -> Vec<(DnsName, Chain)> {
        let chain = |(server, names): &Names<'_>| (name(server), self.front_end(names));
        names.iter().map(chain).collect()
    }
}

/// `um1.contoso.com by Lync through CN=…`, one a verdict.
fn verdicts(report: &Report) -> Vec<String> {
    let verdicts = report.verdicts().iter();
    verdicts
        .map(|it| match it.verdict.root() {
            Some(root) => format!(
                "{} by {} through {}",
                it.server,
                it.relying_party,
                root.subject()
            ),
            None => format!(
                "{} not by {} for {:?}",
                it.server,
                it.relying_party,
                it.verdict.because()
            ),
        })
        .collect()
}

#[test]
fn server_and_relying_party_pairs_each_have_a_verdict() {
    let forests = Forests::new();
    let report = forests
        .audit()
        .presented_chains(forests.front_ends(&GOOD))
        .run(TODAY);
    assert_finds(&report, &[]);
    let mut expected = vec![
        "um1.contoso.com by Lync through CN=Contoso CA".to_owned(),
        "um1.contoso.com by Exchange (contoso.com) through CN=Contoso CA".to_owned(),
        "um1.fabrikam.com by Lync through CN=Fabrikam CA".to_owned(),
        "um1.fabrikam.com by Exchange (fabrikam.com) through CN=Fabrikam CA".to_owned(),
    ];
    for server in ["fe1", "fe2", "std"] {
        for forest in ["contoso.com", "fabrikam.com"] {
            expected.push(format!(
                "{server}.lync.contoso.com by Exchange ({forest}) through CN=Lync CA"
            ));
        }
    }
    assert_eq!(verdicts(&report), expected);
}

/// A server that presents nothing has verdicts too, so that "all verdicts are good" does not overlook it.
#[test]
fn server_without_readable_chain_is_not_trusted() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let unreadable: Chain = [rustls_pki_types::CertificateDer::from(vec![0x30, 0x00])]
        .into_iter()
        .collect();
    let nothing = std::iter::empty::<umcert::Certificate>().collect();
    let mut lines = Vec::new();
    for (chain, rule) in [
        (nothing, Rule::NotPresented),
        (unreadable, Rule::MalformedCertificate),
    ] {
        let report = scene.audit().presented(um(2), chain).run(TODAY);
        assert_eq!(report.verdicts().len(), 8, "{report}");
        for verdict in report.verdicts() {
            let expected: &[Rule] = if verdict.server == um(2) {
                &[rule]
            } else {
                &[]
            };
            assert_eq!(verdict.verdict.because(), expected, "{report}");
            assert_eq!(!verdict.verdict.is_trusted(), verdict.server == um(2));
        }
        let page = report.to_string();
        let line = page.lines().find(|line| line.contains("um2.contoso.com"));
        let line = line.unwrap().trim();
        assert_states(line, &["Lync", "Exchange (contoso.com)", rule.id()]);
        lines.push(line.to_owned());
    }
    assert_lines(
        lines,
        &expect![[r#"
              um2.contoso.com  chain not trusted by Lync and Exchange (contoso.com): not-presented
              um2.contoso.com  chain not trusted by Lync and Exchange (contoso.com): malformed-certificate
        "#]],
    );
}

#[test]
fn front_ends_are_audited_once_one_is_presented() {
    let forests = Forests::new();
    let report = forests.audit().run(TODAY);
    assert_finds(&report, &[]);
    // The report states that they are not audited.
    assert!(report.omits_front_ends());
    let page = report.to_string();
    let said = page.lines().find(|line| line.contains("Front Ends"));
    let said = said.unwrap().trim();
    assert_text(
        said,
        &expect![[
            r#"The Lync Front Ends were not audited: no chain was presented for any of them."#
        ]],
    );
    assert!(report.to_markdown().contains(said));
    let report = forests
        .audit()
        .presented_chains(forests.front_ends(&GOOD[..1]))
        .run(TODAY);
    assert!(!report.omits_front_ends());
    assert!(!report.to_string().contains(said), "{report}");
    assert!(!report.to_markdown().contains(said));
    assert_finds(
        &report,
        &[
            "error not-presented fe2.lync.contoso.com",
            "error not-presented std.lync.contoso.com",
        ],
    );
}

#[test]
fn untrusting_forest_is_named() {
    let forests = Forests::new();
    let audit = forests.audit().presented_chains(forests.front_ends(&GOOD));
    let lacks = audit
        .clone()
        .exchange_roots_of(name("fabrikam.com"), forests.fabrikam.roots())
        .run(TODAY);
    let each =
        ["fe1", "fe2", "std"].map(|it| format!("error untrusted-root {it}.lync.contoso.com"));
    assert_eq!(ids(lacks.findings()), each, "{lacks}");
    let detail = lacks.findings()[0].detail();
    assert_states(detail, &["CN=Lync CA", "Exchange (fabrikam.com)"]);
    assert_text(
        detail,
        &expect![[
            r#"its chain ends in the root `CN=Lync CA`, which Exchange (fabrikam.com) does not trust (thumbprint [SHA-1], SHA-256 [SHA-256])"#
        ]],
    );
    let of_fe1: Vec<_> = lacks.verdicts()[4..6].iter().collect();
    assert_eq!(
        of_fe1[0].relying_party,
        RelyingParty::Exchange(name("contoso.com"))
    );
    assert_eq!(of_fe1[0].verdict.because(), []);
    assert_eq!(of_fe1[1].verdict.because(), [Rule::UntrustedRoot]);

    // A UM server is audited for its own forest only.
    let report = audit
        .exchange_roots_of(
            name("fabrikam.com"),
            [forests.fabrikam.roots(), forests.lync.roots()]
                .concat()
                .as_slice(),
        )
        .run(TODAY);
    assert_finds(&report, &[]);
}

#[test]
fn front_end_names_follow_lync() {
    let forests = Forests::new();
    let rows: [(&[&str], &[&str], &[&str]); 6] = [
        (
            &["fe1.lync.contoso.com", "pool.lync.contoso.com"],
            &["error subject-not-server fe1.lync.contoso.com"],
            &["fe1.lync.contoso.com", "pool.lync.contoso.com", "D30"],
        ),
        (
            &["pool.lync.contoso.com"],
            &["error name-missing fe1.lync.contoso.com"],
            &["fe1.lync.contoso.com", "D30"],
        ),
        (
            &["fe1.lync.contoso.com"],
            &[
                "error name-missing fe1.lync.contoso.com",
                "error subject-not-server fe1.lync.contoso.com",
            ],
            &["pool.lync.contoso.com", "D30"],
        ),
        (&["pool.lync.contoso.com", "*.lync.contoso.com"], &[], &[]),
        (
            &["mail.contoso.com"],
            &["error subject-not-server fe1.lync.contoso.com"],
            &["mail.contoso.com", "pool.lync.contoso.com", "D30"],
        ),
        (
            &["um1.contoso.com"],
            &["error subject-not-server fe1.lync.contoso.com"],
            &["um1.contoso.com", "pool.lync.contoso.com", "D30"],
        ),
    ];
    let mut listed = Vec::new();
    for (names, expected, facts) in rows {
        let fe1 = (name("fe1.lync.contoso.com"), forests.front_end(names));
        let report = forests
            .audit()
            .presented_chains(forests.front_ends(&GOOD[1..]))
            .presented_chains([fe1])
            .run(TODAY);
        assert_eq!(ids(report.findings()), expected, "{names:?}\n{report}");
        let details: Vec<&str> = report.findings().iter().map(|it| it.detail()).collect();
        let states_all = |detail: &&str| facts.iter().all(|fact| detail.contains(fact));
        assert!(
            details.is_empty() || details.iter().any(states_all),
            "{names:?}: {details:#?}"
        );
        let row = |detail: &&str| (format!("{names:?}"), (*detail).to_owned());
        listed.extend(details.iter().map(row));
    }
    assert_rows(
        listed,
        &expect![[r#"
            ["fe1.lync.contoso.com", "pool.lync.contoso.com"]: the CN is `fe1.lync.contoso.com`, but the CN of a Front End must be the FQDN of its pool, `pool.lync.contoso.com` (D30)
            ["pool.lync.contoso.com"]: fe1.lync.contoso.com is not covered by the SAN, which for a Front End must contain its own FQDN and that of its pool (D30): calls from UM to it fail
            ["fe1.lync.contoso.com"]: pool.lync.contoso.com is not covered by the SAN, which for a Front End must contain its own FQDN and that of its pool (D30): calls from UM to it fail
            ["fe1.lync.contoso.com"]: the CN is `fe1.lync.contoso.com`, but the CN of a Front End must be the FQDN of its pool, `pool.lync.contoso.com` (D30)
            ["mail.contoso.com"]: the CN is `mail.contoso.com`, but the CN of a Front End must be the FQDN of its pool, `pool.lync.contoso.com` (D30)
            ["um1.contoso.com"]: the CN is `um1.contoso.com`, but the CN of a Front End must be the FQDN of its pool, `pool.lync.contoso.com` (D30)
        "#]],
    );
}
