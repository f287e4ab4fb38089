//! Grows a recorded store to a size that hurts, by cloning what it really holds: fresh ids and
//! later times, otherwise the same rows. Adds one trace of 20,000 spans and one input of 20 MB.

use std::fs;
use std::path::Path;

use rusqlite::{Connection, params};

/// Tables whose rows are cloned.
const TABLES: [&str; 12] = [
    "runs",
    "metrics",
    "latest_metrics",
    "params",
    "tags",
    "trace_info",
    "trace_request_metadata",
    "trace_tags",
    "trace_metrics",
    "spans",
    "span_metrics",
    "assessments",
];

/// Columns that hold an id of something cloned.
const IDS: [&str; 5] = ["run_uuid", "run_id", "request_id", "trace_id", "assessment_id"];

/// Columns that hold a time in milliseconds.
const TIMES_MS: [&str; 7] = [
    "start_time",
    "end_time",
    "timestamp",
    "timestamp_ms",
    "created_timestamp",
    "last_updated_timestamp",
    "trace_timestamp_ms",
];

/// Each clone starts a minute after the one before it.
const SHIFT_MS: i64 = 60_000;

/// Makes `target` from `source` with `copies` clones of everything.
pub fn grow(source: &Path, target: &Path, copies: usize) -> rusqlite::Result<()> {
    let part = target.with_extension("part");
    let _ = fs::remove_file(&part);
    fs::copy(source, &part).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let db = Connection::open(&part)?;
    db.execute_batch(
        "pragma journal_mode = off; pragma synchronous = off; pragma foreign_keys = off; pragma cache_size = -400000; begin",
    )?;
    for table in TABLES {
        let columns = columns(&db, table)?;
        if columns.is_empty() {
            continue;
        }
        db.execute_batch(&format!("create temp table base as select {} from {table}", columns.join(", ")))?;
        let values: Vec<String> = columns.iter().map(|column| cloned(table, column)).collect();
        let sql = format!("insert into {table} ({}) select {} from temp.base", columns.join(", "), values.join(", "));
        let mut insert = db.prepare(&sql)?;
        for copy in 1..=copies as i64 {
            insert.execute(params![copy, copy * SHIFT_MS])?;
        }
        drop(insert);
        db.execute_batch("drop table temp.base")?;
    }
    add_monsters(&db)?;
    db.execute_batch("commit; pragma optimize")?;
    drop(db);
    fs::rename(&part, target).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The columns of a table that can be written.
pub fn columns(db: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare("select name from pragma_table_xinfo(?1) where hidden = 0")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

/// A column's value in a clone; `?1` is the clone's number, `?2` its shift in milliseconds.
fn cloned(table: &str, column: &str) -> String {
    let fresh = |value: &str| format!("substr({value}, 1, length({value}) - 6) || printf('%06x', ?1)");
    if IDS.contains(&column) {
        fresh(column)
    } else if column == "value" && ["tags", "trace_request_metadata"].contains(&table) {
        let keys = "'mlflow.parentRunId', 'mlflow.sourceRun', 'mlflow.rootRunId'";
        format!("case when key in ({keys}) then {} else value end", fresh("value"))
    } else if TIMES_MS.contains(&column) {
        format!("{column} + ?2")
    } else if ["start_time_unix_nano", "end_time_unix_nano"].contains(&column) {
        format!("{column} + ?2 * 1000000")
    } else {
        // Both parameters must be named in every statement.
        format!("case when ?1 = 0 and ?2 = 0 then null else {column} end")
    }
}

fn add_monsters(db: &Connection) -> rusqlite::Result<()> {
    let (experiment, last): (i64, i64) = db.query_row(
        "select experiment_id, max(timestamp_ms) from trace_info group by 1 order by count(*) desc limit 1",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let trace = |id: &str, start: i64| {
        let sql = "insert into trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status) values (?1, ?2, ?3, 5000, 'OK')";
        db.execute(sql, params![id, experiment, start])
    };
    let sql = "insert into spans (trace_id, experiment_id, span_id, parent_span_id, name, type, status, \
               start_time_unix_nano, end_time_unix_nano, content) values (?1, ?2, ?3, ?4, ?5, ?6, 'OK', ?7, ?8, ?9)";
    let mut span = db.prepare(sql)?;
    let content = |name: &str, inputs: &serde_json::Value| {
        let attributes = serde_json::json!({"mlflow.spanInputs": inputs.to_string(), "mlflow.spanOutputs": "\"ok\""});
        serde_json::json!({"name": name, "status": {"code": "STATUS_CODE_OK"}, "events": [], "attributes": attributes})
            .to_string()
    };
    trace("tr-many-spans", last + 120_000)?;
    let start = (last + 120_000) * 1_000_000;
    for i in 0..20_000i64 {
        let parent = (i > 0).then(|| format!("{:016x}", if i % 40 == 0 { 0 } else { i - 1 }));
        let kind = ["CHAIN", "LLM", "CHAT_MODEL", "TOOL", "PARSER"][(i % 5) as usize];
        let name = format!("step {i}");
        let inputs = serde_json::json!({"i": i, "question": format!("What is {i} + 1?")});
        let (from, to) = (start + i * 1000, start + 5_000_000_000 - i * 1000);
        span.execute(params![
            "tr-many-spans",
            experiment,
            format!("{i:016x}"),
            parent,
            name,
            kind,
            from,
            to,
            content(&name, &inputs)
        ])?;
    }
    trace("tr-huge-input", last + 180_000)?;
    let start = (last + 180_000) * 1_000_000;
    let inputs = serde_json::json!({"document": "lorem ipsum dolor sit amet\n".repeat(20 * 1024 * 1024 / 27)});
    let none: Option<String> = None;
    let end = start + 1_000_000_000;
    span.execute(params![
        "tr-huge-input",
        experiment,
        "00000000000000aa",
        none,
        "huge",
        "CHAIN",
        start,
        end,
        content("huge", &inputs)
    ])?;
    Ok(())
}
