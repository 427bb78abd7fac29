//! Parts of a file that are not read: each is reported, and none changes the verdict.

use crate::support::deployments::{EXAMPLE_1, TODAY, um};
use crate::support::forms::pem;
use crate::support::scene::{Scene, ids};
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use umcert::{CertificateRequest, Chain, SanPolicy};

#[test]
fn skipped_section_is_noted_with_its_kind() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let issued = scene.bundle.certificate(&um(1)).unwrap();
    let key = issued.key().to_pem();
    let chain = issued.chain().to_pem();
    let end_entity = issued.chain().certificates().next().unwrap();
    let crl = scene.ca.crls(TODAY, []).unwrap()[0].to_pem();
    let request = issued.request().to_pem();
    // X509_CERT_AUX of OpenSSL: trusted for server authentication.
    let settings = b"\x30\x0c\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
    let trusted = pem(
        "TRUSTED CERTIFICATE",
        &[&end_entity.der()[..], settings].concat(),
    );
    let issuers: String = issued
        .chain()
        .intermediates()
        .map(|it| it.to_pem())
        .collect();
    let rows = [
        ("a key after it", format!("{chain}{}", key.as_str())),
        ("a key before it", format!("{}{chain}", key.as_str())),
        ("a CRL and a request", format!("{chain}{crl}{request}")),
        (
            "parameters",
            format!(
                "{}{chain}",
                pem("EC PARAMETERS", b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07")
            ),
        ),
        ("trust settings", format!("{trusted}{issuers}")),
        ("ten keys", format!("{chain}{}", key.as_str().repeat(10))),
    ];
    let mut findings = Vec::new();
    for (case, file) in rows {
        let presented = Chain::from_bytes(file.as_bytes()).unwrap();
        assert_eq!(&presented, issued.chain(), "{case}");
        assert_eq!(presented.sorted().skipped(), presented.skipped(), "{case}");
        let report = scene.audit().presented(um(1), presented).run(TODAY);
        assert_eq!(
            ids(report.findings()),
            ["note section-skipped um1.contoso.com"],
            "{case}: {report}"
        );
        for line in key.as_str().lines().filter(|line| !line.starts_with('-')) {
            assert!(
                !format!("{report} {report:?}").contains(&line[..8]),
                "{case}"
            );
        }
        findings.push((case, report.findings()[0].detail().to_owned()));
    }
    assert_rows(
        findings,
        &expect![[r#"
        a key after it: a part of its file was not read: section 3 is a private key
        a key before it: a part of its file was not read: section 1 is a private key
        a CRL and a request: a part of its file was not read: section 3 is a CRL, section 4 is a certificate request
        parameters: a part of its file was not read: section 1 is the parameters of an elliptic curve
        trust settings: a part of its file was not read: section 1 is followed by trust settings of OpenSSL
        ten keys: a part of its file was not read: section 3 is a private key, section 4 is a private key, section 5 is a private key, section 6 is a private key, section 7 is a private key, section 8 is a private key, section 9 is a private key, section 10 is a private key, 2 more
    "#]],
    );
    let report = scene.audit().run(TODAY);
    assert_eq!(report.findings(), [], "{report}");
}

#[test]
fn skipped_section_of_a_request_is_noted() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let issued = scene.bundle.certificate(&um(1)).unwrap();
    let pem = issued.request().to_pem();
    let with_key = format!("{}{pem}", issued.key().to_pem().as_str());
    for (file, expected) in [
        (pem, &[][..]),
        (with_key, &["note section-skipped um1.contoso.com"]),
    ] {
        let request = CertificateRequest::from_bytes(file.as_bytes()).unwrap();
        let report = scene.audit().requested(um(1), request).run(TODAY);
        assert_eq!(ids(report.findings()), expected, "{report}");
    }
}

/// Tools append line breaks or zeros to DER. The remedy for anything else is about the file.
#[test]
fn bytes_after_a_certificate_are_noted_or_refused() {
    let scene = Scene::new(EXAMPLE_1, SanPolicy::EveryServer);
    let issued = scene.bundle.certificate(&um(1)).unwrap();
    let end_entity = issued.chain().certificates().next().unwrap();
    let audit = |end: &[u8]| {
        let file = [&end_entity.der()[..], end].concat();
        let chain = Chain::from_bytes(&file).unwrap();
        let report = scene.audit().presented(um(1), chain).run(TODAY);
        report.findings().to_vec()
    };
    // The intermediate is missing from a single certificate.
    let plain = audit(b"");
    let padded = audit(b"\r\n");
    assert_eq!(padded.len(), plain.len() + 1, "{padded:?}");
    let note = padded.iter().find(|it| it.rule().id() == "section-skipped");
    assert_eq!(
        note.unwrap().detail(),
        "a part of its file was not read: section 1 is followed by 2 blank or zero bytes"
    );
    let refused = audit(b"\r\nx");
    assert_eq!(
        ids(&refused),
        ["error malformed-certificate um1.contoso.com"]
    );
    let remedy = refused[0].remedy();
    assert!(remedy.contains("cut off"), "{remedy}");
    assert!(
        !refused[0].remedy().contains("CA"),
        "{}",
        refused[0].remedy()
    );
}
