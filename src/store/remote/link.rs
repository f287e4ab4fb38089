//! A connection to the other side: several questions at once, each answered when it is ready.
//!
//! Two threads belong to it, since pipes block whoever reads or writes them: one sends, one listens. Whoever asks waits
//! for its own answer and looks again and again whether it is still wanted.

use std::collections::HashMap;
use std::io::{BufReader, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::ahead::Ahead;
use super::frame::{self, Begun, Frame, Kind, Number};
use super::greeting::{self, Greeting};
use crate::store::{ReadCx, StoreError};

/// So many pieces wait to be sent.
const WAITING_PIECES: usize = 128;

/// So many bytes are read at once.
const AT_ONCE: usize = 64 << 10;

/// How often somebody who waits looks whether the answer is still wanted.
const LOOK: Duration = Duration::from_millis(20);

/// How long the other side may say nothing.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Until its greeting.
    pub greeting: Duration,
    /// While an answer is waited for, before it is asked whether it is there.
    pub silence: Duration,
    /// In all, before the connection counts as lost.
    pub lost: Duration,
}

/// A connection.
#[derive(Debug)]
pub struct Link {
    send: SyncSender<Vec<u8>>,
    inbox: Arc<Inbox>,
    patience: Patience,
    ahead: Mutex<Ahead>,
}

/// What arrived.
#[derive(Debug)]
struct Inbox {
    state: Mutex<Arrived>,
    came: Condvar,
}

#[derive(Debug)]
struct Arrived {
    greeting: Option<Greeting>,
    /// Of each question that is waited for the answer, once it is there.
    answers: HashMap<Number, Option<Vec<u8>>>,
    last_number: Number,
    heard: Instant,
    pinged: Option<Instant>,
    /// Why nothing comes any more.
    ended: Option<Ended>,
}

/// Why a connection is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The other side has closed it.
    Closed,
    /// The system says so.
    Broken(String),
    /// What came is no message; what it began with, as far as it is text.
    Garbage(String),
    /// Nothing came for so long.
    Silent(Duration),
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// Nobody waits for it any more.
    Stopped(StoreError),
    /// The connection is over.
    Ended(Ended),
}

impl Link {
    /// A connection over a pair of pipes.
    ///
    /// # Errors
    /// If the system has no thread for it.
    pub fn over(
        from: impl Read + Send + 'static,
        to: impl Write + Send + 'static,
        patience: Patience,
    ) -> std::io::Result<Self> {
        let state = Arrived {
            greeting: None,
            answers: HashMap::new(),
            last_number: 0,
            heard: Instant::now(),
            pinged: None,
            ended: None,
        };
        let inbox = Arc::new(Inbox { state: Mutex::new(state), came: Condvar::new() });
        let (send, waiting) = sync_channel(WAITING_PIECES);
        let listening = Arc::clone(&inbox);
        thread::Builder::new().name("dspyglass-listens".to_owned()).spawn(move || listen(from, &listening))?;
        thread::Builder::new().name("dspyglass-asks".to_owned()).spawn(move || send_all(to, &waiting))?;
        Ok(Self { send, inbox, patience, ahead: Mutex::default() })
    }

    /// Waits for what the other side says first.
    ///
    /// # Errors
    /// If it ends without, or says nothing for too long.
    pub fn greeting(&self, is_wanted: impl Fn() -> Result<(), StoreError>) -> Result<Greeting, Unanswered> {
        let mut state = self.inbox.lock();
        // Nothing was heard since it began, however often it was waited for.
        let begun = state.heard;
        loop {
            if let Some(greeting) = state.greeting.take() {
                return Ok(greeting);
            }
            if let Some(ended) = &state.ended {
                return Err(Unanswered::Ended(ended.clone()));
            }
            is_wanted().map_err(Unanswered::Stopped)?;
            if begun.elapsed() >= self.patience.greeting {
                return Err(Unanswered::Ended(Ended::Silent(self.patience.greeting)));
            }
            state = self.inbox.wait(state);
        }
    }

