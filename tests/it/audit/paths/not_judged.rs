//! Paths that this crate cannot judge: neither trusted nor refused, unless something else is wrong.

use super::{critical, policies};
use crate::support::deployments::{TODAY, um};
use crate::support::forge::{Forge, chain_of};
use crate::support::scene::Forged;
use crate::support::snapshot::assert_states;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    GeneralSubtree, IsCa, NameConstraints, SanType,
};
use time::Duration;
use umcert::audit::VerifyError;
use umcert::{Certificate, Chain, Rule, Severity, TrustStore};

fn expired(params: &mut CertificateParams) {
    params.not_after = TODAY - Duration::DAY;
}

fn critical_extension(last_arc: u64, content: &[u8]) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, last_arc], content.to_vec());
    extension.set_criticality(true);
    extension
}

/// A name with an organisation and a host.
fn in_organisation(organisation: impl Into<DnValue>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, organisation);
    name.push(DnType::CommonName, "um1.contoso.com");
    name
}

fn organisation(name: &str) -> GeneralSubtree {
    let mut base = DistinguishedName::new();
    base.push(DnType::OrganizationName, name);
    GeneralSubtree::DirectoryName(base)
}

fn permit(params: &mut CertificateParams, subtree: GeneralSubtree) {
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![subtree],
        excluded_subtrees: Vec::new(),
    });
}

fn exclude(params: &mut CertificateParams, subtree: GeneralSubtree) {
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: Vec::new(),
        excluded_subtrees: vec![subtree],
    });
}

fn mail_of_contoso() -> GeneralSubtree {
    GeneralSubtree::Rfc822Name("contoso.com".to_owned())
}

/// Adds an e-mail address to the subject.
fn push_email(params: &mut CertificateParams, address: &str) {
    let email_address = DnType::CustomDnType(vec![1, 2, 840, 113_549, 1, 9, 1]);
    let value = DnValue::Ia5String(address.try_into().unwrap());
    params.distinguished_name.push(email_address, value);
}

/// A change to the intermediate, a change to the server's certificate, the rules, and the facts of the first finding.
type Row = (
    &'static str,
    fn(&mut CertificateParams),
    fn(&mut CertificateParams),
    &'static [Rule],
    &'static [&'static str],
);

