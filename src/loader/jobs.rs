//! Answers a request with a reader; runs on a worker.

use std::sync::Arc;

use super::answer::{Answer, RunPage, RunTree, SpanFigures, TraceFigures, TracePlace, TraceTree};
use super::prepare::{PreparedBody, pretty};
use super::request::{Request, TraceScope};
use super::text::{FileText, Text};
use crate::analysis::{own_times_ns, roll_up, trace_total};
use crate::model::{ArtifactOwner, ExperimentId, Forest, Json, RunId, SpanHandle, TraceId, json};
use crate::store::{ReadCx, Result, RunQuery, RunScope, Store, StoreError, TraceHandle};

/// Of an artifact no more than this is read for looking at.
const ARTIFACT_BYTES: u64 = 4 << 20;

pub(super) fn answer(store: &mut dyn Store, cx: &ReadCx, request: &Request) -> Result<Answer> {
    Ok(match request {
        Request::Experiments => Answer::Experiments(Arc::new(store.experiments(cx, false)?)),
        Request::Counts => Answer::Counts(Arc::new(store.experiment_counts(cx)?)),
        Request::RunTree(id) => Answer::RunTree(Arc::new(run_tree(store, cx, id)?)),
        Request::RunValues(id) => {
            let query = RunQuery { scope: RunScope::Experiment(id.clone()), with_deleted: false };
            Answer::RunValues(Arc::new(store.run_values(cx, &query)?.into_iter().collect()))
        }
        Request::RunPage(id) => Answer::RunPage(Arc::new(run_page(store, cx, id)?)),
        Request::Metric(run, key) => {
            let mut series = store.metric_history(cx, run, Some(key))?;
            Answer::Metric(Arc::new(series.pop()))
        }
        Request::TraceIndex(scope) => Answer::TraceIndex(Arc::new(store.trace_index(cx, &scope.query())?)),
        Request::TraceRows(handles) => Answer::TraceRows(trace_rows(store, cx, handles)?),
        Request::TracePlace(scope, id, near) => Answer::TracePlace(Arc::new(trace_place(store, cx, scope, id, *near)?)),
        Request::TraceTree(id) => Answer::TraceTree(Arc::new(trace_tree(store, cx, id)?)),
        Request::SpanFacts(id) => Answer::SpanFacts(Arc::new(span_facts(store, cx, id)?)),
        Request::SpanBody(id, span, has_ended) => {
            Answer::SpanBody(Arc::new(span_body(store, cx, id, *span, *has_ended)?))
        }
        Request::Artifacts(owner) => Answer::Artifacts(Arc::new(store.artifacts(cx, owner)?)),
        Request::ArtifactText(owner, path) => Answer::ArtifactText(Arc::new(artifact_text(store, cx, owner, path)?)),
        Request::Revision => Answer::Revision(store.revision(cx)?),
        // Made without a store, by the worker itself.
        Request::Derived(_) => return Err(StoreError::Cancelled),
    })
}

fn run_tree(store: &mut dyn Store, cx: &ReadCx, experiment: &ExperimentId) -> Result<RunTree> {
    let query = RunQuery { scope: RunScope::Experiment(experiment.clone()), with_deleted: false };
    let runs = store.runs(cx, &query)?;
    let pairs: Vec<(RunId, Option<RunId>)> =
        runs.iter().map(|run| (run.id.clone(), run.parent_id.clone())).collect();
    Ok(RunTree { forest: Forest::build(&pairs), runs })
}

fn run_page(store: &mut dyn Store, cx: &ReadCx, id: &RunId) -> Result<Option<RunPage>> {
    let query = RunQuery { scope: RunScope::One(id.clone()), with_deleted: true };
    let Some(run) = store.runs(cx, &query)?.into_iter().next() else { return Ok(None) };
    let values = store.run_values(cx, &query)?.into_iter().next().map(|(_, values)| values).unwrap_or_default();
    let datasets = store.dataset_inputs(cx, id)?;
    let models = store.logged_models(cx, id)?;
    Ok(Some(RunPage { run, values, datasets, models, experiment: None, parent: None, children: Vec::new() }))
}

