//! Signs the to-be-signed part (TBS) of certificates, requests and CRLs.
//!
//! rcgen lays out the TBS, but cannot express all of it:
//!
//! - Its `DistinguishedName` keeps one value for each attribute type. A CA named `DC=com, DC=contoso, CN=…`, as every
//!   AD CS root is (D29), silently loses a `DC`, and the certificates that it issues do not chain.
//! - Its CSR parser refuses CSRs with a subject key identifier or a template extension, and corrupts a P-384
//!   key whose CSR is signed with SHA-256.
//!
//! So rcgen lays out a TBS with placeholders and without a signature. This module replaces fields of it with raw
//! DER ([`TbsPatch`]) and signs the result.

use rcgen::{CertificateParams, PublicKeyData, SignatureAlgorithm, SigningKey};
use yasna::ASN1Result;

use super::error::IssueError;
use super::key::KeyPair;

/// A SubjectPublicKeyInfo in DER, for a certificate that rcgen lays out.
///
/// rcgen derives the subject key identifier from this key. The key that rcgen writes is a placeholder, which
/// [`TbsPatch::public_key`] replaces.
pub(super) struct SubjectKey<'a>(pub(super) &'a [u8]);

impl PublicKeyData for SubjectKey<'_> {
    fn subject_public_key_info(&self) -> Vec<u8> {
        self.0.to_vec()
    }

    fn der_bytes(&self) -> &[u8] {
        &[]
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

/// A signer for rcgen that returns an empty signature: only the layout is needed.
pub(super) struct LayoutSigner<'a>(pub(super) &'a KeyPair);

impl PublicKeyData for LayoutSigner<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.as_rcgen().der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        PublicKeyData::algorithm(self.0.as_rcgen())
    }
}

impl SigningKey for LayoutSigner<'_> {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(Vec::new())
    }
}

/// The replacement of one field of a TBS by raw DER.
pub(super) struct TbsPatch<'a> {
    /// The index of the field in the SEQUENCE.
    index: usize,
    der: &'a [u8],
}

impl<'a> TbsPatch<'a> {
    /// Replaces the issuer of a TBSCertificate (RFC 5280 §4.1).
    pub(super) fn issuer(der: &'a [u8]) -> Self {
        Self { index: 3, der }
    }

    /// Replaces the subject of a TBSCertificate.
    pub(super) fn subject(der: &'a [u8]) -> Self {
        Self { index: 5, der }
    }

    /// Replaces the SubjectPublicKeyInfo of a TBSCertificate.
    pub(super) fn public_key(der: &'a [u8]) -> Self {
        Self { index: 6, der }
    }

    /// Replaces the subject of a CertificationRequestInfo (RFC 2986 §4.1).
    pub(super) fn request_subject(der: &'a [u8]) -> Self {
        Self { index: 1, der }
    }

    /// Replaces the issuer of a TBSCertList (RFC 5280 §5.1).
    pub(super) fn crl_issuer(der: &'a [u8]) -> Self {
        Self { index: 2, der }
    }
}

/// Applies `patches` to rcgen's layout, signs the result with `key`, and returns it in DER.
///
/// `what` describes the object in errors.
pub(super) fn sign_tbs(
    what: &str,
    layout: &[u8],
    patches: &[TbsPatch<'_>],
    key: &KeyPair,
) -> Result<Vec<u8>, IssueError> {
    let (mut fields, algorithm) = read_layout(layout).map_err(IssueError::crypto(what))?;
    for patch in patches {
        fields[patch.index] = patch.der.to_vec();
    }
    let tbs = yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            for field in &fields {
                writer.next().write_der(field);
            }
        });
    });
    let signature = key.sign(&tbs).map_err(IssueError::crypto(what))?;
    Ok(yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_der(&tbs);
            writer.next().write_der(&algorithm);
            writer
                .next()
                .write_bitvec_bytes(&signature, signature.len() * 8);
        });
    }))
}

/// Lays out and signs the certificate that `params` describe, for the key that signs it.
pub(super) fn self_sign(
    what: &str,
    params: &CertificateParams,
    patches: &[TbsPatch<'_>],
    key: &KeyPair,
) -> Result<Vec<u8>, IssueError> {
    let layout = params.self_signed(&LayoutSigner(key));
    let layout = layout.map_err(IssueError::crypto(what))?;
    sign_tbs(what, layout.der(), patches, key)
}

/// Returns the fields of the TBS and the signature algorithm, each in DER.
fn read_layout(layout: &[u8]) -> ASN1Result<(Vec<Vec<u8>>, Vec<u8>)> {
    yasna::parse_der(layout, |reader| {
        reader.read_sequence(|reader| {
            let fields = reader
                .next()
                .collect_sequence_of(|reader| reader.read_der())?;
            let algorithm = reader.next().read_der()?;
            let _empty_signature = reader.next().read_der()?;
            Ok((fields, algorithm))
        })
    })
}
