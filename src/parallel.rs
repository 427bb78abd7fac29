//! Parallel work on a slice.

use std::num::NonZeroUsize;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Applies `work` to each item on several threads and returns the results in the order of `items`.
///
/// `threads` defaults to the number of cores. The calling thread also works, so that the work is completed even if the
/// system cannot start another thread.
///
/// # Panics
///
/// Panics if `work` does.
pub(crate) fn map<T: Sync, R: Send>(
    threads: Option<NonZeroUsize>,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = threads.or_else(|| thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get).min(items.len());
    // Each thread takes the next item when it is free, because the time for an RSA key varies widely.
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut results = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return results;
            };
            results.push((index, work(item)));
        }
    };
    let mut results = thread::scope(|scope| {
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, worker).ok();
        let others: Vec<_> = (1..threads).map_while(spawn).collect();
        let mut results = worker();
        for thread in others {
            let joined = thread.join();
            results.extend(joined.unwrap_or_else(|payload| panic::resume_unwind(payload)));
        }
        results
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::thread::sleep;
    use std::time::Duration;

    use super::map;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0, 1, 2, 1000] {
            let items: Vec<u64> = (0..count).collect();
            let doubled = map(NonZeroUsize::new(4), &items, |item| {
                // The first items take longest, so that the last are done first.
                sleep(Duration::from_micros(count - item));
                item * 2
            });
            let expected: Vec<u64> = items.iter().map(|item| item * 2).collect();
            assert_eq!(doubled, expected, "{count} items");
        }
    }

    #[test]
    fn first_error_of_several_is_collected() {
        for threads in [1, 4] {
            let items: Vec<u64> = (0..100).collect();
            let results = map(NonZeroUsize::new(threads), &items, |item| {
                // Later items fail first.
                sleep(Duration::from_micros(100 - item));
                if *item < 10 { Ok(*item) } else { Err(*item) }
            });
            let collected: Result<Vec<u64>, u64> = results.into_iter().collect();
            assert_eq!(collected, Err(10), "{threads} threads");
        }
    }

    #[test]
    #[should_panic(expected = "a bug in the work")]
    fn panic_in_the_work_reaches_the_caller() {
        map(NonZeroUsize::new(4), &[0, 1, 2, 3], |item| {
            assert_ne!(*item, 3, "a bug in the work");
        });
    }
}
