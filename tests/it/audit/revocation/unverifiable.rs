//! CRLs whose signatures this build cannot verify: what they list is not judged, and never trusted.

use super::Scene;
use crate::support::deployments::{TODAY, um};
use crate::support::encoding::element;
use crate::support::openssl::openssl;
use crate::support::scene::ids;
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use umcert::{Certificate, Crl, Finding, Report, Rule};

/// ecdsa-with-SHA224, which neither cryptography library verifies.
const SHA224: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x01";
const SHA512: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x04";

impl Scene {
    /// Returns a CRL of the intermediate with this algorithm and a signature that does not matter.
    fn unverifiable(&self, listed: &[&Certificate]) -> Crl {
        let ca = &self.forged.intermediate;
        let change = |fields: &mut Vec<Vec<u8>>| fields[1] = element(0x30, SHA224);
        ca.resigned(&ca.crl(listed, 10), change)
    }
}

/// Returns the findings for the server.
fn of_um1(report: &Report) -> Vec<Finding> {
    let findings = report.findings().iter();
    let of_um1 = findings.filter(|finding| finding.subject() == um(1).as_str());
    of_um1.cloned().collect()
}

#[test]
fn entry_of_an_unverifiable_crl_is_not_judged() {
    let scene = Scene::new();
    let root = scene.forged.root.crl(&[], 10);
    let ca = &scene.forged.intermediate;
    let other = ca.server(2, |_| {});
    let lists = scene.unverifiable(&[&scene.server]);
    let silent = scene.unverifiable(&[&other]);
    let (not_judged_id, unknown, revoked) = (
        "error path-not-judged um1.contoso.com",
        "warning revocation-unknown um1.contoso.com",
        "error revoked um1.contoso.com",
    );
    let rows: [(&str, Vec<Crl>, &[&str]); 5] = [
        ("lists", vec![lists.clone()], &[not_judged_id]),
        ("does not list", vec![silent.clone()], &[unknown]),
        (
            "lists, beside one that does not",
            vec![lists.clone(), ca.crl(&[], 10)],
            &[not_judged_id],
        ),
        (
            "lists, beside one that revokes",
            vec![lists.clone(), ca.crl(&[&scene.server], 10)],
            &[revoked],
        ),
        (
            "does not list, beside one that does not",
            vec![silent, ca.crl(&[], 10)],
            &[],
        ),
    ];
    let mut details = Vec::new();
    for (what, crls, expected) in rows {
        let crls = [vec![root.clone()], crls].concat();
        let report = scene.run(crls.clone());
        let of_um1 = of_um1(&report);
        assert_eq!(ids(&of_um1), expected, "{what}\n{report}");
        let row = |finding: &Finding| (what, finding.detail().to_owned());
        details.extend(of_um1.iter().map(row));
        let verdict = scene.verify(&crls);
        if expected == [not_judged_id] {
            assert_eq!(scene.rules(&crls), [Rule::PathNotJudged], "{what}");
            assert_eq!(report.verdicts()[0].verdict.id(), "not-judged", "{what}");
        } else {
            assert_eq!(verdict.is_err(), expected == [revoked], "{what}");
        }
    }
    assert_rows(
        details,
        &expect![[r#"
            lists: its certificate is listed in the CRL of `CN=Intermediate` issued on 2026-11-13T00:00:00Z, which has a signature that this crate cannot verify: `1.2.840.10045.4.3.1` (ECDSA P-256) (thumbprint [SHA-1], SHA-256 [SHA-256])
            does not list: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z has a signature that this crate cannot verify: `1.2.840.10045.4.3.1` (ECDSA P-256)
            lists, beside one that does not: its certificate is listed in the CRL of `CN=Intermediate` issued on 2026-11-13T00:00:00Z, which has a signature that this crate cannot verify: `1.2.840.10045.4.3.1` (ECDSA P-256) (thumbprint [SHA-1], SHA-256 [SHA-256])
            lists, beside one that revokes: its certificate (thumbprint [SHA-1], SHA-256 [SHA-256]) was revoked on 2026-11-22T00:00:00Z (key compromise), according to the CRL of `CN=Intermediate` issued on 2026-11-13T00:00:00Z
        "#]],
    );
}

/// A CRL of another CA of the same name cannot be told from one of this CA. A CRL of another name can.
#[test]
fn unverifiable_crl_of_another_ca_is_ignored() {
    let scene = Scene::new();
    let root = &scene.forged.root;
    let listed = root.crl(&[&scene.server], 10);
    let of_root = root.resigned(&listed, |fields| fields[1] = element(0x30, SHA224));
    let crls = [
        root.crl(&[], 10),
        scene.forged.intermediate.crl(&[], 10),
        of_root,
    ];
    assert!(scene.verify(&crls).is_ok());
    assert_eq!(ids(scene.run(crls).findings()), [""; 0]);
}

/// ring has no ECDSA with SHA-512.
#[test]
fn crl_with_sha512_revokes_if_the_backend_verifies_it() {
    let scene = Scene::new();
    let ca = &scene.forged.intermediate;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.key"), ca.key_der()).unwrap();
    let sign = |tbs: &[u8]| {
        std::fs::write(folder.path().join("tbs"), tbs).unwrap();
        let arguments = ["dgst", "-sha512", "-sign", "ca.key", "tbs"];
        openssl(&arguments, folder.path()).map_or_else(Vec::new, |output| output.stdout)
    };
    let change = |fields: &mut Vec<Vec<u8>>| fields[1] = element(0x30, SHA512);
    let crl = ca.resigned_by(&ca.crl(&[&scene.server], 10), change, sign);
    let has_sha512 = cfg!(feature = "aws-lc-rs");
    let is_signed = crl.is_signed_by(scene.intermediate());
    if has_sha512 && !is_signed && openssl(&["version"], folder.path()).is_none() {
        return;
    }
    assert_eq!(is_signed, has_sha512);
    let crls = [scene.forged.root.crl(&[], 10), crl];
    let (id, verdict) = if has_sha512 {
        ("error revoked um1.contoso.com", Rule::Revoked)
    } else {
        ("error path-not-judged um1.contoso.com", Rule::PathNotJudged)
    };
    assert_eq!(scene.rules(&crls), [verdict]);
    let report = scene.run(crls);
    assert_eq!(ids(&of_um1(&report)), [id], "{report}");
}

/// The limit of signatures counts the CRLs of the issuer's name, whoever signed them.
#[test]
fn entry_beyond_the_limit_of_signatures_is_not_judged() {
    let scene = Scene::new();
    let namesake = scene.forged.root.intermediate("Intermediate", |_| {});
    let newer = namesake.crl_with(&[&scene.server], |params| {
        params.this_update = TODAY - time::Duration::DAY;
    });
    let own_crl = scene.forged.intermediate.crl(&[&scene.server], 10);
    let root = scene.forged.root.crl(&[], 10);
    for (count, verdict) in [(255, Rule::Revoked), (256, Rule::PathNotJudged)] {
        let mut crls = vec![newer.clone(); count];
        crls.extend([own_crl.clone(), root.clone()]);
        assert_eq!(scene.rules(&crls), [verdict], "{count}");
    }
}

#[test]
fn report_on_an_unjudged_path_is_headed_not_judged() {
    let scene = Scene::new();
    let root = scene.forged.root.crl(&[], 10);
    let report = scene.run(vec![root, scene.unverifiable(&[&scene.server])]);
    assert!(report.is_not_judged() && !report.is_trusted(), "{report}");
    // um1 stands in for um3.
    assert_eq!(report.failover_safe_until(), Some(TODAY));
    let page = report.to_string();
    let heading = page.lines().next().unwrap();
    assert!(heading.contains(": NOT JUDGED, 1 error"), "{heading}");
    let parties =
        "um1.contoso.com  chain not judged by Lync and Exchange (contoso.com): path-not-judged";
    assert!(page.contains(parties), "{page}");
    let markdown = report.to_markdown();
    assert!(
        markdown.starts_with("# Audit: NOT JUDGED, 1 error"),
        "{markdown}"
    );
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["trusted"], false);
    assert_eq!(json["verdicts"][0]["verdict"], "not-judged");
    assert_eq!(
        json["verdicts"][0]["because"],
        serde_json::json!(["path-not-judged"])
    );

    // A fault beside it is known to be wrong.
    let ca = &scene.forged.intermediate;
    let crls = vec![
        scene.forged.root.crl(&[], 10),
        scene.unverifiable(&[&scene.server]),
    ];
    let report = scene.run([crls, vec![ca.crl(&[&scene.server], 10)]].concat());
    assert!(!report.is_not_judged(), "{report}");
    assert_eq!(report.verdicts()[0].verdict.id(), "refused");
    assert!(report.to_string().contains(": NOT TRUSTED, 1 error"));
}
