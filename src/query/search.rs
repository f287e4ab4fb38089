//! Looking for text in the spans of traces.
//!
//! A search is answered in pages ([`SearchPageOf`]), like a list of traces: whoever shows it asks for the first, then
//! for the one behind it, and by and by shows more, with how far it is; who does not ask for the next has ended it.
//! [`search`] does that for those who wait.
//!
//! Whoever has listed enough may go on in the same way with counting in how many of the spans behind the text may
//! stand ([`SearchPageOf::is_counted`], [`count_behind`]): no record is decoded for it, so that a text that stands
//! nearly everywhere costs no more than one that stands nowhere.

use std::hash::{Hash, Hasher};
use std::ops::ControlFlow;
use std::sync::Arc;

use super::run_page::{RunPage, RunPageOf};
use crate::model::{Matcher, PatternError, Reveal, RunId, SearchPattern};
use crate::query::ask::{CostClass, Question, Session};
use crate::store::{Capabilities, Cursor, Part, Result, SearchPage, SearchScope, Sought, SpanHit, SpanSearch, Trail};

/// A page holds no more, about.
const HITS_OF_PAGE: usize = 500;

/// What is looked for, and where.
#[derive(Clone, Debug)]
pub struct Search {
    pattern: SearchPattern,
    scope: SearchScope,
    begun: u64,
    matcher: Arc<Matcher>,
}

impl Search {
    /// Makes a search ready.
    ///
    /// # Errors
    /// A pattern that nothing can be looked for with.
    pub fn new(pattern: SearchPattern, scope: SearchScope) -> std::result::Result<Self, PatternError> {
        let matcher = Arc::new(Matcher::new(&pattern)?);
        Ok(Self { pattern, scope, begun: 0, matcher })
    }

    /// The same elsewhere.
    #[must_use]
    pub fn within(self, scope: SearchScope) -> Self {
        Self { scope, ..self }
    }

    /// The same once more: what was written to the store since the last time is found, too.
    #[must_use]
    pub fn begun_anew(self) -> Self {
        Self { begun: self.begun + 1, ..self }
    }

    /// What is looked for.
    pub fn pattern(&self) -> &SearchPattern {
        &self.pattern
    }

    /// Whether it may be counted in how many spans behind some hits the text may stand. Else that is not known.
    ///
    /// Bytes are counted as they are stored, those of secrets, too, and a count must not tell what a search does not:
    /// whether a secret is what somebody guesses. So nothing is counted but behind hits: a text that stands in masked
    /// secrets alone has none. What was found says of a plain text that it is no secret here, and the count no more
    /// than that it may stand elsewhere as well: in keys, in ids, or where nobody sees it. A regular expression could
    /// have the word that is found and the guess beside it (`the|sk-a`), so it is counted only where secrets are shown.
    pub fn can_be_counted(&self, store: Capabilities, reveal: Reveal) -> bool {
        let is_told = !self.pattern.is_regex || reveal == Reveal::Revealed;
        is_told && store.counts_texts && self.matcher.tells_by_bytes()
    }
}

/// The matcher follows from the pattern.
impl PartialEq for Search {
    fn eq(&self, other: &Self) -> bool {
        (&self.pattern, &self.scope, self.begun) == (&other.pattern, &other.scope, other.begun)
    }
}

impl Eq for Search {}

impl Hash for Search {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.pattern.hash(state);
        self.scope.hash(state);
        self.begun.hash(state);
    }
}

/// A page of what a search finds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SearchPageOf {
    /// Of which.
    pub search: Search,
    /// Where the page before it ended; `None`: the first one.
    pub cursor: Option<Cursor>,
    /// What stands there is not listed; in how many spans it may stand is counted. Whoever asks for that looks at
    /// [`Search::can_be_counted`] before.
    pub is_counted: bool,
}

impl Question for SearchPageOf {
    type Answer = SearchPage;
    const LABEL: &'static str = "text search";
    const COST: CostClass = CostClass::Rows;

    fn answer(&self, session: &mut Session<'_>) -> Result<Self::Answer> {
        let search = SpanSearch {
            sought: Sought { matcher: Arc::clone(&self.search.matcher), is_counted: self.is_counted },
            scope: self.search.scope.clone(),
            cursor: self.cursor.clone(),
            most: HITS_OF_PAGE,
            // Nothing is left out where a page ends, so that whoever waits longer needs no longer ones.
            within: if self.cursor.is_none() { Part::FirstHits } else { Part::Hits }.usual(),
        };
        session.store.search_page(session.cx, &search)
    }

