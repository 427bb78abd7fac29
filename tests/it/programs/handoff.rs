//! The program `handoff`: from a deployment and a folder of certificates to a folder of files.

use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::{TempDir, tempdir};

use crate::support::program::{assert_status, data, run, text};
use crate::support::snapshot::assert_states;

const KEY: &str = if cfg!(feature = "aws-lc-rs") {
    "rsa2048"
} else {
    "p256"
};

/// Hands Example 1 over into `out`.
fn hand_over(out: &Path, more: &[&str]) -> Output {
    let data = data(1);
    let arguments = [
        data.as_str(),
        "--out",
        out.to_str().unwrap(),
        "--label",
        "2026-11",
    ];
    run("handoff", &[&arguments[..], more].concat())
}

/// Returns a folder with `um1.contoso.com.cer` and so on, as a CA returns them.
fn certificates() -> TempDir {
    let issued = tempdir().unwrap();
    let out = issued.path().to_str().unwrap();
    assert_status(&run("issue", &[&data(1), "--out", out, "--key", KEY]), 0);
    let returned = tempdir().unwrap();
    for host in ["um1", "um2", "um3", "um4"] {
        let from = issued.path().join(format!("{host}.contoso.com.chain.pem"));
        let to = returned.path().join(format!("{host}.contoso.com.cer"));
        fs::copy(from, to).unwrap();
    }
    returned
}

#[test]
fn handoff_writes_what_it_lists() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("handoff");
    let output = hand_over(&out, &[]);
    assert_status(&output, 0);
    let listed = text(&output.stdout);
    assert!(
        listed.lines().all(|path| Path::new(path).is_file()),
        "{listed}"
    );
    assert_states(
        &listed,
        &[
            "um1.contoso.com.inf",
            "request-exchange-2013.ps1",
            "dns-prepare.ps1",
        ],
    );
    assert!(!listed.contains("install-exchange"), "{listed}");
    let request = fs::read_to_string(out.join("request-exchange-2013.ps1")).unwrap();
    assert_states(&request, &["-FriendlyName 'UM 2026-11 UM1'"]);

    // A second run finds the folder taken, and leaves it as it is.
    fs::write(out.join("um1.contoso.com.inf"), "mine").unwrap();
    let again = hand_over(&out, &[]);
    assert_status(&again, 2);
    assert_states(text(&again.stderr), &["exists and is not empty"]);
    assert_eq!(fs::read(out.join("um1.contoso.com.inf")).unwrap(), b"mine");
}

#[test]
fn handoff_installs_certificates_that_fit() {
    let folder = tempdir().unwrap();
    let (out, returned) = (folder.path().join("handoff"), certificates());
    let certificates = ["--certificates", returned.path().to_str().unwrap()];
    let output = hand_over(&out, &certificates);
    assert_status(&output, 0);
    let install = fs::read_to_string(out.join("install-exchange-2013.ps1")).unwrap();
    assert_states(
        &install,
        &[
            "-Server 'UM1'",
            "-Server 'UM4'",
            "-File 'um1.contoso.com.p7b'",
        ],
    );
}

#[test]
fn handoff_reports_certificates_that_do_not_fit() {
    let folder = tempdir().unwrap();
    let (out, returned) = (folder.path().join("handoff"), certificates());
    let path = |host: &str| returned.path().join(format!("{host}.contoso.com.cer"));
    fs::copy(path("um2"), path("um1")).unwrap();
    let certificates = ["--certificates", returned.path().to_str().unwrap()];
    let output = hand_over(&out, &certificates);
    assert_status(&output, 1);
    assert_states(
        text(&output.stderr),
        &["subject-not-server", "um1.contoso.com"],
    );
    let install = fs::read_to_string(out.join("install-exchange-2013.ps1")).unwrap();
    assert_states(&install, &["-Server 'UM2'", "-Server 'UM4'"]);
    assert!(!install.contains("-Server 'UM1'"), "{install}");
}

#[test]
fn handoff_refuses_a_key_that_windows_cannot_request() {
    let folder = tempdir().unwrap();
    let out = folder.path().join("handoff");
    let output = hand_over(&out, &["--key", "p256"]);
    assert_status(&output, 2);
    assert_states(text(&output.stderr), &["expected RSA 2048 or RSA 4096"]);
    assert!(!out.exists());
}
