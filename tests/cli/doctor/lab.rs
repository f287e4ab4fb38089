//! Optimizations in memory, in which one thing at a time can be made wrong.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::OsString;

use dspyglass::cli::{Outcome, run_over};
use dspyglass::model::{
    ArtifactOwner, Entry, LatestMetric, MetricPoint, Run, RunStatus, RunValues, Shown, SpanBody, SpanEvent, SpanHead,
    Tokens, TraceHead,
};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{OpenOptions, Store, StoreLocation};
use serde_json::{Value, json};

/// The instructions that the optimizer was given.
pub const SEED: &str = "Sort.";
const BEST: &str = "Sort with care.";
const OTHER: &str = "Sort otherwise.";

/// So many examples are in the valset.
const EXAMPLES: usize = 40;

pub type Spans = Vec<(SpanHead, SpanBody)>;

/// A store with an optimization, `parent`.
pub struct Lab {
    store: MemoryStore,
    /// What was put into it, to be put again with a change.
    traces: RefCell<BTreeMap<String, (TraceHead, Spans)>>,
    runs: RefCell<BTreeMap<String, Run>>,
}

/// What the doctor said.
pub struct Said {
    pub document: Value,
}

impl Said {
    pub fn finding(&self, rule: &str) -> Option<&Value> {
        self.document["findings"].as_array()?.iter().find(|one| one["rule"] == rule)
    }

    /// Why a rule could not look.
    pub fn why(&self, rule: &str) -> Option<&str> {
        self.document["not_judged"].as_array()?.iter().find(|one| one["rule"] == rule)?["why"].as_str()
    }
}

impl Lab {
    /// A seed that gets 10 of 40 examples right, a winner that gets 38, two minibatches; 128 traces.
    pub fn healthy() -> Self {
        let lab = Self::bare();
        for (run, rows) in [("seed", EXAMPLES), ("best", EXAMPLES), ("mini", 4), ("other", 4)] {
            (0..rows).for_each(|at| lab.add_trace(run, at));
        }
        (0..40).for_each(|at| lab.add_trace("parent", at));
        lab
    }

    /// The same without a trace.
    pub fn without_traces() -> Self {
        Self::bare()
    }

    /// The same without `valset.json`, by an optimizer that is not MIPROv2.
    pub fn without_valset() -> Self {
        let lab = Self::empty();
        lab.evaluation("seed", "eval_0", SEED, Some(25.0));
        lab.table("seed", &rows(10));
        lab.evaluation("mini", "eval_1", BEST, Some(95.0));
        lab.table("mini", &rows(38));
        lab.file("parent", "trainset.json", &valset(EXAMPLES));
        lab
    }

    /// GEPA, whose table has proposals with these words.
    pub fn gepa(proposals: &[&str]) -> Self {
        let lab = Self::empty();
        lab.evaluation("seed", "eval_0", SEED, Some(25.0));
        lab.table("seed", &rows(10));
        let row = |(at, status): (usize, &&str)| json!([at, "predict", status, -1, "[0]", format!("text {at}")]);
        let data: Vec<Value> = proposals.iter().enumerate().map(row).collect();
        let columns = json!(["iteration", "component", "status", "candidate_idx", "parent_ids", "proposed_text"]);
        lab.file("parent", "proposals.json", &json!({"columns": columns, "data": data}));
        lab
    }

    /// A run that is called `parent`, and nothing else.
    pub fn empty() -> Self {
        let store = MemoryStore::new();
        store.add_experiment("1", "tickets");
        let lab = Self { store, traces: RefCell::default(), runs: RefCell::default() };
        lab.put_run(MemoryStore::run("parent", "1", "night", 0));
        lab
    }

    fn bare() -> Self {
        let lab = Self::empty();
        lab.evaluation("seed", "eval_full_0", SEED, Some(25.0));
        lab.table("seed", &rows(10));
        lab.evaluation("mini", "eval_minibatch_0", BEST, Some(75.0));
        lab.table("mini", &rows(3)[..4]);
        lab.evaluation("other", "eval_minibatch_1", OTHER, Some(50.0));
        lab.table("other", &rows(2)[..4]);
        lab.evaluation("best", "eval_full_1", BEST, Some(95.0));
        lab.table("best", &rows(38));
        lab.best("parent", BEST);
        lab.file("parent", "valset.json", &valset(EXAMPLES));
        lab.file(
            "parent",
            "trainset.json",
            &json!({"columns": ["ticket", "queue"],
            "data": [["train 0", "a"], ["train 1", "b"], ["train 2", "a"]]}),
        );
        lab
    }

    fn put_run(&self, run: Run) {
        self.runs.borrow_mut().insert(run.id.to_string(), run.clone());
        self.store.put_run(run);
    }

