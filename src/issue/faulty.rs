//! Chains that are faulty on purpose, to test monitors and audits with.

use rcgen::string::PrintableString;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, IsCa, KeyUsagePurpose, SerialNumber,
};
use time::OffsetDateTime;

use super::error::IssueError;
use super::key::KeyPair;
use super::params::{self, Validity};
use super::source::Source;
use crate::deployment::UmServer;
use crate::x509::{Certificate, Chain};

/// The validity of the certificate that Exchange's setup makes, in days: five years (D1).
const EXCHANGE_DEFAULT_DAYS: u32 = 1826;

/// The certificate "Microsoft Exchange" as Exchange's setup makes it for `server` (D1): self-signed for
/// its NetBIOS name, with that and the FQDN in the SAN, and valid for five years from `not_before` on.
///
/// It is signed with SHA-256, as Exchange 2016 CU22 and 2019 CU11 do; older ones take SHA-1, which no
/// library here signs with. A true one has an RSA key of 2048 bits; this one has yours.
///
/// ```
/// use time::macros::datetime;
/// use umcert::{KeyKind, KeyPair, UmServer, faulty};
///
/// let server = UmServer::new("um1.contoso.com", "Tukwila")?;
/// let key = KeyPair::generate(KeyKind::P256)?;
/// let chain = faulty::exchange_default(&server, &key, datetime!(2025-01-01 00:00 UTC))?;
/// assert!(chain.default_certificate().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`IssueError::Validity`] where the dates cannot stand in a certificate, and [`IssueError::Crypto`]
/// where the cryptography library fails.
pub fn exchange_default(
    server: &UmServer,
    key: &KeyPair,
    not_before: OffsetDateTime,
) -> Result<Chain, IssueError> {
    let validity = Validity::days(not_before, EXCHANGE_DEFAULT_DAYS)?;
    let netbios_name = server.netbios_name();
    let names = [netbios_name.clone(), server.fqdn.to_string()];
    let mut params = params::server_texts(names, key.kind(), &netbios_name)?;
    params.distinguished_name = printable_cn(netbios_name)?;
    params.not_before = validity.not_before;
    params.not_after = validity.not_after;
    let serial = Source::System.serial(Vec::new)?;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params.is_ca = IsCa::ExplicitNoCa;
    // Whatever the key: it is setup's shape.
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
    ];
    self_sign(server.fqdn.as_str(), &params, key)
}

fn printable_cn(name: String) -> Result<DistinguishedName, IssueError> {
    let what = format!("the subject CN={name}");
    let text = PrintableString::try_from(name).map_err(IssueError::crypto(what))?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, DnValue::PrintableString(text));
    Ok(subject)
}

fn self_sign(server: &str, params: &CertificateParams, key: &KeyPair) -> Result<Chain, IssueError> {
    let what = format!("the self-signed certificate of {server}");
    let signed = params.self_signed(key.inner());
    let signed = signed.map_err(IssueError::crypto(what))?;
    let certificate = Certificate::of_our_own(signed.into());
    Ok([certificate].into_iter().collect())
}
