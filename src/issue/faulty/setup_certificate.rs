//! The self-signed certificates of Exchange's setup (D1).

use rcgen::string::PrintableString;
use rcgen::{
    CustomExtension, DistinguishedName, DnType, DnValue, IsCa, KeyUsagePurpose, SerialNumber,
};
use time::OffsetDateTime;

use crate::deployment::UmServer;
use crate::issue::ca::RandomSource;
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::validity::Validity;
use crate::issue::{params, tbs};
use crate::x509::{Certificate, Chain};

/// Validity of the certificate "Microsoft Exchange" in days, and of a renewed "Microsoft Exchange Server Auth
/// Certificate": five years (D1).
const FIVE_YEARS: u32 = 1826;
/// Validity of the certificate "Microsoft Exchange Server Auth Certificate" of setup in days.
const AUTH_DAYS: u32 = 1800;
/// Validity of the certificate "WMSVC" in days.
const WMSVC_DAYS: u32 = 3650;
/// The maximum length of a NetBIOS name in characters.
const MAX_NETBIOS_NAME: usize = 15;
/// Object identifier of the extension key usage.
const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
/// A key usage with digitalSignature, keyEncipherment and dataEncipherment, in DER.
const WMSVC_USAGES: [u8; 4] = [0x03, 0x02, 0x04, 0xb0];

/// Creates the certificate "Microsoft Exchange" as Exchange's setup creates it for `server` (D1): self-signed,
/// with the NetBIOS name as CN, the NetBIOS name and the FQDN in the SAN, and valid for 1826 days from `not_before`
/// on.
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
    SetupCertificate::exchange(&WindowsHost::of(server)).self_sign(key, not_before, serial_number)
}

/// The host on which Exchange is set up.
pub(super) struct WindowsHost {
    netbios_name: String,
    fqdn: String,
}

impl WindowsHost {
    fn of(server: &UmServer) -> Self {
        Self {
            netbios_name: server.netbios_name(),
            fqdn: server.fqdn.to_string(),
        }
    }

    /// Returns the host with this name, whose NetBIOS name is the first label as Windows derives it.
    pub(super) fn named(name: &str) -> Self {
        let label = name.chars().take_while(|character| *character != '.');
        let netbios_name: String = label.take(MAX_NETBIOS_NAME).collect();
        Self {
            netbios_name: netbios_name.to_ascii_uppercase(),
            fqdn: name.to_owned(),
        }
    }

    /// Returns the domain, or `None` if it would have a single label.
    fn domain(&self) -> Option<&str> {
        let (_, domain) = self.fqdn.split_once('.')?;
        domain.contains('.').then_some(domain)
    }
}

/// A certificate as Exchange's setup creates it.
pub(super) struct SetupCertificate {
    cn: String,
    names: Vec<String>,
    is_wmsvc: bool,
    days: u32,
}

impl SetupCertificate {
    /// Returns the certificate "Microsoft Exchange".
    pub(super) fn exchange(host: &WindowsHost) -> Self {
        Self {
            names: vec![host.netbios_name.clone(), host.fqdn.clone()],
            cn: host.netbios_name.clone(),
            is_wmsvc: false,
            days: FIVE_YEARS,
        }
    }

    /// Returns the certificate "Microsoft Exchange Server Auth Certificate", which is the same for every server.
    pub(super) fn exchange_auth() -> Self {
        Self {
            cn: "Microsoft Exchange Server Auth Certificate".to_owned(),
            names: Vec::new(),
            is_wmsvc: false,
            days: AUTH_DAYS,
        }
    }

    /// Returns the certificate "Microsoft Exchange Server Auth Certificate" as `New-ExchangeCertificate -DomainName`
    /// renews it.
    pub(super) fn renewed_exchange_auth(host: &WindowsHost) -> Self {
        Self {
            names: host.domain().map(str::to_owned).into_iter().collect(),
            days: FIVE_YEARS,
            ..Self::exchange_auth()
        }
    }

    /// Returns the certificate "WMSVC" as Windows created it before Windows Server 2016.
    pub(super) fn wmsvc(host: &WindowsHost) -> Self {
        Self::wmsvc_with_cn(format!("WMSvc-{}", host.netbios_name))
    }

    /// Returns the certificate "WMSVC" of Windows Server 2016 and later.
    pub(super) fn wmsvc_sha2(host: &WindowsHost) -> Self {
        Self::wmsvc_with_cn(format!("WMSvc-SHA2-{}", host.netbios_name))
    }

    fn wmsvc_with_cn(cn: String) -> Self {
        Self {
            cn,
            names: Vec::new(),
            is_wmsvc: true,
            days: WMSVC_DAYS,
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
        params.distinguished_name = subject_with_cn(&self.cn);
        params.not_before = validity.not_before;
        params.not_after = validity.not_after;
        params.serial_number = Some(SerialNumber::from_slice(&serial_number));
        if self.is_wmsvc {
            params.is_ca = IsCa::NoCa;
            // rcgen creates only a critical key usage.
            let usages = CustomExtension::from_oid_content(KEY_USAGE, WMSVC_USAGES.to_vec());
            params.key_usages = Vec::new();
            params.custom_extensions.push(usages);
        } else {
            params.is_ca = IsCa::ExplicitNoCa;
            // These do not depend on the kind of the key.
            params.key_usages = vec![
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyEncipherment,
            ];
        }
        let what = format!("the self-signed certificate {}", self.cn);
        let der = tbs::self_sign(&what, &params, &[], key)?;
        let certificate = Certificate::from_der(der.into()).map_err(IssueError::crypto(&what))?;
        Ok(Chain::of(certificate, &[]))
    }
}

/// Returns the name with this CN in the type that Windows writes: a PrintableString, or for an underscore, which that
/// type does not have, a UTF8String.
fn subject_with_cn(cn: &str) -> DistinguishedName {
    let value = match PrintableString::try_from(cn) {
        Ok(printable) => DnValue::PrintableString(printable),
        Err(_) => DnValue::Utf8String(cn.to_owned()),
    };
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, value);
    subject
}
