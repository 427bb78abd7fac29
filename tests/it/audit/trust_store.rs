//! Trust stores: which certificates they use as roots, and which they only list.

use crate::support::deployments::{TODAY, um};
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
        let [(certificate, reason)] = store.unusable() else {
            panic!("{:?}", store.unusable());
        };
        assert_eq!(*certificate, unusable);
        assert!(
            matches!(reason, MalformedError::UnusableRoot(_)),
            "{reason}"
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
    let expected = [1, 2, 3, 4].map(|number| format!("error untrusted-root {}", um(number)));
    assert_eq!(ids(report.findings()), expected, "{report}");
    let mut verdicts = report.verdicts().iter();
    assert!(verdicts.all(|verdict| !verdict.verdict.is_trusted()));
}
