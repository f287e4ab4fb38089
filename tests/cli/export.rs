//! Exported traces: compared with what the database holds, and with what `trace --json` says.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde_json::{Value, json};

use super::{answered, database, databases, document, run, text};

/// The value that OTLP writes.
fn of_otlp(value: &Value) -> Value {
    let (kind, inner) = match value.as_object().and_then(|map| map.iter().next()) {
        Some((kind, inner)) => (kind.as_str(), inner),
        None => return Value::Null,
    };
    let values = || inner["values"].as_array().expect("values");
    match kind {
        "intValue" => inner.as_str().and_then(|text| text.parse::<i64>().ok()).expect("a whole number").into(),
        "arrayValue" => values().iter().map(of_otlp).collect(),
        "kvlistValue" => values()
            .iter()
            .map(|one| (one["key"].as_str().expect("key").to_owned(), of_otlp(&one["value"])))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        "stringValue" | "boolValue" | "doubleValue" => inner.clone(),
        other => panic!("{other} is no kind of OTLP"),
    }
}

fn base64_to_hex(text: &str) -> String {
    use std::fmt::Write as _;
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0u32;
    let mut count = 0;
    let mut hex = String::new();
    for byte in text.bytes().filter(|byte| *byte != b'=') {
        let digit = digits.iter().position(|one| *one == byte).expect("base64");
        bits = (bits << 6) | u32::try_from(digit).expect("small");
        count += 6;
        if count >= 8 {
            count -= 8;
            write!(hex, "{:02x}", (bits >> count) & 0xff).expect("written");
        }
    }
    hex
}

/// What is compared of a span: its id in 16 digits, parent, name, times, inputs, outputs.
type Compared = (Option<String>, String, i64, Option<i64>, Value, Value);

fn told(trace: &Value) -> BTreeMap<String, Compared> {
    let id = |value: &Value| value.as_str().map(|id| format!("{id:0>16}"));
    let one = |span: &Value| {
        let name = span["name"].as_str().expect("a name").to_owned();
        let (start, end) = (span["start_ns"].as_i64().expect("a start"), span["end_ns"].as_i64());
        (
            id(&span["id"]).expect("an id"),
            (id(&span["parent_id"]), name, start, end, span["inputs"].clone(), span["outputs"].clone()),
        )
    };
    trace["spans"].as_array().expect("spans").iter().map(one).collect()
}

fn of_mlflow(trace: &Value) -> BTreeMap<String, Compared> {
    let one = |span: &Value| {
        let decoded = |key: &str| {
            let text = span["attributes"][key].as_str();
            text.map_or(Value::Null, |text| serde_json::from_str(text).expect("JSON in a text"))
        };
        assert!(!decoded("mlflow.traceRequestId").is_null());
        let parent = span["parent_span_id"].as_str().map(base64_to_hex);
        let (start, end) =
            (span["start_time_unix_nano"].as_i64().expect("a start"), span["end_time_unix_nano"].as_i64());
        let name = span["name"].as_str().expect("a name").to_owned();
        let own = (parent, name, start, end, decoded("mlflow.spanInputs"), decoded("mlflow.spanOutputs"));
        (base64_to_hex(span["span_id"].as_str().expect("an id")), own)
    };
    trace["data"]["spans"].as_array().expect("spans").iter().map(one).collect()
}

