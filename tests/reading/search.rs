//! Looking for text in spans: what is found equals what `search.py` finds in decoded text.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dspyglass::model::{Json, Matcher, Reveal, SearchPattern, SpanBody, TraceId};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, Search, SearchPageOf, Searched};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{CancelToken, ReadCx, SearchScope, Sought, SpanHit, Store, StoreError};
use rusqlite::Connection;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::support::{copy_of, databases, folder_of, json as read_json, reader, recorded, sql};

fn plain(text: &str) -> SearchPattern {
    SearchPattern { text: text.to_owned(), ..SearchPattern::default() }
}

fn searched(store: &mut dyn Store, cx: &ReadCx, search: &Search, limit: Option<usize>) -> (Vec<SpanHit>, Searched) {
    let mut hits = Vec::new();
    let take = |some: &[SpanHit], _: f32| -> Result<ControlFlow<()>, StoreError> {
        hits.extend_from_slice(some);
        Ok(ControlFlow::Continue(()))
    };
    let done = query::search(&mut Session::alone(store, cx), search, limit, take).expect("searched");
    (hits, done)
}

fn found(store: &mut dyn Store, pattern: SearchPattern, scope: SearchScope) -> Vec<SpanHit> {
    let search = Search::new(pattern, scope).expect("a pattern");
    searched(store, &ReadCx::new(), &search, None).0
}

fn lines(hits: &[SpanHit]) -> Vec<String> {
    let mut lines: Vec<String> =
        hits.iter().map(|hit| format!("{} {} {}", hit.trace, hit.span_id, hit.found.field)).collect();
    lines.sort();
    lines
}

fn everywhere() -> SearchScope {
    SearchScope::Traces { experiment: None, run: None }
}

#[test]
fn hits_are_those_of_a_plain_scan_over_decoded_text() {
    // Of other stores (`DSPYGLASS_STORES`) the script's answers lie beside them, if it was asked.
    let beside = recorded().join("search.json");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reading/search.json");
    let is_asked_of_others = std::env::var_os("DSPYGLASS_STORES").is_some();
    if is_asked_of_others && !beside.exists() {
        return;
    }
    let expected = read_json(if is_asked_of_others { &beside } else { &own });
    let needles = expected["needles"].as_array().expect("needles");
    assert!(needles.len() >= 60);
    let databases = databases();
    let all: usize = std::thread::scope(|scope| {
        let each = |database: &PathBuf| {
            let (database, expected) = (database.clone(), &expected);
            scope.spawn(move || as_expected(&database, expected))
        };
        let workers: Vec<_> = databases.iter().map(each).collect();
        workers.into_iter().map(|worker| worker.join().expect("as expected")).sum()
    });
    assert!(all > 10_000, "{all}");
}

