//! Subtrees of names, and whether a name is in one (RFC 5280 §4.2.1.10).

use std::net::IpAddr;

use x509_parser::extensions::GeneralName;

use super::directory_name::DirectoryName;
use super::general_name::{self, ip_address};
use super::name::escape_non_ascii;
use crate::text::{escape_invisible, quote};

/// The base of a subtree.
pub(super) enum SubtreeBase {
    /// A domain in lower case.
    Dns(String),
    /// The addresses with these bits under this mask.
    Ip { network: IpAddr, mask: IpAddr },
    /// A mailbox, a host, or the hosts below a domain with a leading dot.
    Email(String),
    /// A host, or the hosts below a domain with a leading dot.
    Uri(String),
    /// A distinguished name, and its text.
    Directory { name: DirectoryName, text: String },
    /// Another kind of name as text.
    Other(String),
}

/// An entry of a SAN, by the kinds of names that constraints distinguish.
pub(super) enum ConstrainedName<'a> {
    Dns { host: String, is_wildcard: bool },
    Ip(IpAddr),
    Email(&'a str),
    Uri(&'a str),
    Other(&'a str),
}

impl<'a> ConstrainedName<'a> {
    /// Parses an entry that [`general_name::text`] rendered.
    pub(super) fn parse(entry: &'a str) -> Self {
        if let Some(address) = entry.strip_prefix("IP:")
            && let Ok(address) = address.parse()
        {
            return Self::Ip(address);
        }
        if let Some(mailbox) = entry.strip_prefix("email:") {
            return Self::Email(mailbox);
        }
        if let Some(uri) = entry.strip_prefix("URI:") {
            return Self::Uri(uri);
        }
        if entry.contains(':') || entry.starts_with('(') {
            return Self::Other(entry);
        }
        let domain = entry.strip_prefix("*.");
        Self::Dns {
            host: domain.unwrap_or(entry).to_ascii_lowercase(),
            is_wildcard: domain.is_some(),
        }
    }
}

impl SubtreeBase {
    pub(super) fn new(name: &GeneralName<'_>) -> Self {
        match name {
            GeneralName::DNSName(domain) => {
                Self::Dns(escape_non_ascii(domain).to_ascii_lowercase())
            }
            GeneralName::RFC822Name(base) => Self::Email(escape_non_ascii(base)),
            GeneralName::URI(base) => Self::Uri(escape_non_ascii(base).to_ascii_lowercase()),
            GeneralName::DirectoryName(name) => Self::Directory {
                name: DirectoryName::new(name),
                text: escape_invisible(&name.to_string()),
            },
            GeneralName::IPAddress(bytes) => {
                let (network, mask) = bytes.split_at(bytes.len() / 2);
                match (ip_address(network), ip_address(mask)) {
                    (Some(network), Some(mask)) => Self::Ip { network, mask },
                    _ => Self::Other(general_name::text(name)),
                }
            }
            _ => Self::Other(general_name::text(name)),
        }
    }

    /// Returns `true` if the subtree constrains names of this kind.
    pub(super) fn applies_to(&self, name: &ConstrainedName<'_>) -> bool {
        match (self, name) {
            (Self::Dns(_), ConstrainedName::Dns { .. })
            | (Self::Ip { .. }, ConstrainedName::Ip(_))
            | (Self::Email(_), ConstrainedName::Email(_))
            | (Self::Uri(_), ConstrainedName::Uri(_)) => true,
            (Self::Other(base), ConstrainedName::Other(entry)) => kind(base) == kind(entry),
            _ => false,
        }
    }

    /// Returns whether every host or mailbox that `name` covers is in the subtree, or `None` if this crate cannot
    /// compare them.
    pub(super) fn contains(&self, name: &ConstrainedName<'_>) -> Option<bool> {
        match (self, name) {
            (Self::Dns(domain), ConstrainedName::Dns { host, .. }) => {
                Some(is_in_domain(host, domain))
            }
            (Self::Ip { network, mask }, ConstrainedName::Ip(address)) => Some(
                network.is_ipv4() == address.is_ipv4()
                    && (bits(*network) ^ bits(*address)) & bits(*mask) == 0,
            ),
            (Self::Email(base), ConstrainedName::Email(mailbox)) => is_in_mail(mailbox, base),
            (Self::Uri(base), ConstrainedName::Uri(uri)) => Some(is_at_host(&uri_host(uri)?, base)),
            _ => None,
        }
    }

    /// Returns `true` if a host or mailbox that `name` covers is in the subtree.
    pub(super) fn may_contain(&self, name: &ConstrainedName<'_>) -> bool {
        let is_parent = match (self, name) {
            (Self::Dns(domain), ConstrainedName::Dns { host, is_wildcard }) => {
                let parent = domain.split_once('.').map(|(_, parent)| parent);
                *is_wildcard && parent == Some(host)
            }
            _ => false,
        };
        is_parent || self.contains(name) == Some(true)
    }

    pub(super) fn text(&self) -> String {
        match self {
            Self::Dns(domain) if domain.is_empty() => "any host".to_owned(),
            Self::Ip { mask, .. } if mask.is_unspecified() => {
                format!("any IPv{} address", if mask.is_ipv4() { 4 } else { 6 })
            }
            Self::Ip { network, mask } => format!("`{network}/{}`", bits(*mask).count_ones()),
            Self::Email(base) => quote(&format!("email:{base}")),
            Self::Uri(base) => quote(&format!("URI:{base}")),
            Self::Dns(text) | Self::Directory { text, .. } | Self::Other(text) => quote(text),
        }
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Returns `true` if `host` is `domain` or below it. Some CAs write a leading dot and mean the hosts below.
fn is_in_domain(host: &str, domain: &str) -> bool {
    let is_below = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|labels| labels.ends_with('.'))
    };
    match domain.strip_prefix('.') {
        Some(domain) => is_below(domain),
        None => domain.is_empty() || host == domain || is_below(domain),
    }
}

/// Returns whether a mailbox is in a subtree: one mailbox, all of a host, or all hosts below a domain with a leading
/// dot. Returns `None` if the mailbox has no host.
fn is_in_mail(mailbox: &str, base: &str) -> Option<bool> {
    let (local, host) = mailbox.rsplit_once('@')?;
    Some(match base.rsplit_once('@') {
        Some((base_local, base_host)) => {
            local == base_local && host.eq_ignore_ascii_case(base_host)
        }
        None => is_at_host(host, &base.to_ascii_lowercase()),
    })
}

/// Returns `true` if `host` is `base`, or below it if `base` has a leading dot.
fn is_at_host(host: &str, base: &str) -> bool {
    let host = host.to_ascii_lowercase();
    if base.starts_with('.') {
        host.len() > base.len() && host.ends_with(base)
    } else {
        host == base
    }
}

/// Returns the host name in the authority of a URI, or `None` if it has none (RFC 3986 §3.2).
fn uri_host(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = host.split(':').next()?;
    let is_name = host.contains(|character: char| character.is_ascii_alphabetic());
    (is_name && !host.starts_with('[')).then(|| host.to_ascii_lowercase())
}

/// Returns the kind of an entry that [`general_name::text`] rendered.
fn kind(entry: &str) -> &str {
    entry.split_once(':').map_or(entry, |(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::{ConstrainedName, SubtreeBase};

    #[test]
    fn wildcard_violates_the_exclusion_of_a_host_below_it() {
        let base = SubtreeBase::Dns("mail.contoso.com".to_owned());
        let name = |text| ConstrainedName::parse(text);
        assert!(base.may_contain(&name("*.contoso.com")));
        assert_eq!(base.contains(&name("*.contoso.com")), Some(false));
        assert!(!base.may_contain(&name("*.fabrikam.com")));
        assert!(!base.may_contain(&name("contoso.com")));
    }

    #[test]
    fn mailboxes_and_uris_are_compared_by_host() {
        let mail = |base: &str| SubtreeBase::Email(base.to_owned());
        let uri = |base: &str| SubtreeBase::Uri(base.to_owned());
        for (base, name, expected) in [
            (mail("contoso.com"), "email:um@Contoso.com", Some(true)),
            (
                mail("contoso.com"),
                "email:um@mail.contoso.com",
                Some(false),
            ),
            (
                mail(".contoso.com"),
                "email:um@mail.contoso.com",
                Some(true),
            ),
            (mail(".contoso.com"), "email:um@contoso.com", Some(false)),
            (mail("um@contoso.com"), "email:um@CONTOSO.com", Some(true)),
            (mail("um@contoso.com"), "email:UM@contoso.com", Some(false)),
            (mail("contoso.com"), "email:um", None),
            (
                uri("contoso.com"),
                "URI:https://contoso.com:443/a",
                Some(true),
            ),
            (
                uri("contoso.com"),
                "URI:https://um1.contoso.com/",
                Some(false),
            ),
            (
                uri(".contoso.com"),
                "URI:sip://a@um1.contoso.com",
                Some(true),
            ),
            (uri("contoso.com"), "URI:urn:contoso", None),
            (uri("contoso.com"), "URI:https://10.0.0.1/", None),
        ] {
            assert_eq!(
                base.contains(&ConstrainedName::parse(name)),
                expected,
                "{name}"
            );
        }
    }
}
