//! Translates plans, names and requests into rcgen's parameters.
//!
//! Every field is set, because rcgen's defaults suit no certificate here: a CN "rcgen self signed cert", a
//! validity until 4096, and the hash of the key as serial number.

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, KeyIdMethod, KeyUsagePurpose, SanType, SerialNumber,
};

use super::error::IssueError;
use super::key::KeyPair;
use super::validity::Validity;
use crate::name::GeneralName;
use crate::plan::{KeyKind, PlannedCertificate};
use crate::x509::{Certificate, CertificateRequest, PublicKey};

/// Object identifier of the extension subject alternative name.
const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];

/// Returns parameters with this CN and without rcgen's defaults.
///
/// The CN is a placeholder for the subject, which is replaced in the TBS. rcgen marks the SAN critical if
/// there is none.
fn blank(cn: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, cn);
    params.key_identifier_method = KeyIdMethod::Sha256;
    params
}

fn ca_usages() -> Vec<KeyUsagePurpose> {
    vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign]
}

/// Returns the parameters of a CA with at most `path_len` others below it (RFC 5280 §4.2.1.9).
pub(super) fn for_ca(
    name: &str,
    validity: Validity,
    path_len: u8,
    serial_number: [u8; 16],
) -> CertificateParams {
    let mut params = blank(name);
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params.serial_number = Some(SerialNumber::from_slice(&serial_number));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(path_len));
    params.key_usages = ca_usages();
    params
}

/// Returns rcgen's parameters of an issuer whose certificate was created elsewhere.
pub(super) fn for_loaded_ca(certificate: &Certificate) -> CertificateParams {
    let mut params = blank(certificate.subject());
    // RFC 5280 §4.2.1.1: the authority key identifier is the issuer's own. If the issuer has none, any identifier is
    // valid.
    if let Some(identifier) = certificate.subject_key_identifier() {
        params.key_identifier_method = KeyIdMethod::PreSpecified(identifier.to_vec());
    }
    params.key_usages = ca_usages();
    params
}

/// Returns the parameters of a planned certificate for `key`, which must be of the planned kind.
pub(super) fn for_planned_key(
    planned: &PlannedCertificate,
    key: &KeyPair,
) -> Result<CertificateParams, IssueError> {
    if key.kind() != planned.key() {
        return Err(key_kind_mismatch(planned, key.kind().to_string()));
    }
    for_planned(planned, planned.key())
}

/// Returns the parameters of a planned certificate for the key of `request`, which must be of the planned
/// kind.
pub(super) fn for_planned_request(
    planned: &PlannedCertificate,
    request: &CertificateRequest,
) -> Result<CertificateParams, IssueError> {
    if !is_of_kind(request.public_key(), planned.key()) {
        return Err(key_kind_mismatch(planned, request.public_key().to_string()));
    }
    for_planned(planned, planned.key())
}

/// Returns the parameters of a planned certificate for a key of any kind.
fn for_planned(
    planned: &PlannedCertificate,
    key: KeyKind,
) -> Result<CertificateParams, IssueError> {
    let names = planned.names().map(GeneralName::Dns);
    for_names(names, key, planned.subject().as_str())
}

fn key_kind_mismatch(planned: &PlannedCertificate, found: String) -> IssueError {
    IssueError::KeyKindMismatch {
        subject: planned.subject().clone(),
        planned: planned.key(),
        found,
    }
}

fn is_of_kind(key: &PublicKey, kind: KeyKind) -> bool {
    match key {
        PublicKey::Rsa(bits) => kind.rsa_bits().map(usize::from) == Some(*bits),
        PublicKey::P256 => kind == KeyKind::P256,
        PublicKey::P384 => kind == KeyKind::P384,
        PublicKey::Ed25519 => kind == KeyKind::Ed25519,
        _ => false,
    }
}