/// Compares everything that is expected of a store, and counts it.
fn as_expected(database: &Path, expected: &Json) -> usize {
    let needles = expected["needles"].as_array().expect("needles");
    let mut all = 0;
    let name = folder_of(database).file_name().expect("a name").to_string_lossy().into_owned();
    let mut store = reader(database);
    for (at, (needle, wanted)) in needles.iter().zip(expected["stores"][&name].as_array().expect("told")).enumerate() {
        let is = |key: &str| needle[key] == true;
        let pattern = SearchPattern {
            text: needle["text"].as_str().expect("text").to_owned(),
            ignores_case: is("ignore_case"),
            is_whole_word: is("word"),
            is_regex: is("regex"),
        };
        let of_store = found(&mut *store, pattern.clone(), SearchScope::Store);
        let told = lines(&of_store);
        let hash: String = Sha256::digest(told.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect();
        let hint = format!("python3 tests/reading/search.py --show {name} {at} lists what is wanted");
        assert_eq!(json!([told.len(), hash]), *wanted, "{name}: {needle}\n{}\n{hint}", told.join("\n"));
        if !pattern.is_regex && !pattern.ignores_case {
            for hit in &of_store {
                assert_eq!(hit.found.excerpt.parts()[1], pattern.text, "an excerpt holds the needle");
            }
        }
        // The other way through the store finds the same.
        if at % 9 == 0 {
            assert_eq!(lines(&found(&mut *store, pattern, everywhere())), told, "{name}: {needle} trace by trace");
        }
        all += told.len();
    }
    all
}

#[test]
fn a_scope_holds_the_hits_of_its_traces() {
    for database in databases() {
        let mut store = reader(&database);
        let all = found(&mut *store, plain("question"), SearchScope::Store);
        let (mut by_experiment, mut by_trace) = (Vec::new(), Vec::new());
        for row in sql(&database, "select cast(experiment_id as text) from experiments") {
            let scope = SearchScope::Traces { experiment: Some(row[0].as_str().into()), run: None };
            let hits = found(&mut *store, plain("question"), scope);
            let of_it = sql(&database, &format!("select request_id from trace_info where experiment_id = {}", row[0]));
            assert!(hits.iter().all(|hit| of_it.iter().any(|trace| trace[0] == hit.trace.as_str())));
            by_experiment.extend(hits);
        }
        for row in sql(&database, "select request_id from trace_info") {
            let scope = SearchScope::Trace(TraceId::from(row[0].as_str()));
            by_trace.extend(found(&mut *store, plain("question"), scope));
        }
        assert_eq!(lines(&by_experiment), lines(&all));
        assert_eq!(lines(&by_trace), lines(&all));
        let links = "select value, group_concat(request_id) from trace_request_metadata \
                     where key = 'mlflow.sourceRun' group by value";
        for row in sql(&database, links) {
            let scope = SearchScope::Traces { experiment: None, run: Some(row[0].as_str().into()) };
            let mut told = lines(&found(&mut *store, plain("question"), scope));
            let traces: Vec<&str> = row[1].split(',').collect();
            let mut wanted = lines(&all);
            wanted.retain(|line| line.split(' ').next().is_some_and(|trace| traces.contains(&trace)));
            told.sort();
            assert_eq!(told, wanted, "run {}", row[0]);
        }
    }
    let mut store = reader(&databases()[0]);
    assert!(found(&mut *store, plain("e"), SearchScope::Trace("no such trace".into())).is_empty());
}

#[test]
fn a_limit_cuts_the_first_hits_and_says_so() {
    for database in databases() {
        let mut store = reader(&database);
        let search = Search::new(plain("the"), SearchScope::Store).expect("a pattern");
        let cx = ReadCx::new();
        let (all, done) = searched(&mut *store, &cx, &search, None);
        let spans = done.spans;
        assert!(done.is_complete && all.len() > 20, "{}", all.len());
        for limit in [0, 1, 20, all.len() - 1, all.len(), all.len() + 1] {
            let (some, done) = searched(&mut *store, &cx, &search, Some(limit));
            assert_eq!(some, all[..limit.min(all.len())]);
            assert_eq!(done.is_complete, limit >= all.len(), "{limit}");
            assert!(done.spans <= spans && (!done.is_complete || done.spans == spans));
        }
    }
}

/// A store in which one trace in ten says `needle`.
fn many(traces: usize) -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "many");
    for number in 0..traces {
        let id = format!("tr-{number:05}");
        let text = if number % 10 == 0 { "a \"needle\"\nhere" } else { "hay" };
        let body = SpanBody { inputs: Some(json!({ "question": [text, number] })), ..SpanBody::default() };
        let head = MemoryStore::span("s", None, "Predict", 0, 1);
        store.put_trace(MemoryStore::trace_head(&id, "1", None, &id, number as i64), vec![(head, body)]);
    }
    store
}

