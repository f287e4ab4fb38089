//! In how many spans a text may stand, counted by their bytes: no fewer than it stands in, for plain texts as many as
//! SQL counts, and nothing of secrets.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use dspyglass::model::{Matcher, Reveal, SearchPattern};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, Search, Searched, SpanCount, count_behind};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{
    CancelToken, Capabilities, ReadCx, SearchPage, SearchScope, Sought, SpanSearch, Store, StoreError,
};
use rusqlite::Connection;
use serde_json::value::RawValue;

use crate::support::{databases, folder_of, json, reader};

fn plain(text: &str) -> SearchPattern {
    SearchPattern { text: text.to_owned(), ..SearchPattern::default() }
}

/// What pages count, each of which ends after a time.
fn counted(store: &mut dyn Store, pattern: &SearchPattern, scope: &SearchScope, within: Duration) -> SearchPage {
    let sought = Sought { is_counted: true, ..Sought::hits(Matcher::new(pattern).expect("a pattern").into()) };
    let (mut all, mut cursor) = (SearchPage::default(), None);
    loop {
        let asked = SpanSearch { sought: sought.clone(), scope: scope.clone(), cursor, most: 1, within };
        let page = store.search_page(&ReadCx::new(), &asked).expect("counted");
        assert!(page.hits.is_empty() && page.in_spans <= page.spans && page.share >= all.share);
        all.spans += page.spans;
        all.in_spans += page.in_spans;
        all.share = page.share;
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

fn count(store: &mut dyn Store, pattern: &SearchPattern) -> SearchPage {
    counted(store, pattern, &SearchScope::Store, Duration::from_secs(60))
}

/// A search that ends behind so many hits.
fn searched(session: &mut Session<'_>, search: &Search, limit: Option<usize>) -> Searched {
    let take = |_: &[_], _: f32| Ok::<_, StoreError>(ControlFlow::Continue(()));
    query::search(session, search, limit, take).expect("searched")
}

/// In how many spans some bytes stand, in the table and in files beside it.
fn by_hand(database: &Path, needle: &str) -> u64 {
    #[derive(serde::Deserialize)]
    struct File<'a> {
        #[serde(borrow)]
        spans: Vec<&'a RawValue>,
    }
    let raw = Connection::open_with_flags(database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let sql = "select count(*) from spans where instr(content, ?1) or instr(name, ?1)";
    let in_table: i64 = raw.query_row(sql, [needle], |row| row.get(0)).unwrap_or(0);
    let rows = "select group_concat(distinct trace_id) from spans";
    let with_rows: String =
        raw.query_row(rows, [], |row| row.get::<_, Option<String>>(0)).ok().flatten().unwrap_or_default();
    let mut in_files = 0;
    let mut folders = vec![folder_of(database).to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("listed").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else if entry.file_name() == "traces.json" {
                let path = entry.path();
                if path.iter().any(|part| with_rows.split(',').any(|trace| part == trace)) {
                    continue;
                }
                let text = std::fs::read_to_string(path).expect("read");
                let file: File<'_> = serde_json::from_str(&text).expect("a list of spans");
                in_files += file.spans.iter().filter(|span| span.get().contains(needle)).count() as u64;
            }
        }
    }
    in_table as u64 + in_files
}

#[test]
fn plain_texts_are_counted_as_by_hand() {
    let mut all = 0;
    for database in databases() {
        let mut store = reader(&database);
        for needle in ["question", "answer", "the", "LM", "e", "mlflow.spanInputs", "span_id", "no such words anywhere"]
        {
            let page = count(&mut *store, &plain(needle));
            assert_eq!(page.in_spans, by_hand(&database, needle), "{needle} in {}", database.display());
            let at_once = counted(&mut *store, &plain(needle), &SearchScope::Store, Duration::ZERO);
            let everywhere = SearchScope::Traces { experiment: None, run: None };
            let by_trace = counted(&mut *store, &plain(needle), &everywhere, Duration::from_secs(60));
            for other in [at_once, by_trace] {
                assert_eq!((other.spans, other.in_spans), (page.spans, page.in_spans), "{needle}");
            }
            all += page.in_spans;
        }
    }
    assert!(all > 3_000, "{all}");
}

#[test]
fn no_fewer_are_counted_than_there_are_however_the_text_is_escaped() {
    let expected = json(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading/search.json"));
    let (mut true_ones, mut counted) = (0, 0);
    for (at, database) in databases().into_iter().enumerate() {
        let mut store = reader(&database);
        let cx = ReadCx::new();
        // Each of them in some store.
        for needle in expected["needles"].as_array().expect("needles").iter().skip(at % 4).step_by(4) {
            let is = |key: &str| needle[key] == true;
            let pattern = SearchPattern {
                text: needle["text"].as_str().expect("text").to_owned(),
                ignores_case: is("ignore_case"),
                is_whole_word: is("word"),
                is_regex: is("regex"),
            };
            let search = Search::new(pattern.clone(), SearchScope::Store).expect("a pattern");
            let all = searched(&mut Session::alone(&mut *store, &cx), &search, None);
            let page = count(&mut *store, &pattern);
            assert_eq!(page.spans, all.spans, "{needle}");
            assert!((all.in_spans..=all.spans).contains(&page.in_spans), "{needle}: {} of {all:?}", page.in_spans);
            true_ones += all.in_spans;
            counted += page.in_spans;
            if all.in_spans == 0 {
                continue;
            }
            let mut session = Session::alone(&mut *store, &cx);
            let done = searched(&mut session, &search, Some(1));
            let told = count_behind(&mut session, &search, &done).expect("counted");
            assert!(told.is_some() || (pattern.is_regex && !done.is_complete), "{needle}");
            if let Some(SpanCount { at_most, spans }) = told {
                assert_eq!(spans, all.spans, "{needle}");
                assert!((all.in_spans..=page.in_spans).contains(&at_most), "{needle}: {at_most}");
            }
        }
    }
    assert!(true_ones > 1_000 && counted < true_ones * 2, "{counted} for {true_ones}: a count tells something");
}

#[test]
fn a_count_confirms_no_guess_of_a_secret() {
    let mut are_there = false;
    for database in databases() {
        let mut store = reader(&database);
        for secret in ["sk-fake", "sk-secret-header", "secret-header-31"] {
            let search = Search::new(plain(secret), SearchScope::Store).expect("a pattern");
            let cx = ReadCx::new();
            let mut session = Session::alone(&mut *store, &cx);
            for limit in [Some(0), Some(1), None] {
                let done = searched(&mut session, &search, limit);
                let spans = done.spans;
                let told = count_behind(&mut session, &search, &done).expect("nothing to count");
                assert_eq!((done.is_complete, told), (true, Some(SpanCount { at_most: 0, spans })), "{secret}");
            }
            // Beside a word that is everywhere it would be counted, were it not for this.
            let both = SearchPattern { is_regex: true, ..plain(&format!("question|{secret}")) };
            let search = Search::new(both, SearchScope::Store).expect("a pattern");
            let revealed = ReadCx::new().with_reveal(Reveal::Revealed);
            let capabilities = store.capabilities();
            assert!(!search.can_be_counted(capabilities, Reveal::Masked));
            assert!(search.can_be_counted(capabilities, Reveal::Revealed));
            let shown = Search::new(plain(secret), SearchScope::Store).expect("a pattern");
            are_there |= searched(&mut Session::alone(&mut *store, &revealed), &shown, None).in_spans > 0;
        }
    }
    assert!(are_there);
}

/// A store in which every trace says `needle`.
fn many(traces: usize) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "many");
    for number in 0..traces {
        let id = format!("tr-{number:05}");
        let outputs = Some(serde_json::json!(["a needle", number]));
        let body = dspyglass::model::SpanBody { outputs, ..Default::default() };
        let head = MemoryStore::span("s", None, "Predict", 0, 1);
        store.put_trace(MemoryStore::trace_head(&id, "1", None, &id, number as i64), vec![(head, body)]);
    }
    store.serve_pages(100);
    store
}

