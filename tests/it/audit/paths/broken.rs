//! One fault in a path, and the certificate and the section of RFC 5280 that the finding names.

use super::critical;
use crate::support::deployments::{TODAY, um};
use crate::support::forge::{chain_of, sans, subject};
use crate::support::scene::{Forged, ids};
use crate::support::snapshot::{assert_rows, assert_states};
use expect_test::expect;
use rcgen::{
    CertificateParams, CidrSubnet, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    KeyUsagePurpose, NameConstraints,
};

fn constraints(permitted: &[&str], excluded: &[&str]) -> Option<NameConstraints> {
    let subtrees = |names: &[&str]| {
        let names = names.iter();
        names
            .map(|it| GeneralSubtree::DnsName((*it).to_owned()))
            .collect()
    };
    Some(NameConstraints {
        permitted_subtrees: subtrees(permitted),
        excluded_subtrees: subtrees(excluded),
    })
}

fn addresses(is_permitted: bool, network: &str, bits: u8) -> Option<NameConstraints> {
    let network = CidrSubnet::from_addr_prefix(network.parse().unwrap(), bits);
    let (mut permitted, mut excluded) = (vec![GeneralSubtree::IpAddress(network)], Vec::new());
    if !is_permitted {
        std::mem::swap(&mut permitted, &mut excluded);
    }
    Some(NameConstraints {
        permitted_subtrees: permitted,
        excluded_subtrees: excluded,
    })
}

fn address(text: &str) -> rcgen::SanType {
    rcgen::SanType::IpAddress(text.parse().unwrap())
}

/// Returns name constraints that permit only URIs of hosts in contoso.com. rcgen cannot write them.
fn uris_of_contoso() -> CustomExtension {
    let content = b"\x30\x11\xa0\x0f\x30\x0d\x86\x0bcontoso.com";
    CustomExtension::from_oid_content(&[2, 5, 29, 30], content.to_vec())
}

/// A change to the intermediate, a change to the leaf certificate, and the facts that the finding states. Without
/// facts there is no finding.
type Broken = (
    &'static str,
    fn(&mut CertificateParams),
    fn(&mut CertificateParams),
    &'static [&'static str],
);

