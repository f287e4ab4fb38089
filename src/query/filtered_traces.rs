//! The traces of a list that pass a filter, in an order.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::filter::{Derived, Level, Names, TraceAttribute, TraceField, TraceFilter, TraceSort, TraceSubject};
use super::traces::{TraceIndexOf, TraceScope};
use crate::model::{Cached, RunId, TraceId};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{ColumnOrder, Result, RunQuery, RunScope, Total, TraceColumn, TraceHandle, TraceIndex, TraceValue};

/// Lines are read this many at a time, so that a cancel or deadline is obeyed between.
const LINES_AT_ONCE: usize = 500;

/// The traces of a list that pass a filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FilteredTracesOf {
    /// Which list.
    pub scope: TraceScope,
    /// Which of them.
    pub filter: TraceFilter,
    /// In which order.
    pub sort: TraceSort,
}

/// Traces that pass a filter.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FilteredTraces {
    /// All of them, in order.
    pub list: TraceIndex,
    /// How far what is derived from spans is known, if the filter or the order speaks of it.
    pub facts: Option<FactsProgress>,
}

/// Of how many traces it is known what is derived from their spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct FactsProgress {
    /// Of so many.
    pub known: usize,
    /// Of so many that were looked at.
    pub of: usize,
}

impl FactsProgress {
    /// Whether it is known of all.
    pub fn is_whole(self) -> bool {
        self.known >= self.of
    }
}

impl Question for FilteredTracesOf {
    type Answer = FilteredTraces;
    const LABEL: &'static str = "filtered traces";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        if self.filter.is_empty() && self.sort == TraceSort::default() {
            let list = session.ask(&TraceIndexOf(self.scope.clone()))?;
            return Ok(FilteredTraces { list: (*list).clone(), facts: None });
        }
        let names = if self.filter.wants_names() { names(session)? } else { Names::default() };
        let is_able = session.store.capabilities().filters_traces;
        let pushed = if is_able { self.filter.pushed(&names) } else { None };
        let is_filtered = self.filter.is_empty() || pushed.as_ref().is_some_and(|one| one.level >= Level::Passing);
        let mut query = self.scope.query();
        query.filter.extend(pushed.map(|one| one.condition));
        let order =
            self.sort.field.column().map(|column| ColumnOrder { column, is_descending: self.sort.is_descending });
        let is_sorted = self.sort == TraceSort::default() || (is_able && order.is_some());
        if is_sorted && self.sort != TraceSort::default() {
            query.sort.clone_from(&order);
        }
        if is_filtered && is_sorted {
            return Ok(FilteredTraces { list: session.store.trace_index(session.cx, &query)?, facts: None });
        }
        let mut columns = if is_filtered { Vec::new() } else { self.filter.columns() };
        columns.extend([TraceColumn::Id].into_iter().filter(|id| !columns.contains(id)).collect::<Vec<_>>());
        columns.extend(order.iter().map(|order| order.column.clone()));
        let rows = session.store.trace_values(session.cx, &query, &columns)?;
        let rest =
            Rest { of: self, columns: &columns, names: &names, is_filtered, order: order.filter(|_| !is_sorted) };
        rest.select(session, rows, is_sorted)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.list.handles.len() * 8
    }
}

/// What the store could not do.
struct Rest<'a> {
    of: &'a FilteredTracesOf,
    columns: &'a [TraceColumn],
    names: &'a Names,
    is_filtered: bool,
    /// By a column that the store did not sort by.
    order: Option<ColumnOrder>,
}

impl Rest<'_> {
    fn select(
        &self,
        session: &mut Session<'_>,
        rows: Vec<(TraceHandle, Vec<TraceValue>)>,
        is_sorted: bool,
    ) -> Result<FilteredTraces> {
        let sorts_by = |one| self.of.sort.field == TraceField::Attribute(one);
        let is_derived = !is_sorted && self.order.is_none() && !sorts_by(TraceAttribute::Cached);
        let wants_facts = is_derived || (!self.is_filtered && self.of.filter.wants_facts());
        let wants_cached = sorts_by(TraceAttribute::Cached) || (!self.is_filtered && self.of.filter.wants_cached());
        let handles: Vec<TraceHandle> = rows.iter().map(|(handle, _)| *handle).collect();
        let cached = if wants_cached { cached_of(session, &handles)? } else { HashMap::new() };
        let ids: Vec<TraceId> = if wants_facts { self.ids(&rows) } else { Vec::new() };
        let derived = if wants_facts { derived_of(session, &ids)? } else { HashMap::new() };
        let facts = wants_facts.then(|| FactsProgress { known: derived.len(), of: ids.len() });
        let mut passed: Vec<(TraceHandle, TraceValue)> = Vec::new();
        for (handle, values) in &rows {
            let trace = TraceSubject {
                columns: self.columns,
                values,
                names: self.names,
                cached: cached.get(handle).copied(),
                derived: self.id(values).and_then(|id| derived.get(id)),
            };
            if self.is_filtered || self.of.filter.passes(&trace) {
                passed.push((*handle, if is_sorted { TraceValue::Absent } else { self.key(&trace, values) }));
            }
        }
        if !is_sorted {
            // Rows come newest first, and a stable sort keeps that among those that are alike.
            passed.sort_by(|(_, a), (_, b)| self.compare(a, b));
        }
        let handles: Vec<TraceHandle> = passed.into_iter().map(|(handle, _)| handle).collect();
        let total = Total::Exact(handles.len() as u64);
        Ok(FilteredTraces { list: TraceIndex { total, handles: handles.into(), next: None }, facts })
    }

    fn ids(&self, rows: &[(TraceHandle, Vec<TraceValue>)]) -> Vec<TraceId> {
        rows.iter().filter_map(|(_, values)| self.id(values)).map(TraceId::from).collect()
    }

    fn id<'v>(&self, values: &'v [TraceValue]) -> Option<&'v str> {
        let place = self.columns.iter().position(|column| *column == TraceColumn::Id)?;
        values.get(place)?.first_text()
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

/// The names of all runs and experiments.
fn names(session: &mut Session<'_>) -> Result<Names> {
    let everything = RunQuery::new(RunScope::All).with_deleted();
    let runs: HashMap<RunId, String> =
        session.store.runs(session.cx, &everything)?.into_iter().map(|run| (run.id, run.name)).collect();
    let experiments = session.store.experiments(session.cx, true)?;
    Ok(Names { runs, experiments: experiments.into_iter().map(|one| (one.id, one.name)).collect() })
}

/// Where the answers of traces came from, of those for which that can be told.
fn cached_of(session: &mut Session<'_>, handles: &[TraceHandle]) -> Result<HashMap<TraceHandle, Cached>> {
    let mut found = HashMap::new();
    for some in handles.chunks(LINES_AT_ONCE) {
        session.cx.check()?;
        let lines = session.store.trace_lines(session.cx, some)?.into_iter();
        found.extend(lines.filter_map(|(handle, row)| Some((handle, row.cached?))));
    }
    Ok(found)
}

/// What the spans of traces tell, of those for which it is known by now.
fn derived_of(_session: &mut Session<'_>, _traces: &[TraceId]) -> Result<HashMap<String, Derived>> {
    Ok(HashMap::new())
}
