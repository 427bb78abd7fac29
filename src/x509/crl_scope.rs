//! Which certificates a CRL speaks for (RFC 5280 §5.2).

use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::{
    DistributionPointName, IssuingDistributionPoint, ParsedExtension, X509Extension,
};
use x509_parser::prelude::FromDer;
use x509_parser::revocation_list::{CertificateRevocationList, RevokedCertificate};

use super::certificate::Certificate;
use super::extensions::entry_texts;
use super::facts::BasicConstraints;

const DELTA: &str = "2.5.29.27";
const POINT: &str = "2.5.29.28";
const CERTIFICATE_ISSUER: &str = "2.5.29.29";
/// The critical extensions of a CRL that are understood: the issuing distribution point and the delta CRL
/// indicator.
const UNDERSTOOD: [&str; 2] = [POINT, DELTA];

/// What a CRL says of its reach.
#[derive(Clone, Default)]
pub(super) struct Scope {
    /// Why what it lists is not simply what its issuer revoked, as a clause behind "it".
    foreign: Option<&'static str>,
    pub(super) is_delta: bool,
    is_by_reason: bool,
    only: Only,
    /// The names of the distribution point that it is for; `None` where it is for all.
    point: Option<Vec<String>>,
}

/// The kind of certificates that a CRL is for.
#[derive(Clone, Copy, Default, PartialEq)]
enum Only {
    #[default]
    Anything,
    Servers,
    Cas,
}

impl Scope {
    pub(super) fn of(crl: &CertificateRevocationList<'_>) -> Self {
        let mut scope = Self::default();
        for extension in crl.extensions() {
            scope.take(extension);
        }
        for entry in crl.iter_revoked_certificates() {
            if scope.foreign.is_some() {
                break;
            }
            scope.foreign = foreign_entry(entry);
        }
        scope
    }

    fn take(&mut self, extension: &X509Extension<'_>) {
        let oid = extension.oid.to_id_string();
        if extension.critical && !UNDERSTOOD.contains(&oid.as_str()) {
            self.foreign = Some("has a critical extension that is not understood");
        }
        self.is_delta |= oid == DELTA;
        match extension.parsed_extension() {
            ParsedExtension::IssuingDistributionPoint(point) => self.take_point(point),
            ParsedExtension::ParseError { .. } if extension.critical => {
                self.foreign = Some("has a malformed extension");
            }
            // What it lists counts still.
            ParsedExtension::ParseError { .. } if oid == POINT => self.point = Some(Vec::new()),
            _ => {}
        }
    }

    fn take_point(&mut self, point: &IssuingDistributionPoint<'_>) {
        if point.indirect_crl {
            self.foreign = Some("is an indirect CRL");
        }
        if point.only_contains_attribute_certs {
            self.foreign = Some("is for attribute certificates alone");
        }
        self.is_by_reason = point.only_some_reasons.is_some();
        self.only = match (point.only_contains_user_certs, point.only_contains_ca_certs) {
            (true, _) => Only::Servers,
            (_, true) => Only::Cas,
            _ => Only::Anything,
        };
        self.point = point.distribution_point.as_ref().map(names);
    }

    /// Why what it lists is not simply what its issuer revoked; `None` where it is.
    pub(super) fn foreign(&self) -> Option<&'static str> {
        self.foreign
    }

    /// Why it says nothing of `certificate` where it does not list it; `None` where it then says that the
    /// certificate counts.
    pub(super) fn silent_on(&self, certificate: &Certificate) -> Option<&'static str> {
        let is_ca = certificate.basic_constraints() == BasicConstraints::Ca;
        match self {
            it if it.foreign.is_some() => it.foreign,
            it if it.is_delta => Some("is a delta CRL, which lists changes alone"),
            it if it.is_by_reason => Some("is for some reasons of revocation alone"),
            it if it.only == Only::Servers && is_ca => Some("is not for certificates of CAs"),
            it if it.only == Only::Cas && !is_ca => Some("is for certificates of CAs alone"),
            it if it.is_for_another_point(certificate) => {
                Some("is for another CRL distribution point")
            }
            _ => None,
        }
    }

    /// A certificate that names no distribution point may be of any.
    fn is_for_another_point(&self, certificate: &Certificate) -> bool {
        let (Some(own), Some(named)) = (&self.point, crl_points(certificate)) else {
            return false;
        };
        for name in &named {
            if own.contains(name) {
                return false;
            }
        }
        true
    }
}

/// Why an entry makes of its CRL one that lists more than what its issuer revoked.
fn foreign_entry(entry: &RevokedCertificate<'_>) -> Option<&'static str> {
    for extension in entry.extensions() {
        if !extension.critical {
            continue;
        }
        match extension.oid.to_id_string().as_str() {
            CERTIFICATE_ISSUER => return Some("is an indirect CRL"),
            // The reason and the date need not be critical, and are understood all the same.
            "2.5.29.21" | "2.5.29.24" => {}
            _ => return Some("has an entry with a critical extension that is not understood"),
        }
    }
    None
}

/// The names of the distribution points at which the whole CRL of its issuer is said to be, as text; `None`
/// where it has none. Read anew at each call: hardly anybody asks.
fn crl_points(certificate: &Certificate) -> Option<Vec<String>> {
    let (_, parsed) = X509Certificate::from_der(certificate.der()).ok()?;
    for extension in parsed.extensions() {
        if let ParsedExtension::CRLDistributionPoints(points) = extension.parsed_extension() {
            let mut named = Vec::new();
            for it in &points.points {
                let is_whole = it.reasons.is_none() && it.crl_issuer.is_none();
                if let (true, Some(point)) = (is_whole, &it.distribution_point) {
                    named.append(&mut names(point));
                }
            }
            return Some(named);
        }
    }
    None
}

/// The names of a distribution point as text.
fn names(point: &DistributionPointName<'_>) -> Vec<String> {
    match point {
        DistributionPointName::FullName(names) => entry_texts(names),
        DistributionPointName::NameRelativeToCRLIssuer(_) => Vec::new(),
    }
}
