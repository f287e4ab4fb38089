//! A search of text that comes in pages: what was found so far is shown, the rest is looked for behind it.
//!
//! Each page is an answer of its own, asked for as long as somebody looks at the search, and cancelled when nobody
//! does. Once enough is listed, the same is done to count in how many of the spans behind the text may stand. Pages do
//! not grow old: who writes to a store while it is searched does not begin the search anew.

use std::sync::Arc;

use super::failure::Failure;
use super::lane::Lane;
use super::loader::Loader;
use crate::query::{Search, SearchPageOf, SpanCount};
use crate::store::{Cursor, SearchPage, Trail};

/// A search as far as it is.
#[derive(Clone, Debug, Default)]
pub struct SearchSoFar {
    /// What was found, in the order in which it was.
    pub pages: Vec<Arc<SearchPage>>,
    /// How many hits they hold.
    pub hits: usize,
    /// How many spans were looked at.
    pub spans: u64,
    /// In how many of them something was found.
    pub in_spans: u64,
    /// Which part of all that has to be looked at is behind it, from 0 to 1.
    pub share: f32,
    /// Nothing is left to be looked at.
    pub is_complete: bool,
    /// Where it goes on, once more is wanted.
    pub next: Option<Cursor>,
    /// Why it could not go on.
    pub error: Option<Failure>,
}

/// In how many spans a text stands or may stand, as far as they are counted.
#[derive(Clone, Debug)]
pub struct CountSoFar {
    /// What is counted so far, with what is listed.
    pub count: SpanCount,
    /// Which part of all is counted, from 0 to 1.
    pub share: f32,
    /// Nothing is left to be counted.
    pub is_complete: bool,
    /// Why it could not go on.
    pub error: Option<Failure>,
}

impl Loader {
    /// A search as far as it is. Ask for it in every frame: it goes on until nothing is left or `most` hits are there,
    /// the first page in `lane` and those behind it when nobody waits for anything else.
    pub fn search(&mut self, search: &Search, most: usize, lane: Lane) -> SearchSoFar {
        let mut so_far = SearchSoFar::default();
        let mut trail = Trail::default();
        let mut question = SearchPageOf { search: search.clone(), cursor: None, is_counted: false };
        while so_far.hits < most {
            let lane = if so_far.pages.is_empty() { lane } else { Lane::Prefetch };
            let slot = self.ask(&question, lane);
            so_far.error = slot.error().cloned();
            let Some(page) = slot.value() else { break };
            so_far.hits += page.hits.len();
            so_far.spans += page.spans;
            so_far.in_spans += page.in_spans;
            so_far.share = page.share;
            so_far.pages.push(Arc::clone(page));
            so_far.next = trail.follow(page.next.as_ref());
            question.cursor.clone_from(&so_far.next);
            if question.cursor.is_none() {
                so_far.is_complete = true;
                break;
            }
        }
        so_far
    }

