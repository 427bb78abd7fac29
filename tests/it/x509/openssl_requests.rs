//! Requests that OpenSSL writes.

use std::fs;
use std::path::Path;

use crate::support::openssl::openssl;
use crate::support::snapshot::{assert_lines, assert_states};
use expect_test::expect;
use tempfile::tempdir;
use umcert::CertificateRequest;
use umcert::x509::{PublicKey, ReadError};

/// Returns the request that OpenSSL writes for a new key. `new_key` are arguments of `genpkey`, `signing` of `req`.
/// Returns `None` if OpenSSL is not installed.
fn openssl_request(folder: &Path, new_key: &[&str], signing: &str) -> Option<Vec<u8>> {
    fs::write(folder.join("config"), OPENSSL_CONFIG).unwrap();
    let mut make = vec!["genpkey", "-out", "key.pem"];
    make.extend(new_key);
    let made = openssl(&make, folder)?;
    assert!(made.status.success(), "{made:?}");
    let arguments = [
        "req", "-new", "-key", "key.pem", "-config", "config", "-out", "csr.pem",
    ];
    let arguments: Vec<&str> = arguments.into_iter().chain(signing.split(' ')).collect();
    let made = openssl(&arguments, folder)?;
    assert!(made.status.success(), "{made:?}");
    Some(fs::read(folder.join("csr.pem")).unwrap())
}

const OPENSSL_CONFIG: &str = "
[req]
prompt = no
distinguished_name = subject
attributes = attributes
req_extensions = extensions
utf8 = yes
[subject]
1.DC = com
2.DC = contoso
O = Contoso Ltd.
1.OU = Exchange
2.OU = Unified Messaging
CN = um1.contoso.com
[attributes]
challengePassword = a secret
[extensions]
subjectKeyIdentifier = hash
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = DNS:um1.contoso.com, DNS:UM1, DNS:*.contoso.com, IP:192.0.2.1, IP:2001:db8::1
1.3.6.1.4.1.311.20.2 = ASN1:BMPSTRING:WebServer
";

#[test]
fn request_of_openssl_is_read_for_every_kind_of_key() {
    let folder = tempdir().unwrap();
    let rows: [(&[&str], &str, PublicKey, &str); 5] = [
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "-sha256",
            PublicKey::Rsa(2048),
            "sha256WithRSAEncryption",
        ),
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
            "-sha1",
            PublicKey::Rsa(2048),
            "sha1WithRSAEncryption",
        ),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "-sha384",
            PublicKey::P384,
            "ecdsa-with-SHA384",
        ),
        (
            &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
            "-sha256",
            PublicKey::P384,
            "ecdsa-with-SHA256",
        ),
        (
            &["-algorithm", "ED25519"],
            "-sha256",
            PublicKey::Ed25519,
            "Ed25519",
        ),
    ];
    for (key, digest, expected, signature) in rows {
        let Some(pem) = openssl_request(folder.path(), key, digest) else {
            return;
        };
        let request = CertificateRequest::from_bytes(&pem).unwrap();
        assert_eq!(*request.public_key(), expected);
        assert_eq!(request.signature_algorithm(), signature);
        assert_eq!(
            request.subject(),
            "DC=com, DC=contoso, O=Contoso Ltd., OU=Exchange, OU=Unified Messaging, CN=um1.contoso.com"
        );
        assert_eq!(
            request.san_entries(),
            [
                "um1.contoso.com",
                "UM1",
                "*.contoso.com",
                "IP:192.0.2.1",
                "IP:2001:db8::1"
            ]
        );
        assert!(request.key_usage().unwrap().key_encipherment);
        assert_eq!(request.template().unwrap().to_string(), "WebServer");
    }
}

