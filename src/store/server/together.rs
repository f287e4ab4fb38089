//! Several questions at once: what a server needs for one of them, all of them wait for together.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use crate::store::{ReadCx, Result};

/// How often whoever waits looks whether he still has to.
const LOOK: Duration = Duration::from_millis(5);

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
                (item, thread.spawn_scoped(scope, move || ask(&own, item)).ok())
            })
            .collect();
        let answer = |(item, thread): (&I, Option<thread::ScopedJoinHandle<'_, Result<T>>>)| match thread {
            Some(thread) => match thread.join() {
                Ok(answer) => answer,
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
