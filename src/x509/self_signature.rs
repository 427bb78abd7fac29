//! Checks signatures of certificates, above all whether a certificate is self-signed.

use super::certificate::Certificate;
use super::signature::{self, SignatureCheck};

/// The result of checking whether a certificate is signed with its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SelfSignature {
    /// Issuer and subject are equal, and the certificate's own key verifies its signature.
    Valid,
    /// Issuer and subject differ, or the certificate's own key does not verify its signature.
    Invalid,
    /// Issuer and subject are equal, and this crate cannot verify the signature algorithm.
    Unsupported,
}

impl Certificate {
    /// Checks whether the certificate is self-signed: issuer and subject are equal, and its own key verifies its
    /// signature. The first call verifies the signature; clones share the result.
    #[doc(alias("self-signed"))]
    #[must_use]
    pub fn self_signature(&self) -> SelfSignature {
        if !self.is_self_issued() {
            return SelfSignature::Invalid;
        }
        *self
            .kept_self_signature()
            .get_or_init(|| match self.check_signature(self) {
                SignatureCheck::Valid => SelfSignature::Valid,
                SignatureCheck::Invalid => SelfSignature::Invalid,
                SignatureCheck::Unverifiable => SelfSignature::Unsupported,
            })
    }

    /// Returns `true` unless the certificate is known not to be self-signed. The signatures of old roots cannot always
    /// be verified.
    pub(crate) fn may_be_self_signed(&self) -> bool {
        self.self_signature() != SelfSignature::Invalid
    }

    /// Returns `true` if the issuer of this certificate is the subject of `issuer`, and the key of `issuer` verifies
    /// the signature. Returns `false` if this crate cannot verify the algorithm. Each call verifies a signature.
    #[must_use]
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        self.issuer_matches(issuer) && self.check_signature(issuer) == SignatureCheck::Valid
    }

    /// Checks the signature of this certificate under the key of `issuer`. Names are not compared.
    pub(crate) fn check_signature(&self, issuer: &Self) -> SignatureCheck {
        signature::verify(self.der(), issuer.raw_public_key(), issuer.public_key())
    }
}
