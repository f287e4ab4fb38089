//! A store on another machine, read by the dspyglass there: `user@host:/path/mlflow.db`.
//!
//! Over ssh runs `dspyglass serve-stdio /path/mlflow.db` ([`serve`]), which opens the store as any other one and answers
//! what it is asked on its standard input. [`RemoteStore`] is this side. What a reader knows – locks, write-ahead logs,
//! artifacts, masking – stays where the store is; what goes through the pipe is what [`Store`](super::Store) is asked
//! and answers, each question one way there and one back. Secrets are masked on the other side unless the reading here
//! shows them; only files that have to be parsed before they can be masked come over as they are, within ssh.
//!
//! * [`greeting`]: what the other side says first; also how two programs that do not fit find out.
//! * [`frame`]: messages in pieces, numbered, so that several are on their way at once.
//! * [`wire`]: values as bytes, the one place of their format.
//! * [`questions`]: what can be asked, for both sides.
//! * [`ahead`]: what is likely to be asked next is asked before, since each way there and back takes its time; [`spans`]:
//!   how spans are named there.
//! * [`connect`]: how a connection is made, and made anew; [`link`]: a connection; [`ssh`]: the program that makes it, and
//!   what its failures mean.
//!
//! A connection that was lost is made anew by the next question, without asking anybody for a password. The other side holds nothing that this one depends on:
//! handles and cursors are those of the store.

mod ahead;
mod connect;
mod frame;
mod greeting;
mod link;
mod questions;
mod serve;
mod spans;
mod ssh;
mod wire;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use ahead::Shape;
use connect::{Attempt, Made, Reached};
use greeting::{PROGRAM, Told};
use link::{Ended, Link, Unanswered};
use questions::Question;
pub use serve::{refuse, serve};
use ssh::Asks;
pub use ssh::Ssh;
use wire::{Answered, Bytes, Take, Taken, Writer};

use super::{Address, OpenOptions, OverSsh, ReadCx, Remedy, Result, Revision, StoreError, StoreId, StoreLocation};
use crate::model::{SpanHandle, TraceId, Warning};

/// Of so many traces it is known which spans they have.
const SEEN: usize = 64;

/// A reader of a store on another machine; forks share the connection.
#[derive(Clone, Debug)]
pub struct RemoteStore {
    id: StoreId,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    place: StoreLocation,
    target: OverSsh,
    options: OpenOptions,
    ssh: Ssh,
    /// What is asked. It may be over.
    link: Mutex<Option<Arc<Link>>>,
    /// What it goes through; held by whoever makes another one.
    made: Mutex<Made>,
    /// How many were made so far: what one says of changes means nothing to the next.
    count: AtomicU64,
    told: Mutex<Told>,
    revision: Mutex<Option<Revision>>,
    /// The spans of the traces that were asked for last.
    seen: Mutex<VecDeque<(TraceId, Vec<SpanHandle>)>>,
    /// The version of the program that told it.
    program: Mutex<String>,
}

impl RemoteStore {
    /// Connects, and has the store opened on the other side.
    ///
    /// # Errors
    /// Why there is no connection, why nobody answers there, or why the store cannot be opened.
    pub fn open(address: &Address, options: &OpenOptions) -> Result<Self> {
        Self::open_by(Ssh::of_environment(), address, options)
    }

