//! The certificates that Exchange's setup makes, told apart from everything that looks like them.

use std::fmt;

use crate::date::{DAY, between};
use crate::name::DnsName;
use crate::x509::{Certificate, Chain, MalformedError, PublicKey, SelfSignature};

/// The longest NetBIOS name of a computer in characters.
const MAX_NETBIOS_NAME: usize = 15;
const AUTH_SUBJECT: &str = "Microsoft Exchange Server Auth Certificate";
const WMSVC_PREFIX: &str = "WMSvc-";

/// Which of the three certificates of Exchange's setup it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DefaultKind {
    /// "Microsoft Exchange", the one that UM serves by default (D1).
    MicrosoftExchange,
    /// "Microsoft Exchange Server Auth Certificate", for server-to-server authentication.
    ServerAuth,
    /// "WMSVC", of the Web Management Service.
    Wmsvc,
}

impl fmt::Display for DefaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::MicrosoftExchange => "Microsoft Exchange",
            Self::ServerAuth => AUTH_SUBJECT,
            Self::Wmsvc => "WMSVC",
        })
    }
}

/// A certificate that Exchange's setup made, with the marks that it was held against.
///
/// It is called one only if its names are those of setup, it is no CA, and its own key verifies its
/// signature. The [marks](Self::marks) besides do not decide: where some do not fit, it was renewed or
/// made by hand after setup's pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultCertificate {
    kind: DefaultKind,
    subject: String,
    marks: Vec<PropertyCheck>,
}

impl DefaultCertificate {
    /// Which of the three it is.
    #[must_use]
    pub fn kind(&self) -> DefaultKind {
        self.kind
    }

    /// Its subject, which is its issuer too.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether every mark fits. Where one does not, the certificate was renewed, or made by hand after
    /// setup's pattern.
    #[must_use]
    pub fn matches_setup_defaults(&self) -> bool {
        let mut all_fit = true;
        for mark in &self.marks {
            all_fit &= mark.fits;
        }
        all_fit
    }

    /// The marks of that certificate besides its names and its own signature, and whether each fits.
    #[must_use]
    pub fn marks(&self) -> &[PropertyCheck] {
        &self.marks
    }
}

/// One property of a default certificate: what setup makes, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PropertyCheck {
    /// Which property: "key", "validity" …
    pub property: &'static str,
    /// What was found.
    pub found: String,
    /// Whether setup makes it so.
    pub fits: bool,
}

impl Chain {
    /// Whether the server's certificate of this chain is one that Exchange's setup made (D1), and the
    /// evidence. Verifies one signature at most.
    ///
    /// ```
    /// use umcert::audit::{DefaultKind, NotDefault};
    /// use umcert::Chain;
    ///
    /// # let file = include_bytes!("../../tests/data/default-certificates/exchange-sha256.pem");
    /// let default = Chain::from_bytes(file)?.default_certificate()?;
    /// assert_eq!(default.kind(), DefaultKind::MicrosoftExchange);
    /// assert!(default.matches_setup_defaults());
    ///
    /// // The same names, signed by another key.
    /// # let impostor = include_bytes!("../../tests/data/default-certificates/impostor.pem");
    /// let error = Chain::from_bytes(impostor)?.default_certificate().unwrap_err();
    /// assert!(matches!(error, NotDefault::Impostor { kind: Some(DefaultKind::MicrosoftExchange), .. }));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`NotDefault`]: what it is instead.
    pub fn default_certificate(&self) -> Result<DefaultCertificate, NotDefault> {
        match self.end_entity() {
            None => Err(NotDefault::Empty),
            Some(Err(error)) => Err(NotDefault::Malformed(error.clone())),
            Some(Ok(certificate)) => detect(certificate),
        }
    }
}

/// What a certificate is that Exchange's setup did not make.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotDefault {
    /// The chain holds nothing.
    #[error("the chain is empty")]
    Empty,
    /// It cannot be read.
    #[error("the server's certificate is {0}")]
    Malformed(#[source] MalformedError),
    /// It names another as its issuer.
    #[error("its issuer is another than itself")]
    Issued,
    /// It is the certificate of a CA, a root or not.
    #[error("it is the certificate of a CA")]
    Ca,
    /// It is truly self-signed, and its names are not those that setup gives.
    #[error("its own key signed it, and its names are not those that setup gives")]
    SelfSigned,
    /// It names itself as its issuer, and another key signed it.
    #[error("it names itself as its issuer, and another key signed it")]
    #[non_exhaustive]
    Impostor {
        /// Whose names it has; `None` where they are not those that setup gives.
        kind: Option<DefaultKind>,
    },
    /// It names itself as its issuer, and nobody can tell here whether its own key signed it.
    #[error("it names itself as its issuer, and its signature ({algorithm}) cannot be verified")]
    #[non_exhaustive]
    Unverifiable {
        /// The algorithm that it is signed with.
        algorithm: String,
    },
}

