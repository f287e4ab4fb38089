//! Labels of one's own: said with keys and buttons, kept in the data folder, chosen in a list; and files of traces.

use std::path::Path;

use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{Json, Judgement, LabelOf, SpanBody};
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::common::{NOW_MS, PATH, click, real_window, settle, wait, wait_for, window_with};

fn store() -> MemoryStore {
    let store = MemoryStore::new();
    store.add_experiment("1", "desk");
    for (at, (name, score)) in [("amber", 0.0), ("birch", 1.0), ("cedar", 1.0)].into_iter().enumerate() {
        let mut head = MemoryStore::trace_head(&format!("tr-{name}"), "1", None, name, NOW_MS - 1_000 * at as i64);
        head.assessments.push(MemoryStore::score("metric", Json::from(score)));
        let body = SpanBody {
            inputs: Some(serde_json::json!({"question": name})),
            outputs: Some(serde_json::json!({"answer": "four"})),
            ..SpanBody::default()
        };
        store.put_trace(head, vec![(MemoryStore::span("00000000000000a1", None, name, 1, 2_000_000), body)]);
    }
    store
}

fn window(store: &MemoryStore, at: &str, data: &Path) -> Harness<'static, Viewer> {
    let args = Args { store: Some(PATH.into()), at: Some(at.to_owned()), ..Args::default() };
    let options = ViewerOptions {
        args,
        data: Some(data.to_owned()),
        save_into: Some(data.to_owned()),
        ..ViewerOptions::default()
    };
    let mut harness = window_with(store, options);
    settle(&mut harness);
    harness
}

fn address(harness: &Harness<'_, Viewer>) -> String {
    harness.state().state().location().to_string()
}

/// What the files of a folder say of traces, as they stand there.
fn kept(data: &Path) -> String {
    let files = std::fs::read_dir(data).expect("listed").flatten().map(|file| file.path());
    let mut of = files.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
    of.next().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
}

#[test]
fn keys_label_the_trace_and_the_file_keeps_it() {
    let data = tempfile::tempdir().expect("a folder");
    let mut harness = window(&store(), "trace/tr-amber", data.path());
    wait_for(&mut harness, "Right");
    assert_eq!(kept(data.path()), "", "nothing is written before anything is said");
    harness.key_press(Key::V);
    wait(&mut harness, "it is kept", |_| kept(data.path()).contains("\"label\":\"right\""));
    wait_for(&mut harness, "metric says otherwise");
    harness.key_press(Key::W);
    wait(&mut harness, "it is kept", |_| kept(data.path()).contains("\"label\":\"wrong\""));
    wait(&mut harness, "they agree", |harness| harness.query_by_label_contains("metric says otherwise").is_none());
    harness.key_press(Key::W);
    wait(&mut harness, "it is taken back", |_| kept(data.path()).contains("\"label\":null"));
    // Somebody who comes back finds what was said last, and the store was never touched.
    harness.key_press(Key::V);
    wait(&mut harness, "it is kept", |_| kept(data.path()).matches("\"label\":\"right\"").count() == 2);
    let mut again = window(&store(), "trace/tr-amber", data.path());
    wait_for(&mut again, "metric says otherwise");
}

#[test]
fn a_note_and_a_corrected_answer_are_written_and_exported() {
    let data = tempfile::tempdir().expect("a folder");
    let mut harness = window(&store(), "trace/tr-birch", data.path());
    wait_for(&mut harness, "Right");
    settle(&mut harness);
    harness.key_press(Key::T);
    wait_for(&mut harness, "How the answer should have been");
    settle(&mut harness);
    let field = harness.get_all_by_role(egui::accesskit::Role::MultilineTextInput).last().expect("the answer");
    field.focus();
    settle(&mut harness);
    let field = harness.get_all_by_role(egui::accesskit::Role::MultilineTextInput).last().expect("the answer");
    field.type_text("teen");
    settle(&mut harness);
    click(&mut harness, "Save");
    wait(&mut harness, "it is kept", |_| kept(data.path()).contains("\"corrected\":{\"answer\":"));
    click(&mut harness, "Export…");
    click(&mut harness, "Trainset of DSPy");
    wait_for(&mut harness, "Saved as");
    let text = std::fs::read_to_string(data.path().join("trainset.json")).expect("saved");
    let examples: Json = serde_json::from_str(&text).expect("JSON");
    assert_eq!(examples[0]["dspy_answer_from"], "corrected");
    assert!(examples[0]["answer"].as_str().is_some_and(|answer| answer.contains("teen")), "{text}");
    assert_eq!(examples[0]["dspy_input_keys"], serde_json::json!(["question"]));
}

#[test]
fn the_list_finds_what_disagrees_with_the_metric() {
    let data = tempfile::tempdir().expect("a folder");
    let mut harness = window(&store(), "experiment/1?tab=traces", data.path());
    wait_for(&mut harness, "cedar");
    assert!(harness.query_by_label("Labels").is_none(), "nothing is labelled");
    for (name, change) in [("amber", Judgement::Right), ("birch", Judgement::Right), ("cedar", Judgement::Wrong)] {
        let what = LabelOf::Trace(format!("tr-{name}").as_str().into());
        harness.state_mut().act(Action::Label(what, dspyglass::model::LabelChange::Judgement(Some(change))));
    }
    wait_for(&mut harness, "Labels");
    click(&mut harness, "Labels");
    click(&mut harness, "Otherwise than the metric · 2");
    wait_for(&mut harness, "2 of 3 traces");
    assert!(address(&harness).contains("tr-amber") && address(&harness).contains("tr-cedar"), "{}", address(&harness));
    assert!(!address(&harness).contains("tr-birch"));
}

#[test]
fn a_file_of_traces_opens_at_its_trace() {
    let data = tempfile::tempdir().expect("a folder");
    let mut harness = window(&store(), "trace/tr-cedar", data.path());
    wait_for(&mut harness, "Export…");
    click(&mut harness, "Export…");
    click(&mut harness, "MLflow JSON");
    wait_for(&mut harness, "Saved as");
    let path = data.path().join("tr-cedar.mlflow.json");
    let told = dspyglass::store::open(&path, &dspyglass::store::OpenOptions::default()).expect("opens").info();
    assert_eq!(told.kind, "trace file");
    let args = Args { store: Some(path), ..Args::default() };
    let folder = data.path().to_owned();
    let mut again = real_window(ViewerOptions { args, data: Some(folder), ..ViewerOptions::default() });
    wait(&mut again, "the trace", |harness| address(harness).contains("trace/tr-cedar"));
    wait_for(&mut again, "About");
}
