//! Signing. rcgen lays out what is to be signed; what it cannot hold (names with repeated attributes, a
//! stranger's key) is put in its place here; and then it is signed, once.

use rcgen::{CertificateParams, Issuer, PublicKeyData, SignatureAlgorithm, SigningKey};

use super::der::{self, BIT_STRING, SEQUENCE};
use super::error::IssueError;
use super::key::KeyPair;
use crate::x509;

/// The key that a certificate is for. rcgen lays out with it in every role, that of the signer too: so what
/// it writes is compiled once. It signs nothing: the layout is not what is signed in the end.
pub(super) enum Holder<'a> {
    /// One whose private half is here.
    Own(&'a KeyPair),
    /// One of which only the SubjectPublicKeyInfo is here. rcgen takes the subject key identifier from it;
    /// what it writes of the key itself is replaced.
    Foreign(&'a [u8]),
}

impl Holder<'_> {
    /// Its public key, as SubjectPublicKeyInfo.
    pub(super) fn public_key(&self) -> Vec<u8> {
        self.subject_public_key_info()
    }
}

impl PublicKeyData for Holder<'_> {
    fn subject_public_key_info(&self) -> Vec<u8> {
        match self {
            Self::Own(key) => key.inner().subject_public_key_info(),
            Self::Foreign(spki) => spki.to_vec(),
        }
    }

    fn der_bytes(&self) -> &[u8] {
        match self {
            Self::Own(key) => key.inner().der_bytes(),
            Self::Foreign(_) => &[],
        }
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self {
            Self::Own(key) => PublicKeyData::algorithm(key.inner()),
            Self::Foreign(_) => &rcgen::PKCS_ED25519,
        }
    }
}

impl SigningKey for Holder<'_> {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(Vec::new())
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

/// Puts what is `replaced` into what rcgen laid out with a [`Holder`], and signs it with `key`.
pub(super) fn finish(
    what: &str,
    layout: &[u8],
    replaced: &[Replaced<'_>],
    key: &KeyPair,
) -> Result<Vec<u8>, IssueError> {
    let Some((elements, algorithm)) = parts(layout, replaced) else {
        return Err(IssueError::crypto(what)(BrokenLayout));
    };
    let signed = der::element(SEQUENCE, &elements);
    let signature = key.sign(&signed);
    let signature = signature.map_err(IssueError::crypto(what))?;
    // No bit of its last byte is unused.
    let signature = der::element(BIT_STRING, &[&[0], &signature]);
    Ok(der::element(SEQUENCE, &[&signed, algorithm, &signature]))
}

/// What `params` ask for, signed by the key that it is for.
pub(super) fn self_sign(
    what: &str,
    params: &CertificateParams,
    replaced: &[Replaced<'_>],
    key: &KeyPair,
) -> Result<Vec<u8>, IssueError> {
    // Not by `self_signed` of rcgen, which is compiled for itself.
    let issuer = Issuer::from_params(params, Holder::Own(key));
    let layout = params.signed_by(&Holder::Own(key), &issuer);
    let layout = layout.map_err(IssueError::crypto(what))?;
    finish(what, layout.der(), replaced, key)
}

/// The elements of what is to be signed, and the algorithm to sign it with.
fn parts<'a>(layout: &'a [u8], replaced: &[Replaced<'a>]) -> Option<(Vec<&'a [u8]>, &'a [u8])> {
    let (_, content, _) = x509::whole_element(layout)?;
    let (_, signed, behind) = x509::whole_element(content)?;
    let (algorithm, _) = x509::split_element(behind)?;
    let mut elements = Vec::new();
    let mut rest = signed;
    while let Some((element, behind)) = x509::split_element(rest) {
        elements.push(element);
        rest = behind;
    }
    for (place, der) in replaced {
        *elements.get_mut(*place)? = der;
    }
    Some((elements, algorithm))
}

/// What rcgen laid out has another shape than was expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was laid out in an unknown way")]
struct BrokenLayout;
