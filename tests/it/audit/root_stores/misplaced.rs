//! Certificates among the roots that are not self-signed, and the root that a path then ends in.

use std::sync::LazyLock;

use super::{Issued, audit, detail, of_stores, one_server, store};
use crate::support::deployments::{TODAY, um};
use crate::support::forge::{Forge, certificate, chain_of, rcgen_key, server_params};
use crate::support::scene::{Scene, assert_finds};
use crate::support::snapshot::{assert_rows, assert_states, assert_text};
use expect_test::expect;
use proptest::prelude::*;
use time::Duration;
use umcert::audit::Verdict;
use umcert::{Audit, Certificate, DnsName, Rule, SanPolicy, TrustStore};

const MISPLACED: [&str; 2] = [
    "error root-store-misplaced lync",
    "warning root-store-misplaced-exchange contoso.com",
];

#[test]
fn subordinate_ca_as_only_root_is_refused_and_named() {
    let issued = Issued::new();
    let intermediate = &issued.intermediate.certificate;
    for presented in [&issued.chain()[..], &[&issued.server]] {
        let roots = store(&[intermediate]);
        let report = audit(presented, &roots, &roots);
        assert_finds(
            &report,
            &[
                MISPLACED[0],
                "error untrusted-root um1.contoso.com",
                MISPLACED[1],
            ],
        );
        for verdict in report.verdicts() {
            assert_eq!(verdict.verdict.because(), [Rule::UntrustedRoot]);
        }
        for (rule, subject) in [
            (Rule::RootStoreMisplaced, "lync"),
            (Rule::RootStoreMisplacedExchange, "contoso.com"),
        ] {
            let (thumbprint, sha256) =
                (intermediate.thumbprint(), intermediate.sha256_fingerprint());
            let facts = ["CN=Intermediate", "CN=Root", &thumbprint, &sha256];
            assert_states(detail(&report, rule, subject), &facts);
        }
        let cause = detail(&report, Rule::UntrustedRoot, um(1).as_str());
        assert_states(cause, &["CN=Intermediate", "CN=Root", "not self-signed"]);
    }
}

