//! Self-signed certificates and their impostors. The expected kind and properties follow from how each was made.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, SerialNumber,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use time::Duration;
use umcert::audit::{CertificateKind, ExchangeDefault, PropertyCheck};
use umcert::{Certificate, Chain};
use umcert_fuzz::AT;

/// Longer texts than this only slow a run down.
const MAX_TEXT: usize = 24;
const MAX_ENTRIES: usize = 4;
/// The longest name of a computer in the CN of WMSVC.
const MAX_NETBIOS_NAME: usize = 15;

/// A key like the one that setup creates.
static OWN: LazyLock<KeyPair> = LazyLock::new(|| key(include_str!("../seeds/key/rsa.pem")));
static FOREIGN: LazyLock<KeyPair> = LazyLock::new(|| key(include_str!("../seeds/key/p256.pem")));

#[derive(Debug, Arbitrary)]
struct Made {
    cn: Text,
    /// `true` if the subject has more than a CN.
    has_unit: bool,
    san: Vec<Entry>,
    signer: Signer,
    constraints: Constraints,
    digital_signature: bool,
    key_encipherment: bool,
    data_encipherment: bool,
    key_cert_sign: bool,
    server_auth: bool,
    client_auth: bool,
    days: u16,
}

#[derive(Debug, Arbitrary)]
enum Text {
    NetBiosName,
    AnotherNetBiosName,
    LongestNetBiosName,
    TooLongForNetBios,
    Fqdn,
    Wildcard,
    Auth,
    Wmsvc,
    WmsvcOfNobody,
    WmsvcSha2,
    WmsvcSha2TooLong,
    Free(String),
}

#[derive(Debug, Arbitrary)]
enum Entry {
    Dns(Text),
    Email(Text),
    Uri(Text),
    Address([u8; 4]),
}

#[derive(Debug, Clone, Copy, PartialEq, Arbitrary)]
enum Signer {
    Itself,
    /// Another key with the same name.
    Impostor,
    AnotherName,
}

#[derive(Debug, Clone, Copy, PartialEq, Arbitrary)]
enum Constraints {
    Absent,
    EndEntity,
    Ca,
}

fuzz_target!(|made: Made| {
    if made.san.len() > MAX_ENTRIES {
        return;
    }
    let Some(certificate) = made.certificate() else {
        return;
    };
    let chain: Chain = [certificate].into_iter().collect();
    let found = chain
        .certificate_kind()
        .expect("the certificate is readable");
    assert_eq!(told(&found), made.expected(), "{made:?}");
    if let CertificateKind::ExchangeDefault {
        default, checks, ..
    } = &found
    {
        made.assert_marks(*default, checks);
        let all = checks.iter().all(|check| check.fits);
        assert_eq!(found.matches_setup_defaults(), all);
    }
});

/// The kind of a certificate.
#[derive(Debug, PartialEq)]
enum What {
    Default(ExchangeDefault),
    Issued,
    Ca,
    SelfSigned,
    Impostor(Option<ExchangeDefault>),
}

fn told(found: &CertificateKind) -> What {
    match found {
        CertificateKind::ExchangeDefault { default, .. } => What::Default(*default),
        CertificateKind::Issued => What::Issued,
        CertificateKind::Ca => What::Ca,
        CertificateKind::SelfSigned => What::SelfSigned,
        CertificateKind::Impostor { default, .. } => What::Impostor(*default),
        other => panic!("nothing of that kind is made here: {other:?}"),
    }
}

fn key(pem: &str) -> KeyPair {
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("the seed is a key");
    KeyPair::try_from(&der).expect("rcgen reads it")
}

