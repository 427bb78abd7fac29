//! Trust stores: which certificates they use as roots, and which they only list.

use crate::support::deployments::{TODAY, um};
use crate::support::encoding::{content, element, elements};
use crate::support::forge::Forge;
use crate::support::scene::{Forged, ids};
use umcert::audit::{PathError, VerifyError};
use umcert::x509::{MalformedError, ReadError};
use umcert::{Certificate, Chain, TrustStore};

/// Returns `root` as a certificate of version 2, which `x509-parser` reads and webpki does not.
fn unusable(root: &Certificate) -> Certificate {
    let mut der = root.der().to_vec();
    let version_3 = b"\xa0\x03\x02\x01\x02";
    let mut windows = der.windows(version_3.len());
    let start = windows.position(|window| window == version_3).unwrap();
    der[start + version_3.len() - 1] = 1;
    Certificate::from_der(der.into()).unwrap()
}

fn chain(root: &Forge) -> Chain {
    [root.server(1, |_| {})].into_iter().collect()
}

#[test]
fn store_of_unusable_root_lists_it_and_trusts_nothing() {
    let root = Forge::root("Root");
    let unusable = unusable(&root.certificate);
    let stores = [
        TrustStore::from(&[unusable.clone()][..]),
        [unusable.clone()].into_iter().collect(),
    ];
    for store in stores {
        assert_eq!(store.roots(), []);
        let [entry] = store.unusable() else {
            panic!("{:?}", store.unusable());
        };
        assert_eq!(entry.entry, 1);
        assert_eq!(entry.certificate.as_ref(), Some(&unusable));
        assert!(
            matches!(entry.reason, MalformedError::UnusableRoot(_)),
            "{entry:?}"
        );
        assert_eq!(
            store.verify(&chain(&root), um(1), TODAY),
            Err(VerifyError::Path(PathError::UnknownIssuer))
        );
    }
}

#[test]
fn store_with_one_unusable_root_trusts_the_others() {
    let (root, other) = (Forge::root("Root"), Forge::root("Other"));
    let unusable = unusable(&other.certificate);
    let store = TrustStore::from(&[unusable.clone(), root.certificate.clone()][..]);
    assert_eq!(store.roots(), std::slice::from_ref(&root.certificate));
    assert_eq!(store.unusable().len(), 1);
    assert!(store.verify(&chain(&root), um(1), TODAY).is_ok());
    assert!(store.verify(&chain(&other), um(1), TODAY).is_err());
}

#[test]
fn try_new_refuses_unusable_root_by_its_position() {
    let (root, other) = (Forge::root("Root"), Forge::root("Other"));
    let all = [root.certificate.clone(), unusable(&other.certificate)];
    let error = TrustStore::try_new(all).unwrap_err();
    assert!(
        matches!(error, ReadError::Malformed { entry: 2, .. }),
        "{error}"
    );
    let store = TrustStore::try_new([root.certificate.clone()]).unwrap();
    assert_eq!(store.roots(), [root.certificate]);
    assert_eq!(store.unusable(), []);
}

#[test]
fn audit_with_unusable_root_only_trusts_no_server() {
    let forged = Forged::new();
    let unusable = TrustStore::from(&[unusable(&forged.root.certificate)][..]);
    let audit = forged.audit().lync_roots(&unusable);
    let report = audit.exchange_roots(&unusable).run(TODAY);
    let mut expected = [1, 2, 3, 4]
        .map(|number| format!("error untrusted-root {}", um(number)))
        .to_vec();
    let of_stores = ["contoso.com", "lync"];
    expected.extend(of_stores.map(|it| format!("warning root-store-entry-unreadable {it}")));
    assert_eq!(ids(report.findings()), expected, "{report}");
    let mut verdicts = report.verdicts().iter();
    assert!(verdicts.all(|verdict| !verdict.verdict.is_trusted()));
}

fn pem(certificates: &[&Certificate]) -> String {
    certificates.iter().map(|it| it.to_pem()).collect()
}

/// A section that is labelled as a certificate and contains none.
const DAMAGED: &str = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";

#[test]
fn file_keeps_usable_roots_and_names_the_others() {
    let (first, second) = (Forge::root("First"), Forge::root("Second"));
    let odd = unusable(&Forge::root("Odd").certificate);
    let file = [
        &pem(&[&first.certificate]),
        DAMAGED,
        &pem(&[&odd, &second.certificate]),
    ]
    .concat();
    let store = TrustStore::from_bytes(file.as_bytes()).unwrap();
    let usable = [first.certificate.clone(), second.certificate.clone()];
    assert_eq!(store.roots(), usable);
    let unusable: Vec<_> = store.unusable().iter().collect();
    let entries: Vec<usize> = unusable.iter().map(|it| it.entry).collect();
    assert_eq!(entries, [2, 3]);
    assert_eq!(unusable[0].certificate, None);
    assert_eq!(unusable[1].certificate, Some(odd));
    for root in [&first, &second] {
        assert!(store.verify(&chain(root), um(1), TODAY).is_ok());
    }
}

#[test]
fn file_without_usable_root_is_an_error_for_the_first() {
    let odd = unusable(&Forge::root("Odd").certificate);
    for (file, first) in [
        (
            pem(&[&odd]) + DAMAGED,
            "certificate 1 is not usable as a trust anchor",
        ),
        (
            DAMAGED.to_owned() + &pem(&[&odd]),
            "certificate 1 is malformed",
        ),
    ] {
        let error = TrustStore::from_bytes(file.as_bytes()).unwrap_err();
        assert!(error.to_string().starts_with(first), "{error}");
    }
    assert!(TrustStore::from_bytes(b"").is_err());
}

/// Returns `root` with the unique identifier of its issuer, signed again by no key: RFC 5280 §4.1.2.8 allows such
/// identifiers, and webpki does not read them.
fn with_unique_identifier(root: &Certificate) -> Certificate {
    let parts = elements(content(root.der()));
    let mut tbs = elements(content(&parts[0]));
    let extensions = tbs.pop().unwrap();
    tbs.extend([element(0x81, &[0, 0xab]), extensions]);
    let tbs = element(0x30, &tbs.concat());
    let der = element(0x30, &[tbs, parts[1].clone(), parts[2].clone()].concat());
    Certificate::from_der(der.into()).unwrap()
}

#[test]
fn root_with_unique_identifier_is_named_and_not_needed() {
    let root = Forge::root("Root");
    let odd = with_unique_identifier(&Forge::root("Odd").certificate);
    let file = pem(&[&root.certificate, &odd]);
    let store = TrustStore::from_bytes(file.as_bytes()).unwrap();
    assert_eq!(store.roots(), std::slice::from_ref(&root.certificate));
    let [entry] = store.unusable() else {
        panic!("{:?}", store.unusable());
    };
    assert_eq!((entry.entry, entry.certificate.as_ref()), (2, Some(&odd)));
    let reason = entry.reason.to_string();
    assert!(reason.contains("unique identifier"), "{reason}");
    assert!(store.verify(&chain(&root), um(1), TODAY).is_ok());
}

#[test]
fn root_that_occurs_twice_is_one_root() {
    let (root, other) = (Forge::root("Root"), Forge::root("Other"));
    let file = pem(&[&root.certificate, &other.certificate, &root.certificate]);
    let store = TrustStore::from_bytes(file.as_bytes()).unwrap();
    let distinct = [root.certificate.clone(), other.certificate.clone()];
    assert_eq!(store.roots(), distinct);
    assert_eq!(store.unusable(), []);
}