    /// Whoever writes to the store does not begin every search anew; see [`Search::begun_anew`].
    fn is_final(_answer: &Self::Answer) -> bool {
        true
    }

    fn bytes(answer: &Self::Answer) -> usize {
        let texts = |hit: &SpanHit| {
            hit.span_id.len() + hit.span_name.len() + hit.span_kind.len() + hit.found.excerpt.text.len()
        };
        answer.hits.iter().map(|hit| 160 + texts(hit)).sum()
    }
}

/// Where text of a run is looked for: in its traces and those of its child runs.
///
/// # Errors
/// Those of the store.
pub fn search_scope_of_run(session: &mut Session<'_>, run: &RunId) -> Result<SearchScope> {
    let page = session.ask(&RunPageOf(run.clone()))?;
    Ok(scope_of_page(run, page.as_ref().as_ref()))
}

/// The same for who has the run's page.
pub fn scope_of_page(run: &RunId, page: Option<&RunPage>) -> SearchScope {
    match page.map_or(&[][..], |page| &page.children) {
        [] => SearchScope::Traces { experiment: None, run: Some(run.clone()) },
        children => {
            let ids = children.iter().map(|run| run.id.clone());
            SearchScope::Runs(std::iter::once(run.clone()).chain(ids).collect())
        }
    }
}

/// How a search ended.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Searched {
    /// How many spans were looked at.
    pub spans: u64,
    /// In how many of them something was found.
    pub in_spans: u64,
    /// There is nothing more to find.
    pub is_complete: bool,
    /// Where it ended, unless all spans were looked at.
    next: Option<Cursor>,
}

/// Looks for text until nothing is left, `limit` hits were found, or `take` wants no more; it is given what was found
/// as soon as that is known, and is asked once more where there was nothing, so that it may end a search in vain.
///
/// # Errors
/// Those of the store, and those of `take`.
pub fn search<E>(
    session: &mut Session<'_>,
    search: &Search,
    limit: Option<usize>,
    mut take: impl FnMut(&[SpanHit], f32) -> std::result::Result<ControlFlow<()>, E>,
) -> std::result::Result<Searched, E>
where
    E: From<crate::store::StoreError>,
{
    let mut left = limit.unwrap_or(usize::MAX);
    let mut done = Searched::default();
    let mut trail = Trail::default();
    loop {
        session.cx.check()?;
        // Straight from the store: what is printed need not be remembered.
        let page = SearchPageOf { search: search.clone(), cursor: done.next, is_counted: false }.answer(session)?;
        done.spans += page.spans;
        done.in_spans += page.in_spans;
        let shown = page.hits.get(..left).unwrap_or(&page.hits);
        let wants_more = take(shown, page.share)?.is_continue();
        done.next = trail.follow(page.next.as_ref());
        if shown.len() < page.hits.len() || !wants_more {
            return Ok(done);
        }
        // With nothing left one more page tells whether there is anything behind.
        left -= shown.len();
        if done.next.is_none() {
            session.cx.warn_again(trail.warning().as_slice());
            return Ok(Searched { is_complete: true, ..done });
        }
    }
}

/// In how many spans a text stands or may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanCount {
    /// In no more than so many.
    pub at_most: u64,
    /// Of so many.
    pub spans: u64,
}

/// Counts behind a search that ended in how many of all spans the text may stand; `None` if that cannot be told.
///
/// # Errors
/// Those of the store.
pub fn count_behind(session: &mut Session<'_>, search: &Search, done: &Searched) -> Result<Option<SpanCount>> {
    let mut count = SpanCount { at_most: done.in_spans, spans: done.spans };
    let mut trail = Trail::default();
    let mut cursor = trail.follow(done.next.as_ref());
    let can_be_counted = search.can_be_counted(session.store.capabilities(), session.cx.reveal());
    if cursor.is_some() && (done.in_spans == 0 || !can_be_counted) {
        return Ok(None);
    }
    while cursor.is_some() {
        session.cx.check()?;
        let page = SearchPageOf { search: search.clone(), cursor, is_counted: true }.answer(session)?;
        count.at_most += page.in_spans;
        count.spans += page.spans;
        cursor = trail.follow(page.next.as_ref());
    }
    session.cx.warn_again(trail.warning().as_slice());
    Ok(Some(count))
}