fn of_spans(resource: &Value) -> BTreeMap<String, Compared> {
    let one = |span: &Value| {
        let attributes = span["attributes"].as_array().expect("attributes");
        let decoded = |key: &str| {
            attributes.iter().find(|one| one["key"] == key).map_or(Value::Null, |one| of_otlp(&one["value"]))
        };
        let time = |key: &str| span[key].as_str().map(|text| text.parse::<i64>().expect("a time"));
        let name = span["name"].as_str().expect("a name").to_owned();
        let (start, end) = (time("startTimeUnixNano").expect("a start"), time("endTimeUnixNano"));
        let parent = span["parentSpanId"].as_str().map(str::to_owned);
        assert_eq!(span["traceId"].as_str().map(str::len), Some(32));
        let own = (parent, name, start, end, decoded("mlflow.spanInputs"), decoded("mlflow.spanOutputs"));
        (span["spanId"].as_str().expect("an id").to_owned(), own)
    };
    resource["scopeSpans"][0]["spans"].as_array().expect("spans").iter().map(one).collect()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Spans of one id stand once in these maps; recordings have each once.
#[test]
fn every_format_says_what_trace_says() {
    for database in databases() {
        let store = text(&database);
        let listed = document(&["traces", store])["traces"].take();
        let ids: Vec<&str> =
            listed.as_array().expect("traces").iter().map(|one| one["id"].as_str().expect("id")).collect();
        let mlflow = parsed(&answered(&["export", store, "--to", "mlflow"]));
        let otlp = parsed(&answered(&["export", store, "--format", "otlp"]));
        let lines = answered(&["export", store, "--to", "jsonl"]);
        assert_eq!(mlflow.as_array().map(Vec::len), Some(ids.len()), "{store}");
        assert_eq!(otlp["resourceSpans"].as_array().map(Vec::len), Some(ids.len()), "{store}");
        assert_eq!(lines.lines().count(), ids.len(), "{store}");
        let lines: Vec<Value> = lines.lines().map(parsed).collect();
        // Of every third all spans: the program is started for each.
        for (at, id) in ids.iter().enumerate().step_by(3) {
            let trace = document(&["trace", store, id]);
            assert_eq!(mlflow[at]["info"]["trace_id"], *id);
            let spans = told(&trace);
            assert_eq!(of_mlflow(&mlflow[at]), spans, "{store} {id}");
            assert_eq!(of_spans(&otlp["resourceSpans"][at]), spans, "{store} {id}");
            let root = trace["spans"].as_array().and_then(|spans| spans.iter().find(|one| one["parent_id"].is_null()));
            let null = Value::Null;
            let part = |key: &str| root.map_or(&null, |root| &root[key]);
            assert_eq!(
                (&lines[at]["inputs"], &lines[at]["outputs"]),
                (part("inputs"), part("outputs")),
                "{store} {id}"
            );
        }
    }
}

#[test]
fn what_is_exported_is_what_is_asked_for() {
    let database = database("v3.17");
    let store = text(&database);
    let listed = document(&["traces", store])["traces"].take();
    let ids: Vec<String> =
        listed.as_array().expect("traces").iter().map(|one| one["id"].as_str().expect("id").to_owned()).collect();
    let one = parsed(&answered(&["export", store, "--to", "mlflow", "--trace", &ids[2]]));
    assert_eq!(one["info"]["trace_id"], ids[2]);
    let two = parsed(&answered(&["export", store, "--to", "mlflow", "--trace", &ids[2], &ids[0]]));
    assert_eq!((&two[0]["info"]["trace_id"], &two[1]["info"]["trace_id"]), (&json!(ids[2]), &json!(ids[0])));
    let conn = Connection::open(&database).expect("opened");
    let sql = "select count(*) from trace_info where status = 'ERROR'";
    let failed: i64 = conn.query_row(sql, [], |row| row.get(0)).expect("counted");
    let lines = answered(&["export", store, "--to", "jsonl", "--filter", "status = ERROR"]);
    assert_eq!(lines.lines().count() as i64, failed);
    let mut run_ids = listed.as_array().expect("traces").iter().filter_map(|one| one["run_id"].as_str());
    let run_id = run_ids.next_back().expect("a run");
    let of_run = document(&["traces", store, "--run", run_id])["total"].as_u64().expect("counted");
    let lines = answered(&["export", store, "--to", "jsonl", "--run", run_id]);
    assert_eq!(lines.lines().count() as u64, of_run);
    assert_eq!(answered(&["export", store, "--to", "jsonl", "--limit", "2"]).lines().count(), 2);
    let refused = |args: &[&str], code: i32, word: &str| {
        let output = run(args);
        let err = String::from_utf8(output.stderr).expect("text");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(code), 0), "{err}");
        assert!(err.contains(word), "{err}");
    };
    refused(&["export", store, "--to", "mlflow", "--trace", "tr-nothing"], 1, "tr-nothing");
    refused(&["export", store, "--to", "pdf"], 2, "mlflow");
    refused(&["export", store, "--to", "otlp", "--filter", "status ="], 2, "filter");
}

#[test]
fn a_file_is_there_whole_or_as_it_was() {
    let database = database("v3.17");
    let store = text(&database);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("traces.json");
    let out = text(&path);
    std::fs::write(&path, "old").expect("written");
    // A store that is none: what stands there stays.
    let none = folder.path().join("none.db");
    assert_eq!(run(&["export", text(&none), "--to", "mlflow", "--out", out]).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&path).expect("there"), "old");
    let told = document(&["export", store, "--to", "mlflow", "--out", out]);
    let traces = parsed(&std::fs::read_to_string(&path).expect("there"));
    assert_eq!(told["written"], json!(traces.as_array().map(Vec::len)));
    let names: Vec<_> =
        std::fs::read_dir(folder.path()).expect("listed").flatten().map(|one| one.file_name()).collect();
    assert_eq!(names, ["traces.json"], "nothing is left behind");
    // A database is never written over, not even one that is exported.
    let copy = folder.path().join("copy.db");
    std::fs::copy(&database, &copy).expect("copied");
    let output = run(&["export", text(&copy), "--to", "mlflow", "--out", text(&copy)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("never written over"));
    assert_eq!(std::fs::read(&copy).expect("there"), std::fs::read(&database).expect("there"));
    // Nor is the file of traces that is open, nor what is no file at all.
    let before = std::fs::read(&path).expect("there");
    for (target, why) in [(out, "the store that is open"), ("/dev/null", "no regular file")] {
        let output = run(&["export", out, "--to", "jsonl", "--out", target]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && told.contains(why), "{target}: {told}");
    }
    assert_eq!(std::fs::read(&path).expect("there"), before);
}

