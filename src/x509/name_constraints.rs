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
#[derive(Default)]
pub(crate) struct NameConstraints {
    subtrees: Vec<Subtree>,
}

/// Names below a point, and whether they are permitted or excluded.
struct Subtree {
    base: Base,
    is_excluded: bool,
}

/// The point.
enum Base {
    /// Names of hosts in this domain, in lower case.
    Dns(String),
    /// Addresses with these bits under this mask.
    Ip { network: IpAddr, mask: IpAddr },
    /// Distinguished names, as text.
    Directory(String),
    /// Another kind of name, as text.
    Other(String),
}

/// An entry of a SAN, as far as constraints speak of it.
enum Entry<'a> {
    Dns { host: String, is_wildcard: bool },
    Ip(IpAddr),
    Other(&'a str),
}

impl NameConstraints {
    pub(super) fn of(constraints: &parsed::NameConstraints<'_>) -> Self {
        let mut all = Self::default();
        all.add(constraints.permitted_subtrees.as_deref(), false);
        all.add(constraints.excluded_subtrees.as_deref(), true);
        all
    }

    fn add(&mut self, list: Option<&[parsed::GeneralSubtree<'_>]>, is_excluded: bool) {
        for subtree in list.unwrap_or_default() {
            let base = Base::of(&subtree.base);
            self.subtrees.push(Subtree { base, is_excluded });
        }
    }

    /// Whether they constrain nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.subtrees.is_empty()
    }

    /// The first DNS domain that is written with a dot in front.
    pub(crate) fn dotted_domain(&self) -> Option<&str> {
        for subtree in &self.subtrees {
            match &subtree.base {
                Base::Dns(domain) if domain.starts_with('.') => return Some(domain),
                _ => {}
            }
        }
        None
    }

    /// Why a certificate with these entries in its SAN is none that the CA may issue, as a clause behind the
    /// CA's name: "may issue for contoso.com alone, and the server's SAN holds …". `None` where no
    /// constraint is seen to be broken.
    pub(crate) fn broken_by(&self, entries: &[String]) -> Option<String> {
        // webpki takes every certificate for one that has a distinguished name, and judges none.
        for subtree in &self.subtrees {
            if let Base::Directory(name) = &subtree.base {
                return Some(format!(
                    "constrains distinguished names ({name}), which is not supported here: whatever it issues is refused"
                ));
            }
        }
        for text in entries
            .iter()
            .take(MAX_COMPARISONS / self.subtrees.len().max(1))
        {
            let why = self.broken_by_entry(text);
            if why.is_some() {
                return why;
            }
        }
        None
    }

    fn broken_by_entry(&self, text: &str) -> Option<String> {
        let entry = Entry::of(text);
        let mut is_permitted = false;
        let mut permitted = Vec::new();
        for Subtree { base, is_excluded } in &self.subtrees {
            if *is_excluded {
                if base.may_hold(&entry) {
                    let base = base.text();
                    return Some(format!(
                        "must not issue for {base}, and the server's SAN holds {text}"
                    ));
                }
            } else if base.is_about(&entry) {
                is_permitted |= base.holds(&entry);
                if permitted.len() < MAX_LISTED {
                    permitted.push(base.text());
                }
            }
        }
        if is_permitted || permitted.is_empty() {
            return None;
        }
        let permitted = permitted.join(", ");
        Some(format!(
            "may issue for {permitted} alone, and the server's SAN holds {text}"
        ))
    }
}

impl<'a> Entry<'a> {
    /// Of an entry as [`entry_text`] writes it.
    fn of(text: &'a str) -> Self {
        if let Some(address) = text.strip_prefix("IP:")
            && let Ok(address) = address.parse()
        {
            return Self::Ip(address);
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

impl Base {
    fn of(name: &GeneralName<'_>) -> Self {
        match name {
            GeneralName::DNSName(domain) => Self::Dns(printable(domain).to_ascii_lowercase()),
            GeneralName::DirectoryName(name) => Self::Directory(printable(&name.to_string())),
            GeneralName::IPAddress(bytes) => {
                let (network, mask) = bytes.split_at(bytes.len() / 2);
                match (ip_address(network), ip_address(mask)) {
                    (Some(network), Some(mask)) => Self::Ip { network, mask },
                    _ => Self::Other(entry_text(name)),
                }
            }
            _ => Self::Other(entry_text(name)),
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
                network.is_ipv4() == address.is_ipv4()
                    && (bits(*network) ^ bits(*address)) & bits(*mask) == 0
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
            Self::Ip { mask, .. } if mask.is_unspecified() => {
                format!("any IPv{} address", if mask.is_ipv4() { 4 } else { 6 })
            }
            Self::Ip { network, mask } => format!("{network}/{}", bits(*mask).count_ones()),
            Self::Dns(text) | Self::Directory(text) | Self::Other(text) => text.clone(),
        }
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
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