/// Returns the parameters of a certificate for a request: its names unchanged, including kinds of names that no client
/// matches. The usages of the request are ignored, because a CA decides those itself.
pub(super) fn for_request(request: &CertificateRequest) -> CertificateParams {
    let is_rsa = matches!(request.public_key(), PublicKey::Rsa(_));
    let mut params = for_end_entity(request.subject(), is_rsa);
    if !request.raw_san().is_empty() {
        let san = request.raw_san().to_vec();
        let mut san = CustomExtension::from_oid_content(SUBJECT_ALT_NAME, san);
        // RFC 5280 §4.2.1.6: critical if the subject is empty.
        san.set_criticality(request.subject().is_empty());
        params.custom_extensions.push(san);
    }
    params
}

/// Returns the parameters that the request and the certificate of a server with these names have in common.
pub(super) fn for_names(
    names: impl IntoIterator<Item = GeneralName>,
    key: KeyKind,
    cn: &str,
) -> Result<CertificateParams, IssueError> {
    let san = names.into_iter().map(|name| match name {
        GeneralName::Ip(address) => Ok(SanType::IpAddress(address)),
        GeneralName::Email(address) => ascii(address.as_str()).map(SanType::Rfc822Name),
        name => dns_entry(&name.to_string()),
    });
    let mut params = for_end_entity(cn, key.rsa_bits().is_some());
    params.subject_alt_names = san.collect::<Result<_, _>>()?;
    Ok(params)
}

/// Returns the parameters of an end-entity certificate without names. RSA keys also encrypt the session keys
/// of old TLS suites; others only sign (RFC 5246 §7.4.2).
pub(super) fn for_end_entity(cn: &str, is_rsa: bool) -> CertificateParams {
    let mut params = blank(cn);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.key_usages.push(KeyUsagePurpose::DigitalSignature);
    if is_rsa {
        params.key_usages.push(KeyUsagePurpose::KeyEncipherment);
    }
    params
}

/// Returns the bytes from which a seeded serial number is derived, in addition to key and subject. They differ
/// between certificates, and are the same in every run.
pub(super) fn serial_contents(params: &CertificateParams, validity: Validity) -> Vec<u8> {
    let mut contents = Vec::new();
    for at in [validity.not_before, validity.not_after] {
        contents.extend_from_slice(&at.unix_timestamp().to_be_bytes());
    }
    for name in &params.subject_alt_names {
        match name {
            SanType::DnsName(name) => contents.extend_from_slice(name.as_str().as_bytes()),
            SanType::IpAddress(address) => {
                contents.extend_from_slice(address.to_string().as_bytes());
            }
            SanType::Rfc822Name(address) => {
                contents.extend_from_slice(address.as_str().as_bytes());
            }
            _ => unreachable!("this module creates only these three"),
        }
        contents.push(0);
    }
    contents.extend_from_slice(match params.extended_key_usages.as_slice() {
        [ExtendedKeyUsagePurpose::ServerAuth] => b"".as_slice(),
        [ExtendedKeyUsagePurpose::ClientAuth] => b"client",
        _ => b"server and client",
    });
    for extension in &params.custom_extensions {
        contents.extend_from_slice(extension.content());
    }
    contents
}

/// Adds the contents that a CA sets: validity, serial number, and the CA's extensions.
pub(super) fn complete(
    mut params: CertificateParams,
    validity: Validity,
    serial_number: [u8; 16],
    crl_url: &str,
) -> CertificateParams {
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    params.serial_number = Some(SerialNumber::from_slice(&serial_number));
    // The only variant that gives an end entity its basic constraints and subject key identifier.
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.crl_distribution_points = vec![CrlDistributionPoint {
        uris: vec![crl_url.to_owned()],
    }];
    params
}

/// Returns a dNSName for the SAN. The name need not be a valid host name: Exchange puts NetBIOS names there.
pub(super) fn dns_entry(name: &str) -> Result<SanType, IssueError> {
    ascii(name).map(SanType::DnsName)
}

fn ascii(name: &str) -> Result<Ia5String, IssueError> {
    let what = format!("the SAN entry {name:?}");
    Ia5String::try_from(name).map_err(IssueError::crypto(&what))
}