    fn change_run(&self, id: &str, change: impl FnOnce(&mut Run)) {
        let mut run = self.runs.borrow()[id].clone();
        change(&mut run);
        self.put_run(run);
    }

    /// Adds an evaluation, later than those that are there.
    pub fn evaluation(&self, id: &str, name: &str, instructions: &str, score: Option<f64>) {
        let start_ms = self.runs.borrow().len() as i64 * 1_000;
        let mut run = MemoryStore::run(id, "1", name, start_ms);
        run.parent_id = Some("parent".into());
        self.put_run(run);
        self.program(id, instructions);
        if let Some(score) = score {
            self.score(id, score);
        }
    }

    pub fn end(&self, run: &str, status: RunStatus) {
        self.change_run(run, |run| run.status = status);
    }

    pub fn rename(&self, run: &str, name: &str) {
        self.change_run(run, |run| run.name = name.to_owned());
    }

    pub fn score(&self, run: &str, score: f64) {
        let point = MetricPoint { step: 0, timestamp_ms: 0, value: score };
        let metrics = vec![LatestMetric { key: "eval".into(), point }];
        self.store.put_values(&run.into(), RunValues { metrics, params: Vec::<Entry>::new(), ..RunValues::default() });
    }

    pub fn file(&self, run: &str, name: &str, content: &Value) {
        self.store.put_artifact(ArtifactOwner::Run(run.into()), name, content.to_string().into_bytes());
    }

    pub fn program(&self, run: &str, instructions: &str) {
        self.file(run, "model.json", &program(instructions));
    }

    pub fn best(&self, run: &str, instructions: &str) {
        self.file(run, "best_model.json", &program(instructions));
    }

    pub fn table(&self, run: &str, rows: &[Value]) {
        let columns = json!(["score", "example_ticket", "example_queue", "pred_queue"]);
        self.file(run, "result_table.json", &json!({"columns": columns, "data": rows}));
    }

    /// Adds traces of the first so many examples, each of 100 tokens in and 20 out.
    pub fn add_traces(&self, run: &str, traces: usize) {
        (0..traces).for_each(|at| self.add_trace(run, at));
    }

    /// The model that all traces of a run called.
    pub fn calls(&self, run: &str, model: &str) {
        let all: Vec<(TraceHead, Spans)> = self.traces.borrow().values().cloned().collect();
        for (head, mut spans) in all.into_iter().filter(|(head, _)| head.row.run_id == Some(run.into())) {
            of(&mut spans, "call").1.attributes.insert("model".to_owned(), json!(model));
            self.put_trace(head, spans);
        }
    }

    fn add_trace(&self, run: &str, at: usize) {
        let (head, spans) = good_trace(run, at);
        self.put_trace(head, spans);
    }

    fn put_trace(&self, head: TraceHead, spans: Spans) {
        self.traces.borrow_mut().insert(head.row.id.to_string(), (head.clone(), spans.clone()));
        self.store.put_trace(head, spans);
    }

    /// Changes the trace of an example.
    pub fn trace(&self, run: &str, at: usize, change: impl FnOnce(&mut TraceHead, &mut Spans)) {
        let (mut head, mut spans) = self.traces.borrow()[&format!("tr-{run}-{at}")].clone();
        change(&mut head, &mut spans);
        self.put_trace(head, spans);
    }

    pub fn each_trace(&self, change: impl Fn(&mut TraceHead)) {
        let all: Vec<(TraceHead, Spans)> = self.traces.borrow().values().cloned().collect();
        for (mut head, spans) in all {
            change(&mut head);
            self.put_trace(head, spans);
        }
    }

    fn ask(&self, more: &[&str]) -> Vec<u8> {
        let open = |_: &StoreLocation, _: &OpenOptions| self.store.fork();
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let line = [&["dspyglass", "doctor", "store", "parent"], more].concat();
        let outcome = run_over(line.into_iter().map(OsString::from), &open, &mut out, &mut err);
        assert!(matches!(outcome, Outcome::Done(_)) && err.is_empty(), "{}", String::from_utf8_lossy(&err));
        out
    }

    pub fn doctor(&self) -> Said {
        self.doctor_with(&[])
    }

    /// The same with other arguments.
    pub fn doctor_with(&self, more: &[&str]) -> Said {
        let more = [&["--json"], more].concat();
        Said { document: serde_json::from_slice(&self.ask(&more)).expect("JSON") }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.ask(&[])).expect("text")
    }
}

/// What each example expects.
fn expected(at: usize) -> &'static str {
    if at.is_multiple_of(2) { "a" } else { "b" }
}

/// Rows of a table in which the first `right` examples are.
pub fn rows(right: usize) -> Vec<Value> {
    let row = |at: usize| {
        let said = if at < right { expected(at) } else { "c" };
        json!([f64::from(u8::from(at < right)), format!("ticket {at}"), expected(at), said])
    };
    (0..EXAMPLES).map(row).collect()
}

