//! CRLs that do not list every certificate of their issuer: delta CRLs, and CRLs of a limited scope.

use super::Scene;
use crate::support::scene::{assert_finds, ids};
use crate::support::snapshot::{assert_lines, assert_rows, assert_states};
use expect_test::expect;
use umcert::{Certificate, Crl};

/// The OID and the value of a delta CRL indicator (RFC 5280 §5.2.4) for base CRL number 1.
const DELTA: (&[u8], &[u8]) = (b"\x55\x1d\x1b", &[0x02, 0x01, 0x01]);

/// AD CS publishes a delta CRL beside the base CRL. Only the delta CRL lists the certificates revoked since.
#[test]
fn delta_crl_revokes_with_its_base_crl() {
    let scene = Scene::new();
    let ca = &scene.forged.intermediate;
    let root = scene.forged.root.crl(&[], 10);
    let whole = ca.crl(&[], 10);
    let delta = |revoked: &[&Certificate]| ca.with_critical(&ca.crl(revoked, 10), DELTA.0, DELTA.1);
    assert!(delta(&[]).is_delta() && !whole.is_delta());
    for (revoked, expected) in [
        (vec![], &[][..]),
        (vec![&scene.server], &["error revoked um1.contoso.com"]),
    ] {
        for crls in [
            [root.clone(), whole.clone(), delta(&revoked)],
            [delta(&revoked), whole.clone(), root.clone()],
        ] {
            assert_finds(&scene.run(crls.clone()), expected);
            assert_eq!(scene.verify(&crls).is_ok(), expected.is_empty());
        }
    }
    // A delta CRL that the issuer did not sign is ignored.
    let namesake = scene.forged.root.intermediate("Intermediate", |_| {});
    let forged = namesake.with_critical(&namesake.crl(&[&scene.server], 10), DELTA.0, DELTA.1);
    assert_finds(&scene.run([root, whole, forged]), &[]);
}

