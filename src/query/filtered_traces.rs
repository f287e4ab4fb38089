//! The traces of a list that pass a filter, in an order.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::filter::{Derived, Level, Names, TraceAttribute, TraceField, TraceFilter, TraceSort, TraceSubject};
use super::runs::RelatedRuns;
use super::trace_facts::{KnownTrace, known_traces};
use super::traces::{TraceIndexOf, TraceList, TraceScope};
use crate::model::{Cached, RunId, TraceRow};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{
    ColumnOrder, Part, Result, RunQuery, RunScope, Total, TraceColumn, TraceHandle, TraceIndex, TraceValue,
};

/// Lines are read this many at a time, so that a cancel or deadline is obeyed between.
const LINES_AT_ONCE: usize = 500;

/// What spans tell is derived for this many traces at a time.
const FACTS_AT_ONCE: usize = 100;

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
        self.within(session, None)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.list.handles.len() * 8
    }
}

/// The same for who shows what is known by now: what the spans of traces tell is derived for some time only, twice as
/// long in each round as in the one before. What was derived is kept, so that the next round goes on from there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FilteredTracesSoFar {
    /// Which traces.
    pub of: FilteredTracesOf,
    /// How often it was asked before.
    pub round: u8,
}

impl Question for FilteredTracesSoFar {
    type Answer = FilteredTraces;
    const LABEL: &'static str = "filtered traces";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        self.of.within(session, Some(1 << self.round.min(8)))
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.list.handles.len() * 8
    }
}

impl FilteredTracesOf {
    /// The whole list, as it comes.
    pub fn whole(scope: TraceScope) -> Self {
        Self { scope, filter: TraceFilter::default(), sort: TraceSort::default() }
    }

    /// Whether that is the whole list, as it comes.
    pub fn is_whole(&self) -> bool {
        self.filter.is_empty() && self.sort == TraceSort::default()
    }

    fn within(&self, session: &mut Session<'_>, times: Option<u32>) -> Result<FilteredTraces> {
        if self.is_whole() {
            let list = session.ask(&TraceIndexOf(self.scope.clone()))?;
            return Ok(FilteredTraces { list: (*list).clone(), facts: None });
        }
        let names =
            if self.filter.wants_names() { names(session, self.filter.wants_parents())? } else { Names::default() };
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
        columns.extend(order.iter().map(|order| order.column.clone()));
        let rows = session.store.trace_values(session.cx, &query, &columns)?;
        let rest =
            Rest { of: self, columns: &columns, names: &names, is_filtered, order: order.filter(|_| !is_sorted) };
        rest.select(session, rows, is_sorted, times)
    }
}

/// Their lines, no more than a limit of the first, without the beginnings of inputs and outputs.
///
/// # Errors
/// Those of the store.
pub fn filtered_trace_list(
    session: &mut Session<'_>,
    question: &FilteredTracesOf,
    limit: Option<usize>,
) -> Result<TraceList> {
    let found = session.ask(question)?;
    let most = limit.unwrap_or(usize::MAX).min(found.list.handles.len());
    let mut rows = Vec::with_capacity(most);
    for handles in found.list.handles.get(..most).unwrap_or_default().chunks(LINES_AT_ONCE) {
        session.cx.check()?;
        let lines = session.store.trace_rows(session.cx, handles)?.into_iter();
        rows.extend(lines.map(|row| TraceRow { request_preview: None, response_preview: None, ..row }));
    }
    Ok(TraceList { total: session.store.capabilities().keeps_traces.then_some(found.list.total), rows })
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
        times: Option<u32>,
    ) -> Result<FilteredTraces> {
        let sorts_by = |one| self.of.sort.field == TraceField::Attribute(one);
        let is_derived = !is_sorted && self.order.is_none() && !sorts_by(TraceAttribute::Cached);
        let wants_facts = is_derived || (!self.is_filtered && self.of.filter.wants_facts());
        let wants_cached = sorts_by(TraceAttribute::Cached) || (!self.is_filtered && self.of.filter.wants_cached());
        let handles: Vec<TraceHandle> = rows.iter().map(|(handle, _)| *handle).collect();
        let cached = if wants_cached { cached_of(session, &handles)? } else { HashMap::new() };
        let derived = if wants_facts { derived_of(session, &handles, times)? } else { HashMap::new() };
        let facts = wants_facts.then_some(FactsProgress { known: derived.len(), of: handles.len() });
        let mut passed: Vec<(TraceHandle, TraceValue)> = Vec::new();
        for (handle, values) in &rows {
            let trace = TraceSubject {
                columns: self.columns,
                values,
                names: self.names,
                cached: cached.get(handle).copied(),
                derived: derived.get(handle),
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
fn names(session: &mut Session<'_>, with_parents: bool) -> Result<Names> {
    let everything = RunQuery::new(RunScope::All).with_deleted();
    let parents = if with_parents {
        let related = session.ask(&RelatedRuns { experiment: None, with_deleted: true })?;
        related.iter().filter_map(|run| Some((run.id.clone(), run.parent_id.clone()?))).collect()
    } else {
        HashMap::new()
    };
    let runs: HashMap<RunId, String> =
        session.store.runs(session.cx, &everything)?.into_iter().map(|run| (run.id, run.name)).collect();
    let experiments = session.store.experiments(session.cx, true)?;
    Ok(Names { runs, experiments: experiments.into_iter().map(|one| (one.id, one.name)).collect(), parents })
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

/// What the spans of traces tell, of those for which it is known within so many times what [`Part::Facts`] may take;
/// at least of some.
fn derived_of(
    session: &mut Session<'_>,
    handles: &[TraceHandle],
    times: Option<u32>,
) -> Result<HashMap<TraceHandle, Derived>> {
    let prices = session.prices();
    let mut found = HashMap::with_capacity(handles.len());
    let mut left = times;
    let mut allowance = session.cx.begin(Part::Facts);
    for some in handles.chunks(FACTS_AT_ONCE) {
        let of = |one: &KnownTrace| (one.handle, Derived::of(&one.row, &one.facts, &prices));
        found.extend(known_traces(session, some)?.iter().map(of));
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
