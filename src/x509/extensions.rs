//! Reads the extensions of a certificate, or those that a request contains (RFC 5280 §4.2).

use std::collections::HashSet;

use x509_parser::extensions::{
    CRLDistributionPoint, DistributionPointName, GeneralName, ParsedExtension, X509Extension,
};

use super::error::MalformedError;
use super::general_name;
use super::name_constraints::NameConstraints;
use super::template::CertificateTemplate;
use crate::name::SanName;
use crate::text::escape_and_truncate;

/// The extensions that every verifier of paths is expected to process: key usage, subject alternative name, basic
/// constraints, name constraints, CRL distribution points, extended key usage.
const PROCESSED: [&str; 6] = [
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.37",
];

/// The extensions that verdicts depend on: key usage, subject alternative name, basic constraints, name constraints,
/// extended key usage.
const DECISIVE: [&str; 5] = [
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.30",
    "2.5.29.37",
];
const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";

/// The key usage of a certificate or request (RFC 5280 §4.2.1.3). Bits that no TLS server or CA needs are omitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyUsage {
    /// Signing, as TLS servers do.
    pub digital_signature: bool,
    /// Encrypting keys, as RSA servers do in old TLS cipher suites.
    pub key_encipherment: bool,
    /// Encrypting data.
    pub data_encipherment: bool,
    /// Agreeing on keys, as ECDH keys do.
    pub key_agreement: bool,
    /// Signing certificates, as CAs do.
    pub key_cert_sign: bool,
    /// Signing CRLs, as CAs do.
    pub crl_sign: bool,
}

/// The extended key usage (RFC 5280 §4.2.1.12).
pub(super) struct ExtendedKeyUsage {
    /// Server Authentication, 1.3.6.1.5.5.7.3.1 (D20).
    pub(super) server_auth: bool,
    /// anyExtendedKeyUsage, 2.5.29.37.0.
    pub(super) any: bool,
}

/// The authority key identifier (RFC 5280 §4.2.1.1).
pub(crate) struct AuthorityKeyIdentifier {
    /// The identifier of the issuer's key.
    pub(crate) key_identifier: Option<Vec<u8>>,
    /// `true` if the extension names the issuer of the issuer's certificate.
    pub(crate) has_issuer: bool,
    /// `true` if the extension contains the serial number of the issuer's certificate.
    pub(crate) has_serial: bool,
}

/// The extensions that this crate reads. Fields are empty if an extension is absent.
#[derive(Default)]
pub(super) struct Extensions {
    pub(super) san: SubjectAltName,
    /// The `cA` of the basic constraints.
    pub(super) is_ca: Option<bool>,
    pub(super) path_len: Option<u32>,
    pub(super) subject_key_identifier: Option<Vec<u8>>,
    pub(super) authority_key_identifier: Option<AuthorityKeyIdentifier>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(super) template: Option<CertificateTemplate>,
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) has_crl_distribution_point: bool,
    /// The names of the distribution points with CRLs of the issuer itself for all reasons.
    pub(super) crl_distribution_points: Option<Vec<String>>,
    /// The names of every distribution point.
    pub(super) crl_locations: Vec<String>,
    /// The OIDs of malformed extensions. None of them is critical, and no verdict depends on them.
    pub(super) malformed: Vec<String>,
    /// The OIDs of critical extensions that a verifier is not expected to process.
    pub(super) unknown_critical: Vec<String>,
    /// The OID of each extension, with `true` if the extension is critical.
    pub(super) criticality: Vec<(String, bool)>,
}

/// The subject alternative name.
#[derive(Default)]
pub(super) struct SubjectAltName {
    /// The value of the extension as raw DER.
    pub(super) der: Vec<u8>,
    /// Every entry as text, in order.
    pub(super) entries: Vec<String>,
    /// The DNS names among the entries, in order and each once.
    pub(super) dns_names: Vec<SanName>,
}

