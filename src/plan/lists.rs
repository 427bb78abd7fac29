//! Many short lists in two allocations.

use std::mem;
use std::ops::Range;

use crate::deployment::Number;
use crate::sort::sort_by;

/// Lists that stand behind each other. A plan has some for each of its servers, and most hold an item or
/// two: a `Vec` for each would take more than what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lists<T> {
    items: Vec<T>,
    /// Where each list ends.
    ends: Vec<Number>,
}

impl<T> Lists<T> {
    /// No lists.
    pub(super) fn new() -> Self {
        Self {
            items: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Adds an item to the list that [`close`](Self::close) ends.
    pub(super) fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// Ends the list of the items since the last one.
    pub(super) fn close(&mut self) {
        self.ends.push(Number::new(self.items.len()));
    }

    /// All items, list by list.
    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }

    /// How many lists there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// One list; empty where there is none.
    pub(super) fn get(&self, list: usize) -> &[T] {
        self.joined(&(list..list + 1))
    }

    /// The items of neighbouring lists, as one.
    pub(super) fn joined(&self, lists: &Range<usize>) -> &[T] {
        let range = end_before(&self.ends, lists.start)..end_before(&self.ends, lists.end);
        self.items.get(range).unwrap_or_default()
    }
}

impl<T: Copy + Default> Lists<T> {
    /// So many lists of these items, each of which stands with the number of its list; in their order.
    pub(super) fn grouped(lists: usize, items: &[(Number, T)]) -> Self {
        let mut next = vec![Number::default(); lists];
        for (list, _) in items {
            take_next(&mut next, *list);
        }
        // Each tells how many items its list has; from now on, where the next of them goes.
        let mut total = 0;
        for count in &mut next {
            total += mem::replace(count, Number::new(total)).get();
        }
        let mut grouped = vec![T::default(); total];
        for (list, item) in items {
            if let Some(place) = grouped.get_mut(take_next(&mut next, *list)) {
                *place = *item;
            }
        }
        Self {
            items: grouped,
            // By now the place of the next item of a list is its end.
            ends: next,
        }
    }
}

/// The number that stands for this list, which grows by one; beyond all places where there is no such list.
fn take_next(next: &mut [Number], list: Number) -> usize {
    match next.get_mut(list.get()) {
        Some(next) => mem::replace(next, Number::new(next.get() + 1)).get(),
        None => usize::MAX,
    }
}

/// Where the lists before this one end; behind all items where there is no such list.
fn end_before(ends: &[Number], list: usize) -> usize {
    match list.checked_sub(1) {
        None => 0,
        Some(before) => match ends.get(before) {
            Some(end) => end.get(),
            None => usize::MAX,
        },
    }
}

/// Tells of each first number, in their order, and of what stands with it, in the order of `pairs`.
pub(super) fn by_first(pairs: &mut [(Number, Number)], tell: &mut dyn FnMut(usize, Vec<usize>)) {
    sort_by(pairs, |a, b| a.0.cmp(&b.0));
    let mut rest = &*pairs;
    while let [(first, _), ..] = rest {
        let mut seconds = Vec::new();
        while let [(other, second), behind @ ..] = rest
            && other == first
        {
            seconds.push(second.get());
            rest = behind;
        }
        tell(first.get(), seconds);
    }
}