#[test]
fn what_cannot_be_counted_is_not_known() {
    let cx = ReadCx::new();
    let told = |store: &mut MemoryStore, pattern: SearchPattern| {
        let search = Search::new(pattern, SearchScope::Store).expect("a pattern");
        let mut session = Session::alone(store, &cx);
        let done = searched(&mut session, &search, Some(1));
        assert!(!done.is_complete);
        count_behind(&mut session, &search, &done).expect("counted")
    };
    let mut store = many(2_000);
    assert_eq!(told(&mut store, plain("needle")), Some(SpanCount { at_most: 2_000, spans: 2_000 }));
    assert_eq!(told(&mut store, SearchPattern { is_regex: true, ..plain("needle") }), None);
    let capabilities = Capabilities { counts_texts: false, ..store.capabilities() };
    store.set_capabilities(capabilities);
    assert_eq!(told(&mut store, plain("needle")), None);
    // What may be anywhere tells nothing.
    let anywhere = Search::new(SearchPattern { is_regex: true, ..plain("(?:needle)?") }, SearchScope::Store);
    assert!(!anywhere.expect("a pattern").can_be_counted(many(1).capabilities(), Reveal::Revealed));
}

#[test]
fn a_count_ends_when_nobody_wants_it() {
    let token = CancelToken::new();
    let cx = ReadCx::new().with_cancel(token.clone());
    let search = Search::new(plain("e"), SearchScope::Store).expect("a pattern");
    let mut memory = many(2_000);
    let mut session = Session::alone(&mut memory, &cx);
    let done = searched(&mut session, &search, Some(1));
    token.cancel();
    let outcome = count_behind(&mut session, &search, &done);
    assert!(matches!(outcome, Err(StoreError::Cancelled)), "{outcome:?}");
    let sought = Sought { is_counted: true, ..Sought::hits(Matcher::new(&plain("e")).expect("a pattern").into()) };
    for scope in [SearchScope::Store, SearchScope::Traces { experiment: None, run: None }] {
        let within = Duration::from_secs(60);
        let asked = SpanSearch { sought: sought.clone(), scope, cursor: None, most: 1, within };
        let outcome = reader(&databases()[0]).search_page(&cx, &asked);
        assert!(matches!(outcome, Err(StoreError::Cancelled)), "{outcome:?}");
    }
}
