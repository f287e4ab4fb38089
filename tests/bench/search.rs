//! What looking for text in all spans costs beside SQLite's own `instr` over the same rows in the same run, and when
//! the first hit is there.
//!
//! `count(*)` says how many rows hold the bytes, a search what stands where: with many hits that is most of the work.
//! So a statement that gives a piece of each row's text stands beside it (`its rows`), and what the window does: it lists
//! the first hits (`listed`) and counts in how many of the spans behind them the text may stand (`window`).

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use cpu_time::ProcessTime;
use dspyglass::model::{Reveal, SearchPattern};
use dspyglass::query::ask::Session;
use dspyglass::query::{self, Search, SpanCount};
use dspyglass::store::{OpenOptions, ReadCx, SearchScope, SpanHit, StoreError, open};
use rusqlite::Connection;

use crate::{Failure, connect, median};

const ROUNDS: usize = 5;
/// So many hits are listed in the window before it asks for more.
const LISTED: usize = 2_000;
/// Spans that are looked into for words.
const SAMPLE: i64 = 3_000;

/// Measures and prints.
pub fn measure(database: &Path) -> Result<(), Failure> {
    let raw = connect(database)?;
    let sql = "select count(*), sum(octet_length(content)), max(rowid) from spans";
    let (spans, bytes, last): (i64, f64, i64) =
        raw.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let words = words(&raw, last)?;
    let word = |share: f64| {
        let distance = |of: &usize| (*of as f64 - share * SAMPLE as f64).abs();
        words.iter().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)).then(a.0.cmp(b.0))).map(|(word, _)| &**word)
    };
    let (rare, usual) = (word(0.01).ok_or("no words")?, word(0.3).ok_or("no words")?);
    // Names of attributes are in every record, and are not what it says.
    let values = words_of_values(&raw, last)?;
    let common = values.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map(|(word, _)| &**word);
    let common = common.ok_or("no words")?;
    let plain = |text: &str| SearchPattern { text: text.to_owned(), ..SearchPattern::default() };
    let regex = |text: String| SearchPattern { is_regex: true, ..plain(&text) };
    let cases = [
        ("plain, in one span of a hundred", plain(rare)),
        ("plain, nowhere", plain("no such words")),
        ("plain, in every third span", plain(usual)),
        ("plain, in nearly every span", plain(common)),
        ("plain, the same in quotes", plain(&format!("\"{common}\""))),
        ("plain, quotes and a line break", plain(&format!("\"{rare}\"\n"))),
        ("plain, Chinese", plain("退款政策")),
        ("ignoring case", SearchPattern { ignores_case: true, ..plain(&rare.to_uppercase()) }),
        ("ignoring case, nowhere", SearchPattern { ignores_case: true, ..plain("NO such words") }),
        ("ignoring case, Greek, nowhere", SearchPattern { ignores_case: true, ..plain("Ελλάδα") }),
        ("whole word", SearchPattern { is_whole_word: true, ..plain(rare) }),
        ("regex that begins with a word", regex(format!(r"\b{rare}\w*\s+\w+"))),
        ("regex that ignores case", SearchPattern { ignores_case: true, ..regex(format!(r"{rare}s?\b")) }),
        ("regex of classes alone, nowhere", regex(r"[A-Z]{3}-\d{4}-[a-z]{2}".to_owned())),
    ];
    println!(
        "\n{}: {spans} spans of {:.0} MB in all; median of {ROUNDS}, warm; instr is \
         `select count(*) from spans where instr(content, …)` in the same round",
        database.display(),
        bytes / 1e6
    );
    println!(
        "{:<36} {:>9} {:>9} {:>9} {:>7} {:>9} {:>7} {:>11} {:>9} {:>9} {:>7} {:>10} {:>10}",
        "milliseconds",
        "search",
        "its CPU",
        "instr",
        "ratio",
        "its rows",
        "ratio",
        "first hit",
        "listed",
        "window",
        "ratio",
        "hits",
        "at most"
    );
    for (what, pattern) in cases {
        let search = Search::new(pattern.clone(), SearchScope::Store)?;
        let mut hits = 0;
        let (mut ours, mut cpu, mut theirs, mut rows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut firsts, mut listed, mut window, mut counted) = (Vec::new(), Vec::new(), Vec::new(), None);
        let needle = if pattern.is_regex { rare } else { &pattern.text };
        for round in 0..=ROUNDS {
            let start = Instant::now();
            let sql = "select count(*) from spans where instr(content, ?1)";
            let count: i64 = raw.query_row(sql, [needle], |row| row.get(0))?;
            std::hint::black_box(count);
            let instr = ms(start);
            let of_rows = ms_of_rows(&raw, needle)?;
            let (start, worked) = (Instant::now(), ProcessTime::now());
            let mut store = open(database, &OpenOptions::default())?;
            let (cx, mut first, mut enough) = (ReadCx::new(), None, None);
            hits = 0;
            query::search(&mut Session::alone(&mut *store, &cx), &search, None, |some: &[SpanHit], _| {
                if !some.is_empty() && first.is_none() {
                    first = Some(ms(start));
                }
                hits += some.len();
                if hits >= LISTED && enough.is_none() {
                    enough = Some(ms(start));
                }
                Ok::<_, StoreError>(ControlFlow::Continue(()))
            })?;
            let (of_search, worked_for) = (ms(start), worked.elapsed().as_secs_f64() * 1000.0);
            let of_window;
            (counted, of_window) = ms_of_window(database, &search)?;
            // The first round warms the cache.
            if round > 0 {
                ours.push(of_search);
                listed.push(enough.unwrap_or(of_search));
                window.push(of_window);
                rows.push(of_rows);
                cpu.push(worked_for);
                theirs.push(instr);
                firsts.extend(first);
            }
        }
        let (ours, cpu, theirs, rows, listed) =
            (median(ours), median(cpu), median(theirs), median(rows), median(listed));
        let first = if firsts.is_empty() { "–".to_owned() } else { format!("{:.1}", median(firsts)) };
        let window = median(window);
        let (ratio, to_rows, of_window) = (ours / theirs, ours / rows, window / theirs);
        let at_most = counted.map_or_else(|| "–".to_owned(), |count| count.at_most.to_string());
        println!(
            "{what:<36} {ours:>9.0} {cpu:>9.0} {theirs:>9.0} {ratio:>6.2}× {rows:>9.0} {to_rows:>6.2}× {first:>11} \
             {listed:>9.0} {window:>9.0} {of_window:>6.2}× {hits:>10} {at_most:>10}"
        );
    }
    Ok(())
}

