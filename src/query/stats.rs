//! Counts over the traces of a list.

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::program_state::{predictor_of, signature_of_text};
use crate::analysis::trace_stats::{Counter, Stats, StatsBy};
use crate::model::{Name, RunId};
use crate::query::ask::{Question, Session};
use crate::query::filter::{TraceFilter, TraceSort};
use crate::query::filtered_traces::{FilteredTracesOf, FilteredTracesSoFar};
use crate::query::program::program_state;
use crate::query::runs::RelatedRuns;
use crate::query::trace_facts::known_traces;
use crate::query::traces::{TraceIndexOf, TraceScope};
use crate::store::{Part, Result, TraceHandle};

/// Traces that are read together.
const AT_ONCE: usize = 100;

/// Runs whose programs are asked where a predictor with a signature stands.
const RUNS_ASKED: usize = 3;

/// No round may take more than so many times the time of the first.
const MOST_TIMES: u32 = 64;

/// Counts over the traces of a list, as many as there is time for: each round has twice the time of the one before,
/// and what one found of traces is kept for the next, so that all of them come to an end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StatsOf {
    /// The list.
    pub scope: TraceScope,
    /// Which of its traces.
    pub filter: TraceFilter,
    /// What its rows are.
    pub by: StatsBy,
    /// Which round; `None`: as long as it takes.
    pub round: Option<u32>,
}

/// What was counted, and how far.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CountedStats {
    /// What was counted of the traces that were looked at, the newest ones.
    pub stats: Stats,
    /// What the rows are called, in their order; those without a name of their own are called by their key.
    pub titles: Vec<Option<String>>,
    /// How many traces were looked at.
    pub looked: usize,
    /// How many there are.
    pub of: usize,
    /// False: more may pass the filter, once it is known of all traces what it asks for.
    pub is_list_whole: bool,
}

impl CountedStats {
    /// Nothing is left to be looked at.
    pub fn is_complete(&self) -> bool {
        self.is_list_whole && self.looked >= self.of
    }
}

impl Question for StatsOf {
    type Answer = CountedStats;
    const LABEL: &'static str = "counts over traces";

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let (handles, is_list_whole) = self.traces(session)?;
        let times = |round| 1_u32.checked_shl(round).unwrap_or(MOST_TIMES).min(MOST_TIMES);
        let time = self.round.map(|round| session.cx.begin(Part::Facts).times(times(round)));
        let prices = session.prices();
        let mut counter = Counter::new(self.by);
        let mut seen_in: HashMap<Name, Vec<RunId>> = HashMap::new();
        let (mut looked, of) = (0, handles.len());
        for handles in handles.chunks(AT_ONCE) {
            for known in known_traces(session, handles)? {
                counter.add(&known.row, &known.facts, &prices);
                let Some(run) = known.row.run_id.as_ref().filter(|_| self.by == StatsBy::Predictor) else { continue };
                for signature in known.facts.predictors().filter_map(|span| span.signature.as_ref()) {
                    let runs = seen_in.entry(signature.clone()).or_default();
                    if runs.len() < RUNS_ASKED && !runs.contains(run) {
                        runs.push(run.clone());
                    }
                }
            }
            looked += handles.len();
            session.tell_progress(looked, of);
            if time.is_some_and(|time| time.is_spent()) {
                break;
            }
        }
        let stats = counter.finish();
        let titles = titles(session, &stats, self.by, &seen_in)?;
        Ok(CountedStats { stats, titles, looked, of, is_list_whole })
    }

    fn bytes(answer: &Self::Answer) -> usize {
        (answer.stats.rows.len() + answer.stats.bins.len()) * 260
    }
}

impl StatsOf {
    /// The traces to count, and whether these are all of them.
    fn traces(&self, session: &mut Session<'_>) -> Result<(Arc<[TraceHandle]>, bool)> {
        if self.filter.is_empty() {
            // What lists ask for, too.
            return Ok((Arc::clone(&session.ask(&TraceIndexOf(self.scope.clone()))?.handles), true));
        }
        let sort = TraceSort::default();
        let of = FilteredTracesOf { scope: self.scope.clone(), filter: self.filter.clone(), sort };
        let found = match self.round {
            None => session.ask(&of)?,
            Some(round) => session.ask(&FilteredTracesSoFar { of, round: u8::try_from(round).unwrap_or(u8::MAX) })?,
        };
        Ok((Arc::clone(&found.list.handles), found.is_whole()))
    }
}

/// What rows are called: runs by name, predictors by their path (of a bare predictor it is empty), where a program of a run tells it.
fn titles(
    session: &mut Session<'_>,
    stats: &Stats,
    by: StatsBy,
    seen_in: &HashMap<Name, Vec<RunId>>,
) -> Result<Vec<Option<String>>> {
    match by {
        StatsBy::Run => {
            let runs = session.ask(&RelatedRuns { experiment: None, with_deleted: true })?;
            let names: HashMap<&str, &str> = runs.iter().map(|run| (run.id.as_str(), run.name.as_str())).collect();
            let title = |key: &Option<Name>| names.get(key.as_deref()?).map(|name| (*name).to_owned());
            Ok(stats.rows.iter().map(|row| title(&row.key)).collect())
        }
        StatsBy::Predictor => {
            let mut titles = Vec::with_capacity(stats.rows.len());
            for row in &stats.rows {
                let runs = row.key.as_ref().and_then(|key| seen_in.get(key));
                titles.push(match row.key.as_deref().zip(runs) {
                    Some((signature, runs)) => path_of(session, signature, runs)?,
                    None => None,
                });
            }
            Ok(titles)
        }
        StatsBy::Span | StatsBy::Model | StatsBy::Error | StatsBy::Session => Ok(vec![None; stats.rows.len()]),
    }
}

/// Where the predictor with a signature stands in the programs of these runs, if they agree.
fn path_of(session: &mut Session<'_>, signature: &str, runs: &[RunId]) -> Result<Option<String>> {
    let Some(read) = signature_of_text(signature) else { return Ok(None) };
    let mut found: Option<String> = None;
    for run in runs {
        let cx = session.cx;
        let program = cx.quietly(|| program_state(session, run, false))?;
        let Some(predictor) = program.as_ref().and_then(|program| predictor_of(program, &read)) else { continue };
        if found.as_ref().is_some_and(|found| *found != predictor.path) {
            return Ok(None);
        }
        found = Some(predictor.path.clone());
    }
    Ok(found)
}