/// A CRL whose scope is not all certificates of its issuer, and the reason why it does not give the status of a
/// server that it does not list.
#[test]
fn crl_out_of_scope_states_why_and_revokes_its_entries() {
    let scene = Scene::new();
    let ca = &scene.forged.intermediate;
    let point = |uri: &str, scope: Option<rcgen::CrlScope>| rcgen::CrlIssuingDistributionPoint {
        distribution_point: rcgen::CrlDistributionPoint {
            uris: vec![uri.to_owned()],
        },
        scope,
    };
    let at_point = |uri: &str, scope, revoked: &[&Certificate]| {
        ca.crl_with(revoked, |params| {
            params.issuing_distribution_point = Some(point(uri, scope));
        })
    };
    // The URL that `server_params` writes.
    let own = "http://crl.contoso.com/ca.crl";
    let other = "http://crl.contoso.com/ca-2.crl";
    let cas = Some(rcgen::CrlScope::CaCertsOnly);
    let users = Some(rcgen::CrlScope::UserCertsOnly);
    let extended = |oid: &[u8], value: &[u8], revoked: &[&Certificate]| {
        ca.with_critical(&ca.crl(revoked, 10), oid, value)
    };
    let idp = b"\x55\x1d\x1c";
    type Made<'a> = Box<dyn Fn(&[&Certificate]) -> Crl + 'a>;
    let rows: [(&str, Made<'_>, bool, bool); 11] = [
        ("whole", Box::new(|revoked| ca.crl(revoked, 10)), true, true),
        (
            "of its own distribution point",
            Box::new(|revoked| at_point(own, None, revoked)),
            true,
            true,
        ),
        (
            "for users",
            Box::new(|revoked| at_point(own, users, revoked)),
            true,
            true,
        ),
        (
            "for CAs",
            Box::new(|revoked| at_point(own, cas, revoked)),
            false,
            true,
        ),
        (
            "of another distribution point",
            Box::new(|revoked| at_point(other, None, revoked)),
            false,
            true,
        ),
        (
            "delta",
            Box::new(|revoked| extended(DELTA.0, DELTA.1, revoked)),
            false,
            true,
        ),
        (
            "onlySomeReasons: keyCompromise",
            Box::new(|revoked| extended(idp, b"\x30\x04\x83\x02\x06\x40", revoked)),
            false,
            true,
        ),
        (
            "indirectCRL",
            Box::new(|revoked| extended(idp, b"\x30\x03\x84\x01\xff", revoked)),
            false,
            false,
        ),
        (
            "for users and for CAs",
            Box::new(|revoked| extended(idp, b"\x30\x06\x81\x01\xff\x82\x01\xff", revoked)),
            false,
            false,
        ),
        (
            "a malformed extension",
            Box::new(|revoked| extended(idp, b"\x30\x05\x84", revoked)),
            false,
            false,
        ),
        (
            "an unknown critical extension",
            Box::new(|revoked| extended(b"\x2a\x03\x04", b"\x05\x00", revoked)),
            false,
            false,
        ),
    ];
    let root = scene.forged.root.crl(&[], 10);
    let mut details = Vec::new();
    for (what, make, speaks, counts) in rows {
        let unknown = "warning revocation-unknown um1.contoso.com";
        let report = scene.run([root.clone(), make(&[])]);
        let of_um1 = |report: &umcert::Report| {
            let mut ids = ids(report.findings());
            ids.retain(|id| id.ends_with("um1.contoso.com"));
            ids
        };
        let expected: &[&str] = if speaks { &[] } else { &[unknown] };
        assert_eq!(of_um1(&report), expected, "{what}\n{report}");
        if !speaks {
            let detail = report.findings()[0].detail();
            assert_states(detail, &["CN=Intermediate", "2026-11-13T00:00:00Z"]);
            details.push((what, detail.to_owned()));
        }
        let crls = [root.clone(), make(&[&scene.server])];
        let report = scene.run(crls.clone());
        let expected = match counts {
            true => "error revoked um1.contoso.com",
            false => unknown,
        };
        assert_eq!(of_um1(&report), [expected], "{what}\n{report}");
        assert_eq!(scene.verify(&crls).is_err(), counts, "{what}");
    }
    assert_rows(
        details,
        &expect![[r#"
            for CAs: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z covers only CA certificates
            of another distribution point: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z covers another CRL distribution point
            delta: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z is a delta CRL, which lists only changes
            onlySomeReasons: keyCompromise: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z covers only some revocation reasons
            indirectCRL: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z is an indirect CRL
            for users and for CAs: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z covers only CA certificates and also only others, which is a contradiction
            a malformed extension: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z has a malformed extension
            an unknown critical extension: no supplied CRL of `CN=Intermediate` gives the revocation status of its certificate: the CRL of 2026-11-13T00:00:00Z has an unknown critical extension
        "#]],
    );
}

#[test]
fn crl_of_leaves_does_not_cover_an_intermediate() {
    let scene = Scene::new();
    let of_root = |scope| {
        scene.forged.root.crl_with(&[], |params| {
            let uris = vec!["http://crl.contoso.com/root.crl".to_owned()];
            params.issuing_distribution_point = Some(rcgen::CrlIssuingDistributionPoint {
                distribution_point: rcgen::CrlDistributionPoint { uris },
                scope: Some(scope),
            });
        })
    };
    let mut listed = Vec::new();
    for (scope, is_silent) in [
        (rcgen::CrlScope::UserCertsOnly, true),
        (rcgen::CrlScope::CaCertsOnly, false),
    ] {
        let crls = [of_root(scope), scene.forged.intermediate.crl(&[], 10)];
        let report = scene.run(crls);
        let details: Vec<&str> = report.findings().iter().map(|it| it.detail()).collect();
        assert_eq!(
            report.findings().len(),
            if is_silent { 4 } else { 0 },
            "{report}"
        );
        listed.extend(details.into_iter().map(str::to_owned));
    }
    assert_lines(
        listed,
        &expect![[r#"
            no supplied CRL of `CN=Root` gives the revocation status of the CA certificate `CN=Intermediate`: the CRL of 2026-11-13T00:00:00Z does not cover CA certificates
            no supplied CRL of `CN=Root` gives the revocation status of the CA certificate `CN=Intermediate`: the CRL of 2026-11-13T00:00:00Z does not cover CA certificates
            no supplied CRL of `CN=Root` gives the revocation status of the CA certificate `CN=Intermediate`: the CRL of 2026-11-13T00:00:00Z does not cover CA certificates
            no supplied CRL of `CN=Root` gives the revocation status of the CA certificate `CN=Intermediate`: the CRL of 2026-11-13T00:00:00Z does not cover CA certificates
        "#]],
    );
}
