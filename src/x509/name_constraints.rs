//! The names that a CA may issue for (RFC 5280 §4.2.1.10).

use x509_parser::extensions as parsed;
use x509_parser::extensions::GeneralName;

use super::extensions::entry_text;
use super::name::printable;

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
    /// Another kind of name, as text.
    Other(String),
}

impl NameConstraints {
    pub(super) fn of(constraints: &parsed::NameConstraints<'_>) -> Self {
        let subtrees = |list: &Option<Vec<parsed::GeneralSubtree<'_>>>| {
            let subtrees = list.iter().flatten();
            subtrees.map(|it| Subtree::of(&it.base)).collect()
        };
        Self {
            permitted: subtrees(&constraints.permitted_subtrees),
            excluded: subtrees(&constraints.excluded_subtrees),
        }
    }

    /// Whether they constrain nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.permitted.is_empty() && self.excluded.is_empty()
    }

    /// The first DNS domain that is written with a dot in front.
    pub(crate) fn dotted_domain(&self) -> Option<&str> {
        let domains = self.permitted.iter().chain(&self.excluded);
        let mut domains = domains.filter(|it| it.is_dns()).map(Subtree::text);
        domains.find(|domain| domain.starts_with('.'))
    }

    /// Why the first of these entries of a SAN is none that the CA may issue for: "may issue for
    /// contoso.com alone, and …". `None` where no DNS name breaks a constraint.
    pub(crate) fn broken_by(&self, entries: &[String]) -> Option<String> {
        let names = entries.iter().filter(|entry| !entry.contains(':'));
        names.into_iter().find_map(|name| {
            let host = name.strip_prefix("*.").unwrap_or(name).to_ascii_lowercase();
            if let Some(subtree) = self.excluded.iter().find(|it| it.holds(&host)) {
                return Some(format!(
                    "must not issue for {}, and its SAN holds {name}",
                    subtree.text()
                ));
            }
            let mut permitted = self.permitted.iter().filter(|it| it.is_dns()).peekable();
            permitted.peek()?;
            if permitted.any(|it| it.holds(&host)) {
                return None;
            }
            Some(format!(
                "may issue for {} alone, and its SAN holds {name}",
                self.permitted_text()
            ))
        })
    }

    fn permitted_text(&self) -> String {
        let domains = self.permitted.iter().filter(|it| it.is_dns());
        domains.map(Subtree::text).collect::<Vec<_>>().join(", ")
    }
}

impl Subtree {
    fn of(name: &GeneralName<'_>) -> Self {
        match name {
            GeneralName::DNSName(domain) => Self::Dns(printable(domain).to_ascii_lowercase()),
            other => Self::Other(entry_text(other)),
        }
    }

    fn is_dns(&self) -> bool {
        matches!(self, Self::Dns(_))
    }

    fn holds(&self, host: &str) -> bool {
        let Self::Dns(domain) = self else {
            return false;
        };
        // Some CAs write a dot in front, and mean hosts below the domain.
        let below = |domain: &str| {
            host.strip_suffix(domain)
                .is_some_and(|it| it.ends_with('.'))
        };
        match domain.strip_prefix('.') {
            Some(domain) => below(domain),
            None => domain.is_empty() || host == domain || below(domain),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Dns(domain) if domain.is_empty() => "any host",
            Self::Dns(text) | Self::Other(text) => text,
        }
    }
}
