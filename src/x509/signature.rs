//! Verifies signatures of certificates, requests and CRLs, and names their algorithms.
//!
//! The verification of `x509-parser` stays off, because it would add a second version of `untrusted`.

use x509_parser::asn1_rs::BitString;
use x509_parser::prelude::FromDer;
use x509_parser::x509::AlgorithmIdentifier;

use super::der::{split_element, whole_element};
use super::error::MalformedError;
use super::public_key::PublicKey;
use crate::crypto::signature::{RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use crate::crypto::{SignatureVerificationAlgorithm, VERIFICATION_ALGORITHMS};
use crate::text::escape_and_truncate;

const SEQUENCE: u8 = 0x30;

/// A kind of key, and the signatures that it creates.
#[derive(Clone, Copy, PartialEq)]
enum Family {
    Rsa,
    Dsa,
    Ecdsa,
    Ed25519,
}

/// The families, by the first bytes of the OIDs of their keys and signatures.
const FAMILIES: [(&[u8], Family); 5] = [
    // 1.2.840.113549.1.1
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01", Family::Rsa),
    (SHA1_WITH_RSA_OF_MICROSOFT, Family::Rsa),
    // 1.2.840.10040.4
    (b"\x2a\x86\x48\xce\x38\x04", Family::Dsa),
    // 1.2.840.10045
    (b"\x2a\x86\x48\xce\x3d", Family::Ecdsa),
    // 1.3.101.112
    (b"\x2b\x65\x70", Family::Ed25519),
];

/// sha1WithRSAEncryption, 1.2.840.113549.1.1.5.
const SHA1_WITH_RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05";
/// sha1WithRSAEncryption of Microsoft's old tools, 1.3.14.3.2.29.
const SHA1_WITH_RSA_OF_MICROSOFT: &[u8] = b"\x2b\x0e\x03\x02\x1d";

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

/// A signed structure. Certificates, CRLs and requests have the same frame (RFC 5280 §4.1.1 and §5.1.1, RFC 2986 §4.2).
struct SignedData<'a> {
    message: &'a [u8],
    signature: AlgorithmBits<'a>,
}

/// An AlgorithmIdentifier and a BIT STRING: a SubjectPublicKeyInfo, or the end of a signed structure.
struct AlgorithmBits<'a> {
    /// The content of the AlgorithmIdentifier: the OID and its parameters.
    algorithm: &'a [u8],
    bits: BitString<'a>,
}

/// Checks the signature of `der`, a certificate, request or CRL, under `key`, a SubjectPublicKeyInfo of this `kind`.
///
/// An algorithm fits if it has both identifiers, that of the signature and that of the key. webpki selects it the same
/// way. RSA keys below 2048 bits (1024 with SHA-1) verify nothing.
pub(super) fn verify(der: &[u8], key: &[u8], kind: &PublicKey) -> SignatureCheck {
    let (Some(signed), Some(key)) = (SignedData::read(der), AlgorithmBits::read_key(key)) else {
        return SignatureCheck::Invalid;
    };
    if have_other_families(&signed.signature, &key) {
        // Another kind of key created the signature.
        return SignatureCheck::Invalid;
    }
    let is_valid = if let Some(algorithm) = find_algorithm(&signed.signature, &key) {
        let signature = &signed.signature.bits.data;
        let result = algorithm.verify_signature(&key.bits.data, signed.message, signature);
        result.is_ok()
    } else if is_sha1_with_rsa(&signed.signature) {
        // SHA-1 is supported only to recognise old signatures: no path is trusted through it.
        let key = UnparsedPublicKey::new(
            &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            &key.bits.data,
        );
        let result = key.verify(signed.message, &signed.signature.bits.data);
        result.is_ok()
    } else {
        return SignatureCheck::Unverifiable;
    };
    if is_valid {
        SignatureCheck::Valid
    } else if kind.is_rsa_out_of_range() {
        // The cryptography libraries call a signature invalid if the size of the key is out of range.
        SignatureCheck::Unverifiable
    } else {
        SignatureCheck::Invalid
    }
}

/// Checks that a certificate or CRL names the same algorithm in its signed part and beside the signature (RFC 5280
/// §4.1.1.2 and §5.1.1.2).
pub(super) fn check_same_algorithm(
    signed: &AlgorithmIdentifier<'_>,
    outer: &AlgorithmIdentifier<'_>,
) -> Result<(), MalformedError> {
    if signed == outer {
        Ok(())
    } else {
        Err(MalformedError::SignatureAlgorithms {
            signed: algorithm_name(signed),
            outer: algorithm_name(outer),
        })
    }
}

/// Returns the name of a signature algorithm in the standards, or the start of its OID if it is not a common one.
pub(super) fn algorithm_name(algorithm: &AlgorithmIdentifier<'_>) -> String {
    let oid = algorithm.algorithm.to_id_string();
    let mut names = NAMES.iter();
    match names.find(|(known, _)| *known == oid) {
        Some((_, name)) => (*name).to_owned(),
        None => escape_and_truncate(&oid),
    }
}

impl<'a> SignedData<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let (_, content, _) = whole_element(der)?;
        let (message, rest) = split_element(content)?;
        let signature = AlgorithmBits::read(rest)?;
        Some(Self { message, signature })
    }
}

impl<'a> AlgorithmBits<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let (SEQUENCE, algorithm, rest) = whole_element(bytes)? else {
            return None;
        };
        let (_, bits) = BitString::from_der(rest).ok()?;
        (bits.unused_bits == 0).then_some(Self { algorithm, bits })
    }

    /// Reads a SubjectPublicKeyInfo.
    fn read_key(key: &'a [u8]) -> Option<Self> {
        let (_, content, _) = whole_element(key)?;
        Self::read(content)
    }

    /// Returns the content of the OID.
    fn oid(&self) -> Option<&'a [u8]> {
        let (_, oid, _) = whole_element(self.algorithm)?;
        Some(oid)
    }

    fn family(&self) -> Option<Family> {
        let oid = self.oid()?;
        let known = FAMILIES.iter().find(|(start, _)| oid.starts_with(start));
        known.map(|(_, family)| *family)
    }
}

/// Returns `true` if this kind of key never creates such a signature.
fn have_other_families(signature: &AlgorithmBits<'_>, key: &AlgorithmBits<'_>) -> bool {
    match (signature.family(), key.family()) {
        (Some(of_signature), Some(of_key)) => of_signature != of_key,
        _ => false,
    }
}

/// Returns the algorithm with both identifiers. Several algorithms may have that of the signature: ECDSA on each curve.
fn find_algorithm(
    signature: &AlgorithmBits<'_>,
    key: &AlgorithmBits<'_>,
) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    let mut algorithms = VERIFICATION_ALGORITHMS.iter().copied();
    algorithms.find(|algorithm| {
        algorithm.signature_alg_id().as_ref() == signature.algorithm
            && algorithm.public_key_alg_id().as_ref() == key.algorithm
    })
}

fn is_sha1_with_rsa(signature: &AlgorithmBits<'_>) -> bool {
    let oid = signature.oid();
    oid == Some(SHA1_WITH_RSA) || oid == Some(SHA1_WITH_RSA_OF_MICROSOFT)
}
