//! Looking for text in spans: what is asked, and what comes of it, piece by piece.
//!
//! A search of a large store takes seconds. It is asked for in pages, each of which ends after a time: what was found
//! so far can be shown, how far it is as well, and who wants no more of it asks for no further page.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Cursor, ReadCx, Result, Store, TraceQuery};
use crate::model::{ExperimentId, FoundText, Matcher, RunId, SearchField, SpanBody, SpanHandle, SpanHead, TraceId};

/// Traces of a list that are asked for together.
const TRACES_AT_ONCE: usize = 500;

/// Where text is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SearchScope {
    /// In all spans of the store, in whatever order is quickest for it: roughly the latest first.
    Store,
    /// In those of a list of traces, the newest first.
    Traces {
        /// Only of this experiment.
        experiment: Option<ExperimentId>,
        /// Only of those recorded in this run.
        run: Option<RunId>,
    },
    /// In those recorded in some runs, run after run, in each the newest first.
    Runs(Vec<RunId>),
    /// In those of one trace.
    Trace(TraceId),
}

/// What is looked for in each span.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The text.
    pub matcher: Arc<Matcher>,
    /// Not what stands where is wanted, but in how many spans the text may stand: where a reader has their bytes, by
    /// these alone, in which secrets are not masked. So it is asked only of what
    /// [`crate::query::Search::can_be_counted`].
    pub is_counted: bool,
}

impl Sought {
    /// Whoever wants to know what stands where.
    pub fn hits(matcher: Arc<Matcher>) -> Self {
        Self { matcher, is_counted: false }
    }
}

/// A question for a page of a search.
#[derive(Clone, Debug)]
pub struct SpanSearch {
    /// What is looked for.
    pub sought: Sought,
    /// Where.
    pub scope: SearchScope,
    /// Where the page before this one ended.
    pub cursor: Option<Cursor>,
    /// The page ends once it holds as much. What was found in one span stays together.
    pub most: usize,
    /// The page ends after this time, but not before a span was looked at.
    pub within: Duration,
}

/// A field of a span in which something was found.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanHit {
    /// The trace.
    pub trace: TraceId,
    /// The span's id; damaged stores repeat it.
    pub span_id: String,
    /// The span's name.
    pub span_name: String,
    /// `CHAIN`, `LLM`, … ([`SpanHead::kind`]); empty if the store does not say.
    pub span_kind: String,
    /// The way to its body.
    pub handle: SpanHandle,
    /// What was found, and where.
    pub found: FoundText,
}

/// A piece of what a search finds.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct SearchPage {
    /// What was found; nothing where it is only counted.
    pub hits: Vec<SpanHit>,
    /// How many spans were looked at for it.
    pub spans: u64,
    /// In how many of these something was found or, where it is only counted, may stand.
    pub in_spans: u64,
    /// Where the next one begins; `None`: nothing is left.
    pub next: Option<Cursor>,
    /// Which part of all that has to be looked at is behind the search now, from 0 to 1.
    pub share: f32,
}

impl SearchPage {
    /// Takes in what was found in one span.
    pub(super) fn add_span(&mut self, sought: &Sought, found: impl Iterator<Item = SpanHit>) {
        let before = self.hits.len();
        self.hits.extend(found);
        self.in_spans += u64::from(self.hits.len() > before);
        if sought.is_counted {
            self.hits.truncate(before);
        }
    }

    /// Takes in what was found in others.
    pub(super) fn add(&mut self, others: Self) {
        self.hits.extend(others.hits);
        self.spans += others.spans;
        self.in_spans += others.in_spans;
    }
}

/// Tells when a page ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct PageEnd {
    since: Instant,
    within: Duration,
    most: usize,
}

impl PageEnd {
    pub fn of(search: &SpanSearch) -> Self {
        Self { since: Instant::now(), within: search.within, most: search.most.max(1) }
    }

    /// The same as long from now, whatever a page holds by then.
    pub fn of_time(&self) -> Self {
        Self { since: Instant::now(), within: self.within, most: usize::MAX }
    }

    /// Whether a page that holds as much ends here.
    pub fn is_reached(&self, page: &SearchPage) -> bool {
        page.hits.len() >= self.most || self.since.elapsed() >= self.within
    }
}

/// What was found in a span and in what is known of its body.
pub(super) fn hits<'a>(
    trace: &'a TraceId,
    head: &'a SpanHead,
    found: impl IntoIterator<Item = FoundText> + 'a,
) -> impl Iterator<Item = SpanHit> + 'a {
    found.into_iter().map(move |found| SpanHit {
        trace: trace.clone(),
        span_id: head.id.clone(),
        span_name: head.name.clone(),
        span_kind: head.kind.clone(),
        handle: head.handle,
        found,
    })
}

