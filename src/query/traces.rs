//! Lists of traces.

use std::sync::Arc;

use crate::model::{ExperimentId, RunId, TraceRow};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{Cursor, Result, Total, TraceHandle, TraceIndex, TraceQuery, Trail};

/// Rows are read this many at a time, so that a cancel or deadline is obeyed between.
const ROWS_AT_ONCE: usize = 500;

/// Traces, newest first.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct TraceList {
    /// How many there are, also those beyond the limit; `None` where the store has no table of
    /// traces.
    pub total: Option<Total>,
    /// The rows.
    pub rows: Vec<TraceRow>,
    /// Where they stand.
    pub handles: Arc<[TraceHandle]>,
}

/// The lines of a list of traces without their previews, which would make up nearly all of
/// the memory that a list of all traces takes.
///
/// # Errors
/// Those of the store.
pub fn traces(session: &mut Session<'_>, query: &TraceQuery) -> Result<TraceList> {
    let index = session.store.trace_index(session.cx, query)?;
    let mut rows = Vec::with_capacity(index.handles.len());
    for handles in index.handles.chunks(ROWS_AT_ONCE) {
        session.cx.check()?;
        let lines = session.store.trace_rows(session.cx, handles)?.into_iter();
        rows.extend(lines.map(|row| TraceRow { request_preview: None, response_preview: None, ..row }));
    }
    Ok(TraceList {
        total: session.store.capabilities().keeps_traces.then_some(index.total),
        rows,
        handles: index.handles,
    })
}

/// Which list of traces.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TraceScope {
    /// All of the store.
    All,
    /// Those of an experiment.
    Experiment(ExperimentId),
    /// Those recorded in a run.
    Run(RunId),
}

impl TraceScope {
    /// The question for the store.
    pub fn query(&self) -> TraceQuery {
        match self {
            Self::All => TraceQuery::default(),
            Self::Experiment(id) => TraceQuery { experiment: Some(id.clone()), ..TraceQuery::default() },
            Self::Run(id) => TraceQuery { run: Some(id.clone()), ..TraceQuery::default() },
        }
    }
}

/// The skeleton of a list of traces, all of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TraceIndexOf(pub TraceScope);

impl Question for TraceIndexOf {
    type Answer = TraceIndex;
    const LABEL: &'static str = "list of traces";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let mut pages = Vec::new();
        let mut trail = Trail::default();
        let mut cursor = None;
        loop {
            let page = session.ask(&TracePageOf { scope: self.0.clone(), cursor })?;
            cursor = trail.follow(page.next.as_ref());
            pages.push(page);
            if cursor.is_none() {
                break;
            }
            session.cx.check()?;
        }
        session.cx.warn_again(trail.warning().as_slice());
        Ok(TraceIndex { next: None, ..TraceIndex::of_pages(pages.iter().map(|page| &**page)) })
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.handles.len() * 8
    }
}

/// A page of it, as large as the store gives it. Most stores give all of a list at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TracePageOf {
    /// Of which list.
    pub scope: TraceScope,
    /// Where the page before it ended; `None`: the first one.
    pub cursor: Option<Cursor>,
}

impl Question for TracePageOf {
    type Answer = TraceIndex;
    const LABEL: &'static str = "list of traces";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let query = TraceQuery { cursor: self.cursor.clone(), ..self.scope.query() };
        let page = session.store.trace_page(session.cx, &query)?;
        Ok(if self.cursor.is_none() { page.as_first() } else { page })
    }

    fn bytes(answer: &Self::Answer) -> usize {
        answer.handles.len() * 8
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::query::ask::Memo;
    use crate::store::ReadCx;
    use crate::store::memory::MemoryStore;

    #[test]
    fn a_list_that_leads_round_ends_with_a_warning() {
        let mut store = MemoryStore::new();
        for number in 0..20 {
            let id = format!("tr-{number}");
            store.put_trace(MemoryStore::trace_head(&id, "1", None, &id, number), Vec::new());
        }
        store.serve_pages(7);
        store.lead_round();
        let cx = ReadCx::new().with_deadline(Duration::from_secs(5));
        let index = Session::new(&mut store, &cx, Arc::new(Memo::new()), 1).ask(&TraceIndexOf(TraceScope::All));
        let index = index.expect("it ends");
        assert_eq!((index.handles.len(), index.total, &index.next), (20, Total::AtLeast(20), &None));
        assert_eq!(cx.take_warnings().len(), 1);
    }
}
