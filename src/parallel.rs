//! Work that takes a core's time, on all of them.

use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::sort;

/// What `work` makes of each of `items`, in their order, on so many threads or one a core.
pub(crate) fn on_threads<T: Sync, R: Send>(
    threads: Option<NonZeroUsize>,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let done = try_on_threads(threads, items, |item| Ok::<R, Infallible>(work(item)));
    match done {
        Ok(results) => results,
        Err(never) => match never {},
    }
}

/// The same of work that may fail: all that was made, or the first error.
pub(crate) fn try_on_threads<T: Sync, R: Send, E: Send>(
    threads: Option<NonZeroUsize>,
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let mut done = Done {
        results: Vec::with_capacity(items.len()),
        numbers: Vec::with_capacity(items.len()),
        error: None,
    };
    let shared = Mutex::new(&mut done);
    each_on_threads(threads, items.len(), &|number| {
        let Some(item) = items.get(number) else {
            return;
        };
        let result = work(item);
        // No bug in `work` stops anybody while holding it.
        let mut done = shared.lock().unwrap_or_else(PoisonError::into_inner);
        match (result, &done.error) {
            (Ok(result), _) => {
                done.results.push(result);
                done.numbers.push(number);
            }
            (Err(_), Some((first, _))) if *first < number => {}
            (Err(error), _) => done.error = Some((number, error)),
        }
    });
    if let Some((_, error)) = done.error {
        return Err(error);
    }
    sort::by_number(&done.numbers, &mut |a, b| done.results.swap(a, b));
    Ok(done.results)
}

/// What came of the items that are done, in the order in which they were.
struct Done<R, E> {
    results: Vec<R>,
    /// The number of the item of each result.
    numbers: Vec<usize>,
    /// The error of the item with the least number.
    error: Option<(usize, E)>,
}

/// Does `work` for each number below `count`. Threads take the next one as they become free: how long an RSA
/// key takes is a matter of luck. Not generic, for it is compiled once then.
fn each_on_threads(threads: Option<NonZeroUsize>, count: usize, work: &(dyn Fn(usize) + Sync)) {
    let threads = match threads {
        Some(threads) => threads.get(),
        None => thread::available_parallelism().map_or(1, NonZeroUsize::get),
    };
    let next = AtomicUsize::new(0);
    let take = || {
        loop {
            match next.fetch_add(1, Ordering::Relaxed) {
                index if index < count => work(index),
                _ => break,
            }
        }
    };
    // A bug in `work` that stops another thread stops this one at the end of the scope: it must not look like
    // a missing result.
    thread::scope(|scope| {
        for _ in 1..threads.min(count) {
            // This thread works too: so it gets done where the system has no more of them.
            if thread::Builder::new().spawn_scoped(scope, take).is_err() {
                break;
            }
        }
        take();
    });
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::{on_threads, try_on_threads};

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for count in [0, 1, 2, 1000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled = on_threads(NonZeroUsize::new(4), &items, |item| {
                // The first items take longest, so that the last are done first.
                std::thread::sleep(std::time::Duration::from_micros(
                    u64::try_from(count - item).unwrap(),
                ));
                item * 2
            });
            let expected: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(doubled, expected, "{count} items");
        }
    }
    #[test]
    fn the_error_is_that_of_the_first_item_that_fails() {
        for threads in [1, 4] {
            let items: Vec<usize> = (0..100).collect();
            let failed = try_on_threads(NonZeroUsize::new(threads), &items, |item| {
                // Later items fail first.
                std::thread::sleep(std::time::Duration::from_micros(
                    u64::try_from(100 - item).unwrap(),
                ));
                if *item < 10 { Ok(*item) } else { Err(*item) }
            });
            assert_eq!(failed, Err(10), "{threads} threads");
        }
    }
}
