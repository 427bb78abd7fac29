//! What was planned, requested and issued, side by side.

mod subject_attributes;

use crate::support::deployments::{self, EXAMPLE_1, FAST, TODAY, um};
use crate::support::forge::{Forge, certificate, rcgen_key, sans, server_params, subject};
use crate::support::scene::{self, Scene, assert_finds};
use crate::support::snapshot::{assert_lines, assert_rows, assert_text, names_and_numbers};
use expect_test::expect;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, IsCa};
use umcert::audit::{Comparison, Difference, IssuanceStage};
use umcert::{Certificate, CertificateRequest, KeyKind, KeyPair, SanPolicy};

/// The differences as text.
fn texts(comparison: Comparison<'_>) -> Vec<String> {
    let differences = comparison.differences();
    differences.iter().map(ToString::to_string).collect()
}

/// The names in each of the texts.
fn names(texts: &[String]) -> Vec<String> {
    texts.iter().map(names_and_numbers).collect()
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

/// What was changed, and the names in the text of each difference.
const ROWS: &[Row] = &[
    ("nothing", |_| {}, &[]),
    (
        "a CA that ignores the names of requests",
        |it| it.subject_alt_names = sans(&["um1.contoso.com"]),
        &["um2.contoso.com um3.contoso.com um4.contoso.com"],
    ),
    (
        "no name at all",
        |it| it.subject_alt_names.clear(),
        &["um1.contoso.com um2.contoso.com um3.contoso.com um4.contoso.com"],
    ),
    (
        "a name besides",
        |it| it.subject_alt_names.extend(sans(&["mail.contoso.com"])),
        &["mail.contoso.com"],
    ),
    ("another order", |it| it.subject_alt_names.reverse(), &[""]),
    (
        "another order and one less",
        |it| {
            it.subject_alt_names.reverse();
            it.subject_alt_names.pop();
        },
        &["", "um1.contoso.com"],
    ),
    (
        "upper case, which DNS does not tell apart",
        |it| it.subject_alt_names[0] = sans(&["UM1.contoso.com"]).remove(0),
        &[],
    ),
    (
        "another CN",
        |it| it.distinguished_name = subject("um.contoso.com"),
        &["CN um.contoso.com CN um1.contoso.com"],
    ),
    (
        "no CN",
        |it| it.distinguished_name = rcgen::DistinguishedName::new(),
        &["CN CN um1.contoso.com"],
    ),
    (
        "another usage",
        |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        &[""],
    ),
    ("no usage", |it| it.extended_key_usages.clear(), &[""]),
];

#[test]
fn request_that_differs_from_the_plan_is_described() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let mut listed = Vec::new();
    for (row, change, expected) in ROWS {
        let request = foreign_request(change);
        let found = texts(Comparison::new(planned).request(&request));
        assert_eq!(names(&found), *expected, "{row}");
        listed.extend(found.into_iter().map(|text| (*row, text)));
    }
    assert_rows(
        listed,
        &expect![[r#"
            a CA that ignores the names of requests: the request lacks the names `um2.contoso.com`, `um3.contoso.com`, `um4.contoso.com`
            no name at all: the request lacks the names `um1.contoso.com`, `um2.contoso.com`, `um3.contoso.com`, `um4.contoso.com`
            a name besides: the request also has the names `mail.contoso.com`
            another order: the request has its names in another order
            another order and one less: the request has its names in another order
            another order and one less: the request lacks the names `um1.contoso.com`
            another CN: the request has the CN `um.contoso.com` instead of the CN `um1.contoso.com`
            no CN: the request has no CN instead of the CN `um1.contoso.com`
            another usage: the request does not list server authentication in its extended key usage
            no usage: the request does not list server authentication in its extended key usage
        "#]],
    );
}

#[test]
fn certificate_that_differs_from_the_plan_is_described() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let root = Forge::root("Root");
    let mut listed = Vec::new();
    for (row, change, expected) in ROWS {
        let certificate = root.server(1, change);
        let found = texts(Comparison::new(planned).certificate(&certificate));
        assert_eq!(names(&found), *expected, "{row}");
        // With a request that is as planned the same, and that the key is another.
        let request = foreign_request(|_| {});
        let comparison = Comparison::new(planned)
            .request(&request)
            .certificate(&certificate);
        let mut with_request = texts(comparison);
        let key = with_request
            .iter()
            .position(|it| it.contains("another key"))
            .expect(row);
        with_request.remove(key);
        assert_eq!(with_request, found, "{row}");
        listed.extend(found.into_iter().map(|text| (*row, text)));
    }
    assert_rows(
        listed,
        &expect![[r#"
            a CA that ignores the names of requests: the certificate lacks the names `um2.contoso.com`, `um3.contoso.com`, `um4.contoso.com`
            no name at all: the certificate lacks the names `um1.contoso.com`, `um2.contoso.com`, `um3.contoso.com`, `um4.contoso.com`
            a name besides: the certificate also has the names `mail.contoso.com`
            another order: the certificate has its names in another order
            another order and one less: the certificate has its names in another order
            another order and one less: the certificate lacks the names `um1.contoso.com`
            another CN: the certificate has the CN `um.contoso.com` instead of the CN `um1.contoso.com`
            no CN: the certificate has no CN instead of the CN `um1.contoso.com`
            another usage: the certificate does not list server authentication in its extended key usage
            no usage: the certificate does not list server authentication in its extended key usage
        "#]],
    );
}

#[test]
fn difference_names_the_stage_that_made_it() {
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
fn certificate_as_planned_has_no_difference() {
    for policy in SanPolicy::ALL {
        let scene = Scene::new(EXAMPLE_1, *policy);
        for planned in scene.plan.certificates() {
            let issued = scene.bundle.certificate(planned.subject()).unwrap();
            let certificate = issued.chain().certificates().next().unwrap();
            let comparison = Comparison::new(planned)
                .request(issued.request())
                .certificate(certificate);
            assert_eq!(texts(comparison.days(365)), [""; 0], "{policy}");
        }
    }
}

#[test]
fn validity_shorter_by_days_is_described() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let certificate = Forge::root("Root").server(1, |it| {
        it.not_before = TODAY;
        it.not_after = TODAY + time::Duration::days(365) - time::Duration::SECOND;
    });
    let comparison = Comparison::new(planned).certificate(&certificate);
    let mut listed = Vec::new();
    for (asked, expected) in [
        (None, &[][..]),
        (Some(364), &[]),
        (Some(365), &[]),
        (Some(730), &["364 730"]),
    ] {
        let comparison = asked.map_or(comparison, |days| comparison.days(days));
        let found = texts(comparison);
        assert_eq!(names(&found), expected, "{asked:?}");
        listed.extend(found);
    }
    assert_lines(
        listed,
        &expect![[r#"
            the certificate is valid for 364 days, but 730 were requested
        "#]],
    );
}

#[test]
fn key_and_signature_differences_are_described() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    let params = server_params(1);
    let request = request_of(params.clone(), &key);
    let issuer = rcgen::Issuer::new(CertificateParams::default(), rcgen_key());
    let certificate: Certificate = certificate(params.signed_by(&key, &issuer).unwrap());
    let comparison = Comparison::new(planned)
        .request(&request)
        .certificate(&certificate);
    let found = texts(comparison);
    let expected = [
        "ECDSA P-384 ECDSA P-256",
        "ecdsa-with-SHA256 ecdsa-with-SHA384",
    ];
    assert_eq!(names(&found), expected);
    assert_lines(
        found,
        &expect![[r#"
            the request is for a key of the kind ECDSA P-384 instead of ECDSA P-256
            the certificate is signed with ecdsa-with-SHA256, but the request with ecdsa-with-SHA384
        "#]],
    );
}

#[test]
fn certificate_for_another_key_is_a_finding() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let requests = |number: usize| {
        scene
            .bundle
            .certificate(&um(number))
            .unwrap()
            .request()
            .clone()
    };
    let audit = (1..=4).fold(scene.audit(), |audit, number| {
        audit.requested(um(number), requests(number))
    });
    assert_finds(&audit.clone().run(TODAY), &[]);
    let planned = scene.plan.certificate(&um(2)).unwrap();
    let later = planned.request(&KeyPair::generate(FAST).unwrap()).unwrap();
    let report = audit.requested(um(2), later).run(TODAY);
    assert_finds(&report, &["error key-mismatch um2.contoso.com"]);
    assert_text(
        report.findings()[0].detail(),
        &expect![[
            r#"its certificate is for another key (ECDSA P-256) than its request (ECDSA P-256)"#
        ]],
    );
}

#[test]
fn request_of_a_shared_certificate_counts_for_the_set() {
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
    let request = bundle.certificates()[0].request().clone();
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
