#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::*;
use crate::model::{Entry, LatestMetric, MetricPoint, Shown, SpanBody, SpanEvent};
use crate::store::Store;
use crate::store::memory::MemoryStore;

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "one \u{1b}[31mred");
    store.put_run(MemoryStore::run("p", "1", "parent", 1_000));
    for (id, name) in [("c1", "eval_10"), ("c2", "eval_2"), ("c3", "eval_2")] {
        let mut run = MemoryStore::run(id, "1", name, 2_000);
        run.parent_id = Some("p".into());
        run.end_time_ms = None;
        store.put_run(run);
    }
    let entry = |key: &str, value: &str| Entry { key: key.into(), value: Shown::Text(value.into()) };
    let metric =
        |key: &str, value| LatestMetric { key: key.into(), point: MetricPoint { step: 0, timestamp_ms: 0, value } };
    let metrics = vec![metric("eval", 72.5), metric("x", f64::NAN), metric("y", f64::NEG_INFINITY)];
    let params = vec![entry("api_key", "abcdef"), entry("n", "6")];
    store.put_values(&"c1".into(), crate::model::RunValues { metrics, params, tags: vec![entry("t", "a\u{1b}b")] });
    let points = (0..100).map(|step| MetricPoint { step, timestamp_ms: step, value: step as f64 }).collect();
    store.put_metric(&"p".into(), "loss", points);
    let mut failed = SpanBody { inputs: Some(json!({"q": "a\u{1b}\nb"})), ..SpanBody::default() };
    let attributes = json!({"exception.type": "ValueError", "exception.message": "no\u{1b}[2J"});
    let attributes = attributes.as_object().unwrap().clone();
    failed.events.push(SpanEvent { name: "exception".into(), time_ns: Some(1), attributes });
    let mut used = SpanBody::default();
    used.attributes.insert("mlflow.chat.tokenUsage".into(), json!({"input_tokens": 1_200, "output_tokens": 34}));
    let mut call = MemoryStore::span("d", Some("a"), "LM.__call__", 30_000_000, 40_000_000);
    call.kind = "CHAT_MODEL".into();
    let spans = vec![
        (MemoryStore::span("a", None, "root", 0, 100_000_000), SpanBody::default()),
        (MemoryStore::span("b", Some("a"), "child", 10_000_000, 20_000_000), used),
        (MemoryStore::span("c", Some("gone"), "lost", 5, 6), failed),
        (call, SpanBody::default()),
    ];
    let mut head = MemoryStore::trace_head("tr-1", "1", Some("c1"), "root", 5_000);
    head.row.tokens = crate::model::Tokens::new(Some(2_400), Some(68), None);
    store.put_trace(head, spans);
    store.put_trace(MemoryStore::trace_head("tr-2", "1", None, "", 6_000), Vec::new());
    store
}

/// Exit code, standard output, standard error.
fn ask(args: &[&str]) -> (String, String, String) {
    ask_of(&store(), args)
}

fn ask_of(store: &MemoryStore, args: &[&str]) -> (String, String, String) {
    let open = |_: &StoreLocation, _: &OpenOptions| store.fork();
    let reading = Reading { open: &open, budget: Budget::default(), cache: None, data: None, may_ask: false };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = ["dspyglass"].iter().chain(args).map(OsString::from);
    let style = Style::default();
    let Outcome::Done(code) = run_with(args, &reading, style, &mut out, &mut err) else { panic!("the window") };
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (format!("{code:?}"), text(out), text(err))
}

fn answered(args: &[&str]) -> String {
    let (code, out, err) = ask(args);
    assert_eq!(code, format!("{:?}", ExitCode::SUCCESS), "{args:?}: {err}");
    assert!(!out.contains('\u{1b}'), "{out}");
    out
}

fn document(args: &[&str]) -> Value {
    let out = answered(args);
    assert_eq!(out.lines().count(), 1);
    serde_json::from_str(&out).unwrap()
}

