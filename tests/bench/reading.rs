//! `cargo bench` – how long reading takes, beside raw SQLite reading the same rows in the same
//! run, and how long the window takes to show it.
//!
//! Without arguments a store is grown 200-fold from `tests/stores/v3.17` (once, into `target/`);
//! `cargo bench -- FILE.db` measures another one; `cargo bench -- charts`, `runs` or `texts` the
//! charts, the table of runs or the comparing of texts alone, `live` a store with a write-ahead log, `matrix` a large
//! optimization, in a store of its own unless one is named, `costs [FILE.db]` what costs add to opening one, `search [FILE.db]` looking for text, `filters [FILE.db]`
//! filtering and sorting lists of traces, `trace` one trace of many spans. Every figure is the median of several runs,
//! warm, and is printed as measured: nothing passes or fails here.

mod charts;
mod comparing;
mod costs;
mod evolution;
mod filters;
mod grow;
mod live;
mod matrix;
mod matrix_frames;
mod optimization;
mod runs;
mod search;
mod texts;
mod trace;
mod window;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use dspyglass::model::{ExperimentId, TraceId};
use dspyglass::query;
use dspyglass::query::ask::Session;
use dspyglass::store::{OpenOptions, ReadCx, Store, TraceQuery, open};
use rusqlite::{Connection, OpenFlags};

type Failure = Box<dyn std::error::Error>;

const COPIES: usize = 200;
const ROUNDS: usize = 9;

fn main() -> Result<(), Failure> {
    if live::write_if_asked()? {
        return Ok(());
    }
    let asks_for = |part: &str| std::env::args().any(|argument| argument == part);
    if asks_for("charts") {
        return charts::measure();
    }
    if asks_for("runs") {
        return runs::measure();
    }
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let source = home.join("tests/stores/v3.17/mlflow.db");
    if asks_for("trace") {
        return trace::measure(&source);
    }
    if asks_for("live") {
        return live::measure(&source);
    }
    if asks_for("texts") {
        texts::measure();
        evolution::measure()?;
        return comparing::measure();
    }
    let is_part = |argument: &String| ["costs", "filters", "matrix", "search"].contains(&argument.as_str());
    let given =
        std::env::args().skip(1).find(|argument| !argument.starts_with('-') && !is_part(argument)).map(PathBuf::from);
    if asks_for("matrix") {
        return matrix::measure(given, &source);
    }
    if asks_for("costs") {
        return costs::measure(given, &source);
    }
    let database = match given {
        Some(path) => path,
        None => {
            let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("grown-{COPIES}.db"));
            if !target.exists() {
                println!("growing {} into {} …", source.display(), target.display());
                grow::grow(&source, &target, COPIES)?;
            }
            target
        }
    };
    if asks_for("search") {
        return search::measure(&database);
    }
    if asks_for("filters") {
        return filters::measure(&database);
    }
    let raw = connect(&database)?;
    let count = |table: &str| raw.query_row(&format!("select count(*) from {table}"), [], |row| row.get::<_, i64>(0));
    let size = std::fs::metadata(&database)?.len() / (1 << 20);
    println!(
        "{}: {} runs, {} traces, {} spans, {size} MiB; median of {ROUNDS}, milliseconds",
        database.display(),
        count("runs")?,
        count("trace_info")?,
        count("spans")?
    );
    println!("{:<44} {:>10} {:>12} {:>7}", "", "dspyglass", "raw SQLite", "ratio");

    let cx = ReadCx::new();
    let mut store = open(&database, &OpenOptions::default())?;
    let experiment: i64 =
        raw.query_row("select experiment_id from runs group by 1 order by count(*) desc, 1 limit 1", [], |row| {
            row.get(0)
        })?;
    let id = ExperimentId::from(experiment.to_string());

    row(
        "open",
        || open(&database, &OpenOptions::default()).is_ok(),
        || connect(&database).and_then(|db| db.query_row("select count(*) from sqlite_master", [], |_| Ok(()))).is_ok(),
    );
    if source.exists() && source != database {
        row(
            "open (first column), the store it grew from",
            || open(&database, &OpenOptions::default()).is_ok(),
            || open(&source, &OpenOptions::default()).is_ok(),
        );
    }
    row(
        "experiments with counts",
        || query::experiments(&mut Session::alone(&mut *store, &cx), false).map(|found| found.len()).unwrap_or(0),
        || {
            raw_bytes(&raw, "select * from experiments", &[])
                + raw_bytes(
                    &raw,
                    "select experiment_id, count(*) from runs where lifecycle_stage is not 'deleted' group by 1",
                    &[],
                )
                + raw_bytes(&raw, "select experiment_id, count(*) from trace_info group by 1", &[])
        },
    );
    row(
        "runs of the largest experiment, all values",
        || {
            query::run_table(&mut Session::alone(&mut *store, &cx), Some(&id), false)
                .map(|table| table.rows.len())
                .unwrap_or(0)
        },
        || {
            let of = |table: &str, columns: &str| {
                let sql = format!(
                    "select v.run_uuid, {columns} from runs r cross join {table} v on v.run_uuid = r.run_uuid \
                     where r.experiment_id = {experiment} and r.lifecycle_stage is not 'deleted'"
                );
                raw_bytes(&raw, &sql, &[])
            };
            raw_bytes(&raw, &format!("select * from runs where experiment_id = {experiment}"), &[])
                + of("params", "v.key, v.value")
                + of("tags", "v.key, v.value")
                + of("latest_metrics", "v.key, v.value, v.timestamp, v.step, v.is_nan")
        },
    );
    traces(&mut *store, &raw, &cx, &id);
    one_trace(&database, &mut *store, &raw, &cx)?;
    drop(store);
    search::measure(&database)?;
    filters::measure(&database)?;
    texts::measure();
    evolution::measure()?;
    comparing::measure()?;
    live::measure(&source)?;
    window::measure(&database, &source)?;
    trace::measure(&source)?;
    charts::measure()?;
    runs::measure()?;
    matrix::measure(None, &source)
}