const BROKEN: &[Broken] = &[
    ("nothing", |_| {}, |_| {}, &[]),
    (
        "constraints that hold",
        |it| it.name_constraints = constraints(&["contoso.com"], &["fabrikam.com"]),
        |_| {},
        &[],
    ),
    (
        "a name that is not permitted",
        |it| it.name_constraints = constraints(&["contoso.com"], &[]),
        |it| it.subject_alt_names.extend(sans(&["um9.fabrikam.com"])),
        &[
            "CN=Intermediate",
            "contoso.com",
            "um9.fabrikam.com",
            "RFC 5280 §4.2.1.10",
        ],
    ),
    (
        "a name that is excluded",
        |it| it.name_constraints = constraints(&[], &["um4.contoso.com"]),
        |_| {},
        &["CN=Intermediate", "um4.contoso.com"],
    ),
    (
        "a wildcard that covers what is excluded",
        |it| it.name_constraints = constraints(&[], &["mail.fabrikam.com"]),
        |it| it.subject_alt_names.extend(sans(&["*.fabrikam.com"])),
        &["CN=Intermediate", "mail.fabrikam.com", "*.fabrikam.com"],
    ),
    (
        "a wildcard over more than what is permitted",
        |it| it.name_constraints = constraints(&["contoso.com", "mail.fabrikam.com"], &[]),
        |it| it.subject_alt_names.extend(sans(&["*.fabrikam.com"])),
        &[
            "CN=Intermediate",
            "contoso.com",
            "mail.fabrikam.com",
            "*.fabrikam.com",
        ],
    ),
    (
        "a wildcard within what is permitted",
        |it| it.name_constraints = constraints(&["contoso.com", "fabrikam.com"], &[]),
        |it| it.subject_alt_names.extend(sans(&["*.fabrikam.com"])),
        &[],
    ),
    (
        "an address that is not permitted",
        |it| it.name_constraints = addresses(true, "10.1.0.0", 16),
        |it| it.subject_alt_names.push(address("10.2.0.1")),
        &["CN=Intermediate", "10.1.0.0/16", "IP:10.2.0.1"],
    ),
    (
        "an address that is permitted",
        |it| it.name_constraints = addresses(true, "10.1.0.0", 16),
        |it| it.subject_alt_names.push(address("10.1.0.1")),
        &[],
    ),
    (
        "an address that is permitted, and one that is not",
        |it| it.name_constraints = addresses(true, "10.1.0.0", 16),
        |it| {
            let both = [address("10.1.0.1"), address("10.2.0.1")];
            it.subject_alt_names.extend(both);
        },
        &["CN=Intermediate", "10.1.0.0/16", "IP:10.2.0.1"],
    ),
    (
        "an address of the other kind than is permitted",
        |it| it.name_constraints = addresses(true, "10.1.0.0", 16),
        |it| it.subject_alt_names.push(address("2001:db8::1")),
        &["CN=Intermediate", "10.1.0.0/16", "IP:2001:db8::1"],
    ),
    (
        "an address where none may be",
        |it| it.name_constraints = addresses(false, "0.0.0.0", 0),
        |it| it.subject_alt_names.push(address("10.2.0.1")),
        &["CN=Intermediate", "IP:10.2.0.1"],
    ),
    (
        "constraints on distinguished names, and a subject outside",
        |it| {
            it.name_constraints = Some(NameConstraints {
                permitted_subtrees: vec![GeneralSubtree::DirectoryName(subject("Contoso"))],
                excluded_subtrees: Vec::new(),
            });
        },
        |_| {},
        &["CN=Intermediate", "CN=Contoso", "the subject of"],
    ),
    (
        "a URI under constraints of URIs, which webpki does not compare",
        |it| it.custom_extensions.push(uris_of_contoso()),
        |it| {
            let uri = "https://um1.contoso.com/".try_into().unwrap();
            it.subject_alt_names.push(rcgen::SanType::URI(uri));
        },
        &[
            "CN=Intermediate",
            "URI:contoso.com",
            "URI:https://um1.contoso.com",
        ],
    ),
    (
        "an intermediate that is no CA",
        |it| it.is_ca = IsCa::ExplicitNoCa,
        |_| {},
        &["CN=Intermediate", "CN=um1.contoso.com", "RFC 5280 §4.2.1.9"],
    ),
    (
        "an intermediate that may not sign certificates",
        |it| it.key_usages = vec![KeyUsagePurpose::CrlSign],
        |_| {},
        &["CN=Intermediate", "RFC 5280 §4.2.1.3"],
    ),
    (
        "an intermediate for clients",
        |it| it.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        |_| {},
        &["CN=Intermediate", "RFC 5280 §4.2.1.12"],
    ),
    (
        "an intermediate with an unknown critical extension",
        |it| it.custom_extensions.push(critical()),
        |_| {},
        &["CN=Intermediate", "1.2.3.4", "RFC 5280 §4.2"],
    ),
    (
        "a server with an unknown critical extension",
        |_| {},
        |it| it.custom_extensions.push(critical()),
        &["1.2.3.4", "RFC 5280 §4.2"],
    ),
    (
        "an intermediate with something behind an extension",
        |it| it.custom_extensions.push(trailing()),
        |_| {},
        &["CN=Intermediate"],
    ),
    (
        "a server whose key may not serve TLS",
        |_| {},
        |it| it.key_usages = vec![KeyUsagePurpose::DataEncipherment],
        &["RFC 5280 §4.2.1.3"],
    ),
];

/// Returns an extended key usage for servers with one byte of trailing data.
fn trailing() -> CustomExtension {
    let content = b"\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01\x00";
    CustomExtension::from_oid_content(&[2, 5, 29, 37], content.to_vec())
}