/// Lines with the handles they were asked by. Where some are gone, each is asked for alone, since
/// the answer does not say which ones it leaves out.
fn trace_rows(
    store: &mut dyn Store,
    cx: &ReadCx,
    handles: &[TraceHandle],
) -> Result<Vec<(TraceHandle, Arc<crate::model::TraceRow>)>> {
    let rows = store.trace_rows(cx, handles)?;
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
    let mut ranges = vec![first..near_end];
    ranges.extend((0..index.handles.len()).step_by(CHUNK).map(|at| at..(at + CHUNK).min(index.handles.len())));
    for range in ranges {
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

fn trace_tree(store: &mut dyn Store, cx: &ReadCx, id: &TraceId) -> Result<Option<TraceTree>> {
    let Some(head) = store.trace(cx, id)? else { return Ok(None) };
    let spans = store.spans(cx, id)?;
    let pairs: Vec<(&str, Option<&str>)> =
        spans.iter().map(|span| (span.id.as_str(), span.parent_id.as_deref())).collect();
    let forest = Forest::build(&pairs);
    Ok(Some(TraceTree { head, spans, forest }))
}

fn span_facts(store: &mut dyn Store, cx: &ReadCx, id: &TraceId) -> Result<TraceFigures> {
    let spans = store.spans(cx, id)?;
    let pairs: Vec<(&str, Option<&str>)> =
        spans.iter().map(|span| (span.id.as_str(), span.parent_id.as_deref())).collect();
    let forest = Forest::build(&pairs);
    let mut facts = store.span_facts(cx, id, &spans)?;
    facts.resize_with(spans.len(), Default::default);
    let own: Vec<_> = facts.iter().map(|facts| facts.tokens).collect();
    let rolled = roll_up(&forest, &own).into_iter().zip(own_times_ns(&forest, &spans));
    let figures = facts.into_iter().zip(rolled).map(|(facts, (tokens, own_time_ns))| SpanFigures {
        tokens,
        model: facts.model,
        own_time_ns,
    });
    Ok(TraceFigures { spans: figures.collect(), tokens: trace_total(&forest, &own) })
}

fn span_body(
    store: &mut dyn Store,
    cx: &ReadCx,
    trace: &TraceId,
    span: SpanHandle,
    has_ended: bool,
) -> Result<Option<PreparedBody>> {
    Ok(store.span_body(cx, trace, span)?.map(|body| PreparedBody::new(body, has_ended)))
}

fn artifact_text(
    store: &mut dyn Store,
    cx: &ReadCx,
    owner: &ArtifactOwner,
    path: &str,
) -> Result<Option<FileText>> {
    let Some(artifact) = store.artifact(cx, owner, path, ARTIFACT_BYTES)? else { return Ok(None) };
    let is_cut = artifact.full_size > artifact.bytes.len() as u64;
    let is_binary = artifact.bytes.iter().take(8_000).any(|byte| *byte == 0);
    let text = if is_binary {
        String::new()
    } else {
        let is_json = path.rsplit('.').next().is_some_and(|end| end.eq_ignore_ascii_case("json"));
        let decoded = (is_json && !is_cut).then(|| json::decode(&artifact.bytes));
        match decoded {
            Some(decoded) if !decoded.marks.is_raw => match &decoded.value {
                Json::Object(_) | Json::Array(_) => pretty(&decoded.value),
                _ => String::from_utf8_lossy(&artifact.bytes).into_owned(),
            },
            _ => String::from_utf8_lossy(&artifact.bytes).into_owned(),
        }
    };
    Ok(Some(FileText { text: Text::new(text), full_size: artifact.full_size, is_cut, is_binary }))
}