pub(super) fn detect(certificate: &Certificate) -> Result<DefaultCertificate, NotDefault> {
    if certificate.is_ca() {
        return Err(NotDefault::Ca);
    }
    if !certificate.is_self_issued() {
        return Err(NotDefault::Issued);
    }
    let kind = kind_by_names(certificate);
    match certificate.self_signature() {
        SelfSignature::Valid => {}
        SelfSignature::Invalid => return Err(NotDefault::Impostor { kind }),
        SelfSignature::Unsupported => {
            let algorithm = certificate.signature_algorithm().to_owned();
            return Err(NotDefault::Unverifiable { algorithm });
        }
    }
    let Some(kind) = kind else {
        return Err(NotDefault::SelfSigned);
    };
    Ok(DefaultCertificate {
        kind,
        subject: certificate.subject().to_owned(),
        marks: marks(kind, certificate),
    })
}

/// The kind that the subject and the SAN point at.
fn kind_by_names(certificate: &Certificate) -> Option<DefaultKind> {
    let [cn] = certificate.common_names() else {
        return None;
    };
    // Nothing but the CN stands in the subject.
    if certificate.subject() != format!("CN={cn}") {
        return None;
    }
    match certificate.san_entries() {
        [] if cn == AUTH_SUBJECT => Some(DefaultKind::ServerAuth),
        [only] if only == cn && is_wmsvc(cn) => Some(DefaultKind::Wmsvc),
        [netbios_name, fqdn] if netbios_name == cn && is_netbios_name_of(cn, fqdn) => {
            Some(DefaultKind::MicrosoftExchange)
        }
        _ => None,
    }
}

fn is_wmsvc(cn: &str) -> bool {
    match cn.strip_prefix(WMSVC_PREFIX) {
        Some(name) => is_netbios_name(name),
        None => false,
    }
}

fn is_netbios_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NETBIOS_NAME && !text.contains('.')
}

/// Whether `text` is a NetBIOS name, and `fqdn` the FQDN of a host that may have it. The two can differ:
/// a server may be given a NetBIOS name of its own.
fn is_netbios_name_of(text: &str, fqdn: &str) -> bool {
    is_netbios_name(text) && fqdn.parse::<DnsName>().is_ok()
}

fn marks(kind: DefaultKind, certificate: &Certificate) -> Vec<PropertyCheck> {
    let wmsvc = kind == DefaultKind::Wmsvc;
    let signature = certificate.signature_algorithm();
    let by_setup = ["sha1WithRSAEncryption", "sha256WithRSAEncryption"];
    let key = certificate.public_key();
    let (usage, usage_fits) = match certificate.key_usage() {
        None => ("absent", false),
        Some(usage) => {
            let besides = usage.key_agreement || usage.key_cert_sign || usage.crl_sign;
            let as_setup = usage.digital_signature && usage.key_encipherment;
            match as_setup && usage.data_encipherment == wmsvc && !besides {
                true => ("as setup makes it", true),
                false => ("another than setup makes", false),
            }
        }
    };
    let (purpose, purpose_fits) = if certificate.has_server_auth() {
        ("serverAuth", true)
    } else {
        ("without serverAuth", false)
    };
    let (constraints, constraints_fit) = if certificate.is_ca() {
        ("CA", false)
    } else if certificate.has_basic_constraints() {
        ("end entity", !wmsvc)
    } else {
        ("absent", wmsvc)
    };
    let days = between(certificate.not_before(), certificate.not_after()) / DAY;
    let years = if wmsvc { 10 } else { 5 };
    // Leap days and the hour of setup move the end by a day or two.
    let days_fit = (days - 365 * years).abs() <= 3;
    let mut marks = Vec::new();
    let mut mark = |property, found: &str, fits| {
        marks.push(PropertyCheck {
            property,
            found: found.to_owned(),
            fits,
        });
    };
    let is_by_setup = by_setup.contains(&signature);
    mark("signature algorithm", signature, is_by_setup);
    mark("key", &key.to_string(), *key == PublicKey::Rsa(2048));
    mark("key usage", usage, usage_fits);
    mark("extended key usage", purpose, purpose_fits);
    mark("basic constraints", constraints, constraints_fit);
    mark("validity", &format!("{days} days"), days_fit);
    marks
}
