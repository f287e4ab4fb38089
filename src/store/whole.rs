//! Whole lists of a store that gives them in pages, and filtered by what it does not filter by itself: the one place
//! where both are done for every kind of store.

use std::collections::HashSet;
use std::hash::Hash;

use super::{
    Page, ReadCx, Result, RunQuery, Store, Total, TraceColumn, TraceHandle, TraceIndex, TraceQuery, TraceValue, Trail,
};
use crate::model::{Run, RunId, RunValues, Session, TraceRow};

/// Rows of traces that are looked at together.
const ROWS_AT_ONCE: usize = 500;

/// So many pages may tell only what was told before, until a list is given up.
const REPEATED: u32 = 20;

/// What pages of a list told so far: a server may count rows from the beginning, so that what is written meanwhile
/// moves those behind it, and some come twice.
struct Told<K> {
    known: HashSet<K>,
    pages: usize,
    repeated: u32,
    has_doubles: bool,
}

impl<K: Hash + Eq> Told<K> {
    fn new() -> Self {
        Self { known: HashSet::new(), pages: 0, repeated: 0, has_doubles: false }
    }

    /// Takes in the keys of a page, and says which of its rows are new; `None`: all of them. `is_last`: nothing comes
    /// behind it.
    fn news(&mut self, keys: impl ExactSizeIterator<Item = K>, is_last: bool) -> Option<Vec<bool>> {
        self.pages += 1;
        if self.pages == 1 && is_last {
            return None;
        }
        let is_empty = keys.len() == 0;
        let news: Vec<bool> = keys.map(|key| self.known.insert(key)).collect();
        let is_repeated = !is_empty && !news.contains(&true);
        self.repeated = if is_repeated { self.repeated + 1 } else { 0 };
        let has_doubles = news.contains(&false);
        self.has_doubles |= has_doubles;
        has_doubles.then_some(news)
    }

    /// Whether the list is given up.
    fn is_over(&self) -> bool {
        self.repeated >= REPEATED
    }

    /// What to say of the list.
    fn warn(&self, cx: &ReadCx) {
        if self.is_over() {
            cx.warn_again(Trail::circle().as_slice());
        } else if self.has_doubles {
            cx.warn("a list", "it moved while it was read: what came twice is told once, and some may be missing");
        }
    }
}

/// See [`Store::runs`].
pub(super) fn runs<S: Store + ?Sized>(store: &mut S, cx: &ReadCx, query: &RunQuery) -> Result<Vec<Run>> {
    let is_filtered_here = !query.filter.is_empty() && !store.capabilities().filters_runs;
    if is_filtered_here && !query.filter.iter().all(|condition| condition.is_of_row()) {
        return Ok(run_rows(store, cx, query)?.into_iter().map(|(run, _)| run).collect());
    }
    let none = RunValues::default();
    let is_wanted = |run: &Run| !is_filtered_here || query.filter.iter().all(|one| one.holds(run, &none));
    let mut all =
        every(cx, query, is_filtered_here, is_wanted, |run| run.id.clone(), |query| store.run_page(cx, query))?;
    // Among runs that started together a server has an order of its own.
    query.order.sort_runs(&mut all, |run| run);
    Ok(all)
}

/// See [`Store::run_rows`].
pub(super) fn run_rows<S: Store + ?Sized>(
    store: &mut S,
    cx: &ReadCx,
    query: &RunQuery,
) -> Result<Vec<(Run, RunValues)>> {
    let is_filtered_here = !query.filter.is_empty() && !store.capabilities().filters_runs;
    let is_wanted =
        |(run, values): &(Run, RunValues)| !is_filtered_here || query.filter.iter().all(|one| one.holds(run, values));
    let id = |(run, _): &(Run, RunValues)| run.id.clone();
    let mut all = every(cx, query, is_filtered_here, is_wanted, id, |query| store.run_row_page(cx, query))?;
    query.order.sort_runs(&mut all, |(run, _)| run);
    Ok(all)
}

