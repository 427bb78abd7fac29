//! Encrypted keys: read and written with a password, and refused if it is wrong.

use std::fs;

use super::{KINDS, generate, public, run};
use crate::support::openssl::openssl;
use tempfile::tempdir;
use umcert::issue::KeyError;
use umcert::{KeyKind, KeyPair};

#[test]
fn encrypted_key_of_openssl_is_read_only_with_its_password() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let Some(()) = generate(path, KINDS[3].1) else {
        return;
    };
    let plain = KeyPair::from_bytes(&fs::read(path.join("key.pem")).unwrap()).unwrap();
    let schemes: [&[&str]; 6] = [
        &["-v2", "aes256"],
        &["-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"],
        &["-v2", "des3", "-v2prf", "hmacWithSHA1"],
        &["-v2", "aes256", "-iter", "10000"],
        &["-scrypt"],
        &["-v2", "aes256", "-outform", "DER"],
    ];
    for scheme in schemes {
        let form = [
            "pkcs8",
            "-topk8",
            "-passout",
            "pass:sécret",
            "-in",
            "key.pem",
        ];
        let bytes = run(path, &[&form, scheme].concat()).unwrap();
        let key = KeyPair::from_encrypted(&bytes, "sécret");
        let key = key.unwrap_or_else(|error| panic!("{scheme:?}: {error}"));
        assert_eq!(key.to_pem().as_str(), plain.to_pem().as_str(), "{scheme:?}");
        let error = KeyPair::from_encrypted(&bytes, "secret").unwrap_err();
        assert!(
            matches!(error, KeyError::WrongPassword),
            "{scheme:?}: {error}"
        );
    }
    // An unencrypted key needs no password.
    let key = KeyPair::from_encrypted(plain.to_pem().as_str().as_bytes(), "secret").unwrap();
    assert_eq!(key.to_pem().as_str(), plain.to_pem().as_str());
}

#[test]
fn invalid_scrypt_cost_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let Some(()) = generate(path, KINDS[3].1) else {
        return;
    };
    let options = "pkcs8 -topk8 -passout pass:secret -in key.pem -outform DER -scrypt -scrypt_N 2 -scrypt_r 1 -scrypt_p 1";
    let options: Vec<&str> = options.split(' ').collect();
    let der = run(path, &options).unwrap();
    // The cost, the block size and the number of lanes.
    let parameters = [2, 1, 2, 2, 1, 1, 2, 1, 1];
    let place = der.windows(9).position(|it| it == parameters).unwrap();
    for (cost, is_possible) in [(0, false), (1, false), (2, true), (3, false), (4, true)] {
        let mut der = der.clone();
        der[place + 2] = cost;
        let error = KeyPair::from_encrypted(&der, "secret").err();
        let is_refused = matches!(error, Some(KeyError::UnsupportedEncryption { .. }));
        assert_eq!(!is_refused, is_possible, "a cost of {cost}: {error:?}");
        assert_eq!(error.is_none(), cost == 2, "a cost of {cost}: {error:?}");
    }
}

#[test]
fn written_encrypted_key_is_read_by_openssl() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let key = KeyPair::generate(KeyKind::P256).unwrap();
    let pem = key.to_encrypted_pem("secret").unwrap();
    assert!(
        pem.as_str()
            .starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
    );
    assert!(format!("{pem:?}").contains("[elided]"));
    assert_ne!(
        pem.as_str(),
        key.to_encrypted_pem("secret").unwrap().as_str(),
        "salt and IV"
    );
    fs::write(path.join("encrypted.pem"), pem.as_str()).unwrap();
    fs::write(path.join("key.pem"), key.to_pem().as_str()).unwrap();
    let decrypt = |password| {
        openssl(
            &[
                "pkey",
                "-in",
                "encrypted.pem",
                "-passin",
                password,
                "-pubout",
            ],
            path,
        )
    };
    let Some(good) = decrypt("pass:secret") else {
        return;
    };
    assert_eq!(good.stdout, public(path, "key.pem"));
    assert!(!decrypt("pass:other").unwrap().status.success());
    assert!(matches!(
        KeyPair::from_bytes(pem.as_str().as_bytes()),
        Err(KeyError::Encrypted)
    ));
}

#[test]
fn expensive_or_unknown_encryption_is_refused() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let Some(()) = generate(path, KINDS[3].1) else {
        return;
    };
    let form = [
        "pkcs8",
        "-topk8",
        "-passout",
        "pass:secret",
        "-in",
        "key.pem",
        "-outform",
        "DER",
    ];
    let der = run(
        path,
        &[&form[..], &["-v2", "aes256", "-iter", "100000"]].concat(),
    )
    .unwrap();
    assert!(KeyPair::from_encrypted(&der, "secret").is_ok());
    // 100,000 is 0x0186a0. With one more byte, decrypting would take days.
    let place = der
        .windows(5)
        .position(|it| it == [0x02, 0x03, 0x01, 0x86, 0xa0])
        .unwrap();
    let mut longer = der.clone();
    longer.splice(place..place + 5, [0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]);
    lengthen(&mut longer, place);
    let error = KeyPair::from_encrypted(&longer, "secret").unwrap_err();
    assert!(
        matches!(error, KeyError::UnsupportedEncryption { .. }),
        "{error}"
    );

    let old = run(path, &[&form[..], &["-v1", "PBE-SHA1-3DES"]].concat()).unwrap();
    let error = KeyPair::from_encrypted(&old, "secret").unwrap_err();
    assert!(
        matches!(error, KeyError::UnsupportedEncryption { .. }),
        "{error}"
    );
}

/// Only the padding shows whether a text was decrypted, and one wrong password in 256 leaves valid padding.
#[test]
fn wrong_password_is_never_reported_as_a_malformed_key() {
    let folder = tempdir().unwrap();
    let path = folder.path();
    let Some(()) = generate(path, KINDS[5].1) else {
        return;
    };
    let form = ["pkcs8", "-topk8", "-passout", "pass:secret", "-iter", "1"];
    let bytes = run(path, &[&form[..], &["-in", "key.pem"]].concat()).unwrap();
    assert!(KeyPair::from_encrypted(&bytes, "secret").is_ok());
    for number in 0..2000 {
        let error = KeyPair::from_encrypted(&bytes, &format!("{number}")).unwrap_err();
        assert!(
            matches!(error, KeyError::WrongPassword),
            "{number}: {error}"
        );
    }
}

/// Adds one to the length of every element that encloses `place`.
fn lengthen(der: &mut [u8], place: usize) {
    let mut at = 0;
    while at < place {
        let (header, length) = match der[at + 1] {
            short if short < 0x80 => (2, usize::from(short)),
            0x81 => (3, usize::from(der[at + 2])),
            _ => (4, usize::from(der[at + 2]) << 8 | usize::from(der[at + 3])),
        };
        let encloses = (at + header..at + header + length).contains(&place);
        match (encloses, der[at]) {
            (true, 0x30) => {
                der[at + header - 1] += 1;
                at += header;
            }
            _ => at += header + length,
        }
    }
}
