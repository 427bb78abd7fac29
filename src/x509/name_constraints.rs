//! Describes violations of the name constraints of a CA (RFC 5280 §4.2.1.10).
//!
//! webpki enforces the constraints. This module only finds the constraint that a name violates.

use std::net::IpAddr;

use x509_parser::extensions::{self, GeneralName};

use super::general_name::{self, ip_address};
use super::name::escape_non_ascii;
use crate::text::{escape_invisible, join, quote};

/// Maximum number of permitted subtrees that a text lists.
const MAX_LISTED: usize = 10;
/// Maximum number of pairs of a name and a subtree that are compared. webpki has the same limit
/// (`MaximumNameConstraintComparisonsExceeded`), because hostile certificates may contain thousands of both.
const MAX_COMPARISONS: usize = 250_000;

/// The name constraints of a CA.
pub(crate) struct NameConstraints {
    subtrees: Vec<Subtree>,
}

/// A permitted or excluded subtree of names.
struct Subtree {
    base: SubtreeBase,
    is_excluded: bool,
}

/// The base of a subtree.
enum SubtreeBase {
    /// A domain in lower case.
    Dns(String),
    /// The addresses with these bits under this mask.
    Ip { network: IpAddr, mask: IpAddr },
    /// A distinguished name as text.
    Directory(String),
    /// Another kind of name as text.
    Other(String),
}

/// An entry of a SAN, by the kinds of names that constraints distinguish.
enum ConstrainedName<'a> {
    Dns { host: String, is_wildcard: bool },
    Ip(IpAddr),
    Other(&'a str),
}

impl NameConstraints {
    pub(super) fn new(parsed: &extensions::NameConstraints<'_>) -> Self {
        let subtree = |parsed: &extensions::GeneralSubtree<'_>, is_excluded| Subtree {
            base: SubtreeBase::new(&parsed.base),
            is_excluded,
        };
        let permitted = parsed.permitted_subtrees.iter().flatten();
        let excluded = parsed.excluded_subtrees.iter().flatten();
        let subtrees = permitted
            .map(|parsed| subtree(parsed, false))
            .chain(excluded.map(|parsed| subtree(parsed, true)))
            .collect();
        Self { subtrees }
    }

    /// Returns `true` if there is no subtree.
    pub(crate) fn is_empty(&self) -> bool {
        self.subtrees.is_empty()
    }

    /// Returns the first DNS domain with a leading dot, which RFC 5280 does not allow.
    pub(crate) fn dotted_domain(&self) -> Option<&str> {
        self.subtrees
            .iter()
            .find_map(|subtree| match &subtree.base {
                SubtreeBase::Dns(domain) if domain.starts_with('.') => Some(domain.as_str()),
                _ => None,
            })
    }

    /// Describes how a certificate with these SAN entries violates the constraints. The text follows the name of the
    /// CA: "may issue only for `contoso.com`, but …". Returns `None` if no violation is found.
    pub(crate) fn describe_violation(&self, san_entries: &[String]) -> Option<String> {
        // webpki applies constraints on distinguished names to every certificate, and refuses all of them.
        let directory = self
            .subtrees
            .iter()
            .find_map(|subtree| match &subtree.base {
                SubtreeBase::Directory(name) => Some(name),
                _ => None,
            });
        if let Some(name) = directory {
            return Some(format!(
                "constrains distinguished names ({}), which webpki does not support: it refuses every certificate below this CA",
                quote(name)
            ));
        }
        let max_entries = MAX_COMPARISONS / self.subtrees.len().max(1);
        let mut entries = san_entries.iter().take(max_entries);
        entries.find_map(|entry| self.describe_entry_violation(entry))
    }

    fn describe_entry_violation(&self, entry: &str) -> Option<String> {
        let name = ConstrainedName::parse(entry);
        let (excluded, permitted): (Vec<&Subtree>, Vec<&Subtree>) = self
            .subtrees
            .iter()
            .partition(|subtree| subtree.is_excluded);
        if let Some(subtree) = excluded
            .iter()
            .find(|subtree| subtree.base.may_contain(&name))
        {
            let base = subtree.base.text();
            return Some(format!(
                "must not issue for {base}, but the SAN of the server's certificate contains {}",
                quote(entry)
            ));
        }
        let bases: Vec<&SubtreeBase> = permitted
            .iter()
            .map(|subtree| &subtree.base)
            .filter(|base| base.applies_to(&name))
            .collect();
        if bases.is_empty() || bases.iter().any(|base| base.contains(&name)) {
            return None;
        }
        let permitted = join(bases.iter().take(MAX_LISTED).map(|base| base.text()), ", ");
        Some(format!(
            "may issue only for {permitted}, but the SAN of the server's certificate contains {}",
            quote(entry)
        ))
    }
}