/// What of a pattern stands in a span's name and in its body.
pub(super) fn in_span(cx: &ReadCx, matcher: &Matcher, name: &str, body: &SpanBody) -> Vec<FoundText> {
    let in_name = matcher.in_text(name, cx.reveal()).map(|excerpt| FoundText { field: SearchField::Name, excerpt });
    in_name.into_iter().chain(matcher.in_body(body, cx.reveal())).collect()
}

/// See [`Store::search_trace`].
pub(super) fn in_trace<S: Store + ?Sized>(
    store: &mut S,
    cx: &ReadCx,
    trace: &TraceId,
    sought: &Sought,
) -> Result<SearchPage> {
    let mut page = SearchPage { share: 1.0, ..SearchPage::default() };
    for head in store.spans(cx, trace)? {
        cx.check()?;
        page.spans += 1;
        if let Some(body) = store.span_body(cx, trace, head.handle)? {
            page.add_span(sought, hits(trace, &head, in_span(cx, &sought.matcher, &head.name, &body)));
        }
    }
    Ok(page)
}

/// Where a page of a search through a list ended.
#[derive(Debug, Serialize, Deserialize)]
struct ListPlace {
    /// Which of the lists.
    #[serde(default)]
    list: usize,
    /// The cursor of the page of the list.
    page: Option<String>,
    /// How many traces of it were looked at.
    passed: usize,
    /// How many stand before it.
    before: u64,
}

/// See [`Store::search_page`]: trace by trace.
pub(super) fn in_list<S: Store + ?Sized>(store: &mut S, cx: &ReadCx, search: &SpanSearch) -> Result<SearchPage> {
    let lists = match &search.scope {
        SearchScope::Trace(trace) => return store.search_trace(cx, trace, &search.sought),
        SearchScope::Store => vec![(None, None)],
        SearchScope::Traces { experiment, run } => vec![(experiment.clone(), run.clone())],
        SearchScope::Runs(runs) => runs.iter().map(|run| (None, Some(run.clone()))).collect(),
    };
    let mut place = ListPlace { list: 0, page: None, passed: 0, before: 0 };
    if let Some(cursor) = &search.cursor {
        let Some(stored) = read_place(cx, cursor) else { return Ok(SearchPage::default()) };
        place = stored;
    }
    let end = PageEnd::of(search);
    let mut page = SearchPage { share: 1.0, ..SearchPage::default() };
    while let Some((experiment, run)) = lists.get(place.list) {
        cx.check()?;
        let cursor = place.page.as_deref().map(Cursor::new);
        let limit = Some(TRACES_AT_ONCE);
        let query =
            TraceQuery { experiment: experiment.clone(), run: run.clone(), cursor, limit, ..TraceQuery::default() };
        let list = store.trace_page(cx, &query)?;
        let traces = store.trace_ids_of(cx, &list.handles)?;
        let total = list.total.least().max(place.before + traces.len() as u64).max(1);
        for trace in traces.iter().skip(place.passed) {
            cx.check()?;
            page.add(store.search_trace(cx, trace, &search.sought)?);
            place.passed += 1;
            let is_last = place.passed == traces.len() && list.next.is_none() && place.list + 1 == lists.len();
            if end.is_reached(&page) && !is_last {
                let of_list = (place.before + place.passed as u64) as f32 / total as f32;
                page.share = (place.list as f32 + of_list) / lists.len() as f32;
                page.next = Some(write_place(&place));
                return Ok(page);
            }
        }
        place = match list.next {
            Some(next) => ListPlace {
                list: place.list,
                page: Some(next.as_str().to_owned()),
                passed: 0,
                before: place.before + traces.len() as u64,
            },
            None => ListPlace { list: place.list + 1, page: None, passed: 0, before: 0 },
        };
    }
    Ok(page)
}

/// A place as a cursor.
pub(super) fn write_place(place: &impl Serialize) -> Cursor {
    Cursor::new(serde_json::to_string(place).unwrap_or_default())
}

/// The place that a cursor names; one of somebody else is warned of.
pub(super) fn read_place<P: for<'de> Deserialize<'de>>(cx: &ReadCx, cursor: &Cursor) -> Option<P> {
    let place = serde_json::from_str(cursor.as_str()).ok();
    if place.is_none() {
        cx.warn("a search", "it cannot go on: its place was named by another store");
    }
    place
}
