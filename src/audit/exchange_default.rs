//! Recognises the self-signed certificates that Exchange's setup creates.

use std::fmt;

use crate::deployment::MAX_NETBIOS_NAME;
use crate::text::{join, quote};
use crate::x509::{Certificate, Chain, KeyUsage, PublicKey, SelfSignature};

/// Maximum length of a label of a name, in characters (RFC 1035 §2.3.4).
const MAX_LABEL: usize = 63;
/// Maximum length of a name, in characters (RFC 1035 §2.3.4).
const MAX_NAME: usize = 253;
const AUTH_SUBJECT: &str = "Microsoft Exchange Server Auth Certificate";
const WMSVC_PREFIX: &str = "WMSvc-";
/// The prefix since Windows Server 2016.
const WMSVC_SHA2_PREFIX: &str = "WMSvc-SHA2-";
const SHA1: &str = "sha1WithRSAEncryption";
const SHA256: &str = "sha256WithRSAEncryption";
const KEY_USAGE: &str = "2.5.29.15";
const SECONDS_PER_DAY: i64 = 86_400;

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
    #[doc(alias("self-signed"))]
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
    // The subject consists of the CN only. The names below have no comma or plus sign, so that a value like
    // "UM1, O=x" does not pass for an attribute.
    if certificate.subject() != format!("CN={cn}") {
        return None;
    }
    match certificate.san_entries() {
        [] if cn == AUTH_SUBJECT => Some(ExchangeDefault::ServerAuth),
        [domain] if cn == AUTH_SUBJECT && is_domain_or_wildcard(domain) => {
            Some(ExchangeDefault::ServerAuth)
        }
        [] if is_wmsvc_name(cn) => Some(ExchangeDefault::Wmsvc),
        [only] if only == cn && is_wmsvc_name(cn) => Some(ExchangeDefault::Wmsvc),
        [host, fqdn] if host.eq_ignore_ascii_case(cn) && is_host_with_fqdn(host, fqdn) => {
            Some(ExchangeDefault::MicrosoftExchange)
        }
        _ => None,
    }
}

/// Returns `true` for the CN of a WMSVC certificate. The name after the prefix is that of the computer when IIS was
/// installed, often `WIN-…`.
fn is_wmsvc_name(cn: &str) -> bool {
    let is_computer = |name: &str| name.len() <= MAX_NETBIOS_NAME && is_host_name(name);
    let names = [WMSVC_SHA2_PREFIX, WMSVC_PREFIX].map(|prefix| cn.strip_prefix(prefix));
    names.into_iter().flatten().any(is_computer)
}

/// Returns `true` if a computer named `host` can have this FQDN. The FQDN need not begin with a NetBIOS name, which an
/// administrator can choose. A longer name is the first label.
fn is_host_with_fqdn(host: &str, fqdn: &str) -> bool {
    let is_first_label = || {
        let label = fqdn.split('.').next();
        label.is_some_and(|label| label.eq_ignore_ascii_case(host))
    };
    is_host_name(host)
        && is_domain_name(fqdn)
        && (host.len() <= MAX_NETBIOS_NAME || is_first_label())
}

fn is_domain_or_wildcard(text: &str) -> bool {
    is_domain_name(text.strip_prefix("*.").unwrap_or(text))
}

/// Returns `true` for at least two labels, the last of which is not a number. Unlike in a
/// [`DnsName`](crate::DnsName), labels may contain underscores.
fn is_domain_name(text: &str) -> bool {
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= MAX_NAME
        && text.split('.').all(is_host_name)
        && text
            .rsplit_once('.')
            .is_some_and(|(_, last)| !is_number(last))
}

/// Returns `true` for a host name of Windows: letters, digits, hyphens inside, and underscores.
fn is_host_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=MAX_LABEL).contains(&text.len())
        && text.bytes().all(is_allowed)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn check_properties(default: ExchangeDefault, certificate: &Certificate) -> Vec<PropertyCheck> {
    let check = |property, (found, fits): (String, bool)| PropertyCheck {
        property,
        found,
        fits,
    };
    let key = certificate.public_key();
    vec![
        check("subject alternative name", check_san(default, certificate)),
        check("signature algorithm", check_signature(default, certificate)),
        check("key", (key.to_string(), *key == PublicKey::Rsa(2048))),
        check("key usage", check_key_usage(default, certificate)),
        check("extended key usage", check_extended_key_usage(certificate)),
        check("basic constraints", check_constraints(default, certificate)),
        check("validity", check_validity(default, certificate)),
    ]
}

