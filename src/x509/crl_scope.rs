//! The certificates that a CRL covers (RFC 5280 §5.2).

use std::collections::HashSet;

use x509_parser::extensions::{IssuingDistributionPoint, ParsedExtension, X509Extension};
use x509_parser::revocation_list::{CertificateRevocationList, RevokedCertificate};

use super::certificate::Certificate;
use super::crl_number::CrlNumber;
use super::error::MalformedError;
use super::extensions::distribution_point_names;

const CRL_NUMBER: &str = "2.5.29.20";
const DELTA_CRL_INDICATOR: &str = "2.5.29.27";
const ISSUING_DISTRIBUTION_POINT: &str = "2.5.29.28";
const REASON_CODE: &str = "2.5.29.21";
const INVALIDITY_DATE: &str = "2.5.29.24";
const CERTIFICATE_ISSUER: &str = "2.5.29.29";

/// The certificates that a CRL covers.
#[derive(Clone, Default)]
pub(super) struct CrlScope {
    unusable_reason: Option<&'static str>,
    number: Option<CrlNumber>,
    pub(super) is_delta: bool,
    /// The number of the oldest complete CRL with which a delta CRL can be combined.
    base_number: Option<CrlNumber>,
    /// The DER of the issuing distribution point, which defines the scope (RFC 5280 §5.2.5).
    point_der: Option<Vec<u8>>,
    is_for_some_reasons: bool,
    subjects: Subjects,
    /// The names of the distribution point that the CRL is for. `None` if the CRL is for all of them.
    distribution_point: Option<HashSet<String>>,
}

/// The subjects of the certificates that a CRL covers.
#[derive(Clone, Copy, Default, PartialEq)]
enum Subjects {
    #[default]
    All,
    EndEntities,
    Cas,
}

impl CrlScope {
    pub(super) fn new(crl: &CertificateRevocationList<'_>) -> Result<Self, MalformedError> {
        let mut scope = Self::default();
        let mut oids = HashSet::new();
        for extension in crl.extensions() {
            if !oids.insert(&extension.oid) {
                let oid = extension.oid.to_id_string();
                return Err(MalformedError::DuplicateExtension(oid));
            }
            scope.add(extension);
        }
        if scope.unusable_reason.is_none() {
            scope.unusable_reason = crl.iter_revoked_certificates().find_map(unusable_entry);
        }
        Ok(scope)
    }

    fn add(&mut self, extension: &X509Extension<'_>) {
        let oid = extension.oid.to_id_string();
        let is_processed = oid == DELTA_CRL_INDICATOR || oid == ISSUING_DISTRIBUTION_POINT;
        if extension.critical && !is_processed {
            self.unusable_reason = Some("has an unknown critical extension");
        }
        match oid.as_str() {
            CRL_NUMBER => self.number = CrlNumber::from_der(extension.value),
            DELTA_CRL_INDICATOR => {
                self.is_delta = true;
                self.base_number = CrlNumber::from_der(extension.value);
            }
            ISSUING_DISTRIBUTION_POINT => self.point_der = Some(extension.value.to_vec()),
            _ => {}
        }
        match extension.parsed_extension() {
            ParsedExtension::IssuingDistributionPoint(point) => self.set_point(point),
            ParsedExtension::ParseError { .. } if extension.critical => {
                self.unusable_reason = Some("has a malformed extension");
            }
            // The CRL revokes the certificates that it lists, and gives no status of others.
            ParsedExtension::ParseError { .. } if oid == ISSUING_DISTRIBUTION_POINT => {
                self.distribution_point = Some(HashSet::new());
            }
            _ => {}
        }
    }

    fn set_point(&mut self, point: &IssuingDistributionPoint<'_>) {
        if point.indirect_crl {
            self.unusable_reason = Some("is an indirect CRL");
        }
        if point.only_contains_attribute_certs {
            self.unusable_reason = Some("covers only attribute certificates");
        }
        // RFC 5280 §5.2.5: at most one of them may be TRUE.
        if point.only_contains_user_certs && point.only_contains_ca_certs {
            self.unusable_reason =
                Some("covers only CA certificates and also only others, which is a contradiction");
        }
        self.is_for_some_reasons = point.only_some_reasons.is_some();
        self.subjects = if point.only_contains_user_certs {
            Subjects::EndEntities
        } else if point.only_contains_ca_certs {
            Subjects::Cas
        } else {
            Subjects::All
        };
        let names = point.distribution_point.as_ref();
        self.distribution_point =
            names.map(|name| distribution_point_names(name).into_iter().collect());
    }

    /// Returns `true` if `other` has the same scope (RFC 5280 §5.2.4). Delta CRLs are not distinguished from complete
    /// ones.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.point_der == other.point_der
    }

    /// Returns `true` if this CRL has a higher number than `other`, or one of them has no number.
    pub(super) fn has_higher_number(&self, other: &Self) -> bool {
        match (&self.number, &other.number) {
            (Some(own), Some(other)) => own > other,
            _ => true,
        }
    }

    /// Returns `true` if this is a delta CRL that can be combined with `complete` by their scopes and numbers (RFC 5280
    /// §5.2.4).
    pub(super) fn is_based_on(&self, complete: &Self) -> bool {
        let (Some(base), Some(own), Some(complete_number)) =
            (&self.base_number, &self.number, &complete.number)
        else {
            return false;
        };
        !complete.is_delta
            && self.is_same(complete)
            && base <= complete_number
            && complete_number < own
    }

    /// Returns the reason why the CRL cannot be used, as a predicate: its entries may be certificates of another
    /// issuer, or have an unknown meaning.
    pub(super) fn unusable_reason(&self) -> Option<&'static str> {
        self.unusable_reason
    }

    /// Returns the reason why `certificate` is not covered, as a predicate. Returns `None` if the absence of the
    /// certificate from the CRL means that it is not revoked.
    pub(super) fn out_of_scope_reason(&self, certificate: &Certificate) -> Option<&'static str> {
        if self.unusable_reason.is_some() {
            self.unusable_reason
        } else if self.is_delta {
            Some("is a delta CRL, which lists only changes")
        } else if self.is_for_some_reasons {
            Some("covers only some revocation reasons")
        } else if self.subjects == Subjects::EndEntities && certificate.is_ca() {
            Some("does not cover CA certificates")
        } else if self.subjects == Subjects::Cas && !certificate.is_ca() {
            Some("covers only CA certificates")
        } else if self.is_for_another_point(certificate) {
            Some("covers another CRL distribution point")
        } else {
            None
        }
    }

    /// Returns `true` if the CRL is for a distribution point that `certificate` does not name. A certificate without
    /// distribution points may belong to any.
    fn is_for_another_point(&self, certificate: &Certificate) -> bool {
        let (Some(own), Some(names)) = (
            &self.distribution_point,
            certificate.crl_distribution_points(),
        ) else {
            return false;
        };
        !names.iter().any(|name| own.contains(name))
    }
}

/// Returns the reason why an entry makes its whole CRL unusable.
fn unusable_entry(entry: &RevokedCertificate<'_>) -> Option<&'static str> {
    let mut critical = entry
        .extensions()
        .iter()
        .filter(|extension| extension.critical);
    critical.find_map(|extension| match extension.oid.to_id_string().as_str() {
        CERTIFICATE_ISSUER => Some("is an indirect CRL"),
        REASON_CODE | INVALIDITY_DATE => None,
        _ => Some("has an entry with an unknown critical extension"),
    })
}
