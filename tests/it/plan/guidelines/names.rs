//! The guidelines for names that a CA refuses: too long, too many bytes, or internal.

use super::certificates::grow_long;
use super::{NONE, Row, add, row, row_with};
use crate::support::deployments::{EXAMPLE_1, FAST, deployment, name};
use umcert::plan::{CaProfile, CertificateSharing};
use umcert::{Deployment, DnsName, KeyPair, Plan, PlanOptions, Rule, SanPolicy};

pub(super) fn name_rows() -> Vec<Row> {
    vec![
        row(
            "a CN of 64 characters",
            |deployment| add(deployment, &[host(64)]),
            NONE,
        ),
        row(
            "a CN of 65 characters",
            |deployment| add(deployment, &[host(65)]),
            &[
                "error common-name-too-long um10.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.contoso.com",
            ],
        ),
        Row {
            options: |options| options.sharing(CertificateSharing::OnePerSet),
            ..row(
                "a server with a long FQDN, under the CN of another server",
                |deployment| add(deployment, &[host(65)]),
                &["warning shared-subject um"],
            )
        },
        row(
            "a SAN extension of 4096 bytes",
            |deployment| grow_san(deployment, 4096),
            NONE,
        ),
        row(
            "a SAN extension of 4097 bytes",
            |deployment| grow_san(deployment, 4097),
            &["warning san-extension-too-large um"],
        ),
        Row {
            options: |options| options.san(SanPolicy::Wildcard),
            ..row(
                "the names of a SAN extension of 4097 bytes, under wildcards",
                |deployment| grow_san(deployment, 4097),
                &[
                    "note wildcard-phone-edition um",
                    "note wildcard-reach um",
                    "note wildcard-reach um",
                    "note wildcard-reach um",
                ],
            )
        },
        Row {
            options: |options| options.ca(CaProfile::Public),
            ..row(
                "a SAN extension of 4097 bytes, for a CA that is not AD CS",
                |deployment| grow_san(deployment, 4097),
                NONE,
            )
        },
        row_with(
            "only public names, at a public CA",
            |options| options.ca(CaProfile::Public),
            NONE,
        ),
        row(
            "an internal name, at a CA of the organisation",
            |deployment| add(deployment, &["um5.contoso.local".to_owned()]),
            NONE,
        ),
        Row {
            options: |options| options.ca(CaProfile::Public),
            ..row(
                "an internal name, at a public CA",
                |deployment| add(deployment, &["um5.contoso.local".to_owned()]),
                &["error internal-name-public-ca um"],
            )
        },
        Row {
            options: |options| options.ca(CaProfile::AcmeLike),
            ..row(
                "an internal name, at a public CA that speaks ACME",
                |deployment| add(deployment, &["um5.contoso.local".to_owned()]),
                &["error internal-name-public-ca um"],
            )
        },
        Row {
            options: |options| options.ca(CaProfile::Public).san(SanPolicy::Wildcard),
            ..row(
                "an internal name under a wildcard, at a public CA",
                |deployment| add(deployment, &["um5.contoso.local".to_owned()]),
                &[
                    "error internal-name-public-ca um",
                    "note wildcard-phone-edition um",
                    "note wildcard-reach um",
                    "note wildcard-reach um",
                ],
            )
        },
        Row {
            options: |options| options.ca(CaProfile::Public).san(SanPolicy::Wildcard),
            ..row(
                "wildcards beside exact names, at a public CA that accepts both",
                |_| {},
                &["note wildcard-phone-edition um", "note wildcard-reach um"],
            )
        },
    ]
}

/// Returns the name of a host with `length` characters.
pub(super) fn host(length: usize) -> String {
    numbered_host(10, length)
}

fn numbered_host(number: usize, length: usize) -> String {
    let rest = length - "um10..contoso.com".len();
    format!("um{number}.{}.contoso.com", "x".repeat(rest))
}

/// Grows the set of Example 1 until its SAN extension takes `length` bytes: a header of 4 bytes, and a tag and a length
/// for each name.
pub(super) fn grow_san(deployment: &mut Deployment, length: usize) {
    let of_example = 4 * (2 + "um1.contoso.com".len());
    let rest = length - 4 - of_example;
    let mut hosts: Vec<String> = (10..72).map(|number| numbered_host(number, 62)).collect();
    hosts.push(numbered_host(99, rest - hosts.len() * (2 + 62) - 2));
    add(deployment, &hosts);
}

/// The names of 200 characters need a length of two bytes each.
#[test]
fn length_of_the_san_extension_is_that_of_the_request() {
    let mut long = deployment(EXAMPLE_1);
    grow_long(&mut long);
    let mut limit = deployment(EXAMPLE_1);
    grow_san(&mut limit, 4097);
    for (deployment, expected) in [(long, None), (limit, Some(4097))] {
        let options = PlanOptions::default().key(FAST);
        let plan = Plan::new(&deployment, &options.sharing(CertificateSharing::OnePerSet)).unwrap();
        let certificate = &plan.certificates()[0];
        let key = KeyPair::generate(FAST).unwrap();
        let request = certificate.request(&key).unwrap();
        let encoded = san_extension_len(request.der());
        assert_eq!(encoded, expected.unwrap_or(encoded));
        let mut findings = plan.findings().iter();
        let found = findings.find(|finding| finding.rule() == Rule::SanExtensionTooLarge);
        let detail = found.unwrap().detail();
        assert!(detail.contains(&format!("{encoded} bytes")), "{detail}");
    }
}

/// Returns the length of the SAN extension's value, which is longer than 255 bytes.
fn san_extension_len(request: &[u8]) -> usize {
    // The OID of the extension (2.5.29.17), and the tag of an OCTET STRING with two bytes of length.
    let header = [0x06, 0x03, 0x55, 0x1d, 0x11, 0x04, 0x82];
    let start = request
        .windows(header.len())
        .position(|window| window == header);
    let length = &request[start.unwrap() + header.len()..];
    usize::from(length[0]) * 256 + usize::from(length[1])
}

#[test]
fn internal_names_have_a_reserved_suffix() {
    for (host, is_internal) in [
        ("um1.contoso.local", true),
        ("um1.contoso.corp", true),
        ("um1.contoso.lan", true),
        ("um1.internal", true),
        ("um1.home.arpa", true),
        ("um1.contoso.test", true),
        ("um1.localhost", true),
        ("um1.invalid", true),
        // The opposites: public suffixes, and labels that end like a reserved suffix or are one elsewhere.
        ("um1.contoso.com", false),
        ("um1.contoso.co.uk", false),
        ("um1.local.contoso.com", false),
        ("um1.contoso-local.net", false),
        ("um1.contoso.onion", false),
        ("um1.in-addr.arpa", false),
        // Only a list of all public suffixes shows that these top-level domains do not exist.
        ("um1.contoso.zzz", cfg!(feature = "public-suffix")),
        ("um1.contoso.mylocal", cfg!(feature = "public-suffix")),
    ] {
        let name: DnsName = name(host);
        assert_eq!(name.is_internal(), is_internal, "{host}");
    }
}