const ROWS: &[Row] = &[
    (
        "policies of an intermediate",
        |it| it.custom_extensions.push(policies()),
        |_| {},
        &[Rule::PathNotJudged],
        &[
            "CN=Intermediate",
            "certificate policies",
            "RFC 5280 §4.2.1.4",
        ],
    ),
    (
        "policies of the server",
        |_| {},
        |it| it.custom_extensions.push(policies()),
        &[Rule::PathNotJudged],
        &["its certificate", "certificate policies"],
    ),
    (
        "policies that are not critical",
        |it| {
            let mut policies = policies();
            policies.set_criticality(false);
            it.custom_extensions.push(policies);
        },
        |_| {},
        &[],
        &[],
    ),
    (
        "policy constraints",
        |it| {
            let constraints = critical_extension(36, b"\x30\x03\x80\x01\x00");
            it.custom_extensions.push(constraints);
        },
        |_| {},
        &[Rule::PathNotJudged],
        &["CN=Intermediate", "policy constraints"],
    ),
    (
        "inhibition of any policy",
        |it| {
            it.custom_extensions
                .push(critical_extension(54, b"\x02\x01\x00"))
        },
        |_| {},
        &[Rule::PathNotJudged],
        &["CN=Intermediate", "anyPolicy"],
    ),
    (
        "policies above an expired certificate",
        |it| it.custom_extensions.push(policies()),
        expired,
        &[Rule::Expired],
        &["its certificate"],
    ),
    (
        "policies and an unknown critical extension",
        |it| it.custom_extensions.push(policies()),
        |it| it.custom_extensions.push(critical()),
        &[Rule::PathInvalid],
        &["1.2.3.4"],
    ),
    (
        "a subject inside a permitted organisation",
        |it| permit(it, organisation("Contoso")),
        |it| it.distinguished_name = in_organisation("Contoso"),
        &[Rule::PathNotJudged],
        &["CN=Intermediate", "O=Contoso", "RFC 5280 §4.2.1.10"],
    ),
    (
        "the same, with another string type and another case",
        |it| permit(it, organisation("Contoso")),
        |it| {
            let value = DnValue::PrintableString("CONTOSO".try_into().unwrap());
            it.distinguished_name = in_organisation(value);
        },
        &[Rule::PathNotJudged],
        &["CN=Intermediate"],
    ),
    (
        "a subject outside a permitted organisation",
        |it| permit(it, organisation("Contoso")),
        |it| it.distinguished_name = in_organisation("Fabrikam"),
        &[Rule::PathInvalid],
        &["CN=Intermediate", "O=Contoso", "the server's certificate"],
    ),
    (
        "a subject that cannot be compared",
        |it| permit(it, organisation("Contosö")),
        |it| it.distinguished_name = in_organisation("contosÖ"),
        &[Rule::PathNotJudged],
        &["CN=Intermediate"],
    ),
    (
        "a subject in an excluded organisation",
        |it| exclude(it, organisation("Contoso")),
        |it| it.distinguished_name = in_organisation("Contoso"),
        &[Rule::PathInvalid],
        &["CN=Intermediate", "O=Contoso"],
    ),
    (
        "a subject outside an excluded organisation",
        |it| exclude(it, organisation("Fabrikam")),
        |it| it.distinguished_name = in_organisation("Contoso"),
        &[Rule::PathNotJudged],
        &["CN=Intermediate", "O=Fabrikam"],
    ),
    (
        "a mailbox that is permitted",
        |it| permit(it, mail_of_contoso()),
        |it| {
            let mailbox = "um@contoso.com".try_into().unwrap();
            it.subject_alt_names.push(SanType::Rfc822Name(mailbox));
        },
        &[Rule::PathNotJudged],
        &["CN=Intermediate", "email:um@contoso.com"],
    ),
    (
        "a mailbox that is not permitted",
        |it| permit(it, mail_of_contoso()),
        |it| {
            let mailbox = "um@fabrikam.com".try_into().unwrap();
            it.subject_alt_names.push(SanType::Rfc822Name(mailbox));
        },
        &[Rule::PathInvalid],
        &["CN=Intermediate", "email:um@fabrikam.com"],
    ),
    (
        "a mailbox in the subject that is permitted",
        |it| permit(it, mail_of_contoso()),
        |it| push_email(it, "um@contoso.com"),
        &[],
        &[],
    ),
    (
        "a mailbox in the subject that is not permitted",
        |it| permit(it, mail_of_contoso()),
        |it| push_email(it, "um@fabrikam.com"),
        &[Rule::PathInvalid],
        &["CN=Intermediate", "email:um@fabrikam.com", "the subject of"],
    ),
];

/// Asserts what `TrustStore::verify` and an audit say about a chain of server 1.
#[track_caller]
fn assert_says(what: &str, root: &Forge, chain: &Chain, rules: &[Rule], facts: &[&str]) {
    let forged = Forged::new();
    let store: TrustStore = [root.certificate.clone()].into_iter().collect();
    let audit = forged.audit().lync_roots(&store).exchange_roots(&store);
    let report = audit.presented(um(1), chain.clone()).run(TODAY);
    let findings = report.findings().iter();
    let errors: Vec<_> = findings
        .filter(|it| it.subject() == um(1).as_str() && it.severity() == Severity::Error)
        .collect();
    let of_audit: Vec<Rule> = errors.iter().map(|it| it.rule()).collect();
    assert_eq!(of_audit, rules, "{what}: {report}");
    if let Some(finding) = errors.first() {
        assert_states(finding.detail(), facts);
    }
    let expected = match rules {
        [] => "trusted",
        [Rule::PathNotJudged] => "not-judged",
        _ => "refused",
    };
    for verdict in report.verdicts().iter().take(2) {
        assert_eq!(verdict.verdict.id(), expected, "{what}");
    }
    let verified = store.verify(&chain.sorted(), um(1), TODAY);
    let verdict = match &verified {
        Ok(_) => "trusted",
        Err(VerifyError::NotJudged { .. }) => "not-judged",
        Err(_) => "refused",
    };
    assert_eq!(verdict, expected, "{what}: {verified:?}");
    let of_verify = verified.err().map(|error| error.rules());
    assert_eq!(of_verify.unwrap_or_default(), rules, "{what}");
}

