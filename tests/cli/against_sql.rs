//! Documents compared with what plain SQL says.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use super::{databases, document, text};

/// The rows of a question, every column as JSON.
pub fn rows(database: &Path, sql: &str) -> Vec<Vec<Value>> {
    let conn = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
    let mut statement = conn.prepare(sql).expect(sql);
    let columns = statement.column_count();
    let mut found = Vec::new();
    let mut rows = statement.query([]).expect("asked");
    while let Some(row) = rows.next().expect("a row") {
        let value = |column| match row.get_ref(column).expect("a column") {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => json!(number),
            ValueRef::Real(number) => json!(number),
            ValueRef::Text(text) | ValueRef::Blob(text) => json!(String::from_utf8_lossy(text)),
        };
        found.push((0..columns).map(value).collect());
    }
    found
}

fn one(database: &Path, sql: &str) -> Value {
    rows(database, sql).remove(0).remove(0)
}

fn has(database: &Path, table: &str, column: &str) -> bool {
    let sql = format!("select count(*) from pragma_table_xinfo('{table}') where name = '{column}'");
    one(database, &sql) == json!(1)
}

/// What `documents` say under some keys, row by row.
fn picked(list: &Value, keys: &[&str]) -> Vec<Vec<Value>> {
    let pick = |item: &Value| keys.iter().map(|key| item[*key].clone()).collect();
    list.as_array().expect("a list").iter().map(pick).collect()
}

fn sorted(mut rows: Vec<Vec<Value>>) -> Vec<Vec<Value>> {
    rows.sort_by_key(|row| format!("{row:?}"));
    rows
}

/// MLflow's way to store a number, undone.
fn number(value: &Value, is_nan: &Value) -> Value {
    match value.as_f64() {
        _ if *is_nan == json!(1) => json!("NaN"),
        Some(f64::MAX) => json!("Infinity"),
        Some(f64::MIN) => json!("-Infinity"),
        Some(number) => json!(number),
        None => Value::Null,
    }
}

#[test]
fn experiments() {
    for database in databases() {
        let got = document(&["experiments", text(&database), "--deleted"]);
        let sql = "select cast(e.experiment_id as text), e.name, e.lifecycle_stage, e.creation_time,
            (select count(*) from runs r where r.experiment_id = e.experiment_id and lifecycle_stage != 'deleted'),
            (select count(*) from trace_info t where t.experiment_id = e.experiment_id)
            from experiments e order by e.experiment_id";
        let keys = ["id", "name", "lifecycle_stage", "creation_time_ms", "runs", "traces"];
        assert_eq!(picked(&got["experiments"], &keys), rows(&database, sql), "{database:?}");
    }
}

#[test]
fn runs_with_their_values() {
    for database in databases() {
        let got = document(&["runs", text(&database), "--reveal"]);
        let sql = "select run_uuid, name, cast(experiment_id as text), status, start_time, end_time
            from runs where lifecycle_stage != 'deleted'";
        let keys = ["id", "name", "experiment_id", "status", "start_time_ms", "end_time_ms"];
        assert_eq!(sorted(picked(&got["runs"], &keys)), sorted(rows(&database, sql)), "{database:?}");
        let starts: Vec<i64> = picked(&got["runs"], &["start_time_ms"]).iter().filter_map(|r| r[0].as_i64()).collect();
        assert!(starts.is_sorted(), "{database:?}");
        for run in got["runs"].as_array().expect("a list") {
            let id = run["id"].as_str().expect("an id");
            for (key, table) in [("params", "params"), ("tags", "tags")] {
                let sql = format!("select key, value from {table} where run_uuid = '{id}' order by key");
                let wanted: BTreeMap<String, Value> = rows(&database, &sql)
                    .into_iter()
                    .map(|mut row| (row[0].as_str().expect("a key").to_owned(), row.remove(1)))
                    .collect();
                assert_eq!(run[key], json!(wanted), "{key} of {id} in {database:?}");
            }
            let sql = format!("select key, value, is_nan from latest_metrics where run_uuid = '{id}' order by key");
            let wanted: BTreeMap<String, Value> = rows(&database, &sql)
                .iter()
                .map(|row| (row[0].as_str().expect("a key").to_owned(), number(&row[1], &row[2])))
                .collect();
            assert_eq!(run["metrics"], json!(wanted), "metrics of {id} in {database:?}");
            let sql = format!("select value from tags where run_uuid = '{id}' and key = 'mlflow.parentRunId'");
            match rows(&database, &sql).first() {
                Some(parent) => assert_eq!((&run["parent_id"], &run["parent_inferred"]), (&parent[0], &json!(false))),
                None => assert_eq!(run["parent_id"].is_null(), run["parent_inferred"] == json!(false)),
            }
        }
    }
}

#[test]
fn runs_without_parent_are_adopted() {
    let mut adopted = 0;
    for database in databases() {
        let got = document(&["runs", text(&database)]);
        for run in got["runs"].as_array().expect("a list").iter().filter(|run| run["parent_inferred"] == json!(true)) {
            let (parent, start) = (run["parent_id"].as_str().expect("a parent"), &run["start_time_ms"]);
            assert!(run["name"].as_str().expect("a name").starts_with("eval_full_"));
            let sql = format!(
                "select count(*) from runs where run_uuid = '{parent}' and experiment_id = {} and start_time <= {start}
                 and coalesce(end_time, {start}) >= {start}
                 and exists (select 1 from tags where key = 'mlflow.parentRunId' and value = '{parent}')",
                run["experiment_id"].as_str().expect("an id")
            );
            assert_eq!(one(&database, &sql), json!(1), "{run}");
            adopted += 1;
        }
    }
    assert!(adopted > 0, "GEPA with DSPy 3.4 is among the recordings");
}

