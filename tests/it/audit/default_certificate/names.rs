//! The names by which a default certificate is recognised, as real servers write them.

use super::{audit, kind, unfit};
use crate::support::deployments::TODAY;
use crate::support::encoding::{content, element, elements};
use crate::support::forge;
use crate::support::material::material;
use rcgen::{DistinguishedName, DnType, SanType};
use rustls_pki_types::CertificateDer;
use umcert::audit::{CertificateKind, ExchangeDefault};
use umcert::{Certificate, Chain, TrustStore};

const AUTH: &str = "Microsoft Exchange Server Auth Certificate";
const EXCHANGE: Option<ExchangeDefault> = Some(ExchangeDefault::MicrosoftExchange);
const SERVER_AUTH: Option<ExchangeDefault> = Some(ExchangeDefault::ServerAuth);
const WMSVC: Option<ExchangeDefault> = Some(ExchangeDefault::Wmsvc);

/// A CN, the DNS names of the SAN, and the default certificate that has them.
type Names = (
    &'static str,
    &'static [&'static str],
    Option<ExchangeDefault>,
);

const NAMES: &[Names] = &[
    ("UM1", &["UM1", "um1.contoso.com"], EXCHANGE),
    ("e2k16-1", &["e2k16-1", "e2k16-1.contoso.com"], EXCHANGE),
    (
        "Um1-East",
        &["Um1-East", "Um1-East.contoso.local"],
        EXCHANGE,
    ),
    (
        "Um1-East",
        &["Um1-East", "UM1-EAST.Contoso.LOCAL"],
        EXCHANGE,
    ),
    ("um_1", &["um_1", "um_1.contoso.com"], EXCHANGE),
    ("2019UM", &["2019UM", "2019um.contoso.com"], EXCHANGE),
    (
        "WIN-7TQ0ZB4KX1N",
        &["WIN-7TQ0ZB4KX1N", "WIN-7TQ0ZB4KX1N.contoso.com"],
        EXCHANGE,
    ),
    // The administrator chose another NetBIOS name.
    ("UM1", &["UM1", "telephony.contoso.com"], EXCHANGE),
    // Longer than a NetBIOS name, and the first label of the FQDN.
    (
        "um-server-tukwila",
        &["um-server-tukwila", "um-server-tukwila.contoso.com"],
        EXCHANGE,
    ),
    (
        "um-server-tukwila",
        &["um-server-tukwila", "um1.contoso.com"],
        None,
    ),
    ("UM1", &[], None),
    ("UM1", &["UM1"], None),
    ("UM1", &["um1.contoso.com", "UM1"], None),
    ("UM1", &["UM2", "um1.contoso.com"], None),
    ("UM1", &["UM1", "um1"], None),
    ("UM1", &["UM1", "10.0.0.1"], None),
    ("UM1", &["UM1", "*.contoso.com"], None),
    ("UM1", &["UM1", "um1.contoso.com", "mail.contoso.com"], None),
    ("-UM1", &["-UM1", "um1.contoso.com"], None),
    ("UM1-", &["UM1-", "um1.contoso.com"], None),
    ("UM 1", &["UM 1", "um1.contoso.com"], None),
    // A value that reads as several attributes.
    ("UM1, O=x", &["UM1, O=x", "um1.contoso.com"], None),
    ("UM1, O=x", &["UM1", "um1.contoso.com"], None),
    ("UM1 + O=x", &["UM1 + O=x", "um1.contoso.com"], None),
    (AUTH, &[], SERVER_AUTH),
    (AUTH, &["contoso.com"], SERVER_AUTH),
    (AUTH, &["Contoso.local"], SERVER_AUTH),
    (AUTH, &["*.contoso.com"], SERVER_AUTH),
    (AUTH, &["contoso.com", "fabrikam.com"], None),
    (AUTH, &["not a domain"], None),
    ("Microsoft Exchange Server Auth Certificate 2", &[], None),
    ("Microsoft Exchange Server Auth Certificate, O=x", &[], None),
    ("WMSvc-UM1", &[], WMSVC),
    ("WMSvc-UM1", &["WMSvc-UM1"], WMSVC),
    ("WMSvc-um_1", &[], WMSVC),
    ("WMSvc-WIN-7TQ0ZB4KX1N", &[], WMSVC),
    ("WMSvc-SHA2-UM1", &[], WMSVC),
    ("WMSvc-SHA2-WIN-7TQ0ZB4KX1N", &[], WMSVC),
    (
        "WMSvc-SHA2-WIN-7TQ0ZB4KX1N",
        &["WMSvc-SHA2-WIN-7TQ0ZB4KX1N"],
        WMSVC,
    ),
    ("WMSvc-SHA2-WIN-7TQ0ZB4KX1NX", &[], None),
    ("WMSvc-WIN-7TQ0ZB4KX1NX", &[], None),
    ("WMSvc-", &[], None),
    ("WMSvc-SHA2-", &[], None),
    ("WMSvc-UM1", &["UM1"], None),
    ("WMSvc-UM1, O=x", &[], None),
    ("WMSvc-um1.contoso.com", &[], None),
    // Other self-signed certificates that real servers hold.
    ("localhost", &[], None),
    ("localhost", &["localhost"], None),
    (
        "mail.contoso.com",
        &["mail.contoso.com", "autodiscover.contoso.com"],
        None,
    ),
];

