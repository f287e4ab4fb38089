//! What of a filter or an order no store does: the traces that may pass are read, and it is decided here.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::{Effort, FactsProgress, FilteredTraces, FilteredTracesOf, LINES_AT_ONCE, READ};
use crate::model::Cached;
use crate::query::ask::Session;
use crate::query::filter::{Derived, Names, TraceAttribute, TraceField, TraceSubject};
use crate::query::trace_facts::{KnownTrace, known_traces};
use crate::query::trace_scores::{ScoredTrace, trace_scores};
use crate::store::{ColumnOrder, Part, Result, Total, TraceColumn, TraceHandle, TraceIndex, TraceQuery, TraceValue};

/// What spans tell is derived for this many traces at a time.
const FACTS_AT_ONCE: usize = 100;

/// Where too few of the traces passed, so many times as many are looked at.
const MORE_AT_ONCE: usize = 8;

/// A trace, and what stands in its columns.
type ReadRow = (TraceHandle, Vec<TraceValue>);

/// What no column tells of traces.
#[derive(Default)]
struct Known {
    cached: HashMap<TraceHandle, Cached>,
    derived: HashMap<TraceHandle, Derived>,
    scores: HashMap<TraceHandle, Option<f64>>,
}

/// What the store could not do.
pub(super) struct Rest<'a> {
    pub of: &'a FilteredTracesOf,
    /// What the store is asked.
    pub query: TraceQuery,
    pub columns: &'a [TraceColumn],
    pub names: &'a Names,
    /// The store filters all of it, or sorts.
    pub is_filtered: bool,
    pub is_sorted: bool,
    /// By a column that the store did not sort by.
    pub order: Option<ColumnOrder>,
}

impl Rest<'_> {
    /// The traces that pass, in order.
    pub fn select(mut self, session: &mut Session<'_>, effort: Effort) -> Result<FilteredTraces> {
        let sorts_by = |one| self.of.sort.field == TraceField::Attribute(one);
        let sorts_by_own = sorts_by(TraceAttribute::Cached) || sorts_by(TraceAttribute::Score);
        let is_derived = !self.is_sorted && self.order.is_none() && !sorts_by_own;
        let wants_facts = is_derived || (!self.is_filtered && self.of.filter.wants_facts());
        let wants_cached = sorts_by(TraceAttribute::Cached) || (!self.is_filtered && self.of.filter.wants_cached());
        let wants_scores = sorts_by(TraceAttribute::Score) || (!self.is_filtered && self.of.filter.wants_scores());
        // Of a list in order the beginning may do.
        let is_read_in_parts = self.is_sorted && !wants_facts && !wants_scores;
        let Some(most) = effort.most.filter(|_| is_read_in_parts) else {
            let rows = session.store.trace_values(session.cx, &self.query, self.columns)?;
            let cached = if wants_cached { cached_of(session, &rows)? } else { HashMap::new() };
            let derived = if wants_facts { derived_of(session, &rows, effort.times)? } else { HashMap::new() };
            let scores = if wants_scores { self.scores_of(session, &rows, effort.times)? } else { HashMap::new() };
            let known = [(wants_facts, derived.len()), (wants_scores, scores.len())];
            let known = known.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, known)| known).min();
            let facts = known.map(|known| FactsProgress { known, of: rows.len() });
            let handles = self.passing(&rows, &Known { cached, derived, scores });
            let total = Total::Exact(handles.len() as u64);
            return Ok(FilteredTraces { list: TraceIndex { total, handles: handles.into(), next: None }, facts });
        };
        let mut looked = most.saturating_add(1).max(READ.min(effort.counted as usize));
        loop {
            session.cx.check()?;
            self.query.limit = Some(looked);
            let rows = session.store.trace_values(session.cx, &self.query, self.columns)?;
            let cached = if wants_cached { cached_of(session, &rows)? } else { HashMap::new() };
            let mut handles = self.passing(&rows, &Known { cached, ..Known::default() });
            let (is_end, passing) = (rows.len() < looked, handles.len());
            if is_end || passing > most {
                handles.truncate(most);
                let total = Total::AtLeast(0).having_seen(passing as u64, is_end);
                let list = TraceIndex { total, handles: handles.into(), next: None };
                return Ok(FilteredTraces { list, facts: None });
            }
            looked = looked.saturating_mul(MORE_AT_ONCE);
        }
    }

    /// The scores of traces, by their ids and runs.
    fn scores_of(
        &self,
        session: &mut Session<'_>,
        rows: &[ReadRow],
        times: Option<u32>,
    ) -> Result<HashMap<TraceHandle, Option<f64>>> {
        let place = |wanted| self.columns.iter().position(|column| *column == wanted);
        let (id, run) = (place(TraceColumn::Id), place(TraceColumn::Run));
        let traces = rows.iter().filter_map(|(handle, values)| {
            Some(ScoredTrace { handle: *handle, id: text_at(values, id)?, run: text_at(values, run) })
        });
        trace_scores(session, traces, times)
    }

    fn passing(&self, rows: &[ReadRow], known: &Known) -> Vec<TraceHandle> {
        let mut passed: Vec<(TraceHandle, TraceValue)> = Vec::new();
        for (handle, values) in rows {
            let trace = TraceSubject {
                columns: self.columns,
                values,
                names: self.names,
                cached: known.cached.get(handle).copied(),
                score: known.scores.get(handle).copied(),
                derived: known.derived.get(handle),
            };
            if self.is_filtered || self.of.filter.passes(&trace) {
                passed.push((*handle, if self.is_sorted { TraceValue::Absent } else { self.key(&trace, values) }));
            }
        }
        if !self.is_sorted {
            // Rows come newest first, and a stable sort keeps that among those that are alike.
            passed.sort_by(|(_, a), (_, b)| self.compare(a, b));
        }
        passed.into_iter().map(|(handle, _)| handle).collect()
    }

    fn key(&self, trace: &TraceSubject<'_>, values: &[TraceValue]) -> TraceValue {
        match &self.order {
            Some(_) => values.last().cloned().unwrap_or(TraceValue::Absent),
            None => trace.sort_key(&self.of.sort.field),
        }
    }

    fn compare(&self, a: &TraceValue, b: &TraceValue) -> Ordering {
        let by = |column| ColumnOrder { column, is_descending: self.of.sort.is_descending };
        // What a key is compared by does not depend on where it came from.
        by(TraceColumn::Id).compare(a, b)
    }
}

