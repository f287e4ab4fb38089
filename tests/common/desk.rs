//! An optimization of forty tickets in memory, counted by hand: one class got worse, one field is odd in every way.

use dspyglass::model::{ArtifactOwner, LatestMetric, MetricPoint, RunValues, SpanBody, SpanEvent, SpanHead, TraceHead};
use dspyglass::store::memory::MemoryStore;
use serde_json::{Value, json};

/// The classes; ten tickets of each, in this order.
pub const QUEUES: [&str; 4] = ["billing", "shipping", "技術", "sales"];

/// What the metric said of the ticket that raised.
pub const RAISED: &str = "The program raised.";

/// How many tickets of each class seed and winner got right: those with the lowest numbers, but of billing those with
/// the highest below the ninth, which raised.
pub const RIGHT: [[usize; 4]; 2] = [[9, 4, 5, 5], [7, 9, 10, 8]];

fn is_right(side: usize, ticket: usize) -> bool {
    let (class, place) = (ticket / 10, ticket % 10);
    match class {
        0 => place < 9 && place >= 9 - RIGHT[side][0],
        _ => place < RIGHT[side][class],
    }
}

fn text(ticket: usize) -> String {
    format!("Ticket {ticket}: {}", "x".repeat(ticket))
}

fn predicted(side: usize, ticket: usize) -> Value {
    match ticket {
        9 => Value::Null,
        _ if is_right(side, ticket) => json!(QUEUES[ticket / 10]),
        _ => json!(QUEUES[(ticket / 10 + 1) % 4]),
    }
}

fn row(side: usize, ticket: usize) -> Value {
    let (queue, told) = (QUEUES[ticket / 10], predicted(side, ticket));
    let feedback = match ticket {
        9 => RAISED.to_owned(),
        _ if is_right(side, ticket) => "Correct.".to_owned(),
        _ => format!("Expected '{queue}', got '{}' on ticket {ticket}.", told.as_str().unwrap_or_default()),
    };
    let score = json!({"score": f64::from(u8::from(is_right(side, ticket))), "feedback": feedback});
    let tier = if ticket.is_multiple_of(3) { Value::Null } else { json!("pro") };
    let amount = ticket as f64 * 1.5;
    json!([score, text(ticket), queue, ticket.is_multiple_of(2), tier, amount, "same", format!("id-{ticket}"), told])
}

/// The store: the optimization `parent` with the evaluations `seed` and `best`.
pub fn desk() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "desk");
    let run = |id: &str, name: &str, parent: Option<&str>, start_ms, score: Option<f64>| {
        let mut run = MemoryStore::run(id, "1", name, start_ms);
        (run.parent_id, run.end_time_ms) = (parent.map(Into::into), Some(start_ms + 900));
        store.put_run(run);
        let point = |value| MetricPoint { step: 0, timestamp_ms: 0, value };
        let metrics = score.map(|score| LatestMetric { key: "eval".into(), point: point(score) });
        store.put_values(&id.into(), RunValues { metrics: metrics.into_iter().collect(), ..RunValues::default() });
    };
    let file = |run: &str, name: &str, content: Value| {
        store.put_artifact(ArtifactOwner::Run(run.into()), name, content.to_string().into_bytes());
    };
    let program = |instructions: &str| {
        let fields =
            json!([{"prefix": "Ticket:", "description": "${ticket}"}, {"prefix": "Queue:", "description": "${queue}"}]);
        json!({"traces": [], "train": [], "demos": [], "lm": null,
               "signature": {"instructions": instructions, "fields": fields}})
    };
    run("parent", "night", None, 0, None);
    for (side, (id, instructions)) in [("seed", "Sort."), ("best", "Sort with care.")].into_iter().enumerate() {
        let right: usize = RIGHT[side].iter().sum();
        let name = format!("eval_full_{side}");
        run(id, &name, Some("parent"), 1_000 + side as i64, Some(right as f64 / 40.0 * 100.0));
        file(id, "model.json", program(instructions));
        let names =
            ["ticket", "queue", "is_paid", "tier", "amount", "same", "id"].map(|name| format!("example_{name}"));
        let columns: Vec<String> = [&["score".to_owned()][..], &names, &["pred_queue".to_owned()]].concat();
        let rows: Vec<Value> = (0..40).map(|ticket| row(side, ticket)).collect();
        file(id, "result_table.json", json!({"columns": columns, "data": rows}));
        let (head, spans) = raised(id);
        store.put_trace(head, spans);
    }
    let (head, spans) = fell_back("best");
    store.put_trace(head, spans);
    run("mini", "eval_minibatch_0", Some("parent"), 1_500, Some(50.0));
    file("parent", "best_model.json", program("Sort with care."));
    store
}

fn head(run: &str, ticket: usize) -> (TraceHead, SpanHead, SpanBody) {
    let head = MemoryStore::trace_head(&format!("tr-{run}-{ticket}"), "1", Some(run), "Desk.forward", 1_000);
    let body = SpanBody { inputs: Some(json!({"ticket": text(ticket)})), ..SpanBody::default() };
    (head, MemoryStore::span("a", None, "Desk.forward", 0, 100), body)
}

/// The trace of the ticket at which the program raised.
fn raised(run: &str) -> (TraceHead, Vec<(SpanHead, SpanBody)>) {
    let (head, root, mut body) = head(run, 9);
    let attributes = json!({"exception.type": "ValueError", "exception.message": "cannot read ticket 9\nat all"});
    let attributes = attributes.as_object().cloned().unwrap_or_default();
    body.events.push(SpanEvent { name: "exception".into(), time_ns: Some(1), attributes });
    (head, vec![(SpanHead { status: "ERROR".into(), ..root }, body)])
}

/// The trace of the last ticket of shipping: the first adapter could not read the answer.
fn fell_back(run: &str) -> (TraceHead, Vec<(SpanHead, SpanBody)>) {
    let (head, root, mut body) = head(run, 19);
    body.outputs = Some(json!({"queue": "技術"}));
    let mut spans = vec![(root, body)];
    spans.push((MemoryStore::span("b", Some("a"), "Predict.forward", 1, 99), SpanBody::default()));
    let steps = [
        ("ChatAdapter.format", "PARSER", "OK"),
        ("LM.__call__", "CHAT_MODEL", "OK"),
        ("ChatAdapter.parse", "PARSER", "ERROR"),
        ("JSONAdapter.format", "PARSER", "OK"),
        ("LM.__call__", "CHAT_MODEL", "OK"),
        ("JSONAdapter.parse", "PARSER", "OK"),
    ];
    for ((name, kind, status), at) in steps.into_iter().zip(2..) {
        let span = MemoryStore::span(&format!("s{at}"), Some("b"), name, at, at + 1);
        spans.push((SpanHead { kind: kind.into(), status: status.into(), ..span }, SpanBody::default()));
    }
    (head, spans)
}
