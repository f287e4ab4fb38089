//! Looks into the traces of an optimization, as long as there is time, for the rules.

use std::collections::HashSet;

use super::look_span::{Seen, TraceLooker};
use crate::analysis::doctor::{CallFacts, FailedTrace, SeenTrace, TraceFacts};
use crate::model::cached::Usage;
use crate::model::{Cached, RunId, TraceId, TraceRow};
use crate::query::ask::Session;
use crate::query::example_rows::ScoreSource;
use crate::query::optimization::Optimization;
use crate::query::scores::Scores;
use crate::query::trace_counts::TraceCountsOf;
use crate::query::traces::{TraceIndexOf, TraceScope};
use crate::store::{Allowance, Part, Result, TraceCondition, TraceHandle, TraceQuery};
use crate::words;

/// Lines of traces that are read at once.
const CHUNK: usize = 50;

/// No more traces that ended with an error are looked into for its type.
const MOST_FAILED: usize = 500;

/// MLflow's word for a trace that ended with an error.
const ERROR: &str = "ERROR";

pub fn facts(session: &mut Session<'_>, found: &Optimization, scores: &Scores) -> Result<TraceFacts> {
    let time = session.cx.begin(Part::Doctor);
    let parent = &found.run.id;
    let counts = session.ask(&TraceCountsOf(Some(found.run.experiment_id.clone())))?;
    let runs: Vec<&RunId> = std::iter::once(parent).chain(found.evaluations.iter().map(|one| &one.run_id)).collect();
    let keeps_traces = session.store.capabilities().keeps_traces;
    let counted: Option<Vec<_>> = runs.iter().map(|run| counts.of(run)).collect();
    let counted = counted.filter(|_| keeps_traces);
    let sum = |of: fn(&crate::store::RunTraces) -> u64| counted.as_ref().map(|all| all.iter().map(of).sum::<u64>());
    let mut facts = TraceFacts {
        traces: sum(|one| one.traces),
        errors: sum(|one| one.errors).unwrap_or_default(),
        with_tokens: sum(|one| one.with_tokens).unwrap_or_default(),
        evaluations: found.evaluations.len(),
        ..TraceFacts::new(parent.clone())
    };
    let Some(counted) = counted else { return Ok(facts) };
    // The first is the parent.
    for ((evaluation, column), count) in found.evaluations.iter().zip(&scores.columns).zip(counted.iter().skip(1)) {
        let rows = column.examples as u64;
        if column.source == ScoreSource::Table && count.traces < rows {
            facts.short.push((evaluation.run_id.clone(), evaluation.name.clone(), count.traces, rows));
        }
    }
    let with_errors = runs.iter().zip(&counted).filter(|(_, count)| count.errors > 0).map(|(run, _)| *run);
    let mut looker = TraceLooker::default();
    failed(session, &with_errors.collect::<Vec<_>>(), (&mut looker, time), &mut facts)?;
    look(session, &runs, (&mut looker, time), &mut facts)?;
    facts.failed_spans = looker.failed_spans();
    Ok(facts)
}

/// The traces that ended with an error, of which there are few: they are looked into before all others.
fn failed(
    session: &mut Session<'_>,
    runs: &[&RunId],
    (looker, time): (&mut TraceLooker, Allowance),
    facts: &mut TraceFacts,
) -> Result<()> {
    for run in runs {
        let left = MOST_FAILED.saturating_sub(facts.failed.len());
        let filter = vec![TraceCondition::Status(ERROR.to_owned())];
        let query = TraceQuery { run: Some((*run).clone()), filter, limit: Some(left), ..TraceQuery::default() };
        let index = session.store.trace_index(session.cx, &query)?;
        for row in session.store.trace_rows(session.cx, &index.handles)? {
            session.cx.check()?;
            if time.is_spent() {
                return Ok(());
            }
            let (kind, message) = looker.failure(session, &row.id)?;
            let what = match (&kind, message.is_empty()) {
                (Some(kind), true) => kind.clone(),
                (Some(kind), false) => format!("{kind}: {message}"),
                (None, _) => "ended with an error".to_owned(),
            };
            let what = words::one_line(&what, 160).into_owned();
            facts.failed.push(FailedTrace { seen: SeenTrace { run: (*run).clone(), trace: row.id, what }, kind });
        }
    }
    Ok(())
}

/// The others, some of each run in turn, so that what time is left for is of all of them.
fn look(
    session: &mut Session<'_>,
    runs: &[&RunId],
    (looker, time): (&mut TraceLooker, Allowance),
    facts: &mut TraceFacts,
) -> Result<()> {
    let mut lists: Vec<(&RunId, Vec<TraceHandle>)> = Vec::new();
    for run in runs {
        session.cx.check()?;
        let index = session.ask(&TraceIndexOf(TraceScope::Run((*run).clone())))?;
        facts.listed += index.handles.len();
        lists.push((run, index.handles.to_vec()));
    }
    let longest = lists.iter().map(|(_, handles)| handles.len()).max().unwrap_or_default();
    let mut met: HashSet<TraceId> = HashSet::new();
    for from in (0..longest).step_by(CHUNK) {
        for (run, handles) in &lists {
            let Some(some) = handles.get(from..handles.len().min(from + CHUNK)) else { continue };
            for row in session.store.trace_rows(session.cx, some)? {
                session.cx.check()?;
                if time.is_spent() {
                    return Ok(());
                }
                // A trace may be listed by two runs.
                if !met.insert(row.id.clone()) {
                    facts.listed -= 1;
                    continue;
                }
                let seen = looker.look(session, run, &row)?;
                facts.looked += 1;
                note(&mut facts.calls, run, &row, seen);
            }
            session.tell_progress(facts.looked, facts.listed);
        }
    }
    Ok(())
}

/// Adds what was seen in a trace.
fn note(calls: &mut CallFacts, run: &RunId, row: &TraceRow, seen: Seen) {
    let of = |what: String| SeenTrace { run: run.clone(), trace: row.id.clone(), what };
    match row.cached {
        Some(Cached::Likely) => calls.cached.push(of(took(row))),
        Some(Cached::Partly) => calls.partly.push(of(took(row))),
        Some(Cached::No) | None => {}
    }
    if row.tokens.is_none() && seen.has_calls && row.cached != Some(Cached::Likely) {
        let output = row.response_preview.as_ref().map(|output| output.as_str());
        match Usage::without(&row.status, &row.name, output) {
            Usage::Missing => calls.without_tokens.push(of("no tokens".to_owned())),
            Usage::Recorded | Usage::NeverRecorded => calls.untold_tokens += 1,
        }
    }
    if let Some(what) = seen.fallback {
        calls.fallbacks.push(of(what));
        calls.fallback_count += seen.fallback_count;
        calls.failed_fallbacks += seen.failed_fallbacks;
    }
    calls.unparsed.extend(seen.unparsed.map(of));
    match (seen.cut, seen.broken_off) {
        (Some(cut), _) => calls.cut.push(of(cut)),
        (None, Some(broken)) => calls.broken_off.push(of(broken)),
        (None, None) => {}
    }
}

fn took(row: &TraceRow) -> String {
    row.duration_ms.map_or_else(|| row.name.clone(), |ms| format!("{}, {}", row.name, words::duration_ms(ms)))
}
