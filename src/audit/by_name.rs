//! Values by the names of servers and forests.

use crate::index::Index;
use crate::name::DnsName;
use crate::sort::sort_by;

/// A value for each of some names.
#[derive(Debug, Clone)]
pub(super) struct ByName<T> {
    names: Vec<DnsName>,
    /// Where each name stands in the list, and its value in the other.
    index: Index,
    values: Vec<T>,
}

impl<T: Default> ByName<T> {
    pub(super) fn new() -> Self {
        Self {
            names: Vec::new(),
            index: Index::default(),
            values: Vec::new(),
        }
    }

    /// Changes the value of `name`: the default where it has none.
    pub(super) fn change(&mut self, name: DnsName, change: impl FnOnce(&mut T)) {
        let (names, next) = (&self.names, self.names.len());
        let known = self
            .index
            .insert(name.as_bytes(), next, &|it| key(names, it));
        if known.is_none() {
            self.names.push(name);
            self.values.push(T::default());
        }
        if let Some(value) = self.values.get_mut(known.unwrap_or(next)) {
            change(value);
        }
    }

    /// The value of `name`; `None` where it was never changed.
    pub(super) fn get(&self, name: &DnsName) -> Option<&T> {
        let place = self.index.find(name.as_bytes(), &|it| key(&self.names, it));
        self.values.get(place?)
    }

    /// The names that have a value, in their order.
    pub(super) fn names(&self) -> Vec<&DnsName> {
        let mut names = Vec::with_capacity(self.names.len());
        for name in &self.names {
            names.push(name);
        }
        sort_by(&mut names, Ord::cmp);
        names
    }
}

fn key(names: &[DnsName], place: usize) -> Option<&[u8]> {
    Some(names.get(place)?.as_bytes())
}