/// Page after page until the end or the limit. Where rows are filtered here, the limit is none of the store's.
fn every<T>(
    cx: &ReadCx,
    query: &RunQuery,
    is_filtered_here: bool,
    is_wanted: impl Fn(&T) -> bool,
    id_of: impl Fn(&T) -> RunId,
    mut page: impl FnMut(&RunQuery) -> Result<Page<T>>,
) -> Result<Vec<T>> {
    let most = query.limit.unwrap_or(usize::MAX);
    let mut query = query.clone();
    if is_filtered_here {
        query.limit = None;
    }
    let mut trail = Trail::from(query.cursor.as_ref());
    let mut told = Told::new();
    let mut all = Vec::new();
    loop {
        cx.check()?;
        let Page { mut rows, next, .. } = page(&query)?;
        if let Some(news) = told.news(rows.iter().map(&id_of), next.is_none()) {
            let mut news = news.into_iter();
            rows.retain(|_| news.next() == Some(true));
        }
        rows.retain(&is_wanted);
        if all.is_empty() {
            all = rows;
        } else {
            all.append(&mut rows);
        }
        if all.len() >= most {
            break;
        }
        query.cursor = trail.follow(next.as_ref());
        if query.cursor.is_none() || told.is_over() {
            break;
        }
    }
    cx.warn_again(trail.warning().as_slice());
    told.warn(cx);
    all.truncate(most);
    Ok(all)
}

/// See [`Store::trace_index`].
pub(super) fn trace_index<S: Store + ?Sized>(store: &mut S, cx: &ReadCx, query: &TraceQuery) -> Result<TraceIndex> {
    let is_filtered_here = !query.filter.is_empty() && !store.capabilities().filters_traces;
    let most = query.limit.unwrap_or(usize::MAX);
    let mut query = query.clone();
    if is_filtered_here {
        query.limit = None;
    }
    let from_beginning = query.begins_the_list();
    let mut trail = Trail::from(query.cursor.as_ref());
    let mut told = Told::new();
    let mut pages: Vec<TraceIndex> = Vec::new();
    let mut seen = 0;
    loop {
        let mut page = store.trace_page(cx, &query)?;
        if let Some(news) = told.news(page.handles.iter().copied(), page.next.is_none()) {
            page.handles = page.handles.iter().zip(news).filter_map(|(one, is_new)| is_new.then_some(*one)).collect();
        }
        if is_filtered_here {
            page = filtered(store, cx, &query, page)?;
        }
        seen += page.handles.len();
        let next = page.next.clone();
        pages.push(page);
        if seen >= most {
            break;
        }
        query.cursor = trail.follow(next.as_ref());
        if query.cursor.is_none() || told.is_over() {
            break;
        }
        cx.check()?;
    }
    cx.warn_again(trail.warning().as_slice());
    told.warn(cx);
    let mut all =
        if from_beginning { TraceIndex::of_pages(pages.iter()) } else { TraceIndex::of_some_pages(pages.iter()) };
    if all.handles.len() > most {
        all.handles = all.handles.iter().take(most).copied().collect();
    }
    all.next = None;
    Ok(all)
}

/// What of a page the conditions hold for. How many there are of them is unknown before the end.
fn filtered<S: Store + ?Sized>(store: &mut S, cx: &ReadCx, query: &TraceQuery, page: TraceIndex) -> Result<TraceIndex> {
    let mut handles: Vec<TraceHandle> = Vec::new();
    let (of_row, of_rest): (Vec<_>, Vec<_>) = query.filter.iter().partition(|condition| condition.is_of_row());
    for some in page.handles.chunks(ROWS_AT_ONCE) {
        cx.check()?;
        for (handle, row) in store.trace_lines(cx, some)? {
            if !of_row.iter().all(|condition| condition.holds(&row, None)) {
                continue;
            }
            let head = if of_rest.is_empty() { None } else { store.trace(cx, &row.id)? };
            handles.extend(of_rest.iter().all(|condition| condition.holds(&row, head.as_ref())).then_some(handle));
        }
    }
    let total = Total::AtLeast(handles.len() as u64);
    Ok(TraceIndex { total, handles: handles.into(), next: page.next })
}

/// See [`Store::trace_values`].
pub(super) fn trace_values<S: Store + ?Sized>(
    store: &mut S,
    cx: &ReadCx,
    query: &TraceQuery,
    columns: &[TraceColumn],
) -> Result<Vec<(TraceHandle, Vec<TraceValue>)>> {
    let mut found = Vec::new();
    let index = store.trace_index(cx, &TraceQuery { cursor: None, ..query.clone() })?;
    let is_of_row = columns.iter().all(TraceColumn::is_of_row);
    for some in index.handles.chunks(ROWS_AT_ONCE) {
        cx.check()?;
        for (handle, row) in store.trace_lines(cx, some)? {
            let head = if is_of_row { None } else { store.trace(cx, &row.id)? };
            found.push((handle, columns.iter().map(|column| column.value(&row, head.as_ref())).collect()));
        }
    }
    Ok(found)
}