    /// In how many spans the text of a search may stand that has listed enough; `None` if that cannot be told. Ask for
    /// it in every frame: it goes on, when nobody waits for anything else, until all spans are counted.
    pub fn count_behind(&mut self, search: &Search, listed: &SearchSoFar) -> Option<CountSoFar> {
        let store = self.state().open.as_ref()?.capabilities;
        if listed.in_spans == 0 || !search.can_be_counted(store, self.reveal()) {
            return None;
        }
        let mut trail = Trail::default();
        let mut cursor = trail.follow(listed.next.as_ref());
        let count = SpanCount { at_most: listed.in_spans, spans: listed.spans };
        let mut so_far = CountSoFar { count, share: listed.share, is_complete: false, error: None };
        while cursor.is_some() {
            let question = SearchPageOf { search: search.clone(), cursor, is_counted: true };
            let slot = self.ask(&question, Lane::Prefetch);
            so_far.error = slot.error().cloned();
            let Some(page) = slot.value() else { return Some(so_far) };
            so_far.count.at_most += page.in_spans;
            so_far.count.spans += page.spans;
            so_far.share = page.share;
            cursor = trail.follow(page.next.as_ref());
        }
        Some(CountSoFar { is_complete: true, ..so_far })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::loader::{Opener, Timeouts};
    use crate::model::{SearchPattern, SpanBody};
    use crate::store::memory::MemoryStore;
    use crate::store::{SearchScope, Store, StoreLocation};

    fn store() -> MemoryStore {
        let store = MemoryStore::new();
        store.add_experiment("1", "one");
        for number in 0..1_200 {
            put(&store, number);
        }
        store.serve_pages(100);
        store
    }

    fn put(store: &MemoryStore, number: i64) {
        let id = format!("tr-{number:05}");
        let body = SpanBody { outputs: Some(serde_json::json!(["needle", number])), ..SpanBody::default() };
        let head = MemoryStore::trace_head(&id, "1", None, &id, number);
        store.put_trace(head, vec![(MemoryStore::span("s", None, "Predict", 0, 1), body)]);
    }

    fn opened(store: &MemoryStore) -> Loader {
        let store = store.clone();
        let opener: Opener = Arc::new(move |_: &StoreLocation| store.fork());
        let limit = Duration::from_secs(20);
        let timeouts = Timeouts { deadline: limit, after_deadline: limit, watch_every: Duration::from_millis(2) };
        let mut loader = Loader::new(opener, Arc::new(|| {})).with_timeouts(timeouts);
        loader.open("/a");
        until(&mut loader, |loader| loader.state().open.is_some());
        loader
    }

    fn until(loader: &mut Loader, mut is_done: impl FnMut(&mut Loader) -> bool) {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            loader.begin_frame(Instant::now());
            if is_done(loader) {
                return;
            }
            assert!(Instant::now() < end, "waited in vain");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn needle() -> Search {
        let pattern = SearchPattern { text: "needle".to_owned(), ..SearchPattern::default() };
        Search::new(pattern, SearchScope::Store).expect("a pattern")
    }

    #[test]
    fn hits_come_while_the_search_goes_on_and_more_than_enough_are_not_looked_for() {
        let store = store();
        let mut loader = opened(&store);
        let mut seen = Vec::new();
        until(&mut loader, |loader| {
            let so_far = loader.search(&needle(), usize::MAX, Lane::Visible);
            assert!(so_far.error.is_none() && so_far.hits as u64 == so_far.spans);
            seen.push((so_far.hits, so_far.share, so_far.is_complete));
            so_far.is_complete
        });
        assert!(seen.is_sorted_by(|a, b| a <= b), "{seen:?}");
        assert!(
            seen.iter().any(|(hits, _, is_complete)| (1..1_200).contains(hits) && !is_complete),
            "some come first: {seen:?}"
        );
        assert_eq!(seen.last(), Some(&(1_200, 1.0, true)));
        let mut loader = opened(&store);
        until(&mut loader, |loader| loader.search(&needle(), 600, Lane::Visible).hits >= 600);
        until(&mut loader, |loader| !loader.is_reading());
        let enough = loader.search(&needle(), 600, Lane::Visible);
        assert!(!enough.is_complete && enough.hits < 1_200, "{} hits", enough.hits);
    }

    #[test]
    fn what_is_behind_enough_is_counted_as_long_as_somebody_asks() {
        let store = store();
        let mut loader = opened(&store);
        until(&mut loader, |loader| loader.search(&needle(), 600, Lane::Visible).hits >= 600);
        let listed = loader.search(&needle(), 600, Lane::Visible);
        assert_eq!((listed.in_spans, listed.next.is_some()), (listed.spans, true));
        let mut seen = Vec::new();
        until(&mut loader, |loader| {
            let so_far = loader.count_behind(&needle(), &listed).expect("it can be counted");
            assert!(so_far.error.is_none() && so_far.count.at_most == so_far.count.spans);
            seen.push((so_far.count.spans, so_far.share, so_far.is_complete));
            so_far.is_complete
        });
        assert!(seen.is_sorted_by(|a, b| a <= b) && seen.first() < seen.last(), "{seen:?}");
        assert_eq!(seen.last(), Some(&(1_200, 1.0, true)));
        // Nobody asks any more.
        let mut loader = opened(&store);
        until(&mut loader, |loader| loader.search(&needle(), 600, Lane::Visible).hits >= 600);
        assert!(loader.count_behind(&needle(), &listed).is_some_and(|count| !count.is_complete));
        until(&mut loader, |loader| !loader.is_reading());
        assert!(loader.count_behind(&needle(), &listed).is_some_and(|count| !count.is_complete));
        // Behind no hit there is nothing to be told.
        assert!(loader.count_behind(&needle(), &SearchSoFar { in_spans: 0, ..listed }).is_none());
    }

    #[test]
    fn who_writes_meanwhile_does_not_begin_it_anew() {
        let store = store();
        let mut loader = opened(&store);
        let hits = |loader: &mut Loader, search: &Search| {
            let so_far = loader.search(search, usize::MAX, Lane::Visible);
            so_far.is_complete.then_some(so_far.hits)
        };
        until(&mut loader, |loader| hits(loader, &needle()) == Some(1_200));
        put(&store, 5_000);
        loader.refresh();
        loader.begin_frame(Instant::now());
        assert_eq!(hits(&mut loader, &needle()), Some(1_200));
        assert!(!loader.is_reading());
        let anew = needle().begun_anew();
        until(&mut loader, |loader| hits(loader, &anew) == Some(1_201));
    }
}
