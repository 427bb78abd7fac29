//! Public keys and signature algorithms, by their names in the standards.

use x509_parser::public_key::PublicKey as ParsedKey;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::facts::PublicKey;
use super::malformed::MalformedReason;

pub(super) fn public_key(key: &SubjectPublicKeyInfo<'_>) -> Result<PublicKey, MalformedReason> {
    let oid = key.algorithm.algorithm.to_id_string();
    if oid == "1.3.101.112" {
        return Ok(PublicKey::Ed25519);
    }
    match key.parsed() {
        Ok(ParsedKey::RSA(rsa)) => Ok(PublicKey::Rsa(rsa.key_size())),
        Ok(ParsedKey::EC(_)) => Ok(match curve(&key.algorithm).as_deref() {
            Some("1.2.840.10045.3.1.7") => PublicKey::P256,
            Some("1.3.132.0.34") => PublicKey::P384,
            Some("1.3.132.0.35") => PublicKey::P521,
            Some(curve) => PublicKey::Other(curve.to_owned()),
            None => PublicKey::Other(oid),
        }),
        Ok(_) => Ok(PublicKey::Other(oid)),
        Err(_) => Err(MalformedReason::PublicKey),
    }
}

/// The OID of the curve of an elliptic key.
fn curve(algorithm: &AlgorithmIdentifier<'_>) -> Option<String> {
    let oid = algorithm.parameters.as_ref()?.as_oid().ok()?;
    Some(oid.to_id_string())
}

/// The names of signature algorithms, by their OIDs.
const SIGNATURES: [(&str, &str); 14] = [
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    // An old one of Microsoft's tools.
    ("1.3.14.3.2.29", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.10", "rsassaPss"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.10040.4.3", "dsa-with-sha1"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.3.101.112", "Ed25519"),
];

/// What something is signed with, by its name, or by its OID where that is not a common one.
pub(super) fn signature(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = algorithm.algorithm.to_id_string();
    for (known, name) in &SIGNATURES {
        if *known == oid {
            return (*name).to_owned();
        }
    }
    oid
}