fn refused(args: &[&str], exit: u8) -> String {
    let (code, out, err) = ask(args);
    assert_eq!(code, format!("{:?}", ExitCode::from(exit)), "{args:?}: {err}");
    assert_eq!(out, "");
    err
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn documents_have_their_keys_in_order() {
    let experiments = document(&["experiments", "s", "--json"]);
    let wanted = ["id", "name", "lifecycle_stage", "creation_time_ms", "runs", "traces"];
    assert_eq!(keys(&experiments["experiments"][0]), wanted);
    assert_eq!(experiments["experiments"][0]["runs"], 4);

    let runs = document(&["--json", "runs", "s"]);
    let wanted = [
        "id",
        "name",
        "experiment_id",
        "parent_id",
        "parent_inferred",
        "status",
        "start_time_ms",
        "end_time_ms",
        "metrics",
        "params",
        "tags",
    ];
    assert_eq!(keys(&runs["runs"][0])[..11], wanted);
    let run = runs["runs"].as_array().unwrap().iter().find(|run| run["id"] == "c1").unwrap();
    assert_eq!(run["metrics"], json!({"eval": 72.5, "x": "NaN", "y": "-Infinity"}));
    assert_eq!(run["params"], json!({"api_key": {"masked": true}, "n": "6"}));
    assert_eq!(run["end_time_ms"], Value::Null);
    let revealed = document(&["runs", "s", "--json", "--reveal", "--filter", "run_id = 'c1'"]);
    assert_eq!(revealed["runs"][0]["params"]["api_key"], "abcdef");

    let metrics = document(&["metrics", "s", "parent", "--json"]);
    assert_eq!(metrics["metrics"]["loss"][99], json!({"step": 99, "timestamp_ms": 99, "value": 99.0}));

    let traces = document(&["traces", "s", "--json", "--limit", "1"]);
    assert_eq!(traces["total"], 2);
    let wanted = [
        "id",
        "run_id",
        "experiment_id",
        "name",
        "status",
        "start_time_ms",
        "duration_ms",
        "tokens",
        "cost_usd",
        "cached",
        "span_count",
    ];
    assert_eq!(keys(&traces["traces"][0])[..11], wanted);
    assert_eq!(traces["traces"][0]["name"], Value::Null);

    let trace = document(&["trace", "s", "tr-1", "--json"]);
    assert_eq!(keys(&trace)[..4], ["id", "status", "tokens", "spans"]);
    assert_eq!(trace["tokens"], json!({"input": 1200, "output": 34, "total": 1234}));
    assert_eq!(trace["tokens_stored"]["total"], 2468);
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
        "attributes",
        "events",
        "tokens",
    ];
    assert_eq!(keys(&trace["spans"][0])[..13], wanted);
    let spans = trace["spans"].as_array().unwrap();
    let shape: Vec<(&str, u64)> =
        spans.iter().map(|span| (span["id"].as_str().unwrap(), span["depth"].as_u64().unwrap())).collect();
    assert_eq!(shape, [("a", 0), ("b", 1), ("d", 1), ("c", 0)]);
    assert_eq!(spans[3]["parent_id"], "gone");
    assert_eq!(spans[0]["tokens"]["own"], Value::Null);
    assert_eq!(spans[0]["tokens"]["total"]["total"], 1234);

    let check = document(&["check", "s", "--json"]);
    assert_eq!(check["runs"]["active"], 4);
}