fn traces(store: &mut dyn Store, raw: &Connection, cx: &ReadCx, experiment: &ExperimentId) {
    let newest = TraceQuery { limit: Some(100), ..TraceQuery::default() };
    row(
        "the 100 newest traces",
        || {
            let index = store.trace_index(cx, &newest).unwrap_or_default();
            store.trace_rows(cx, &index.handles).map(|rows| rows.len()).unwrap_or(0)
        },
        || {
            let sql = "select request_id from trace_info order by timestamp_ms desc, request_id desc limit 100";
            raw_texts(raw, sql)
                .iter()
                .map(|trace| {
                    raw_bytes(raw, "select * from trace_info where request_id = ?1", &[trace])
                        + raw_bytes(
                            raw,
                            "select key, value from trace_request_metadata where request_id = ?1",
                            &[trace],
                        )
                        + raw_bytes(raw, "select key, value from trace_tags where request_id = ?1", &[trace])
                })
                .sum::<usize>()
                + raw_bytes(raw, "select count(*) from trace_info", &[])
        },
    );
    let all = TraceQuery { experiment: Some(experiment.clone()), ..TraceQuery::default() };
    row(
        "all trace handles of the largest experiment",
        || store.trace_index(cx, &all).map(|index| index.handles.len()).unwrap_or(0),
        || {
            let sql = "select rowid from trace_info where experiment_id = cast(?1 as integer) order by timestamp_ms desc, request_id desc";
            raw_bytes(raw, sql, &[experiment.as_str()])
        },
    );
}

