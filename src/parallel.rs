//! Work that takes a core's time, on all of them.

use std::num::NonZeroUsize;
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What `work` makes of each of `items`, in their order, on so many threads or one a core. Threads take
/// the next item as they become free: how long an RSA key takes is a matter of luck.
pub(crate) fn on_threads<T: Sync, R: Send>(
    threads: Option<NonZeroUsize>,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = threads.or_else(|| thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZeroUsize::get).min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else {
                return done;
            };
            done.push((index, work(item)));
        }
    };
    let mut done = thread::scope(|scope| {
        // This thread works too: so it gets done where the system has no more of them.
        let spawn = || thread::Builder::new().spawn_scoped(scope, take);
        let workers: Vec<_> = (1..threads).map_while(|_| spawn().ok()).collect();
        let own = take();
        let others = workers.into_iter().map(|worker| match worker.join() {
            Ok(done) => done,
            // A bug in `work`: it must not look like a missing result.
            Err(payload) => panic::resume_unwind(payload),
        });
        own.into_iter().chain(others.flatten()).collect::<Vec<_>>()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
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
