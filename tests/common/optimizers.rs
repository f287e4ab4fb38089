//! A store in memory with what optimizers of DSPy 3.4 leave, made by hand after what MLflow 3.18
//! recorded of each: one experiment for each case, its run named after it.

use dspyglass::model::{ArtifactOwner, Entry, LatestMetric, MetricPoint, RunId, RunValues, Shown, SpanBody};
use dspyglass::store::memory::MemoryStore;
use serde_json::{Value, json};

/// The source of the Flex that was given, and what GEPA made of it.
pub const FLEX: [&str; 2] = [
    "class Sort(dspy.Module):\n    def forward(self, **inputs):\n        return self.predict(**inputs)\n",
    "class Sort(dspy.Module):\n    def forward(self, **inputs):\n        return self.draft(**inputs)\n",
];

const ANSWERED: &str = "SortSignature(ticket -> category, answer\n    instructions='Sort the ticket.'\n    \
    ticket = Field(annotation=str required=True json_schema_extra={'desc': 'as it came in', '__dspy_field_type': 'input', 'prefix': 'Ticket:'})\n    \
    category = Field(annotation=Literal['a', 'b'] required=True json_schema_extra={'__dspy_field_type': 'output', 'prefix': 'Category:', 'desc': '${category}'})\n    \
    answer = Field(annotation=list[str] required=True json_schema_extra={'desc': 'one sentence', '__dspy_field_type': 'output', 'prefix': 'Answer:'})\n)";

/// All cases.
pub fn store() -> MemoryStore {
    let store = MemoryStore::new();
    flex(&store);
    better_together(&store);
    reanchor(&store);
    ensemble(&store);
    infer_rules(&store);
    evaluations(&store);
    frozen(&store);
    store
}

struct Case<'s> {
    store: &'s MemoryStore,
    experiment: &'static str,
}

impl<'s> Case<'s> {
    fn new(store: &'s MemoryStore, experiment: &'static str) -> Self {
        store.add_experiment(experiment, experiment);
        Self { store, experiment }
    }

    /// A finished run of the second after `start_ms`.
    fn run(&self, id: &str, name: &str, parent: Option<&str>, start_ms: i64) {
        let mut run = MemoryStore::run(id, self.experiment, name, start_ms);
        run.end_time_ms = Some(start_ms + 1_000);
        run.parent_id = parent.map(Into::into);
        self.store.put_run(run);
    }

    fn values(&self, run: &str, metrics: &[(&str, f64)], params: &[(&str, &str)], tags: &[(&str, &str)]) {
        let point = |value| MetricPoint { step: 0, timestamp_ms: 0, value };
        let metric = |(key, value): &(&str, f64)| LatestMetric { key: (*key).into(), point: point(*value) };
        let entry = |(key, value): &(&str, &str)| Entry { key: (*key).into(), value: Shown::Text((*value).into()) };
        let values = RunValues {
            metrics: metrics.iter().map(metric).collect(),
            params: params.iter().map(entry).collect(),
            tags: tags.iter().map(entry).collect(),
        };
        self.store.put_values(&RunId::from(run), values);
    }

    fn file(&self, run: &str, name: &str, content: &Value) {
        self.store.put_artifact(ArtifactOwner::Run(run.into()), name, content.to_string().into_bytes());
    }

    /// A trace of these spans, each a child of the one before it: name, attributes, inputs, outputs.
    fn trace(&self, id: &str, run: Option<&str>, start_ms: i64, spans: &[(&str, Value, Value, Value)]) {
        let name = spans.first().map_or("", |span| span.0);
        let head = MemoryStore::trace_head(id, self.experiment, run, name, start_ms);
        let span = |(at, (name, attributes, inputs, outputs)): (usize, &(&str, Value, Value, Value))| {
            let parent = at.checked_sub(1).map(|at| format!("{id}-{at}"));
            let head = MemoryStore::span(&format!("{id}-{at}"), parent.as_deref(), name, at as i64, 1_000);
            let mut body =
                SpanBody { inputs: Some(inputs.clone()), outputs: Some(outputs.clone()), ..SpanBody::default() };
            body.attributes.extend(attributes.as_object().cloned().unwrap_or_default());
            (head, body)
        };
        self.store.put_trace(head, spans.iter().enumerate().map(span).collect());
    }
}

/// What MLflow notes of the runs that it makes itself.
const AUTOLOGGED: (&str, &str) = ("mlflow.autologging", "dspy");

fn fields(last_prefix: &str) -> Value {
    json!([
        {"prefix": "Ticket:", "description": "as it came in"},
        {"prefix": "Category:", "description": "${category}"},
        {"prefix": last_prefix, "description": "one sentence"},
    ])
}

fn predictor(instructions: &str, demos: Value) -> Value {
    json!({"traces": [], "train": [], "demos": demos, "lm": null,
           "signature": {"instructions": instructions, "fields": fields("Answer:")}})
}

