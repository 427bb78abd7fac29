//! The entries of a SAN one by one.
//!
//! A type of its own, which is compiled once: a chain of adapters would be for each way to go through it.

use std::slice;

use crate::deployment::Number;
use crate::name::{DnsName, SanName};

/// The entries of a SAN, or some of them.
#[derive(Default)]
pub(super) struct Entries<'a> {
    /// One that comes before the others.
    first: Option<&'a DnsName>,
    servers: slice::Iter<'a, DnsName>,
    others: slice::Iter<'a, SanName>,
    /// A name that is left out of these, and may be yet to come.
    left_out: Option<&'a DnsName>,
    /// The names that outages bring here, by the number among `names`; sorted.
    brought: slice::Iter<'a, (Number, Number)>,
    names: &'a [DnsName],
    /// The last of them that was met: several outages may bring one.
    last: Option<Number>,
    /// One of them that is left out.
    own: Option<Number>,
}

impl<'a> Entries<'a> {
    /// Names of servers, and other entries behind them. No two are equal.
    pub(super) fn listed(servers: &'a [DnsName], others: &'a [SanName]) -> Self {
        Self {
            servers: servers.iter(),
            others: others.iter(),
            ..Self::default()
        }
    }

    /// The names that outages bring to a server: the numbers of each among `names` and of the outage; sorted.
    /// The server's own number is left out.
    pub(super) fn brought(
        brought: &'a [(Number, Number)],
        names: &'a [DnsName],
        own: Number,
    ) -> Self {
        Self {
            brought: brought.iter(),
            names,
            own: Some(own),
            ..Self::default()
        }
    }

    /// The same without the one that is listed for `name`.
    pub(super) fn without(self, name: &'a DnsName) -> Self {
        Self {
            left_out: Some(name),
            ..self
        }
    }

    /// The same behind one for `first`, where there is such a name.
    pub(super) fn behind(self, first: Option<&'a DnsName>) -> Self {
        Self { first, ..self }
    }

    fn next_listed(&mut self) -> Option<SanName> {
        match self.servers.next() {
            Some(server) => Some(SanName::from(server)),
            None => self.others.next().cloned(),
        }
    }

    fn next_brought(&mut self) -> Option<SanName> {
        for (number, _) in &mut self.brought {
            let is_new = self.last.replace(*number) != Some(*number);
            if is_new && self.own != Some(*number) {
                return self.names.get(number.get()).map(SanName::from);
            }
        }
        None
    }
}

impl Iterator for Entries<'_> {
    type Item = SanName;

    fn next(&mut self) -> Option<SanName> {
        if let Some(first) = self.first.take() {
            return Some(SanName::from(first));
        }
        let Some(entry) = self.next_listed() else {
            return self.next_brought();
        };
        // It stands there once at most, and comparing names waits for memory.
        if self.left_out.is_some() && entry.as_exact() == self.left_out {
            self.left_out = None;
            return self.next_listed();
        }
        Some(entry)
    }
}

/// Where the one list and the other differ first; `None` where they hold the same in the same order.
pub(super) fn difference(
    mut one: Entries<'_>,
    mut other: Entries<'_>,
) -> Option<[Option<SanName>; 2]> {
    loop {
        match (one.next(), other.next()) {
            (None, None) => return None,
            (a, b) if a != b => return Some([a, b]),
            _ => {}
        }
    }
}
