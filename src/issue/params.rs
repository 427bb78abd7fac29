//! From a plan's terms to rcgen's: every field is set, since rcgen's defaults suit nobody here (a
//! foreign CN, a validity until 4096, the hash of the key as serial).

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyUsagePurpose, SanType, SerialNumber,
};
use time::OffsetDateTime;

use super::error::IssueError;
use super::key::KeyPair;
use crate::date::{self, DAY};
use crate::name::GeneralName;
use crate::plan::{KeyKind, PlannedCertificate};
use crate::x509::{Certificate, CertificateRequest, PublicKey};

/// When a certificate is valid: whole seconds in UTC, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) not_before: OffsetDateTime,
    pub(super) not_after: OffsetDateTime,
}

impl Validity {
    /// `days` days from `not_before` on.
    pub(super) fn days(not_before: OffsetDateTime, days: u32) -> Result<Self, IssueError> {
        let start = date::later(not_before, 0);
        let end = date::later(not_before, DAY * i64::from(days));
        match (start, end) {
            // A certificate carries the years 1 to 9999 (RFC 5280 §4.1.2.5.2).
            (Some(start), Some(end)) if days > 0 && start.year() >= 1 && end.year() <= 9999 => {
                Ok(Self {
                    not_before: start,
                    not_after: end,
                })
            }
            _ => Err(IssueError::Validity { not_before, days }),
        }
    }

    /// Of a CA below one of this validity: the first half of it, in whole seconds, which its issuer can vouch
    /// for; or as much more as it takes for `leaf` to end no later.
    pub(super) fn below(self, leaf: Self) -> Self {
        let half = date::between(self.not_before, self.not_after) / 2;
        let half = date::later(self.not_before, half).unwrap_or(self.not_after);
        Self {
            not_after: half.max(leaf.not_after).min(self.not_after),
            ..self
        }
    }
}

/// Parameters with this CN and nothing else of rcgen's defaults that a request would carry. The CN holds
/// the place of the subject, which is put there when it is signed; without one rcgen makes the SAN
/// critical.
fn blank(cn: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, cn);
    params.key_identifier_method = KeyIdMethod::Sha256;
    params
}

/// What a CA signs.
const CA_USAGES: [KeyUsagePurpose; 2] = [KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];

/// A CA with so many others below it at most (RFC 5280 §4.2.1.9).
pub(super) fn authority(
    name: &str,
    validity: Validity,
    below: u8,
    serial: [u8; 16],
) -> CertificateParams {
    let mut params = blank(name);
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(below));
    params.key_usages.extend_from_slice(&CA_USAGES);
    params
}

/// What rcgen must know of a CA whose certificate was made elsewhere.
pub(super) fn of_authority(certificate: &Certificate) -> CertificateParams {
    let mut params = blank(certificate.subject());
    // RFC 5280 §4.2.1.1: the authority key identifier is the issuer's own. Where it has none, any will do.
    if let Some(identifier) = certificate.subject_key_identifier() {
        params.key_identifier_method = KeyIdMethod::PreSpecified(identifier.to_vec());
    }
    params.key_usages.extend_from_slice(&CA_USAGES);
    params
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
            found: key.kind().to_string(),
        });
    }
    of_plan(planned, planned.key())
}

/// What the plan asks for, for the key of a request that someone else made.
pub(super) fn planned_for(
    planned: &PlannedCertificate,
    request: &CertificateRequest,
) -> Result<CertificateParams, IssueError> {
    if !fits(request.public_key(), planned.key()) {
        return Err(IssueError::OtherKey {
            subject: planned.subject().clone(),
            planned: planned.key(),
            found: request.public_key().to_string(),
        });
    }
    of_plan(planned, planned.key())
}

/// What the plan asks for, for a key of any kind.
pub(super) fn of_plan(
    planned: &PlannedCertificate,
    key: KeyKind,
) -> Result<CertificateParams, IssueError> {
    let mut names = planned.names().map(GeneralName::Dns);
    server(&mut names, key, planned.subject().as_str())
}