#[test]
fn filters() {
    for database in databases() {
        let count = |filter: &str| {
            let got = document(&["runs", text(&database), "--filter", filter]);
            got["runs"].as_array().expect("a list").len()
        };
        let counted = |condition: &str| {
            let sql = format!("select count(*) from runs r where lifecycle_stage != 'deleted' and {condition}");
            usize::try_from(one(&database, &sql).as_i64().expect("a count")).expect("small")
        };
        let metric = "exists (select 1 from latest_metrics m where m.run_uuid = r.run_uuid and key = 'eval' \
                      and is_nan = 0 and value > 40)";
        assert_eq!(count("metrics.eval > 40"), counted(metric), "{database:?}");
        assert_eq!(count("not metrics.eval > 40"), counted(&format!("not {metric}")), "{database:?}");
        assert_eq!(
            count("status = 'FINISHED' and run_name LIKE 'eval%'"),
            counted("status = 'FINISHED' and name glob 'eval*'")
        );
        assert_eq!(
            count("status IN ('RUNNING') or run_name ~ 'full'"),
            counted("(status = 'RUNNING' or instr(name, 'full'))")
        );
    }
}

#[test]
fn metrics_hold_every_point() {
    for database in databases() {
        let ids = rows(&database, "select run_uuid from metrics group by run_uuid order by count(*) desc limit 5");
        for id in ids.iter().filter_map(|row| row[0].as_str()) {
            let got = document(&["metrics", text(&database), id]);
            let sql = format!(
                "select key, step, timestamp, value, is_nan from metrics where run_uuid = '{id}'
                 order by key, step, timestamp, is_nan, value"
            );
            let mut wanted: BTreeMap<String, Vec<Value>> = BTreeMap::new();
            for row in rows(&database, &sql) {
                let point = json!({"step": row[1], "timestamp_ms": row[2], "value": number(&row[3], &row[4])});
                wanted.entry(row[0].as_str().expect("a key").to_owned()).or_default().push(point);
            }
            assert_eq!(got["metrics"], json!(wanted), "{id} in {database:?}");
        }
    }
}

#[test]
fn traces_newest_first() {
    for database in databases() {
        let got = document(&["traces", text(&database)]);
        let sql = "select request_id, cast(experiment_id as text), status, timestamp_ms, execution_time_ms
            from trace_info order by timestamp_ms desc, request_id desc";
        let keys = ["id", "experiment_id", "status", "start_time_ms", "duration_ms"];
        let wanted = rows(&database, sql);
        assert_eq!(got["total"], json!(wanted.len()));
        assert_eq!(picked(&got["traces"], &keys), wanted, "{database:?}");
        let run =
            "select value, count(*) from trace_request_metadata where key = 'mlflow.sourceRun' group by value limit 1";
        if let Some(run) = rows(&database, run).first() {
            let id = run[0].as_str().expect("an id");
            let got = document(&["traces", text(&database), "--run", id, "--limit", "1"]);
            assert_eq!(got["total"], run[1], "{database:?}");
            assert_eq!(picked(&got["traces"], &["run_id"]), [[json!(id)]]);
        }
        if has(&database, "trace_info", "total_tokens") {
            let sql = "select request_id, total_tokens from trace_info order by timestamp_ms desc, request_id desc";
            let tokens = |trace: &Value| vec![trace["id"].clone(), trace["tokens"]["total"].clone()];
            let got: Vec<_> = got["traces"].as_array().expect("a list").iter().map(tokens).collect();
            assert_eq!(got, rows(&database, sql));
        }
    }
}

#[test]
fn spans_of_traces() {
    for database in databases() {
        let ids = rows(&database, "select request_id from trace_info order by timestamp_ms limit 25");
        for id in ids.iter().filter_map(|row| row[0].as_str()) {
            let got = document(&["trace", text(&database), id]);
            let spans = got["spans"].as_array().expect("a list");
            if has(&database, "spans", "content") {
                let sql = format!(
                    "select span_id, parent_span_id, name, type, start_time_unix_nano, end_time_unix_nano
                     from spans where trace_id = '{id}'"
                );
                let wanted = rows(&database, &sql);
                let keys = ["id", "parent_id", "name", "type", "start_ns", "end_ns"];
                let picked = picked(&got["spans"], &keys);
                assert!(wanted.iter().all(|row| picked.contains(row)), "{id} in {database:?}");
            }
            // Depth-first: a span is at most one deeper than the one before it, and follows its parent.
            let mut path: Vec<&Value> = Vec::new();
            for span in spans {
                let depth = usize::try_from(span["depth"].as_u64().expect("a depth")).expect("small");
                assert!(depth <= path.len(), "{id}");
                path.truncate(depth);
                if let Some(parent) = path.last() {
                    assert_eq!(span["parent_id"], **parent, "{id}");
                }
                path.push(&span["id"]);
            }
            assert!(spans.is_empty() || spans.iter().any(|span| span["depth"] == json!(0)), "{id}");
            // A total that is no own usage is the sum of what is right below it.
            for span in spans.iter().filter(|span| span["tokens"]["own"].is_null()) {
                let below = spans.iter().filter(|child| child["parent_id"] == span["id"] && child["depth"] != json!(0));
                let known: Vec<u64> = below.filter_map(|child| child["tokens"]["total"]["total"].as_u64()).collect();
                let wanted = if known.is_empty() { Value::Null } else { json!(known.iter().sum::<u64>()) };
                assert_eq!(span["tokens"]["total"]["total"], wanted, "{id} in {database:?}");
            }
        }
    }
}
