//! Traces as newer MLflow and DSPy write them: sessions, assessments, adapters that stand twice,
//! fallbacks, attachments, calls from the cache. The rows are put into a copy of a recorded store by
//! SQL, as they were seen in recordings of MLflow 3.18 with DSPy 3.4.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::{answered, database, databases, document, text};

const MS: i64 = 1_000_000;
/// When the first trace begins, milliseconds since the epoch.
const START_MS: i64 = 1_795_877_900_000;

/// A private copy of a recorded store's database, to which rows are added.
struct Copy {
    folder: tempfile::TempDir,
    conn: Connection,
    traces: std::cell::Cell<i64>,
}

/// One span: id, parent, name, type, status, milliseconds from the start of the trace.
type Span<'a> = (&'a str, Option<&'a str>, &'a str, &'a str, &'a str, (f64, f64));

impl Copy {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::copy(database("v3.17"), folder.path().join("mlflow.db")).expect("copied");
        let conn = Connection::open(folder.path().join("mlflow.db")).expect("opened");
        Self { folder, conn, traces: std::cell::Cell::new(0) }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("mlflow.db")
    }

    /// Adds a trace; each is newer than the one before.
    fn trace(&self, id: &str, name: &str, status: &str, output: Option<&str>, usage: Option<i64>) {
        self.traces.set(self.traces.get() + 1);
        let sql = "insert into trace_info (request_id, experiment_id, timestamp_ms, execution_time_ms, status, \
                   response_preview, trace_name, input_tokens, output_tokens, total_tokens) \
                   values (?1, 1, ?2, 100, ?3, ?4, ?5, ?6, ?6, ?6 + ?6)";
        let at = START_MS + self.traces.get() * 1_000;
        self.conn.execute(sql, params![id, at, status, output, name, usage]).expect("a trace");
    }

    /// Adds a span with these attributes and events.
    fn span(&self, trace: &str, span: Span<'_>, attributes: Value, events: Value) {
        let (id, parent, name, kind, status, (from, to)) = span;
        let ns = |ms: f64| START_MS * MS + (ms * MS as f64) as i64;
        let encoded: serde_json::Map<String, Value> = attributes
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.clone(), Value::from(value.to_string())))
            .collect();
        let content = json!({"name": name, "start_time_unix_nano": ns(from), "end_time_unix_nano": ns(to),
            "status": {"code": format!("STATUS_CODE_{status}"), "message": ""}, "attributes": encoded, "events": events});
        let sql = "insert into spans (trace_id, experiment_id, span_id, parent_span_id, name, type, status, \
                   start_time_unix_nano, end_time_unix_nano, content) values (?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let row = params![trace, id, parent, name, kind, status, ns(from), ns(to), content.to_string()];
        self.conn.execute(sql, row).expect("a span");
    }

    /// A root and its calls, each of so many milliseconds and with this status.
    fn calls(&self, trace: &str, calls: &[(f64, &str)]) {
        self.span(trace, ("r", None, "QA.forward", "CHAIN", "OK", (0.0, 500.0)), json!({}), json!([]));
        for (at, (took, status)) in calls.iter().enumerate() {
            let from = at as f64 * 100.0;
            let id = format!("c{at}");
            let span = (&*id, Some("r"), "LM.__call__", "CHAT_MODEL", *status, (from, from + took));
            self.span(trace, span, json!({"model": "openai/gpt-4o-mini"}), json!([]));
        }
    }

    fn run(&self, sql: &str) {
        self.conn.execute_batch(sql).expect(sql);
    }

    fn entry(&self, table: &str, trace: &str, key: &str, value: &str) {
        let sql = format!("insert into {table} (request_id, key, value) values (?1, ?2, ?3)");
        self.conn.execute(&sql, [trace, key, value]).expect("an entry");
    }

    fn trace_text(&self, id: &str) -> String {
        answered(&["trace", text(&self.path()), id, "--utc"])
    }

    fn trace_json(&self, id: &str) -> Value {
        document(&["trace", text(&self.path()), id])
    }
}

/// Some key of the traces of a list, by their ids.
fn listed(path: &Path, ids: &[&str], key: &str) -> Vec<Value> {
    let list = document(&["traces", text(path)]);
    let rows = list["traces"].as_array().expect("a list");
    let of = |id: &&str| rows.iter().find(|row| row["id"] == **id).unwrap_or_else(|| panic!("{id}"))[key].clone();
    ids.iter().map(of).collect()
}

