//! The other side: reads questions, has them answered by readers of one store, and writes the answers.
//!
//! One thread reads what comes, so that a question can be cancelled while others are answered; some answer, each by a
//! reader of its own; whoever called writes. All of it ends when nobody asks any more: the input is closed.

use std::collections::{HashMap, VecDeque};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use super::frame::{self, Begun, Frame, Kind, Number};
use super::greeting::{Told, greeting};
use super::{held, questions};
use crate::store::{CancelToken, Result, Store, StoreError};

/// So many questions are answered at once.
const READERS: usize = 4;

/// So many wait for it; whoever asks more is told so.
const MOST_WAITING: usize = 4096;

/// So many pieces wait to be written.
const WAITING_PIECES: usize = 16;

/// What is written next.
enum Said {
    Piece(Vec<u8>),
    /// Nobody listens any more.
    End,
}

/// What the threads share.
struct Served {
    queue: Mutex<Queue>,
    came: Condvar,
    /// The reader that was opened: the others are forks of it, and what changes is asked of it alone, since a reader
    /// tells changes by what it saw before.
    first: Mutex<Box<dyn Store>>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Number, Vec<u8>)>,
    /// Those that nobody waits for yet.
    later: VecDeque<(Number, Vec<u8>)>,
    /// Of each question that is not answered yet.
    cancels: HashMap<Number, CancelToken>,
    is_closed: bool,
}

/// Says that a store could not be opened, and why.
///
/// # Errors
/// Where nothing can be written.
pub fn refuse(error: &StoreError, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&greeting(Err(error)))?;
    out.flush()
}

/// Greets, and answers what is asked of a store until the input ends.
///
/// # Errors
/// Where nothing can be written, or no thread can be had.
pub fn serve(store: Box<dyn Store>, input: impl Read + Send + 'static, out: &mut dyn Write) -> io::Result<()> {
    let told = Told { info: store.info(), capabilities: store.capabilities() };
    out.write_all(&greeting(Ok(&told)))?;
    out.flush()?;
    let served = Arc::new(Served { queue: Mutex::default(), came: Condvar::new(), first: Mutex::new(store) });
    let (send, said) = sync_channel(WAITING_PIECES);
    for _ in 0..READERS {
        let (served, send) = (Arc::clone(&served), send.clone());
        thread::Builder::new().name("dspyglass-answers".to_owned()).spawn(move || answer_all(&served, &send))?;
    }
    let asked = Arc::clone(&served);
    thread::Builder::new().name("dspyglass-is-asked".to_owned()).spawn(move || listen(input, &asked, &send))?;
    let written = write_all(&said, out);
    // Whoever still reads need not.
    served.close();
    written
}

fn write_all(said: &Receiver<Said>, out: &mut dyn Write) -> io::Result<()> {
    while let Ok(next) = said.recv() {
        let mut next = Some(next);
        while let Some(Said::Piece(piece)) = next {
            out.write_all(&piece)?;
            next = said.try_recv().ok();
        }
        out.flush()?;
        if let Some(Said::End) = next {
            break;
        }
    }
    Ok(())
}

/// Takes in what is asked until the input ends.
fn listen(mut input: impl Read, served: &Served, send: &SyncSender<Said>) {
    let mut begun = Begun::default();
    // Whatever ends it, nobody is there any more to be told.
    while let Ok(Some(Frame { number, kind, bytes })) = frame::next(&mut input) {
        match kind {
            Kind::Part | Kind::Last => match begun.add(number, bytes, kind == Kind::Last) {
                Ok(Some(question)) => {
                    if !served.add(number, question, false)
                        && !send_answer(send, number, &questions::failed(TOO_MANY), None)
                    {
                        break;
                    }
                }
                Ok(None) => {}
                Err(_) => break,
            },
            Kind::Ahead => {
                if !served.add(number, bytes, true) && !send_answer(send, number, &questions::failed(TOO_MANY), None) {
                    break;
                }
            }
            Kind::Cancel => {
                begun.forget(number);
                served.cancel(number);
            }
            Kind::Ping => {
                if send.send(Said::Piece(frame::written(number, Kind::Pong, &[]))).is_err() {
                    break;
                }
            }
            Kind::Pong => {}
        }
    }
    served.close();
    let _ = send.send(Said::End);
}

