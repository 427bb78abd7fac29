//! Sorting and searching that are compiled once. Those of std are compiled for each type anew, and are large.

use std::cmp::Ordering;
use std::mem;

/// Sorts as std's `sort_by` does: what is equal keeps its order.
pub(crate) fn sort_by<T>(items: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    if items.len() < 2 {
        return;
    }
    let order = order(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => compare(a, b),
        _ => Ordering::Equal,
    });
    arrange(order, &mut |a, b| items.swap(a, b));
}

/// For each place the number of the item that belongs there, of so many.
pub(crate) fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order = Vec::with_capacity(count);
    for number in 0..count {
        order.push(number);
    }
    order.sort_by(|a, b| compare(*a, *b));
    order
}

/// Brings each item to its place, with at most one swap for each.
fn arrange(mut order: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..order.len() {
        let mut place = start;
        // Round the cycle: each place gets its item from the next one, the last that of the start.
        while let Some(from) = order.get_mut(place) {
            let from = mem::replace(from, place);
            if from == start {
                break;
            }
            swap(place, from);
            place = from;
        }
    }
}

/// How many of the items, which stand in an order, are before a place, as std's `partition_point`.
pub(crate) fn count_before<T>(items: &[T], is_before: impl Fn(&T) -> bool) -> usize {
    place(items.len(), &|number| match items.get(number) {
        Some(item) => is_before(item),
        None => false,
    })
}

/// The first of so many numbers that is not before a place.
fn place(count: usize, is_before: &dyn Fn(usize) -> bool) -> usize {
    let (mut start, mut end) = (0, count);
    while start < end {
        let middle = start.midpoint(end);
        match is_before(middle) {
            true => start = middle + 1,
            false => end = middle,
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::{count_before, sort_by};

    #[test]
    fn counts_as_std_does() {
        for count in 0..40 {
            let items: Vec<usize> = (0..count).map(|it| it / 3).collect();
            for place in 0..15 {
                let expected = items.partition_point(|it| *it < place);
                assert_eq!(count_before(&items, |it| *it < place), expected);
            }
        }
    }

    #[test]
    fn sorts_as_std_does() {
        let mut seed = 1_u32;
        for count in 0..200 {
            let mut items = Vec::new();
            for number in 0..count {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                items.push((seed >> 27, number));
            }
            let mut expected = items.clone();
            expected.sort_by_key(|it| it.0);
            sort_by(&mut items, |a, b| a.0.cmp(&b.0));
            assert_eq!(items, expected);
        }
    }
}
