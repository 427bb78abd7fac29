//! The programs with `--front-ends`: from the plan to an audit and a hand-off.

use std::fs;

use crate::support::program::{assert_status, data, run, text};
use crate::support::snapshot::assert_states;
use tempfile::tempdir;

const KEY: &str = if cfg!(feature = "aws-lc-rs") {
    "rsa2048"
} else {
    "p256"
};

#[test]
fn issued_front_ends_are_audited_from_the_same_folder() {
    let folder = tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let data = data(1);
    let issued = run(
        "issue",
        &[&data, "--out", out, "--key", KEY, "--front-ends"],
    );
    assert_status(&issued, 0);
    assert_states(
        text(&issued.stdout),
        &[
            "um4.contoso.com.key",
            "fe1.contoso.com.key",
            "fe2.contoso.com.key",
        ],
    );
    let root = folder.path().join("root.pem");
    let root = root.to_str().unwrap();
    let roots = ["--lync-roots", root, "--exchange-roots", root];
    let folders = ["--presented", out, "--requests", out];
    let audit = |more: &[&str]| {
        let arguments = [
            &[data.as_str()],
            &roots[..],
            &folders,
            &["--key", KEY],
            more,
        ];
        run("audit", &arguments.concat())
    };
    let report = audit(&["--front-ends"]);
    assert_status(&report, 0);
    assert_states(
        text(&report.stdout),
        &["trusted, no findings", "fe2.contoso.com"],
    );

    let chains = ["um1", "fe1", "fe2"];
    let chains = chains.map(|host| folder.path().join(format!("{host}.contoso.com.chain.pem")));
    let chains = chains.each_ref().map(|path| path.to_str().unwrap());
    assert_status(&run("verify", &[&[root], &chains[..]].concat()), 0);

    // Without their chains only a plan that covers them is not trusted.
    for path in &chains[1..] {
        fs::remove_file(path).unwrap();
    }
    let report = audit(&["--front-ends"]);
    assert_status(&report, 1);
    assert_states(text(&report.stdout), &["2 errors", "[not-presented"]);
    assert_status(&audit(&[]), 0);
}

#[test]
fn plan_covers_front_ends_only_if_asked() {
    let [with, without] = [&["--front-ends"][..], &[]].map(|more| {
        let output = run("plan", &[&[data(1).as_str(), "--json"], more].concat());
        assert_status(&output, 0);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    });
    let count = |json: &serde_json::Value| json["certificates"].as_array().unwrap().len();
    assert_eq!((count(&with), count(&without)), (6, 4));
    assert_eq!(with["front-ends-omitted"], false);
    assert_eq!(without["front-ends-omitted"], true);
}

#[test]
fn handoff_accepts_answers_for_covered_front_ends() {
    if KEY != "rsa2048" {
        return;
    }
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (pki, data) = (path("pki"), data(1));
    let issued = run("issue", &[&data, "--out", &pki, "--front-ends"]);
    assert_status(&issued, 0);
    let (with, without) = (path("with"), path("without"));
    let answers = ["--certificates", &pki];
    let arguments = [
        &[data.as_str(), "--out", &with, "--front-ends"],
        &answers[..],
    ];
    let covered = run("handoff", &arguments.concat());
    assert_status(&covered, 0);
    let written = text(&covered.stdout);
    assert_states(&written, &["fe1.contoso.com.cer", "install-front-ends.ps1"]);
    assert!(!written.contains("fe1.contoso.com.inf"), "{written}");
    let arguments = [&[data.as_str(), "--out", &without], &answers[..]];
    let uncovered = run("handoff", &arguments.concat());
    assert_status(&uncovered, 1);
    assert_states(text(&uncovered.stderr), &["fe1.contoso.com", "not-in-plan"]);
}
