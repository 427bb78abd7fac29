//! Many short lists in two allocations.

use std::ops::Range;

use crate::deployment::Number;

/// Lists that stand behind each other. A plan has some for each of its servers, and most hold an item or
/// two: a `Vec` for each would take more than what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lists<T> {
    items: Vec<T>,
    /// Where each list ends.
    ends: Vec<Number>,
}

impl<T> Lists<T> {
    /// No lists, with room for so many lists and items.
    pub(super) fn with_capacity(lists: usize, items: usize) -> Self {
        Self {
            items: Vec::with_capacity(items),
            ends: Vec::with_capacity(lists),
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
        let end_before = |list: usize| match list.checked_sub(1) {
            Some(before) => self.ends.get(before).map(|end| end.get()),
            None => Some(0),
        };
        let range = end_before(lists.start).zip(end_before(lists.end));
        let items = range.and_then(|(start, end)| self.items.get(start..end));
        items.unwrap_or_default()
    }
}

impl<T: Copy + Default> Lists<T> {
    /// So many lists of these items, each of which stands with the number of its list; in their order.
    pub(super) fn grouped(lists: usize, items: &[(Number, T)]) -> Self {
        let mut next = vec![Number::default(); lists];
        for (list, _) in items {
            if let Some(count) = next.get_mut(list.get()) {
                *count = Number::new(count.get() + 1);
            }
        }
        let mut total = 0;
        for count in &mut next {
            total += std::mem::replace(count, Number::new(total)).get();
        }
        let mut grouped = vec![T::default(); total];
        for (list, item) in items {
            let place = next.get_mut(list.get()).and_then(|next| {
                let place = next.get();
                *next = Number::new(place + 1);
                grouped.get_mut(place)
            });
            if let Some(place) = place {
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

impl<T: Ord> Lists<T> {
    /// Sorts each list.
    pub(super) fn sort(&mut self) {
        let mut start = 0;
        for end in &self.ends {
            if let Some(list) = self.items.get_mut(start..end.get()) {
                list.sort_unstable();
            }
            start = end.get();
        }
    }
}

/// Tells of each first number, in their order, and of what stands with it, sorted.
pub(super) fn by_first(pairs: &mut [(Number, Number)], tell: &mut dyn FnMut(usize, Vec<usize>)) {
    pairs.sort_unstable();
    for of_one in pairs.chunk_by(|a, b| a.0 == b.0) {
        if let Some((first, _)) = of_one.first() {
            let mut seconds = Vec::with_capacity(of_one.len());
            for (_, second) in of_one {
                seconds.push(second.get());
            }
            tell(first.get(), seconds);
        }
    }
}
