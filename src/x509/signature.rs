//! Whether a key verifies a signature. The parser can do it too, and would bring along a second release of
//! a crate that is in every build already.

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

/// What the cryptography library verifies one algorithm with.
type Verifier = &'static dyn VerificationAlgorithm;

static ALGORITHMS: [(Oid<'static>, Verifier); 6] = [
    // Only to recognise what is too old: no path is trusted through it. The second OID is one of
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

/// RSASSA-PSS by its digest.
static PSS_DIGESTS: [(Oid<'static>, Verifier); 3] = [
    (OID_NIST_HASH_SHA256, &signature::RSA_PSS_2048_8192_SHA256),
    (OID_NIST_HASH_SHA384, &signature::RSA_PSS_2048_8192_SHA384),
    (OID_NIST_HASH_SHA512, &signature::RSA_PSS_2048_8192_SHA512),
];

/// ECDSA by the curve and the digest. P-521 and SHA-512 are not in both cryptography libraries.
static CURVES: [(Oid<'static>, [(Oid<'static>, Verifier); 2]); 2] = [
    (
        OID_EC_P256,
        [
            (
                OID_SIG_ECDSA_WITH_SHA256,
                &signature::ECDSA_P256_SHA256_ASN1,
            ),
            (
                OID_SIG_ECDSA_WITH_SHA384,
                &signature::ECDSA_P256_SHA384_ASN1,
            ),
        ],
    ),
    (
        OID_NIST_EC_P384,
        [
            (
                OID_SIG_ECDSA_WITH_SHA256,
                &signature::ECDSA_P384_SHA256_ASN1,
            ),
            (
                OID_SIG_ECDSA_WITH_SHA384,
                &signature::ECDSA_P384_SHA384_ASN1,
            ),
        ],
    ),
];

/// Whether a key verifies a signature.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Signature {
    /// It does.
    Valid,
    /// It does not.
    Invalid,
    /// Nobody can tell here: the algorithm is not known or too old, or the key too small.
    Unverifiable,
}

/// Whether `key`, a SubjectPublicKeyInfo, verifies the signature of `der`: a certificate, a request or a
/// revocation list. RSA keys below 2048 bits (1024 with SHA-1) verify nothing.
pub(super) fn verify(der: &[u8], key: &[u8]) -> Signature {
    let (Some((signed, algorithm, signature)), Ok((_, key))) =
        (parts(der), SubjectPublicKeyInfo::from_der(key))
    else {
        return Signature::Invalid;
    };
    if is_ecdsa(&algorithm) && key.algorithm.algorithm != OID_KEY_TYPE_EC_PUBLIC_KEY {
        // Whatever the digest: another kind of key made it. The libraries find that out for RSA and Ed25519.
        return Signature::Invalid;
    }
    let Some(verifier) = verifier(&algorithm, &key.algorithm) else {
        return Signature::Unverifiable;
    };
    let key = UnparsedPublicKey::new(verifier, &key.subject_public_key.data);
    match key.verify(signed, &signature.data) {
        Ok(()) => Signature::Valid,
        Err(_) => Signature::Invalid,
    }
}

/// What is signed, the algorithm, and the signature: all such structures have one frame (RFC 5280 §4.1.1 and
/// §5.1.1, RFC 2986 §4.2).
fn parts(der: &[u8]) -> Option<(&[u8], AlgorithmIdentifier<'_>, BitString<'_>)> {
    let (_, content, _) = whole_element(der)?;
    let (signed, behind) = split_element(content)?;
    let (behind, algorithm) = AlgorithmIdentifier::from_der(behind).ok()?;
    let (_, signature) = BitString::from_der(behind).ok()?;
    Some((signed, algorithm, signature))
}

/// What verifies a signature of this algorithm by a key of that kind (RFC 3279, RFC 4055, RFC 5758).
fn verifier(
    algorithm: &AlgorithmIdentifier<'_>,
    key: &AlgorithmIdentifier<'_>,
) -> Option<Verifier> {
    let oid = &algorithm.algorithm;
    if *oid == OID_PKCS1_RSASSAPSS {
        return pss(algorithm);
    }
    match known(&ALGORITHMS, oid) {
        None => ecdsa(oid, key),
        found => found,
    }
}

/// What verifies by the algorithm or digest of this OID.
fn known(all: &[(Oid<'static>, Verifier)], oid: &Oid<'_>) -> Option<Verifier> {
    for (known, verifier) in all {
        if known == oid {
            return Some(*verifier);
        }
    }
    None
}

/// By the digest that the parameters name; SHA-1, which they mean where they are left out, is too old.
fn pss(algorithm: &AlgorithmIdentifier<'_>) -> Option<Verifier> {
    let parameters = RsaSsaPssParams::try_from(algorithm.parameters.as_ref()?).ok()?;
    known(&PSS_DIGESTS, parameters.hash_algorithm_oid())
}

/// Whether it is ECDSA with some digest: an OID below 1.2.840.10045.4 (RFC 5758 §3.2).
fn is_ecdsa(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    algorithm
        .algorithm
        .as_bytes()
        .starts_with(b"\x2a\x86\x48\xce\x3d\x04")
}

/// By the digest and the curve of the key.
fn ecdsa(oid: &Oid<'_>, key: &AlgorithmIdentifier<'_>) -> Option<Verifier> {
    let curve = key.parameters.as_ref()?.as_oid().ok()?;
    for (on, digests) in &CURVES {
        if *on == curve {
            return known(digests, oid);
        }
    }
    None
}
