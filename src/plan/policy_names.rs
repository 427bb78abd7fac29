//! The names that a policy asks of every server of a set.

use std::ops::Range;

use super::entries::{Entries, difference};
use crate::deployment::Names;
use crate::name::{DnsName, SanName};

/// What a policy asks of every server of a set.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PolicyList {
    /// The FQDNs of the servers of these numbers. They are listed already: a copy would be the larger part of
    /// a plan.
    Servers(Range<usize>),
    /// Wildcards, and the names that none may cover.
    Wildcards(Vec<SanName>),
}

/// The same, read with the names of the servers at hand. No two entries are equal.
#[derive(Debug, Clone, Copy)]
pub(super) struct PolicyNames<'a> {
    list: &'a PolicyList,
    names: &'a Names,
}

impl PolicyList {
    pub(super) fn among<'a>(&'a self, names: &'a Names) -> PolicyNames<'a> {
        PolicyNames { list: self, names }
    }
}

impl<'a> PolicyNames<'a> {
    fn servers(self) -> &'a [DnsName] {
        match self.list {
            PolicyList::Servers(numbers) => {
                let servers = self.names.as_slice().get(numbers.clone());
                servers.unwrap_or_default()
            }
            PolicyList::Wildcards(_) => &[],
        }
    }

    /// Wildcards, and the names that none may cover.
    fn wildcards(self) -> &'a [SanName] {
        match self.list {
            PolicyList::Servers(_) => &[],
            PolicyList::Wildcards(names) => names,
        }
    }

    /// The entries in their order.
    pub(super) fn iter(self) -> Entries<'a> {
        Entries::listed(self.servers(), self.wildcards())
    }

    /// How many entries there are.
    pub(super) fn len(self) -> usize {
        match self.list {
            PolicyList::Servers(numbers) => numbers.len(),
            PolicyList::Wildcards(names) => names.len(),
        }
    }

    /// How many bytes the entries take in DER.
    pub(super) fn encoded_length(self) -> usize {
        let mut length = 0;
        for server in self.servers() {
            length += exact_length(server);
        }
        for entry in self.wildcards() {
            length += encoded_length(entry);
        }
        length
    }

    /// Where this very entry stands; a wildcard does not stand for what it covers here.
    pub(super) fn position(self, entry: &SanName) -> Option<usize> {
        match self.list {
            PolicyList::Servers(numbers) => {
                let number = self.names.number(entry.as_exact()?)?;
                match numbers.contains(&number) {
                    true => Some(number - numbers.start),
                    false => None,
                }
            }
            PolicyList::Wildcards(names) => names.iter().position(|name| name == entry),
        }
    }

    /// Whether this very entry is one of them.
    pub(super) fn contains(self, entry: &SanName) -> bool {
        self.position(entry).is_some()
    }

    /// The entry that covers `name` (D16).
    pub(super) fn covering(self, name: &DnsName) -> Option<SanName> {
        match self.list {
            PolicyList::Servers(_) => {
                let entry = SanName::from(name);
                self.contains(&entry).then_some(entry)
            }
            PolicyList::Wildcards(names) => SanName::find_covering(names, name).cloned(),
        }
    }
}

/// Two are equal where they hold the same entries in the same order, each by its own numbers.
impl PartialEq for PolicyNames<'_> {
    fn eq(&self, other: &Self) -> bool {
        difference(self.iter(), other.iter()).is_none()
    }
}

/// What an entry of a SAN takes in DER: its text, a tag, and one or two bytes of length.
pub(super) fn encoded_length(entry: &SanName) -> usize {
    match entry {
        SanName::Exact(name) => exact_length(name),
        SanName::Wildcard(domain) => tagged_length(domain.as_str().len() + 2),
    }
}

/// The same for the name of a host.
pub(super) fn exact_length(name: &DnsName) -> usize {
    tagged_length(name.as_str().len())
}

fn tagged_length(text: usize) -> usize {
    text + if text < 128 { 2 } else { 3 }
}