    /// The same by another program than the environment says.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_by(ssh: Ssh, address: &Address, options: &OpenOptions) -> Result<Self> {
        let Some(target) = address.over_ssh().cloned() else { return Err(StoreError::Server(address.clone())) };
        let place = StoreLocation::Address(address.clone());
        let attempt = Attempt::begin(&ssh, &target, options, Asks::at_first(options))?;
        let greeting = attempt.greeting(|| Ok(()));
        let Reached { link, running, program, told } = attempt.reached(&target, greeting)?;
        let shared = Shared {
            told: Mutex::new(placed(told, &program, &place)),
            program: Mutex::new(program),
            revision: Mutex::default(),
            seen: Mutex::default(),
            place,
            target,
            options: options.clone(),
            ssh,
            link: Mutex::new(Some(Arc::new(link))),
            made: Mutex::new(Made::by(running)),
            count: AtomicU64::new(0),
        };
        Ok(Self { id: StoreId::fresh(), shared: Arc::new(shared) })
    }

    fn own_id(&self) -> StoreId {
        self.id
    }

    fn another(&self) -> Self {
        self.clone()
    }

    fn told(&self) -> Told {
        held(&self.shared.told).clone()
    }

    /// Asks the other side, which reads under the same circumstances.
    fn ask<T: Take>(&self, cx: &ReadCx, name: &str, put: impl FnOnce(&mut Writer)) -> Result<T> {
        cx.check()?;
        let link = self.shared.link(cx)?;
        let host = self.shared.target.host();
        let answer = answer(cx, &link, &questions::question(cx, name, put)).map_err(|why| match why {
            Unanswered::Stopped(error) => error,
            Unanswered::Ended(ended) => over_ssh(lost(host, &ended)),
        })?;
        match read(cx, &answer) {
            Ok((Answered::Well, Some(value))) => Ok(value),
            Ok((answered, _)) => Err(theirs(host, answered)),
            Err(wire::Malformed) => Err(over_ssh(format!(
                "{host} answers otherwise than dspyglass {PROGRAM} does; install the same one there: {}",
                ssh::install(&self.shared.target)
            ))),
        }
    }

    /// The answer of a question that was asked ahead, if it was and could be read; else the same is asked in another
    /// form.
    fn ahead<T: Take>(&self, cx: &ReadCx, name: &str, put: impl FnOnce(&mut Writer)) -> Option<T> {
        let link = self.shared.link(cx).ok()?;
        let (shape, id) = questions::question(cx, name, put).about?;
        let early = early(cx, &link, &shape, &id)?.ok()?;
        read(cx, &early).ok()?.1
    }

    /// Notes the order of ids that a list was given in.
    fn listed<'a>(&self, ids: impl Iterator<Item = &'a str>) {
        if let Some(link) = &*held(&self.shared.link) {
            link.ahead().listed(ids);
        }
    }

    /// Notes which spans a trace has.
    fn remember(&self, trace: &TraceId, handles: Vec<SpanHandle>) {
        let mut seen = held(&self.shared.seen);
        seen.retain(|(known, _)| known != trace);
        seen.push_back((trace.clone(), handles));
        if seen.len() > SEEN {
            seen.pop_front();
        }
    }

    /// At which place a span of a trace was, if that was just told.
    fn place_of(&self, trace: &TraceId, span: SpanHandle) -> Option<usize> {
        let seen = held(&self.shared.seen);
        let (_, handles) = seen.iter().rev().find(|(known, _)| known == trace)?;
        handles.iter().position(|handle| *handle == span)
    }

    /// Whether these are all spans of a trace, as it was just told.
    fn are_all_of(&self, trace: &TraceId, spans: impl Iterator<Item = SpanHandle>) -> bool {
        let seen = held(&self.shared.seen);
        let told = seen.iter().rev().find(|(known, _)| known == trace);
        told.is_some_and(|(_, handles)| handles.iter().copied().eq(spans))
    }

    /// What to say of the revision of the other side, which told the store anew.
    fn changed(&self, revision: Revision, told: Told) -> Revision {
        let told = placed(told, &held(&self.shared.program), &self.shared.place);
        *held(&self.shared.told) = told;
        let count = self.shared.count.load(Ordering::Relaxed);
        let revision = Revision(revision.0 ^ count.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let before = held(&self.shared.revision).replace(revision);
        if before != Some(revision)
            && let Some(link) = &*held(&self.shared.link)
        {
            let unwanted = link.ahead().clear();
            unwanted.into_iter().for_each(|number| link.forget(number));
        }
        revision
    }
}

impl Shared {
    /// The connection, made anew if it is over.
    fn link(&self, cx: &ReadCx) -> Result<Arc<Link>> {
        loop {
            if let Some(link) = held(&self.link).as_ref().filter(|link| link.is_open()) {
                return Ok(Arc::clone(link));
            }
            match self.made.try_lock() {
                Ok(mut made) => return self.connect_again(cx, &mut made),
                Err(TryLockError::Poisoned(made)) => return self.connect_again(cx, &mut made.into_inner()),
                // Somebody else does so.
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(10)),
            }
            cx.check()?;
        }
    }

    fn connect_again(&self, cx: &ReadCx, made: &mut Made) -> Result<Arc<Link>> {
        if let Some(link) = held(&self.link).as_ref().filter(|link| link.is_open()) {
            return Ok(Arc::clone(link));
        }
        let begin = || Attempt::begin(&self.ssh, &self.target, &self.options, Asks::NobodyAgain);
        let (link, program, told) = made.again(&self.target, begin, || cx.check())?;
        let link = Arc::new(link);
        *held(&self.told) = placed(told, &program, &self.place);
        *held(&self.program) = program;
        self.count.fetch_add(1, Ordering::Relaxed);
        *held(&self.link) = Some(Arc::clone(&link));
        Ok(link)
    }
}

