//! Which CRL and which entry belong to a certificate: names and serial numbers are compared as values.

use super::Scene;
use super::current::Status::{Good, Revoked, Unknown};
use super::current::status;
use crate::support::deployments::{TODAY, um};
use crate::support::encoding::{content, element, elements};
use crate::support::scene::ids;
use umcert::Certificate;

/// Not every CA encodes the numbers of its CRLs in DER (X.690 §8.3.2).
#[test]
fn serial_number_with_padding_in_the_crl_is_found() {
    let scene = Scene::new();
    let ca = &scene.forged.intermediate;
    let server = ca.server(1, |params| {
        params.serial_number = Some(rcgen::SerialNumber::from_slice(&[0x70, 0x01]));
    });
    let padded = ca.resigned(&ca.crl(&[&server], 10), |fields| {
        let mut entry = elements(content(content(&fields[5])));
        entry[0] = element(0x02, &[0, 0, 0x70, 0x01]);
        fields[5] = element(0x30, &element(0x30, &entry.concat()));
    });
    assert_eq!(padded.revoked()[0].serial, [0, 0, 0x70, 0x01]);
    assert!(padded.entry(&server).is_some());
    assert!(padded.entry(&scene.server).is_none());
    let chain = scene.forged.chain(server);
    let audit = scene.forged.audit().presented(um(1), chain);
    let report = audit
        .crls([scene.forged.root.crl(&[], 10), padded])
        .run(TODAY);
    assert_eq!(ids(report.findings()), ["error revoked um1.contoso.com"]);
}

/// RFC 5280 §7.1: string types, case and superfluous blanks make no difference. Another name does.
#[test]
fn issuer_with_another_string_type_is_the_same() {
    let scene = Scene::new();
    let ca = &scene.forged.intermediate;
    let rows: [(u8, &[u8], bool); 4] = [
        (0x0c, b"Intermediate", true),
        (0x13, b"Intermediate", true),
        (0x13, b" INTERMEDIATE ", true),
        (0x13, b"Intermediate 2", false),
    ];
    for (tag, name, is_same) in rows {
        let renamed = |listed: &[&Certificate]| {
            ca.resigned(&ca.crl(listed, 10), |fields| {
                let attribute = [element(0x06, b"\x55\x04\x03"), element(tag, name)].concat();
                fields[2] = element(0x30, &element(0x31, &element(0x30, &attribute)));
            })
        };
        let expected = |if_same| if is_same { if_same } else { Unknown };
        for (crl, expected) in [
            (renamed(&[]), expected(Good)),
            (renamed(&[&scene.server]), expected(Revoked)),
        ] {
            assert_eq!(crl.is_signed_by(&ca.certificate), is_same, "{crl:?}");
            let crls = [scene.forged.root.crl(&[], 10), crl];
            let report = scene.run(crls.clone());
            assert_eq!(status(&report), expected, "{report}");
            assert_eq!(scene.verify(&crls).is_ok(), expected != Revoked);
        }
    }
}
