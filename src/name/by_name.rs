//! What goes with each of many names.

use super::dns_name::DnsName;

/// Each name once, in the order of names, and what goes with it, in the order of `pairs`.
pub(crate) fn by_name<T: Copy>(pairs: Vec<(&DnsName, T)>) -> Vec<(&DnsName, Vec<T>)> {
    // The names alone: sorting what goes with them too would be compiled for each kind of it.
    let mut names: Vec<&DnsName> = pairs.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    let mut named: Vec<_> = names.into_iter().map(|name| (name, Vec::new())).collect();
    for (name, it) in pairs {
        let position = named.binary_search_by_key(&name, |(known, _)| known);
        let found = position.ok().and_then(|position| named.get_mut(position));
        if let Some((_, of_name)) = found {
            of_name.push(it);
        }
    }
    named
}