#[test]
fn subordinate_ca_as_root_reads_as_one_story() {
    let issued = Issued::new();
    let report = issued.audit_with(&store(&[&issued.intermediate.certificate]));
    let findings = report.findings().iter();
    assert_rows(
        findings.map(|it| (format!("{} {}", it.rule(), it.subject()), it.detail())),
        &expect![[r#"
            root-store-misplaced lync: its root store has a certificate that is not self-signed: the CA certificate `CN=Intermediate` was issued by `CN=Root` and belongs in Intermediate Certification Authorities (thumbprint [SHA-1], SHA-256 [SHA-256])
            untrusted-root um1.contoso.com: its chain ends in `CN=Intermediate` (thumbprint [SHA-1], SHA-256 [SHA-256]), which is not self-signed, in the root store of Lync and Exchange (contoso.com); its issuer `CN=Root` is missing there
            root-store-misplaced-exchange contoso.com: its root store has a certificate that is not self-signed: the CA certificate `CN=Intermediate` was issued by `CN=Root` and belongs in Intermediate Certification Authorities (thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
}

#[test]
fn one_side_with_subordinate_ca_refuses_alone() {
    let issued = Issued::new();
    let misplaced = store(&[&issued.intermediate.certificate]);
    let report = audit(&issued.chain(), &misplaced, &issued.roots());
    let expected = [MISPLACED[0], "error untrusted-root um1.contoso.com"];
    assert_finds(&report, &expected);
    let verdicts = report.verdicts().iter();
    let trusted: Vec<bool> = verdicts.map(|it| it.verdict.is_trusted()).collect();
    assert_eq!(trusted, [false, true]);
    let cause = detail(&report, Rule::UntrustedRoot, um(1).as_str());
    assert!(!cause.contains("Exchange"), "{cause}");
}

#[test]
fn path_is_reported_through_the_true_root() {
    let issued = Issued::new();
    let (root, intermediate) = (&issued.root.certificate, &issued.intermediate.certificate);
    // Without the intermediate in the chain, the side itself has it.
    for presented in [&issued.chain()[..], &[&issued.server]] {
        for roots in [store(&[intermediate, root]), store(&[root, intermediate])] {
            let report = audit(presented, &roots, &roots);
            assert_finds(&report, &MISPLACED);
            for verdict in report.verdicts() {
                assert_eq!(verdict.verdict.root(), Some(root));
            }
            let path = roots.verify(&chain_of(presented), um(1), TODAY).unwrap();
            assert_eq!(path.root(), root);
        }
    }
    // The sides agree on the root, although only one of them has the intermediate.
    let both = store(&[intermediate, root]);
    let report = audit(&issued.chain(), &both, &issued.roots());
    assert_finds(&report, &MISPLACED[..1]);
    let report = audit(&issued.chain(), &issued.roots(), &both);
    assert_finds(&report, &MISPLACED[1..]);
}

#[test]
fn two_misplaced_cas_lead_on_to_the_true_root() {
    let root = Forge::root("Root");
    let first = root.intermediate("First", |_| {});
    let second = first.intermediate("Second", |_| {});
    let server = second.server(1, |_| {});
    let all = [&second.certificate, &first.certificate, &root.certificate];
    let report = audit(&[&server], &store(&all), &store(&all));
    assert_eq!(of_stores(&report), MISPLACED);
    assert_eq!(report.verdicts()[0].verdict.root(), Some(&root.certificate));
    // Without the first, no path leads on.
    let gap = [&second.certificate, &root.certificate];
    let report = audit(&[&server], &store(&gap), &store(&gap));
    let cause = detail(&report, Rule::UntrustedRoot, um(1).as_str());
    assert_states(cause, &["CN=Second", "CN=First"]);
}

#[test]
fn fault_above_a_misplaced_ca_is_the_cause() {
    let root = Forge::root_with("Root", |it| it.not_after = TODAY - Duration::DAY);
    let intermediate = root.intermediate("Intermediate", |_| {});
    let server = intermediate.server(1, |_| {});
    let roots = store(&[&intermediate.certificate, &root.certificate]);
    let report = audit(&[&server, &intermediate.certificate], &roots, &roots);
    for verdict in report.verdicts() {
        assert_eq!(verdict.verdict.because(), [Rule::Expired], "{report}");
    }
    assert_states(detail(&report, Rule::Expired, um(1).as_str()), &["CN=Root"]);
}

/// The issuer of the intermediate has the name of a root in the store, and another key.
#[test]
fn namesake_of_the_missing_root_is_distinguished() {
    let issued = Issued::new();
    let namesake = Forge::root("Root");
    let roots = store(&[&issued.intermediate.certificate, &namesake.certificate]);
    let report = issued.audit_with(&roots);
    for verdict in report.verdicts() {
        assert_eq!(verdict.verdict.because(), [Rule::UntrustedRoot], "{report}");
    }
    let cause = detail(&report, Rule::UntrustedRoot, um(1).as_str());
    assert_states(cause, &["CN=Intermediate", "CN=Root"]);
    assert!(!cause.contains("missing"), "{cause}");
}

#[test]
fn self_issued_with_another_key_is_misplaced() {
    let (old, new) = (Forge::root("Root"), Forge::root("Root"));
    // The old key of a CA signed its new key: issuer and subject are equal.
    let link = old.cross(&new, "Root");
    assert!(link.is_self_issued());
    let server = new.server(1, |_| {});
    let with_link = store(&[&link]);
    let report = audit(&[&server], &with_link, &with_link);
    assert_eq!(of_stores(&report), MISPLACED);
    assert_text(
        detail(&report, Rule::RootStoreMisplaced, "lync"),
        &expect![
            "its root store has a certificate that is not self-signed: the CA certificate `CN=Root` names itself as its issuer, but its own key does not verify its signature; if it is not damaged, it belongs in Intermediate Certification Authorities (thumbprint [SHA-1], SHA-256 [SHA-256])"
        ],
    );
    let cause = detail(&report, Rule::UntrustedRoot, um(1).as_str());
    assert_states(cause, &["its own key does not verify its signature"]);
    // The right key.
    let with_root = store(&[&new.certificate]);
    let report = audit(&[&server], &with_root, &with_root);
    assert_eq!(of_stores(&report), [""; 0]);
    assert!(report.verdicts()[0].verdict.is_trusted());
}

#[test]
fn chain_file_as_roots_never_passes_without_finding() {
    let issued = Issued::new();
    let all = [
        &issued.server,
        &issued.intermediate.certificate,
        &issued.root.certificate,
    ];
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for order in orders {
        for (with_root, lacks) in [(true, None), (false, Some(2)), (true, Some(1))] {
            let kept = order.iter().filter(|index| Some(**index) != lacks);
            let file: Vec<&Certificate> = kept.map(|index| all[*index]).collect();
            let text: String = file.iter().map(|it| it.to_pem()).collect();
            let roots = TrustStore::from_bytes(text.as_bytes()).unwrap();
            let report = issued.audit_with(&roots);
            assert_eq!(of_stores(&report), MISPLACED, "{order:?}: {report}");
            assert!(!report.is_trusted());
            let misplaced = detail(&report, Rule::RootStoreMisplaced, "lync");
            assert_states(misplaced, &["CN=um1.contoso.com", "Personal"]);
            for verdict in report.verdicts() {
                let root = with_root.then_some(&issued.root.certificate);
                assert_eq!(verdict.verdict.root(), root, "{order:?}: {report}");
            }
        }
    }
}

#[test]
fn server_certificate_among_the_roots_has_its_own_remedy() {
    let issued = Issued::new();
    let roots = store(&[&issued.root.certificate, &issued.server]);
    let report = issued.audit_with(&roots);
    assert_finds(&report, &MISPLACED);
    for finding in report.findings() {
        assert!(finding.remedy().contains("Personal"), "{finding}");
        assert_ne!(finding.remedy(), finding.rule().remedy());
    }
}

/// Lync and Exchange must not be spared the finding because the server presents no chain.
#[test]
fn stores_are_judged_without_any_chain() {
    let issued = Issued::new();
    let misplaced = store(&[&issued.intermediate.certificate]);
    let plan = one_server();
    let audit = Audit::new(&plan).lync_roots(&misplaced);
    let report = audit.clone().exchange_roots(&misplaced).run(TODAY);
    assert_eq!(of_stores(&report), MISPLACED);
    // A forest that is not in the plan is no relying party.
    let elsewhere: DnsName = "fabrikam.com".parse().unwrap();
    let report = audit.exchange_roots_of(elsewhere, &misplaced).run(TODAY);
    assert_eq!(of_stores(&report), MISPLACED[..1]);
}

#[test]
fn forests_that_share_a_store_each_get_the_finding() {
    let text = r#"
        lync = { forest = "contoso.com" }
        exchange = [
            { forest = "contoso.com", version = "2016" },
            { forest = "fabrikam.com", version = "2016" },
        ]
        server-sets = [
            { name = "um", servers = [{ fqdn = "um1.contoso.com", site = "Tukwila", forest = "contoso.com" }] },
            { name = "other", servers = [{ fqdn = "um1.fabrikam.com", site = "Oslo", forest = "fabrikam.com" }] },
        ]
    "#;
    let scene = Scene::new(text, SanPolicy::EveryServer);
    let issued = Issued::new();
    let mut roots = scene.ca.roots().to_vec();
    roots.push(issued.intermediate.certificate.clone());
    let audit = scene.audit();
    let report = audit.clone().exchange_roots(&roots[..]).run(TODAY);
    assert_finds(
        &report,
        &[
            "warning root-store-misplaced-exchange contoso.com",
            "warning root-store-misplaced-exchange fabrikam.com",
        ],
    );
    let fabrikam: DnsName = "fabrikam.com".parse().unwrap();
    let report = audit.exchange_roots_of(fabrikam, &roots[..]).run(TODAY);
    assert_finds(
        &report,
        &["warning root-store-misplaced-exchange fabrikam.com"],
    );
}

#[test]
fn long_list_of_misplaced_certificates_is_cut() {
    let root = Forge::root("Root");
    let cas: Vec<Certificate> = (0..30)
        .map(|number| {
            root.intermediate(&format!("CA {number}"), |_| {})
                .certificate
        })
        .collect();
    let plan = one_server();
    let report = Audit::new(&plan).lync_roots(&cas[..]).run(TODAY);
    let text = detail(&report, Rule::RootStoreMisplaced, "lync");
    assert_states(text, &["30 certificates", "CN=CA 0", "CN=CA 9", "20 more"]);
    assert!(!text.contains("CN=CA 10"), "{text}");
}

#[test]
fn self_signed_certificate_in_the_store_is_still_refused() {
    let own = server_params(1).self_signed(&rcgen_key()).unwrap();
    let own = certificate(own);
    let mut details = Vec::new();
    let empty = TrustStore::default();
    let held = store(&[&own]);
    for (row, lync, exchange) in [
        ("no side holds it", &empty, &empty),
        ("Lync holds it", &held, &empty),
        ("both hold it", &held, &held),
    ] {
        let report = audit(&[&own], lync, exchange);
        assert_finds(&report, &["error self-signed um1.contoso.com"]);
        assert!(report.verdicts().iter().all(|it| !it.verdict.is_trusted()));
        details.push((row.to_owned(), report.findings()[0].detail().to_owned()));
    }
    assert!(!details[0].1.contains("root store"));
    assert_states(&details[1].1, &["root store of Lync"]);
    assert_states(&details[2].1, &["Lync and Exchange (contoso.com)"]);
    assert_rows(
        details,
        &expect![[r#"
            no side holds it: its certificate `CN=um1.contoso.com` is self-signed, not issued by a CA (thumbprint [SHA-1], SHA-256 [SHA-256])
            Lync holds it: its certificate `CN=um1.contoso.com` is self-signed, not issued by a CA (thumbprint [SHA-1], SHA-256 [SHA-256]); it is in the root store of Lync
            both hold it: its certificate `CN=um1.contoso.com` is self-signed, not issued by a CA (thumbprint [SHA-1], SHA-256 [SHA-256]); it is in the root store of Lync and Exchange (contoso.com)
        "#]],
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// No store of certificates of one chain gives a verdict of trust and no finding, unless it is the root alone.
    #[test]
    fn trusted_through_a_self_signed_root_only(
        places in prop::collection::vec(0_usize..3, 0..5),
        presented in prop::sample::subsequence(vec![1_usize, 2], 0..=2),
    ) {
        let issued = &*ISSUED;
        let all = [&issued.root.certificate, &issued.intermediate.certificate, &issued.server];
        let held: Vec<&Certificate> = places.iter().map(|place| all[*place]).collect();
        let chain: Vec<&Certificate> = std::iter::once(&issued.server)
            .chain(presented.iter().map(|place| all[2 - *place]))
            .collect();
        let roots = store(&held);
        let report = audit(&chain, &roots, &roots);
        for verdict in report.verdicts() {
            if let Verdict::Trusted { root } = &verdict.verdict {
                prop_assert_eq!(root, all[0]);
            }
        }
        let is_misplaced = places.iter().any(|place| *place != 0);
        prop_assert_eq!(of_stores(&report).iter().any(|id| id == MISPLACED[0]), is_misplaced);
        prop_assert!(!is_misplaced || !report.is_trusted());
    }
}

static ISSUED: LazyLock<Issued> = LazyLock::new(Issued::new);
