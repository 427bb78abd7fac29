//! Values by the names of servers and forests.

use std::collections::HashMap;

use crate::name::DnsName;

/// A value for each of some names. The table of numbers is of one kind with that of a set of names: one that
/// held the values would be compiled anew for each kind of them.
#[derive(Debug, Clone)]
pub(super) struct ByName<T> {
    numbers: HashMap<DnsName, usize>,
    values: Vec<T>,
}

impl<T: Default> ByName<T> {
    pub(super) fn new() -> Self {
        Self {
            numbers: HashMap::new(),
            values: Vec::new(),
        }
    }

    /// Changes the value of `name`: the default where it has none.
    pub(super) fn change(&mut self, name: DnsName, change: impl FnOnce(&mut T)) {
        let number = match self.numbers.get(&name) {
            Some(known) => *known,
            None => {
                let next = self.values.len();
                self.numbers.insert(name, next);
                self.values.push(T::default());
                next
            }
        };
        if let Some(value) = self.values.get_mut(number) {
            change(value);
        }
    }

    /// The value of `name`; `None` where it was never changed.
    pub(super) fn get(&self, name: &DnsName) -> Option<&T> {
        self.values.get(*self.numbers.get(name)?)
    }

    /// The names that have a value, in their order.
    pub(super) fn names(&self) -> Vec<&DnsName> {
        let mut names = Vec::with_capacity(self.numbers.len());
        for name in self.numbers.keys() {
            names.push(name);
        }
        names.sort_unstable();
        names
    }
}
