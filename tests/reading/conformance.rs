//! Every reader, on every recorded database, against plain SQL. What holds of stores without SQL too is in `any_kind.rs`.
//!
//! Nothing here uses the code under test to find out what is right: rows come from SQL, span
//! contents from `serde_json`, artifacts from the file system.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine;

use crate::any_kind;
use crate::support::databases;
use dspyglass::model::{ArtifactOwner, ExperimentId, RunId, TraceId};
use dspyglass::store::{ReadCx, RunQuery, RunScope, Store, TraceQuery};
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::Value as Json;

/// One database, read by one reader.
struct Case<'a> {
    database: &'a Path,
    sql: Connection,
    store: &'a mut dyn Store,
    cx: &'a ReadCx,
}

fn for_every_reader(check: impl Fn(&mut Case<'_>)) {
    any_kind::for_every_reader(databases(), |case| {
        let any_kind::Case { place, store, cx } = case;
        let sql = Connection::open_with_flags(&*place, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opens");
        check(&mut Case { database: place, sql, store: &mut **store, cx });
    });
}

impl Case<'_> {
    fn rows(&self, sql: &str) -> Vec<Vec<Value>> {
        let mut statement = self.sql.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        let columns = statement.column_count();
        let mut rows = statement.query([]).expect("queried");
        let mut found = Vec::new();
        while let Some(row) = rows.next().expect("a row") {
            found.push((0..columns).map(|column| row.get(column).expect("a value")).collect());
        }
        found
    }

    fn has_table(&self, table: &str) -> bool {
        !self.rows(&format!("select 1 from sqlite_master where name = '{table}' and type = 'table'")).is_empty()
    }

    fn traces(&mut self) -> Vec<TraceId> {
        any_kind::traces(self.store, self.cx)
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn int(value: &Value) -> Option<i64> {
    if let Value::Integer(number) = value { Some(*number) } else { None }
}

#[test]
fn experiments_and_their_counts() {
    for_every_reader(|case| {
        let found = case.store.experiments(case.cx, true).expect("experiments");
        let rows = case
            .rows("select experiment_id, name, lifecycle_stage, creation_time from experiments order by experiment_id");
        assert_eq!(found.len(), rows.len());
        for (experiment, row) in found.iter().zip(&rows) {
            assert_eq!(experiment.id.as_str(), text(&row[0]));
            assert_eq!(experiment.name, text(&row[1]));
            assert_eq!(experiment.lifecycle.as_str(), text(&row[2]));
            assert_eq!(experiment.creation_time_ms, int(&row[3]));
        }
        for (id, counts) in case.store.experiment_counts(case.cx).expect("counts") {
            let count = |table: &str, and: &str| {
                int(&case.rows(&format!("select count(*) from {table} where experiment_id = {id} {and}"))[0][0])
            };
            assert_eq!(Some(counts.runs as i64), count("runs", "and lifecycle_stage = 'active'"));
            assert_eq!(counts.traces.map(|n| n as i64), count("trace_info", ""));
        }
    });
}

#[test]
fn runs_and_everything_attached_to_them() {
    for_every_reader(|case| {
        let query = RunQuery::new(RunScope::All).with_deleted();
        let runs = case.store.runs(case.cx, &query).expect("runs");
        let rows = case.rows("select run_uuid, experiment_id, name, status, start_time, end_time, lifecycle_stage, artifact_uri from runs");
        assert_eq!(runs.len(), rows.len());
        let by_id: BTreeMap<_, _> = runs.iter().map(|run| (run.id.as_str().to_owned(), run)).collect();
        for row in &rows {
            let run = by_id[&text(&row[0])];
            assert_eq!(run.experiment_id.as_str(), text(&row[1]));
            assert_eq!(run.name, text(&row[2]));
            assert_eq!(run.status.as_str(), text(&row[3]));
            assert_eq!((run.start_time_ms, run.end_time_ms), (int(&row[4]), int(&row[5])));
            assert_eq!(run.lifecycle.as_str(), text(&row[6]));
            assert_eq!(run.artifact_uri.as_deref(), Some(&*text(&row[7])));
        }
        assert!(runs.windows(2).all(|pair| pair[0].start_time_ms <= pair[1].start_time_ms));

        let mut found = Vec::new();
        for (run, values) in case.store.run_values(case.cx, &query).expect("values") {
            for param in &values.params {
                found.push(format!("param {run} {} {}", param.key, param.value.as_str()));
            }
            for tag in &values.tags {
                found.push(format!("tag {run} {} {}", tag.key, tag.value.as_str()));
                if &*tag.key == "mlflow.parentRunId" {
                    assert_eq!(by_id[run.as_str()].parent_id.as_ref().map(RunId::as_str), Some(tag.value.as_str()));
                }
            }
            for metric in &values.metrics {
                let point = metric.point;
                found.push(format!(
                    "metric {run} {} {:?} {} {}",
                    metric.key, point.value, point.step, point.timestamp_ms
                ));
            }
        }
        let mut wanted = Vec::new();
        for row in case.rows("select run_uuid, key, value from params") {
            wanted.push(format!("param {} {} {}", text(&row[0]), text(&row[1]), text(&row[2])));
        }
        for row in case.rows("select run_uuid, key, value from tags") {
            wanted.push(format!("tag {} {} {}", text(&row[0]), text(&row[1]), text(&row[2])));
        }
        for row in case.rows("select run_uuid, key, value, is_nan, step, timestamp from latest_metrics") {
            let value = number(&row[2], &row[3]);
            wanted.push(format!(
                "metric {} {} {value:?} {} {}",
                text(&row[0]),
                text(&row[1]),
                text(&row[4]),
                text(&row[5])
            ));
        }
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted);

        for run in &runs {
            let mut found = Vec::new();
            for series in case.store.metric_history(case.cx, &run.id, None).expect("history") {
                assert!(series.points.windows(2).all(|pair| pair[0].step <= pair[1].step));
                let one = case.store.metric_history(case.cx, &run.id, Some(&series.key)).expect("one");
                assert_eq!(format!("{one:?}"), format!("{:?}", [&series]));
                for point in &series.points {
                    found.push(format!("{} {} {} {:?}", series.key, point.step, point.timestamp_ms, point.value));
                }
            }
            let sql = format!("select key, step, timestamp, value, is_nan from metrics where run_uuid = '{}'", run.id);
            let mut wanted: Vec<String> = (case.rows(&sql).iter())
                .map(|row| {
                    format!("{} {} {} {:?}", text(&row[0]), text(&row[1]), text(&row[2]), number(&row[3], &row[4]))
                })
                .collect();
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted);

            let counts = case.store.metric_counts(case.cx, &run.id).expect("counts");
            let mut counts: Vec<String> = counts.into_iter().map(|(key, n)| format!("{key} {n}")).collect();
            let of = |line: &String| line.rsplitn(4, ' ').nth(3).map(str::to_owned);
            let mut keys: Vec<String> = wanted.iter().filter_map(of).collect();
            keys.dedup();
            let count = |key: &String| wanted.iter().filter(|line| of(line).as_ref() == Some(key)).count();
            let mut wanted: Vec<String> = keys.iter().map(|key| format!("{key} {}", count(key))).collect();
            counts.sort();
            wanted.sort();
            assert_eq!(counts, wanted, "counted without being read");
        }
    });
}

/// MLflow's encoding of what is not finite, undone here once more.
fn number(value: &Value, is_nan: &Value) -> f64 {
    let value = match value {
        Value::Real(number) => *number,
        Value::Integer(number) => *number as f64,
        other => panic!("no number: {other:?}"),
    };
    match (int(is_nan), value) {
        (Some(1), _) => f64::NAN,
        (_, f64::MAX) => f64::INFINITY,
        (_, f64::MIN) => f64::NEG_INFINITY,
        (_, value) => value,
    }
}

#[test]
fn lists_of_traces() {
    for_every_reader(|case| {
        let ids = |case: &mut Case, query: &TraceQuery| -> (u64, Vec<String>) {
            let index = case.store.trace_index(case.cx, query).expect("an index");
            let rows = case.store.trace_rows(case.cx, &index.handles).expect("rows");
            (index.total.exact().expect("known"), rows.iter().map(|row| row.id.to_string()).collect())
        };
        let wanted = |case: &Case, condition: &str| -> Vec<String> {
            let sql =
                format!("select request_id from trace_info t {condition} order by timestamp_ms desc, request_id desc");
            case.rows(&sql).iter().map(|row| text(&row[0])).collect()
        };
        let all = wanted(case, "");
        assert_eq!(ids(case, &TraceQuery::default()), (all.len() as u64, all.clone()));
        let limited = ids(case, &TraceQuery { limit: Some(7), ..TraceQuery::default() });
        assert_eq!(limited, (all.len() as u64, all[..7].to_vec()));
        for experiment in case.store.experiments(case.cx, true).expect("experiments") {
            let query = TraceQuery { experiment: Some(experiment.id.clone()), ..TraceQuery::default() };
            assert_eq!(ids(case, &query).1, wanted(case, &format!("where experiment_id = {}", experiment.id)));
        }
        let runs = RunQuery::new(RunScope::All).with_deleted();
        for run in case.store.runs(case.cx, &runs).expect("runs") {
            let condition = format!(
                "where exists (select 1 from trace_request_metadata m where m.request_id = t.request_id \
                 and m.key = 'mlflow.sourceRun' and m.value = '{}')",
                run.id
            );
            let query = TraceQuery { run: Some(run.id.clone()), ..TraceQuery::default() };
            assert_eq!(ids(case, &query).1, wanted(case, &condition));
        }
        let mut sorted = all.clone();
        sorted.sort();
        let prefix = &sorted[0][..sorted[0].len() / 2];
        let wanted: Vec<TraceId> =
            sorted.iter().filter(|id| id.starts_with(prefix)).map(|id| TraceId::from(&**id)).collect();
        assert_eq!(case.store.trace_ids(case.cx, prefix, 99).expect("ids"), wanted);
        assert_eq!(case.store.trace_ids(case.cx, "tr-nobody", 99).expect("ids"), []);
        assert_eq!(case.store.trace_ids(case.cx, "", 3).expect("ids").len(), 3);
        let none = TraceQuery { run: Some(RunId::from("nobody")), ..TraceQuery::default() };
        assert_eq!(ids(case, &none), (0, vec![]));
        let none = TraceQuery { experiment: Some(ExperimentId::from("x")), ..TraceQuery::default() };
        assert_eq!(ids(case, &none), (0, vec![]));
    });
}

#[test]
fn one_line_of_a_list_and_the_head_of_a_trace() {
    for_every_reader(|case| {
        let columns = case.rows("select name from pragma_table_info('trace_info')");
        let has = |name: &str| columns.iter().any(|row| text(&row[0]) == name);
        for id in case.traces() {
            let head = case.store.trace(case.cx, &id).expect("read").expect("exists");
            let sql = format!(
                "select experiment_id, timestamp_ms, execution_time_ms, status from trace_info where request_id = '{id}'"
            );
            let row = &case.rows(&sql)[0];
            assert_eq!(head.row.experiment_id.as_str(), text(&row[0]));
            assert_eq!((Some(head.row.start_time_ms), head.row.duration_ms), (int(&row[1]), int(&row[2])));
            assert_eq!(head.row.status, text(&row[3]));
            for (table, found) in [("trace_tags", &head.tags), ("trace_request_metadata", &head.metadata)] {
                let sql = format!("select key, value from {table} where request_id = '{id}' order by key");
                let wanted: Vec<_> = case.rows(&sql).iter().map(|row| (text(&row[0]), text(&row[1]))).collect();
                let found: Vec<_> = found.iter().map(|e| (e.key.to_string(), e.value.as_str().to_owned())).collect();
                assert_eq!(found, wanted);
            }
            let entry = |key: &str| {
                let found = head.metadata.iter().chain(&head.tags).find(|entry| &*entry.key == key);
                found.map(|entry| entry.value.as_str().to_owned())
            };
            assert_eq!(head.row.run_id.as_ref().map(RunId::as_str), entry("mlflow.sourceRun").as_deref());
            let column = |name: &str| {
                let stored =
                    has(name).then(|| case.rows(&format!("select {name} from trace_info where request_id = '{id}'")));
                stored.map(|rows| rows[0][0].clone()).filter(|value| *value != Value::Null)
            };
            let name = column("trace_name").map(|name| text(&name)).or_else(|| entry("mlflow.traceName"));
            assert_eq!(head.row.name, name.unwrap_or_default());
            let usage =
                entry("mlflow.trace.tokenUsage").map(|usage| serde_json::from_str::<Json>(&usage).expect("JSON"));
            let stored = |name: &str| {
                let from_usage = || usage.as_ref().and_then(|usage| usage[name].as_i64());
                column(name).and_then(|value| int(&value)).or_else(from_usage).map(|number| number as u64)
            };
            let found = head.row.tokens.unwrap_or_default();
            assert_eq!(
                [found.input, found.output, found.total],
                ["input_tokens", "output_tokens", "total_tokens"].map(stored)
            );
            if case.has_table("assessments") {
                let sql = format!(
                    "select name, value, created_timestamp from assessments where trace_id = '{id}' order by created_timestamp, rowid"
                );
                let wanted: Vec<_> = (case.rows(&sql).iter())
                    .map(|row| {
                        (text(&row[0]), serde_json::from_str::<Json>(&text(&row[1])).expect("JSON"), int(&row[2]))
                    })
                    .collect();
                let found: Vec<_> = head.assessments.into_iter().map(|a| (a.name, a.value, a.created_ms)).collect();
                assert_eq!(found, wanted);
            }
        }
        assert_eq!(case.store.trace(case.cx, &TraceId::from("nobody")).expect("read"), None);
    });
}

/// A span's record, wherever it is stored: id, parent, name, start, end, attributes.
struct Record(String, Option<String>, String, i64, Option<i64>, Json);

fn records(case: &Case, trace: &str) -> Vec<Record> {
    let mut found = Vec::new();
    if case.has_table("spans") {
        let sql = format!("select span_id, parent_span_id, content from spans where trace_id = '{trace}'");
        for row in case.rows(&sql) {
            let content: Json = serde_json::from_str(&text(&row[2])).expect("content is JSON");
            found.push(Record(
                text(&row[0]),
                Some(text(&row[1])).filter(|parent| !parent.is_empty()),
                content["name"].as_str().expect("a name").to_owned(),
                content["start_time_unix_nano"].as_i64().expect("a start"),
                content["end_time_unix_nano"].as_i64(),
                content["attributes"].clone(),
            ));
        }
    }
    let sql = format!("select value from trace_tags where key = 'mlflow.artifactLocation' and request_id = '{trace}'");
    if let (true, Some(row)) = (found.is_empty(), case.rows(&sql).first()) {
        let location = text(&row[0]);
        let tail = location.find("mlruns/").map(|place| &location[place..]).expect("an address below mlruns");
        let file = case.database.parent().expect("a folder").join(tail).join("traces.json");
        let Ok(file) = fs::read_to_string(file) else { return found };
        let file: Json = serde_json::from_str(&file).expect("JSON");
        for span in file["spans"].as_array().expect("spans") {
            // MLflow 2 writes hex, sometimes with 0x; MLflow 3 base64, and "" for no parent.
            let id = |old: &Json, new: &Json| match (old.as_str(), new.as_str()) {
                (Some(hex), _) => Some(hex.trim_start_matches("0x").to_owned()),
                (None, Some("") | None) => None,
                (None, Some(text)) => {
                    let bytes = base64::prelude::BASE64_STANDARD.decode(text).expect("base64");
                    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
                }
            };
            let time = |old: &str, new: &str| span[old].as_i64().or_else(|| span[new].as_i64());
            found.push(Record(
                id(&span["context"]["span_id"], &span["span_id"]).expect("an id"),
                id(&span["parent_id"], &span["parent_span_id"]),
                span["name"].as_str().expect("a name").to_owned(),
                time("start_time", "start_time_unix_nano").expect("a start"),
                time("end_time", "end_time_unix_nano"),
                span["attributes"].clone(),
            ));
        }
    }
    found
}

#[test]
fn spans_with_everything_that_was_noted() {
    let mut all = 0;
    let all = &mut all;
    let count = std::cell::Cell::new(0);
    for_every_reader(|case| {
        for id in case.traces() {
            let heads = case.store.spans(case.cx, &id).expect("spans");
            let facts = case.store.span_facts(case.cx, &id, &heads).expect("facts");
            let records = records(case, id.as_str());
            assert_eq!(heads.len(), records.len(), "{id}");
            let mut bodies = case.store.span_bodies(case.cx, &id, &heads).expect("bodies").into_iter();
            assert!(heads.windows(2).all(|pair| pair[0].start_ns <= pair[1].start_ns));
            for (head, facts) in heads.iter().zip(&facts) {
                let Record(_, parent, name, start, end, attributes) =
                    records.iter().find(|record| record.0 == head.id).expect("the same spans");
                assert_eq!((&head.parent_id, &head.name), (parent, name));
                assert_eq!((head.start_ns, head.end_ns), (*start, *end));
                let body = case.store.span_body(case.cx, &id, head.handle).expect("read").expect("exists");
                assert_eq!(bodies.next().as_ref(), Some(&body), "read with all others or alone");
                let decoded =
                    |value: &Json| serde_json::from_str::<Json>(value.as_str().expect("text")).expect("JSON in JSON");
                assert_eq!(body.inputs, attributes.get("mlflow.spanInputs").map(decoded));
                assert_eq!(body.outputs, attributes.get("mlflow.spanOutputs").map(decoded));
                assert_eq!(Json::from(head.kind.as_str()), decoded(&attributes["mlflow.spanType"]));
                let others: serde_json::Map<String, Json> = (attributes.as_object().expect("attributes").iter())
                    .filter(|(key, _)| !["mlflow.spanInputs", "mlflow.spanOutputs"].contains(&key.as_str()))
                    .map(|(key, value)| (key.clone(), decoded(value)))
                    .collect();
                assert_eq!(body.attributes, others);
                assert_eq!(*facts, body.facts());
                assert_eq!(facts.tokens.is_some(), others.contains_key("mlflow.chat.tokenUsage"));
                count.set(count.get() + 1);
            }
        }
    });
    *all += count.get();
    assert!(*all > 300, "only {all} spans were compared");
}

#[test]
fn artifacts_are_found_listed_and_read() {
    for_every_reader(|case| {
        let folder = case.database.parent().expect("a folder").to_owned();
        let mut files = 0;
        for row in case.rows("select run_uuid, artifact_uri from runs") {
            let (run, uri) = (text(&row[0]), text(&row[1]));
            let owner = ArtifactOwner::Run(RunId::from(run));
            let tree = case.store.artifacts(case.cx, &owner).expect("listed");
            let tail =
                ["mlruns/", "mlflow-artifacts:/"].iter().find_map(|mark| uri.split_once(mark)).expect("an address").1;
            let here = ["mlartifacts", "mlruns"]
                .map(|root| folder.join(root).join(tail))
                .into_iter()
                .find(|path| path.is_dir());
            let mut wanted = Vec::new();
            if let Some(here) = &here {
                list(here, "", &mut wanted);
            }
            assert_eq!(tree.absent.is_some(), here.is_none(), "{uri}");
            let mut found: Vec<String> = tree.entries.iter().map(|entry| entry.path.clone()).collect();
            found.sort();
            wanted.sort();
            assert_eq!(found, wanted);
            for entry in tree.entries.iter().filter(|entry| !entry.is_folder) {
                let bytes = fs::read(here.as_ref().expect("found").join(&entry.path)).expect("read");
                let read = case.store.artifact(case.cx, &owner, &entry.path, u64::MAX).expect("read").expect("a file");
                assert_eq!((read.full_size, &read.bytes), (bytes.len() as u64, &bytes));
                let cut = case.store.artifact(case.cx, &owner, &entry.path, 3).expect("read").expect("a file");
                assert_eq!(cut.bytes, bytes[..bytes.len().min(3)]);
                files += 1;
            }
            assert_eq!(case.store.artifact(case.cx, &owner, "../meta.yaml", 9).expect("refused"), None);
            assert_eq!(case.store.artifact(case.cx, &owner, "nothing", 9).expect("absent"), None);
        }
        assert!(files > 0);
    });
}

fn list(folder: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("listed").flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            list(&entry.path(), &format!("{path}/"), found);
        }
        found.push(path);
    }
}
