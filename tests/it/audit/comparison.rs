//! What was planned, requested and issued, side by side.

use crate::support::deployments::{self, EXAMPLE_1, FAST, TODAY, um};
use crate::support::forge::{Forge, certificate, rcgen_key, sans, server_params, subject};
use crate::support::scene::{self, Scene, assert_finds};
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa};
use umcert::audit::{Comparison, Difference, IssuanceStage};
use umcert::{Certificate, CertificateRequest, KeyKind, KeyPair, SanPolicy};

/// The differences as text.
fn texts(comparison: Comparison<'_>) -> Vec<String> {
    let differences = comparison.differences();
    differences.iter().map(ToString::to_string).collect()
}

/// A request that was made by other means, with a key of its own.
fn foreign_request(change: impl FnOnce(&mut CertificateParams)) -> CertificateRequest {
    let mut params = server_params(1);
    change(&mut params);
    request_of(params, &rcgen_key())
}

fn request_of(mut params: CertificateParams, key: &rcgen::KeyPair) -> CertificateRequest {
    // rcgen refuses to ask for what a request does not carry.
    params.is_ca = IsCa::NoCa;
    params.crl_distribution_points.clear();
    params.use_authority_key_identifier_extension = false;
    let request = params.serialize_request(key).unwrap();
    CertificateRequest::from_bytes(request.der()).unwrap()
}

type Row = (
    &'static str,
    fn(&mut CertificateParams),
    &'static [&'static str],
);

/// What was changed, and what is told of it.
const ROWS: &[Row] = &[
    ("nothing", |_| {}, &[]),
    (
        "a CA that ignores the names of requests",
        |it| it.subject_alt_names = sans(&["um1.contoso.com"]),
        &["lacks the names um2.contoso.com, um3.contoso.com, um4.contoso.com"],
    ),
    (
        "no name at all",
        |it| it.subject_alt_names.clear(),
        &["lacks the names um1.contoso.com, um2.contoso.com, um3.contoso.com, um4.contoso.com"],
    ),
    (
        "a name besides",
        |it| it.subject_alt_names.extend(sans(&["mail.contoso.com"])),
        &["also holds mail.contoso.com"],
    ),
    (
        "another order",
        |it| it.subject_alt_names.reverse(),
        &["holds its names in another order"],
    ),
    (
        "another order and one less",
        |it| {
            it.subject_alt_names.reverse();
            it.subject_alt_names.pop();
        },
        &[
            "holds its names in another order",
            "lacks the names um1.contoso.com",
        ],
    ),
    (
        "upper case, which DNS does not tell apart",
        |it| it.subject_alt_names[0] = sans(&["UM1.contoso.com"]).remove(0),
        &[],
    ),
    (
        "another CN",
        |it| it.distinguished_name = subject("um.contoso.com"),
        &["has the CN um.contoso.com, and not the CN um1.contoso.com"],
    ),
    (
        "no CN",
        |it| it.distinguished_name = rcgen::DistinguishedName::new(),
        &["has no CN, and not the CN um1.contoso.com"],
    ),
    (
        "another usage",
        |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        &["lacks server authentication in its extended key usage"],
    ),
    (
        "no usage",
        |it| it.extended_key_usages.clear(),
        &["lacks server authentication in its extended key usage"],
    ),
];

#[test]
fn what_a_request_changes_of_the_plan_is_told() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    for (row, change, expected) in ROWS {
        let request = foreign_request(change);
        let expected: Vec<String> = expected
            .iter()
            .map(|it| format!("the request {it}"))
            .collect();
        assert_eq!(
            texts(Comparison::new(planned).request(&request)),
            expected,
            "{row}"
        );
    }
}

#[test]
fn what_a_ca_changes_is_told_with_a_request_and_without() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let root = Forge::root("Root");
    for (row, change, expected) in ROWS {
        let certificate = root.server(1, change);
        let found = texts(Comparison::new(planned).certificate(&certificate));
        let expected: Vec<String> = expected
            .iter()
            .map(|it| format!("the certificate {it}"))
            .collect();
        assert_eq!(found, expected, "{row}");
        // With a request that is as planned the same, and that the key is another.
        let request = foreign_request(|_| {});
        let comparison = Comparison::new(planned)
            .request(&request)
            .certificate(&certificate);
        let mut found = texts(comparison);
        let key = found
            .iter()
            .position(|it| it.contains("another key"))
            .expect(row);
        found.remove(key);
        assert_eq!(found, expected, "{row}");
    }
}

