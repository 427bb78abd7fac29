//! What the rest of the crate reads of a certificate.

use std::sync::OnceLock;

use super::Certificate;
use crate::x509::comparable_name::ComparableName;
use crate::x509::extensions::AuthorityKeyIdentifier;
use crate::x509::name_constraints::{ConstrainedNames, NameConstraints};
use crate::x509::self_signature::SelfSignature;

impl Certificate {
    /// Returns the place where the result of [`self_signature`](Self::self_signature) is kept.
    pub(in crate::x509) fn kept_self_signature(&self) -> &OnceLock<SelfSignature> {
        &self.fields.self_signature
    }

    /// Returns the subject as raw DER.
    pub(crate) fn raw_subject(&self) -> &[u8] {
        &self.fields.subject.der
    }

    /// Returns the subject in a form that can be compared.
    pub(crate) fn comparable_subject(&self) -> Option<ComparableName> {
        ComparableName::from_der(self.raw_subject())
    }

    /// Returns the issuer in a form that can be compared.
    pub(in crate::x509) fn comparable_issuer(&self) -> Option<ComparableName> {
        ComparableName::from_der(self.raw_issuer())
    }

    /// Returns the issuer as raw DER.
    pub(crate) fn raw_issuer(&self) -> &[u8] {
        &self.fields.issuer.der
    }

    /// Returns the SubjectPublicKeyInfo as raw DER.
    pub(crate) fn raw_public_key(&self) -> &[u8] {
        &self.fields.raw_public_key
    }

    /// Returns the subject key identifier.
    pub(crate) fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.fields.extensions.subject_key_identifier.as_deref()
    }

    /// Returns the authority key identifier.
    pub(crate) fn authority_key_identifier(&self) -> Option<&AuthorityKeyIdentifier> {
        self.fields.extensions.authority_key_identifier.as_ref()
    }

    /// Returns the name constraints.
    pub(crate) fn name_constraints(&self) -> Option<&NameConstraints> {
        self.fields.extensions.name_constraints.as_ref()
    }

    /// Returns the names to which the name constraints of a CA apply.
    pub(crate) fn names(&self) -> ConstrainedNames<'_> {
        ConstrainedNames {
            san_entries: self.san_entries(),
            raw_subject: self.raw_subject(),
        }
    }

    /// Returns the names of the distribution points with CRLs of the issuer itself for all reasons. Returns `None` if
    /// the extension is absent.
    pub(crate) fn crl_distribution_points(&self) -> Option<&[String]> {
        self.fields.extensions.crl_distribution_points.as_deref()
    }

    /// Returns the names of every CRL distribution point.
    pub(crate) fn crl_locations(&self) -> &[String] {
        &self.fields.extensions.crl_locations
    }

    /// Returns the OIDs of malformed extensions that no verdict depends on.
    pub(crate) fn malformed_extensions(&self) -> &[String] {
        &self.fields.extensions.malformed
    }

    /// Returns the OIDs of the critical extensions that a verifier of paths is not expected to process.
    pub(crate) fn unknown_critical_extensions(&self) -> &[String] {
        &self.fields.extensions.unknown_critical
    }

    /// Returns the OID of each extension in order, with `true` if the extension is critical.
    pub(crate) fn extensions(&self) -> &[(String, bool)] {
        &self.fields.extensions.criticality
    }

    /// Returns `true` if the extension of this OID is critical, or `None` if the extension is absent.
    pub(crate) fn criticality(&self, oid: &str) -> Option<bool> {
        let mut extensions = self.extensions().iter();
        let extension = extensions.find(|(known, _)| known == oid);
        extension.map(|(_, is_critical)| *is_critical)
    }

    /// Returns `true` if the version is 3 (RFC 5280 §4.1.2.1).
    pub(crate) fn is_v3(&self) -> bool {
        self.fields.is_v3
    }

    /// Returns `true` if a date is UTCTime but must be GeneralizedTime by RFC 5280 §4.1.2.5, or the other way round.
    /// Most verifiers accept such dates.
    pub(crate) fn has_irregular_dates(&self) -> bool {
        self.fields.has_irregular_dates
    }

    /// Returns `true` if the certificate has a unique identifier of its subject or issuer (RFC 5280 §4.1.2.8). Most
    /// verifiers accept such identifiers.
    pub(crate) fn has_unique_identifiers(&self) -> bool {
        self.fields.has_unique_identifiers
    }

    /// Returns what `rustls-webpki` cannot process in the encoding of the certificate, although Windows and OpenSSL can,
    /// as a predicate: "has an issuerUniqueID (RFC 5280 §4.1.2.8)".
    pub(crate) fn unprocessable_encoding(&self) -> Option<&str> {
        self.fields.unprocessable.as_deref()
    }
}
