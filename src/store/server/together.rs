//! Several questions at once: what a server needs for one of them, all of them wait for together.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use crate::model::Warning;
use crate::store::{ReadCx, Result};

/// How often whoever waits looks whether he still has to.
const LOOK: Duration = Duration::from_millis(5);

/// A thread that asks for one thing, and what was noted on the way.
type Asking<'a, T> = thread::ScopedJoinHandle<'a, (Result<T>, Vec<Warning>)>;

/// Asks for each of some things at the same time, as far as the client lets, and gives the answers in their order.
///
/// # Errors
/// The first of them that failed.
pub fn together<I: Sync, T: Send>(
    cx: &ReadCx,
    items: &[I],
    ask: impl Fn(&ReadCx, &I) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    if let [only] = items {
        return Ok(vec![ask(cx, only)?]);
    }
    thread::scope(|scope| {
        let ask = &ask;
        let started: Vec<_> = items
            .iter()
            .map(|item| {
                let own = cx.for_thread();
                let thread = thread::Builder::new().name("dspyglass-together".to_owned());
                (item, thread.spawn_scoped(scope, move || (ask(&own, item), own.take_warnings())).ok())
            })
            .collect();
        let answer = |(item, thread): (&I, Option<Asking<'_, T>>)| match thread {
            Some(thread) => match thread.join() {
                Ok((answer, warnings)) => {
                    cx.warn_again(&warnings);
                    answer
                }
                Err(panic) => std::panic::resume_unwind(panic),
            },
            // Without a thread it takes longer.
            None => ask(cx, item),
        };
        started.into_iter().map(answer).collect()
    })
}

/// Waits for what somebody else is asking for, as long as the reading may.
///
/// # Errors
/// Those of [`ReadCx::check`].
pub fn wait_for<'a, T>(cx: &ReadCx, shared: &'a Mutex<T>) -> Result<MutexGuard<'a, T>> {
    loop {
        match shared.try_lock() {
            Ok(guard) => return Ok(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Ok(PoisonError::into_inner(poisoned)),
            Err(TryLockError::WouldBlock) => {
                cx.check()?;
                thread::sleep(LOOK);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_on_the_way_counts_for_whoever_asked() {
        let cx = ReadCx::new();
        let ask = |cx: &ReadCx, number: &u32| {
            cx.warn("here", format!("{number} is damaged"));
            Ok(number * 2)
        };
        assert_eq!(together(&cx, &[1, 2, 3], ask).expect("answers"), [2, 4, 6]);
        let told: Vec<String> = cx.take_warnings().iter().map(|warning| warning.what.to_string()).collect();
        assert_eq!(told, ["1 is damaged", "2 is damaged", "3 is damaged"]);
    }
}
