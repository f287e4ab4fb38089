//! Labels of one's own: said with keys and buttons, kept in the data folder, chosen in a list; and files of traces.

use std::path::Path;
use std::time::Duration;

use dspyglass::app::{Args, Viewer, ViewerOptions};
use dspyglass::model::{Json, Judgement, LabelChange, LabelOf, SpanBody};
use dspyglass::state::Action;
use dspyglass::store::memory::MemoryStore;
use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

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

/// The window on a trace, with the editor of its label open.
fn editing(data: &std::path::Path) -> Harness<'static, Viewer> {
    let mut harness = window(&store(), "trace/tr-birch", data);
    wait_for(&mut harness, "Right");
    settle(&mut harness);
    harness.key_press(Key::T);
    wait_for(&mut harness, "How the answer should have been");
    settle(&mut harness);
    harness
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
    let mut harness = editing(data.path());
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
        harness.state_mut().act(Action::Label(what, LabelChange::Judgement(Some(change))));
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

#[test]
fn a_link_leads_into_the_first_store_alone() {
    let data = tempfile::tempdir().expect("a folder");
    for name in ["cedar", "birch"] {
        let mut harness = window(&store(), &format!("trace/tr-{name}"), data.path());
        wait_for(&mut harness, "Export…");
        click(&mut harness, "Export…");
        click(&mut harness, "MLflow JSON");
        wait_for(&mut harness, "Saved as");
    }
    let file = |name: &str| data.path().join(format!("tr-{name}.mlflow.json"));
    let at = Some("trace/tr-cedar?tab=attributes".to_owned());
    let args = Args { store: Some(file("cedar")), at, ..Args::default() };
    let mut harness = real_window(ViewerOptions { args, ..ViewerOptions::default() });
    wait_for(&mut harness, "About");
    settle(&mut harness);
    assert_eq!(address(&harness), "dspyglass:trace/tr-cedar?tab=attributes");
    harness.state_mut().act(Action::OpenStore(file("birch").into()));
    wait(&mut harness, "what the file is of", |harness| address(harness).contains("trace/tr-birch"));
}

#[test]
fn what_was_said_last_is_kept_when_the_window_is_closed_at_once() {
    let data = tempfile::tempdir().expect("a folder");
    let mut harness = window(&store(), "trace/tr-amber", data.path());
    wait_for(&mut harness, "Right");
    let note = |at: usize| {
        let what = LabelOf::Trace("tr-amber".into());
        Action::Label(what, LabelChange::Note(format!("note {at}")))
    };
    for at in 0..100 {
        harness.state_mut().act(note(at));
    }
    harness.step();
    harness.state_mut().act(note(100));
    eframe::App::on_exit(harness.state_mut(), None);
    assert_eq!(kept(data.path()).matches("\"note\":\"note ").count(), 101);
}

#[test]
fn a_file_that_was_asked_for_is_not_saved_on_another_page() {
    let data = tempfile::tempdir().expect("a folder");
    let store = store();
    let mut harness = window(&store, "trace/tr-cedar", data.path());
    let saved = || std::fs::read_dir(data.path()).expect("listed").flatten().count();
    wait_for(&mut harness, "Export…");
    settle(&mut harness);
    for elsewhere in ["trace/tr-birch", "experiment/1?tab=traces"] {
        store.set_delay(Duration::from_millis(400));
        click(&mut harness, "Export…");
        click(&mut harness, "MLflow JSON");
        wait_for(&mut harness, "reading…");
        harness.state_mut().act(Action::GoTo(elsewhere.to_owned()));
        harness.step();
        harness.step();
        store.set_delay(Duration::ZERO);
        wait_for(&mut harness, "birch");
        settle(&mut harness);
        harness.state_mut().act(Action::GoTo("trace/tr-cedar".to_owned()));
        wait_for(&mut harness, "Export…");
        settle(&mut harness);
        settle(&mut harness);
        assert_eq!(saved(), 0, "{elsewhere}");
    }
}

/// What stands behind the words of a button.
fn note_of(harness: &Harness<'_, Viewer>, label: &str) -> Option<String> {
    harness.query_by_label(label)?.accesskit_node().description()
}

