//! Trust stores: which certificates they use as roots, and which they only list.

use crate::support::deployments::{TODAY, um};
use crate::support::encoding::{content, element, elements};
use crate::support::errors::full_text;
use crate::support::forge::Forge;
use crate::support::scene::{Forged, ids};
use umcert::x509::{MalformedError, ReadError};
use umcert::{Certificate, Chain, Rule, TrustStore};

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
        let error = store.verify(&chain(&root), um(1), TODAY).unwrap_err();
        assert_eq!(error.rules(), [Rule::PathNotJudged]);
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

/// The root is in both stores, and Windows may be able to use it.
#[test]
fn path_to_unusable_root_is_not_judged() {
    let forged = Forged::new();
    let report = |root: &Certificate| {
        let store: TrustStore = [unusable(root)].into_iter().collect();
        let audit = forged.audit().lync_roots(&store);
        audit.exchange_roots(&store).run(TODAY)
    };
    let namesake = Forge::root("Root");
    for (root, rule, is_judged) in [
        (&forged.root, "path-not-judged", false),
        (&namesake, "untrusted-root", true),
    ] {
        let report = report(&root.certificate);
        let mut expected = [1, 2, 3, 4]
            .map(|number| format!("error {rule} {}", um(number)))
            .to_vec();
        let of_stores = ["contoso.com", "lync"];
        expected.extend(of_stores.map(|it| format!("warning root-store-entry-unreadable {it}")));
        assert_eq!(ids(report.findings()), expected, "{report}");
        assert_eq!(report.is_not_judged(), !is_judged);
        for verdict in report.verdicts() {
            let id = verdict.verdict.id();
            assert_eq!(id, if is_judged { "refused" } else { "not-judged" });
        }
    }
}

/// One side has the unusable root, and the other has no root at all.
#[test]
fn unusable_root_of_one_side_leaves_the_other_refusing() {
    let forged = Forged::new();
    let store: TrustStore = [unusable(&forged.root.certificate)].into_iter().collect();
    let audit = forged.audit().lync_roots(&store);
    let report = audit.exchange_roots(TrustStore::default()).run(TODAY);
    let verdicts = report.verdicts().iter().take(2);
    let ids: Vec<&str> = verdicts.map(|it| it.verdict.id()).collect();
    assert_eq!(ids, ["not-judged", "refused"], "{report}");
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
            "certificate 1 cannot be used: not usable as a trust anchor",
        ),
        (
            DAMAGED.to_owned() + &pem(&[&odd]),
            "certificate 1 cannot be used: malformed",
        ),
    ] {
        let error = TrustStore::from_bytes(file.as_bytes()).unwrap_err();
        let text = full_text(&error);
        assert!(text.starts_with(first), "{text}");
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
    assert!(reason.contains("UniqueID (RFC 5280 §4.1.2.8)"), "{reason}");
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
