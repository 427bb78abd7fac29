//! The names that a SAN policy puts into the certificates of a server set.

use std::collections::{HashMap, HashSet};

use crate::deployment::options::{CertificateSharing, PlanOptions, SanPolicy};
use crate::name::{DnsName, SanName};

/// SAN entries that follow the name of a certificate's own server: exact names, followed by wildcards (D12). No two are
/// equal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SanList {
    entries: Vec<SanName>,
    positions: HashMap<SanName, usize>,
    der_len: usize,
}

/// Returns the entries that the policy requires for every server of a set. Returns `None` if they differ between
/// servers.
pub(super) fn names_of_set(servers: &[DnsName], options: &PlanOptions) -> Option<SanList> {
    match (options.san, options.sharing) {
        (SanPolicy::Minimal, CertificateSharing::OnePerServer) => None,
        // Servers that share a certificate all answer to their own names.
        (SanPolicy::EveryServer | SanPolicy::Minimal, _) => {
            Some(SanList::new(servers.iter().map(SanName::from)))
        }
        (SanPolicy::Wildcard, _) => {
            let mut entries = SanName::wildcards_over(servers);
            entries.sort_by_key(SanName::is_wildcard);
            Some(SanList::new(entries))
        }
    }
}

impl SanList {
    /// Creates a list of `entries`, in which exact names come before wildcards. Skips repeated entries.
    pub(super) fn new(entries: impl IntoIterator<Item = SanName>) -> Self {
        let mut seen = HashSet::new();
        let entries = entries.into_iter();
        let entries: Vec<SanName> = entries.filter(|entry| seen.insert(entry.clone())).collect();
        let positions = entries.iter().cloned().enumerate();
        Self {
            positions: positions
                .map(|(position, entry)| (entry, position))
                .collect(),
            der_len: entries.iter().map(der_len).sum(),
            entries,
        }
    }

    /// Returns the entries in order.
    pub(super) fn entries(&self) -> &[SanName] {
        &self.entries
    }

    /// Returns the length of the entries in DER.
    pub(super) fn der_len(&self) -> usize {
        self.der_len
    }

    /// Returns the position of `entry` itself. A wildcard does not count as the names that it covers.
    pub(super) fn position(&self, entry: &SanName) -> Option<usize> {
        self.positions.get(entry).copied()
    }

    /// Returns the position of the entry that covers `name` (D16), of an exact name before a wildcard.
    pub(super) fn covering_position(&self, name: &DnsName) -> Option<usize> {
        let exact = self.position(&SanName::from(name));
        exact.or_else(|| self.position(&SanName::wildcard_over(name)?))
    }
}

/// Returns the length of a SAN entry in DER: its text, a tag, and one or two bytes of length.
pub(super) fn der_len(entry: &SanName) -> usize {
    let text_len = match entry {
        SanName::Exact(name) => name.as_str().len(),
        SanName::Wildcard(domain) => "*.".len() + domain.as_str().len(),
    };
    text_len + if text_len < 128 { 2 } else { 3 }
}
