//! The law of revocation: a current CRL of the issuer that lists a certificate for good is never outweighed.

use super::Scene;
use super::made::Made;
use crate::support::deployments::{TODAY, um};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use rustls_pki_types::UnixTime;
use std::time::Duration;
use umcert::{Crl, Rule};

fn reason() -> impl Strategy<Value = rcgen::RevocationReason> {
    use rcgen::RevocationReason::{CertificateHold, KeyCompromise, RemoveFromCrl, Superseded};
    prop::sample::select(vec![
        CertificateHold,
        KeyCompromise,
        RemoveFromCrl,
        Superseded,
    ])
}

fn point() -> impl Strategy<Value = Option<&'static [u8]>> {
    let points: [Option<&[u8]>; 8] = [
        None,
        None,
        None,
        None,
        Some(b"\x30\x03\x81\x01\xff"),
        Some(b"\x30\x03\x82\x01\xff"),
        Some(b"\x30\x06\x81\x01\xff\x82\x01\xff"),
        Some(b"\x30\x03\x84\x01\xff"),
    ];
    prop::sample::select(points.to_vec())
}

/// Any CRL of the intermediate.
fn made() -> impl Strategy<Value = Made> {
    (
        1..20_u64,
        prop::option::of(1..20_u8),
        -9..4_i64,
        4..9_i64,
        point(),
        prop::option::of(reason()),
    )
        .prop_map(|(number, base, issued, days, point, listed)| Made {
            number,
            base,
            issued,
            next: issued + days,
            point,
            listed,
        })
}

/// A current CRL that lists the server, and not only for a while.
fn revoking() -> impl Strategy<Value = Made> {
    let listing = (made(), prop::bool::ANY);
    listing.prop_map(|(made, is_delta)| Made {
        base: made.base.filter(|_| is_delta),
        issued: -made.issued.abs(),
        next: 1,
        point: None,
        listed: Some(rcgen::RevocationReason::KeyCompromise),
        ..made
    })
}

#[test]
fn added_revocation_is_never_outweighed() {
    let scene = Scene::new();
    let config = ProptestConfig::with_cases(64);
    let sets = (prop::collection::vec(made(), 0..5), revoking(), 0..5_usize);
    let result = TestRunner::new(config).run(&sets, |(others, revoking, index)| {
        let mut crls: Vec<Crl> = others.iter().map(|made| made.crl(&scene)).collect();
        let before = scene.rules(&crls);
        prop_assert!(
            before.is_empty() || before == [Rule::Revoked],
            "{:?}",
            before
        );
        crls.insert(index.min(crls.len()), revoking.crl(&scene));
        prop_assert_eq!(scene.rules(&crls), [Rule::Revoked]);
        let report = scene.forged.audit().presented(um(1), scene.chain());
        let report = report.crls(crls).run(TODAY);
        let is_revoked = |finding: &umcert::Finding| {
            finding.rule() == Rule::Revoked && finding.subject() == um(1).as_str()
        };
        prop_assert!(report.findings().iter().any(is_revoked), "{}", report);
        Ok(())
    });
    result.unwrap();
}

/// Returns `true` if webpki alone refuses the chain for this CRL.
fn webpki_revokes(scene: &Scene, crl: &Crl) -> bool {
    let Ok(parsed) = webpki::BorrowedCertRevocationList::from_der(crl.der()) else {
        return false;
    };
    let parsed = webpki::CertRevocationList::from(parsed);
    let crls = [&parsed];
    let options = webpki::RevocationOptionsBuilder::new(&crls).unwrap();
    let options = options.with_status_policy(webpki::UnknownStatusPolicy::Allow);
    let root = scene.forged.root.certificate.der();
    let anchors = [webpki::anchor_from_trusted_cert(root).unwrap()];
    let server = webpki::EndEntityCert::try_from(scene.server.der()).unwrap();
    let result = server.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        std::slice::from_ref(scene.intermediate().der()),
        UnixTime::since_unix_epoch(Duration::from_secs(TODAY.unix_timestamp().unsigned_abs())),
        webpki::KeyUsage::server_auth(),
        Some(options.build()),
        None,
    );
    matches!(result, Err(webpki::Error::CertRevoked))
}

/// Law 5, for the CRLs that count: those that are valid already, and list more than a hold.
#[test]
fn no_set_of_crls_is_looser_than_webpki() {
    let scene = Scene::new();
    let config = ProptestConfig::with_cases(256);
    let sets = prop::collection::vec(made(), 1..5);
    let result = TestRunner::new(config).run(&sets, |set| {
        let is_liftable =
            |made: &Made| made.listed == Some(rcgen::RevocationReason::CertificateHold);
        let mut counting = set
            .iter()
            .filter(|made| made.issued <= 0 && !is_liftable(made));
        let crls: Vec<Crl> = set.iter().map(|made| made.crl(&scene)).collect();
        if counting.any(|made| webpki_revokes(&scene, &made.crl(&scene))) {
            prop_assert_eq!(scene.rules(&crls), [Rule::Revoked]);
        }
        Ok(())
    });
    result.unwrap();
}
