//! The names that a CA may issue for (RFC 5280 §4.2.1.10).

use std::net::IpAddr;

use x509_parser::extensions as parsed;
use x509_parser::extensions::GeneralName;

use super::extensions::{entry_text, ip_address};
use super::name::printable;

/// How many subtrees a text lists.
const MAX_LISTED: usize = 10;
/// How many pairs of a name and a subtree are compared, as many as webpki compares
/// (`MaximumNameConstraintComparisonsExceeded`): a stranger may have written thousands of both.
const MAX_COMPARISONS: usize = 250_000;

/// The name constraints of a CA. webpki judges by them; this says which one a name breaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NameConstraints {
    permitted: Vec<Subtree>,
    excluded: Vec<Subtree>,
}

/// Names below a point.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subtree {
    /// Names of hosts in this domain, in lower case.
    Dns(String),
    /// Addresses with these bits under this mask.
    Ip { network: Vec<u8>, mask: Vec<u8> },
    /// Distinguished names, as text.
    Directory(String),
    /// Another kind of name, as text.
    Other(String),
}

/// An entry of a SAN, as far as constraints speak of it.
enum Entry<'a> {
    Dns { host: String, is_wildcard: bool },
    Ip(Vec<u8>),
    Other(&'a str),
}

impl NameConstraints {
    pub(super) fn of(constraints: &parsed::NameConstraints<'_>) -> Self {
        Self {
            permitted: subtrees(constraints.permitted_subtrees.as_deref()),
            excluded: subtrees(constraints.excluded_subtrees.as_deref()),
        }
    }

    /// Whether they constrain nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.permitted.is_empty() && self.excluded.is_empty()
    }

    /// The first DNS domain that is written with a dot in front.
    pub(crate) fn dotted_domain(&self) -> Option<&str> {
        for subtree in self.both() {
            match subtree {
                Subtree::Dns(domain) if domain.starts_with('.') => return Some(domain),
                _ => {}
            }
        }
        None
    }

    fn both(&self) -> impl Iterator<Item = &Subtree> {
        self.permitted.iter().chain(&self.excluded)
    }

    /// Why a certificate with these entries in its SAN is none that the CA may issue, as a clause behind the
    /// CA's name: "may issue for contoso.com alone, and the server's SAN holds …". `None` where no
    /// constraint is seen to be broken.
    pub(crate) fn broken_by(&self, entries: &[String]) -> Option<String> {
        // webpki takes every certificate for one that has a distinguished name, and judges none.
        for subtree in self.both() {
            if let Subtree::Directory(name) = subtree {
                return Some(format!(
                    "constrains distinguished names ({name}), which is not supported here: whatever it issues is refused"
                ));
            }
        }
        let subtrees = (self.permitted.len() + self.excluded.len()).max(1);
        for text in entries.iter().take(MAX_COMPARISONS / subtrees) {
            let why = self.broken_by_entry(text);
            if why.is_some() {
                return why;
            }
        }
        None
    }

    fn broken_by_entry(&self, text: &str) -> Option<String> {
        let entry = Entry::of(text);
        if let Some(subtree) = self.excluded.iter().find(|it| it.may_hold(&entry)) {
            return Some(format!(
                "must not issue for {}, and the server's SAN holds {text}",
                subtree.text()
            ));
        }
        let mut of_kind = Vec::new();
        for subtree in self.permitted.iter().filter(|it| it.is_about(&entry)) {
            if subtree.holds(&entry) {
                return None;
            }
            if of_kind.len() < MAX_LISTED {
                of_kind.push(subtree);
            }
        }
        if of_kind.is_empty() {
            return None;
        }
        let mut texts = Vec::new();
        for subtree in &of_kind {
            texts.push(subtree.text());
        }
        let texts = texts.join(", ");
        Some(format!(
            "may issue for {texts} alone, and the server's SAN holds {text}"
        ))
    }
}