#[test]
fn pages_lead_through_any_kind_of_store() {
    for size in [None, Some(7)] {
        let store = many(1_300);
        if let Some(size) = size {
            store.serve_pages(size);
        }
        let search = Search::new(plain("\"needle\"\n"), SearchScope::Store).expect("a pattern");
        let (mut reader, cx) = (store, ReadCx::new());
        let (hits, done) = searched(&mut reader, &cx, &search, None);
        assert_eq!((hits.len(), done.spans, done.in_spans, done.is_complete), (130, 1_300, 130, true));
        let newest_first: Vec<String> = (0..130).rev().map(|number| format!("tr-{:05}", number * 10)).collect();
        assert!(hits.iter().map(|hit| hit.trace.as_str()).eq(newest_first.iter().map(String::as_str)));
    }
}

#[test]
fn pages_that_end_at_once_find_what_one_finds() {
    for database in databases() {
        let mut store = reader(&database);
        let cx = ReadCx::new();
        for scope in [SearchScope::Store, everywhere()] {
            let search = Search::new(plain("answer"), scope.clone()).expect("a pattern");
            let whole = searched(&mut *store, &cx, &search, None);
            let (mut hits, mut spans, mut share) = (Vec::new(), 0, 0.0);
            let mut cursor = None;
            loop {
                let asked = dspyglass::store::SpanSearch {
                    sought: Sought::hits(Matcher::new(search.pattern()).expect("a pattern").into()),
                    scope: scope.clone(),
                    cursor,
                    most: 1,
                    within: Duration::ZERO,
                };
                let page = store.search_page(&cx, &asked).expect("a page");
                assert!(page.share >= share && page.share <= 1.0, "{} after {share}", page.share);
                share = page.share;
                hits.extend(page.hits);
                spans += page.spans;
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((hits, spans), (whole.0, whole.1.spans));
            assert!((share - 1.0).abs() < f32::EPSILON);
        }
    }
}

#[test]
fn a_search_ends_when_nobody_wants_it() {
    let mut store = many(100);
    let search = Search::new(plain("needle"), SearchScope::Store).expect("a pattern");
    let token = CancelToken::new();
    let cx = ReadCx::new().with_cancel(token.clone());
    let mut asked = 0;
    let stopped = query::search(&mut Session::alone(&mut store, &cx), &search, None, |_, _| {
        asked += 1;
        Ok::<_, StoreError>(ControlFlow::Break(()))
    });
    assert_eq!((stopped.expect("stopped").is_complete, asked), (false, 1));
    token.cancel();
    let mut database = reader(&databases()[0]);
    for store in [&mut store as &mut dyn Store, &mut *database] {
        for scope in [SearchScope::Store, everywhere()] {
            let question = SearchPageOf { search: search.clone().within(scope), cursor: None, is_counted: false };
            let outcome = Session::alone(store, &cx).ask(&question);
            assert!(matches!(outcome, Err(StoreError::Cancelled)), "{outcome:?}");
        }
    }
}

#[test]
fn a_cursor_of_somebody_else_leads_nowhere() {
    let search = Search::new(plain("e"), SearchScope::Store).expect("a pattern");
    let cursor = Some(dspyglass::store::Cursor::new("{\"offset\":3}"));
    let mut database = reader(&databases()[0]);
    for store in [&mut many(10) as &mut dyn Store, &mut *database] {
        let cx = ReadCx::new();
        let question = SearchPageOf { search: search.clone(), cursor: cursor.clone(), is_counted: false };
        let page = Session::alone(store, &cx).ask(&question).expect("a page");
        assert_eq!((page.hits.len(), &page.next, cx.take_warnings().len()), (0, &None, 1));
    }
}

#[test]
fn secrets_are_found_only_where_they_are_revealed() {
    let mut is_revealed_somewhere = false;
    for database in databases() {
        let mut store = reader(&database);
        for secret in ["sk-fake", "sk-secret-header", "secret-header-31"] {
            let search = Search::new(plain(secret), SearchScope::Store).expect("a pattern");
            let (masked, _) = searched(&mut *store, &ReadCx::new(), &search, None);
            assert_eq!(lines(&masked), Vec::<String>::new(), "{secret}");
            let revealing = ReadCx::new().with_reveal(Reveal::Revealed);
            is_revealed_somewhere |= !searched(&mut *store, &revealing, &search, None).0.is_empty();
        }
        // What stands around them may be found, and does not give them away.
        for text in ["api_key", "Authorization", "lm"] {
            for hit in found(&mut *store, plain(text), SearchScope::Store) {
                assert!(!hit.found.excerpt.text.contains("sk-fake"), "{}", hit.found.excerpt.text);
            }
        }
    }
    assert!(is_revealed_somewhere, "there are some");
}

#[test]
fn damage_costs_its_rows_and_gaps_cost_nothing() {
    let home = copy_of("v3.17");
    let path = home.path().join("mlflow.db");
    let trace = sql(&path, "select min(trace_id) from spans")[0][0].clone();
    let writer = Connection::open(&path).expect("opened");
    let put = |rowid: i64, content: &dyn rusqlite::ToSql| {
        let sql = "insert into spans (rowid, trace_id, experiment_id, span_id, name, status, start_time_unix_nano, content) \
                   values (?1, ?2, 1, ?3, 'odd', 'OK', 1, ?4)";
        let span = format!("odd{rowid}");
        writer.execute(sql, (rowid, trace.as_str(), span.as_str(), content)).expect("written");
    };
    put(-7, &"{\"attributes\": {\"a\": \"zebra");
    put(i64::MAX, &b"{\"attributes\": {\"a\": \"zebra \xff\"}}".as_slice());
    put(1 << 40, &"{\"attributes\": {\"a\": \"\\\"ze\\\\u0062ra \\\\ud83e NaN\\\"\", \"b\": NaN}}");
    put(1 << 41, &"");
    let deep = format!("{{\"attributes\": {{\"a\": {}\"zebra\"{}}}}}", "[".repeat(5_000), "]".repeat(5_000));
    put(1 << 42, &deep);
    drop(writer);
    let mut store = reader(&path);
    let search = Search::new(plain("zebra"), SearchScope::Store).expect("a pattern");
    let cx = ReadCx::new();
    let (hits, done) = searched(&mut *store, &cx, &search, None);
    let told: Vec<String> = lines(&hits).iter().map(|line| line.split_once(' ').expect("two").1.to_owned()).collect();
    assert_eq!(told.len(), 3, "a letter that no writer escapes is not looked for: {told:?}");
    assert!(told[0].ends_with("other.content") && told.iter().any(|line| line.ends_with("attributes.a")), "{told:?}");
    assert!(done.is_complete && !cx.take_warnings().is_empty());
    let replaced = found(&mut *store, plain("\u{fffd}"), SearchScope::Store);
    assert!(replaced.len() >= 2, "{replaced:?}");
    // A page of the table that is no page any more.
    drop(store);
    let before = found(&mut *reader(&path), plain("e"), SearchScope::Store).len();
    let mut bytes = fs::read(&path).expect("read");
    let root: usize = sql(&path, "select cast(rootpage as text) from sqlite_master where name = 'spans'")[0][0]
        .parse()
        .expect("a page");
    let size = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let leaf = {
        let page = &bytes[(root - 1) * size..root * size];
        assert_eq!(page[0], 5, "the root has children");
        let cell = usize::from(u16::from_be_bytes([page[14], page[15]]));
        u32::from_be_bytes([page[cell], page[cell + 1], page[cell + 2], page[cell + 3]]) as usize
    };
    bytes[(leaf - 1) * size..leaf * size].fill(0xab);
    fs::write(&path, bytes).expect("written");
    let cx = ReadCx::new();
    let search = Search::new(plain("e"), SearchScope::Store).expect("a pattern");
    let (hits, done) = searched(&mut *reader(&path), &cx, &search, None);
    assert!(hits.len() < before && hits.len() * 2 > before, "{} of {before}", hits.len());
    assert!(done.is_complete && !cx.take_warnings().is_empty());
}
