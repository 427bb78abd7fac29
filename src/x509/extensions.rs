//! The extensions of a certificate, or those that a request asks for.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use x509_parser::extensions::{GeneralName, ParsedExtension, X509Extension};

use super::facts::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use super::malformed::MalformedReason;
use super::name::printable;
use super::name_constraints::NameConstraints;
use super::profile::AuthorityKey;
use super::template::{self, CertificateTemplate};
use crate::name::SanName;

/// The extensions that whoever verifies a path is expected to understand: key usage, subject alternative
/// name, basic constraints, name constraints, CRL distribution points, extended key usage.
const UNDERSTOOD: [&str; 6] = [
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.37",
];

/// What is read of the extensions.
pub(super) struct Extensions {
    pub(super) san: SubjectAltName,
    pub(super) basic_constraints: BasicConstraints,
    pub(super) path_length: Option<u32>,
    pub(super) key_identifier: Option<Vec<u8>>,
    pub(super) authority_key: Option<AuthorityKey>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(super) template: Option<CertificateTemplate>,
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) has_crl_distribution_point: bool,
    /// The OIDs of critical ones that nobody is expected to understand.
    pub(super) unknown_critical: Vec<String>,
    /// The OID of each, and whether it is critical.
    pub(super) criticality: Vec<(String, bool)>,
}

/// The subject alternative name: every entry as text in order, and the DNS names among them.
#[derive(Default)]
pub(super) struct SubjectAltName {
    /// The extension's value as raw DER; empty where the extension is not there.
    pub(super) der: Vec<u8>,
    pub(super) entries: Vec<String>,
    pub(super) dns_names: Vec<SanName>,
}

impl Extensions {
    pub(super) fn none() -> Self {
        Self {
            san: SubjectAltName::default(),
            basic_constraints: BasicConstraints::Absent,
            path_length: None,
            key_identifier: None,
            authority_key: None,
            key_usage: None,
            extended_key_usage: None,
            template: None,
            name_constraints: None,
            has_crl_distribution_point: false,
            unknown_critical: Vec::new(),
            criticality: Vec::new(),
        }
    }

    /// Reads `extensions` besides those that were read before.
    pub(super) fn add(&mut self, extensions: &[X509Extension<'_>]) -> Result<(), MalformedReason> {
        for extension in extensions {
            let oid = extension.oid.to_id_string();
            if self.criticality.iter().any(|(seen, _)| *seen == oid) {
                return Err(MalformedReason::DuplicateExtension(oid));
            }
            if extension.critical && !UNDERSTOOD.contains(&oid.as_str()) {
                self.unknown_critical.push(oid.clone());
            }
            match extension.parsed_extension() {
                ParsedExtension::ParseError { .. } => {
                    return Err(MalformedReason::Extension(oid));
                }
                parsed => self.take(extension, parsed),
            }
            self.criticality.push((oid, extension.critical));
        }
        Ok(())
    }

    fn take(&mut self, extension: &X509Extension<'_>, parsed: &ParsedExtension<'_>) {
        match parsed {
            ParsedExtension::SubjectAlternativeName(san) => {
                self.san = SubjectAltName::of(&san.general_names, extension.value);
            }
            ParsedExtension::BasicConstraints(constraints) => {
                self.path_length = constraints.path_len_constraint;
                self.basic_constraints = match constraints.ca {
                    true => BasicConstraints::Ca,
                    false => BasicConstraints::EndEntity,
                };
            }
            ParsedExtension::KeyUsage(usage) => {
                self.key_usage = Some(KeyUsage {
                    digital_signature: usage.digital_signature(),
                    key_encipherment: usage.key_encipherment(),
                    data_encipherment: usage.data_encipherment(),
                    key_agreement: usage.key_agreement(),
                    key_cert_sign: usage.key_cert_sign(),
                    crl_sign: usage.crl_sign(),
                });
            }
            ParsedExtension::ExtendedKeyUsage(usage) => {
                self.extended_key_usage = Some(ExtendedKeyUsage {
                    server_auth: usage.server_auth,
                    any: usage.any,
                });
            }
            ParsedExtension::SubjectKeyIdentifier(identifier) => {
                self.key_identifier = Some(identifier.0.to_vec());
            }
            ParsedExtension::AuthorityKeyIdentifier(identifier) => {
                self.authority_key = Some(AuthorityKey::of(identifier));
            }
            // The version says more than the name, in whichever order they stand.
            ParsedExtension::UnsupportedExtension { oid } => {
                let has_version = matches!(&self.template, Some(known) if known.has_version());
                if !has_version
                    && let Some(template) = template::read(oid.as_bytes(), extension.value)
                {
                    self.template = Some(template);
                }
            }
            ParsedExtension::NameConstraints(constraints) => {
                self.name_constraints = Some(NameConstraints::of(constraints));
            }
            ParsedExtension::CRLDistributionPoints(points) => {
                self.has_crl_distribution_point = !points.points.is_empty();
            }
            _ => {}
        }
    }
}

impl SubjectAltName {
    fn of(names: &[GeneralName<'_>], der: &[u8]) -> Self {
        // An entry that is not a DNS name (a NetBIOS name, for example) can match no host.
        let dns_names = names.iter().filter_map(|name| match name {
            GeneralName::DNSName(name) => name.parse::<SanName>().ok(),
            _ => None,
        });
        let mut seen = HashSet::new();
        Self {
            der: der.to_vec(),
            dns_names: dns_names.filter(|name| seen.insert(name.clone())).collect(),
            entries: entry_texts(names),
        }
    }
}

pub(super) fn entry_texts(names: &[GeneralName<'_>]) -> Vec<String> {
    let mut texts = Vec::with_capacity(names.len());
    for name in names {
        texts.push(entry_text(name));
    }
    texts
}

pub(super) fn entry_text(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) => printable(name),
        GeneralName::IPAddress(bytes) => match ip_address(bytes) {
            Some(address) => format!("IP:{address}"),
            None => "IP:(malformed)".to_owned(),
        },
        GeneralName::RFC822Name(name) => format!("email:{}", printable(name)),
        GeneralName::URI(uri) => format!("URI:{}", printable(uri)),
        GeneralName::DirectoryName(name) => format!("directory:{}", printable(&name.to_string())),
        GeneralName::Invalid(..) => "(malformed)".to_owned(),
        _ => "(other name)".to_owned(),
    }
}

pub(super) fn ip_address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into()),
        16 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?).into()),
        _ => None,
    }
}