const TOO_MANY: &str = "too many questions wait to be answered";

/// Answers one question after the other.
fn answer_all(served: &Served, send: &SyncSender<Said>) {
    let mut own: Option<Box<dyn Store>> = None;
    while let Some((number, question, cancel)) = served.next() {
        let answer = match questions::received(&question) {
            Ok((cx, name, rest)) => {
                let cx = cx.with_cancel(cancel.clone());
                let is_revision = questions::is_revision(&name);
                let answered = catch_unwind(AssertUnwindSafe(|| {
                    if is_revision {
                        return questions::answer(&mut **held(&served.first), &cx, &name, rest);
                    }
                    match reader(&mut own, served) {
                        Ok(store) => questions::answer(store, &cx, &name, rest),
                        Err(error) => questions::failed(&error.to_string()),
                    }
                }));
                answered.unwrap_or_else(|_| {
                    // It may be damaged.
                    own = None;
                    questions::failed("the reader failed; this is a mistake in dspyglass")
                })
            }
            Err(_) => questions::failed("the question could not be read"),
        };
        let is_sent = send_answer(send, number, &answer, Some(&cancel));
        served.forget(number);
        if !is_sent {
            return;
        }
    }
}

/// The reader of a thread, forked when it is first needed.
fn reader<'a>(own: &'a mut Option<Box<dyn Store>>, served: &Served) -> Result<&'a mut dyn Store> {
    let store = match own.take() {
        Some(store) => store,
        None => held(&served.first).fork()?,
    };
    Ok(&mut **own.insert(store))
}

/// Hands an answer over piece by piece; false if nobody writes any more.
fn send_answer(send: &SyncSender<Said>, number: Number, answer: &[u8], cancel: Option<&CancelToken>) -> bool {
    for piece in frame::pieces(number, answer) {
        if cancel.is_some_and(CancelToken::is_cancelled) {
            return send.send(Said::Piece(frame::written(number, Kind::Cancel, &[]))).is_ok();
        }
        if send.send(Said::Piece(piece)).is_err() {
            return false;
        }
    }
    true
}

impl Served {
    /// Puts a question behind the others; false if there are too many.
    fn add(&self, number: Number, question: Vec<u8>, is_later: bool) -> bool {
        let mut queue = held(&self.queue);
        if queue.waiting.len() + queue.later.len() >= MOST_WAITING {
            return false;
        }
        queue.cancels.insert(number, CancelToken::new());
        let place = if is_later { &mut queue.later } else { &mut queue.waiting };
        place.push_back((number, question));
        self.came.notify_one();
        true
    }

    /// The next question; `None` when no more are asked.
    fn next(&self) -> Option<(Number, Vec<u8>, CancelToken)> {
        let mut queue = held(&self.queue);
        loop {
            if queue.is_closed {
                return None;
            }
            let next = queue.waiting.pop_front().or_else(|| queue.later.pop_front());
            if let Some((number, question)) = next {
                let cancel = queue.cancels.get(&number).cloned().unwrap_or_default();
                return Some((number, question, cancel));
            }
            queue = self.came.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn cancel(&self, number: Number) {
        let mut queue = held(&self.queue);
        queue.waiting.retain(|(waiting, _)| *waiting != number);
        queue.later.retain(|(waiting, _)| *waiting != number);
        if let Some(cancel) = queue.cancels.remove(&number) {
            cancel.cancel();
        }
    }

    fn forget(&self, number: Number) {
        held(&self.queue).cancels.remove(&number);
    }

    fn close(&self) {
        let mut queue = held(&self.queue);
        queue.is_closed = true;
        queue.waiting.clear();
        queue.later.clear();
        for cancel in queue.cancels.values() {
            cancel.cancel();
        }
        self.came.notify_all();
    }
}