impl Text {
    fn text(&self) -> String {
        let text = match self {
            Self::NetBiosName => "UM1",
            Self::AnotherNetBiosName => "UM2",
            Self::LongestNetBiosName => "UM-345678901234",
            Self::TooLongForNetBios => "UM-3456789012345",
            Self::Fqdn => "um1.contoso.com",
            Self::Wildcard => "*.contoso.com",
            Self::Auth => "Microsoft Exchange Server Auth Certificate",
            Self::Wmsvc => "WMSvc-UM1",
            Self::WmsvcOfNobody => "WMSvc-",
            Self::WmsvcSha2 => "WMSvc-SHA2-UM-345678901234",
            Self::WmsvcSha2TooLong => "WMSvc-SHA2-UM-3456789012345",
            Self::Free(text) => return free(text),
        };
        text.to_owned()
    }
}

/// Characters of a name. Another target covers the escaping of other characters.
fn free(text: &str) -> String {
    let kept = text
        .chars()
        .filter(|it| matches!(it, 'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '*' | '_'));
    kept.take(MAX_TEXT).collect()
}

impl Entry {
    fn san(&self) -> Option<SanType> {
        Some(match self {
            Self::Dns(text) => SanType::DnsName(text.text().try_into().ok()?),
            Self::Email(text) => SanType::Rfc822Name(text.text().try_into().ok()?),
            Self::Uri(text) => SanType::URI(text.text().try_into().ok()?),
            Self::Address(bytes) => SanType::IpAddress((*bytes).into()),
        })
    }

    fn dns(&self) -> Option<String> {
        match self {
            Self::Dns(text) => Some(text.text()),
            _ => None,
        }
    }
}

impl Made {
    /// Returns the certificate, or `None` if rcgen cannot create it.
    fn certificate(&self) -> Option<Certificate> {
        let params = self.params()?;
        let made = match self.signer {
            Signer::Itself => params.self_signed(&*OWN),
            Signer::Impostor => params.signed_by(&*OWN, &Issuer::from_params(&params, &*FOREIGN)),
            Signer::AnotherName => {
                let mut issuer = params.clone();
                issuer.distinguished_name.push(DnType::CountryName, "DE");
                params.signed_by(&*OWN, &Issuer::from_params(&issuer, &*OWN))
            }
        };
        let der = made.ok()?.der().clone();
        Some(Certificate::from_der(der).expect("what rcgen makes is read"))
    }

    fn params(&self) -> Option<CertificateParams> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, self.cn.text());
        if self.has_unit {
            params
                .distinguished_name
                .push(DnType::OrganizationalUnitName, "UM");
        }
        params.subject_alt_names = self.san.iter().map(Entry::san).collect::<Option<_>>()?;
        params.serial_number = Some(SerialNumber::from_slice(&[1]));
        params.not_before = AT - Duration::DAY;
        params.not_after = params.not_before + Duration::days(self.days.into());
        params.is_ca = match self.constraints {
            Constraints::Absent => IsCa::NoCa,
            Constraints::EndEntity => IsCa::ExplicitNoCa,
            Constraints::Ca => IsCa::Ca(rcgen::BasicConstraints::Unconstrained),
        };
        params.key_usages = self.usages();
        let purposes = [
            (self.server_auth, ExtendedKeyUsagePurpose::ServerAuth),
            (self.client_auth, ExtendedKeyUsagePurpose::ClientAuth),
        ];
        let purposes = purposes.into_iter().filter(|(wanted, _)| *wanted);
        params.extended_key_usages = purposes.map(|(_, purpose)| purpose).collect();
        Some(params)
    }

    fn usages(&self) -> Vec<KeyUsagePurpose> {
        let usages = [
            (self.digital_signature, KeyUsagePurpose::DigitalSignature),
            (self.key_encipherment, KeyUsagePurpose::KeyEncipherment),
            (self.data_encipherment, KeyUsagePurpose::DataEncipherment),
            (self.key_cert_sign, KeyUsagePurpose::KeyCertSign),
        ];
        let usages = usages.into_iter().filter(|(wanted, _)| *wanted);
        usages.map(|(_, usage)| usage).collect()
    }

    /// Returns the expected kind by the definition: not a CA, truly self-signed, with the names of setup.
    fn expected(&self) -> What {
        if self.constraints == Constraints::Ca {
            return What::Ca;
        }
        let kind = self.kind();
        match self.signer {
            Signer::Itself => kind.map_or(What::SelfSigned, What::Default),
            Signer::Impostor => What::Impostor(kind),
            Signer::AnotherName => What::Issued,
        }
    }

    /// Returns the default whose names it has: only a CN in the subject, and the SAN of setup.
    fn kind(&self) -> Option<ExchangeDefault> {
        if self.has_unit {
            return None;
        }
        let cn = self.cn.text();
        let san: Option<Vec<String>> = self.san.iter().map(Entry::dns).collect();
        let san = san?;
        let san: Vec<&str> = san.iter().map(String::as_str).collect();
        if cn == "Microsoft Exchange Server Auth Certificate" {
            let fits = match san[..] {
                [] => true,
                [domain] => is_domain(domain.strip_prefix("*.").unwrap_or(domain)),
                _ => false,
            };
            return fits.then_some(ExchangeDefault::ServerAuth);
        }
        let is_wmsvc = ["WMSvc-", "WMSvc-SHA2-"].iter().any(|prefix| {
            let name = cn.strip_prefix(prefix);
            name.is_some_and(|name| is_host(name) && name.len() <= MAX_NETBIOS_NAME)
        });
        if is_wmsvc && (san.is_empty() || san == [&cn]) {
            return Some(ExchangeDefault::Wmsvc);
        }
        let [host, fqdn] = san[..] else {
            return None;
        };
        let is_exchange = is_host(&cn)
            && host.eq_ignore_ascii_case(&cn)
            && is_domain(fqdn)
            && (cn.len() <= MAX_NETBIOS_NAME
                || fqdn
                    .split('.')
                    .next()
                    .is_some_and(|it| it.eq_ignore_ascii_case(&cn)));
        is_exchange.then_some(ExchangeDefault::MicrosoftExchange)
    }

    /// Returns what setup creates, property by property.
    fn assert_marks(&self, found: ExchangeDefault, checks: &[PropertyCheck]) {
        let wmsvc = found == ExchangeDefault::Wmsvc;
        // rcgen marks every key usage as critical, and that of WMSVC is not.
        let usage = self.digital_signature
            && self.key_encipherment
            && !self.data_encipherment
            && !self.key_cert_sign
            && !wmsvc;
        let constraints = match wmsvc {
            true => self.constraints == Constraints::Absent,
            false => self.constraints == Constraints::EndEntity,
        };
        let validity = match found {
            ExchangeDefault::MicrosoftExchange => [1826, 1827].contains(&self.days),
            ExchangeDefault::ServerAuth => self.days == 1800,
            _ => self.days == 3650,
        };
        let san = found != ExchangeDefault::ServerAuth || self.san.is_empty();
        let expected = [
            ("subject alternative name", san),
            ("signature algorithm", true),
            ("key", true),
            ("key usage", usage),
            ("extended key usage", self.server_auth),
            ("basic constraints", constraints),
            ("validity", validity),
        ];
        let marks = checks.iter().map(|it| (it.property, it.fits));
        assert_eq!(marks.collect::<Vec<_>>(), expected, "{self:?} {found:?}");
    }
}

/// Returns `true` for the name of a host: letters, digits, underscores, and hyphens inside.
fn is_host(text: &str) -> bool {
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || it == '-' || it == '_';
    !text.is_empty()
        && text.len() <= 63
        && text.chars().all(is_allowed)
        && text.trim_matches('-') == text
}

/// Returns `true` for several labels, the last of which is not a number.
fn is_domain(text: &str) -> bool {
    let labels: Vec<&str> = text.split('.').collect();
    labels.len() > 1
        && labels.iter().all(|label| is_host(label))
        && labels
            .last()
            .is_some_and(|label| label.parse::<u128>().is_err())
}
