//! Front Ends in the hand-off: only scripts that take every name from the topology (D63).

use std::collections::BTreeSet;

use umcert::handoff::{Handoff, HandoffOptions};
use umcert::{Chain, DnsName, Plan, PlanOptions};

use super::powershell::{parse, scripts, text};
use crate::support::deployments::{EXAMPLE_1, deployment, name};
use crate::support::scene::{ca, ids};

const FE1: &str = "fe1.contoso.com";
const FE2: &str = "fe2.contoso.com";

fn planned(front_ends: bool) -> Plan {
    let options = PlanOptions::default().front_ends(front_ends);
    Plan::new(&deployment(EXAMPLE_1), &options).unwrap()
}

fn paths(handoff: &Handoff) -> BTreeSet<&str> {
    handoff.files().iter().map(|it| it.path.as_str()).collect()
}

#[test]
fn covered_front_ends_get_no_names_from_the_plan() {
    let options = HandoffOptions::default();
    let [with, without] =
        [true, false].map(|covers| Handoff::new(&planned(covers), &options).unwrap());
    for handoff in [&with, &without] {
        for (path, script) in scripts(handoff) {
            parse(path, &script);
        }
        for file in handoff.files() {
            let is_of_front_ends = file.path.ends_with("front-ends.ps1");
            let is_page = file.path.ends_with(".md");
            let names_a_front_end = text(file).contains(FE1);
            assert_eq!(
                names_a_front_end && !is_page,
                is_of_front_ends,
                "{}",
                file.path
            );
            // The shell knows the pool. A script that named it would also have to name everything else.
            assert!(is_page || !text(file).contains("lyncpool"), "{}", file.path);
        }
    }
    assert_eq!(paths(&with), paths(&without));
    assert!(paths(&with).contains("request-front-ends.ps1"));
    assert!(!paths(&with).iter().any(|path| path.starts_with("fe")));
}

/// Returns a chain for the key of a Front End, with the names of a topology.
fn answer(names: &[&str]) -> Chain {
    ca().issue_names(names.iter().copied())
        .unwrap()
        .chain()
        .clone()
}

#[test]
fn answer_for_a_front_end_must_have_pool_and_server() {
    let of_topology = ["lyncpool.contoso.com", FE1, "sip.contoso.com"];
    for (covers, names, expected) in [
        (true, &of_topology[..], &[][..]),
        (
            true,
            &["lyncpool.contoso.com", FE2],
            &["error name-missing fe1.contoso.com"],
        ),
        (
            true,
            &[FE1, "lyncpool.contoso.com"],
            &["error subject-not-server fe1.contoso.com"],
        ),
        (false, &of_topology, &["note not-in-plan fe1.contoso.com"]),
    ] {
        let plan = planned(covers);
        let chains = [(name(FE1), answer(names))];
        let handoff =
            Handoff::with_certificates(&plan, &HandoffOptions::default(), chains).unwrap();
        assert_eq!(ids(handoff.findings()), expected, "{covers} {names:?}");
        // The script that installs it finds the file beside itself.
        assert_eq!(
            paths(&handoff).contains("fe1.contoso.com.cer"),
            expected.is_empty(),
            "{covers} {names:?}"
        );
    }
}

#[test]
fn answers_for_one_pool_are_not_mixed_up() {
    let plan = planned(true);
    let chains: [(DnsName, Chain); 2] =
        [FE1, FE2].map(|fe| (name(fe), answer(&["lyncpool.contoso.com", fe])));
    let handoff =
        Handoff::with_certificates(&plan, &HandoffOptions::default(), chains.clone()).unwrap();
    assert_eq!(handoff.findings(), []);
    for (server, chain) in &chains {
        let path = format!("{server}.cer");
        let mut files = handoff.files().iter();
        let file = files.find(|file| file.path == path).unwrap();
        let written = Chain::from_bytes(&file.contents).unwrap();
        assert_eq!(
            written.certificates().next(),
            chain.certificates().next(),
            "{path}"
        );
    }
    assert!(!paths(&handoff).iter().any(|path| path.contains("lyncpool")));
}

/// A step for a Front End has the scripts of that Front End, and no other.
#[test]
fn change_step_of_a_front_end_has_its_scripts() {
    let options = HandoffOptions::default();
    let handoff = Handoff::for_change(&planned(false), &planned(true), &options).unwrap();
    let files: Vec<(&str, String)> = handoff
        .files()
        .iter()
        .map(|file| (file.path.as_str(), text(file)))
        .collect();
    let expected = [
        "change.md",
        "step-01/request-front-ends.ps1",
        "step-01/install-front-ends.ps1",
        "step-02/request-front-ends.ps1",
        "step-02/install-front-ends.ps1",
    ];
    assert_eq!(
        files.iter().map(|(path, _)| *path).collect::<Vec<_>>(),
        expected
    );
    for (path, script) in &files[1..] {
        let is_first = path.starts_with("step-01");
        assert_eq!(script.contains(FE1), is_first, "{path}");
        assert_eq!(script.contains(FE2), !is_first, "{path}");
        parse(path, script);
    }
}