    /// Whether it can still be asked.
    pub fn is_open(&self) -> bool {
        self.inbox.lock().ended.is_none()
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// If nobody waits for it any more, or the connection ends.
    pub fn ask(&self, cx: &ReadCx, question: &[u8]) -> Result<Vec<u8>, Unanswered> {
        let number = self.inbox.lock().next_number();
        let answer = self.send_pieces(cx, number, question).and_then(|()| self.wait(cx, number));
        if answer.is_err() {
            self.forget(number);
        }
        answer
    }

    /// Asks what is not waited for yet; `None` if there is more urgent to be sent.
    pub fn ask_ahead(&self, question: &[u8]) -> Option<Number> {
        let number = self.inbox.lock().next_number();
        let is_sent = self.send.try_send(frame::written(number, Kind::Ahead, question)).is_ok();
        if !is_sent {
            self.inbox.lock().answers.remove(&number);
        }
        is_sent.then_some(number)
    }

    /// Waits for the answer of what was asked ahead.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub fn answer(&self, cx: &ReadCx, number: Number) -> Result<Vec<u8>, Unanswered> {
        let answer = self.wait(cx, number);
        if answer.is_err() {
            self.forget(number);
        }
        answer
    }

    /// How many of these are not answered yet.
    pub fn unanswered(&self, numbers: &[Number]) -> usize {
        let state = self.inbox.lock();
        numbers.iter().filter(|number| matches!(state.answers.get(number), Some(None))).count()
    }

    /// Nobody waits for this answer.
    pub fn forget(&self, number: Number) {
        let is_there = self.inbox.lock().answers.remove(&number).is_some_and(|answer| answer.is_some());
        if !is_there {
            // If nothing can be sent now, an answer comes that nobody waits for.
            let _ = self.send.try_send(frame::written(number, Kind::Cancel, &[]));
        }
    }

    /// What is known of the order of questions over this connection.
    pub fn ahead(&self) -> MutexGuard<'_, Ahead> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send_pieces(&self, cx: &ReadCx, number: Number, question: &[u8]) -> Result<(), Unanswered> {
        for mut piece in frame::pieces(number, question) {
            loop {
                match self.send.try_send(piece) {
                    Ok(()) => break,
                    Err(TrySendError::Full(same)) => piece = same,
                    Err(TrySendError::Disconnected(_)) => return Err(self.inbox.lock().over()),
                }
                cx.check().map_err(Unanswered::Stopped)?;
                self.keep_alive(&mut self.inbox.lock())?;
                thread::sleep(LOOK);
            }
        }
        Ok(())
    }

    fn wait(&self, cx: &ReadCx, number: Number) -> Result<Vec<u8>, Unanswered> {
        let mut state = self.inbox.lock();
        loop {
            if let Some(answer) = state.answers.get_mut(&number).and_then(Option::take) {
                state.answers.remove(&number);
                return Ok(answer);
            }
            if state.ended.is_some() {
                return Err(state.over());
            }
            cx.check().map_err(Unanswered::Stopped)?;
            self.keep_alive(&mut state)?;
            state = self.inbox.wait(state);
        }
    }

    /// Asks whether somebody is there after some silence, and gives up after more of it.
    fn keep_alive(&self, state: &mut Arrived) -> Result<(), Unanswered> {
        // Before the first question of a while nobody listened for anything.
        let since = state.pinged.map_or(state.heard, |pinged| pinged.max(state.heard));
        let is_waiting = state.pinged.is_some_and(|pinged| pinged > state.heard);
        if is_waiting && since.elapsed() >= self.patience.lost.saturating_sub(self.patience.silence) {
            state.ended = Some(Ended::Silent(self.patience.lost));
            self.inbox.came.notify_all();
            return Err(state.over());
        }
        if !is_waiting && since.elapsed() >= self.patience.silence {
            // A queue that is full is as silent as the other side.
            let _ = self.send.try_send(frame::written(0, Kind::Ping, &[]));
            state.pinged = Some(Instant::now());
        }
        Ok(())
    }
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Arrived> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, Arrived>) -> MutexGuard<'a, Arrived> {
        self.came.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0
    }

    fn end(&self, ended: Ended) {
        self.lock().ended.get_or_insert(ended);
        self.came.notify_all();
    }
}

