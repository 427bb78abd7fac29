//! Any bytes as a certificate revocation list, alone and in a verdict.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use umcert::audit::VerifyError;
use umcert::{Chain, Crl, DnsName, TrustStore};
use umcert_fuzz::{AT, CA, assert_printable};

/// A valid chain with its name and root.
struct Scene {
    name: DnsName,
    chain: Chain,
    roots: TrustStore,
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| {
    let issued = CA.issue_names(["um1.contoso.com"]).expect("it is issued");
    Scene {
        name: "um1.contoso.com".parse().expect("it is a name"),
        chain: issued.chain().clone(),
        roots: CA.roots().into(),
    }
});

fuzz_target!(|bytes: &[u8]| {
    match Crl::from_bytes(bytes) {
        Ok(crl) => {
            assert_facts(&crl);
            assert_eq!(
                Crl::from_bytes(crl.to_pem().as_bytes()).ok().as_ref(),
                Some(&crl)
            );
            assert_verdict(&crl);
        }
        Err(error) => assert_printable(&error.to_string()),
    }
});

fn assert_facts(crl: &Crl) {
    assert_printable(crl.issuer());
    assert_printable(crl.signature_algorithm());
    let _ = (crl.this_update(), crl.next_update());
    let _ = format!("{crl:?}");
    for certificate in SCENE.chain.certificates() {
        let listed = crl
            .revoked()
            .iter()
            .any(|it| it.serial.ends_with(certificate.serial()));
        assert!(
            crl.entry(certificate).is_none() || listed,
            "an entry is in the list"
        );
    }
}

/// Checks that a CRL of another issuer changes no verdict. One whose signature cannot be verified may be of this issuer.
fn assert_verdict(crl: &Crl) {
    let Scene { name, chain, roots } = &*SCENE;
    let is_ours = CA
        .roots()
        .iter()
        .chain(CA.intermediates())
        .any(|ca| crl.is_signed_by(ca));
    let verdict = roots.verify_with_crls(chain, name, AT, std::slice::from_ref(crl));
    let is_not_judged = matches!(verdict, Err(VerifyError::NotJudged { .. }));
    assert!(verdict.is_ok() || is_ours || is_not_judged, "{verdict:?}");
}
