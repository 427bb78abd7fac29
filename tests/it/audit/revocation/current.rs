//! The current CRL counts: which CRLs lift a hold, and which do not count at all. OpenSSL is the second verifier.

use std::path::Path;

use super::Scene;
use super::made::{CAS, COMPROMISED, HOLD, LIFTING, Made, NEWER, USERS, USERS_AND_CAS, WHOLE};
use crate::support::deployments::{TODAY, um};
use crate::support::openssl::openssl;
use crate::support::scene::ids;
use crate::support::snapshot::assert_text;
use expect_test::expect;
use umcert::{Crl, Rule};

/// The status of the server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Status {
    Good,
    Revoked,
    Unknown,
}
use Status::{Good, Revoked, Unknown};

/// Whether OpenSSL accepts the chain only if the status is good. It differs in that it reads only the newest CRL that
/// covers the server with the newest delta CRL, whatever they list and whenever the delta CRL is valid.
#[derive(Debug, Clone, Copy, PartialEq)]
enum OpenSsl {
    Agrees,
    Differs,
}

/// The CRLs and the status.
type Row = (&'static str, &'static [Made], Status, OpenSsl);

const ROWS: &[Row] = &[
    ("no entry", &[WHOLE], Good, OpenSsl::Agrees),
    ("hold", &[HOLD], Revoked, OpenSsl::Agrees),
    (
        "newer without the hold",
        &[HOLD, NEWER],
        Good,
        OpenSsl::Agrees,
    ),
    (
        "newer without the hold, and both older",
        &[Made { next: -1, ..HOLD }, NEWER],
        Good,
        OpenSsl::Agrees,
    ),
    (
        "newer without the hold, but expired",
        &[HOLD, Made { next: -1, ..NEWER }],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "newer without the hold, but not begun",
        &[HOLD, Made { issued: 1, ..NEWER }],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "newer without the hold, of another scope",
        &[
            HOLD,
            Made {
                point: Some(USERS),
                ..NEWER
            },
        ],
        Revoked,
        OpenSsl::Differs,
    ),
    (
        "newer without the hold, for CAs",
        &[
            HOLD,
            Made {
                point: Some(CAS),
                ..NEWER
            },
        ],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "newer without the hold, with a lower number",
        &[HOLD, Made { number: 9, ..NEWER }],
        Revoked,
        OpenSsl::Differs,
    ),
    (
        "without the hold, of the same time",
        &[
            HOLD,
            Made {
                number: 12,
                ..WHOLE
            },
        ],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "older without the hold",
        &[
            HOLD,
            Made {
                number: 8,
                issued: -8,
                ..WHOLE
            },
        ],
        Revoked,
        OpenSsl::Agrees,
    ),
    // No certificate but one on hold leaves the CRL while it is valid (RFC 5280 §3.3).
    (
        "newer without the compromised certificate",
        &[COMPROMISED, NEWER],
        Revoked,
        OpenSsl::Differs,
    ),
    ("delta lifts", &[HOLD, LIFTING], Good, OpenSsl::Agrees),
    ("delta alone", &[LIFTING], Unknown, OpenSsl::Agrees),
    (
        "delta lifts no compromise",
        &[COMPROMISED, LIFTING],
        Revoked,
        OpenSsl::Differs,
    ),
    (
        "delta expired",
        &[
            HOLD,
            Made {
                next: -1,
                ..LIFTING
            },
        ],
        Revoked,
        OpenSsl::Differs,
    ),
    (
        "delta not begun",
        &[
            HOLD,
            Made {
                issued: 1,
                ..LIFTING
            },
        ],
        Revoked,
        OpenSsl::Differs,
    ),
    (
        "delta of another scope",
        &[
            HOLD,
            Made {
                point: Some(CAS),
                ..LIFTING
            },
        ],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "delta based on a later CRL",
        &[
            HOLD,
            Made {
                base: Some(11),
                ..LIFTING
            },
        ],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "delta with the number of the complete CRL",
        &[
            HOLD,
            Made {
                number: 10,
                ..LIFTING
            },
        ],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "delta without the hold",
        &[
            HOLD,
            Made {
                listed: None,
                ..LIFTING
            },
        ],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "delta with a hold",
        &[
            WHOLE,
            Made {
                listed: HOLD.listed,
                ..LIFTING
            },
        ],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "delta with a hold, and a newer one that lifts it",
        &[
            WHOLE,
            Made {
                listed: HOLD.listed,
                ..LIFTING
            },
            Made {
                number: 13,
                issued: -1,
                ..LIFTING
            },
        ],
        Good,
        OpenSsl::Differs,
    ),
    (
        "not begun",
        &[Made { issued: 1, ..WHOLE }],
        Unknown,
        OpenSsl::Agrees,
    ),
    (
        "not begun with the entry",
        &[
            WHOLE,
            Made {
                issued: 1,
                ..COMPROMISED
            },
        ],
        Good,
        OpenSsl::Agrees,
    ),
    (
        "expired with the entry",
        &[Made {
            next: -1,
            ..COMPROMISED
        }],
        Revoked,
        OpenSsl::Agrees,
    ),
    (
        "for users and for CAs",
        &[Made {
            point: Some(USERS_AND_CAS),
            ..WHOLE
        }],
        Unknown,
        OpenSsl::Agrees,
    ),
    (
        "for users and for CAs, with the entry",
        &[Made {
            point: Some(USERS_AND_CAS),
            ..COMPROMISED
        }],
        Unknown,
        OpenSsl::Agrees,
    ),
];