/// A field of the editor, as it is called.
fn field<'h>(harness: &'h Harness<'_, Viewer>, name: &'h str) -> egui_kittest::Node<'h> {
    harness.get_by_role_and_label(egui::accesskit::Role::MultilineTextInput, name)
}

#[test]
fn what_was_begun_is_there_when_the_editor_opens_again() {
    let data = tempfile::tempdir().expect("a folder");
    let mut harness = editing(data.path());
    field(&harness, "Note").type_text("half a sentence");
    settle(&mut harness);
    harness.key_press(Key::Escape);
    wait(&mut harness, "closed", |harness| harness.query_by_label("Save").is_none());
    wait(&mut harness, "the draft", |harness| note_of(harness, "Note…").as_deref() == Some("not saved"));
    harness.key_press(Key::T);
    wait_for(&mut harness, "Save");
    settle(&mut harness);
    assert_eq!(field(&harness, "Note").value().as_deref(), Some("half a sentence"));
    click(&mut harness, "Cancel");
    settle(&mut harness);
    assert_ne!(note_of(&harness, "Note…").as_deref(), Some("not saved"));
    harness.key_press(Key::T);
    wait_for(&mut harness, "Save");
    settle(&mut harness);
    assert_eq!(field(&harness, "Note").value().unwrap_or_default(), "");
    // Nothing was written: what is said meanwhile is what it begins with.
    harness.key_press(Key::Escape);
    settle(&mut harness);
    assert_ne!(note_of(&harness, "Note…").as_deref(), Some("not saved"));
    assert_eq!(kept(data.path()), "");
}

#[test]
fn an_editor_that_opens_before_the_answer_is_read_has_its_fields_later() {
    let data = tempfile::tempdir().expect("a folder");
    let store = store();
    let long = "A long line of an answer.\n".repeat(200);
    let body = SpanBody {
        outputs: Some(serde_json::json!({"answer": long, "book": "x".repeat(70_000)})),
        ..SpanBody::default()
    };
    let head = MemoryStore::trace_head("tr-long", "1", None, "long", NOW_MS);
    store.put_trace(head, vec![(MemoryStore::span("00000000000000a1", None, "long", 1, 2_000_000), body)]);
    let mut harness = window(&store, "trace/tr-long", data.path());
    wait_for(&mut harness, "Right");
    settle(&mut harness);
    let before = store.calls("span_body");
    store.set_delay(Duration::from_millis(200));
    harness.key_press(Key::T);
    wait_for(&mut harness, "Reading the answer…");
    wait_for(&mut harness, "How the answer should have been");
    store.set_delay(Duration::ZERO);
    assert_eq!(store.calls("span_body"), before + 1, "it is read when it is wanted, and once");
    settle(&mut harness);
    assert_eq!(field(&harness, "answer").value().as_deref(), Some(&*long));
    wait_for(&mut harness, "1 more field cannot be corrected here");
    let save = harness.get_by_label("Save").rect();
    assert!(save.bottom() < 1_000.0, "{save}");
}

#[test]
fn another_label_reads_no_trace_anew() {
    let data = tempfile::tempdir().expect("a folder");
    let store = store();
    let mut harness = window(&store, "experiment/1?tab=traces", data.path());
    wait_for(&mut harness, "cedar");
    let say = |name: &str, judgement| {
        let what = LabelOf::Trace(format!("tr-{name}").as_str().into());
        Action::Label(what, LabelChange::Judgement(Some(judgement)))
    };
    for name in ["amber", "birch", "cedar"] {
        harness.state_mut().act(say(name, Judgement::Right));
    }
    wait(&mut harness, "1", |harness| note_of(harness, "Labels").as_deref() == Some("1 otherwise than the metric"));
    settle(&mut harness);
    let before = store.calls("trace");
    harness.state_mut().act(say("birch", Judgement::Wrong));
    wait(&mut harness, "2", |harness| note_of(harness, "Labels").as_deref() == Some("2 otherwise than the metric"));
    assert_eq!(store.calls("trace"), before);
}