pub fn valset(examples: usize) -> Value {
    let data: Vec<Value> = (0..examples).map(|at| json!([format!("ticket {at}"), expected(at)])).collect();
    json!({"columns": ["ticket", "queue"], "data": data})
}

fn program(instructions: &str) -> Value {
    let fields =
        json!([{"prefix": "Ticket:", "description": "${ticket}"}, {"prefix": "Queue:", "description": "${queue}"}]);
    json!({"traces": [], "train": [], "demos": [], "lm": null,
           "signature": {"instructions": instructions, "fields": fields}})
}

pub fn tokens(output: u64) -> Option<Tokens> {
    Tokens::new(Some(100), Some(output), None)
}

fn span(id: &str, parent: Option<&str>, name: &str, kind: &str, start: i64) -> (SpanHead, SpanBody) {
    let head = MemoryStore::span(id, parent, name, start, start + 50_000_000);
    (SpanHead { kind: kind.to_owned(), ..head }, SpanBody::default())
}

fn good_trace(run: &str, at: usize) -> (TraceHead, Spans) {
    let mut head = MemoryStore::trace_head(&format!("tr-{run}-{at}"), "1", Some(run), "Predict.forward", 1_000);
    head.row.tokens = tokens(20);
    head.row.request_preview = Some(Shown::Text(json!({"ticket": format!("ticket {at}")}).to_string().into()));
    head.row.response_preview = Some(Shown::Text(json!({"queue": expected(at)}).to_string().into()));
    let mut root = span("root", None, "Predict.forward", "LLM", 0);
    root.1.inputs = Some(json!({"ticket": format!("ticket {at}")}));
    root.1.outputs = Some(json!({"queue": expected(at)}));
    let mut call = span("call", Some("root"), "LM.__call__", "CHAT_MODEL", 2);
    call.1.attributes.insert("max_tokens".to_owned(), json!(1_000));
    call.1.attributes.insert("model".to_owned(), json!("openai/gpt-4o-mini"));
    let usage = json!({"input_tokens": 100, "output_tokens": 20, "total_tokens": 120});
    root.1.attributes.insert("mlflow.chat.tokenUsage".to_owned(), usage);
    let spans = vec![
        root,
        span("format", Some("root"), "ChatAdapter.format", "PARSER", 1),
        call,
        span("parse", Some("root"), "ChatAdapter.parse", "PARSER", 3),
    ];
    (head, spans)
}

fn of<'s>(spans: &'s mut Spans, id: &str) -> &'s mut (SpanHead, SpanBody) {
    spans.iter_mut().find(|(head, _)| head.id == id).expect("the span")
}

/// The chat adapter fails, and the JSON adapter is tried.
pub fn fall_back(spans: &mut Spans, is_well: bool) {
    of(spans, "parse").0.status = "ERROR".to_owned();
    of(spans, "parse").1.inputs = Some(json!({"completion": "I cannot tell."}));
    spans.push(span("format-2", Some("root"), "JSONAdapter.format", "PARSER", 4));
    spans.push(span("call-2", Some("root"), "LM.__call__", "CHAT_MODEL", 5));
    spans.push(span("parse-2", Some("root"), "JSONAdapter.parse", "PARSER", 6));
    if !is_well {
        of(spans, "parse-2").0.status = "ERROR".to_owned();
        of(spans, "root").0.status = "ERROR".to_owned();
    }
}

/// What the adapter that failed was to parse.
pub fn say_to_parser(spans: &mut Spans, answer: &str) {
    of(spans, "parse").1.inputs = Some(json!({"completion": answer}));
}

/// The response of a provider stands under the call.
pub fn respond(spans: &mut Spans, reason: &str) {
    let mut response = span("response", Some("call"), "completion", "CHAT_MODEL", 3);
    response.1.outputs = Some(json!({"choices": [{"finish_reason": reason, "message": {"content": "…"}}]}));
    spans.push(response);
}

fn raise(span: &mut (SpanHead, SpanBody), kind: &str, message: &str) {
    span.0.status = "ERROR".to_owned();
    let attributes = [("exception.type", kind), ("exception.message", message)];
    let attributes = attributes.into_iter().map(|(key, value)| (key.to_owned(), json!(value))).collect();
    span.1.events.push(SpanEvent { name: "exception".to_owned(), time_ns: None, attributes });
}

/// The program raised.
pub fn fail(head: &mut TraceHead, spans: &mut Spans, kind: &str) {
    head.row.status = "ERROR".to_owned();
    raise(of(spans, "root"), kind, "no such queue");
}

/// A tool raised, and the program went on.
pub fn fail_tool(spans: &mut Spans) {
    let mut tool = span("tool", Some("root"), "Tool.lookup", "TOOL", 2);
    raise(&mut tool, "LookupError", "nothing there");
    spans.push(tool);
}