fn table(rows: usize) -> Value {
    json!({"columns": ["score", "example_ticket"], "data": vec![json!([1.0, "t"]); rows]})
}

fn trainset(rows: usize) -> Value {
    json!({"columns": ["ticket"], "data": (0..rows).map(|row| json!([format!("ticket {row}")])).collect::<Vec<_>>()})
}

/// GEPA on a Flex: `eval_full_0` is tagged, the later one an orphan, both without a table.
fn flex(store: &MemoryStore) {
    let case = Case::new(store, "flex");
    case.run("flex", "flex", None, 1_000);
    case.values("flex", &[("eval_full", 100.0)], &[], &[AUTOLOGGED]);
    let state = |source: &str| json!({"module_src": source, "lm": null, "metadata": {}});
    case.file("flex", "best_model.json", &state(FLEX[1]));
    case.file("flex", "trainset.json", &trainset(3));
    for (at, (run, parent)) in [("flex0", Some("flex")), ("flex1", None)].into_iter().enumerate() {
        case.run(run, &format!("eval_full_{at}"), parent, 1_100 + 100 * at as i64);
        case.values(run, &[("eval", 100.0)], &[("Flex.module_src", FLEX[at])], &[]);
        case.file(run, "model.json", &state(FLEX[at]));
        let output = json!(["Prediction(category='a')", []]);
        let mut head = MemoryStore::trace_head(&format!("tr-{run}"), case.experiment, Some(run), "Flex.forward", 1_110);
        // GEPA's capture: it ran.
        head.assessments.push(MemoryStore::score("wrapped_metric", json!(true)));
        let root = MemoryStore::span(run, None, "Flex.forward", 0, 1_000);
        let body = SpanBody { inputs: Some(json!({"ticket": "t"})), outputs: Some(output), ..SpanBody::default() };
        store.put_trace(head, vec![(root, body)]);
    }
    let signature =
        "task_description, available_context, primitives_catalog, current_source, failures -> revised_source";
    let proposal = (
        "Predict.forward",
        json!({"signature": signature}),
        json!({"current_source": FLEX[0]}),
        json!({"revised_source": format!("```python\n{}```", FLEX[1])}),
    );
    case.trace("tr-rewrite", Some("flex"), 1_150, &[proposal]);
}

/// Evaluations of all steps stand mixed under one parent.
fn better_together(store: &MemoryStore) {
    let case = Case::new(store, "together");
    case.run("together", "together", None, 1_000);
    let params = [("minibatch", "False"), ("num_trials", "2"), ("sample", "True"), ("strategy", "p -> b")];
    case.values("together", &[("eval", 100.0), ("eval_full", 50.0)], &params, &[AUTOLOGGED]);
    case.file("together", "best_model.json", &predictor("Sort well.", json!([])));
    for (at, name) in ["eval_full_0", "eval_full_1", "eval_0", "eval_1"].into_iter().enumerate() {
        let run = format!("together{at}");
        case.run(&run, name, Some("together"), 1_100 + at as i64);
        case.values(&run, &[("eval", 50.0)], &[], &[]);
        case.file(&run, "model.json", &predictor("Sort well.", json!([])));
        case.file(&run, "result_table.json", &table(2));
    }
}

/// Every example is run for each setting that is tried, at one setting of the LM.
fn reanchor(store: &MemoryStore) {
    let case = Case::new(store, "reanchor");
    let state = |fitted: Value| {
        let fields =
            json!([{"prefix": "Ticket:", "description": "${ticket}"}, {"prefix": "Urgent:", "description": "today"}]);
        let mut state =
            json!({"demos": [], "lm": null, "signature": {"instructions": "Is it urgent?", "fields": fields}});
        if !fitted.is_null() {
            state["fields"] = json!({ "urgent": fitted });
        }
        state
    };
    case.run("reanchor", "reanchor", None, 1_000);
    case.values("reanchor", &[], &[], &[AUTOLOGGED]);
    case.file("reanchor", "best_model.json", &state(Value::Null));
    case.file("reanchor", "trainset.json", &trainset(2));
    for at in 0..6 {
        let decision = json!({"urgent": {"value": true, "probability": 0.8, "confidence": 0.6}});
        let ask = (
            "Predict.forward",
            json!({"signature": "ticket -> urgent"}),
            json!({"ticket": format!("ticket {}", at % 2)}),
            decision,
        );
        let call = ("LM.__call__", json!({"temperature": 0.7, "rollout_id": null}), json!({}), json!(["…"]));
        case.trace(&format!("tr-anchor{at}"), Some("reanchor"), 1_100 + at, &[ask, call]);
    }
    for (run, threshold) in [("halfway", json!({"threshold": 0.5})), ("third", json!({"threshold": 0.35}))] {
        case.run(run, run, None, 9_000);
        case.values(run, &[("eval", 100.0)], &[], &[]);
        case.file(run, "model.json", &state(threshold));
    }
}

