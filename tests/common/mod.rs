//! A store in memory and the window over it, for tests of the window.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{
    ArtifactOwner, Entry, MetricPoint, RunId, RunValues, Shown, SpanBody, SpanHead, Tokens, TraceHead,
};
use dspyglass::store::memory::MemoryStore;
use dspyglass::store::{Store, StoreError, StoreLocation};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use serde_json::json;

/// 2025-11-21 08:00 UTC: the only time that these tests know.
pub const NOW_MS: i64 = 1_763_712_000_000;

/// The path under which the store in memory is found.
pub const PATH: &str = "/memory/mlflow.db";

/// The window over `store`, which stands at [`PATH`]; nothing else exists.
pub fn window(store: &MemoryStore, at: Option<&str>, path: Option<&str>) -> Harness<'static, Viewer> {
    let args = Args { at: at.map(str::to_owned), store: path.map(Into::into), utc: true, ..Args::default() };
    window_with(store, ViewerOptions { args, ..ViewerOptions::default() })
}

/// The same at a place; files are saved into `folder` without asking.
pub fn window_saving(store: &MemoryStore, at: &str, folder: &Path) -> Harness<'static, Viewer> {
    let args = Args { at: Some(at.to_owned()), store: Some(PATH.into()), utc: true, ..Args::default() };
    window_with(store, ViewerOptions { args, save_into: Some(folder.to_owned()), ..ViewerOptions::default() })
}

/// The same, started otherwise.
pub fn window_with(store: &MemoryStore, options: ViewerOptions) -> Harness<'static, Viewer> {
    window_of_size([1600.0, 1000.0], store, options)
}

/// The same of another size from its first frame on.
pub fn window_of_size(size: [f32; 2], store: &MemoryStore, options: ViewerOptions) -> Harness<'static, Viewer> {
    let store = store.clone();
    let opener: dspyglass::loader::Opener = Arc::new(move |location: &StoreLocation| match location.path() {
        Some(path) if path != Path::new(PATH) => Err(StoreError::Missing(path.to_owned())),
        _ => store.fork(),
    });
    Harness::builder().with_size(size).allow_missing_glyphs().build_eframe(move |cc| {
        let viewer = Viewer::with_opener(&cc.egui_ctx, options, opener).with_now_ms(NOW_MS);
        dspyglass::widgets::fonts::without_system_fonts(&cc.egui_ctx);
        viewer
    })
}

/// The window over real stores.
pub fn real_window(options: ViewerOptions) -> Harness<'static, Viewer> {
    Harness::builder().with_size([1600.0, 1000.0]).allow_missing_glyphs().build_eframe(move |cc| {
        let viewer = Viewer::new(cc, options).with_now_ms(NOW_MS);
        dspyglass::widgets::fonts::without_system_fonts(&cc.egui_ctx);
        viewer
    })
}

/// Steps until `is_done`. What never comes is a failure; how long it may take says nothing, as pictures are drawn by
/// the processor and machines are shared.
pub fn wait(harness: &mut Harness<'_, Viewer>, what: &str, is_done: impl Fn(&Harness<'_, Viewer>) -> bool) {
    let end = Instant::now() + Duration::from_secs(90);
    while !is_done(harness) {
        assert!(Instant::now() < end, "waited in vain for {what}");
        harness.step();
        std::thread::sleep(Duration::from_millis(2));
    }
    harness.step();
}

/// Waits until something bears this label, whole or in part.
pub fn wait_for(harness: &mut Harness<'_, Viewer>, label: &str) {
    wait(harness, label, |harness| harness.query_all_by_label_contains(label).next().is_some());
}

/// Waits until nothing is being read.
pub fn settle(harness: &mut Harness<'_, Viewer>) {
    harness.step();
    harness.step();
    wait(harness, "quiet", |harness| !harness.state().loader().is_reading());
    harness.step();
}

/// Clicks the first thing with this label.
pub fn click(harness: &mut Harness<'_, Viewer>, label: &str) {
    wait(harness, label, |harness| harness.query_all_by_label(label).next().is_some());
    harness.get_all_by_label(label).next().expect("just seen").click();
    harness.step();
    harness.step();
}

