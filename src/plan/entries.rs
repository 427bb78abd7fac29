//! The entries of a SAN one by one.
//!
//! Types of their own, which are compiled once: a chain of adapters would be for each way to go through it.

use std::mem;
use std::slice;

use super::certificate::PlannedCertificate;
use crate::deployment::Number;
use crate::name::{DnsName, SanName};

/// Names of servers, and other entries behind them.
#[derive(Clone, Default)]
pub(super) struct PolicyEntries<'a> {
    servers: slice::Iter<'a, DnsName>,
    others: slice::Iter<'a, SanName>,
}

impl<'a> PolicyEntries<'a> {
    pub(super) fn new(servers: &'a [DnsName], others: &'a [SanName]) -> Self {
        Self {
            servers: servers.iter(),
            others: others.iter(),
        }
    }
}

impl Iterator for PolicyEntries<'_> {
    type Item = SanName;

    fn next(&mut self) -> Option<SanName> {
        match self.servers.next() {
            Some(server) => Some(SanName::from(server)),
            None => self.others.next().cloned(),
        }
    }
}

/// The entries of a planned certificate.
pub(super) struct Entries<'a> {
    certificate: &'a PlannedCertificate,
    /// Whether the subject is yet to come as the first of them.
    starts: bool,
    listed: PolicyEntries<'a>,
    /// Whether the subject may be yet to come among those listed.
    is_listed: bool,
    /// The names that outages bring here.
    brought: slice::Iter<'a, (Number, Number)>,
    /// The last of them that was met: several outages may bring one.
    last: Option<Number>,
}

impl<'a> Entries<'a> {
    /// Those of `certificate` behind its subject: what is listed, and then what is brought; sorted.
    pub(super) fn new(
        certificate: &'a PlannedCertificate,
        listed: PolicyEntries<'a>,
        brought: &'a [(Number, Number)],
    ) -> Self {
        Self {
            certificate,
            starts: false,
            listed,
            is_listed: true,
            brought: brought.iter(),
            last: None,
        }
    }

    /// The same behind the subject, where that has an entry of its own.
    pub(super) fn with_subject(self) -> Self {
        Self {
            starts: self.certificate.names_subject,
            ..self
        }
    }

    fn next_listed(&mut self) -> Option<SanName> {
        let entry = self.listed.next()?;
        // It stands there once at most, and comparing names waits for memory.
        if self.is_listed && entry.as_exact() == Some(self.certificate.subject()) {
            self.is_listed = false;
            return self.listed.next();
        }
        Some(entry)
    }

    fn next_brought(&mut self) -> Option<SanName> {
        for (number, _) in &mut self.brought {
            let is_new = self.last.replace(*number) != Some(*number);
            if is_new && *number != self.certificate.servers.start {
                let name = self.certificate.basis.names().get(number.get());
                return name.map(SanName::from);
            }
        }
        None
    }
}

impl Iterator for Entries<'_> {
    type Item = SanName;

    fn next(&mut self) -> Option<SanName> {
        if mem::take(&mut self.starts) {
            return Some(SanName::from(self.certificate.subject()));
        }
        self.next_listed().or_else(|| self.next_brought())
    }
}

/// Where the one list and the other differ first; `None` where they hold the same in the same order.
pub(super) fn difference<T: PartialEq>(
    mut one: impl Iterator<Item = T>,
    mut other: impl Iterator<Item = T>,
) -> Option<[Option<T>; 2]> {
    loop {
        match (one.next(), other.next()) {
            (None, None) => return None,
            (a, b) if a != b => return Some([a, b]),
            _ => {}
        }
    }
}
