//! Traces to compare with: those of the run that the first one is of, else of its experiment, the newest first.

use std::sync::Arc;

use super::entry::{Entry, Group, Target};
use crate::loader::{Lane, TraceScope};
use crate::model::{TraceId, TraceRow};
use crate::query::TraceTreeOf;
use crate::state::Place;
use crate::views::scene::{Clock, Scene};
use crate::views::time::moment_short;
use crate::words::one_line;

/// So many are offered; any other one is found by its id.
const MOST: usize = 100;
/// Of what a trace was asked so much is told.
const TOLD: usize = 90;

/// The traces, as far as they are read; none unless one is to be chosen.
pub(super) fn rows(scene: &mut Scene<'_>, compared: &[TraceId]) -> Vec<Arc<TraceRow>> {
    let Some(first) = compared.first() else { return Vec::new() };
    let slot = scene.loader.ask(&TraceTreeOf(first.clone()), Lane::Visible);
    let Some(row) = slot.value().and_then(|tree| tree.as_ref().as_ref()).map(|tree| &tree.head.row) else {
        return Vec::new();
    };
    let scope = match &row.run_id {
        Some(run) => TraceScope::Run(run.clone()),
        None => TraceScope::Experiment(row.experiment_id.clone()),
    };
    let slot = scene.loader.trace_index(&scope, Lane::Visible);
    let Some(index) = slot.value() else { return Vec::new() };
    let handles = index.handles.get(..MOST.min(index.handles.len())).unwrap_or_default();
    scene.loader.want_trace_rows(handles, Lane::Visible);
    let rows = handles.iter().filter_map(|handle| scene.loader.trace_row(*handle));
    rows.filter(|row| !compared.contains(&row.id)).cloned().collect()
}

/// The line of such a trace.
pub(super) fn entry(row: &TraceRow, clock: Clock) -> Entry {
    let asked = row.request_preview.as_ref().map(|shown| one_line(shown.as_str(), TOLD).into_owned());
    let text = asked.filter(|text| !text.is_empty()).unwrap_or_else(|| row.name.clone());
    let note = format!("{} · {} · {}", row.name, moment_short(row.start_time_ms, clock), row.id);
    Entry::new(Group::Traces, text, note, Target::Go(Place::of_trace(None, None, row.id.clone())))
}

/// The chosen trace beside those that are compared; among two or more it is the one that is shown.
pub(super) fn compare(scene: &mut Scene<'_>, compared: &[TraceId], chosen: &Place) {
    let Place::Trace { trace, .. } = chosen else { return };
    let mut traces = compared.to_vec();
    if !traces.contains(trace) {
        traces.push(trace.clone());
    }
    if traces.len() < 2 {
        return;
    }
    let Place::CompareTraces(all) = Place::comparing_traces(traces) else { return };
    scene.go(Place::CompareTraces(if compared.len() > 1 { all.showing(trace) } else { all }));
}