/// The same with single blanks: how wide columns are is the table's own test.
fn squeezed(text: &str) -> String {
    let line = |line: &str| {
        let indent = if line.starts_with(' ') { " " } else { "" };
        format!("{indent}{}\n", line.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    text.lines().map(line).collect()
}

#[test]
fn tables_for_people() {
    let out = squeezed(&answered(&["runs", "s", "--utc"]));
    assert!(out.contains("Experiment 1 · one [31mred · 4 runs\n"), "{out}");
    assert!(out.contains("\nparent FINISHED 1970-01-01 00:00:01 0 ms loss 99"), "{out}");
    assert!(out.contains("\n├─ eval_2 FINISHED 1970-01-01 00:00:02 – – c2\n"), "{out}");
    assert!(out.contains("\n└─ eval_10 FINISHED"), "{out}");
    assert!(out.ends_with("\n4 runs\n"), "{out}");
    assert!(answered(&["runs", "s", "--filter", "metrics.eval > 1"]).ends_with("\n1 of 4 runs\n"));

    let out = answered(&["metrics", "s", "p"]);
    assert!(out.starts_with("loss · 100 points · min 0 · max 99 · last 99\n"), "{out}");
    assert!(out.contains("… 80 of 100 rows not shown"), "{out}");

    let out = squeezed(&answered(&["trace", "s", "tr-1", "--utc"]));
    assert!(out.contains("1,234 tokens (1,200 in, 34 out) · 2,468 stored as the total"), "{out}");
    assert!(out.contains("\nroot CHAIN OK 100 ms 80 ms Σ 1,234\n"), "{out}");
    assert!(out.contains("\n├─ child CHAIN OK 10 ms 10 ms 1,234\n"), "{out}");
    assert!(out.contains("\n└─ LM.__call__ CHAT_MODEL OK 10 ms 10 ms ?\n"), "{out}");
    assert!(out.contains("\nlost (parent missing) CHAIN OK 1 ns 1 ns –\n"), "{out}");
    assert!(out.contains(" ! ValueError: no[2J\n in {\"q\":\"a"), "{out}");
    assert!(answered(&["trace", "s", "tr-2"]).ends_with("No spans are stored for this trace\n"));
    assert!(answered(&["traces", "s"]).ends_with("\n2 traces\n"));
    assert!(answered(&["check", "s"]).contains("Runs         4 (4 FINISHED)\n"));
    assert!(answered(&["experiments", "s"]).starts_with("Id  Name "));
}

#[test]
fn what_does_not_exist_and_what_is_wrong() {
    assert!(refused(&["runs", "s", "--experiment", "nope"], 1).contains("has no experiment \"nope\""));
    assert!(refused(&["metrics", "s", "nope"], 1).contains("has no run \"nope\""));
    assert!(
        refused(&["metrics", "s", "eval_2"], 1).contains("2 runs are named \"eval_2\"; name one by its id: c2, c3")
    );
    assert!(refused(&["metrics", "s", "p", "--key", "k"], 1).contains("has no metric \"k\"; it has loss"));
    assert!(refused(&["trace", "s", "tr-9"], 1).contains("has no trace \"tr-9\""));
    assert!(refused(&["trace", "s", "tr-"], 1).contains("2 traces begin with \"tr-\""));
    assert!(refused(&["traces", "s", "--run", "zz"], 1).contains("has no run \"zz\""));
    assert!(refused(&["runs", "s", "--artifacts", "/nonexistent/folder"], 1).contains("is no folder"));
    let err = refused(&["runs", "s", "--filter", "métrics.é > 'x'"], 2);
    assert!(err.ends_with("\n  métrics.é > 'x'\n  ^^^^^^^^^\n"), "{err}");
    let err = refused(&["runs", "s", "--filter", "metrics.é > 'x'"], 2);
    assert!(err.ends_with("\n  metrics.é > 'x'\n              ^^^\n"), "{err}");
    let err = refused(&["runs", "s", "--filter", "metrics.a = \u{1b}[2J"], 2);
    assert!(!err.contains('\u{1b}'), "{err}");
    for args in
        [&["runs"][..], &["s", "runs", "t"], &["--at", "x", "runs", "s"], &["s", "--json"], &["runs", "s", "--x"]]
    {
        refused(args, 2);
    }
}

#[test]
fn the_window_is_told_everything() {
    let open = |_: &StoreLocation, _: &OpenOptions| -> Result<Box<dyn Store>, StoreError> { panic!("not opened here") };
    let reading = Reading { open: &open, budget: Budget::default(), cache: None, data: None, may_ask: false };
    let ask = |args: &[&str]| {
        let args = ["dspyglass"].iter().chain(args).map(OsString::from);
        run_with(args, &reading, Style::default(), &mut Vec::new(), &mut Vec::new())
    };
    let Outcome::Window(args) = ask(&["a.db", "--at", "run/1", "--utc"]) else { panic!("the window") };
    assert_eq!((args.store, args.at, args.utc), (Some("a.db".into()), Some("run/1".to_owned()), true));
    let Outcome::Window(args) = ask(&["--demo"]) else { panic!("the window") };
    assert!(args.demo && !args.gallery && args.store.is_none());
    let Outcome::Window(args) = ask(&["--gallery"]) else { panic!("the window") };
    assert!(args.gallery && args.store.is_none());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    struct Closed;
    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let store = store();
    let open = |_: &StoreLocation, _: &OpenOptions| store.fork();
    let reading = Reading { open: &open, budget: Budget::default(), cache: None, data: None, may_ask: false };
    for args in [["dspyglass", "runs", "s", "--json"], ["dspyglass", "trace", "s", "tr-1"]] {
        let mut err = Vec::new();
        let Outcome::Done(code) = run_with(args.map(OsString::from), &reading, Style::default(), &mut Closed, &mut err)
        else {
            panic!("the window")
        };
        assert_eq!((format!("{code:?}"), err), (format!("{:?}", ExitCode::SUCCESS), Vec::new()));
    }
}

#[test]
fn a_total_that_is_not_known_is_no_number() {
    let store = store();
    store.put_trace(MemoryStore::trace_head("tr-3", "1", None, "", 7_000), Vec::new());
    store.serve_pages(2);
    let told = |args: &[&str]| ask_of(&store, args).1;
    let some: Value = serde_json::from_str(&told(&["traces", "s", "--json", "--limit", "2"])).unwrap();
    assert_eq!((&some["total"], some["traces"].as_array().map(Vec::len)), (&Value::Null, Some(2)));
    let text = told(&["traces", "s", "--limit", "2"]);
    assert!(text.ends_with("2 of at least 2 traces, the newest\n"), "{text}");
    // Who reads to the end knows.
    let all: Value = serde_json::from_str(&told(&["traces", "s", "--json"])).unwrap();
    assert_eq!((&all["total"], all["traces"].as_array().map(Vec::len)), (&json!(3), Some(3)));
    assert!(told(&["traces", "s"]).ends_with("\n3 traces\n"));
}
