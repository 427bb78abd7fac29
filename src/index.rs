//! Look-ups by hash that are compiled once. A map of std is compiled for each type anew, and is large.

use std::hash::{BuildHasher, Hasher, RandomState};

/// What stands for no place.
const NOWHERE: u32 = u32::MAX;
/// How many items are looked through one by one: for so few, hashing takes longer.
const MAX_SCANNED: usize = 8;

/// Where the items of a list stand, by a key of each. It holds no keys, and asks for the one at a place. A
/// `HashMap` would hold each besides and take five times the memory, so that a look-up in a large deployment
/// would wait for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    hasher: RandomState,
    /// How many places it knows.
    count: usize,
    /// Half as many again as places, so that a search soon ends at a free one. Each holds a part of the hash
    /// that did not choose the slot, or 0 where it is free. None where there are few items.
    tags: Vec<u8>,
    /// What the slots stand for. Apart from the tags, which tell mostly that it need not be looked at. Where
    /// there are none, the places of the few items.
    places: Vec<u32>,
}

/// The key of the item at a place.
type KeyAt<'f, 'k> = &'f dyn Fn(usize) -> Option<&'k [u8]>;

impl Index {
    /// For so many items, and for more.
    pub(crate) fn with_capacity(items: usize) -> Self {
        let mut index = Self::default();
        if items > MAX_SCANNED {
            let slots = items.saturating_add(items / 2 + 1);
            index.tags = vec![0; slots];
            index.places = vec![NOWHERE; slots];
        }
        index
    }

    /// The place of the item with this key.
    #[inline]
    pub(crate) fn find(&self, key: &[u8], key_at: KeyAt<'_, '_>) -> Option<usize> {
        if !self.tags.is_empty() {
            return self.search(key, key_at).ok();
        }
        for place in &self.places {
            let place = position(*place);
            if key_at(place) == Some(key) {
                return Some(place);
            }
        }
        None
    }

    /// Notes that the item with this key stands at `place`; where one is known that has it, the place of that
    /// is the answer.
    #[inline]
    pub(crate) fn insert(
        &mut self,
        key: &[u8],
        place: usize,
        key_at: KeyAt<'_, '_>,
    ) -> Option<usize> {
        let noted = u32::try_from(place).unwrap_or(NOWHERE);
        if self.tags.is_empty() {
            let known = self.find(key, key_at);
            if known.is_some() {
                return known;
            }
            if self.count < MAX_SCANNED {
                self.places.push(noted);
                self.count += 1;
                return None;
            }
        }
        if (self.count + 1).saturating_mul(3) > self.tags.len() * 2 {
            self.grow(key_at);
        }
        let (slot, tag) = match self.search(key, key_at) {
            Ok(known) => return Some(known),
            Err(free) => free,
        };
        if let (Some(free), Some(taken)) = (self.tags.get_mut(slot), self.places.get_mut(slot)) {
            *free = tag;
            *taken = noted;
            self.count += 1;
        }
        None
    }

    fn grow(&mut self, key_at: KeyAt<'_, '_>) {
        let mut larger = Self::with_capacity((self.count + 1) * 2);
        for place in &self.places {
            let place = position(*place);
            if let Some(key) = key_at(place) {
                larger.insert(key, place, key_at);
            }
        }
        *self = larger;
    }

    /// The place of the item with this key, or the free slot where it belongs and the tag that goes there.
    #[inline]
    fn search(&self, key: &[u8], key_at: KeyAt<'_, '_>) -> Result<usize, (usize, u8)> {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key);
        let hash = hasher.finish();
        let tag = u8::try_from(hash >> 56).unwrap_or_default().max(1);
        let mut slot = self.first_slot(hash);
        loop {
            match (self.tags.get(slot), self.places.get(slot)) {
                (None | Some(0), _) | (_, None) => return Err((slot, tag)),
                (Some(taken), Some(place)) if *taken == tag => {
                    let place = position(*place);
                    if key_at(place) == Some(key) {
                        return Ok(place);
                    }
                }
                _ => {}
            }
            slot += 1;
            if slot == self.tags.len() {
                slot = 0;
            }
        }
    }

    /// Where the search for a hash begins: as far along the slots as its lower half lies in its range.
    fn first_slot(&self, hash: u64) -> usize {
        let slots = u64::try_from(self.tags.len()).unwrap_or(u64::MAX);
        let slot = (hash & 0xffff_ffff).saturating_mul(slots) >> 32;
        usize::try_from(slot).unwrap_or_default()
    }
}

fn position(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

/// Texts, each once, numbered in the order in which they came.
#[derive(Debug, Default)]
pub(crate) struct Texts<'a> {
    list: Vec<&'a str>,
    index: Index,
}

impl<'a> Texts<'a> {
    /// The number of `text`; the next one where it is new.
    pub(crate) fn number(&mut self, text: &'a str) -> usize {
        let (list, next) = (&self.list, self.list.len());
        let known = self
            .index
            .insert(text.as_bytes(), next, &|it| key(list, it));
        if known.is_none() {
            self.list.push(text);
        }
        known.unwrap_or(next)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Adds `text`. Whether it is new.
    pub(crate) fn insert(&mut self, text: &'a str) -> bool {
        let next = self.len();
        self.number(text) == next
    }

    /// The number of `text`; `None` where it is not among them.
    pub(crate) fn find(&self, text: &str) -> Option<usize> {
        self.index.find(text.as_bytes(), &|it| key(&self.list, it))
    }

    /// Whether `text` is among them.
    pub(crate) fn contains(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// All of them, in their order.
    pub(crate) fn into_list(self) -> Vec<&'a str> {
        self.list
    }
}

fn key<'a>(texts: &[&'a str], place: usize) -> Option<&'a [u8]> {
    Some(texts.get(place)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::Texts;

    #[test]
    fn each_text_keeps_its_number() {
        let mut given = Vec::new();
        for number in 0..1_000 {
            given.push(format!("um{number}"));
        }
        let mut texts = Texts::default();
        for (number, text) in given.iter().enumerate() {
            assert_eq!(texts.find(text), None);
            assert!(texts.insert(text));
            assert!(!texts.insert(text));
            for (earlier, text) in given.iter().enumerate().take(number + 1).step_by(37) {
                assert_eq!(texts.find(text), Some(earlier), "{text} of {number}");
                assert_eq!(texts.number(text), earlier, "{text} of {number}");
            }
        }
        assert_eq!(texts.into_list(), given);
    }
}