/// Types into the field with this label.
pub fn type_into(harness: &mut Harness<'_, Viewer>, label: &str, text: &str) {
    use egui::accesskit::Role;
    harness.get_by_role_and_label(Role::TextInput, label).focus();
    harness.step();
    harness.get_by_role_and_label(Role::TextInput, label).type_text(text);
    harness.step();
    settle(harness);
}

/// An experiment with a parent run, a child run with everything, and one trace of five spans.
pub fn small_store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "ticket-router");
    store.add_experiment("2", "empty-one");
    store.put_run(MemoryStore::run("parent", "1", "bold-finch-218", NOW_MS - 600_000));
    let mut child = MemoryStore::run("child", "1", "eval_full_0", NOW_MS - 500_000);
    child.parent_id = Some(RunId::from("parent"));
    store.put_run(child);
    let id = RunId::from("child");
    let entry = |key: &str, value: &str| Entry { key: key.into(), value: Shown::Text(value.into()) };
    store.put_values(
        &id,
        RunValues {
            params: vec![entry("num_trials", "6"), entry("api_key", "sk-very-secret-1234567890")],
            tags: vec![entry("mlflow.user", "someone")],
            ..RunValues::default()
        },
    );
    let point = |step, value| MetricPoint { step, timestamp_ms: NOW_MS, value };
    store.put_metric(&id, "eval", vec![point(0, 25.0), point(1, f64::NAN), point(2, 83.5)]);
    store.put_artifact(ArtifactOwner::Run(id), "model.json", r#"{"predict": {"demos": []}}"#.as_bytes());
    let (head, spans) = trace("tr-1", "child");
    store.put_trace(head, spans);
    store
}

/// A trace without any usage: a module, its adapters, and a call that failed.
pub fn trace(id: &str, run: &str) -> (TraceHead, Vec<(SpanHead, SpanBody)>) {
    let mut head = MemoryStore::trace_head(id, "1", Some(run), "TicketRouter.forward", NOW_MS - 400_000);
    head.row.request_preview = Some(Shown::Text(r#"{"ticket": "Where is my parcel?"}"#.into()));
    let start = (NOW_MS - 400_000) * 1_000_000;
    let kind = |kind: &str, head: SpanHead| SpanHead { kind: kind.into(), ..head };
    let span = |id: &str, parent: Option<&str>, name: &str, from: i64, to: i64| {
        MemoryStore::span(id, parent, name, start + from * 1_000_000, start + to * 1_000_000)
    };
    let body = |inputs: serde_json::Value, outputs: serde_json::Value| SpanBody {
        inputs: Some(inputs),
        outputs: Some(outputs),
        ..SpanBody::default()
    };
    let ask = json!({"ticket": "Where is my parcel?"});
    let mut lm = body(
        json!({"messages": [{"role": "user", "content": "[[ ## ticket ## ]]\nWhere is my parcel?"}]}),
        json!(["[[ ## queue ## ]]\nshipping"]),
    );
    lm.attributes.insert("api_key".into(), json!("sk-very-secret-1234567890"));
    lm.attributes.insert("model".into(), json!("openai/gpt-4o-mini"));
    let spans = vec![
        (
            kind("CHAIN", span("a", None, "TicketRouter.forward", 0, 100)),
            body(ask.clone(), json!({"queue": "shipping"})),
        ),
        (kind("LLM", span("b", Some("a"), "Predict.forward", 1, 99)), body(ask.clone(), json!({"queue": "shipping"}))),
        (kind("PARSER", span("c", Some("b"), "ChatAdapter.format", 2, 3)), body(ask, json!([]))),
        (kind("CHAT_MODEL", span("d", Some("b"), "LM.__call__", 3, 90)), lm),
        (
            kind("PARSER", span("e", Some("b"), "ChatAdapter.parse", 91, 92)),
            body(json!({}), json!({"queue": "shipping"})),
        ),
    ];
    (head, spans)
}

/// A trace of one span, for long lists.
pub fn tiny_trace(number: usize) -> (TraceHead, Vec<(SpanHead, SpanBody)>) {
    let start_ms = NOW_MS - 1_000_000_000 + number as i64 * 1_000;
    let mut head = MemoryStore::trace_head(&format!("tr-{number:06}"), "1", None, &format!("call {number}"), start_ms);
    head.row.tokens = Tokens::new(Some(number as u64), Some(1), None);
    (head, Vec::new())
}