impl Extensions {
    /// Reads `extensions`. A malformed extension is an error only if it is critical, or if verdicts depend on it.
    pub(super) fn parse<'e, 'der: 'e>(
        extensions: impl IntoIterator<Item = &'e X509Extension<'der>>,
    ) -> Result<Self, MalformedError> {
        let mut parsed = Self::default();
        let mut seen = HashSet::new();
        for extension in extensions {
            let oid = escape_and_truncate(&extension.oid.to_id_string());
            if !seen.insert(extension.oid.as_bytes()) {
                return Err(MalformedError::DuplicateExtension(oid));
            }
            if extension.critical && !PROCESSED.contains(&oid.as_str()) {
                parsed.unknown_critical.push(oid.clone());
            }
            match extension.parsed_extension() {
                ParsedExtension::ParseError { .. }
                    if extension.critical || DECISIVE.contains(&oid.as_str()) =>
                {
                    return Err(MalformedError::Extension(oid));
                }
                ParsedExtension::ParseError { .. } => parsed.set_malformed(&oid),
                value => parsed.set(extension, value),
            }
            parsed.criticality.push((oid, extension.critical));
        }
        Ok(parsed)
    }

    fn set(&mut self, extension: &X509Extension<'_>, value: &ParsedExtension<'_>) {
        match value {
            ParsedExtension::SubjectAlternativeName(san) => {
                self.san = SubjectAltName::new(&san.general_names, extension.value);
            }
            ParsedExtension::BasicConstraints(constraints) => {
                self.is_ca = Some(constraints.ca);
                self.path_len = constraints.path_len_constraint;
            }
            ParsedExtension::KeyUsage(usage) => {
                self.key_usage = Some(KeyUsage {
                    digital_signature: usage.digital_signature(),
                    key_encipherment: usage.key_encipherment(),
                    data_encipherment: usage.data_encipherment(),
                    key_agreement: usage.key_agreement(),
                    key_cert_sign: usage.key_cert_sign(),
                    crl_sign: usage.crl_sign(),
                });
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.extended_key_usage = Some(ExtendedKeyUsage {
                    server_auth: usage.server_auth,
                    any: usage.any,
                });
            }
            ParsedExtension::SubjectKeyIdentifier(identifier) => {
                self.subject_key_identifier = Some(identifier.0.to_vec());
            }
            ParsedExtension::AuthorityKeyIdentifier(identifier) => {
                let key_identifier = identifier.key_identifier.as_ref();
                self.authority_key_identifier = Some(AuthorityKeyIdentifier {
                    key_identifier: key_identifier.map(|key| key.0.to_vec()),
                    has_issuer: identifier.authority_cert_issuer.is_some(),
                    has_serial: identifier.authority_cert_serial.is_some(),
                });
            }
            ParsedExtension::NameConstraints(constraints) => {
                self.name_constraints = Some(NameConstraints::new(constraints));
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                self.has_crl_distribution_point = !points.points.is_empty();
                self.crl_distribution_points = Some(full_crl_names(&points.points));
                self.crl_locations = names_of_points(&points.points);
            }
            ParsedExtension::UnsupportedExtension { oid } => {
                self.set_template(oid.as_bytes(), extension.value);
            }
            _ => {}
        }
    }

    fn set_malformed(&mut self, oid: &str) {
        if oid == CRL_DISTRIBUTION_POINTS {
            // A CRL of some distribution points never covers the certificate.
            self.has_crl_distribution_point = true;
            self.crl_distribution_points = Some(Vec::new());
        }
        self.malformed.push(oid.to_owned());
    }

    /// Sets the template if the extension contains one. Object identifier and version take precedence over the name.
    fn set_template(&mut self, oid: &[u8], value: &[u8]) {
        let has_version = self
            .template
            .as_ref()
            .is_some_and(CertificateTemplate::has_version);
        if !has_version && let Some(template) = CertificateTemplate::from_extension(oid, value) {
            self.template = Some(template);
        }
    }
}

impl SubjectAltName {
    fn new(names: &[GeneralName<'_>], der: &[u8]) -> Self {
        // An entry that is not a valid DNS name (a NetBIOS name, for example) matches no host.
        let dns_names = names.iter().filter_map(|name| match name {
            GeneralName::DNSName(name) => name.parse::<SanName>().ok(),
            _ => None,
        });
        let mut seen = HashSet::new();
        Self {
            der: der.to_vec(),
            entries: general_name::texts(names),
            dns_names: dns_names.filter(|name| seen.insert(name.clone())).collect(),
        }
    }
}

/// Returns the names of those `points` that have CRLs of the issuer itself for all reasons.
fn full_crl_names(points: &[CRLDistributionPoint<'_>]) -> Vec<String> {
    names_of_points(
        points
            .iter()
            .filter(|point| point.reasons.is_none() && point.crl_issuer.is_none()),
    )
}

/// Returns the full names of `points`.
fn names_of_points<'p, 'der: 'p>(
    points: impl IntoIterator<Item = &'p CRLDistributionPoint<'der>>,
) -> Vec<String> {
    points
        .into_iter()
        .filter_map(|point| point.distribution_point.as_ref())
        .flat_map(distribution_point_names)
        .collect()
}

/// Returns the full names of a distribution point as text.
pub(super) fn distribution_point_names(point: &DistributionPointName<'_>) -> Vec<String> {
    match point {
        DistributionPointName::FullName(names) => general_name::texts(names),
        DistributionPointName::NameRelativeToCRLIssuer(_) => Vec::new(),
    }
}