fn text_at(values: &[TraceValue], place: Option<usize>) -> Option<&str> {
    values.get(place?).and_then(TraceValue::first_text)
}

/// Where the answers of traces came from, of those for which that can be told.
fn cached_of(session: &mut Session<'_>, rows: &[ReadRow]) -> Result<HashMap<TraceHandle, Cached>> {
    let mut found = HashMap::new();
    for some in rows.chunks(LINES_AT_ONCE) {
        session.cx.check()?;
        let some: Vec<TraceHandle> = some.iter().map(|(handle, _)| *handle).collect();
        let lines = session.store.trace_lines(session.cx, &some)?.into_iter();
        found.extend(lines.filter_map(|(handle, row)| Some((handle, row.cached?))));
    }
    Ok(found)
}

/// What the spans of traces tell, of those for which it is known within so many times what [`Part::Facts`] may take;
/// at least of some.
fn derived_of(
    session: &mut Session<'_>,
    rows: &[ReadRow],
    times: Option<u32>,
) -> Result<HashMap<TraceHandle, Derived>> {
    let prices = session.prices();
    let mut found = HashMap::with_capacity(rows.len());
    let mut left = times;
    let mut allowance = session.cx.begin(Part::Facts);
    for some in rows.chunks(FACTS_AT_ONCE) {
        let some: Vec<TraceHandle> = some.iter().map(|(handle, _)| *handle).collect();
        let of = |one: &KnownTrace| (one.handle, Derived::of(&one.row, &one.facts, &prices));
        found.extend(known_traces(session, &some)?.iter().map(of));
        if allowance.is_spent() {
            left = left.map(|left| left.saturating_sub(1));
            allowance = session.cx.begin(Part::Facts);
        }
        if left == Some(0) {
            break;
        }
    }
    Ok(found)
}