impl<'a> ConstrainedName<'a> {
    /// Parses an entry that [`general_name::text`] rendered.
    fn parse(entry: &'a str) -> Self {
        if let Some(address) = entry.strip_prefix("IP:")
            && let Ok(address) = address.parse()
        {
            return Self::Ip(address);
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
    fn new(name: &GeneralName<'_>) -> Self {
        match name {
            GeneralName::DNSName(domain) => {
                Self::Dns(escape_non_ascii(domain).to_ascii_lowercase())
            }
            GeneralName::DirectoryName(name) => {
                Self::Directory(escape_invisible(&name.to_string()))
            }
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
    fn applies_to(&self, name: &ConstrainedName<'_>) -> bool {
        match (self, name) {
            (Self::Dns(_), ConstrainedName::Dns { .. })
            | (Self::Ip { .. }, ConstrainedName::Ip(_)) => true,
            (Self::Other(base), ConstrainedName::Other(entry)) => kind(base) == kind(entry),
            _ => false,
        }
    }

    /// Returns `true` if every host that `name` covers is in the subtree. Returns `false` for kinds of names that
    /// webpki does not compare.
    fn contains(&self, name: &ConstrainedName<'_>) -> bool {
        match (self, name) {
            (Self::Dns(domain), ConstrainedName::Dns { host, .. }) => is_in_domain(host, domain),
            (Self::Ip { network, mask }, ConstrainedName::Ip(address)) => {
                network.is_ipv4() == address.is_ipv4()
                    && (bits(*network) ^ bits(*address)) & bits(*mask) == 0
            }
            _ => false,
        }
    }

    /// Returns `true` if a host that `name` covers may be in the subtree. Also returns `true` for kinds of names that
    /// webpki does not compare.
    fn may_contain(&self, name: &ConstrainedName<'_>) -> bool {
        match (self, name) {
            (Self::Dns(domain), ConstrainedName::Dns { host, is_wildcard }) => {
                let parent = domain.split_once('.').map(|(_, parent)| parent);
                is_in_domain(host, domain) || (*is_wildcard && parent == Some(host))
            }
            (Self::Other(_), ConstrainedName::Other(_)) => self.applies_to(name),
            _ => self.contains(name),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Dns(domain) if domain.is_empty() => "any host".to_owned(),
            Self::Ip { mask, .. } if mask.is_unspecified() => {
                format!("any IPv{} address", if mask.is_ipv4() { 4 } else { 6 })
            }
            Self::Ip { network, mask } => format!("`{network}/{}`", bits(*mask).count_ones()),
            Self::Dns(text) | Self::Directory(text) | Self::Other(text) => quote(text),
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

/// Returns the kind of an entry that [`general_name::text`] rendered.
fn kind(entry: &str) -> &str {
    entry.split_once(':').map_or(entry, |(kind, _)| kind)
}

#[cfg(test)]
mod tests {
    use super::{ConstrainedName, NameConstraints, Subtree, SubtreeBase};

    fn constraints(subtrees: Vec<(SubtreeBase, bool)>) -> NameConstraints {
        let subtrees = subtrees.into_iter();
        let subtree = |(base, is_excluded)| Subtree { base, is_excluded };
        NameConstraints {
            subtrees: subtrees.map(subtree).collect(),
        }
    }

    fn network(network: [u8; 4], mask: [u8; 4]) -> SubtreeBase {
        SubtreeBase::Ip {
            network: network.into(),
            mask: mask.into(),
        }
    }

    #[test]
    fn address_is_compared_under_the_mask() {
        let base = network([10, 1, 0, 0], [255, 255, 0, 0]);
        assert!(base.contains(&ConstrainedName::parse("IP:10.1.2.3")));
        assert!(!base.contains(&ConstrainedName::parse("IP:10.2.2.3")));
        assert!(!base.contains(&ConstrainedName::parse("IP:2001:db8::1")));
        assert!(!base.contains(&ConstrainedName::parse("10.1.2.3")));
        let constraints = constraints(vec![(base, false)]);
        let entries = ["IP:10.1.2.3".to_owned()];
        assert_eq!(constraints.describe_violation(&entries), None);
    }

    #[test]
    fn wildcard_violates_the_exclusion_of_a_host_below_it() {
        let base = SubtreeBase::Dns("mail.contoso.com".to_owned());
        let name = |text| ConstrainedName::parse(text);
        assert!(base.may_contain(&name("*.contoso.com")));
        assert!(!base.contains(&name("*.contoso.com")));
        assert!(!base.may_contain(&name("*.fabrikam.com")));
        assert!(!base.may_contain(&name("contoso.com")));
    }

    #[test]
    fn leading_dot_means_hosts_below_the_domain() {
        let base = SubtreeBase::Dns(".contoso.com".to_owned());
        assert!(base.contains(&ConstrainedName::parse("UM1.contoso.com")));
        assert!(!base.contains(&ConstrainedName::parse("contoso.com")));
        assert!(!base.contains(&ConstrainedName::parse("um1.notcontoso.com")));
        let constraints = constraints(vec![(base, false)]);
        assert_eq!(constraints.dotted_domain(), Some(".contoso.com"));
    }

    #[test]
    fn constraints_are_empty_without_subtrees() {
        assert!(constraints(Vec::new()).is_empty());
        let base = SubtreeBase::Dns(String::new());
        assert!(!constraints(vec![(base, true)]).is_empty());
    }
}
