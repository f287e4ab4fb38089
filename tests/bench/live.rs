//! A store with a write-ahead log: an optimization of 2,000 children while another process has the
//! store open, beside the same store without a log in the same run.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use dspyglass::model::RunId;
use dspyglass::query;
use dspyglass::query::ask::Session;
use dspyglass::store::{OpenOptions, ReadCx, open};
use rusqlite::{Connection, params};

use crate::{Failure, grow, row};

const CHILDREN: usize = 2_000;

/// Of each child, so many traces are cloned.
const TRACES: usize = 3;

/// Says to this program, started anew, that it is the writer, and of which database.
const WRITES_TO: &str = "DSPYGLASS_BENCH_WRITES_TO";

/// How long it waits between two commits, in milliseconds; 0: it only has the database open.
const EVERY_MS: &str = "DSPYGLASS_BENCH_EVERY_MS";

/// Measures and prints.
pub fn measure(source: &Path) -> Result<(), Failure> {
    let home = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let plain = home.path().join("plain.db");
    let parent = many_children(source, &plain)?;
    println!("\nan optimization of {CHILDREN} children, opened and read, milliseconds (second column: no log)");
    let read = |database: &Path| -> Result<usize, Failure> {
        let mut store = open(database, &OpenOptions::default())?;
        let found =
            query::optimization(&mut Session::alone(&mut *store, &ReadCx::new()), &parent)?.ok_or("no such run")?;
        Ok(found.evaluations.len())
    };
    for (what, every_ms) in
        [("a writer has it open", 0), ("a commit every second", 1_000), ("a commit every 100 ms", 100)]
    {
        let logged = home.path().join("logged.db");
        std::fs::copy(&plain, &logged)?;
        let writer = Writer::start(&logged, every_ms)?;
        if read(&logged)? != read(&plain)? {
            return Err("the two stores do not tell the same".into());
        }
        row(what, || read(&logged).ok(), || read(&plain).ok());
        if every_ms == 0 {
            let left = home.path().join("left.db");
            for ending in ["", "-wal", "-shm"] {
                std::fs::copy(with_ending(&logged, ending), with_ending(&left, ending))?;
            }
            row("side files that a writer left behind", || read(&left).ok(), || read(&plain).ok());
        }
        writer.leave()?;
    }
    Ok(())
}

/// If this process was started to write: does it until its input ends.
pub fn write_if_asked() -> Result<bool, Failure> {
    let Some(database) = std::env::var_os(WRITES_TO) else { return Ok(false) };
    let every_ms: u64 = std::env::var(EVERY_MS)?.parse()?;
    let db = Connection::open(database)?;
    let commit = "update runs set end_time = end_time + 1 where run_uuid = (select min(run_uuid) from runs)";
    let _mode: String = db.query_row("pragma journal_mode = wal", [], |row| row.get(0))?;
    db.execute(commit, [])?;
    println!("READY");
    let (sender, is_over) = std::sync::mpsc::sync_channel::<()>(1);
    std::thread::Builder::new().name("until-input-ends".to_owned()).spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        drop(sender);
    })?;
    let pause = if every_ms == 0 { Duration::MAX } else { Duration::from_millis(every_ms) };
    while is_over.recv_timeout(pause) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
        db.execute(commit, [])?;
    }
    Ok(true)
}

/// The other process.
struct Writer(Child);

impl Writer {
    fn start(database: &Path, every_ms: u64) -> Result<Self, Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .env(WRITES_TO, database)
            .env(EVERY_MS, every_ms.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().ok_or("no output")?).read_line(&mut line)?;
        if line.trim() == "READY" { Ok(Self(process)) } else { Err("the writer did not start".into()) }
    }

    fn leave(mut self) -> Result<(), Failure> {
        drop(self.0.stdin.take());
        let status = self.0.wait()?;
        if status.success() { Ok(()) } else { Err("the writer failed".into()) }
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(ending);
    name.into()
}

/// A copy of `source` in which the largest optimization has [`CHILDREN`] children, clones of those that it has.
fn many_children(source: &Path, target: &Path) -> Result<RunId, Failure> {
    std::fs::copy(source, target)?;
    let db = Connection::open(target)?;
    db.execute_batch("pragma journal_mode = delete; pragma synchronous = off; pragma foreign_keys = off; begin")?;
    let parent: String = db.query_row(
        "select value from tags where key = 'mlflow.parentRunId' group by 1 order by count(*) desc, 1 limit 1",
        [],
        |row| row.get(0),
    )?;
    let children = texts(&db, "select run_uuid from tags where key = 'mlflow.parentRunId' and value = ?1", &parent)?;
    for number in 0..CHILDREN {
        let old = &children[number % children.len()];
        let new = format!("{}{number:06x}", &old[..26]);
        let shift = number as i64 * 1_000;
        for table in ["runs", "params", "metrics", "latest_metrics", "tags"] {
            clone_rows(&db, table, "run_uuid", (old, &new), shift)?;
        }
        let traces = "select request_id from trace_request_metadata where key = 'mlflow.sourceRun' and value = ?1";
        for trace in texts(&db, traces, old)?.iter().take(TRACES) {
            let copy = format!("{}{number:06x}", &trace[..trace.len() - 6]);
            for table in ["trace_info", "trace_tags", "trace_request_metadata"] {
                clone_rows(&db, table, "request_id", (trace, &copy), shift)?;
            }
            let sql = "update trace_request_metadata set value = ?1 where key = 'mlflow.sourceRun' and request_id = ?2";
            db.execute(sql, params![new, copy])?;
        }
    }
    db.execute_batch("commit")?;
    Ok(RunId::from(parent))
}

fn clone_rows(db: &Connection, table: &str, key: &str, ids: (&str, &str), shift: i64) -> rusqlite::Result<usize> {
    let columns = grow::columns(db, table)?;
    let value = |column: &String| match column.as_str() {
        column if column == key => "?2".to_owned(),
        "start_time" | "end_time" | "timestamp_ms" => format!("{column} + ?3"),
        column => format!("case when ?3 is null then null else {column} end"),
    };
    let values: Vec<String> = columns.iter().map(value).collect();
    let sql = format!(
        "insert into {table} ({}) select {} from {table} where {key} = ?1",
        columns.join(", "),
        values.join(", ")
    );
    db.prepare_cached(&sql)?.execute(params![ids.0, ids.1, shift])
}

fn texts(db: &Connection, sql: &str, id: &str) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached(sql)?.query_map([id], |row| row.get(0))?.collect()
}
