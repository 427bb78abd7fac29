//! Work that takes a core's time, on all of them.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// What `work` makes of each of `items`, in their order, on so many threads or one a core.
pub(crate) fn on_threads<T: Sync, R: Send>(
    threads: Option<NonZeroUsize>,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = threads.or_else(|| thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get).min(items.len());
    let mut results = Vec::with_capacity(items.len());
    if threads <= 1 {
        for item in items {
            results.push(work(item));
        }
        return results;
    }
    let mut slots = Vec::with_capacity(items.len());
    for _ in items {
        slots.push(Mutex::new(None));
    }
    each_on_threads(threads, items.len(), &|index| {
        if let (Some(item), Some(slot)) = (items.get(index), slots.get(index)) {
            let result = work(item);
            // Nobody else takes this one, so nobody was stopped by a bug while holding it.
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    });
    for slot in slots {
        if let Some(result) = slot.into_inner().unwrap_or_else(PoisonError::into_inner) {
            results.push(result);
        }
    }
    results
}

/// All of what was made, or the first error.
pub(crate) fn all_of<R, E>(results: Vec<Result<R, E>>) -> Result<Vec<R>, E> {
    let mut all = Vec::with_capacity(results.len());
    for result in results {
        all.push(result?);
    }
    Ok(all)
}

/// Does `work` for each number below `count`. Threads take the next one as they become free: how long an RSA
/// key takes is a matter of luck. Not generic, for it is compiled once then.
fn each_on_threads(threads: usize, count: usize, work: &(dyn Fn(usize) + Sync)) {
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
        for _ in 1..threads {
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

    use super::on_threads;

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
}
