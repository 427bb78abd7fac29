//! The self-signed certificates of Exchange's setup (D1).

use rcgen::string::PrintableString;
use rcgen::{DistinguishedName, DnType, DnValue, IsCa, KeyUsagePurpose, SerialNumber};
use time::OffsetDateTime;

use crate::deployment::UmServer;
use crate::issue::ca::RandomSource;
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::validity::Validity;
use crate::issue::{params, tbs};
use crate::x509::{Certificate, Chain};

/// Validity of the certificates "Microsoft Exchange" and "Microsoft Exchange Server Auth Certificate" in days:
/// five years (D1).
const EXCHANGE_DEFAULT_DAYS: u32 = 1826;
/// Validity of the certificate "WMSVC" in days: ten years.
const WMSVC_DEFAULT_DAYS: u32 = 3652;

/// Creates the certificate "Microsoft Exchange" as Exchange's setup creates it for `server` (D1): self-signed,
/// with the NetBIOS name as CN, the NetBIOS name and the FQDN in the SAN, and valid for five years from
/// `not_before` on.
///
/// The certificate is signed with SHA-256, as by Exchange 2016 CU22 and 2019 CU11. Earlier versions sign with SHA-1;
/// see [`Specimen::ExchangeDefaultSha1`](super::Specimen::ExchangeDefaultSha1). Setup generates an RSA key of 2048
/// bits; this certificate is for the given `key`.
///
/// # Errors
///
/// Returns [`IssueError::InvalidValidity`] if a certificate cannot express the dates, and
/// [`IssueError::Crypto`] if the cryptography library fails.
///
/// # Examples
///
/// ```
/// use time::macros::datetime;
/// use umcert::audit::CertificateKind;
/// use umcert::deployment::UmServer;
/// use umcert::{KeyKind, KeyPair, faulty};
///
/// let server = UmServer::new("um1.contoso.com", "Tukwila")?;
/// let key = KeyPair::generate(KeyKind::P256)?;
/// let chain = faulty::exchange_default(&server, &key, datetime!(2025-01-01 00:00 UTC))?;
/// let kind = chain.certificate_kind().ok_or("no certificate")?;
/// assert!(matches!(kind, CertificateKind::ExchangeDefault { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn exchange_default(
    server: &UmServer,
    key: &KeyPair,
    not_before: OffsetDateTime,
) -> Result<Chain, IssueError> {
    let serial_number = RandomSource::System.serial_number(&[])?;
    SetupCertificate::exchange(server).self_sign(key, not_before, serial_number)
}

/// A certificate as Exchange's setup creates it.
pub(super) struct SetupCertificate {
    cn: String,
    names: Vec<String>,
    usages: Vec<KeyUsagePurpose>,
    is_ca: IsCa,
    days: u32,
}

impl SetupCertificate {
    /// Returns the certificate "Microsoft Exchange".
    pub(super) fn exchange(server: &UmServer) -> Self {
        let netbios_name = server.netbios_name();
        Self {
            names: vec![netbios_name.clone(), server.fqdn.to_string()],
            ..Self::auth_with_cn(netbios_name)
        }
    }

    /// Returns the certificate "Microsoft Exchange Server Auth Certificate", which is the same for every server.
    pub(super) fn exchange_auth() -> Self {
        Self::auth_with_cn("Microsoft Exchange Server Auth Certificate".to_owned())
    }

    fn auth_with_cn(cn: String) -> Self {
        Self {
            cn,
            names: Vec::new(),
            // These do not depend on the kind of the key.
            usages: vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyEncipherment,
            ],
            is_ca: IsCa::ExplicitNoCa,
            days: EXCHANGE_DEFAULT_DAYS,
        }
    }

    /// Returns the certificate "WMSVC".
    pub(super) fn wmsvc(server: &UmServer) -> Self {
        let cn = format!("WMSvc-{}", server.netbios_name());
        Self {
            names: vec![cn.clone()],
            cn,
            usages: vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyEncipherment,
                KeyUsagePurpose::DataEncipherment,
            ],
            is_ca: IsCa::NoCa,
            days: WMSVC_DEFAULT_DAYS,
        }
    }

    /// Creates the chain that consists of this certificate, signed by its own key.
    pub(super) fn self_sign(
        self,
        key: &KeyPair,
        not_before: OffsetDateTime,
        serial_number: [u8; 16],
    ) -> Result<Chain, IssueError> {
        let validity = Validity::new(not_before, self.days)?;
        let mut params = params::for_end_entity(&self.cn, key.kind().rsa_bits().is_some());
        let names = self.names.iter().map(|name| params::dns_entry(name));
        params.subject_alt_names = names.collect::<Result<_, _>>()?;
        params.distinguished_name = printable_cn(&self.cn)?;
        params.not_before = validity.not_before;
        params.not_after = validity.not_after;
        params.serial_number = Some(SerialNumber::from_slice(&serial_number));
        params.is_ca = self.is_ca;
        params.key_usages = self.usages;
        let what = format!("the self-signed certificate {}", self.cn);
        let der = tbs::self_sign(&what, &params, &[], key)?;
        let certificate = Certificate::from_der(der.into()).map_err(IssueError::crypto(&what))?;
        Ok(Chain::of(certificate, &[]))
    }
}

/// Returns the name with this CN as a PrintableString, the type that Windows writes.
fn printable_cn(cn: &str) -> Result<DistinguishedName, IssueError> {
    let what = format!("the subject CN={cn}");
    let value = PrintableString::try_from(cn).map_err(IssueError::crypto(&what))?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, DnValue::PrintableString(value));
    Ok(subject)
}