fn fits(key: &PublicKey, kind: KeyKind) -> bool {
    match (key, kind.rsa_bits()) {
        (PublicKey::Rsa(bits), Some(planned)) => *bits == usize::from(planned),
        (PublicKey::P256, _) => kind == KeyKind::P256,
        (PublicKey::P384, _) => kind == KeyKind::P384,
        (PublicKey::Ed25519, _) => kind == KeyKind::Ed25519,
        _ => false,
    }
}

/// What a request asks for: its names as they stand, the kinds among them too that no client matches.
/// Its usages are not taken over: a CA has its own mind about those.
pub(super) fn requested(request: &CertificateRequest) -> CertificateParams {
    /// The subject alternative name, 2.5.29.17.
    const SAN: &[u64] = &[2, 5, 29, 17];

    let mut params = blank(request.subject());
    if !request.raw_san().is_empty() {
        let mut san = CustomExtension::from_oid_content(SAN, request.raw_san().to_vec());
        // RFC 5280 §4.2.1.6: critical where the subject is empty.
        san.set_criticality(request.subject().is_empty());
        params.custom_extensions.push(san);
    }
    use_as_server(
        &mut params,
        matches!(request.public_key(), PublicKey::Rsa(_)),
    );
    params
}

/// What a request and a certificate of a server have in common.
pub(super) fn server(
    names: &mut dyn Iterator<Item = GeneralName>,
    key: KeyKind,
    cn: &str,
) -> Result<CertificateParams, IssueError> {
    let mut params = end_entity(key, cn);
    for name in names {
        params.subject_alt_names.push(match name {
            GeneralName::Ip(address) => SanType::IpAddress(address),
            name => dns(name.to_string())?,
        });
    }
    Ok(params)
}

/// [`server`], with names that need be none: Exchange puts NetBIOS names there.
pub(super) fn server_texts(
    names: Vec<String>,
    key: KeyKind,
    cn: &str,
) -> Result<CertificateParams, IssueError> {
    let mut params = end_entity(key, cn);
    for name in names {
        params.subject_alt_names.push(dns(name)?);
    }
    Ok(params)
}

fn end_entity(key: KeyKind, cn: &str) -> CertificateParams {
    let mut params = blank(cn);
    use_as_server(&mut params, key.rsa_bits().is_some());
    params
}

/// RSA keys encrypt the session key of old TLS suites too; the others only sign (RFC 5246 §7.4.2).
fn use_as_server(params: &mut CertificateParams, is_rsa: bool) {
    let usages = &mut params.extended_key_usages;
    usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    params.key_usages.push(KeyUsagePurpose::DigitalSignature);
    if is_rsa {
        params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
    }
}

/// What tells a certificate from another of the same key and subject, as it will be in every run.
pub(super) fn contents(request: &CertificateParams, validity: Validity) -> Vec<u8> {
    let mut contents = Vec::new();
    for at in [validity.not_before, validity.not_after] {
        contents.extend_from_slice(&at.unix_timestamp().to_be_bytes());
    }
    for name in &request.subject_alt_names {
        match name {
            SanType::DnsName(name) => contents.extend_from_slice(name.as_str().as_bytes()),
            SanType::IpAddress(address) => {
                contents.extend_from_slice(address.to_string().as_bytes());
            }
            // Nothing else is put there.
            _ => {}
        }
        contents.push(0);
    }
    for extension in &request.custom_extensions {
        contents.extend_from_slice(extension.content());
    }
    contents
}

/// Turns what a request asks for into what a CA issues: dates, serial, and the extensions that are the
/// CA's to set.
pub(super) fn issued(
    request: CertificateParams,
    validity: Validity,
    serial: [u8; 16],
    crl: &str,
) -> CertificateParams {
    let mut params = request;
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    // The only variant that gives an end entity its basic constraints and subject key identifier.
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    let mut place = CrlDistributionPoint { uris: Vec::new() };
    place.uris.push(crl.to_owned());
    params.crl_distribution_points.push(place);
    params
}

pub(super) fn dns(name: String) -> Result<SanType, IssueError> {
    let what = format!("the SAN entry {name:?}");
    let text = Ia5String::try_from(name).map_err(IssueError::crypto(&what))?;
    Ok(SanType::DnsName(text))
}
