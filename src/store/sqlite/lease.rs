//! A connection that is given back in time.
//!
//! As long as a connection to a write-ahead log is open, its writer cannot tidy up when it leaves:
//! even between two questions the connection keeps a lock on the database. Opening one for each
//! question costs 3 ms, which is a hundred times what a small one takes. So a connection is lent to
//! a reading (a [`ReadCx`]): it answers all of its questions for [`LEASE`], then it is closed and,
//! if more is asked, another one is opened; and it is closed at once when the reading is over. So
//! a reading of many questions costs one opening in 30 ms, and who reads nothing holds nothing.
//!
//! A timer closes it, since nobody else may come by: between two questions a reading can compute,
//! or wait for whoever takes its output.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::connection::Db;
use crate::store::ReadCx;

/// How long a connection that keeps a lock stays open after it was opened. With what it takes to
/// open and to close it, and with a timer that is late, less than the 50 ms that were promised.
const LEASE: Duration = Duration::from_millis(30);

/// The connection of one reader, if it has one at the moment.
#[derive(Debug, Default)]
pub struct Lent(Arc<Mutex<Held>>);

/// What is lent.
#[derive(Debug, Default)]
pub struct Held {
    /// The connection.
    pub db: Option<Db>,
    /// When it has to be given back; `None` if it keeps no lock between readings.
    until: Option<Instant>,
    /// How many connections were lent so far.
    pub opened: u64,
}

impl Lent {
    /// Takes hold of it for one reading.
    pub fn hold(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection until it is replaced or, if it keeps a lock, until its time or the reading
    /// is over.
    pub fn put(&self, held: &mut Held, db: Db, cx: &ReadCx) {
        held.until = db.mode.keeps_lock().then(|| Instant::now() + LEASE);
        held.db = Some(db);
        held.opened += 1;
        let Some(until) = held.until else { return };
        cx.keep(Arc::as_ptr(&self.0) as usize, || UntilEnd(Arc::downgrade(&self.0)));
        let lent = Arc::downgrade(&self.0);
        let timer = thread::Builder::new().name("dspyglass-lease".to_owned());
        if timer.spawn(move || give_back_at(until, &lent)).is_err() {
            // Nobody would take it back later.
            held.until = Some(Instant::now());
        }
    }
}

impl Held {
    /// Closes the connection if its time is over; called after every reading, since the timer
    /// waits for one that takes longer.
    pub fn rest(&mut self) {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            (self.db, self.until) = (None, None);
        }
    }
}

/// Closes the connection when it is dropped.
struct UntilEnd(Weak<Mutex<Held>>);

impl Drop for UntilEnd {
    fn drop(&mut self) {
        if let Some(lent) = self.0.upgrade() {
            let mut held = lent.lock().unwrap_or_else(PoisonError::into_inner);
            // Another connection has come to stay meanwhile: the log is gone.
            if held.until.is_some() {
                (held.db, held.until) = (None, None);
            }
        }
    }
}

fn give_back_at(until: Instant, lent: &Weak<Mutex<Held>>) {
    thread::sleep(until.saturating_duration_since(Instant::now()));
    if let Some(lent) = lent.upgrade() {
        // One that was opened later has a timer of its own.
        lent.lock().unwrap_or_else(PoisonError::into_inner).rest();
    }
}