#[test]
fn invalid_path_names_certificate_and_section() {
    let forged = Forged::new();
    let mut details = Vec::new();
    for (what, of_intermediate, of_server, facts) in BROKEN {
        let intermediate = forged.root.intermediate("Intermediate", of_intermediate);
        let server = intermediate.server(1, of_server);
        let chain = chain_of(&[&server, &intermediate.certificate]);
        let report = forged.audit().presented(um(1), chain).run(TODAY);
        let errors: Vec<String> = ids(report.findings())
            .into_iter()
            .filter(|id| !id.starts_with("note name-extra"))
            .collect();
        if facts.is_empty() {
            assert_eq!(errors, [""; 0], "{what}\n{report}");
            continue;
        }
        assert_eq!(
            errors,
            ["error path-invalid um1.contoso.com"],
            "{what}\n{report}"
        );
        let detail = report.findings()[0].detail();
        assert_states(detail, facts);
        details.push((*what, detail.to_owned()));
        for verdict in report.verdicts().iter().take(2) {
            assert_eq!(verdict.verdict.root(), None, "{what}");
            assert_eq!(
                verdict.verdict.because(),
                [umcert::Rule::PathInvalid],
                "{what}"
            );
        }
    }
    assert_rows(
        details,
        &expect![[r#"
            a name that is not permitted: the CA certificate `CN=Intermediate` may issue only for `contoso.com`, but the SAN of the server's certificate contains `um9.fabrikam.com` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            a name that is excluded: the CA certificate `CN=Intermediate` must not issue for `um4.contoso.com`, but the SAN of the server's certificate contains `um4.contoso.com` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            a wildcard that covers what is excluded: the CA certificate `CN=Intermediate` must not issue for `mail.fabrikam.com`, but the SAN of the server's certificate contains `*.fabrikam.com` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            a wildcard over more than what is permitted: the CA certificate `CN=Intermediate` may issue only for `contoso.com`, `mail.fabrikam.com`, but the SAN of the server's certificate contains `*.fabrikam.com` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an address that is not permitted: the CA certificate `CN=Intermediate` may issue only for `10.1.0.0/16`, but the SAN of the server's certificate contains `IP:10.2.0.1` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an address that is permitted, and one that is not: the CA certificate `CN=Intermediate` may issue only for `10.1.0.0/16`, but the SAN of the server's certificate contains `IP:10.2.0.1` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an address of the other kind than is permitted: the CA certificate `CN=Intermediate` may issue only for `10.1.0.0/16`, but the SAN of the server's certificate contains `IP:2001:db8::1` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an address where none may be: the CA certificate `CN=Intermediate` must not issue for any IPv4 address, but the SAN of the server's certificate contains `IP:10.2.0.1` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            constraints on distinguished names, and a subject outside: the CA certificate `CN=Intermediate` may issue only for names in `CN=Contoso`, but the subject of the server's certificate is not in it (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            a URI under constraints of URIs, which webpki does not compare: the CA certificate `CN=Intermediate` may issue only for `URI:contoso.com`, but the SAN of the server's certificate contains `URI:https://um1.contoso.com/` (name constraints, RFC 5280 §4.2.1.10) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an intermediate that is no CA: the certificate `CN=Intermediate` is not a CA certificate, but issued `CN=um1.contoso.com` (RFC 5280 §4.2.1.9) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an intermediate that may not sign certificates: the CA certificate `CN=Intermediate` has a key usage that does not allow signing certificates (RFC 5280 §4.2.1.3) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an intermediate for clients: the CA certificate `CN=Intermediate` may not issue for server authentication: its extended key usage lists only other purposes (RFC 5280 §4.2.1.12) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an intermediate with an unknown critical extension: the CA certificate `CN=Intermediate` has the unknown critical extension `1.2.3.4` (RFC 5280 §4.2) (thumbprint [SHA-1], SHA-256 [SHA-256])
            a server with an unknown critical extension: its certificate has the unknown critical extension `1.2.3.4` (RFC 5280 §4.2) (thumbprint [SHA-1], SHA-256 [SHA-256])
            an intermediate with something behind an extension: the CA certificate `CN=Intermediate` cannot be read: a certificate is malformed (RFC 5280 §4.1) (thumbprint [SHA-1], SHA-256 [SHA-256])
            a server whose key may not serve TLS: its certificate has a key usage that does not allow TLS: neither digital signature nor key encipherment (RFC 5280 §4.2.1.3) (thumbprint [SHA-1], SHA-256 [SHA-256])
        "#]],
    );
}
