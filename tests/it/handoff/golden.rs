//! What a hand-off contains: its files, and the generated part of each.

use std::fmt::Write;

use expect_test::{ExpectFile, expect_file};
use umcert::deployment::ExchangeVersion;
use umcert::handoff::{Handoff, HandoffFile};
use umcert::plan::CertificateSharing;

use super::powershell::{calls, paths, script, text};
use super::scenes::{all, handed_over, of_version, options};
use crate::support::deployments::{EXAMPLE_1, deployment};
use crate::support::snapshot::assert_page;

/// Returns the paths of all files, and the calls of each script.
fn overview(handoff: &Handoff) -> String {
    let mut overview = String::new();
    for path in paths(handoff) {
        writeln!(overview, "== {path}").unwrap();
        if path.ends_with(".ps1") {
            for call in calls(&script(handoff, path)) {
                writeln!(overview, "{call}").unwrap();
            }
        }
    }
    overview
}

fn snapshot(scene: &str) -> ExpectFile {
    match scene {
        "example-1" => expect_file!["../../snapshots/handoff/example-1.txt"],
        "exchange-2007" => expect_file!["../../snapshots/handoff/exchange-2007.txt"],
        "exchange-2010" => expect_file!["../../snapshots/handoff/exchange-2010.txt"],
        "exchange-2013" => expect_file!["../../snapshots/handoff/exchange-2013.txt"],
        "exchange-2016" => expect_file!["../../snapshots/handoff/exchange-2016.txt"],
        _ => expect_file!["../../snapshots/handoff/two-forests.txt"],
    }
}

#[test]
fn files_and_calls_are_as_expected() {
    for (scene, deployment) in all() {
        let sharing = CertificateSharing::OnePerServer;
        let handoff = handed_over(&deployment, sharing, &options());
        assert_page(overview(&handoff), &snapshot(scene));
    }
}

#[test]
fn shared_certificate_is_requested_once_and_copied() {
    use ExchangeVersion::{Exchange2007, Exchange2016};
    let rows = [
        (
            Exchange2007,
            expect_file!["../../snapshots/handoff/shared-2007.txt"],
        ),
        (
            Exchange2016,
            expect_file!["../../snapshots/handoff/shared-2016.txt"],
        ),
    ];
    for (version, expected) in rows {
        let deployment = of_version(version);
        let handoff = handed_over(&deployment, CertificateSharing::OnePerSet, &options());
        assert_page(overview(&handoff), &expected);
    }
}

#[test]
fn service_pack_1_of_2010_has_the_files_of_2010() {
    use ExchangeVersion::{Exchange2010, Exchange2010Sp1};
    let files = |version| {
        let plan = super::scenes::plan(&of_version(version), Default::default());
        let handoff = Handoff::new(&plan, &options()).unwrap();
        let files = handoff.files().iter();
        let files = files.filter(|file| !file.path.ends_with(".md"));
        files.cloned().collect::<Vec<HandoffFile>>()
    };
    assert_eq!(files(Exchange2010), files(Exchange2010Sp1));
}

#[test]
fn whole_files_are_as_expected() {
    let deployment = deployment(EXAMPLE_1);
    let handoff = handed_over(&deployment, CertificateSharing::OnePerServer, &options());
    let rows = [
        (
            "um1.contoso.com.inf",
            expect_file!["../../snapshots/handoff/um1.contoso.com.inf"],
        ),
        (
            "request-exchange-2013.ps1",
            expect_file!["../../snapshots/handoff/request-exchange-2013.ps1"],
        ),
        (
            "install-exchange-2013.ps1",
            expect_file!["../../snapshots/handoff/install-exchange-2013.ps1"],
        ),
        (
            "outage-01-dns-failover.ps1",
            expect_file!["../../snapshots/handoff/outage-01-dns-failover.ps1"],
        ),
    ];
    for (path, expected) in rows {
        let file = handoff.files().iter().find(|file| file.path == path);
        let file = file.unwrap_or_else(|| panic!("no {path} in {:?}", paths(&handoff)));
        assert_page(text(file), &expected);
    }
}