impl Arrived {
    /// A number whose answer is waited for from now on.
    fn next_number(&mut self) -> Number {
        self.last_number = self.last_number.wrapping_add(1);
        self.answers.insert(self.last_number, None);
        self.last_number
    }

    fn over(&self) -> Unanswered {
        Unanswered::Ended(self.ended.clone().unwrap_or(Ended::Closed))
    }
}

/// Sends what there is to be sent, until nobody has anything to send any more.
fn send_all(mut to: impl Write, waiting: &Receiver<Vec<u8>>) {
    while let Ok(piece) = waiting.recv() {
        if to.write_all(&piece).and_then(|()| to.flush()).is_err() {
            // Why is told by what can be read no more.
            return;
        }
    }
}

/// Takes in what comes, until nothing does.
fn listen(mut from: impl Read, inbox: &Inbox) {
    let ended = match greeting_of(&mut from, inbox) {
        Ok(rest) => match listen_on(&mut BufReader::with_capacity(AT_ONCE, rest.as_slice().chain(from)), inbox) {
            Ok(()) => Ended::Closed,
            Err(error) => ended_by(&error),
        },
        Err(ended) => ended,
    };
    inbox.end(ended);
}

fn ended_by(error: &std::io::Error) -> Ended {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => Ended::Closed,
        std::io::ErrorKind::InvalidData => Ended::Garbage(String::new()),
        _ => Ended::Broken(error.to_string()),
    }
}

/// What followed the greeting.
fn greeting_of(from: &mut impl Read, inbox: &Inbox) -> Result<Vec<u8>, Ended> {
    let mut heard = Vec::new();
    let mut piece = [0; 4096];
    let beginning =
        |heard: &[u8]| String::from_utf8_lossy(heard.get(..200.min(heard.len())).unwrap_or_default()).into_owned();
    loop {
        let more = match from.read(&mut piece) {
            Ok(0) if heard.is_empty() => return Err(Ended::Closed),
            Ok(0) => return Err(Ended::Garbage(beginning(&heard))),
            Ok(more) => more,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ended_by(&error)),
        };
        heard.extend_from_slice(piece.get(..more).unwrap_or_default());
        let Ok(found) = greeting::heard(&heard) else { return Err(Ended::Garbage(beginning(&heard))) };
        if let Some((greeting, end)) = found {
            let mut state = inbox.lock();
            state.greeting = Some(greeting);
            state.heard = Instant::now();
            inbox.came.notify_all();
            return Ok(heard.split_off(end.min(heard.len())));
        }
    }
}

fn listen_on(from: &mut impl Read, inbox: &Inbox) -> std::io::Result<()> {
    let mut begun = Begun::default();
    while let Some(Frame { number, kind, bytes }) = frame::next(from)? {
        let is_wanted = {
            let mut state = inbox.lock();
            state.heard = Instant::now();
            state.answers.contains_key(&number)
        };
        match kind {
            Kind::Part | Kind::Last if !is_wanted => begun.forget(number),
            Kind::Part | Kind::Last => {
                let Some(answer) = begun.add(number, bytes, kind == Kind::Last)? else { continue };
                if let Some(place) = inbox.lock().answers.get_mut(&number) {
                    *place = Some(answer);
                }
                inbox.came.notify_all();
            }
            // The other side goes no further with it.
            Kind::Cancel => begun.forget(number),
            Kind::Ahead | Kind::Ping | Kind::Pong => {}
        }
    }
    Ok(())
}
