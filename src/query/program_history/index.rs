//! Which runs hold which program.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{Lifecycle, ProgramSource, Run, RunId, RunStatus, StateHash};
use crate::query::ask::{Question, Session};
use crate::query::program::{Read, state};
use crate::query::runs::RelatedRuns;
use crate::query::{Found, is_begun, one_of};
use crate::store::Result;

/// No more runs are looked at.
const MAX_RUNS: usize = 20_000;

/// The programs of all active runs of a store, by what they do.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct StateIndex {
    /// The runs that evaluated each program (`model.json`), by start.
    pub evaluated: BTreeMap<StateHash, Vec<RunId>>,
    /// The optimizations whose `best_model.json` each program is, by start; those that did not
    /// finish too.
    pub best: BTreeMap<StateHash, Vec<RunId>>,
    /// How many runs were looked at.
    pub runs: usize,
    /// No run was left out.
    pub complete: bool,
    /// What each run held, to be asked again only while it may change.
    known: HashMap<RunId, Known>,
}

/// What a run held when it was looked at.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    status: RunStatus,
    end_time_ms: Option<i64>,
    evaluated: Option<StateHash>,
    best: Option<StateHash>,
}

impl StateIndex {
    /// The hash that begins so, if it is the only one.
    pub fn find(&self, beginning: &str) -> Option<StateHash> {
        let all = || self.evaluated.keys().chain(self.best.keys());
        let mut fitting = all().filter(|hash| hash.as_str().starts_with(beginning));
        let first = fitting.next()?;
        fitting.all(|other| other == first).then(|| first.clone())
    }

    /// About how many bytes it holds.
    pub fn bytes(&self) -> usize {
        self.known.len() * 400
    }
}

/// The program of an active run that is meant by its hash or the beginning of it.
///
/// # Errors
/// Those of the store; a file that cannot be read is a warning.
pub fn find_program(session: &mut Session<'_>, typed: &str) -> Result<Found<StateHash>> {
    let index = session.ask(&AllStates)?;
    let all: BTreeSet<&StateHash> = index.evaluated.keys().chain(index.best.keys()).collect();
    let fitting = all.into_iter().filter(|hash| is_begun(hash.as_str(), typed)).cloned();
    Ok(one_of(fitting.collect(), |hash| hash.to_string()))
}

/// Which runs hold which program, kept from one state of the store to the next: only runs that may have changed are read
/// again. Files that cannot be read are warnings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AllStates;

impl Question for AllStates {
    type Answer = StateIndex;
    const LABEL: &'static str = "programs of all runs";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let previous = session.previous(self);
        let runs = session.ask(&RelatedRuns { experiment: None, with_deleted: false })?;
        let mut index = StateIndex { complete: runs.len() <= MAX_RUNS, ..StateIndex::default() };
        for run in runs.iter().filter(|run| run.lifecycle == Lifecycle::Active).take(MAX_RUNS) {
            session.cx.check()?;
            let known = match previous.as_ref().and_then(|previous| previous.known.get(&run.id)) {
                Some(known) if is_same(known, run) => known.clone(),
                _ => Known {
                    status: run.status.clone(),
                    end_time_ms: run.end_time_ms,
                    evaluated: hash(session, run, ProgramSource::ModelJson)?,
                    best: hash(session, run, ProgramSource::BestModelJson)?,
                },
            };
            for (hash, list) in [(&known.evaluated, &mut index.evaluated), (&known.best, &mut index.best)] {
                if let Some(hash) = hash {
                    list.entry(hash.clone()).or_default().push(run.id.clone());
                }
            }
            index.known.insert(run.id.clone(), known);
            index.runs += 1;
            session.tell_progress(index.runs, runs.len());
        }
        Ok(index)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.bytes()
    }
}

/// Whether a run has ended and is as it was.
fn is_same(known: &Known, run: &Run) -> bool {
    run.end_time_ms.is_some() && known.end_time_ms == run.end_time_ms && known.status == run.status
}

fn hash(session: &mut Session<'_>, run: &Run, source: ProgramSource) -> Result<Option<StateHash>> {
    Ok(match state(session, &run.id, source)? {
        Read::Good(program) => program.state_hash,
        Read::Broken | Read::Absent => None,
    })
}
