//! What a server said, kept on disk: so that what can't change is not asked for again, and that there is something to
//! show while nobody answers.
//!
//! Every answer is kept as the server sent it, not masked, in a file that its owner alone may read. Two uses are made of it:
//!
//! * **Instead of a request**, where whoever asks brings a [`Proof`], and the answer was sealed with the same one: the
//!   spans of a trace that has ended, the files of a run that has. Everything else is asked for anew.
//! * **For want of an answer**, while the server is silent: whatever it said last to this very request, which is marked
//!   as old ([`super::standing`]) and warned of.
//!
//! Each server, workspace and user has a file of its own ([`place`]); no credential is in it, nor in its name ([`reader`]).
//! Nothing depends on it: one that is damaged or of another version is made anew, and where none can be written
//! everything is asked for.

mod database;
mod digest;
mod place;
mod proof;
mod reader;

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use self::database::{Database, Entry, Health, Stamp};
use self::digest::{Key, key_of};
use self::place::Place;
pub use self::place::{base_of, forget};
pub use self::proof::{EndedRuns, Proof, of_trace};
use super::exchange::{Request, Response};
use super::standing::{Pulse, Standing, now_ms};
use crate::store::{ReadCx, Result, StoreError, StoreLocation};

/// No file becomes larger: 512 MiB.
const MOST_BYTES: u64 = 512 << 20;

/// Whether what is done with a file makes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Makes {
    Nothing,
    File,
}

/// Which answer was got, and for whom it is kept: that alone is meant by whoever says that it holds.
#[derive(Debug)]
pub struct Got {
    file: String,
    key: Key,
    answer: Stamp,
}

/// What is kept of one server; by default nothing, for whoever wants to know how it is now.
#[derive(Default)]
pub struct Kept {
    place: Option<Place>,
    /// The server, as it is shown.
    server: String,
    /// That of whoever asked last, under the name of its file.
    open: Mutex<Option<(String, Database)>>,
}

impl Kept {
    /// What is kept in a folder of the server at an address. Nothing is read or made before something is asked.
    /// `base` is where its requests go.
    pub fn new(folder: Option<PathBuf>, server: &StoreLocation, base: &str, workspace: Option<&str>) -> Self {
        let place = folder.and_then(|folder| Place::new(folder, server, base, workspace));
        Self { place, server: server.to_string(), open: Mutex::default() }
    }

    /// Whether anything is kept at all.
    pub fn is_used(&self) -> bool {
        self.place.is_some()
    }

    /// The answer to a request: kept, if it holds what can't change or nobody answers; else what `ask` gets, which is
    /// kept. `credentials` is the header that goes with it, `holds` what shows that a kept one still holds. Beside it what
    /// can be sealed, where that was told and the answer is a new one.
    pub fn answer(
        &self,
        cx: &ReadCx,
        credentials: Option<&str>,
        request: &Request,
        holds: Option<&Proof>,
        pulse: &Pulse,
        ask: impl FnOnce() -> Result<Response>,
    ) -> Result<(Response, Option<Got>)> {
        let Some(place) = &self.place else { return ask().map(|response| (response, None)) };
        let (key, file) = (key_of(request), place.file_of(credentials));
        let find = |proof: Option<&Proof>| self.entry(cx, credentials, request, proof);
        if holds.is_some()
            && let Some(entry) = find(holds)
        {
            return Ok((entry.response(request.most), None));
        }
        let instead = |entry: Entry| {
            pulse.gave(entry.said_ms);
            cx.warn(&*self.server, Standing::OLD);
            (entry.response(request.most), None)
        };
        if pulse.is_resting()
            && let Some(entry) = find(None)
        {
            return Ok(instead(entry));
        }
        let answer = ask();
        match &answer {
            Ok(response) if matches!(response.status, 200 | 400 | 404 | 405) => {
                self.with(cx, &file, Makes::File, |file| file.keep(&key, response, now_ms()));
                let got = holds.map(|_| Got { file, key, answer: Stamp::of(&response.bytes) });
                return answer.map(|response| (response, got));
            }
            Ok(Response { status: 502..=504, .. }) | Err(StoreError::Network { .. })
                if pulse.standing().is_silent() =>
            {
                if let Some(entry) = find(None) {
                    return Ok(instead(entry));
                }
            }
            _ => {}
        }
        answer.map(|response| (response, None))
    }

    /// Whether the answer to a request is kept and was sealed with this proof.
    pub fn holds(&self, cx: &ReadCx, credentials: Option<&str>, request: &Request, proof: &Proof) -> bool {
        self.entry(cx, credentials, request, Some(proof)).is_some()
    }

    /// The last answer to a request, and when it was given; nobody is asked whether it still holds.
    pub fn said(&self, cx: &ReadCx, credentials: Option<&str>, request: &Request) -> Option<(Response, i64)> {
        let entry = self.entry(cx, credentials, request, None)?;
        let said_ms = entry.said_ms;
        Some((entry.response(request.most), said_ms))
    }

    fn entry(&self, cx: &ReadCx, credentials: Option<&str>, request: &Request, proof: Option<&Proof>) -> Option<Entry> {
        let (key, file) = (key_of(request), self.place.as_ref()?.file_of(credentials));
        let found = self.with(cx, &file, Makes::Nothing, |file| file.find(&key, proof, now_ms())).flatten();
        found.filter(|entry| entry.serves(request.most))
    }

    /// Says of an answer that it holds as long as this can be proved.
    pub fn seal(&self, cx: &ReadCx, got: &Got, proof: &Proof) {
        self.with(cx, &got.file, Makes::Nothing, |file| file.seal(&got.key, got.answer, proof));
    }

    /// Does something with the file of this name. A server that never answered leaves none.
    fn with<T>(&self, cx: &ReadCx, name: &str, makes: Makes, act: impl FnOnce(&mut Database) -> T) -> Option<T> {
        let place = self.place.as_ref()?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_none_or(|(own, _)| own != name) {
            if makes == Makes::Nothing && !place.has(name) {
                return None;
            }
            *open = Some((name.to_owned(), Database::open(place.prepare(name), MOST_BYTES)));
        }
        let (_, file) = open.as_mut()?;
        let done = act(file);
        if file.take_health() == Health::MadeAnew {
            cx.warn("what is kept of the server", "the file was damaged and is made anew");
        }
        Some(done)
    }
}
