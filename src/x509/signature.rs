//! Verifies signatures of certificates, requests and CRLs, and names their algorithms.
//!
//! The verification of `x509-parser` stays off, because it would add a second version of `untrusted`.

use x509_parser::asn1_rs::{BitString, Oid};
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_NIST_HASH_SHA256,
    OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512, OID_PKCS1_RSASSAPSS, OID_PKCS1_SHA1WITHRSA,
    OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA, OID_SHA1_WITH_RSA,
    OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_SIG_ED25519,
};
use x509_parser::prelude::FromDer;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::{AlgorithmIdentifier, SubjectPublicKeyInfo};

use super::der::{split_element, whole_element};
use crate::crypto::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

/// An algorithm of the cryptography library.
type Verifier = &'static dyn VerificationAlgorithm;

/// RSA with PKCS #1 padding and Ed25519, by the OID of the signature.
static ALGORITHMS: [(Oid<'static>, Verifier); 6] = [
    // SHA-1 is supported only to recognise old signatures: no path is trusted through it. The second OID is used by
    // Microsoft's tools.
    (
        OID_PKCS1_SHA1WITHRSA,
        &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    ),
    (
        OID_SHA1_WITH_RSA,
        &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    ),
    (
        OID_PKCS1_SHA256WITHRSA,
        &signature::RSA_PKCS1_2048_8192_SHA256,
    ),
    (
        OID_PKCS1_SHA384WITHRSA,
        &signature::RSA_PKCS1_2048_8192_SHA384,
    ),
    (
        OID_PKCS1_SHA512WITHRSA,
        &signature::RSA_PKCS1_2048_8192_SHA512,
    ),
    (OID_SIG_ED25519, &signature::ED25519),
];

/// RSASSA-PSS, by the OID of the digest.
static PSS_DIGESTS: [(Oid<'static>, Verifier); 3] = [
    (OID_NIST_HASH_SHA256, &signature::RSA_PSS_2048_8192_SHA256),
    (OID_NIST_HASH_SHA384, &signature::RSA_PSS_2048_8192_SHA384),
    (OID_NIST_HASH_SHA512, &signature::RSA_PSS_2048_8192_SHA512),
];

/// ECDSA on P-256, by the OID of the signature. Not both cryptography libraries have SHA-512.
static P256: [(Oid<'static>, Verifier); 2] = [
    (
        OID_SIG_ECDSA_WITH_SHA256,
        &signature::ECDSA_P256_SHA256_ASN1,
    ),
    (
        OID_SIG_ECDSA_WITH_SHA384,
        &signature::ECDSA_P256_SHA384_ASN1,
    ),
];

/// ECDSA on P-384, by the OID of the signature. Not both cryptography libraries have SHA-512.
static P384: [(Oid<'static>, Verifier); 2] = [
    (
        OID_SIG_ECDSA_WITH_SHA256,
        &signature::ECDSA_P384_SHA256_ASN1,
    ),
    (
        OID_SIG_ECDSA_WITH_SHA384,
        &signature::ECDSA_P384_SHA384_ASN1,
    ),
];

/// The names of signature algorithms, by their OIDs.
const NAMES: [(&str, &str); 14] = [
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    // An OID of Microsoft's old tools.
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

/// The result of checking a signature under a key.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum SignatureCheck {
    /// The key verifies the signature.
    Valid,
    /// The key does not verify the signature.
    Invalid,
    /// This crate cannot check the signature: its algorithm is unknown or too old, or the size of the key is out of
    /// range.
    Unverifiable,
}

/// Checks the signature of `der`, a certificate, request or CRL, under `key`, a SubjectPublicKeyInfo. RSA keys below
/// 2048 bits (1024 with SHA-1) verify nothing.
pub(super) fn verify(der: &[u8], key: &[u8]) -> SignatureCheck {
    let (Some((signed, algorithm, signature)), Ok((_, key))) =
        (split_signed(der), SubjectPublicKeyInfo::from_der(key))
    else {
        return SignatureCheck::Invalid;
    };
    if is_ecdsa(&algorithm) && key.algorithm.algorithm != OID_KEY_TYPE_EC_PUBLIC_KEY {
        // Another kind of key created the signature. The libraries detect this for RSA and Ed25519.
        return SignatureCheck::Invalid;
    }
    let Some(verifier) = find_verifier(&algorithm, &key.algorithm) else {
        return SignatureCheck::Unverifiable;
    };
    let key = UnparsedPublicKey::new(verifier, &key.subject_public_key.data);
    match key.verify(signed, &signature.data) {
        Ok(()) => SignatureCheck::Valid,
        Err(_) => SignatureCheck::Invalid,
    }
}

/// Returns the name of a signature algorithm in the standards, or its OID if it is not a common one.
pub(super) fn algorithm_name(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = algorithm.algorithm.to_id_string();
    let name = NAMES.iter().find(|(known, _)| *known == oid);
    name.map_or(oid, |(_, name)| (*name).to_owned())
}

/// Splits a signed structure into the signed part, the algorithm and the signature. Certificates, CRLs and requests
/// have the same frame (RFC 5280 §4.1.1 and §5.1.1, RFC 2986 §4.2).
fn split_signed(der: &[u8]) -> Option<(&[u8], AlgorithmIdentifier<'_>, BitString<'_>)> {
    let (_, content, _) = whole_element(der)?;
    let (signed, rest) = split_element(content)?;
    let (rest, algorithm) = AlgorithmIdentifier::from_der(rest).ok()?;
    let (_, signature) = BitString::from_der(rest).ok()?;
    Some((signed, algorithm, signature))
}

/// Returns the verifier of a signature algorithm under this kind of key (RFC 3279, RFC 4055, RFC 5758).
fn find_verifier(
    algorithm: &AlgorithmIdentifier<'_>,
    key: &AlgorithmIdentifier<'_>,
) -> Option<Verifier> {
    let oid = &algorithm.algorithm;
    if *oid == OID_PKCS1_RSASSAPSS {
        return find_pss_verifier(algorithm);
    }
    find(&ALGORITHMS, oid).or_else(|| find_ecdsa_verifier(oid, key))
}

/// Returns the verifier of RSASSA-PSS with the digest that the parameters name. Without a name the digest is SHA-1,
/// which is too old.
fn find_pss_verifier(algorithm: &AlgorithmIdentifier<'_>) -> Option<Verifier> {
    let parameters = RsaSsaPssParams::try_from(algorithm.parameters.as_ref()?).ok()?;
    find(&PSS_DIGESTS, parameters.hash_algorithm_oid())
}

/// Returns the verifier of ECDSA with the digest of the signature on the curve of the key.
fn find_ecdsa_verifier(oid: &Oid<'_>, key: &AlgorithmIdentifier<'_>) -> Option<Verifier> {
    let curve = key.parameters.as_ref()?.as_oid().ok()?;
    if curve == OID_EC_P256 {
        find(&P256, oid)
    } else if curve == OID_NIST_EC_P384 {
        find(&P384, oid)
    } else {
        None
    }
}

fn find(verifiers: &[(Oid<'static>, Verifier)], oid: &Oid<'_>) -> Option<Verifier> {
    let found = verifiers.iter().find(|(known, _)| known == oid);
    found.map(|(_, verifier)| *verifier)
}

/// Returns `true` for ECDSA with any digest: an OID below 1.2.840.10045.4 (RFC 5758 §3.2).
fn is_ecdsa(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    let oid = algorithm.algorithm.as_bytes();
    oid.starts_with(b"\x2a\x86\x48\xce\x3d\x04")
}
