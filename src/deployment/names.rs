//! The names of the servers, and their numbers.

use std::collections::HashMap;

use crate::name::DnsName;

/// How many names are looked through one by one.
const MAX_SCANNED: usize = 8;

/// The FQDN of each server by its number, and the number of each by its FQDN.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Names {
    by_number: Vec<DnsName>,
    /// `None` where there are so few that comparing with each takes less time than hashing.
    index: Option<HashMap<DnsName, usize>>,
}

impl Names {
    /// For so many names.
    pub(super) fn with_capacity(servers: usize) -> Self {
        Self {
            by_number: Vec::with_capacity(servers),
            index: (servers > MAX_SCANNED).then(|| HashMap::with_capacity(servers)),
        }
    }

    /// Gives `name` the next number; where it has one, that is the error.
    pub(super) fn add(&mut self, name: &DnsName) -> Result<(), usize> {
        let next = self.by_number.len();
        let known = match &mut self.index {
            Some(index) => index.insert(name.clone(), next),
            None => self.scan(name),
        };
        self.by_number.push(name.clone());
        known.map_or(Ok(()), Err)
    }

    fn scan(&self, name: &DnsName) -> Option<usize> {
        self.by_number.iter().position(|known| known == name)
    }

    /// Every name, by its number.
    pub(crate) fn as_slice(&self) -> &[DnsName] {
        &self.by_number
    }

    /// The name of this number.
    pub(crate) fn get(&self, number: usize) -> Option<&DnsName> {
        self.by_number.get(number)
    }

    /// The number of this name.
    pub(crate) fn number(&self, name: &DnsName) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(name).copied(),
            None => self.scan(name),
        }
    }
}

/// Finds the numbers of names that mostly stand in the order of the servers: whether a name is the next
/// one is told without a look-up, which in a large deployment waits for memory.
pub(super) struct Finder<'n> {
    names: &'n Names,
    next: usize,
}

impl<'n> Finder<'n> {
    /// One that expects `first` to be asked for first.
    pub(super) fn new(names: &'n Names, first: usize) -> Self {
        Self { names, next: first }
    }

    pub(super) fn find(&mut self, name: &DnsName) -> Option<usize> {
        let number = match self.names.get(self.next) {
            Some(next) if next == name => self.next,
            _ => self.names.number(name)?,
        };
        self.next = number + 1;
        Some(number)
    }
}
