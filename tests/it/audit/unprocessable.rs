//! Encodings that Windows and OpenSSL read and webpki does not: their paths are not judged.

use std::fs;

use crate::support::deployments::{TODAY, um};
use crate::support::encoding::{content, element, elements};
use crate::support::forge::server_params;
use crate::support::openssl::openssl;
use crate::support::scene::{Forged, assert_finds};
use crate::support::snapshot::assert_lines;
use expect_test::expect;
use rcgen::{CustomExtension, IsCa};
use tempfile::tempdir;
use umcert::{Certificate, Chain};

/// The timestamps of certificate transparency (RFC 6962 §3.3).
const TIMESTAMPS: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 4, 2];

type Change = fn(&mut Vec<Vec<u8>>);

const CHANGES: &[Change] = &[
    |fields| fields.insert(7, element(0x81, b"\x00\xaa\xbb")),
    |fields| fields.insert(7, element(0x82, b"\x00\xaa\xbb")),
    // TRUE of the basic constraints' `critical` as 01.
    |fields| {
        let mut extensions = elements(content(content(&fields[7])));
        for extension in &mut extensions {
            let at = extension.windows(3).position(|it| it == b"\x01\x01\xff");
            if let Some(at) = at {
                extension[at + 2] = 1;
            }
        }
        fields[7] = element(0xa3, &element(0x30, &extensions.concat()));
    },
];

#[test]
fn unprocessable_encoding_is_named_and_not_judged() {
    let forged = Forged::new();
    let mut details = Vec::new();
    let mut assert_not_judged = |chain: Chain| {
        let report = forged.audit().presented(um(1), chain).run(TODAY);
        assert_finds(&report, &["error path-not-judged um1.contoso.com"]);
        assert!(!report.is_trusted() && report.is_not_judged(), "{report}");
        let detail = report.findings()[0].detail();
        details.push(detail.split(" (thumbprint").next().unwrap().to_owned());
    };
    let server = forged.intermediate.server(1, |params| {
        params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    });
    for change in CHANGES {
        let changed = forged.intermediate.with_fields(&server, change);
        assert_not_judged(forged.chain(Certificate::from_der(changed).unwrap()));
    }
    let intermediate = &forged.intermediate.certificate;
    let changed = Certificate::from_der(forged.root.with_fields(intermediate, CHANGES[0]));
    assert_not_judged([server, changed.unwrap()].into_iter().collect());

    for oid in [TIMESTAMPS, &[2, 5, 29, 31]] {
        let mut params = server_params(1);
        if oid != TIMESTAMPS {
            params.crl_distribution_points.clear();
        }
        let garbage = CustomExtension::from_oid_content(oid, b"garbage".to_vec());
        params.custom_extensions.push(garbage);
        let server = Certificate::from_der(forged.intermediate.raw(&params)).unwrap();
        assert_not_judged(forged.chain(server));
    }

    let below = forged.root.intermediate("Below", |params| {
        params.is_ca = IsCa::NoCa;
        let constraints = b"\x30\x07\x01\x01\xff\x02\x02\x01\x2c".to_vec();
        let mut constraints = CustomExtension::from_oid_content(&[2, 5, 29, 19], constraints);
        constraints.set_criticality(true);
        params.custom_extensions.push(constraints);
    });
    let server = below.server(1, |_| {});
    assert_not_judged([server, below.certificate.clone()].into_iter().collect());
    assert_lines(
        details,
        &expect![[r#"
            its certificate has an issuerUniqueID (RFC 5280 §4.1.2.8), which this crate cannot process
            its certificate has a subjectUniqueID (RFC 5280 §4.1.2.8), which this crate cannot process
            its certificate encodes TRUE as 01 instead of FF in the `critical` of extension key usage (2.5.29.15) (X.690 §11.1), which this crate cannot process
            the CA certificate `CN=Intermediate` has an issuerUniqueID (RFC 5280 §4.1.2.8), which this crate cannot process
            its certificate has a malformed extension signed certificate timestamps (1.3.6.1.4.1.11129.2.4.2), which this crate cannot process
            its certificate has a malformed extension CRL distribution points (2.5.29.31), which this crate cannot process
            the CA certificate `CN=Below` has a path length of 300 (RFC 5280 §4.2.1.9), which this crate cannot process
        "#]],
    );
}

#[test]
fn openssl_trusts_unprocessable_encodings() {
    let forged = Forged::new();
    let server = forged.intermediate.server(1, |params| {
        params.key_usages = vec![rcgen::KeyUsagePurpose::DigitalSignature];
    });
    let folder = tempdir().unwrap();
    let write = |file: &str, text: String| fs::write(folder.path().join(file), text).unwrap();
    write("root.pem", forged.root.certificate.to_pem());
    write("ca.pem", forged.intermediate.certificate.to_pem());
    for (row, change) in CHANGES.iter().enumerate() {
        let changed = forged.intermediate.with_fields(&server, change);
        write("um1.pem", Certificate::from_der(changed).unwrap().to_pem());
        let time = TODAY.unix_timestamp().to_string();
        let arguments = [
            "verify",
            "-CAfile",
            "root.pem",
            "-untrusted",
            "ca.pem",
            "-attime",
            &time,
            "um1.pem",
        ];
        let Some(output) = openssl(&arguments, folder.path()) else {
            return;
        };
        assert!(output.status.success(), "{row}: {output:?}");
    }
}
