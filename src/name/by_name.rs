//! What goes with each of many names.

use super::dns_name::DnsName;
use crate::sort::sort_by;

/// Each name once, in the order of names, and what goes with it, in the order of `pairs`.
pub(crate) fn by_name<T>(mut pairs: Vec<(&DnsName, T)>) -> Vec<(&DnsName, Vec<T>)> {
    sort_by(&mut pairs, |(one, _), (other, _)| one.cmp(other));
    let mut named: Vec<(&DnsName, Vec<T>)> = Vec::new();
    for (name, it) in pairs {
        match named.last_mut() {
            Some((last, of_last)) if *last == name => of_last.push(it),
            _ => named.push((name, vec![it])),
        }
    }
    named
}