/// Asks, unless that was done ahead, and asks ahead what is likely to come next.
fn answer(cx: &ReadCx, link: &Link, question: &Question) -> std::result::Result<Vec<u8>, Unanswered> {
    let Some((shape, id)) = &question.about else { return link.ask(cx, &question.bytes) };
    // What went wrong before anybody waited may go well now.
    if let Some(early) = early(cx, link, shape, id).transpose()?
        && is_well(&early)
    {
        return Ok(early);
    }
    let answer = link.ask(cx, &question.bytes)?;
    link.ahead().has_seen(shape, answer.len());
    Ok(answer)
}

/// The answer to a question that was asked ahead; `None` if it was not. Asks ahead what is likely to come next.
fn early(cx: &ReadCx, link: &Link, shape: &Shape, id: &str) -> Option<std::result::Result<Vec<u8>, Unanswered>> {
    let (asked, others) = {
        let mut ahead = link.ahead();
        (ahead.take(shape, id), ahead.numbers())
    };
    let unanswered = link.unanswered(&others);
    let wanted = link.ahead().follow(shape, id, unanswered);
    for other in wanted {
        let Some(number) = link.ask_ahead(&questions::of_another(shape, &other)) else { break };
        let unwanted = link.ahead().put(shape, &other, number);
        unwanted.into_iter().for_each(|number| link.forget(number));
    }
    let (number, is_fresh) = asked?;
    // What is not answered yet is as fresh as if it were asked now.
    if !is_fresh && link.unanswered(&[number]) == 0 {
        link.forget(number);
        return None;
    }
    let answer = link.answer(cx, number);
    if let Ok(answer) = &answer {
        link.ahead().has_seen(shape, answer.len());
    }
    Some(answer)
}

/// Why a connection that was there is over.
fn lost(host: &str, ended: &Ended) -> String {
    let how = match ended {
        Ended::Closed => "it was closed".to_owned(),
        Ended::Broken(why) => why.clone(),
        Ended::Garbage(_) => "what came over it is no answer of dspyglass".to_owned(),
        Ended::Silent(limit) => format!("nothing came for {} s", limit.as_secs()),
    };
    format!("the connection to {host} was lost: {how}; the next question connects again")
}

/// What became of a question on the other side, as an error of this one.
fn theirs(host: &str, answered: Answered) -> StoreError {
    match answered {
        Answered::Cancelled => StoreError::Cancelled,
        Answered::TooSlow => StoreError::TooSlow,
        Answered::Failed(why, remedy) => {
            // Nobody can show this program a folder of another machine.
            let remedy = if remedy == Remedy::LocateArtifacts { Remedy::Nothing } else { remedy };
            StoreError::OverSsh { told: format!("on {host}: {why}"), remedy }
        }
        Answered::Well => over_ssh(format!("{host} gave no answer")),
    }
}

/// Reads an answer; what the reading noted counts for this one.
fn read<T: Take>(cx: &ReadCx, answer: &[u8]) -> Taken<(Answered, Option<T>)> {
    let mut from = Bytes::new(answer);
    let warnings: Vec<Warning> = Take::take(&mut from)?;
    let answered = Answered::take(&mut from)?;
    let value = if answered == Answered::Well { Some(T::take(&mut from)?) } else { None };
    from.end()?;
    cx.warn_again(&warnings);
    Ok((answered, value))
}

/// Whether an answer tells what was asked.
fn is_well(answer: &[u8]) -> bool {
    let mut from = Bytes::new(answer);
    let warnings: Taken<Vec<Warning>> = Take::take(&mut from);
    warnings.is_ok() && Answered::take(&mut from) == Ok(Answered::Well)
}

/// What the other side told, as it is seen from here.
fn placed(mut told: Told, program: &str, place: &StoreLocation) -> Told {
    told.info.location = place.clone();
    let theirs = format!("over ssh, by dspyglass {program} there");
    told.info.opened_as = Some(match told.info.opened_as.take() {
        Some(how) => format!("{theirs}; {how}"),
        None => theirs,
    });
    told
}

fn over_ssh(told: String) -> StoreError {
    StoreError::OverSsh { told, remedy: Remedy::Retry }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
