//! Recognises the self-signed certificates that Exchange's setup creates.

use std::fmt;

use crate::name::DnsName;
use crate::x509::{Certificate, Chain, PublicKey, SelfSignature};

/// Maximum length of the NetBIOS name of a computer, in characters.
const MAX_NETBIOS_NAME: usize = 15;
const AUTH_SUBJECT: &str = "Microsoft Exchange Server Auth Certificate";
const WMSVC_PREFIX: &str = "WMSvc-";
/// The signature algorithms that setup uses. They depend on the version of Windows.
const SETUP_SIGNATURES: [&str; 2] = ["sha1WithRSAEncryption", "sha256WithRSAEncryption"];

/// A self-signed certificate that Exchange's setup creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExchangeDefault {
    /// "Microsoft Exchange", which UM serves by default (D1).
    MicrosoftExchange,
    /// "Microsoft Exchange Server Auth Certificate", for server-to-server authentication.
    ServerAuth,
    /// "WMSVC", of the Web Management Service.
    Wmsvc,
}

impl fmt::Display for ExchangeDefault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MicrosoftExchange => "Microsoft Exchange",
            Self::ServerAuth => AUTH_SUBJECT,
            Self::Wmsvc => "WMSVC",
        })
    }
}

/// The kind of a certificate: issued by a CA, or something that a server should not present.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateKind {
    /// A certificate of Exchange's setup. It has the names that setup uses, it is not a CA certificate, and its own key
    /// verifies its signature.
    #[non_exhaustive]
    ExchangeDefault {
        /// The one of setup's certificates.
        default: ExchangeDefault,
        /// The other properties. They do not decide the kind: a certificate with other values was renewed, or created
        /// by hand after setup's pattern.
        checks: Vec<PropertyCheck>,
    },
    /// Issued by another certificate. Its path is not checked.
    Issued,
    /// A CA certificate, a root or not.
    Ca,
    /// Self-signed, and without the names that setup uses.
    SelfSigned,
    /// A certificate that names itself as its issuer, but that another key signed.
    #[non_exhaustive]
    Impostor {
        /// The certificate of setup that has these names.
        default: Option<ExchangeDefault>,
    },
    /// A certificate that names itself as its issuer, and whose signature this crate cannot verify.
    #[non_exhaustive]
    Unverifiable {
        /// The signature algorithm.
        algorithm: String,
    },
}

impl fmt::Display for CertificateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExchangeDefault { default, .. } => {
                write!(f, "default certificate \"{default}\" of Exchange setup")
            }
            Self::Issued => f.write_str("certificate issued by another certificate"),
            Self::Ca => f.write_str("CA certificate"),
            Self::SelfSigned => {
                f.write_str("self-signed certificate without the names of an Exchange default")
            }
            Self::Impostor { .. } => f.write_str(
                "certificate that names itself as its issuer, but is signed with another key",
            ),
            Self::Unverifiable { algorithm } => write!(
                f,
                "certificate that names itself as its issuer, with a signature ({algorithm}) that cannot be verified"
            ),
        }
    }
}

impl CertificateKind {
    /// Returns `true` if this is an Exchange default with every property as setup creates it. An Exchange default with
    /// other properties was renewed, or created by hand after setup's pattern.
    #[must_use]
    pub fn matches_setup_defaults(&self) -> bool {
        match self {
            Self::ExchangeDefault { checks, .. } => checks.iter().all(|check| check.fits),
            _ => false,
        }
    }
}

/// One property of an Exchange default certificate, compared with the value that setup uses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PropertyCheck {
    /// The property: "key", "validity" …
    pub property: &'static str,
    /// The value that was found.
    pub found: String,
    /// `true` if setup uses this value.
    pub fits: bool,
}

impl Chain {
    /// Returns the kind of the server's certificate, the first of the chain: issued by a CA, created by Exchange's
    /// setup (D1), or another kind. Returns `None` if the chain is empty or its first entry cannot be read.
    ///
    /// ```
    /// use umcert::audit::{CertificateKind, ExchangeDefault};
    /// use umcert::Chain;
    ///
    /// # let file = include_bytes!("../../tests/data/default-certificates/exchange-sha256.pem");
    /// let kind = Chain::from_bytes(file)?.certificate_kind().ok_or("no certificate")?;
    /// let default = ExchangeDefault::MicrosoftExchange;
    /// assert!(matches!(kind, CertificateKind::ExchangeDefault { default: found, .. } if found == default));
    /// assert!(kind.matches_setup_defaults());
    ///
    /// // A certificate with the same names, signed by another key.
    /// # let impostor = include_bytes!("../../tests/data/default-certificates/impostor.pem");
    /// let kind = Chain::from_bytes(impostor)?.certificate_kind().ok_or("no certificate")?;
    /// assert!(matches!(kind, CertificateKind::Impostor { default: Some(found), .. } if found == default));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn certificate_kind(&self) -> Option<CertificateKind> {
        let certificate = self.end_entity()?.as_ref().ok()?;
        Some(certificate.kind())
    }
}