/// A list of programs and nothing else; another run of the experiment shows their fields.
fn ensemble(store: &MemoryStore) {
    let case = Case::new(store, "ensemble");
    case.run("ensemble", "ensemble", None, 1_000);
    case.values("ensemble", &[], &[], &[AUTOLOGGED]);
    let demos = json!([{"ticket": "t", "category": "a", "answer": "x"}]);
    let mut rewritten = predictor("Sort the ticket.", json!([]));
    rewritten["signature"]["fields"] = fields("In short, what is to be done?");
    let state = json!({"programs[0]": predictor("Sort the ticket.", demos), "programs[1].predict": rewritten});
    case.file("ensemble", "best_model.json", &state);
    case.run("plain", "eval", None, 9_000);
    let ask = ("Predict.forward", json!({"signature": "ticket -> category, answer"}), json!({}), json!({}));
    let format = ("XMLAdapter.format", json!({}), json!({"signature": ANSWERED, "demos": [], "inputs": {}}), json!([]));
    case.trace("tr-plain", Some("plain"), 9_100, &[ask, format]);
}

/// What InferRules writes behind the instructions.
const RULES: &str = "\n\nPlease adhere to the following rules when making your prediction:\nBe quick.";

/// A BootstrapFewShot, then evaluations without a parent, each after rules were induced; the user
/// evaluates the result once more.
fn infer_rules(store: &MemoryStore) {
    let case = Case::new(store, "rules");
    case.run("rules", "rules", None, 1_000);
    case.values("rules", &[], &[], &[AUTOLOGGED]);
    let demos = json!([{"augmented": true, "ticket": "t", "category": "a", "answer": "x"}]);
    case.file("rules", "best_model.json", &predictor("Sort the ticket.", demos));
    case.file("rules", "trainset.json", &trainset(4));
    let instructions = format!("Sort the ticket.{RULES}");
    for (at, score) in [40.0, 60.0, 80.0].into_iter().enumerate() {
        let (run, start) = (format!("rules{at}"), 3_000 + 2_000 * at as i64);
        case.run(&run, "eval", None, start);
        case.values(&run, &[("eval", score)], &[("Predict.signature.instructions", &instructions)], &[]);
        case.file(&run, "model.json", &predictor(&format!("{instructions} {at}"), json!([])));
        case.file(&run, "result_table.json", &table(3));
        if at < 2 {
            let induced = ("RulesInductionProgram.forward", json!({}), json!({}), json!("Be quick."));
            case.trace(&format!("tr-rules{at}"), None, start - 500, &[induced]);
        }
    }
}

/// Runs that optimized no program.
fn evaluations(store: &MemoryStore) {
    let case = Case::new(store, "evaluations");
    case.run("raised", "raised", None, 1_000);
    case.values("raised", &[], &[], &[]);
    case.file("raised", "model.json", &predictor("Sort the ticket.", json!([])));
    for at in 0..3 {
        let root = ("Predict.forward", json!({}), json!({}), json!({}));
        case.trace(&format!("tr-raised{at}"), Some("raised"), 1_100, &[root]);
    }
    case.run("genai", "genai", None, 3_000);
    case.values("genai", &[("label/match/mean", 0.25)], &[], &[("mlflow.runType", "genai_evaluate")]);
    case.run("prompts", "prompts", None, 5_000);
    let scores = [("initial_eval_score", 0.25), ("final_eval_score", 0.5)];
    case.values("prompts", &scores, &[("optimizer", "GepaPromptOptimizer"), ("num_prompts", "1")], &[]);
    case.file("prompts", "proposals.json", &json!({"columns": ["status"], "data": []}));
}

/// A program with a compiled part, which DSPy does not save.
fn frozen(store: &MemoryStore) {
    let case = Case::new(store, "frozen");
    case.run("frozen", "frozen", None, 1_000);
    case.values("frozen", &[("eval", 50.0)], &[], &[]);
    case.file("frozen", "model.json", &json!({"sort": predictor("Sort the ticket.", json!([]))}));
    let ask = |signature: &str| ("Predict.forward", json!({"signature": signature}), json!({}), json!({}));
    let root = ("Triage.forward", json!({}), json!({}), json!({}));
    let around = ("ChainOfThought.forward", json!({}), json!({}), json!({}));
    let spans = [root, ask("ticket -> category, answer"), around, ask("answer -> reasoning, tone")];
    case.trace("tr-frozen", Some("frozen"), 1_100, &spans);
    // The judge of a metric is a trace of its own, and no part of the program.
    case.trace("tr-judge", Some("frozen"), 1_200, &[ask("answer, expected -> verdict")]);
}