#[test]
fn what_this_crate_cannot_process_is_not_judged() {
    let root = Forge::root("Root");
    for (what, of_intermediate, of_server, rules, facts) in ROWS {
        let intermediate = root.intermediate("Intermediate", of_intermediate);
        let server = intermediate.server(1, of_server);
        let chain = chain_of(&[&server, &intermediate.certificate]);
        assert_says(what, &root, &chain, rules, facts);
    }
}

/// A self-issued CA does not count for the path length (RFC 5280 §6.1.4 (l)).
#[test]
fn self_issued_ca_below_a_path_length_is_not_judged() {
    let root = Forge::root("Root");
    let no_further =
        |it: &mut CertificateParams| it.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let first = root.intermediate("Issuing", no_further);
    for (name, rule) in [
        ("Issuing", Rule::PathNotJudged),
        ("Another", Rule::PathInvalid),
    ] {
        let second = first.intermediate(name, |_| {});
        let server = second.server(1, |_| {});
        let chain = chain_of(&[&server, &second.certificate, &first.certificate]);
        assert_says(name, &root, &chain, &[rule], &["CN=Issuing", "path length"]);
    }
}

/// The name constraints of a CA do not apply to a self-issued CA below it (RFC 5280 §6.1.3 (b)).
#[test]
fn self_issued_ca_under_constraints_is_not_judged() {
    let root = Forge::root("Root");
    let first = root.intermediate("Issuing", |it| {
        permit(it, GeneralSubtree::DnsName("contoso.com".to_owned()));
    });
    for (name, rule) in [
        ("Issuing", Rule::PathNotJudged),
        ("Another", Rule::PathInvalid),
    ] {
        let second = first.intermediate(name, |it| {
            let host = "ca.fabrikam.com".try_into().unwrap();
            it.subject_alt_names.push(SanType::DnsName(host));
        });
        let server = second.server(1, |_| {});
        let chain = chain_of(&[&server, &second.certificate, &first.certificate]);
        assert_says(
            name,
            &root,
            &chain,
            &[rule],
            &["CN=Issuing", "ca.fabrikam.com"],
        );
    }
}

/// Returns `count` CAs of one name, each with another key.
fn namesakes(root: &Forge, count: usize) -> Vec<Certificate> {
    let issuing = |_| root.intermediate("Issuing", |_| {}).certificate;
    (0..count).map(issuing).collect()
}

#[test]
fn search_that_reaches_its_limit_is_not_judged() {
    let root = Forge::root("Root");
    let issuing = root.intermediate("Issuing", |_| {});
    let namesakes = namesakes(&root, 120);
    // With a key identifier of the issuer, the search begins with the right one.
    let chain = |change: fn(&mut CertificateParams), is_named: bool, count: usize| -> Chain {
        let server = issuing.server(1, |it| {
            change(it);
            it.use_authority_key_identifier_extension = is_named;
        });
        let others = namesakes[..count].iter().cloned();
        let chain = std::iter::once(server).chain(others);
        chain.chain([issuing.certificate.clone()]).collect()
    };
    let store: TrustStore = [root.certificate.clone()].into_iter().collect();
    let rules = |chain: &Chain| match store.verify(chain, um(1), TODAY) {
        Ok(_) => Vec::new(),
        Err(error) => error.rules(),
    };
    assert_eq!(rules(&chain(|_| {}, true, 120)), []);
    assert_eq!(rules(&chain(|_| {}, false, 10)), []);
    for count in [40, 120] {
        let chain = |change| chain(change, false, count);
        assert_eq!(rules(&chain(expired)), [Rule::Expired]);
        let unjudged = chain(|_| {});
        assert_eq!(rules(&unjudged), [Rule::PathNotJudged]);
        let facts = &["100 signatures", "16 intermediate CAs of one name"];
        assert_says("namesakes", &root, &unjudged, &[Rule::PathNotJudged], facts);
    }
}