/// Checks the SAN. An Auth certificate has a domain there only if a command with `-DomainName` renewed it. The SAN of
/// the others decides the kind.
fn check_san(default: ExchangeDefault, certificate: &Certificate) -> (String, bool) {
    let entries = certificate.san_entries();
    let fits = default != ExchangeDefault::ServerAuth || entries.is_empty();
    let found = if entries.is_empty() {
        "absent".to_owned()
    } else {
        join(entries.iter().map(|entry| quote(entry)), " and ")
    };
    (found, fits)
}

/// Checks the signature. Exchange signs with SHA-256 since 2016 CU22 and 2019 CU11, and with SHA-1 before.
fn check_signature(default: ExchangeDefault, certificate: &Certificate) -> (String, bool) {
    let algorithm = certificate.signature_algorithm();
    let mut common_names = certificate.common_names().iter();
    let is_sha2_by_name = default == ExchangeDefault::Wmsvc
        && common_names.any(|cn| cn.starts_with(WMSVC_SHA2_PREFIX));
    let fits = algorithm == SHA256 || (algorithm == SHA1 && !is_sha2_by_name);
    (algorithm.to_owned(), fits)
}

/// Checks the key usage. Setup sets digital signature and key encipherment, critical. For WMSVC it also sets data
/// encipherment, and the extension is not critical.
fn check_key_usage(default: ExchangeDefault, certificate: &Certificate) -> (String, bool) {
    let Some(usage) = certificate.key_usage() else {
        return ("absent".to_owned(), false);
    };
    let is_wmsvc = default == ExchangeDefault::Wmsvc;
    let is_critical = certificate.criticality(KEY_USAGE) == Some(true);
    let of_setup = KeyUsage {
        digital_signature: true,
        key_encipherment: true,
        data_encipherment: is_wmsvc,
        key_agreement: false,
        key_cert_sign: false,
        crl_sign: false,
    };
    let fits = usage == of_setup && is_critical != is_wmsvc;
    (describe_key_usage(usage, is_critical), fits)
}

/// Describes a key usage: "digitalSignature + keyEncipherment (critical)".
fn describe_key_usage(usage: KeyUsage, is_critical: bool) -> String {
    let bits = [
        (usage.digital_signature, "digitalSignature"),
        (usage.key_encipherment, "keyEncipherment"),
        (usage.data_encipherment, "dataEncipherment"),
        (usage.key_agreement, "keyAgreement"),
        (usage.key_cert_sign, "keyCertSign"),
        (usage.crl_sign, "cRLSign"),
    ];
    let set = bits.into_iter().filter(|(is_set, _)| *is_set);
    let set = join(set.map(|(_, name)| name), " + ");
    let criticality = if is_critical {
        "critical"
    } else {
        "not critical"
    };
    format!("{set} ({criticality})")
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

fn check_constraints(default: ExchangeDefault, certificate: &Certificate) -> (String, bool) {
    let is_wmsvc = default == ExchangeDefault::Wmsvc;
    let (found, fits) = if certificate.has_basic_constraints() {
        ("end entity", !is_wmsvc)
    } else {
        ("absent", is_wmsvc)
    };
    (found.to_owned(), fits)
}

/// Checks the validity. Five years are 1826 or 1827 days. The certificate of Exchange 2007, which signs with SHA-1,
/// is valid for one year. An Auth certificate that is valid for 1826 days was renewed.
fn check_validity(default: ExchangeDefault, certificate: &Certificate) -> (String, bool) {
    let seconds = (certificate.not_after() - certificate.not_before()).whole_seconds();
    // Rounded, because the clock can change by an hour in that time.
    let days = (seconds + SECONDS_PER_DAY / 2).div_euclid(SECONDS_PER_DAY);
    let fits = match default {
        ExchangeDefault::MicrosoftExchange => match days {
            1826 | 1827 => true,
            365 | 366 => certificate.signature_algorithm() == SHA1,
            _ => false,
        },
        ExchangeDefault::ServerAuth => days == 1800,
        ExchangeDefault::Wmsvc => days == 3650,
    };
    (format!("{days} days"), fits)
}
