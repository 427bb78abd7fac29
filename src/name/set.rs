//! An ordered set of SAN entries that answers at once whether a name is covered.

use std::slice;

use super::dns_name::DnsName;
use super::san_name::SanName;
use super::suffix::is_public_suffix;
use crate::index::Index;

/// The DNS entries of a certificate in their order, each once, with a quick answer to "is this name
/// covered?" however many there are.
///
/// ```
/// use umcert::name::NameSet;
/// use umcert::SanName;
///
/// let names: NameSet = ["um1.contoso.com", "*.contoso.com"]
///     .iter()
///     .map(|name| name.parse::<SanName>())
///     .collect::<Result<_, _>>()?;
/// // The exact name is preferred to the wildcard.
/// assert_eq!(names.covering(&"um1.contoso.com".parse()?), Some("um1.contoso.com".parse()?));
/// assert_eq!(names.covering(&"um2.contoso.com".parse()?), Some("*.contoso.com".parse()?));
/// assert_eq!(names.covering(&"um2.fabrikam.com".parse()?), None);
/// # Ok::<(), umcert::name::NameError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct NameSet {
    entries: Vec<SanName>,
    /// Where the names of hosts stand.
    exact: Index,
    /// Where the wildcards stand, by their domains.
    wildcards: Index,
}

/// What an entry is found by among those of its kind.
fn key(entry: &SanName) -> &[u8] {
    let (SanName::Exact(name) | SanName::Wildcard(name)) = entry;
    name.as_bytes()
}

/// Two sets are equal where they hold the same entries in the same order.
impl PartialEq for NameSet {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl Eq for NameSet {}

impl NameSet {
    /// Where the entry of this name or domain stands.
    fn find(&self, index: &Index, name: &str) -> Option<usize> {
        index.find(name.as_bytes(), &|it| self.entries.get(it).map(key))
    }

    /// The entry that covers `name` (D16), the exact one before a wildcard.
    #[must_use]
    pub fn covering(&self, name: &DnsName) -> Option<SanName> {
        let place = match self.find(&self.exact, name.as_str()) {
            Some(exact) => exact,
            // A domain of a single label is in no set.
            None => self.find(&self.wildcards, name.parent_str())?,
        };
        self.entries.get(place).cloned()
    }

    /// Whether `entry` itself is in the set; a wildcard does not stand for what it covers here.
    #[must_use]
    pub fn contains(&self, entry: &SanName) -> bool {
        self.position(entry).is_some()
    }

    /// Where `entry` itself stands in the set.
    pub(crate) fn position(&self, entry: &SanName) -> Option<usize> {
        match entry {
            SanName::Exact(name) => self.find(&self.exact, name.as_str()),
            SanName::Wildcard(domain) => self.find(&self.wildcards, domain.as_str()),
        }
    }

    /// The entries in their order.
    pub fn iter(&self) -> slice::Iter<'_, SanName> {
        self.entries.iter()
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The fewest wildcards that cover every one of `names`, in the order in which they are first
    /// needed, with the names that no wildcard may cover in place of theirs.
    ///
    /// A wildcard covers one label (D16), so there is one for each distinct domain. None stands under a
    /// single label, nor, with the feature `public-suffix`, under a public suffix.
    ///
    /// ```
    /// use umcert::name::NameSet;
    /// use umcert::DnsName;
    ///
    /// let hosts: Vec<DnsName> = ["um1.contoso.com", "um2.contoso.com", "um.eu.contoso.com", "um.test"]
    ///     .iter()
    ///     .map(|name| name.parse())
    ///     .collect::<Result<_, _>>()?;
    /// let wildcards: Vec<String> = NameSet::wildcards_over(&hosts).iter().map(|n| n.to_string()).collect();
    /// assert_eq!(wildcards, ["*.contoso.com", "*.eu.contoso.com", "um.test"]);
    /// # Ok::<(), umcert::name::NameError>(())
    /// ```
    #[must_use]
    pub fn wildcards_over<'a>(names: impl IntoIterator<Item = &'a DnsName>) -> Self {
        let mut set = Self::default();
        for name in names {
            // Most hosts share their domain with one before.
            if set.has_wildcard_of(name.parent_str()) {
                continue;
            }
            set.insert(match name.parent() {
                Some(domain) if !is_public_suffix(&domain) => SanName::Wildcard(domain),
                _ => SanName::from(name),
            });
        }
        set
    }

    /// Adds `entry` behind the others, if it is not among them.
    pub(crate) fn insert(&mut self, entry: SanName) {
        let index = match entry {
            SanName::Exact(_) => &mut self.exact,
            SanName::Wildcard(_) => &mut self.wildcards,
        };
        let (entries, place) = (&self.entries, self.entries.len());
        let known = index.insert(key(&entry), place, &|it| entries.get(it).map(key));
        if known.is_none() {
            self.entries.push(entry);
        }
    }

    fn has_wildcard_of(&self, domain: &str) -> bool {
        self.find(&self.wildcards, domain).is_some()
    }
}

impl FromIterator<SanName> for NameSet {
    fn from_iter<I: IntoIterator<Item = SanName>>(entries: I) -> Self {
        let mut set = Self::default();
        set.extend(entries);
        set
    }
}

impl Extend<SanName> for NameSet {
    fn extend<I: IntoIterator<Item = SanName>>(&mut self, entries: I) {
        for entry in entries {
            self.insert(entry);
        }
    }
}

impl<'a> IntoIterator for &'a NameSet {
    type Item = &'a SanName;
    type IntoIter = slice::Iter<'a, SanName>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}