/// The string types are those of old Windows and old OpenSSL.
#[test]
fn subject_is_read_in_every_string_type() {
    let folder = tempdir().unwrap();
    let rows = [
        ("utf8only", "*.contoso.com"),
        ("MASK:0x800", "*.contoso.com"),
        ("nombstr", "*.contoso.com"),
        ("nombstr", "um1.contoso.com"),
    ];
    for (mask, cn) in rows {
        // x509-parser does not read challenge passwords of these types.
        let config = OPENSSL_CONFIG
            .replace("attributes = attributes", "")
            .replace("utf8 = yes", &format!("utf8 = yes\nstring_mask = {mask}"))
            .replace("O = Contoso Ltd.", "O = Contoso Söhne")
            .replace("CN = um1.contoso.com", &format!("CN = {cn}"));
        fs::write(folder.path().join("old"), config).unwrap();
        let key = [
            "ecparam",
            "-name",
            "prime256v1",
            "-genkey",
            "-noout",
            "-out",
            "key.pem",
        ];
        let Some(_) = openssl(&key, folder.path()) else {
            return;
        };
        let made = openssl(
            &[
                "req", "-new", "-key", "key.pem", "-config", "old", "-outform", "DER",
            ],
            folder.path(),
        );
        let made = made.unwrap();
        assert!(made.status.success(), "{made:?}");
        let request = CertificateRequest::from_bytes(&made.stdout).unwrap();
        assert_eq!(request.common_names(), [cn], "{mask}");
        assert_eq!(
            request.subject(),
            format!(
                "DC=com, DC=contoso, O=Contoso Söhne, OU=Exchange, OU=Unified Messaging, CN={cn}"
            ),
            "{mask}"
        );
    }
}

#[test]
fn weak_or_unsupported_signature_is_refused() {
    let folder = tempdir().unwrap();
    let rows: [(&[&str], &[&str]); 2] = [
        (
            &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"],
            &["1024", "2048"],
        ),
        (
            &[
                "-algorithm",
                "EC",
                "-pkeyopt",
                "ec_paramgen_curve:secp256k1",
            ],
            &["ecdsa-with-SHA256", "1.3.132.0.10"],
        ),
    ];
    let mut errors = Vec::new();
    for (key, facts) in rows {
        let Some(pem) = openssl_request(folder.path(), key, "-sha256") else {
            return;
        };
        let error = CertificateRequest::from_bytes(&pem).unwrap_err();
        assert_states(&error, facts);
        errors.push(error);
    }
    assert_lines(
        errors,
        &expect![[r#"
            the RSA key of the certificate request has 1024 bits, expected at least 2048
            the signature of the certificate request cannot be verified: ecdsa-with-SHA256 (key of algorithm `1.3.132.0.10`)
        "#]],
    );
}

#[test]
fn signature_of_every_kind_is_verified() {
    let folder = tempdir().unwrap();
    let rsa: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    let p256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let p384: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
    let pss = "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest";
    let rows = [
        (rsa, "-sha1".to_owned()),
        (rsa, "-sha256".to_owned()),
        (rsa, "-sha384".to_owned()),
        (rsa, "-sha512".to_owned()),
        (rsa, format!("-sha256 {pss}")),
        (rsa, format!("-sha384 {pss}")),
        (rsa, format!("-sha512 {pss}")),
        (p256, "-sha256".to_owned()),
        (p256, "-sha384".to_owned()),
        (p384, "-sha256".to_owned()),
        (p384, "-sha384".to_owned()),
        (&["-algorithm", "ED25519"], "-sha256".to_owned()),
    ];
    for (key, signing) in rows {
        let Some(pem) = openssl_request(folder.path(), key, &signing) else {
            return;
        };
        let row = format!("{key:?} {signing}");
        let request = CertificateRequest::from_bytes(&pem);
        let request = request.unwrap_or_else(|error| panic!("{row}: {error}"));
        let mut der = request.der().to_vec();
        // Changes a letter of the subject, which leaves the structure intact.
        let contoso = der.windows(7).position(|it| it == b"Contoso").unwrap();
        der[contoso] = b'K';
        let error = CertificateRequest::from_bytes(&der).unwrap_err();
        assert!(
            matches!(error, ReadError::InvalidRequestSignature),
            "{row}: {error}"
        );
    }
}
