//! Answers a request with a reader; runs on a worker.

use std::sync::Arc;

use super::answer::{Answer, TracePlace};
use super::diff::PreparedDiff;
use super::evolution::PreparedEvolution;
use super::file::FileBytes;
use super::lineage::PreparedLineage;
use super::prepare::{PreparedBody, part_as_json};
use super::program::PreparedProgram;
use super::request::{Request, TraceScope};
use super::states::States;
use crate::model::{SpanHandle, TraceId};
use crate::query::{self, TraceFigures};
use crate::store::{ReadCx, Result, RunQuery, RunScope, Store, StoreError, TraceHandle};

/// Traces that are found by the beginning of their id.
const FOUND_TRACES: usize = 20;

pub(super) fn answer(store: &mut dyn Store, cx: &ReadCx, request: &Request, states: &States) -> Result<Answer> {
    Ok(match request {
        Request::Experiments => Answer::Experiments(Arc::new(store.experiments(cx, false)?)),
        Request::Counts => Answer::Counts(Arc::new(store.experiment_counts(cx)?)),
        Request::RunTree(id) => Answer::RunTree(Arc::new(query::run_tree(store, cx, id, false)?)),
        Request::RunValues(id) => {
            let query = RunQuery { scope: RunScope::Experiment(id.clone()), with_deleted: false };
            Answer::RunValues(Arc::new(store.run_values(cx, &query)?.into_iter().collect()))
        }
        Request::Runs(id) => Answer::Runs(Arc::new(query::table::prepared_runs(store, cx, id)?)),
        Request::RunTraces(id) => Answer::RunTraces(Arc::new(query::trace_counts_by_run(store, cx, Some(id))?)),
        Request::RunPage(id) => Answer::RunPage(Arc::new(query::run_page(store, cx, id)?)),
        Request::Metric(run, key) => {
            let mut series = query::metrics(store, cx, run, Some(key))?;
            Answer::Metric(Arc::new(series.pop()))
        }
        Request::TraceIndex(scope) => Answer::TraceIndex(Arc::new(query::trace_index(store, cx, &scope.query())?)),
        Request::TraceRows(handles) => Answer::TraceRows(trace_rows(store, cx, handles)?),
        Request::TracePlace(scope, id, near) => Answer::TracePlace(Arc::new(trace_place(store, cx, scope, id, *near)?)),
        Request::TraceTree(id) => Answer::TraceTree(Arc::new(query::trace_tree(store, cx, id)?)),
        Request::TraceIds(typed) => Answer::TraceIds(Arc::new(query::find_traces(store, cx, typed, FOUND_TRACES)?)),
        Request::SpanFacts(id) => {
            let figures = match query::trace_tree(store, cx, id)? {
                Some(tree) => query::span_facts(store, cx, &tree)?,
                None => TraceFigures { spans: Vec::new(), tokens: None },
            };
            Answer::SpanFacts(Arc::new(figures))
        }
        Request::SpanBody(id, span, has_ended) => {
            let prepared = match query::span_beginning(store, cx, id, *span)? {
                Some(beginning) => Some(PreparedBody::of_beginning(beginning, *has_ended)),
                None => whole_body(store, cx, id, *span, *has_ended)?,
            };
            Answer::SpanBody(Arc::new(prepared))
        }
        Request::WholeSpanBody(id, span, has_ended) => {
            Answer::SpanBody(Arc::new(whole_body(store, cx, id, *span, *has_ended)?))
        }
        Request::SpanJson(id, span, part) => {
            let body = query::span_body(store, cx, id, *span)?;
            Answer::SpanJson(Arc::new(body.and_then(|body| part_as_json(body, *part))))
        }
        Request::Artifacts(owner) => Answer::Artifacts(Arc::new(query::artifacts(store, cx, owner)?)),
        Request::Provenance(parent, evaluation, path) => {
            Answer::Provenance(Arc::new(query::provenance(store, cx, parent, evaluation, path)?))
        }
        Request::Lineage(parent) => {
            let told = query::lineage(store, cx, parent)?;
            Answer::Lineage(Arc::new(told.map(PreparedLineage::new)))
        }
        Request::Passport(hash) => {
            let index = states.renew(store, cx)?;
            // People type the beginning of a hash.
            let hash = index.find(hash.as_str()).unwrap_or_else(|| hash.clone());
            Answer::Passport(Arc::new(query::passport::passport_in(store, cx, &index, &hash)?))
        }
        Request::Artifact(owner, path, limit) => {
            let file = query::artifact_file(store, cx, owner, path, *limit)?;
            Answer::Artifact(Arc::new(file.map(|file| FileBytes::new(file.bytes, file.full_size, file.is_cut))))
        }
        Request::Program(run, best) => {
            let program = query::program(store, cx, run, *best)?;
            let prepared = match program {
                Some(program) => {
                    let origins = query::demo_origins(store, cx, run, &program)?;
                    Some(PreparedProgram::new(program, origins))
                }
                None => None,
            };
            Answer::Program(Arc::new(prepared))
        }
        Request::Optimization(parent) => Answer::Optimization(Arc::new(query::optimization(store, cx, parent)?)),
        Request::Diff(a, b) => Answer::Diff(Arc::new(PreparedDiff::new(query::compare(store, cx, a, b)?))),
        Request::Evolution(parent, predictor) => {
            let found = query::evolution(store, cx, parent, predictor.as_deref())?;
            Answer::Evolution(Arc::new(found.map(PreparedEvolution::new)))
        }
        Request::Revision => {
            let revision = store.revision(cx)?;
            Answer::Revision(revision, Arc::new(store.info()))
        }
        // Made without a store, by the worker itself.
        Request::Derived(_) => return Err(StoreError::Cancelled),
    })
}

