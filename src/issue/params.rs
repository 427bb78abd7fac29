//! From a plan's terms to rcgen's: every field is set, since rcgen's defaults suit nobody here (a
//! foreign CN, a validity until 4096, the hash of the key as serial).

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyUsagePurpose, SanType, SerialNumber,
};
use time::{Duration, OffsetDateTime};

use super::error::IssueError;
use super::key::KeyPair;
use crate::backend;
use crate::name::SanName;
use crate::plan::{KeyKind, PlannedCertificate};

/// When a certificate is valid: whole seconds in UTC, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
}

impl Validity {
    /// `days` days from `not_before` on.
    pub(super) fn days(not_before: OffsetDateTime, days: u32) -> Result<Self, IssueError> {
        let error = || IssueError::Validity { not_before, days };
        let not_before = whole_second(not_before).ok_or_else(error)?;
        let not_after = not_before.checked_add(Duration::days(days.into()));
        // A certificate carries the years 1 to 9999 (RFC 5280 §4.1.2.5.2).
        match not_after.filter(|end| days > 0 && end.year() <= 9999 && not_before.year() >= 1) {
            Some(not_after) => Ok(Self {
                not_before,
                not_after,
            }),
            None => Err(error()),
        }
    }

    /// The first half of this validity, in whole seconds: what an issuer of that validity can vouch for.
    pub(super) fn first_half(self) -> Self {
        let half = Duration::seconds((self.not_after - self.not_before).whole_seconds() / 2);
        Self {
            not_after: self.not_before.saturating_add(half),
            ..self
        }
    }
}

/// `at` in UTC, without the part of a second that certificates do not carry.
fn whole_second(at: OffsetDateTime) -> Option<OffsetDateTime> {
    let utc = at.checked_to_offset(time::UtcOffset::UTC)?;
    utc.replace_nanosecond(0).ok()
}

/// Parameters with this CN and nothing else of rcgen's defaults that a request would carry.
fn blank(cn: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, cn);
    params.key_identifier_method = KeyIdMethod::Sha256;
    params
}

/// A CA with so many others below it at most (RFC 5280 §4.2.1.9).
pub(super) fn authority(
    name: &str,
    validity: Validity,
    below: u8,
) -> Result<CertificateParams, IssueError> {
    let mut params = blank(name);
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params.serial_number = Some(serial()?);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

/// What the plan asks for, for a key of the planned kind.
pub(super) fn planned(
    planned: &PlannedCertificate,
    key: &KeyPair,
) -> Result<CertificateParams, IssueError> {
    if key.kind() != planned.key() {
        return Err(IssueError::OtherKey {
            subject: planned.subject().clone(),
            planned: planned.key(),
            found: key.kind(),
        });
    }
    server(planned.names(), planned.key(), planned.subject().as_str())
}

/// What a request and a certificate of a server have in common.
pub(super) fn server(
    names: impl IntoIterator<Item = SanName>,
    key: KeyKind,
    cn: &str,
) -> Result<CertificateParams, IssueError> {
    let names = names.into_iter().map(|name| name.to_string());
    server_texts(names, key, cn)
}

/// [`server`], with names that need be none: Exchange puts NetBIOS names there.
pub(super) fn server_texts(
    names: impl IntoIterator<Item = String>,
    key: KeyKind,
    cn: &str,
) -> Result<CertificateParams, IssueError> {
    let mut params = blank(cn);
    for name in names {
        params.subject_alt_names.push(dns(name)?);
    }
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages = key_usages(key);
    Ok(params)
}

/// RSA keys encrypt the session key of old TLS suites too; the others only sign (RFC 5246 §7.4.2).
fn key_usages(key: KeyKind) -> Vec<KeyUsagePurpose> {
    match key.rsa_bits() {
        Some(_) => vec![
            KeyUsagePurpose::DigitalSignature,
            KeyUsagePurpose::KeyEncipherment,
        ],
        None => vec![KeyUsagePurpose::DigitalSignature],
    }
}

/// Turns what a request asks for into what a CA issues: dates, serial, and the extensions that are the
/// CA's to set.
pub(super) fn issued(
    request: CertificateParams,
    validity: Validity,
    crl: &str,
) -> Result<CertificateParams, IssueError> {
    let mut params = request;
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params.serial_number = Some(serial()?);
    // The only variant that gives an end entity its basic constraints and subject key identifier.
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = vec![CrlDistributionPoint {
        uris: vec![crl.to_owned()],
    }];
    Ok(params)
}

fn dns(name: String) -> Result<SanType, IssueError> {
    let what = format!("the SAN entry {name:?}");
    let text = Ia5String::try_from(name).map_err(IssueError::crypto(what))?;
    Ok(SanType::DnsName(text))
}

/// Sixteen random bytes, positive and never shorter (RFC 5280 §4.1.2.2).
pub(super) fn serial() -> Result<SerialNumber, IssueError> {
    let mut bytes: [u8; 16] = backend::random().map_err(IssueError::crypto("a serial number"))?;
    if let Some(first) = bytes.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    Ok(SerialNumber::from_slice(&bytes))
}