#[test]
fn a_trainset_holds_what_the_data_expected() {
    let database = database("v3.17");
    let store = text(&database);
    let runs = document(&["runs", store])["runs"].take();
    let mut seen = 0;
    for one in runs.as_array().expect("runs") {
        let id = one["id"].as_str().expect("an id");
        let artifacts = |experiment: u8| format!("mlruns/{experiment}/{id}/artifacts/result_table.json");
        let paths = (1..=3).map(|experiment| database.parent().expect("a folder").join(artifacts(experiment)));
        let Some(table) = paths.into_iter().find(|path| path.is_file()) else { continue };
        let examples = parsed(&answered(&["export", store, "--to", "trainset", "--run", id]));
        let table = parsed(&std::fs::read_to_string(table).expect("read"));
        let columns: Vec<&str> =
            table["columns"].as_array().expect("columns").iter().filter_map(Value::as_str).collect();
        for example in examples.as_array().expect("a list").iter().filter(|one| one["dspy_answer_from"] == "expected") {
            let inputs: Vec<&str> =
                example["dspy_input_keys"].as_array().expect("names").iter().filter_map(Value::as_str).collect();
            let fields: Vec<(&String, &Value)> =
                example.as_object().expect("an object").iter().filter(|(key, _)| !key.starts_with("dspy_")).collect();
            assert!(fields.len() > inputs.len(), "{example}");
            // A row of the table says the same of all fields.
            let is_row = |row: &Value| {
                fields.iter().all(|(key, value)| {
                    let at = columns.iter().position(|column| *column == format!("example_{key}")).expect("a column");
                    row[at] == **value
                })
            };
            assert!(table["data"].as_array().expect("rows").iter().any(is_row), "{example}");
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen} examples with what was expected");
}

/// What of a trace comes back: all of it that formats have a place for.
fn compared(trace: &Value) -> Vec<Value> {
    let wanted = [
        "id",
        "parent_id",
        "depth",
        "name",
        "type",
        "status",
        "start_ns",
        "end_ns",
        "inputs",
        "outputs",
        "tokens",
        "status_message",
    ];
    let one = |span: &Value| {
        let events: Vec<Value> = span["events"]
            .as_array()
            .expect("events")
            .iter()
            .map(|one| json!([one["name"], one["attributes"]]))
            .collect();
        let kept: Vec<&Value> = wanted.iter().map(|key| &span[key]).collect();
        let mut attributes = span["attributes"].clone();
        if let Some(map) = attributes.as_object_mut() {
            map.sort_keys();
        }
        json!([kept, events, attributes])
    };
    trace["spans"].as_array().expect("spans").iter().map(one).collect()
}

#[test]
fn what_is_exported_opens_and_says_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    for database in databases() {
        let store = text(&database);
        for format in ["mlflow", "otlp"] {
            let path = folder.path().join("traces.json");
            let out = text(&path);
            answered(&["export", store, "--to", format, "--out", out]);
            let listed = |of: &str| -> Vec<String> {
                let all = document(&["traces", of])["traces"].take();
                let id = |one: &Value| one["id"].as_str().expect("id").to_owned();
                all.as_array().expect("traces").iter().map(id).collect()
            };
            let ids = listed(store);
            let mut again = listed(out);
            again.sort();
            let mut sorted = ids.clone();
            sorted.sort();
            assert_eq!(again, sorted, "{store} {format}");
            for id in ids.iter().step_by(9) {
                let (one, two) = (document(&["trace", store, id]), document(&["trace", out, id]));
                // Older ids are shorter, and come back with zeros before them.
                let is_short = one["spans"]
                    .as_array()
                    .expect("spans")
                    .iter()
                    .any(|one| one["id"].as_str().map(str::len) != Some(16));
                if !is_short {
                    assert_eq!(compared(&one), compared(&two), "{store} {format} {id}");
                }
                assert_eq!(one["tokens"], two["tokens"], "{store} {format} {id}");
                if format == "mlflow" {
                    for key in [
                        "run_id",
                        "status",
                        "experiment_id",
                        "name",
                        "start_time_ms",
                        "duration_ms",
                        "session",
                        "user",
                        "cost_usd",
                    ] {
                        assert_eq!(one[key], two[key], "{store} {id} {key}");
                    }
                    // The name is a tag where it is no column.
                    for (key, value) in one["tags"].as_object().expect("tags") {
                        assert_eq!(&two["tags"][key], value, "{store} {id} {key}");
                    }
                    let told = |trace: &Value| {
                        let all = trace["assessments"].as_array().expect("assessments").clone();
                        all.iter()
                            .map(|one| {
                                json!([one["name"], one["kind"], one["value"], one["rationale"], one["span_id"]])
                            })
                            .collect::<Vec<_>>()
                    };
                    assert_eq!(told(&one), told(&two), "{store} {id}");
                }
            }
        }
    }
}

#[test]
fn what_is_no_file_of_traces_is_told_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("best_model.json");
    std::fs::write(&path, "{\"predictors\": {}}").expect("written");
    let output = run(&["traces", text(&path)]);
    let err = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(
        err.contains("best_model.json") && err.contains("it holds predictors") && err.lines().count() == 1,
        "{err}"
    );
}
