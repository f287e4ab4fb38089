//! What is told of a store itself, the circumstances of a reading, files, and how an answer begins.

use std::time::Duration;

use super::{Bytes, Malformed, Put, Take, Taken, Writer, fields, kinds};
use crate::model::{Reveal, Unmasked, Warning};
use crate::store::{
    ArtifactBytes, Budget, Capabilities, OpenedFor, Part, ReadCx, Remedy, Result, StoreError, StoreInfo, StoreLocation,
    StoredFile,
};

fields! {
    Capabilities { can_watch, keeps_traces, filters_runs, filters_traces, counts_texts, keeps_prompts }
    Warning { place, what }
    ArtifactBytes { bytes, full_size, is_cut }
}

kinds! {
    Reveal { 0 => Masked, 1 => Revealed }
    OpenedFor { 0 => Trace(trace), 1 => TracesOf(experiment) }
    Remedy { 0 => Retry, 1 => SignIn, 2 => LocateArtifacts, 3 => OpenOther, 4 => Nothing }
}

/// All but where it is, which is an address on this side and a path on the other one.
impl Put for StoreInfo {
    fn put(&self, to: &mut Writer) {
        // How a server answers that the other side asks is told by warnings alone.
        let Self { location: _, kind, size_bytes, schema_of, opened_as, is_held, notices, opened_for, standing: _ } =
            self;
        kind.put(to);
        size_bytes.put(to);
        schema_of.put(to);
        opened_as.put(to);
        is_held.put(to);
        notices.put(to);
        opened_for.put(to);
    }
}

impl Take for StoreInfo {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(Self {
            location: StoreLocation::Path(std::path::PathBuf::new()),
            kind: Take::take(from)?,
            size_bytes: Take::take(from)?,
            schema_of: Take::take(from)?,
            opened_as: Take::take(from)?,
            is_held: Take::take(from)?,
            notices: Take::take(from)?,
            opened_for: Take::take(from)?,
            standing: None,
        })
    }
}

/// Plain bytes, at once.
impl Put for Vec<u8> {
    fn put(&self, to: &mut Writer) {
        to.run(self);
    }
}

impl Take for Vec<u8> {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(from.run()?.to_vec())
    }
}

/// What is to be parsed before it can be masked goes over as it is, and is unmasked by type on this side, too.
impl Put for StoredFile {
    fn put(&self, to: &mut Writer) {
        let Self { bytes, full_size } = self;
        bytes.as_stored_for_structure().put(to);
        full_size.put(to);
    }
}

impl Take for StoredFile {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        Ok(Self { bytes: Unmasked::new(Take::take(from)?), full_size: Take::take(from)? })
    }
}

/// Whether secrets are shown, and how long parts of it may take, in the order of [`Part::ALL`]. Not when it must have
/// ended, which is the same for no two questions.
impl Put for ReadCx {
    fn put(&self, to: &mut Writer) {
        self.reveal().put(to);
        Part::ALL.iter().map(|part| self.budget().limit(*part)).collect::<Vec<_>>().put(to);
    }
}

impl Take for ReadCx {
    fn take(from: &mut Bytes<'_>) -> Taken<Self> {
        let cx = Self::new().with_reveal(Take::take(from)?);
        let limits: Vec<Duration> = Take::take(from)?;
        if limits.len() != Part::ALL.len() {
            return Err(Malformed);
        }
        let limited = Part::ALL.iter().zip(limits);
        Ok(cx.with_budget(limited.fold(Budget::default(), |budget, (part, limit)| budget.with(*part, limit))))
    }
}

/// What became of a question, before the value that it asked for.
#[derive(Debug, PartialEq, Eq)]
pub enum Answered {
    /// It follows.
    Well,
    /// Nobody waited for it any more.
    Cancelled,
    /// Its time ran out.
    TooSlow,
    /// It could not be read: why, and what would help.
    Failed(String, Remedy),
}

kinds! { Answered { 0 => Well, 1 => Cancelled, 2 => TooSlow, 3 => Failed(why, remedy) } }

impl Answered {
    /// What is told of an error.
    pub fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Cancelled => Self::Cancelled,
            StoreError::TooSlow => Self::TooSlow,
            other => Self::Failed(other.to_string(), other.remedy()),
        }
    }
}

/// What a reading noted, what became of it, and what it gives.
pub fn said<T: Put>(cx: &ReadCx, answer: Result<T>, to: &mut Writer) {
    cx.take_warnings().put(to);
    match answer {
        Ok(value) => {
            Answered::Well.put(to);
            value.put(to);
        }
        Err(error) => Answered::of(&error).put(to),
    }
}
