//! Files that OpenSSL wrote: trust settings, PKCS #7 in BER, PKCS #12 and dumps.

use std::fs;
use std::path::Path;

use crate::support::openssl::openssl;
use crate::support::scene::ca;
use tempfile::tempdir;
use umcert::{CertificateRequest, Chain, Crl, IssuedCertificate, KeyPair, TrustStore};

fn run(folder: &Path, arguments: &[&str]) -> Option<()> {
    let output = openssl(arguments, folder)?;
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    Some(())
}

/// Writes `chain.pem`, its `leaf.pem` and `issuer.pem`, and `key.pem`.
fn write_files(folder: &Path) -> IssuedCertificate {
    let issued = ca().issue_names(["um1.contoso.com"]).unwrap();
    let leaf = issued.chain().certificates().next().unwrap();
    fs::write(folder.join("chain.pem"), issued.chain().to_pem()).unwrap();
    let issuer = issued.chain().intermediates().next().unwrap();
    fs::write(folder.join("leaf.pem"), leaf.to_pem()).unwrap();
    fs::write(folder.join("issuer.pem"), issuer.to_pem()).unwrap();
    fs::write(folder.join("key.pem"), issued.key().to_pem().as_str()).unwrap();
    issued
}

#[test]
fn trusted_certificate_is_read_without_its_settings() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let issued = write_files(path);
    let leaf = issued.chain().certificates().next().unwrap();
    let rows: [(&[&str], usize); 6] = [
        (&["-trustout"], 0),
        (&["-addtrust", "serverAuth"], 1),
        (&["-addreject", "emailProtection"], 1),
        (&["-setalias", "um1 of Contoso"], 1),
        (
            &[
                "-addtrust",
                "serverAuth",
                "-addtrust",
                "clientAuth",
                "-addreject",
                "codeSigning",
                "-setalias",
                "um1",
            ],
            1,
        ),
        (&["-trustout", "-outform", "DER"], 0),
    ];
    for (settings, skipped) in rows {
        let arguments = [&["x509", "-in", "leaf.pem", "-out", "new"][..], settings].concat();
        let Some(()) = run(path, &arguments) else {
            return;
        };
        let bytes = fs::read(path.join("new")).unwrap();
        let chain = Chain::from_bytes(&bytes).unwrap();
        assert_eq!(
            chain.certificates().collect::<Vec<_>>(),
            [leaf],
            "{settings:?}"
        );
        assert_eq!(chain.skipped().len(), skipped, "{settings:?}");
        assert_eq!(TrustStore::from_bytes(&bytes).unwrap().roots().len(), 1);
    }
}

/// `openssl cms -stream` writes indefinite lengths, and the signed text in pieces.
#[test]
fn signed_message_in_ber_has_its_certificates_read() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let issued = write_files(path);
    fs::write(path.join("text"), "text\n".repeat(2000)).unwrap();
    let sign = [
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-stream",
        "-in",
        "text",
        "-signer",
        "leaf.pem",
        "-inkey",
        "key.pem",
        "-certfile",
        "issuer.pem",
        "-out",
        "new",
    ];
    for form in ["DER", "PEM"] {
        let Some(()) = run(path, &[&sign[..], &["-outform", form]].concat()) else {
            return;
        };
        let bytes = fs::read(path.join("new")).unwrap();
        assert!(form == "PEM" || bytes.starts_with(b"\x30\x80"), "{form}");
        let chain = Chain::from_bytes(&bytes).unwrap();
        assert_eq!(chain.sorted(), issued.chain().sorted(), "{form}");
        for end in (20..bytes.len()).step_by(97) {
            if let Ok(cut) = Chain::from_bytes(&bytes[..end]) {
                panic!("{form}, {end}: {cut:?}");
            }
        }
    }
}

#[test]
fn pkcs12_and_encrypted_keys_are_named() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    write_files(path);
    let export = [
        "pkcs12",
        "-export",
        "-in",
        "chain.pem",
        "-inkey",
        "key.pem",
        "-passout",
        "pass:a",
        "-out",
        "file.pfx",
    ];
    let Some(()) = run(path, &export) else {
        return;
    };
    run(path, &["base64", "-in", "file.pfx", "-out", "file.b64"]).unwrap();
    let base64 = fs::read_to_string(path.join("file.b64")).unwrap();
    let labelled = format!("-----BEGIN CERTIFICATE-----\n{base64}-----END CERTIFICATE-----\n");
    let files = [
        fs::read(path.join("file.pfx")).unwrap(),
        base64.into_bytes(),
        labelled.into_bytes(),
    ];
    for bytes in files {
        let errors = [
            Chain::from_bytes(&bytes).unwrap_err().to_string(),
            TrustStore::from_bytes(&bytes).unwrap_err().to_string(),
            CertificateRequest::from_bytes(&bytes)
                .unwrap_err()
                .to_string(),
            Crl::from_bytes(&bytes).unwrap_err().to_string(),
            KeyPair::from_bytes(&bytes).unwrap_err().to_string(),
        ];
        for error in &errors {
            assert!(error.contains("a PKCS #12 file (.pfx)"), "{error}");
        }
        assert!(
            errors[0].contains("`openssl pkcs12 -in FILE -nokeys"),
            "{}",
            errors[0]
        );
        assert!(
            errors[4].contains("`openssl pkcs12 -in FILE -nocerts"),
            "{}",
            errors[4]
        );
    }
    let old = [
        "ec",
        "-in",
        "key.pem",
        "-aes128",
        "-passout",
        "pass:abcd",
        "-out",
        "old.pem",
    ];
    let new = [
        "pkcs8",
        "-topk8",
        "-in",
        "key.pem",
        "-passout",
        "pass:abcd",
        "-out",
        "new.pem",
    ];
    for (arguments, file) in [(old, "old.pem"), (new, "new.pem")] {
        run(path, &arguments).unwrap();
        let key = fs::read_to_string(path.join(file)).unwrap();
        let error = KeyPair::from_bytes(key.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("is encrypted"), "{error}");
        let error = Chain::from_bytes(key.as_bytes()).unwrap_err().to_string();
        assert!(error.contains("an encrypted private key"), "{error}");
        let chain = fs::read_to_string(path.join("chain.pem")).unwrap();
        let chain = Chain::from_bytes(format!("{key}{chain}").as_bytes()).unwrap();
        assert_eq!(
            chain.skipped()[0].to_string(),
            "section 1 is an encrypted private key"
        );
    }
}

#[test]
fn parameters_before_a_key_need_no_mention() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let generate = ["ecparam", "-name", "prime256v1", "-genkey", "-out", "new"];
    let Some(()) = run(path, &generate) else {
        return;
    };
    let named = fs::read(path.join("new")).unwrap();
    assert!(named.starts_with(b"-----BEGIN EC PARAMETERS-----"));
    KeyPair::from_bytes(&named).unwrap();
    run(path, &[&generate[..], &["-param_enc", "explicit"]].concat()).unwrap();
    let error = KeyPair::from_bytes(&fs::read(path.join("new")).unwrap()).unwrap_err();
    assert!(
        error.to_string().contains("explicit curve parameters"),
        "{error}"
    );
}