fn subtrees(list: Option<&[parsed::GeneralSubtree<'_>]>) -> Vec<Subtree> {
    let mut subtrees = Vec::new();
    for subtree in list.unwrap_or_default() {
        subtrees.push(Subtree::of(&subtree.base));
    }
    subtrees
}

impl<'a> Entry<'a> {
    /// Of an entry as [`entry_text`] writes it.
    fn of(text: &'a str) -> Self {
        if let Some(address) = text.strip_prefix("IP:").and_then(|it| it.parse().ok()) {
            return Self::Ip(match address {
                IpAddr::V4(address) => address.octets().to_vec(),
                IpAddr::V6(address) => address.octets().to_vec(),
            });
        }
        if text.contains(':') || text.starts_with('(') {
            return Self::Other(text);
        }
        let domain = text.strip_prefix("*.");
        Self::Dns {
            host: domain.unwrap_or(text).to_ascii_lowercase(),
            is_wildcard: domain.is_some(),
        }
    }
}

impl Subtree {
    fn of(name: &GeneralName<'_>) -> Self {
        match name {
            GeneralName::DNSName(domain) => Self::Dns(printable(domain).to_ascii_lowercase()),
            GeneralName::IPAddress(bytes) if matches!(bytes.len(), 8 | 32) => {
                let (network, mask) = bytes.split_at(bytes.len() / 2);
                Self::Ip {
                    network: network.to_vec(),
                    mask: mask.to_vec(),
                }
            }
            GeneralName::DirectoryName(name) => Self::Directory(printable(&name.to_string())),
            other => Self::Other(entry_text(other)),
        }
    }

    /// Whether it is about entries of this kind.
    fn is_about(&self, entry: &Entry<'_>) -> bool {
        match (self, entry) {
            (Self::Dns(_), Entry::Dns { .. }) => true,
            (Self::Ip { .. }, Entry::Ip(_)) => true,
            (Self::Other(text), Entry::Other(entry)) => kind(text) == kind(entry),
            _ => false,
        }
    }

    /// Whether it holds all that the entry stands for. Of kinds that webpki does not compare, it holds none.
    fn holds(&self, entry: &Entry<'_>) -> bool {
        match (self, entry) {
            (Self::Dns(domain), Entry::Dns { host, .. }) => is_in(host, domain),
            (Self::Ip { network, mask }, Entry::Ip(address)) => {
                let mut bits = mask.iter().zip(network.iter().zip(address));
                address.len() == mask.len()
                    && bits.all(|(mask, (one, other))| (one ^ other) & mask == 0)
            }
            _ => false,
        }
    }

    /// Whether it holds something that the entry stands for. Of kinds that webpki does not compare, it does.
    fn may_hold(&self, entry: &Entry<'_>) -> bool {
        match (self, entry) {
            (Self::Dns(domain), Entry::Dns { host, is_wildcard }) => {
                let reaches = |(_, parent): (&str, &str)| *is_wildcard && parent == host;
                is_in(host, domain) || domain.split_once('.').is_some_and(reaches)
            }
            (Self::Other(_), Entry::Other(_)) => self.is_about(entry),
            _ => self.holds(entry),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Dns(domain) if domain.is_empty() => "any host".to_owned(),
            Self::Ip { mask, .. } if mask.iter().all(|byte| *byte == 0) => {
                format!("any IPv{} address", if mask.len() == 4 { 4 } else { 6 })
            }
            Self::Ip { network, mask } => {
                let mut bits = 0;
                for byte in mask {
                    bits += byte.count_ones();
                }
                match ip_address(network) {
                    Some(address) => format!("{address}/{bits}"),
                    None => "IP:(malformed)".to_owned(),
                }
            }
            Self::Dns(text) | Self::Directory(text) | Self::Other(text) => text.clone(),
        }
    }
}

/// Whether a host is that of a domain, or below it. Some CAs write a dot in front, and mean hosts below.
fn is_in(host: &str, domain: &str) -> bool {
    let below = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|it| it.ends_with('.'))
    };
    match domain.strip_prefix('.') {
        Some(domain) => below(domain),
        None => domain.is_empty() || host == domain || below(domain),
    }
}

/// The kind of an entry as [`entry_text`] writes it.
fn kind(text: &str) -> &str {
    match text.split_once(':') {
        Some((kind, _)) => kind,
        None => text,
    }
}