fn one_trace(database: &Path, store: &mut dyn Store, raw: &Connection, cx: &ReadCx) -> Result<(), Failure> {
    let largest = |limit: &str| -> Result<String, Failure> {
        let sql =
            format!("select trace_id from spans group by 1 having count(*) {limit} order by count(*) desc limit 1");
        Ok(raw.query_row(&sql, [], |row| row.get(0))?)
    };
    for (what, trace) in
        [("the tree of an ordinary trace", largest("<= 40")?), ("the tree of the largest trace", largest("> 0")?)]
    {
        let id = TraceId::from(trace.as_str());
        let spans = store.spans(cx, &id)?.len();
        row(
            &format!("{what} ({spans} spans)"),
            || query::trace_tree(&mut Session::alone(store, cx), &id).is_ok(),
            || {
                let sql = "select span_id, parent_span_id, name, type, status, start_time_unix_nano, end_time_unix_nano \
                           from spans where trace_id = ?1";
                raw_bytes(raw, sql, &[&trace]) > 0
            },
        );
        row(
            &format!("the same as JSON, by the terminal ({spans} spans)"),
            || {
                let mut terminal = Command::new(env!("CARGO_BIN_EXE_dspyglass"));
                let terminal = terminal.arg("trace").arg(database).args([&trace, "--json"]).stdout(Stdio::null());
                terminal.status().is_ok_and(|status| status.success())
            },
            || raw_bytes(raw, "select * from spans where trace_id = ?1", &[&trace]) > 0,
        );
    }
    let largest_body: (String, i64) = raw.query_row(
        "select trace_id, rowid from spans where trace_id in (select request_id from trace_info order by timestamp_ms desc limit 200) \
         order by length(content) desc limit 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let ordinary = largest("<= 40")?;
    let ordinary_row: i64 =
        raw.query_row("select max(rowid) from spans where trace_id = ?1", [&ordinary], |row| row.get(0))?;
    for (what, (trace, rowid)) in [("one ordinary body", (ordinary, ordinary_row)), ("the largest body", largest_body)]
    {
        let id = TraceId::from(trace.as_str());
        let heads = store.spans(cx, &id)?;
        let Some(head) = heads.iter().find(|head| head.handle.0 == rowid as u64) else { continue };
        let bytes: i64 =
            raw.query_row("select length(content) from spans where rowid = ?1", [rowid], |row| row.get(0))?;
        row(
            &format!("{what} ({bytes} characters), decoded"),
            || store.span_body(cx, &id, head.handle).is_ok(),
            || raw_bytes(raw, &format!("select content from spans where rowid = {rowid}"), &[]) > 0,
        );
    }
    Ok(())
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// Reads every column of every row and copies it, as any reader must.
fn raw_bytes(db: &Connection, sql: &str, params: &[&str]) -> usize {
    use rusqlite::types::ValueRef;
    let read = || -> rusqlite::Result<usize> {
        let mut statement = db.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let mut sum = 0;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                sum += match row.get_ref(column)? {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => black_box(bytes.to_vec()).len(),
                    ValueRef::Integer(number) => black_box(number) as usize & 1,
                    _ => 1,
                };
            }
        }
        Ok(sum)
    };
    read().unwrap_or(0)
}

fn raw_texts(db: &Connection, sql: &str) -> Vec<String> {
    let read = || -> rusqlite::Result<Vec<String>> {
        let mut statement = db.prepare_cached(sql)?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    read().unwrap_or_default()
}

/// Runs both in turn, so that a machine that slows down slows both, and prints the medians.
fn row<T, U>(what: &str, mut ours: impl FnMut() -> T, mut raw: impl FnMut() -> U) {
    black_box(ours());
    black_box(raw());
    let (mut our_times, mut raw_times) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        our_times.push(milliseconds(&mut ours));
        raw_times.push(milliseconds(&mut raw));
    }
    let (ours, raw) = (median(our_times), median(raw_times));
    println!("{what:<44} {ours:>10.2} {raw:>12.2} {:>6.2}×", ours / raw);
}

fn milliseconds<T>(work: &mut impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64() * 1000.0
}

/// The middle one.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