#[test]
fn each_change_is_told_of_the_step_that_made_it() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let request =
        foreign_request(|it| it.subject_alt_names = sans(&["um1.contoso.com", "um2.contoso.com"]));
    // The CA lost one more, and put one back that had been planned.
    let certificate = Forge::root("Root").server(1, |it| {
        it.subject_alt_names = sans(&["um1.contoso.com", "um3.contoso.com"]);
    });
    let found = Comparison::new(planned)
        .request(&request)
        .certificate(&certificate)
        .differences();
    let missing = found.iter().filter_map(|difference| match difference {
        Difference::NamesMissing { stage, names, .. } => Some((*stage, names.join(" "))),
        Difference::NamesAdded { names, .. } => panic!("{names:?}"),
        _ => None,
    });
    assert_eq!(
        missing.collect::<Vec<_>>(),
        [
            (
                IssuanceStage::Request,
                "um3.contoso.com um4.contoso.com".to_owned()
            ),
            (IssuanceStage::Certificate, "um2.contoso.com".to_owned()),
        ]
    );
}

#[test]
fn what_is_issued_as_planned_differs_in_nothing() {
    for policy in SanPolicy::ALL {
        let scene = Scene::new(EXAMPLE_1, *policy);
        for planned in scene.plan.certificates() {
            let issued = scene.bundle.server(planned.subject()).unwrap();
            let certificate = issued.chain().certificates().next().unwrap();
            let comparison = Comparison::new(planned)
                .request(issued.request())
                .certificate(certificate);
            assert_eq!(texts(comparison.days(365)), [""; 0], "{policy}");
        }
    }
}

#[test]
fn a_shorter_validity_is_told_and_a_second_is_not() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let certificate = Forge::root("Root").server(1, |it| {
        it.not_before = TODAY;
        it.not_after = TODAY + time::Duration::days(365) - time::Duration::SECOND;
    });
    let comparison = Comparison::new(planned).certificate(&certificate);
    for (asked, expected) in [
        (None, &[][..]),
        (Some(364), &[]),
        (Some(365), &[]),
        (
            Some(730),
            &["the certificate is valid for 364 days, and 730 were asked for"],
        ),
    ] {
        let comparison = asked.map_or(comparison, |days| comparison.days(days));
        assert_eq!(texts(comparison), expected, "{asked:?}");
    }
}

#[test]
fn keys_and_signatures_are_compared() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let params = server_params(1);
    let request = request_of(params.clone(), &key);
    let issuer = rcgen::Issuer::new(CertificateParams::default(), rcgen_key());
    let certificate: Certificate = certificate(params.signed_by(&key, &issuer).unwrap());
    assert_eq!(
        texts(
            Comparison::new(planned)
                .request(&request)
                .certificate(&certificate)
        ),
        [
            "the request is for a key of the kind ECDSA P-384, and not ECDSA P-256",
            "the certificate is signed with ecdsa-with-SHA256, and the request with ecdsa-with-SHA384",
        ]
    );
}

#[test]
fn a_certificate_for_another_key_than_the_request_is_a_finding() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let requests = |number: usize| scene.bundle.server(&um(number)).unwrap().request().clone();
    let audit = (1..=4).fold(scene.audit(), |audit, number| {
        audit.requested(um(number), requests(number))
    });
    assert_finds(&audit.clone().run(TODAY), &[]);
    let planned = scene.plan.certificate(&um(2)).unwrap();
    let later = planned.request(&KeyPair::generate(FAST).unwrap()).unwrap();
    let report = audit.requested(um(2), later).run(TODAY);
    assert_finds(&report, &["error key-mismatch um2.contoso.com"]);
    assert!(report.to_string().contains("another key"), "{report}");
}

#[test]
fn the_request_of_a_shared_certificate_stands_for_the_set() {
    let options = umcert::PlanOptions::default()
        .key(KeyKind::P256)
        .sharing(umcert::plan::CertificateSharing::OnePerSet);
    let plan = umcert::Plan::new(&deployments::deployment(EXAMPLE_1), &options).unwrap();
    let ca = scene::ca();
    let bundle = ca.issue(&plan).unwrap();
    let audit = umcert::Audit::new(&plan)
        .lync_roots(ca.roots())
        .exchange_roots(ca.roots())
        .presented_chains(bundle.chains());
    let request = bundle.issued()[0].request().clone();
    assert_finds(&audit.clone().requested(um(1), request).run(TODAY), &[]);
    let other = plan.certificates()[0]
        .request(&KeyPair::generate(FAST).unwrap())
        .unwrap();
    let mismatches = (1..=4).map(|number| format!("error key-mismatch {}", um(number)));
    let report = audit.requested(um(1), other).run(TODAY);
    assert_eq!(
        scene::ids(report.findings()),
        mismatches.collect::<Vec<_>>()
    );
}
