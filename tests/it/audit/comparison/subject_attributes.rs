//! The attributes of the subject that a CA changes.

use super::{foreign_request, texts};
use crate::support::deployments::{self, EXAMPLE_1, FAST, um};
use crate::support::forge::{Forge, subject};
use crate::support::scene;
use rcgen::{CertificateParams, DnType};
use umcert::audit::{Comparison, Difference};
use umcert::issue::RequestOptions;
use umcert::name::{AttributeType, DistinguishedName};
use umcert::{KeyPair, SanPolicy};

/// Returns a change of the subject to the CN of UM server 1 and these attributes.
fn with_subject(attributes: &[(DnType, &str)]) -> impl FnOnce(&mut CertificateParams) {
    let mut name = subject("um1.contoso.com");
    for (kind, value) in attributes {
        name.push(kind.clone(), *value);
    }
    |params| params.distinguished_name = name
}

#[test]
fn attribute_of_the_subject_that_a_ca_changes_is_described() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let root = Forge::root("Root");
    let (o, ou, c) = (
        DnType::OrganizationName,
        DnType::OrganizationalUnitName,
        DnType::CountryName,
    );
    let description = DnType::CustomDnType(vec![2, 5, 4, 13]);
    let requested = [
        (c.clone(), "US"),
        (o.clone(), "Contoso"),
        (ou.clone(), "Voice"),
    ];
    type Subject<'a> = &'a [(DnType, &'a str)];
    let rows: [(Subject<'_>, &[&str]); 7] = [
        (&requested, &[]),
        (
            // Another order of types, as AD CS may write them.
            &[
                (o.clone(), "Contoso"),
                (ou.clone(), "Voice"),
                (c.clone(), "US"),
            ],
            &[],
        ),
        (
            &[(c.clone(), "US"), (o.clone(), "Contoso")],
            &["the certificate has no OU in its subject instead of the OU `Voice`"],
        ),
        (
            &[
                (c.clone(), "US"),
                (o.clone(), "Fabrikam"),
                (ou.clone(), "Voice"),
            ],
            &["the certificate has the O `Fabrikam` in its subject instead of the O `Contoso`"],
        ),
        (
            &[(c, "DE"), (o.clone(), "contoso"), (ou.clone(), "Voice")],
            &[
                "the certificate has the C `DE` in its subject instead of the C `US`",
                "the certificate has the O `contoso` in its subject instead of the O `Contoso`",
            ],
        ),
        (
            &[],
            &[
                "the certificate has no C in its subject instead of the C `US`",
                "the certificate has no O in its subject instead of the O `Contoso`",
                "the certificate has no OU in its subject instead of the OU `Voice`",
            ],
        ),
        (
            &[
                requested[0].clone(),
                requested[1].clone(),
                requested[2].clone(),
                (description, "a\nb`"),
            ],
            &[
                "the certificate has the description `a\\nb\\u{60}` in its subject instead of no description",
            ],
        ),
    ];
    let request = foreign_request(with_subject(&requested));
    for (issued, expected) in rows {
        let certificate = root.server(1, with_subject(issued));
        let comparison = Comparison::new(planned)
            .request(&request)
            .certificate(&certificate);
        let differences = comparison.differences();
        let of_subject = differences
            .iter()
            .filter(|it| matches!(it, Difference::SubjectAttribute { .. }));
        let found: Vec<String> = of_subject.map(ToString::to_string).collect();
        assert_eq!(found, *expected);
        assert!(
            !differences
                .iter()
                .any(|it| matches!(it, Difference::CommonName { .. }))
        );
        // A plan has no such attributes.
        let with_plan = Comparison::new(planned).certificate(&certificate);
        assert_eq!(texts(with_plan), [""; 0]);
    }
    assert_eq!(texts(Comparison::new(planned).request(&request)), [""; 0]);
}

#[test]
fn repeated_attribute_is_compared_value_by_value() {
    let plan = deployments::plan(EXAMPLE_1, SanPolicy::EveryServer);
    let planned = plan.certificate(&um(1)).unwrap();
    let request = |units: &[&str]| {
        let units = units.iter();
        let name = units.fold(DistinguishedName::new(), |name, unit| {
            name.with(AttributeType::OrganizationalUnit, unit).unwrap()
        });
        let options = RequestOptions::default().subject(name);
        let key = KeyPair::generate(FAST).unwrap();
        planned.request_with(&key, &options).unwrap()
    };
    let issued = |units: &[&str]| scene::ca().issue_request(&request(units)).unwrap();
    let request = request(&["Voice", "UM"]);
    for (units, expected) in [
        (&["Voice", "UM"][..], 0),
        (&["UM", "Voice"], 1),
        (&["Voice"], 1),
        (&["Voice", "UM", "UM"], 1),
    ] {
        let chain = issued(units);
        let certificate = chain.certificates().next().unwrap();
        let comparison = Comparison::new(planned)
            .request(&request)
            .certificate(certificate);
        let differences = comparison.differences();
        let of_subject = differences.iter().filter(
            |it| matches!(it, Difference::SubjectAttribute { attribute, .. } if attribute == "OU"),
        );
        assert_eq!(of_subject.count(), expected, "{units:?}: {differences:?}");
    }
}
