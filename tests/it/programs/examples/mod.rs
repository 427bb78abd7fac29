//! The programs in `examples/`, run as a person would run them.

mod chains;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::support::deployments::{self, EXAMPLE_1, um};
use crate::support::program::{assert_status, data, run, text};
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use tempfile::{TempDir, tempdir};
use umcert::SanPolicy;

const KEY: &str = if cfg!(feature = "aws-lc-rs") {
    "rsa2048"
} else {
    "p256"
};

/// A folder with the bundle of an example.
struct Issued {
    folder: TempDir,
    example: u8,
    san: String,
}

impl Issued {
    fn new(example: u8, policy: SanPolicy) -> Self {
        let folder = tempdir().unwrap();
        let san = policy.to_string();
        let out = folder.path().to_str().unwrap();
        let output = run(
            "issue",
            &[&data(example), "--out", out, "--san", &san, "--key", KEY],
        );
        assert_status(&output, 0);
        Self {
            folder,
            example,
            san,
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn audit(&self, more: &[&str]) -> Output {
        let root = self.path().join("root.pem");
        let root = root.to_str().unwrap();
        let data = data(self.example);
        let mut arguments = vec![
            data.as_str(),
            "--presented",
            self.path().to_str().unwrap(),
            "--lync-roots",
            root,
            "--exchange-roots",
            root,
            "--san",
            &self.san,
            "--key",
            KEY,
        ];
        arguments.extend(more);
        run("audit", &arguments)
    }

    /// `expired um1.contoso.com`, one a finding of the JSON report.
    fn findings(&self, more: &[&str]) -> Vec<String> {
        let output = self.audit(&[&["--json"], more].concat());
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = json["findings"].as_array().unwrap();
        assert_eq!(
            json["trusted"] == true,
            output.status.code() == Some(0),
            "{json}"
        );
        let id = |it: &serde_json::Value| {
            format!(
                "{} {}",
                it["rule"].as_str().unwrap(),
                it["subject"].as_str().unwrap()
            )
        };
        findings.iter().map(id).collect()
    }

    fn chain(&self, number: usize) -> PathBuf {
        self.path().join(format!("{}.chain.pem", um(number)))
    }
}

#[test]
fn issue_refuses_to_overwrite() {
    let issued = Issued::new(2, SanPolicy::EveryServer);
    let key = issued.path().join("um1.contoso.com.key.pem");
    let before = fs::read(&key).unwrap();
    let output = run(
        "issue",
        &[
            &data(2),
            "--out",
            issued.path().to_str().unwrap(),
            "--key",
            KEY,
        ],
    );
    assert_status(&output, 2);
    let folder = issued.path().display().to_string();
    let said = text(&output.stderr).replace(&folder, "[folder]");
    assert_states(&said, &["[folder]"]);
    assert_text(
        said,
        &expect![[r#"
            issue: `[folder]/root.pem` already exists and is not overwritten; choose another folder, or move it away (for a bundle, `Bundle::overwrite` does)
        "#]],
    );
    assert_eq!(fs::read(&key).unwrap(), before);
}

#[test]
fn unusable_input_exits_2_with_one_line() {
    let issued = Issued::new(1, SanPolicy::EveryServer);
    fs::write(issued.chain(1), "<html>").unwrap();
    let page = issued.audit(&[]);
    let rows = [
        (
            page,
            "audit: ",
            "um1.contoso.com.chain.pem`: expected a certificate, found an HTML or XML page",
        ),
        (
            run("plan", &["/nonexistent/file"]),
            "plan: /nonexistent/file: ",
            "No such file",
        ),
    ];
    for (output, start, holds) in rows {
        assert_status(&output, 2);
        let error = text(&output.stderr);
        assert!(
            error.starts_with(start) && error.contains(holds),
            "{start}: {error}"
        );
        assert_eq!(error.lines().count(), 1, "{error}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
}

#[test]
fn wrong_arguments_exit_2_and_name_the_option() {
    let issued = Issued::new(1, SanPolicy::EveryServer);
    let rows = [
        (run("audit", &[]), "--presented"),
        (run("audit", &[&data(1)]), "--lync-roots"),
        (issued.audit(&["--at", "tomorrow"]), "2026-11-23T00:00:00Z"),
        (issued.audit(&["--warn-days", "-1"]), "-1"),
        (issued.audit(&["--warn-day", "1"]), "--warn-day"),
        (issued.audit(&["--json", "--san", "wildcard"]), "--san"),
        (run("plan", &[&data(1), "--san", "all"]), "wildcard"),
        (run("issue", &[&data(1)]), "--out"),
        (run("issue", &[&data(1), "--out"]), "--out"),
    ];
    for (output, holds) in rows {
        assert_status(&output, 2);
        let error = text(&output.stderr);
        assert!(error.contains(holds), "{holds}: {error}");
        assert!(output.stdout.is_empty(), "{output:?}");
    }
}

#[test]
fn plan_prints_text_or_json() {
    let page = run("plan", &[&data(2)]);
    assert_status(&page, 0);
    assert_states(text(&page.stdout), &["4 certificates", "TukwilaUsers"]);
    let json = run("plan", &[&data(1), "--san", "wildcard", "--json"]);
    assert_status(&json, 0);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["certificates"][0]["names"][1]["name"], "*.contoso.com");
    assert_eq!(json["outages"].as_array().unwrap().len(), 6);
}

#[test]
fn plan_reads_a_deployment_in_json() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("example.json");
    let deployment = deployments::deployment(EXAMPLE_1);
    fs::write(&path, serde_json::to_string(&deployment).unwrap()).unwrap();
    let from_json = run("plan", &[path.to_str().unwrap()]);
    assert_status(&from_json, 0);
    assert_eq!(from_json.stdout, run("plan", &[&data(1)]).stdout);
}

#[test]
fn verify_checks_each_chain_for_the_name_of_its_file() {
    let issued = Issued::new(1, SanPolicy::EveryServer);
    let other = Issued::new(1, SanPolicy::EveryServer);
    let file = |issued: &Issued, name: &str| issued.path().join(name).display().to_string();
    let chain = file(&issued, "um1.contoso.com.chain.pem");
    let misnamed = file(&issued, "um5.contoso.com.pem");
    fs::copy(&chain, &misnamed).unwrap();
    let root = file(&issued, "root.pem");

    let good = run("verify", &[&root, &chain]);
    assert_status(&good, 0);
    let said = text(&good.stdout);
    assert!(
        said.starts_with("um1.contoso.com: good, through "),
        "{said}"
    );

    for (root, chains) in [
        (file(&other, "root.pem"), vec![&chain]),
        (root.clone(), vec![&chain, &misnamed]),
    ] {
        let arguments: Vec<&str> = [&root]
            .into_iter()
            .chain(chains)
            .map(String::as_str)
            .collect();
        assert_status(&run("verify", &arguments), 1);
    }
    for arguments in [vec![&*root, &root], vec![&root, "none.pem"]] {
        let output = run("verify", &arguments);
        assert_status(&output, 2);
        assert_eq!(text(&output.stderr).lines().count(), 1, "{output:?}");
    }
    for arguments in [vec![], vec![root.as_str()]] {
        assert_status(&run("verify", &arguments), 2);
    }
}

#[test]
fn contoso_shows_each_step() {
    let output = run("contoso", &[]);
    assert_status(&output, 0);
    let story = text(&output.stdout);
    for expected in [
        "Plan: 4 certificates",
        "NOT TRUSTED, 4 errors",
        "[default-self-signed, D1]",
        "-----BEGIN CERTIFICATE REQUEST-----",
        "trusted, no findings",
        "Lync dials um1.contoso.com: um3.contoso.com answers",
        "Every name is still covered, so calls continue",
    ] {
        assert!(story.contains(expected), "{expected}\n{story}");
    }
}

/// The options of a deployment's table `[plan]` count, and those of the command line win.
#[test]
fn command_line_wins_over_the_plan_of_the_deployment() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("deployment.toml");
    fs::write(
        &file,
        format!("{EXAMPLE_1}\n[plan]\nsan = \"wildcard\"\nkey = \"p384\"\n"),
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let planned = |options: &[&str]| text(&run("plan", &[&[file], options].concat()).stdout);
    assert_states(planned(&[]), &["*.contoso.com", "p384"]);
    let page = planned(&["--san", "minimal", "--key", "p256"]);
    assert_states(&page, &["p256"]);
    assert!(
        !page.contains("*.contoso.com") && !page.contains("p384"),
        "{page}"
    );
}
