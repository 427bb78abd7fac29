//! Any two lines as a SAN entry and a host name: coverage, compared with a naive implementation and webpki.
#![no_main]

use std::fmt::Display;
use std::str::FromStr;

use libfuzzer_sys::fuzz_target;
use rustls_pki_types::ServerName;
use umcert::name::NameError;
use umcert::{DnsName, SanName, TrustStore};
use umcert_fuzz::{AT, CA, assert_printable, naively_covers};
use webpki::EndEntityCert;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (first, second) = text.split_once('\n').unwrap_or((text, text));
    let san = parsed::<SanName>(first);
    let host = parsed::<DnsName>(second);
    if let Some(host) = &host {
        assert_known_to_rustls(host);
        assert_own_names_cover(host);
    }
    if let (Some(san), Some(host)) = (san, host) {
        assert_eq!(san.covers(&host), naively_covers(first, second));
        assert_set_agrees(&san, &host);
        assert_webpki_agrees(&san, &host);
    }
});

/// Parses `text` as a name. It prints as `text` in lower case, and the print parses to an equal name.
fn parsed<T>(text: &str) -> Option<T>
where
    T: FromStr<Err = NameError> + Display + PartialEq,
{
    match text.parse::<T>() {
        Ok(name) => {
            let printed = name.to_string();
            assert_eq!(printed, text.to_ascii_lowercase());
            assert!(printed.parse().as_ref() == Ok(&name), "{printed}");
            Some(name)
        }
        Err(error) => {
            assert_printable(&error.to_string());
            None
        }
    }
}

/// Checks that rustls accepts the name. Otherwise a plan could contain a name that no client can verify.
fn assert_known_to_rustls(host: &DnsName) {
    let name = ServerName::try_from(host.as_str());
    assert!(matches!(name, Ok(ServerName::DnsName(_))), "{host}");
}

/// Checks that a name is covered by itself and by the wildcard of its domain.
fn assert_own_names_cover(host: &DnsName) {
    let wildcard = SanName::wildcard_over(host);
    assert_eq!(wildcard.is_some(), host.as_str().matches('.').count() > 1);
    for san in wildcard.into_iter().chain([SanName::from(host)]) {
        assert!(san.covers(host));
        assert!(naively_covers(&san.to_string(), host.as_str()));
        assert_eq!(parsed(&san.to_string()), Some(san));
    }
}

/// Checks that a look-up among many entries agrees with the entry.
fn assert_set_agrees(san: &SanName, host: &DnsName) {
    let set = [san.clone()];
    let expected = san.covers(host).then_some(san);
    assert_eq!(SanName::find_covering(&set, host), expected);
}

/// Checks that webpki and our verdict trust a certificate with this entry for exactly the names that it covers.
fn assert_webpki_agrees(san: &SanName, host: &DnsName) {
    let own: SanName = "the.own.name".parse().expect("it is a name");
    // A name that is too long for a CN is not issued.
    let Ok(issued) = CA.issue_names([own.clone(), san.clone()]) else {
        return;
    };
    let expected = san.covers(host) || own.covers(host);
    let verdict = TrustStore::from(CA.roots()).verify(issued.chain(), host, AT);
    assert_eq!(verdict.is_ok(), expected, "{san} for {host}: {verdict:?}");

    let end_entity = issued.chain().certificates().next().expect("it is issued");
    let end_entity = EndEntityCert::try_from(end_entity.der()).expect("webpki reads it");
    let name = ServerName::try_from(host.as_str()).expect("rustls knows it");
    let matched = end_entity.verify_is_valid_for_subject_name(&name);
    assert_eq!(matched.is_ok(), expected, "{san} for {host}: {matched:?}");
}
