//! Signing. rcgen lays out what is to be signed; what it cannot hold (names with repeated attributes, a
//! stranger's key) is put in its place here; and then it is signed, once.

use rcgen::{PublicKeyData, SignatureAlgorithm, SigningKey};
use yasna::ASN1Result;

use super::error::IssueError;
use super::key::KeyPair;

/// A key that rcgen lays out with. It signs nothing: the layout is not what is signed in the end.
pub(super) struct Layout<'a>(pub(super) &'a KeyPair);

impl PublicKeyData for Layout<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.inner().der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        PublicKeyData::algorithm(self.0.inner())
    }
}

impl SigningKey for Layout<'_> {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(Vec::new())
    }
}

/// A stranger's public key, by its SubjectPublicKeyInfo. rcgen takes the subject key identifier from it;
/// what it writes of the key itself is replaced.
pub(super) struct ForeignKey<'a>(pub(super) &'a [u8]);

impl PublicKeyData for ForeignKey<'_> {
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

/// An element of what is signed, and the DER to put in its place.
pub(super) type Replaced<'a> = (usize, &'a [u8]);

/// Where the issuer stands in a TBSCertificate (RFC 5280 §4.1).
pub(super) const ISSUER: usize = 3;
/// Where the subject stands in a TBSCertificate.
pub(super) const SUBJECT: usize = 5;
/// Where the key stands in a TBSCertificate.
pub(super) const PUBLIC_KEY: usize = 6;
/// Where the subject stands in a CertificationRequestInfo (RFC 2986 §4.1).
pub(super) const REQUEST_SUBJECT: usize = 1;
/// Where the issuer stands in a TBSCertList (RFC 5280 §5.1).
pub(super) const CRL_ISSUER: usize = 2;

/// Puts what is `replaced` into what rcgen laid out with a [`Layout`], and signs it with `key`.
pub(super) fn finish(
    what: &str,
    layout: &[u8],
    replaced: &[Replaced<'_>],
    key: &KeyPair,
) -> Result<Vec<u8>, IssueError> {
    let (mut elements, algorithm) = take_apart(layout).map_err(IssueError::crypto(what))?;
    for (place, der) in replaced {
        if let Some(element) = elements.get_mut(*place) {
            *element = der.to_vec();
        }
    }
    let signed = yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            for element in &elements {
                writer.next().write_der(element);
            }
        });
    });
    let signature = key.inner().sign(&signed);
    let signature = signature.map_err(IssueError::crypto(what))?;
    Ok(yasna::construct_der(|writer| {
        writer.write_sequence(|writer| {
            writer.next().write_der(&signed);
            writer.next().write_der(&algorithm);
            writer
                .next()
                .write_bitvec_bytes(&signature, signature.len() * 8);
        });
    }))
}

/// The elements of what is to be signed, and the algorithm to sign it with.
fn take_apart(layout: &[u8]) -> ASN1Result<(Vec<Vec<u8>>, Vec<u8>)> {
    yasna::parse_der(layout, |reader| {
        reader.read_sequence(|reader| {
            let mut elements = Vec::new();
            reader.next().read_sequence_of(|reader| {
                elements.push(reader.read_der()?);
                Ok(())
            })?;
            let algorithm = reader.next().read_der()?;
            reader.next().read_bitvec_bytes()?;
            Ok((elements, algorithm))
        })
    })
}
