//! The programs `issue` and `audit`: chains are issued, found, and audited.

use std::fs;

use super::{Issued, KEY};
use crate::support::deployments::{self, EXAMPLE_1, TODAY, um};
use crate::support::openssl::openssl;
use crate::support::program::{assert_status, text};
use crate::support::snapshot::{assert_states, assert_text};
use expect_test::expect;
use umcert::deployment::UmServer;
use umcert::{KeyKind, KeyPair, Plan, PlanOptions, SanPolicy, faulty};

const NOTHING: [&str; 0] = [];

/// Returns each example with each policy, and the names to which a server may have to answer.
fn scenes() -> Vec<(Issued, Vec<(usize, usize)>)> {
    let own = [(1, 1), (2, 2), (3, 3), (4, 4)];
    let moved = [(1, 3), (2, 4), (3, 1), (4, 2)];
    let both = [own, moved].concat();
    SanPolicy::ALL
        .iter()
        .flat_map(|policy| {
            [
                (Issued::new(1, *policy), both.clone()),
                (Issued::new(2, *policy), own.to_vec()),
            ]
        })
        .collect()
}

#[test]
fn issued_chain_passes_openssl_and_the_audit() {
    for (issued, names) in scenes() {
        let what = format!("example {} {}", issued.example, issued.san);
        assert_status(&issued.audit(&[]), 0);
        for (server, host) in names {
            let (chain, host) = (format!("{}.chain.pem", um(server)), um(host).to_string());
            let arguments = [
                "verify",
                "-CAfile",
                "root.pem",
                "-untrusted",
                &chain,
                "-verify_hostname",
                &host,
                &chain,
            ];
            let Some(verified) = openssl(&arguments, issued.path()) else {
                return;
            };
            assert!(
                verified.status.success(),
                "{what}: {chain} for {host}: {verified:?}"
            );
            let mismatch = openssl(
                &[
                    "verify",
                    "-CAfile",
                    "root.pem",
                    "-untrusted",
                    &chain,
                    "-verify_hostname",
                    "um1.fabrikam.com",
                    &chain,
                ],
                issued.path(),
            )
            .unwrap();
            assert!(!mismatch.status.success(), "{what}: {mismatch:?}");
        }
        let sans = match (issued.san.as_str(), issued.example) {
            ("wildcard", _) => {
                "DNS:um2.contoso.com, DNS:*.contoso.com
"
            }
            ("minimal", 1) => {
                "DNS:um2.contoso.com, DNS:um4.contoso.com
"
            }
            ("minimal", _) => {
                "DNS:um2.contoso.com
"
            }
            _ => {
                "DNS:um2.contoso.com, DNS:um1.contoso.com, DNS:um3.contoso.com, DNS:um4.contoso.com
"
            }
        };
        let request = openssl(
            &[
                "req",
                "-in",
                "um2.contoso.com.csr.pem",
                "-verify",
                "-text",
                "-noout",
            ],
            issued.path(),
        );
        let request = request.unwrap();
        assert!(request.status.success(), "{what}: {request:?}");
        for expected in [
            "Subject: CN = um2.contoso.com",
            sans,
            "TLS Web Server Authentication",
        ] {
            assert!(
                text(&request.stdout).contains(expected),
                "{what}: {expected}"
            );
        }
    }
}

#[test]
fn single_fault_exits_1_and_names_only_that_fault() {
    for (issued, _) in scenes() {
        let what = format!("example {} {}", issued.example, issued.san);
        let good = fs::read(issued.chain(1)).unwrap();

        fs::copy(issued.chain(2), issued.chain(1)).unwrap();
        let swapped: Vec<String> = issued
            .findings(&[])
            .into_iter()
            .filter(|id| !id.starts_with("name-extra"))
            .collect();
        assert_eq!(swapped, ["subject-not-server um1.contoso.com"], "{what}");

        let server = UmServer::new("um1.contoso.com", "Tukwila").unwrap();
        let key = KeyPair::generate(KEY.parse().unwrap()).unwrap();
        let default = faulty::exchange_default(&server, &key, TODAY).unwrap();
        fs::write(issued.chain(1), default.to_pem()).unwrap();
        assert_eq!(
            issued.findings(&[]),
            ["default-self-signed um1.contoso.com"],
            "{what}"
        );

        fs::remove_file(issued.chain(1)).unwrap();
        assert_eq!(
            issued.findings(&[]),
            ["not-presented um1.contoso.com"],
            "{what}"
        );

        fs::write(issued.chain(1), good).unwrap();
        assert_eq!(issued.findings(&[]), NOTHING, "{what}");
        let later = time::OffsetDateTime::now_utc() + time::Duration::days(366);
        let later = later
            .format(&time::format_description::well_known::Rfc3339)
            .unwrap();
        let expired = [1, 2, 3, 4].map(|number| format!("expired {}", um(number)));
        assert_eq!(issued.findings(&["--at", &later]), expired, "{what}");
    }
}

#[test]
fn chain_that_expires_first_is_named_alone() {
    let issued = Issued::new(1, SanPolicy::EveryServer);
    let now = time::OffsetDateTime::now_utc();
    let kind: KeyKind = KEY.parse().unwrap();
    let plan = PlanOptions::default().key(kind);
    let plan = Plan::new(&deployments::deployment(EXAMPLE_1), &plan).unwrap();
    let options =
        umcert::issue::TestCaOptions::valid_from(now - time::Duration::DAY).leaf_days(100);
    let ca = umcert::TestCa::with_options("Another CA", &options).unwrap();
    let key = KeyPair::generate(kind).unwrap();
    let short = ca
        .issue_planned(plan.certificate(&um(1)).unwrap(), key)
        .unwrap();
    fs::write(issued.chain(1), short.chain().to_pem()).unwrap();
    let root = issued.path().join("root.pem");
    let both = fs::read_to_string(&root).unwrap() + &ca.roots()[0].to_pem();
    fs::write(&root, both).unwrap();
    assert_eq!(issued.findings(&[]), NOTHING);
    let later = now + time::Duration::days(120);
    let later = later
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap();
    assert_eq!(
        issued.findings(&["--at", &later]),
        ["expired um1.contoso.com"]
    );
    assert_status(&issued.audit(&["--at", &later]), 1);
    assert_eq!(
        issued.findings(&["--warn-days", "110"]),
        ["expires-soon um1.contoso.com"]
    );
}

#[test]
fn chains_are_found_under_every_extension() {
    let issued = Issued::new(1, SanPolicy::EveryServer);
    fs::rename(issued.chain(1), issued.path().join("UM1.contoso.com.pem")).unwrap();
    fs::rename(issued.chain(2), issued.path().join("um2.contoso.com.cer")).unwrap();
    assert_eq!(issued.findings(&[]), NOTHING);
    fs::copy(issued.chain(3), issued.path().join("um3.contoso.com.pem")).unwrap();
    let output = issued.audit(&[]);
    assert_status(&output, 2);
    let folder = issued.path().display().to_string();
    let said = text(&output.stderr).replace(&folder, "[folder]");
    assert_states(&said, &["um3.contoso.com"]);
    assert_text(
        said,
        &expect![[r#"
        audit: cannot read `[folder]`: `um3.contoso.com.chain.pem` and `um3.contoso.com.pem` are both for `um3.contoso.com`
    "#]],
    );
}
