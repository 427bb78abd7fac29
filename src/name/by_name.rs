//! What goes with each of many names.

use super::dns_name::DnsName;

/// Each name once, in the order of names, and what goes with it, in the order of `pairs`.
pub(crate) fn by_name<T: Copy>(mut pairs: Vec<(&DnsName, T)>) -> Vec<(&DnsName, Vec<T>)> {
    pairs.sort_by_key(|(name, _)| *name);
    let groups = pairs.chunk_by(|(one, _), (next, _)| one == next);
    let named = groups.filter_map(|group| {
        let (name, _) = group.first()?;
        Some((*name, group.iter().map(|(_, it)| *it).collect()))
    });
    named.collect()
}