/// See [`Store::trace_lines`]. Where some are gone, each is asked for alone, since the answer does not say which ones
/// it leaves out.
pub(super) fn trace_lines<S: Store + ?Sized>(
    store: &mut S,
    cx: &ReadCx,
    handles: &[TraceHandle],
) -> Result<Vec<(TraceHandle, TraceRow)>> {
    let rows = store.trace_rows(cx, handles)?;
    if rows.len() == handles.len() {
        return Ok(handles.iter().copied().zip(rows).collect());
    }
    let mut found = Vec::with_capacity(rows.len());
    for handle in handles {
        cx.check()?;
        found.extend(store.trace_rows(cx, &[*handle])?.into_iter().next().map(|row| (*handle, row)));
    }
    Ok(found)
}

/// See [`Store::trace_sessions`].
pub(super) fn trace_sessions<S: Store + ?Sized>(
    store: &mut S,
    cx: &ReadCx,
    query: &TraceQuery,
) -> Result<Vec<(TraceHandle, Session)>> {
    let index = store.trace_index(cx, &TraceQuery { limit: None, cursor: None, ..query.clone() })?;
    let mut found = Vec::new();
    for some in index.handles.chunks(ROWS_AT_ONCE) {
        cx.check()?;
        let lines = store.trace_lines(cx, some)?.into_iter();
        found.extend(lines.filter_map(|(handle, row)| Some((handle, row.session?))));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::memory::MemoryStore;
    use crate::store::{Cursor, RunScope};

    /// Twenty runs and twenty traces, in pages of seven.
    fn served() -> MemoryStore {
        let store = MemoryStore::new();
        store.add_experiment("1", "one");
        for number in 0..20 {
            let id = format!("{number:02}");
            store.put_run(MemoryStore::run(&id, "1", &id, number));
            store.put_trace(MemoryStore::trace_head(&id, "1", None, &id, number), Vec::new());
        }
        store.serve_pages(7);
        store
    }

    fn cx() -> ReadCx {
        ReadCx::new().with_deadline(Duration::from_secs(5))
    }

    #[test]
    fn what_comes_behind_a_cursor_is_not_all_there_is() {
        let (mut store, cx) = (served(), cx());
        let mut query = TraceQuery::default();
        let told = |store: &mut MemoryStore, query: &TraceQuery| {
            let index = store.trace_index(&cx, query).expect("read");
            (index.handles.len(), index.total)
        };
        assert_eq!(told(&mut store, &query), (20, Total::Exact(20)));
        let mut cursors: Vec<Cursor> = Vec::new();
        while let Some(next) = store.trace_page(&cx, &query).expect("read").next {
            cursors.push(next.clone());
            query.cursor = Some(next);
        }
        let behind: Vec<_> = cursors
            .into_iter()
            .map(|cursor| told(&mut store, &TraceQuery { cursor: Some(cursor), ..TraceQuery::default() }))
            .collect();
        assert_eq!(behind, [(13, Total::AtLeast(13)), (6, Total::AtLeast(6))]);
    }

    #[test]
    fn who_asks_for_nothing_learns_nothing_of_the_number() {
        let (mut store, cx) = (served(), cx());
        let index = store.trace_index(&cx, &TraceQuery { limit: Some(0), ..TraceQuery::default() }).expect("read");
        assert_eq!((index.handles.len(), index.total), (0, Total::AtLeast(0)));
    }

    #[test]
    fn a_list_that_leads_round_is_read_once() {
        let (mut store, cx) = (served(), cx());
        store.lead_round();
        let index = store.trace_index(&cx, &TraceQuery::default()).expect("it ends");
        assert_eq!((index.handles.len(), index.total, index.next), (20, Total::AtLeast(20), None));
        assert_eq!(cx.take_warnings().len(), 1);
        assert_eq!(store.runs(&cx, &RunQuery::new(RunScope::All)).expect("it ends").len(), 20);
        assert_eq!(cx.take_warnings().len(), 1);
        assert_eq!(store.run_rows(&cx, &RunQuery::new(RunScope::All)).expect("it ends").len(), 20);
        assert_eq!(cx.take_warnings().len(), 1);
    }
}