fn whole_body(
    store: &mut dyn Store,
    cx: &ReadCx,
    id: &TraceId,
    span: SpanHandle,
    has_ended: bool,
) -> Result<Option<PreparedBody>> {
    let body = query::span_body(store, cx, id, span)?;
    Ok(body.map(|body| PreparedBody::new(body, has_ended)))
}

/// Lines with the handles they were asked by. Where some are gone, each is asked for alone, since
/// the answer does not say which ones it leaves out.
fn trace_rows(
    store: &mut dyn Store,
    cx: &ReadCx,
    handles: &[TraceHandle],
) -> Result<Vec<(TraceHandle, Arc<crate::model::TraceRow>)>> {
    let rows = query::trace_rows(store, cx, handles)?;
    if rows.len() == handles.len() {
        return Ok(handles.iter().copied().zip(rows.into_iter().map(Arc::new)).collect());
    }
    let mut found = Vec::with_capacity(rows.len());
    for handle in handles {
        cx.check()?;
        if let Some(row) = store.trace_rows(cx, &[*handle])?.into_iter().next() {
            found.push((*handle, Arc::new(row)));
        }
    }
    Ok(found)
}

/// Looks for a trace in a list: first where it was last seen, then from the start.
fn trace_place(
    store: &mut dyn Store,
    cx: &ReadCx,
    scope: &TraceScope,
    id: &TraceId,
    near: usize,
) -> Result<Option<TracePlace>> {
    const CHUNK: usize = 500;
    let index = store.trace_index(cx, &scope.query())?;
    let first = near.saturating_sub(50).min(index.handles.len());
    let near_end = (first + CHUNK).min(index.handles.len());
    let all = (0..index.handles.len()).step_by(CHUNK).map(|at| at..(at + CHUNK).min(index.handles.len()));
    for range in std::iter::once(first..near_end).chain(all) {
        cx.check()?;
        let rows = trace_rows(store, cx, &index.handles[range.clone()])?;
        let Some((handle, _)) = rows.iter().find(|(_, row)| row.id == *id) else { continue };
        let Some(position) = range.clone().find(|at| index.handles[*at] == *handle) else { continue };
        let mut id_at = |at: Option<usize>| -> Result<Option<TraceId>> {
            let Some(handle) = at.and_then(|at| index.handles.get(at)) else { return Ok(None) };
            Ok(store.trace_rows(cx, &[*handle])?.into_iter().next().map(|row| row.id))
        };
        let previous = id_at(position.checked_sub(1))?;
        let next = id_at(Some(position + 1))?;
        return Ok(Some(TracePlace { position, total: index.total, previous, next }));
    }
    Ok(None)
}
