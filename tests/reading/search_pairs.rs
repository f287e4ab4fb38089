//! A search of a large table reads with two connections at once, and finds the same in the same order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use dspyglass::model::{Matcher, SearchPattern};
use dspyglass::store::{ReadCx, SearchScope, Sought, SpanHit, SpanSearch, Store};

use crate::support::{reader, recorded};

/// Rows stand in blocks of so many places.
const BLOCK: i64 = 2_048;

fn sought(text: &str) -> Sought {
    let pattern = SearchPattern { text: text.to_owned(), ..SearchPattern::default() };
    Sought::hits(Arc::new(Matcher::new(&pattern).expect("a pattern")))
}

/// How many spans are counted, and of how many: behind a first page that ends at once all of them.
fn counted(store: &mut dyn Store, text: &str) -> [u64; 2] {
    let (mut count, mut cursor, mut within) = ([0, 0], None, Duration::ZERO);
    loop {
        let sought = Sought { is_counted: true, ..sought(text) };
        let search = SpanSearch { sought, scope: SearchScope::Store, cursor, most: 1, within };
        let page = store.search_page(&ReadCx::new(), &search).expect("counted");
        count = [count[0] + page.in_spans, count[1] + page.spans];
        let Some(next) = page.next else { return count };
        (cursor, within) = (Some(next), Duration::from_secs(60));
    }
}

/// What is found page by page, and how much the fullest page holds.
fn found(store: &mut dyn Store, text: &str) -> (Vec<SpanHit>, usize) {
    let sought = sought(text);
    let (mut hits, mut cursor, mut fullest) = (Vec::new(), None, 0);
    loop {
        let within = Duration::from_secs(60);
        let search = SpanSearch { sought: sought.clone(), scope: SearchScope::Store, cursor, most: 1, within };
        let page = store.search_page(&ReadCx::new(), &search).expect("searched");
        fullest = fullest.max(page.hits.len());
        hits.extend(page.hits);
        let Some(next) = page.next else { return (hits, fullest) };
        cursor = Some(next);
    }
}

/// The rows in the order in which they are looked at: block after block from the last, each forwards.
fn in_order(mut rows: Vec<i64>) -> Vec<i64> {
    rows.sort_unstable();
    let mut ordered = Vec::new();
    while let Some(last) = rows.last() {
        let begin = rows.partition_point(|row| *row <= last - BLOCK);
        ordered.extend(rows.drain(begin..));
    }
    ordered
}

/// In which block each of these rows is.
fn block_of(ordered: &[i64]) -> Vec<usize> {
    let mut block = 0;
    let begins = |at: usize| usize::from(at > 0 && ordered[at] < ordered[at - 1]);
    (0..ordered.len())
        .map(|at| {
            block += begins(at);
            block
        })
        .collect()
}

#[test]
fn two_connections_find_what_one_finds_in_the_same_order() {
    let database = recorded().join("v3.17/mlflow.db");
    let folder = tempfile::tempdir().expect("a folder");
    let spread = folder.path().join("mlflow.db");
    std::fs::copy(&database, &spread).expect("copied");
    let conn = rusqlite::Connection::open(&spread).expect("opened");
    // Rows that lie far apart make a table as large as one of many rows.
    conn.execute_batch(
        "pragma foreign_keys = off; update spans set rowid = -rowid; update spans set rowid = rowid * -200",
    )
    .expect("spread");
    let mut statement = conn.prepare("select rowid from spans").expect("a statement");
    let rows = statement.query_map([], |row| row.get(0)).expect("asked").map(|row| row.expect("a row")).collect();
    let ordered: Vec<i64> = in_order(rows);
    let blocks: Vec<usize> = block_of(&ordered);
    assert!(ordered.iter().max() > Some(&(16 * BLOCK)));
    drop(statement);
    drop(conn);
    let has_two = std::thread::available_parallelism().is_ok_and(|threads| threads.get() > 1);
    for text in ["e", "answer", "\"answer\"", "no such words anywhere"] {
        let told = |hits: &[SpanHit]| -> HashSet<String> {
            hits.iter().map(|hit| format!("{} {} {:?}", hit.trace, hit.span_id, hit.found)).collect()
        };
        let (hits, fullest) = found(&mut *reader(&spread), text);
        let (wanted, _) = found(&mut *reader(&database), text);
        assert_eq!((hits.len(), told(&hits)), (wanted.len(), told(&wanted)), "{text}");
        let counted = counted(&mut *reader(&spread), text);
        assert_eq!(counted, self::counted(&mut *reader(&database), text), "{text}");
        let mut seen: Vec<i64> = hits.iter().map(|hit| i64::try_from(hit.handle.0).expect("a row")).collect();
        seen.dedup();
        let found_in: HashSet<i64> = seen.iter().copied().collect();
        let expected: Vec<i64> = ordered.iter().copied().filter(|row| found_in.contains(row)).collect();
        assert_eq!(seen, expected, "{text}");
        let block =
            |hit: &SpanHit| ordered.iter().position(|row| hit.handle.0 == row.unsigned_abs()).map(|at| blocks[at]);
        let mut of_block = HashMap::new();
        hits.iter().for_each(|hit| *of_block.entry(block(hit)).or_insert(0) += 1);
        let most = of_block.values().copied().max().unwrap_or(0);
        assert!(fullest > most || !has_two || hits.is_empty(), "a page holds two blocks: {fullest}, {most}");
    }
}
