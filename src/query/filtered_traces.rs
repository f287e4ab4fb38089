//! The traces of a list that pass a filter, in an order.

mod rest;

use std::collections::HashMap;
use std::sync::Arc;

use super::filter::{Level, Names, TraceFilter, TraceSort};
use super::runs::RelatedRuns;
use super::traces::{TraceIndexOf, TraceList, TraceScope};
use crate::model::{RunId, TraceRow};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{ColumnOrder, Counting, Result, RunQuery, RunScope, TraceColumn, TraceIndex, TraceQuery};
use rest::Rest;

/// Lines are read this many at a time, so that a cancel or deadline is obeyed between.
const LINES_AT_ONCE: usize = 500;

/// Who wants the first traces alone is told how many there are among so many, which takes no longer than opening the
/// store.
const COUNTED: u32 = 100_000;

/// The same where what stands in columns has to be read to tell which pass.
const READ: usize = 10_000;

/// How many traces the first rounds look for.
const ROUNDS: [usize; 2] = [1_000, 64_000];

/// How much is done at once.
#[derive(Clone, Copy, Debug)]
struct Effort {
    /// No more than so many traces are looked for; `None`: all of them.
    most: Option<usize>,
    /// Among so many it is counted how many pass.
    counted: u32,
    /// So many times what [`Part::Facts`] may take is spent on what is derived from spans; `None`: as long as it takes.
    times: Option<u32>,
}

impl Effort {
    const WHOLE: Self = Self { most: None, counted: 0, times: None };

    fn of_round(round: u8) -> Self {
        Self { most: ROUNDS.get(usize::from(round)).copied(), counted: 0, times: Some(1 << round.min(8)) }
    }
}

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

impl FilteredTraces {
    /// Whether these are all that pass, as far as it is known.
    pub fn is_whole(&self) -> bool {
        !self.list.has_more() && self.facts.is_none_or(FactsProgress::is_whole)
    }
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
        self.within(session, Effort::WHOLE)
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.list.handles.len() * 8
    }
}

/// The same for who shows what is known by now. What stored columns tell is looked for in the first traces alone, then
/// in many more, then in all. What the spans of traces tell is derived for some time only, twice as long in each round
/// as in the one before; it is kept, so that the next round goes on from there.
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
        self.of.within(session, Effort::of_round(self.round))
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

    /// The traces that come first.
    ///
    /// # Errors
    /// Those of the store.
    pub fn first(&self, session: &mut Session<'_>, most: usize) -> Result<FilteredTraces> {
        if self.is_whole() {
            let query = TraceQuery { limit: Some(most), count: Counting::AmongLast(COUNTED), ..self.scope.query() };
            return Ok(FilteredTraces { list: session.store.trace_index(session.cx, &query)?, facts: None });
        }
        let mut found = self.within(session, Effort { most: Some(most), counted: COUNTED, times: None })?;
        if let Some(first) = found.list.handles.get(..most).filter(|first| first.len() < found.list.handles.len()) {
            found.list.handles = first.into();
        }
        Ok(found)
    }

    fn within(&self, session: &mut Session<'_>, effort: Effort) -> Result<FilteredTraces> {
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
            (query.limit, query.count) = (effort.most, Counting::AmongLast(effort.counted));
            return Ok(FilteredTraces { list: session.store.trace_index(session.cx, &query)?, facts: None });
        }
        let mut columns = if is_filtered { Vec::new() } else { self.filter.columns() };
        if self.filter.wants_scores() || self.sort.wants_scores() {
            columns.extend([TraceColumn::Id, TraceColumn::Run]);
        }
        columns.extend(order.iter().map(|order| order.column.clone()));
        let order = order.filter(|_| !is_sorted);
        Rest { of: self, query, columns: &columns, names: &names, is_filtered, is_sorted, order }
            .select(session, effort)
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
    let found = match limit {
        Some(limit) => Arc::new(question.first(session, limit)?),
        None => session.ask(question)?,
    };
    let mut rows = Vec::with_capacity(found.list.handles.len());
    for handles in found.list.handles.chunks(LINES_AT_ONCE) {
        session.cx.check()?;
        let lines = session.store.trace_rows(session.cx, handles)?.into_iter();
        rows.extend(lines.map(|row| TraceRow { request_preview: None, response_preview: None, ..row }));
    }
    let total = session.store.capabilities().keeps_traces.then_some(found.list.total);
    Ok(TraceList { total, rows, handles: Arc::clone(&found.list.handles) })
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