/// What the window does, and how long that takes: the first hits are listed, and the rest is counted.
fn ms_of_window(database: &Path, search: &Search) -> Result<(Option<SpanCount>, f64), Failure> {
    let start = Instant::now();
    let mut store = open(database, &OpenOptions::default())?;
    // What is no plain text is counted only where secrets are shown.
    let reveal = if search.pattern().is_regex { Reveal::Revealed } else { Reveal::Masked };
    let cx = ReadCx::new().with_reveal(reveal);
    let mut session = Session::alone(&mut *store, &cx);
    let take = |_: &[SpanHit], _| Ok::<_, StoreError>(ControlFlow::Continue(()));
    let done = query::search(&mut session, search, Some(LISTED), take)?;
    let count = query::count_behind(&mut session, search, &done)?;
    Ok((count, ms(start)))
}

/// What the same statement costs where it gives which row it is and the text around the place.
fn ms_of_rows(raw: &Connection, needle: &str) -> Result<f64, Failure> {
    let sql = "select rowid, trace_id, span_id, name, type, substr(content, max(1, instr(content, ?1) - 60), 160) \
               from spans where instr(content, ?1)";
    let (start, mut statement, mut bytes) = (Instant::now(), raw.prepare(sql)?, 0);
    let mut rows = statement.query([needle])?;
    while let Some(row) = rows.next()? {
        for column in 1..6 {
            bytes += row.get_ref(column)?.as_str_or_null()?.map_or(0, str::len);
        }
    }
    std::hint::black_box(bytes);
    Ok(ms(start))
}

/// In how many of some spans each word of letters stands.
fn words(raw: &Connection, last: i64) -> Result<HashMap<String, usize>, Failure> {
    words_by(raw, "select content from spans where rowid = ?1", last)
}

fn words_by(raw: &Connection, sql: &str, last: i64) -> Result<HashMap<String, usize>, Failure> {
    let mut statement = raw.prepare(sql)?;
    let mut found: HashMap<String, usize> = HashMap::new();
    for at in 0..SAMPLE {
        let rowid = 1 + last.saturating_mul(at) / SAMPLE;
        let Ok(content) = statement.query_row([rowid], |row| row.get::<_, String>(0)) else { continue };
        let mut words: Vec<&str> = content.split(|c: char| !c.is_ascii_lowercase()).filter(|w| w.len() > 5).collect();
        words.sort_unstable();
        words.dedup();
        for word in words {
            *found.entry(word.to_owned()).or_default() += 1;
        }
    }
    Ok(found)
}

/// In how many of some spans each word of letters stands in what they were given or gave back.
fn words_of_values(raw: &Connection, last: i64) -> Result<HashMap<String, usize>, Failure> {
    let sql = "select coalesce(json_extract(content, '$.attributes.\"mlflow.spanInputs\"'), '') || ' ' || \
               coalesce(json_extract(content, '$.attributes.\"mlflow.spanOutputs\"'), '') from spans where rowid = ?1";
    words_by(raw, sql, last)
}

fn ms(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}