fn self_signed(subject: DistinguishedName, san: Vec<SanType>) -> Chain {
    let mut params = forge::server_params(1);
    params.distinguished_name = subject;
    params.subject_alt_names = san;
    let own = params.self_signed(&forge::rcgen_key()).unwrap();
    [forge::certificate(own)].into_iter().collect()
}

#[test]
fn names_decide_which_default_a_certificate_is() {
    for row @ (cn, san, expected) in NAMES {
        let kind = kind(&self_signed(forge::subject(cn), forge::sans(san)));
        match (&kind, expected) {
            (CertificateKind::ExchangeDefault { default, .. }, Some(expected)) => {
                assert_eq!(default, expected, "{row:?}");
            }
            (CertificateKind::SelfSigned, None) => {}
            _ => panic!("{row:?}: {kind}"),
        }
    }
}

#[test]
fn other_attributes_and_other_kinds_of_names_are_no_default() {
    let mut two = forge::subject("UM1");
    two.push(DnType::OrganizationName, "x");
    let dns = forge::sans(&["UM1", "um1.contoso.com"]);
    let email = SanType::Rfc822Name("um1.contoso.com".try_into().unwrap());
    for (subject, san) in [
        (two, dns.clone()),
        (DistinguishedName::new(), dns.clone()),
        (forge::subject("UM1"), vec![dns[0].clone(), email]),
    ] {
        let kind = kind(&self_signed(subject, san));
        assert_eq!(kind, CertificateKind::SelfSigned);
    }
}

/// Returns a certificate with the names of setup, whose own key signed it after `change` of the parts of what is signed.
fn signed_after(change: impl FnOnce(&mut Vec<Vec<u8>>)) -> CertificateDer<'static> {
    let key = forge::rcgen_key();
    let mut params = forge::server_params(1);
    params.distinguished_name = forge::subject("UM1");
    params.subject_alt_names = forge::sans(&["UM1", "um1.contoso.com"]);
    let made = params.self_signed(&key).unwrap();
    let parts = elements(content(made.der()));
    let mut tbs = elements(content(&parts[0]));
    change(&mut tbs);
    let tbs = element(0x30, &tbs.concat());
    let signature = rcgen::SigningKey::sign(&key, &tbs).unwrap();
    let signature = element(0x03, &[vec![0], signature].concat());
    element(0x30, &[tbs, parts[1].clone(), signature].concat()).into()
}

/// The name with the attributes `CN=UM1` and `O=x` in one relative distinguished name.
fn multi_valued_name() -> Vec<u8> {
    let attribute = |oid: &[u8], value: &[u8]| {
        element(0x30, &[element(0x06, oid), element(0x0c, value)].concat())
    };
    let cn = attribute(&[0x55, 0x04, 0x03], b"UM1");
    let organization = attribute(&[0x55, 0x04, 0x0a], b"x");
    element(0x30, &element(0x31, &[organization, cn].concat()))
}

#[test]
fn multi_valued_attribute_is_no_default() {
    let whole = Certificate::from_der(signed_after(|_| {})).unwrap();
    assert!(matches!(
        whole.kind(),
        CertificateKind::ExchangeDefault { .. }
    ));
    let changed = signed_after(|tbs| {
        // Issuer and subject (RFC 5280 §4.1).
        tbs[3] = multi_valued_name();
        tbs[5] = multi_valued_name();
    });
    let changed = Certificate::from_der(changed).unwrap();
    assert_eq!(changed.common_names(), ["UM1"]);
    assert_eq!(changed.kind(), CertificateKind::SelfSigned);
}

/// RFC 5280 §4.1.1.2: the algorithm stands inside and outside of what is signed, and must be the same.
#[test]
fn algorithms_that_differ_inside_and_outside_are_no_default() {
    let ecdsa_with_sha384 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
    let der = signed_after(|tbs| tbs[2] = element(0x30, &element(0x06, &ecdsa_with_sha384)));
    let chain: Chain = [der].into_iter().collect();
    let found = chain.certificate_kind();
    assert!(
        !matches!(found, Some(CertificateKind::ExchangeDefault { .. })),
        "{found:?}"
    );
    let report = audit(&chain, &TrustStore::default(), TODAY);
    assert!(!report.is_trusted(), "{report}");
}

/// Certificates that the setups of Exchange 2016 and 2019 made, with the properties that differ from what setup makes.
const SAMPLES: &[(&str, ExchangeDefault, &[&str])] = &[
    (
        "default-exchange-2018-sha1",
        ExchangeDefault::MicrosoftExchange,
        &[],
    ),
    ("default-auth-1800-days", ExchangeDefault::ServerAuth, &[]),
    (
        "auth-renewed-1826-days",
        ExchangeDefault::ServerAuth,
        &["validity"],
    ),
    ("default-wmsvc-no-san", ExchangeDefault::Wmsvc, &[]),
    ("default-wmsvc-sha2-no-san", ExchangeDefault::Wmsvc, &[]),
];

#[test]
fn certificates_of_real_servers_are_recognised() {
    let Some(folder) = material("UMCERT_SAMPLES") else {
        return;
    };
    for row @ (file, expected, marks) in SAMPLES {
        let path = folder.join(file).with_extension("pem");
        let chain = Chain::from_bytes(&std::fs::read(path).unwrap()).unwrap();
        let (default, checks) = super::default_of(&chain);
        assert_eq!(default, *expected, "{row:?}");
        assert_eq!(unfit(&checks), *marks, "{row:?}: {checks:#?}");
    }
}