impl Certificate {
    /// Returns the kind of the certificate: issued by a CA, created by Exchange's setup, or another kind. Verifies at
    /// most one signature.
    #[must_use]
    pub fn kind(&self) -> CertificateKind {
        if self.is_ca() {
            return CertificateKind::Ca;
        }
        if !self.is_self_issued() {
            return CertificateKind::Issued;
        }
        let default = default_by_names(self);
        match (self.self_signature(), default) {
            (SelfSignature::Valid, Some(default)) => CertificateKind::ExchangeDefault {
                default,
                checks: check_properties(default, self),
            },
            (SelfSignature::Valid, None) => CertificateKind::SelfSigned,
            (SelfSignature::Invalid, default) => CertificateKind::Impostor { default },
            (SelfSignature::Unsupported, _) => CertificateKind::Unverifiable {
                algorithm: self.signature_algorithm().to_owned(),
            },
        }
    }
}

/// Returns the certificate of setup that has the subject and SAN of `certificate`.
fn default_by_names(certificate: &Certificate) -> Option<ExchangeDefault> {
    let [cn] = certificate.common_names() else {
        return None;
    };
    // The subject consists of the CN only.
    if certificate.subject() != format!("CN={cn}") {
        return None;
    }
    match certificate.san_entries() {
        [] if cn == AUTH_SUBJECT => Some(ExchangeDefault::ServerAuth),
        [only] if only == cn && is_wmsvc_name(cn) => Some(ExchangeDefault::Wmsvc),
        // The FQDN need not begin with the NetBIOS name, which an administrator can choose.
        [netbios_name, fqdn]
            if netbios_name == cn && is_netbios_name(cn) && fqdn.parse::<DnsName>().is_ok() =>
        {
            Some(ExchangeDefault::MicrosoftExchange)
        }
        _ => None,
    }
}

fn is_wmsvc_name(cn: &str) -> bool {
    cn.strip_prefix(WMSVC_PREFIX).is_some_and(is_netbios_name)
}

fn is_netbios_name(text: &str) -> bool {
    (1..=MAX_NETBIOS_NAME).contains(&text.len()) && !text.contains('.')
}

fn check_properties(default: ExchangeDefault, certificate: &Certificate) -> Vec<PropertyCheck> {
    let is_wmsvc = default == ExchangeDefault::Wmsvc;
    let check = |property, (found, fits): (String, bool)| PropertyCheck {
        property,
        found,
        fits,
    };
    let signature = certificate.signature_algorithm();
    let key = certificate.public_key();
    vec![
        check(
            "signature algorithm",
            (signature.to_owned(), SETUP_SIGNATURES.contains(&signature)),
        ),
        check("key", (key.to_string(), *key == PublicKey::Rsa(2048))),
        check("key usage", check_key_usage(is_wmsvc, certificate)),
        check("extended key usage", check_extended_key_usage(certificate)),
        check(
            "basic constraints",
            check_constraints(is_wmsvc, certificate),
        ),
        check("validity", check_validity(is_wmsvc, certificate)),
    ]
}

/// Checks the key usage. Setup sets digital signature and key encipherment, and for WMSVC also data encipherment.
fn check_key_usage(is_wmsvc: bool, certificate: &Certificate) -> (String, bool) {
    let Some(usage) = certificate.key_usage() else {
        return ("absent".to_owned(), false);
    };
    let fits = usage.digital_signature
        && usage.key_encipherment
        && usage.data_encipherment == is_wmsvc
        && !(usage.key_agreement || usage.key_cert_sign || usage.crl_sign);
    let found = if fits {
        "as setup creates it"
    } else {
        "not as setup creates it"
    };
    (found.to_owned(), fits)
}

fn check_extended_key_usage(certificate: &Certificate) -> (String, bool) {
    let fits = certificate.has_server_auth();
    let found = if fits {
        "serverAuth"
    } else {
        "without serverAuth"
    };
    (found.to_owned(), fits)
}

fn check_constraints(is_wmsvc: bool, certificate: &Certificate) -> (String, bool) {
    let (found, fits) = if certificate.is_ca() {
        ("CA", false)
    } else if certificate.has_basic_constraints() {
        ("end entity", !is_wmsvc)
    } else {
        ("absent", is_wmsvc)
    };
    (found.to_owned(), fits)
}

/// Checks the validity: five years, and ten for WMSVC. Leap days and the hour of setup move the end by a day or two.
fn check_validity(is_wmsvc: bool, certificate: &Certificate) -> (String, bool) {
    let days = (certificate.not_after() - certificate.not_before()).whole_days();
    let years = if is_wmsvc { 10 } else { 5 };
    let fits = (days - 365 * years).abs() <= 3;
    (format!("{days} days"), fits)
}
