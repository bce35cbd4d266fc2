//! Work that is shared between the cores.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Does all of it, and gives what came of it in the order of the tasks, whoever was faster. `done` hears of each.
pub(super) fn share<T: Sync, R: Send>(
    tasks: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut done: impl FnMut(),
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let (tell, hear) = mpsc::channel();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        for _ in 0..cores.min(tasks.len()) {
            let (tell, next, work) = (tell.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    let Some(task) = tasks.get(nth) else { break };
                    if tell.send((nth, work(task))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(tell);
        hear.iter().inspect(|_| done()).collect()
    });
    results.sort_unstable_by_key(|(nth, _)| *nth);
    results.into_iter().map(|(_, result)| result).collect()
}
