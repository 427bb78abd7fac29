//! The certificates of Exchange's setup.

use rcgen::string::PrintableString;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, IsCa, KeyUsagePurpose, SerialNumber,
};
use time::OffsetDateTime;

use crate::deployment::UmServer;
use crate::issue::error::IssueError;
use crate::issue::key::KeyPair;
use crate::issue::params::{self, Validity};
use crate::issue::sign;
use crate::issue::source::Source;
use crate::x509::{Certificate, Chain};

/// The validity of the certificate that Exchange's setup makes, in days: five years (D1).
const EXCHANGE_DEFAULT_DAYS: u32 = 1826;
/// The validity of the certificate "WMSVC", in days: ten years.
const WMSVC_DEFAULT_DAYS: u32 = 3652;
/// The key usages of setup's other two, whatever the key.
const SETUP_USAGES: [KeyUsagePurpose; 2] = [
    KeyUsagePurpose::DigitalSignature,
    KeyUsagePurpose::KeyEncipherment,
];

/// The certificate "Microsoft Exchange" as Exchange's setup makes it for `server` (D1): self-signed for
/// its NetBIOS name, with that and the FQDN in the SAN, and valid for five years from `not_before` on.
///
/// It is signed with SHA-256, as Exchange 2016 CU22 and 2019 CU11 do; older ones take SHA-1, as
/// [`Specimen::ExchangeDefaultSha1`](super::Specimen::ExchangeDefaultSha1) does. A true one has an RSA key of 2048 bits; this one has yours.
///
/// ```
/// use time::macros::datetime;
/// use umcert::deployment::UmServer;
/// use umcert::{KeyKind, KeyPair, faulty};
///
/// let server = UmServer::new("um1.contoso.com", "Tukwila")?;
/// let key = KeyPair::generate(KeyKind::P256)?;
/// let chain = faulty::exchange_default(&server, &key, datetime!(2025-01-01 00:00 UTC))?;
/// assert!(chain.default_certificate().is_ok());
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
    let serial = Source::System.serial(&Vec::new)?;
    Shape::exchange(server).sign(server, key, not_before, serial)
}

/// What setup makes, property by property.
pub(super) struct Shape {
    cn: String,
    names: Vec<String>,
    usages: &'static [KeyUsagePurpose],
    is_ca: IsCa,
    days: u32,
}

impl Shape {
    /// The certificate "Microsoft Exchange".
    pub(super) fn exchange(server: &UmServer) -> Self {
        let netbios_name = server.netbios_name();
        Self {
            names: vec![netbios_name.clone(), server.fqdn.to_string()],
            cn: netbios_name,
            usages: &SETUP_USAGES,
            is_ca: IsCa::ExplicitNoCa,
            days: EXCHANGE_DEFAULT_DAYS,
        }
    }

    /// The certificate "Microsoft Exchange Server Auth Certificate", the same for every server.
    pub(super) fn auth() -> Self {
        Self {
            names: Vec::new(),
            cn: "Microsoft Exchange Server Auth Certificate".to_owned(),
            usages: &SETUP_USAGES,
            is_ca: IsCa::ExplicitNoCa,
            days: EXCHANGE_DEFAULT_DAYS,
        }
    }

    /// The certificate "WMSVC".
    pub(super) fn wmsvc(server: &UmServer) -> Self {
        let cn = format!("WMSvc-{}", server.netbios_name());
        Self {
            names: vec![cn.clone()],
            cn,
            usages: &[
                KeyUsagePurpose::DigitalSignature,
                KeyUsagePurpose::KeyEncipherment,
                KeyUsagePurpose::DataEncipherment,
            ],
            is_ca: IsCa::NoCa,
            days: WMSVC_DEFAULT_DAYS,
        }
    }

    /// The certificate of this shape, signed by its own key.
    pub(super) fn sign(
        self,
        server: &UmServer,
        key: &KeyPair,
        not_before: OffsetDateTime,
        serial: [u8; 16],
    ) -> Result<Chain, IssueError> {
        let validity = Validity::days(not_before, self.days)?;
        let mut params = params::server_texts(self.names, key.kind(), &self.cn)?;
        params.distinguished_name = printable_cn(self.cn)?;
        params.not_before = validity.not_before;
        params.not_after = validity.not_after;
        params.serial_number = Some(SerialNumber::from_slice(&serial));
        params.is_ca = self.is_ca;
        params.key_usages = self.usages.to_vec();
        self_sign(server.fqdn.as_str(), &params, key)
    }
}

fn printable_cn(name: String) -> Result<DistinguishedName, IssueError> {
    let what = format!("the subject CN={name}");
    let text = PrintableString::try_from(name).map_err(IssueError::crypto(&what))?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, DnValue::PrintableString(text));
    Ok(subject)
}

fn self_sign(server: &str, params: &CertificateParams, key: &KeyPair) -> Result<Chain, IssueError> {
    let what = format!("the self-signed certificate of {server}");
    let der = sign::self_sign(&what, params, &[], key)?;
    let certificate = Certificate::from_der(der.into()).map_err(IssueError::crypto(&what))?;
    Ok(Chain::of(certificate, &[]))
}
