//! The names of the servers, and their numbers.

use std::hash::{BuildHasher, RandomState};

use super::number::Number;
use crate::name::DnsName;

/// How many names are looked through one by one.
const MAX_SCANNED: usize = 8;

/// The FQDN of each server by its number, and the number of each by its FQDN.
#[derive(Debug)]
pub(crate) struct Names {
    by_number: Vec<DnsName>,
    /// `None` where there are so few that comparing with each takes less time than hashing.
    index: Option<Index>,
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.by_number == other.by_number
    }
}

impl Eq for Names {}

impl Names {
    /// For so many names.
    pub(super) fn with_capacity(servers: usize) -> Self {
        Self {
            by_number: Vec::with_capacity(servers),
            index: (servers > MAX_SCANNED).then(|| Index::with_capacity(servers)),
        }
    }

    /// Gives `names` the next numbers; where one has a number, that is the error.
    ///
    /// Some at a time are best: names are read and written in a row, and the index all over the place.
    pub(super) fn add<'n>(
        &mut self,
        names: impl Iterator<Item = &'n DnsName>,
    ) -> Result<(), (DnsName, usize)> {
        let first = self.by_number.len();
        for name in names {
            self.by_number.push(name.clone());
        }
        let added = (first..).zip(self.by_number.get(first..).unwrap_or_default());
        for (number, name) in added {
            let known = match &mut self.index {
                Some(index) => index.insert(name, number, &self.by_number),
                None => self.scan(name).filter(|known| *known != number),
            };
            if let Some(known) = known {
                return Err((name.clone(), known));
            }
        }
        Ok(())
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
            Some(index) => index.find(name, &self.by_number).ok(),
            None => self.scan(name),
        }
    }
}

/// The numbers of names, by the hash of the name. A `HashMap` would hold each name besides and take five
/// times the memory, so that a look-up in a large deployment would wait for it.
#[derive(Debug)]
struct Index {
    hasher: RandomState,
    /// Half as many again as names, so that a search soon ends at a free one. Each holds a part of the hash
    /// that did not choose the slot, or 0 where it is free.
    tags: Vec<u8>,
    /// What the slots stand for. Apart from the tags, which tell mostly that it need not be looked at.
    numbers: Vec<Number>,
}

impl Index {
    /// For so many names.
    fn with_capacity(names: usize) -> Self {
        let slots = names.saturating_add(names / 2 + 1);
        Self {
            hasher: RandomState::new(),
            tags: vec![0; slots],
            numbers: vec![Number::default(); slots],
        }
    }

    /// Gives `name` this number; where it has one, that is the answer.
    fn insert(&mut self, name: &DnsName, number: usize, by_number: &[DnsName]) -> Option<usize> {
        let (slot, tag) = match self.find(name, by_number) {
            Ok(known) => return Some(known),
            Err(free) => free,
        };
        let free = self.tags.get_mut(slot).zip(self.numbers.get_mut(slot));
        if let Some((free, taken)) = free {
            *free = tag;
            *taken = Number::new(number);
        }
        None
    }

    /// The number of `name`, or the free slot where it belongs and the tag that goes there.
    fn find(&self, name: &DnsName, by_number: &[DnsName]) -> Result<usize, (usize, u8)> {
        let hash = self.hasher.hash_one(name);
        let tag = u8::try_from(hash >> 56).unwrap_or_default().max(1);
        let mut slot = self.first_slot(hash);
        while let Some(taken) = self.tags.get(slot).filter(|taken| **taken != 0) {
            let number = self.numbers.get(slot).filter(|_| *taken == tag);
            let number = number.map(|number| number.get());
            if let Some(number) = number.filter(|it| by_number.get(*it) == Some(name)) {
                return Ok(number);
            }
            slot = match slot + 1 {
                end if end == self.tags.len() => 0,
                next => next,
            };
        }
        Err((slot, tag))
    }

    /// Where the search for a hash begins: as far along the slots as its lower half lies in its range.
    fn first_slot(&self, hash: u64) -> usize {
        let slots = u64::try_from(self.tags.len()).unwrap_or(u64::MAX);
        let slot = (hash & 0xffff_ffff).saturating_mul(slots) >> 32;
        usize::try_from(slot).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use super::{Finder, Names};
    use crate::name::DnsName;

    fn hosts(count: usize) -> Vec<DnsName> {
        let host = |number| format!("um{number}.contoso.com").parse().unwrap();
        (0..count).map(host).collect()
    }

    #[test]
    fn every_name_has_its_number_and_a_stranger_none() {
        let stranger: DnsName = "um.contoso.com".parse().unwrap();
        for count in [0, 1, 8, 9, 10, 255, 256, 257, 5_000] {
            let hosts = hosts(count);
            let mut names = Names::with_capacity(count);
            for some in hosts.chunks(100) {
                names.add(some.iter()).unwrap();
            }
            let numbers = hosts.iter().map(|host| names.number(host));
            assert!(numbers.eq((0..count).map(Some)), "{count} names");
            assert_eq!(names.as_slice(), hosts, "{count} names");
            assert_eq!(names.number(&stranger), None, "{count} names");

            let mut finder = Finder::new(&names, 0);
            let backwards = hosts.iter().rev().map(|host| finder.find(host));
            assert!(backwards.eq((0..count).rev().map(Some)), "{count} names");
            assert_eq!(finder.find(&stranger), None, "{count} names");
        }
    }

    #[test]
    fn a_name_that_has_a_number_is_given_no_other() {
        for count in [1, 8, 9, 257] {
            for again in [0, count / 2, count - 1] {
                for at_once in [1, 100] {
                    let mut hosts = hosts(count);
                    hosts.push(hosts[again].clone());
                    let mut names = Names::with_capacity(count + 1);
                    let added: Result<(), _> = hosts
                        .chunks(at_once)
                        .try_for_each(|some| names.add(some.iter()));
                    let expected = Err((hosts[again].clone(), again));
                    assert_eq!(added, expected, "{again} of {count}, {at_once} at once");
                }
            }
        }
    }
}