#[test]
fn sessions_users_tags_and_metadata_are_told() {
    let store = Copy::new();
    for id in ["tr-s1", "tr-s2", "tr-s3", "tr-s4"] {
        store.trace(id, "Chat.forward", "OK", None, None);
    }
    store.run("update trace_info set session_id = 'bike-shop-7' where request_id = 'tr-s1'");
    store.run(r#"update trace_info set session_id = '["visit-3","talk-3"]', client_request_id = 'req-1' where request_id = 'tr-s2'"#);
    // MLflow 3.1 to 3.17: metadata.
    store.entry("trace_request_metadata", "tr-s3", "mlflow.trace.session", "old-1");
    store.entry("trace_request_metadata", "tr-s2", "mlflow.trace.user", "ana@example.org");
    store.entry("trace_request_metadata", "tr-s2", "mlflow.source.git.branch", "");
    store.entry("trace_request_metadata", "tr-s2", "release", "1.4.2");
    store.entry("trace_tags", "tr-s2", "channel", "phone");
    let path = store.path();
    let sessions = listed(&path, &["tr-s1", "tr-s2", "tr-s3", "tr-s4"], "session");
    assert_eq!(sessions, [json!("bike-shop-7"), json!(["visit-3", "talk-3"]), json!("old-1"), Value::Null]);
    assert!(answered(&["traces", text(&path), "--limit", "4"]).contains("visit-3, talk-3"));

    let told = store.trace_text("tr-s2");
    assert!(told.contains("\nsession visit-3, talk-3 · user ana@example.org · request req-1\n"), "{told}");
    assert!(told.contains("\ntag channel = phone\nmetadata release = 1.4.2\n"), "{told}");
    assert!(!told.contains("git.branch") && !told.contains("artifactLocation"), "{told}");
    let trace = store.trace_json("tr-s2");
    assert_eq!(trace["session"], json!(["visit-3", "talk-3"]));
    assert_eq!((&trace["user"], &trace["client_request_id"]), (&json!("ana@example.org"), &json!("req-1")));
    assert_eq!((&trace["tags"]["channel"], &trace["metadata"]["release"]), (&json!("phone"), &json!("1.4.2")));
    assert_eq!(store.trace_json("tr-s4")["session"], Value::Null);

    let check = document(&["check", text(&path)]);
    assert_eq!(check["sessions"], json!({"total": 3, "ids": 4, "traces": 3}));
}

#[test]
fn an_assessment_tells_its_source_its_rationale_and_what_it_overrides() {
    let store = Copy::new();
    store.trace("tr-a", "QA.forward", "OK", None, None);
    let assess = "insert into assessments (assessment_id, trace_id, name, assessment_type, value, error, \
                  created_timestamp, last_updated_timestamp, source_type, source_id, rationale, overrides, valid, \
                  assessment_metadata)";
    store.run(&format!(
        r#"{assess} values ('a-1', 'tr-a', 'correct', 'feedback', '"no"', null, 1, 1, 'LLM_JUDGE', 'openai:/gpt-4o', 'Too short.', null, 0, null),
           ('a-2', 'tr-a', 'correct', 'feedback', '"yes"', null, 2, 2, 'HUMAN', 'ana@example.org', 'I disagree:
- it is complete', 'a-1', 1, '{{"batch": "1"}}'),
           ('a-3', 'tr-a', 'safety', 'feedback', 'null', '{{"error_code": "ValueError", "error_message": "HTTP 429"}}', 3, 3, 'CODE', 'default', null, 'gone', 1, null)"#
    ));
    let told = store.trace_text("tr-a");
    for line in [
        "\nfeedback correct = no · LLM_JUDGE openai:/gpt-4o · overridden\n    Too short.\n",
        "\nfeedback correct = yes · HUMAN ana@example.org · overrides feedback correct = no of LLM_JUDGE openai:/gpt-4o\n    \
         I disagree:\n    - it is complete\n",
        "\nfeedback safety = null · error ValueError: HTTP 429 · CODE · overrides gone, which is not here\n",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    let trace = store.trace_json("tr-a");
    assert_eq!(trace["assessments"][1]["overrides"], "a-1");
    assert_eq!(trace["assessments"][1]["metadata"], json!({"batch": "1"}));
    assert_eq!((&trace["assessments"][0]["id"], &trace["assessments"][0]["metadata"]), (&json!("a-1"), &Value::Null));
}

#[test]
fn doubled_adapters_are_one_row_and_a_fallback_is_marked() {
    let store = Copy::new();
    store.trace("tr-f", "Predict.forward", "OK", None, None);
    let given = json!({"mlflow.spanInputs": {"signature": "q -> a", "inputs": {"q": 1}}});
    let wrapped = json!({"mlflow.spanInputs": {"args": ["q -> a"]}});
    let put = |span: Span<'_>, attributes: &Value| store.span("tr-f", span, attributes.clone(), json!([]));
    put(("p", None, "Predict.forward", "LLM", "OK", (0.0, 99.0)), &json!({}));
    put(("x1", Some("p"), "XMLAdapter.format", "PARSER", "OK", (1.0, 4.0)), &wrapped);
    put(("x2", Some("x1"), "XMLAdapter.format", "PARSER", "OK", (2.0, 3.0)), &given);
    put(("m1", Some("p"), "LM.__call__", "CHAT_MODEL", "OK", (5.0, 30.0)), &json!({"mlflow.spanOutputs": [null]}));
    put(("j1", Some("p"), "JSONAdapter.format", "PARSER", "OK", (31.0, 34.0)), &wrapped);
    put(("j2", Some("j1"), "JSONAdapter.format", "PARSER", "OK", (32.0, 33.0)), &given);
    put(("m2", Some("p"), "LM.__call__", "CHAT_MODEL", "OK", (35.0, 60.0)), &json!({}));
    put(("j3", Some("p"), "JSONAdapter.parse", "PARSER", "OK", (61.0, 62.0)), &json!({}));
    let told = store.trace_text("tr-f");
    assert_eq!(told.matches("XMLAdapter.format").count(), 1, "{told}");
    assert!(told.contains("├─ XMLAdapter.format ×2 "), "{told}");
    assert!(told.contains("├─ JSONAdapter.format ×2 (fallback)"), "{told}");
    let reason = "! XMLAdapter parsed nothing, as after an empty answer; JSONAdapter was tried next";
    assert!(told.contains(reason), "{told}");
    assert!(told.contains(r#"in  {"signature":"q -> a""#) && !told.contains(r#"{"args""#), "{told}");
    let trace = store.trace_json("tr-f");
    assert_eq!(trace["spans"].as_array().map(Vec::len), Some(8), "nothing is missing from the document");
    let fallback = json!({"span_id": "j2", "from": "XMLAdapter", "to": "JSONAdapter", "reason": "nothing_parsed", "succeeded": true});
    assert_eq!(trace["fallbacks"], json!([fallback]));
}

#[test]
fn an_exception_tells_its_cause() {
    let store = Copy::new();
    store.trace("tr-e", "Broken.forward", "ERROR", None, None);
    let stack = "Traceback (most recent call last):\n  File \"a.py\", line 1, in forward\n    ~~~^^^\nKeyError: 'repair'\n\n\
                 The above exception was the direct cause of the following exception:\n\n\
                 Traceback (most recent call last):\n  File \"a.py\", line 2, in forward\nValueError: no shelf for repair\n";
    let exception = json!([{"name": "exception", "attributes": {"exception.type": "ValueError",
        "exception.message": "no shelf for repair", "exception.stacktrace": stack}}]);
    store.span("tr-e", ("r", None, "Broken.forward", "CHAIN", "ERROR", (0.0, 9.0)), json!({}), exception);
    let told = store.trace_text("tr-e");
    assert!(told.contains("! ValueError: no shelf for repair\n       caused by KeyError: 'repair'\n"), "{told}");
}

#[test]
fn attachments_whose_files_are_not_there_are_named() {
    let store = Copy::new();
    store.trace("tr-m", "Predict.forward", "OK", None, None);
    let folder = store.folder.path().join("mlruns/1/traces/tr-m/artifacts");
    store.entry("trace_tags", "tr-m", "mlflow.artifactLocation", "/home/other/mlruns/1/traces/tr-m/artifacts");
    let address = |id: &str| format!("mlflow-attachment://{id}?content_type=image%2Fpng&trace_id=tr-m&size=78");
    let messages = json!({"mlflow.spanInputs": {"messages": [{"content": [
        {"image_url": {"url": address("aaaa-1")}}, {"image_url": {"url": address("bbbb-2")}}]}]}});
    store.span("tr-m", ("r", None, "LM.__call__", "CHAT_MODEL", "OK", (0.0, 9.0)), messages, json!([]));
    std::fs::create_dir_all(folder.join("attachments")).expect("made");
    std::fs::write(folder.join("attachments/aaaa-1"), [0; 78]).expect("written");

    let told = store.trace_text("tr-m");
    assert!(told.contains("\n2 attachments, 1 missing\n    image/png, 78 B not at /home/other/mlruns/1/traces/tr-m/artifacts/attachments/bbbb-2\n"), "{told}");
    assert!(told.contains("att image/png, 78 B: attachments/aaaa-1\n"), "{told}");
    assert!(told.contains("att image/png, 78 B: attachments/bbbb-2, missing\n"), "{told}");
    let missing: Vec<Value> = store.trace_json("tr-m")["attachments"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| json!([one["path"], one["missing"], one["span_ids"]]))
        .collect();
    assert_eq!(missing, [json!(["attachments/aaaa-1", false, ["r"]]), json!(["attachments/bbbb-2", true, ["r"]])]);
    let check = document(&["check", text(&store.path())]);
    assert_eq!(check["attachments"], json!({"files": 1, "named": 2, "missing": 1}));
    let findings = check["findings"].to_string();
    assert!(findings.contains("names attachments whose files are not there") && findings.contains("tr-m (1 of 2)"));

    std::fs::remove_dir_all(&folder).expect("removed");
    assert!(store.trace_text("tr-m").contains("\n2 attachments, 2 missing: "));
}

#[test]
fn missing_usage_alone_is_not_cached() {
    let store = Copy::new();
    let object = Some(r#"{"answer": "x"}"#);
    /// Id, name, status, output, usage, calls, what is to be said.
    type Case<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, Option<i64>, &'a [(f64, &'a str)], Value);
    // More calls than are looked at: only where both kinds were seen is anything told.
    let (quick, mut mixed) = ([(0.9, "OK"); 201], [(0.9, "OK"); 201]);
    mixed[1] = (92.0, "OK");
    let cases: [Case<'_>; 15] = [
        ("tr-c1", "QA.forward", "OK", object, None, &[(0.9, "OK"), (1.1, "OK")], json!(true)),
        // It failed; an LM alone; no Prediction; GEPA's reflective minibatch: models were called.
        ("tr-c2", "QA.forward", "ERROR", None, None, &[(59.0, "OK")], Value::Null),
        ("tr-c3", "LM.__call__", "OK", Some(r#"["x"]"#), None, &[(76.4, "OK")], Value::Null),
        ("tr-c4", "RulesInductionProgram.forward", "OK", Some(r#""x""#), None, &[(12.4, "OK")], Value::Null),
        (
            "tr-c5",
            "Triage.forward",
            "OK",
            Some(r#"["Prediction(…)"]"#),
            None,
            &[(59.0, "OK"), (71.0, "OK")],
            Value::Null,
        ),
        // A child of Parallel, and the first cached call of a process: nobody can tell.
        ("tr-c6", "Predict.forward", "OK", object, None, &[(58.5, "OK")], Value::Null),
        ("tr-c7", "Predict.forward", "OK", object, None, &[(89.8, "OK")], Value::Null),
        // Some of both.
        (
            "tr-c8",
            "Triage.forward",
            "OK",
            Some(r#"["Prediction(…)"]"#),
            None,
            &[(0.9, "OK"), (75.7, "OK")],
            json!("partly"),
        ),
        ("tr-c9", "QA.forward", "OK", object, Some(9), &[(0.7, "OK"), (92.0, "OK")], json!("partly")),
        ("tr-c10", "QA.forward", "OK", object, Some(9), &[(92.0, "OK")], json!(false)),
        // A call that was refused at once was not answered at all.
        ("tr-c11", "QA.forward", "ERROR", None, None, &[(2.0, "ERROR")], Value::Null),
        // Read from a cache under load: far shorter than this model's calls usually are.
        ("tr-c12", "QA.forward", "OK", object, None, &[(0.9, "OK"), (13.0, "OK")], json!(true)),
        ("tr-c13", "QA.forward", "OK", object, None, &quick, Value::Null),
        ("tr-c14", "QA.forward", "OK", object, None, &quick[1..], json!(true)),
        ("tr-c15", "QA.forward", "OK", object, None, &mixed, json!("partly")),
    ];
    for (at, (id, name, status, output, usage, calls, _)) in cases.iter().enumerate() {
        store.trace(id, name, status, *output, *usage);
        store.calls(id, calls);
        // What is usual: calls of traces with usage.
        let id = format!("tr-u{at}");
        store.trace(&id, "QA.forward", "OK", object, Some(9));
        store.calls(&id, &[(85.0 + at as f64, "OK")]);
    }
    store.run("delete from trace_info where request_id not like 'tr-c%' and request_id not like 'tr-u%'");
    let ids: Vec<&str> = cases.iter().map(|case| case.0).collect();
    let wanted: Vec<Value> = cases.iter().map(|case| case.6.clone()).collect();
    assert_eq!(listed(&store.path(), &ids, "cached"), wanted);
    let told = store.trace_text("tr-c9");
    assert!(told.contains(" · partly cached (likely)"), "{told}");
    assert_eq!(store.trace_json("tr-c9")["cached"], json!("partly"));
}

#[test]
fn check_counts_what_else_there_is() {
    let store = Copy::new();
    store.run(
        "insert into registered_models (name) values ('p'), ('m');
         insert into registered_model_tags (name, key, value) values ('p', 'mlflow.prompt.is_prompt', 'true'), ('m', 'x', 'true');
         insert into model_versions (name, version) values ('p', 1), ('p', 2), ('m', 1);
         insert into evaluation_datasets (dataset_id, name) values ('d-1', 'golden');
         insert into evaluation_dataset_records (dataset_record_id, dataset_id, inputs, input_hash) values ('r1', 'd-1', '{}', 'h1'), ('r2', 'd-1', '{}', 'h2');",
    );
    let check = document(&["check", text(&store.path())]);
    assert_eq!((&check["prompts"], &check["prompt_versions"]), (&json!(1), &json!(2)));
    assert_eq!((&check["datasets"]["evaluation"], &check["datasets"]["records"]), (&json!(1), &json!(2)));
    let told = answered(&["check", text(&store.path())]);
    assert!(told.contains("\nPrompts      1 (2 versions)\n"), "{told}");
    assert!(told.contains("\nDatasets     1 for evaluation (2 records), 0 given to runs\n"), "{told}");

    for database in databases() {
        let check = document(&["check", text(&database)]);
        let conn = Connection::open_with_flags(&database, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).expect("opened");
        let count = |sql: &str| conn.query_row(sql, [], |row| row.get::<_, i64>(0)).ok();
        let models = count("select count(*) from logged_models where lifecycle_stage is not 'deleted'");
        assert_eq!(check["logged_models"].as_i64(), models, "{database:?}");
        let assessments = count("select count(*) from assessments");
        assert_eq!(check["assessments"]["total"].as_i64(), assessments, "{database:?}");
        assert_eq!(check["datasets"]["of_runs"].as_i64(), count("select count(*) from datasets"), "{database:?}");
        let sessions = count("select count(*) from trace_info where session_id is not null").unwrap_or(0);
        assert_eq!(check["sessions"]["traces"].as_i64(), Some(sessions), "{database:?}");
    }
}

#[test]
fn what_determined_how_long_a_trace_took_is_told() {
    let store = Copy::new();
    store.trace("tr-c", "QA.forward", "OK", None, None);
    let span = |id: &str, parent: Option<&str>, from: f64, to: f64| {
        store.span("tr-c", (id, parent, "step", "CHAIN", "OK", (from, to)), json!({}), json!([]));
    };
    span("root", None, 0.0, 100.0);
    // Three at the same time, of which one ends last; then one of two parts, after which the root ends.
    span("fast", Some("root"), 10.0, 30.0);
    span("slow", Some("root"), 10.0, 60.0);
    span("within", Some("slow"), 20.0, 60.0);
    span("faster", Some("root"), 12.0, 20.0);
    span("last", Some("root"), 60.0, 100.0);
    span("backwards", Some("root"), 70.0, 65.0);
    let told = store.trace_json("tr-c");
    let spans = told["spans"].as_array().expect("a list");
    let critical: Vec<&str> =
        spans.iter().filter(|span| span["critical"] == json!(true)).filter_map(|span| span["id"].as_str()).collect();
    assert_eq!(critical, ["root", "slow", "within", "last"]);
    assert!(spans.iter().all(|span| span["critical"].is_boolean() && span["own_time_ns"].is_i64()));
    assert_eq!(spans[0]["own_time_ns"], json!(10 * MS));
}
