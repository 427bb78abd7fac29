//! Intermediates that the user supplies, because no server presents them.

use crate::support::deployments::{TODAY, um};
use crate::support::forge::{Forge, chain_of};
use crate::support::scene::{Forged, assert_finds};
use crate::support::snapshot::assert_states;
use umcert::{Audit, Certificate, Rule};

/// Returns an audit in which UM server 1 presents only its own certificate.
fn with_lone_certificate(forged: &Forged) -> Audit<'_> {
    let own = forged.intermediate.server(1, |_| {});
    forged.audit().presented(um(1), chain_of(&[&own]))
}

#[test]
fn supplied_intermediate_completes_the_path_with_a_note() {
    let forged = Forged::new();
    let audit = with_lone_certificate(&forged);
    assert_finds(
        &audit.run(TODAY),
        &["error missing-intermediate um1.contoso.com"],
    );

    let intermediate = forged.intermediate.certificate.clone();
    let report = audit.intermediates([intermediate.clone()]).run(TODAY);
    assert_finds(
        &report,
        &["note intermediate-not-presented um1.contoso.com"],
    );
    assert!(report.is_trusted(), "{report}");
    let root = report.verdicts()[0].verdict.root();
    assert_eq!(root, Some(&forged.root.certificate));
    assert_states(
        report.findings()[0].detail(),
        &["`CN=Intermediate`", &intermediate.sha256_fingerprint()],
    );
}

#[test]
fn presented_intermediate_needs_no_note() {
    let forged = Forged::new();
    // The whole answer of AD CS, with root and server certificate.
    let supplied = [
        forged.root.certificate.clone(),
        forged.intermediate.certificate.clone(),
        forged.intermediate.server(1, |_| {}),
    ];
    let report = forged.audit().intermediates(supplied).run(TODAY);
    assert_finds(&report, &[]);
}

#[test]
fn supplied_intermediates_trust_nothing_by_themselves() {
    let forged = Forged::new();
    let other_root = Forge::root("Other Root");
    let other = other_root.intermediate("Other", |_| {});
    let namesake = other_root.intermediate("Intermediate", |_| {});
    let of_other = chain_of(&[&other.server(1, |_| {})]);
    let supplied = [other_root.certificate.clone(), other.certificate.clone()];
    let audit = forged.audit().presented(um(1), of_other);
    let rows: [(&str, Audit<'_>, Vec<Certificate>, &str); 4] = [
        (
            "intermediate and root",
            audit.clone(),
            supplied.to_vec(),
            "untrusted-root",
        ),
        (
            "intermediate",
            audit.clone(),
            supplied[1..].to_vec(),
            "untrusted-root",
        ),
        (
            "unrelated",
            audit,
            vec![forged.intermediate.certificate.clone()],
            "missing-intermediate",
        ),
        (
            "namesake",
            with_lone_certificate(&forged),
            vec![namesake.certificate],
            "bad-signature",
        ),
    ];
    for (row, audit, supplied, rule) in rows {
        let report = audit.intermediates(supplied).run(TODAY);
        assert_eq!(report.findings().len(), 1, "{row}: {report}");
        assert_eq!(report.findings()[0].rule().id(), rule, "{row}: {report}");
        assert!(!report.verdicts()[0].verdict.is_trusted(), "{row}");
    }
}

#[test]
fn fault_of_a_supplied_intermediate_is_reported() {
    let forged = Forged::new();
    let expired = forged.root.intermediate("Old", |it| {
        it.not_after = TODAY - time::Duration::DAY;
    });
    let own = expired.server(1, |_| {});
    let audit = forged.audit().presented(um(1), chain_of(&[&own]));
    let report = audit
        .intermediates([expired.certificate.clone()])
        .run(TODAY);
    assert_finds(&report, &["error expired um1.contoso.com"]);
}

#[test]
fn supplied_intermediate_connects_presented_ones() {
    let forged = Forged::new();
    let policy = forged.root.intermediate("Policy", |_| {});
    let issuing = policy.intermediate("Issuing", |_| {});
    let own = issuing.server(1, |_| {});
    // Alone, the policy CA issued nothing in this chain.
    let chain = chain_of(&[&own, &policy.certificate]);
    let audit = forged.audit().presented(um(1), chain);
    let report = audit
        .intermediates([issuing.certificate.clone()])
        .run(TODAY);
    assert!(report.is_trusted(), "{report}");
    let notes = report.findings().iter();
    let notes: Vec<Rule> = notes.map(|it| it.rule()).collect();
    assert_eq!(
        notes,
        [Rule::ChainOrder, Rule::IntermediateNotPresented],
        "{report}"
    );
    assert_states(report.findings()[1].detail(), &["`CN=Issuing`"]);
}

#[test]
fn other_encoding_of_a_supplied_name_is_named() {
    let forged = Forged::new();
    let issuing = forged.root.intermediate("Issuing", |_| {});
    // The supplied certificate has the name of the CA in another string type (D29).
    let printable = forged.root.intermediate("Issuing", |params| {
        let mut name = rcgen::DistinguishedName::new();
        let text = rcgen::string::PrintableString::try_from("Issuing").unwrap();
        name.push(
            rcgen::DnType::CommonName,
            rcgen::DnValue::PrintableString(text),
        );
        params.distinguished_name = name;
    });
    let own = issuing.server(1, |_| {});
    let audit = forged.audit().presented(um(1), chain_of(&[&own]));
    let audit = audit.intermediates([printable.certificate.clone()]);
    let report = audit.run(TODAY);
    assert_finds(&report, &["error missing-intermediate um1.contoso.com"]);
    assert_states(
        report.findings()[0].detail(),
        &[
            "another encoding",
            &printable.certificate.sha256_fingerprint(),
        ],
    );
}
