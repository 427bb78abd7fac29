//! The names of the servers, and their numbers.

use std::ops::Range;

use super::UmServer;
use crate::index::Index;
use crate::name::DnsName;

/// The FQDN of each server by its number, and the number of each by its FQDN.
#[derive(Debug)]
pub(crate) struct Names {
    by_number: Vec<DnsName>,
    index: Index,
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
            index: Index::with_capacity(servers),
        }
    }

    /// Gives the names of `servers` the next numbers; where one has a number, that is the error.
    ///
    /// Some at a time are best: names are read and written in a row, and the index all over the place.
    pub(super) fn add(&mut self, servers: &[UmServer]) -> Result<(), (DnsName, usize)> {
        let first = self.by_number.len();
        for server in servers {
            self.by_number.push(server.fqdn.clone());
        }
        let by_number = &self.by_number;
        for number in first..by_number.len() {
            let Some(name) = by_number.get(number) else {
                break;
            };
            let name_at = |it| key(by_number, it);
            if let Some(known) = self.index.insert(name.as_bytes(), number, &name_at) {
                return Err((name.clone(), known));
            }
        }
        Ok(())
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
        self.index
            .find(name.as_bytes(), &|it| key(&self.by_number, it))
    }
}

fn key(names: &[DnsName], number: usize) -> Option<&[u8]> {
    Some(names.get(number)?.as_bytes())
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

    /// The same; `None` too where it is not one of these numbers.
    pub(super) fn find_among(&mut self, name: &DnsName, numbers: &Range<usize>) -> Option<usize> {
        let number = self.find(name)?;
        numbers.contains(&number).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::{Finder, Names, UmServer};
    use crate::name::DnsName;

    fn servers(count: usize) -> Vec<UmServer> {
        let server = |number| UmServer::new(format!("um{number}.contoso.com"), "Tukwila").unwrap();
        (0..count).map(server).collect()
    }

    #[test]
    fn every_name_has_its_number_and_a_stranger_none() {
        let stranger: DnsName = "um.contoso.com".parse().unwrap();
        for count in [0, 1, 8, 9, 10, 255, 256, 257, 5_000] {
            let servers = servers(count);
            let hosts: Vec<&DnsName> = servers.iter().map(|it| &it.fqdn).collect();
            let mut names = Names::with_capacity(count);
            for some in servers.chunks(100) {
                names.add(some).unwrap();
            }
            let numbers = hosts.iter().map(|host| names.number(host));
            assert!(numbers.eq((0..count).map(Some)), "{count} names");
            assert!(names.as_slice().iter().eq(hosts.clone()), "{count} names");
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
                    let mut servers = servers(count);
                    servers.push(servers[again].clone());
                    let mut names = Names::with_capacity(count + 1);
                    let mut some = servers.chunks(at_once);
                    let added = some.try_for_each(|some| names.add(some));
                    let expected = Err((servers[again].fqdn.clone(), again));
                    assert_eq!(added, expected, "{again} of {count}, {at_once} at once");
                }
            }
        }
    }
}
