//! Signature algorithms: every one that webpki verifies is verified, and no other counts as invalid.

use std::path::Path;

use crate::support::deployments::TODAY;
use crate::support::encoding::{content, element, elements};
use crate::support::errors::full_text;
use crate::support::openssl::openssl;
use crate::support::scene::ca;
use crate::support::snapshot::assert_rows;
use expect_test::expect;
use rustls_pki_types::CertificateDer;
use umcert::x509::SelfSignature;
use umcert::{Certificate, Chain, Crl};

/// What each cryptography library makes of a valid signature.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Verifies {
    Both,
    AwsLcRsOnly,
    None,
}

/// The algorithm of a new key and the digest, as options of OpenSSL.
const ROWS: [(&str, &str, Verifies); 17] = [
    (
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "-sha256",
        Verifies::Both,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "-sha384",
        Verifies::Both,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:P-256",
        "-sha512",
        Verifies::AwsLcRsOnly,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "-sha256",
        Verifies::Both,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "-sha384",
        Verifies::Both,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:P-384",
        "-sha512",
        Verifies::AwsLcRsOnly,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:P-521",
        "-sha256",
        Verifies::AwsLcRsOnly,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:P-521",
        "-sha384",
        Verifies::AwsLcRsOnly,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:P-521",
        "-sha512",
        Verifies::AwsLcRsOnly,
    ),
    (
        "ec -pkeyopt ec_paramgen_curve:secp256k1",
        "-sha256",
        Verifies::None,
    ),
    ("rsa:2048", "-sha1", Verifies::Both),
    ("rsa:2048", "-sha256", Verifies::Both),
    ("rsa:2048", "-sha384", Verifies::Both),
    ("rsa:2048", "-sha512", Verifies::Both),
    (
        "rsa:2048",
        "-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32",
        Verifies::Both,
    ),
    ("rsa:2048", "-md5", Verifies::None),
    ("ed25519", "-sha256", Verifies::Both),
];

/// Returns a new self-signed certificate. Returns `None` without OpenSSL.
fn self_signed(key: &str, digest: &str, folder: &Path) -> Option<Certificate> {
    let line = format!(
        "req -x509 -newkey {key} {digest} -nodes -subj /CN=Root -keyout key.pem -out root.pem"
    );
    let arguments: Vec<&str> = line.split(' ').collect();
    let output = openssl(&arguments, folder)?;
    assert!(output.status.success(), "{line}: {output:?}");
    let chain = Chain::from_bytes(&std::fs::read(folder.join("root.pem")).unwrap()).unwrap();
    chain.certificates().next().cloned()
}

/// Returns the certificate with a bit of its signature changed.
fn tampered(certificate: &Certificate) -> Certificate {
    let mut der = certificate.der().to_vec();
    *der.last_mut().unwrap() ^= 1;
    Certificate::from_der(der.into()).unwrap()
}

#[test]
fn signature_is_verified_if_the_backend_can() {
    let folder = tempfile::tempdir().unwrap();
    for row @ (key, digest, verifies) in ROWS {
        let Some(root) = self_signed(key, digest, folder.path()) else {
            return;
        };
        let is_verified = match verifies {
            Verifies::Both => true,
            Verifies::AwsLcRsOnly => cfg!(feature = "aws-lc-rs"),
            Verifies::None => false,
        };
        let (valid, invalid) = if is_verified {
            (SelfSignature::Valid, SelfSignature::Invalid)
        } else {
            (SelfSignature::Unsupported, SelfSignature::Unsupported)
        };
        assert_eq!(root.self_signature(), valid, "{row:?}");
        assert_eq!(root.is_signed_by(&root), is_verified, "{row:?}");
        assert_eq!(tampered(&root).self_signature(), invalid, "{row:?}");
    }
}

/// Returns the certificate or CRL with another AlgorithmIdentifier beside its signature.
fn with_outer_algorithm(der: &[u8], algorithm: &[u8]) -> Vec<u8> {
    let mut parts = elements(content(der));
    parts[1] = element(0x30, algorithm);
    element(0x30, &parts.concat())
}

/// RFC 5280 §4.1.1.2 and §5.1.1.2.
#[test]
fn algorithms_that_differ_inside_and_outside_are_malformed() {
    let ca = ca();
    let root = ca.roots()[0].der();
    let crl = ca.crls(TODAY, []).unwrap().remove(0);
    let sha256 = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
    let sha384 = b"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03";
    let with_null = [&sha256[..], &[0x05, 0x00]].concat();
    let read = |algorithm| {
        let der = CertificateDer::from(with_outer_algorithm(root, algorithm));
        Certificate::from_der(der).map(|_| ())
    };
    let read_crl = |algorithm| Crl::from_bytes(&with_outer_algorithm(crl.der(), algorithm));
    assert_eq!(read(sha256), Ok(()));
    assert_eq!(read_crl(sha256).unwrap(), crl);
    let errors = [
        ("certificate", read(sha384).unwrap_err().to_string()),
        ("parameters", read(&with_null).unwrap_err().to_string()),
        ("CRL", full_text(&read_crl(sha384).unwrap_err())),
    ];
    assert_rows(
        errors,
        &expect![[r#"
            certificate: malformed: its signed part names the signature algorithm `ecdsa-with-SHA256`, the field beside the signature `ecdsa-with-SHA384`; its subject is `CN=Contoso Test CA`
            parameters: malformed: its signed part has other parameters for the signature algorithm `ecdsa-with-SHA256` than the field beside the signature; its subject is `CN=Contoso Test CA`
            CRL: CRL 1 cannot be used: malformed: its signed part names the signature algorithm `ecdsa-with-SHA256`, the field beside the signature `ecdsa-with-SHA384`
        "#]],
    );
}