#[test]
fn path_of_seven_intermediates_is_not_judged() {
    let root = Forge::root("Root");
    let mut cas = vec![root.intermediate("CA 1", |_| {})];
    for (length, rules) in [(6, &[][..]), (7, &[Rule::PathNotJudged])] {
        while cas.len() < length {
            let next = cas[cas.len() - 1].intermediate(&format!("CA {}", cas.len() + 1), |_| {});
            cas.push(next);
        }
        let server = cas[length - 1].server(1, |_| {});
        let above = cas.iter().rev().map(|ca| ca.certificate.clone());
        let chain: Chain = std::iter::once(server).chain(above).collect();
        let facts = &["6 on a path"];
        assert_says(&length.to_string(), &root, &chain, rules, facts);
    }
}

/// Windows may take the path that this crate cannot judge.
#[test]
fn path_that_cannot_be_judged_beside_an_expired_one_is_not_judged() {
    let root = Forge::root("Root");
    let old = root.intermediate("Issuing", expired);
    let server = old.server(1, |_| {});
    let with_policies = root.cross_with(&old, "Issuing", |it| {
        it.custom_extensions.push(policies());
    });
    let unknown = root.cross_with(&old, "Issuing", |it| it.custom_extensions.push(critical()));
    let chain = chain_of(&[&server, &old.certificate, &with_policies]);
    let facts = &["certificate policies"];
    assert_says("policies", &root, &chain, &[Rule::PathNotJudged], facts);
    let chain = chain_of(&[&server, &old.certificate, &unknown]);
    let store: TrustStore = [root.certificate.clone()].into_iter().collect();
    let error = store.verify(&chain, um(1), TODAY).unwrap_err();
    assert!(matches!(error, VerifyError::Refused { .. }), "{error}");
}

/// If the name is wrong too, the chain is refused for it.
#[test]
fn wrong_name_below_policies_is_refused() {
    let root = Forge::root("Root");
    let chain = chain_of(&[&root.server(1, |it| it.custom_extensions.push(policies()))]);
    let store: TrustStore = [root.certificate.clone()].into_iter().collect();
    let other = crate::support::deployments::name("um1.fabrikam.com");
    let error = store.verify(&chain, other, TODAY).unwrap_err();
    assert!(matches!(error, VerifyError::Name { .. }), "{error}");
}

/// The issuer's name is encoded with another string type in the server's certificate than in the CA's own.
#[test]
fn issuer_with_another_string_type_is_named() {
    let root = Forge::root("Root");
    let printable = |it: &mut CertificateParams| {
        let mut name = DistinguishedName::new();
        let value = DnValue::PrintableString("Issuing".try_into().unwrap());
        name.push(DnType::CommonName, value);
        it.distinguished_name = name;
    };
    let issuing = root.intermediate("Issuing", printable);
    let server = issuing.server(1, |_| {});
    let other_type = root.cross(&issuing, "Issuing");
    let chain = chain_of(&[&server, &issuing.certificate]);
    assert_says("one type", &root, &chain, &[], &[]);
    let chain = chain_of(&[&server, &other_type]);
    let thumbprint = other_type.thumbprint();
    let facts = &["CN=Issuing", "string types", "D29", thumbprint.as_str()];
    let store: TrustStore = [root.certificate.clone()].into_iter().collect();
    let error = store.verify(&chain, um(1), TODAY).unwrap_err();
    assert_eq!(error.rules(), [Rule::MissingIntermediate]);
    assert_states(error.to_string(), facts);
    let report = Forged::new()
        .audit()
        .lync_roots(&store)
        .exchange_roots(&store)
        .presented(um(1), chain)
        .run(TODAY);
    let mut findings = report.findings().iter();
    let finding = findings.find(|it| it.rule() == Rule::MissingIntermediate);
    assert_states(finding.unwrap().detail(), facts);
    // Without that certificate there is nothing to name.
    let chain = chain_of(&[&server]);
    let error = store.verify(&chain, um(1), TODAY).unwrap_err();
    assert!(!error.to_string().contains("D29"), "{error}");
}
