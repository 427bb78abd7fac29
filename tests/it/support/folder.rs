//! Assertions on a written folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use umcert::Chain;

/// Returns the sorted names in a folder, without those of replaced sets.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|it| !it.starts_with("replaced-")).collect();
    names.sort();
    names
}

/// Returns the files of a folder by name.
pub(crate) fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = names(folder).into_iter();
    names
        .map(|name| {
            let bytes = fs::read(folder.join(&name)).unwrap();
            (name, bytes)
        })
        .collect()
}

pub(crate) fn manifest(folder: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(folder.join("umcert.json")).unwrap()).unwrap()
}

/// Checks that every key in the folder has a chain, and is the key of that chain.
#[track_caller]
pub(crate) fn assert_no_key_without_its_chain(folder: &Path) {
    for name in names(folder) {
        let Some(server) = name.strip_suffix(".key.pem") else {
            continue;
        };
        let chain = fs::read(folder.join(format!("{server}.chain.pem")));
        let chain = chain.unwrap_or_else(|error| panic!("{name} without its chain: {error}"));
        let chain = Chain::from_bytes(&chain).unwrap();
        let end_entity = chain.certificates().next().unwrap().der().to_vec();
        let (_, parsed) = x509_parser::parse_x509_certificate(&end_entity).unwrap();
        assert_eq!(
            public_key(&folder.join(&name)),
            parsed.public_key().raw,
            "{name} is the key of another chain"
        );
    }
}

/// Returns the public key of the private key in a file.
fn public_key(path: &Path) -> Vec<u8> {
    use rcgen::PublicKeyData;

    let text = fs::read(path).unwrap();
    let key = rustls_pemfile::private_key(&mut text.as_slice());
    let key = key.unwrap().expect("a whole key");
    rcgen::KeyPair::try_from(&key)
        .unwrap()
        .subject_public_key_info()
}

/// Checks that every file of the manifest is there and has the fingerprint that it states.
#[track_caller]
pub(crate) fn assert_whole(folder: &Path) {
    let manifest = manifest(folder);
    let mut listed = vec![manifest["root"].clone()];
    for certificate in manifest["certificates"].as_array().unwrap() {
        let files = ["chain", "request", "key"].map(|kind| certificate[kind].clone());
        listed.extend(files.into_iter().filter(|file| !file.is_null()));
    }
    for file in listed {
        let name = file["file"].as_str().unwrap();
        let bytes = fs::read(folder.join(name)).unwrap();
        assert_eq!(file["sha256"], sha256(&bytes), "{name}");
    }
    assert!(names(folder).iter().all(|name| !name.starts_with('.')));
    assert_no_key_without_its_chain(folder);
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write;

    #[cfg(feature = "aws-lc-rs")]
    use aws_lc_rs::digest;
    #[cfg(not(feature = "aws-lc-rs"))]
    use ring::digest;
    let mut text = String::new();
    for byte in digest::digest(&digest::SHA256, bytes).as_ref() {
        write!(text, "{byte:02x}").unwrap();
    }
    text
}