/// Returns the status of the server according to the audit.
pub(super) fn status(report: &umcert::Report) -> Status {
    let um1 = um(1);
    let of_um1 = report.findings().iter();
    let mut rules = of_um1
        .filter(|finding| finding.subject() == um1.as_str())
        .map(|finding| finding.rule());
    match rules.next() {
        None => Good,
        Some(Rule::Revoked) => Revoked,
        Some(Rule::RevocationUnknown) => Unknown,
        Some(rule) => panic!("{rule}: {report}"),
    }
}

/// Returns `true` if OpenSSL accepts the chain with these CRLs.
fn openssl_accepts(scene: &Scene, crls: &[Crl], folder: &Path) -> Option<bool> {
    let write = |file: &str, text: String| std::fs::write(folder.join(file), text).unwrap();
    write("root.pem", scene.forged.root.certificate.to_pem());
    write("chain.pem", scene.chain().to_pem());
    write("crls.pem", crls.iter().map(Crl::to_pem).collect());
    let line = format!(
        "verify -attime {} -crl_check_all -extended_crl -use_deltas -CRLfile crls.pem -CAfile root.pem -untrusted chain.pem chain.pem",
        TODAY.unix_timestamp()
    );
    let arguments: Vec<&str> = line.split(' ').collect();
    Some(openssl(&arguments, folder)?.status.success())
}

#[test]
fn current_crl_gives_the_status() {
    let scene = Scene::new();
    let folder = tempfile::tempdir().unwrap();
    for (what, made, expected, openssl) in ROWS {
        let mut crls = vec![scene.forged.root.crl(&[], 10)];
        crls.extend(made.iter().map(|made| made.crl(&scene)));
        for _ in 0..2 {
            crls.reverse();
            let report = scene.run(crls.clone());
            assert_eq!(status(&report), *expected, "{what}\n{report}");
            let is_trusted = scene.verify(&crls).is_ok();
            assert_eq!(is_trusted, *expected != Revoked, "{what}");
        }
        if *openssl == OpenSsl::Agrees
            && let Some(accepts) = openssl_accepts(&scene, &crls, folder.path())
        {
            assert_eq!(accepts, *expected == Good, "OpenSSL: {what}");
        }
    }
}

#[test]
fn crl_that_is_not_yet_valid_is_reported_once() {
    let scene = Scene::new();
    let ahead = Made { issued: 3, ..NEWER };
    let crls = [
        scene.forged.root.crl(&[], 10),
        WHOLE.crl(&scene),
        ahead.crl(&scene),
    ];
    let report = scene.run(crls.clone());
    assert_eq!(
        ids(report.findings()),
        ["warning crl-not-yet-valid CN=Intermediate"]
    );
    assert_text(
        report.findings()[0].detail(),
        &expect![[
            r#"the CRL issued on 2026-11-26T00:00:00Z is not valid before that time, 3 days after the audit"#
        ]],
    );
    // Without another CRL the status of every server is unknown.
    let report = scene.run([crls[0].clone(), crls[2].clone()]);
    let mut expected: Vec<String> = (1..=4)
        .map(|number| format!("warning revocation-unknown {}", um(number)))
        .collect();
    expected.push("warning crl-not-yet-valid CN=Intermediate".to_owned());
    let mut found = ids(report.findings());
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let mut details = report.findings().iter().map(|it| it.detail());
    let unknown = details
        .find(|it| it.starts_with("no supplied CRL"))
        .unwrap();
    assert_text(
        unknown,
        &expect![[
            r#"no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-26T00:00:00Z is not yet valid"#
        ]],
    );
}
